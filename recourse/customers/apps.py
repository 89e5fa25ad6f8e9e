"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The customers room."""

    name = "recourse.customers"
    label = "customers"
