"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The handbook room."""

    name = "recourse.handbook"
    label = "handbook"
