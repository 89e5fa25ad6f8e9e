"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The escalations room."""

    name = "recourse.escalations"
    label = "escalations"
