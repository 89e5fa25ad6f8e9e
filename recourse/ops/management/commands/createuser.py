"""`recourse createuser`: gives somebody an account from the console, with a link or a password to sign in first."""

import getpass
import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from recourse.kit.actor import system
from recourse.kit.errors import Invalid, Refused
from recourse.kit.time import now
from recourse.kit.transactions import verb
from recourse.people import actions, queries
from recourse.people.policy import ROLES

PASSWORD_FROM = "RECOURSE_PASSWORD"  # noqa: S105
BY = system("console")


class Command(BaseCommand):
    """The command."""

    help = (
        "Give somebody an account. Prints a link of one use for the first password; with --password it is asked for, "
        f"or read from {PASSWORD_FROM}. With --again, print a new link for an account that exists."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare what may be said."""
        roles = f"May be said often. Built in: {', '.join(ROLES)}."
        parser.add_argument("email")
        parser.add_argument("name", nargs="?", default="", help="Left out: what stands before the @.")
        parser.add_argument("--role", action="append", default=[], dest="roles", help=roles)
        parser.add_argument("--zone", default="UTC", help="An IANA time zone, such as Europe/Berlin.")
        parser.add_argument("--password", action="store_true", help="Set a password at once instead of a link.")
        parser.add_argument("--again", action="store_true", help="A new link; a lost second factor is taken away too.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Hire, then print the link or set the password; or print a link again."""
        try:
            if options["again"]:
                self.stdout.write(_link_again(options["email"]))
            else:
                self.stdout.write(_make(options, _password() if options["password"] else None))
        except Invalid as error:
            raise CommandError(str(error)) from error
        except Refused as error:
            raise CommandError(error.sentence) from error


def _password() -> str:
    given = os.environ.get(PASSWORD_FROM)
    if given is not None:
        return given
    typed = getpass.getpass("Password: ")
    if typed != getpass.getpass("Once more: "):
        raise CommandError("The two differ.")
    return typed


@verb
def _make(options: dict[str, Any], password: str | None) -> str:
    """Make the account, or nothing at all, and return what the operator must pass on."""
    at = now()
    staff = actions.hire(
        email=options["email"],
        name=options["name"] or options["email"].partition("@")[0],
        roles=options["roles"],
        time_zone=options["zone"],
        by=BY,
        at=at,
    )
    if password is None:
        return actions.issue_link(staff_id=staff.pk, by=BY, at=at)
    actions.set_password(staff_id=staff.pk, password=password, by=BY, at=at)
    return f"{staff.name} signs in with {staff.email}."


def _link_again(address: str) -> str:
    """Return a new link for an account that exists, for when nobody is left who could make one."""
    staff = queries.by_address(address)
    if staff is None:
        raise CommandError("Nobody has this address.")
    return actions.issue_link(staff_id=staff.pk, drops_second_factor=True, by=BY, at=now())
