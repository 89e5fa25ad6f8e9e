"""How forms are drawn: our field, our summary of what is wrong."""

from django.forms.renderers import DjangoTemplates


class Forms(DjangoTemplates):
    """Django's renderer with our templates."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"
