"""The addresses of customers."""

from django.urls import path

from recourse.web.screens import customers

urlpatterns = [
    path("customers/", customers.customers, name="customers"),
    path("customers/<str:ref>/", customers.customer, name="customer"),
    path("customers/<str:ref>/do/<str:name>/", customers.act, name="customer-act"),
    path("customers/<str:ref>/identities/<uuid:identity_id>/", customers.identity_act, name="customer-identity"),
    path("customers/<str:ref>/notes/<uuid:note_id>/end/", customers.end_note, name="customer-note-end"),
]
