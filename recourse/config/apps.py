"""Assembles the house when it starts: connects what happens below to who reacts above."""

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate


class ConfigApp(AppConfig):
    """The assembly."""

    name = "recourse.config"

    def ready(self) -> None:
        """Plug in the switchboard, and let built-in roles follow the code after each migration."""
        from recourse.config import migrated, schedule, switchboard  # noqa: PLC0415  (models must be loaded first)

        switchboard.connect()
        schedule.connect()
        post_migrate.connect(migrated.sync_built_in_roles, sender=apps.get_app_config("people"))
