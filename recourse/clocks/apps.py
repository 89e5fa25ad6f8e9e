"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The clocks room."""

    name = "recourse.clocks"
    label = "clocks"
