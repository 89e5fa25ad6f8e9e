"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The intake room."""

    name = "recourse.intake"
    label = "intake"
