"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The ledger room."""

    name = "recourse.ledger"
    label = "ledger"
