"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The remedies room."""

    name = "recourse.remedies"
    label = "remedies"
