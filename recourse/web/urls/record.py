"""The addresses of the record."""

from django.urls import path

from recourse.web.screens import record

urlpatterns = [
    path("record/", record.record, name="record"),
    path("record/<int:position>/", record.entry, name="record-entry"),
]
