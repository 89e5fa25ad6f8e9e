"""How tests of the web door sign somebody in."""

import time

from django.test import Client

from recourse.people.models import Staff


def client_of(staff: Staff, *, is_fresh: bool = False) -> Client:
    """Return a browser in which somebody is signed in; with `is_fresh` they gave their password a moment ago."""
    client = Client()
    client.force_login(staff)
    if is_fresh:
        session = client.session
        session["account_authentication_methods"] = [{"method": "password", "at": time.time(), "reauthenticated": True}]
        session["account_authentication_methods_user"] = str(staff.pk)
        session.save()
    return client
