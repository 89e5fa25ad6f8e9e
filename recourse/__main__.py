"""The `recourse` command: everything an operator does, over Django's commands."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run a command; without one, list them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recourse.config.settings")
    execute_from_command_line(["recourse", *(sys.argv[1:] or ["help"])])


if __name__ == "__main__":
    main()
