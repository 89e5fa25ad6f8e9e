"""The HTML door as Django knows it."""

from django.apps import AppConfig


class Door(AppConfig):
    """The HTML door."""

    name = "recourse.web"
    label = "web"
