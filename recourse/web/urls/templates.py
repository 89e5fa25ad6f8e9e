"""The addresses of Set-up → Templates."""

from django.urls import path

from recourse.web.screens import templates

urlpatterns = [
    path("setup/templates/", templates.templates, name="templates"),
    path("setup/templates/new/", templates.new, name="template-new"),
    path("setup/templates/<uuid:template_id>/", templates.one, name="template"),
    path("setup/templates/<uuid:template_id>/retire/", templates.retire, name="template-retire"),
]
