"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The routing room."""

    name = "recourse.routing"
    label = "routing"
