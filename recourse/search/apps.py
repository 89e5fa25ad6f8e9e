"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The search room."""

    name = "recourse.search"
    label = "search"
