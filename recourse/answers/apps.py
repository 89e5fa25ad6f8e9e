"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The answers room."""

    name = "recourse.answers"
    label = "answers"
