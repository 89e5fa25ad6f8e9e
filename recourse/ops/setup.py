"""What a new installation needs beside its tables: the built-in roles and a first edition of the handbook."""

import datetime as dt

from recourse.handbook.actions import install_defaults
from recourse.kit.actor import system
from recourse.people import actions as people

BY = system("setup")


def sync_roles(*, at: dt.datetime) -> None:
    """Bring the rights of the built-in roles to those of this version."""
    people.sync_roles(by=BY, at=at)


def first_edition(*, at: dt.datetime) -> None:
    """Publish the handbook's defaults, in force from `at`, where there is no edition."""
    install_defaults(by=BY, at=at)
