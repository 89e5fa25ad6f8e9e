"""The JSON door as Django knows it."""

from django.apps import AppConfig


class Door(AppConfig):
    """The JSON door."""

    name = "recourse.api"
    label = "api"
