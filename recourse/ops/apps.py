"""The operator's door as Django knows it."""

from django.apps import AppConfig


class Door(AppConfig):
    """The operator's door."""

    name = "recourse.ops"
    label = "ops"
