"""Sets Django up for a bench, on DATABASE_URL or on an SQLite file of its own; import it before Recourse."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recourse.config.settings")
os.environ.setdefault("RECOURSE_LOG", "WARNING")
if "DATABASE_URL" not in os.environ:
    os.environ.setdefault("RECOURSE_DATA", tempfile.mkdtemp(prefix="recourse-bench-"))
django.setup()


@contextmanager
def scratch() -> Iterator[None]:
    """A database of this run alone, beside the one that is configured."""
    name = connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
