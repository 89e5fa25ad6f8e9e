"""The front door of the desk, and how to sign in to the demo."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from recourse.kit.errors import NotVisible
from recourse.people.queries.demo import DEMO_DOMAIN, DEMO_PASSWORD, demo_staff
from recourse.web.door import GET, public, show


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo company."""

    name: str
    email: str
    role: str
    teams: str
    about: str


@dataclass(frozen=True)
class DemoPage:
    """Who one can be in the demo, and the one password."""

    people: Sequence[DemoPerson]
    password: str
    domain: str


@public(*GET)
def home(request: HttpRequest) -> HttpResponse:
    """Lead staff to Today and everybody else to sign-in."""
    return redirect("today" if request.user.is_authenticated else "account_login")


@public(*GET)
def demo(request: HttpRequest) -> HttpResponse:
    """Say how to sign in as each role; there is no such page on a desk without the demo company."""
    people = [DemoPerson(**row) for row in demo_staff()]
    if not people:
        raise NotVisible
    return show(request, "home/demo.html", DemoPage(people, DEMO_PASSWORD, DEMO_DOMAIN))
