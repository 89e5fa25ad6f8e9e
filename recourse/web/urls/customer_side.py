"""The addresses of the customer's side: public, without anything of the desk."""

from django.urls import path

from recourse.web.screens import contact, my_case, my_offer

urlpatterns = [
    path("contact/", contact.contact, name="contact"),
    path("my/<str:token>/", my_case.page, name="my-case"),
    path("my/<str:token>/write/", my_case.write, name="my-case-write"),
    path("my/<str:token>/offer/<int:number>/", my_offer.respond, name="my-case-answer"),
    path("my/<str:token>/files/<uuid:file_id>/", my_case.file, name="my-case-file"),
]
