"""Addresses of how the desk looks."""

from django.urls import path

from recourse.web.screens import look, style

urlpatterns = [
    path("look/", look.look, name="look"),
    path("style/", style.style, name="style"),
    path("style/<slug:name>/", style.layout, name="style_layout"),
]
