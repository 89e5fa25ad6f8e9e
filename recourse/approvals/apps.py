"""The room as Django knows it."""

from django.apps import AppConfig


class Room(AppConfig):
    """The approvals room."""

    name = "recourse.approvals"
    label = "approvals"
