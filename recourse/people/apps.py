"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The people room."""

    name = "recourse.people"
    label = "people"
