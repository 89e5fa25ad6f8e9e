"""Where files are given out."""

from django.urls import path

from recourse.web.screens import files

urlpatterns = [path("files/<str:ticket>/", files.file, name="file")]
