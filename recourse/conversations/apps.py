"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The conversations room."""

    name = "recourse.conversations"
    label = "conversations"
