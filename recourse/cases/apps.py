"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The cases room."""

    name = "recourse.cases"
    label = "cases"
