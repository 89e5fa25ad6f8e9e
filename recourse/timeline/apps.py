"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The timeline room."""

    name = "recourse.timeline"
    label = "timeline"
