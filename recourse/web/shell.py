"""The frame of every page: places shown by permission, looks chosen, words for the scripts, what was just done."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from recourse.kit.actor import Actor
from recourse.people.policy import Permission
from recourse.web import toasts
from recourse.web.parts import Toast
from recourse.web.viewer import viewer

THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the desk. Any one of `permissions` shows it; none means everybody signed in."""

    name: str
    label: Promise | str
    icon: str
    key: str
    permissions: frozenset[str] = frozenset()
    href: str = ""
    is_current: bool = False
    count: int | None = None
    late: int = 0

    def is_for(self, actor: Actor) -> bool:
        """Tell whether the actor may go there."""
        return not self.permissions or any(actor.can(permission) for permission in self.permissions)


def _place(name: str, label: Promise, icon: str, key: str, *permissions: str) -> Place:
    return Place(name, label, icon, f"g {key}", frozenset(permissions))


PLACES = (
    _place("today", gettext_lazy("Today"), "sun", "t"),
    _place("inbox", gettext_lazy("Inbox"), "inbox", "i", Permission.CASE_READ),
    _place("queues", gettext_lazy("Queues"), "list-ordered", "q", Permission.CASE_READ),
    _place("gate", gettext_lazy("Gate"), "shield-check", "g", Permission.ESCALATION_GATE),
    _place(
        "approvals",
        gettext_lazy("Approvals"),
        "gavel",
        "a",
        Permission.APPROVAL_ASK,
        Permission.APPROVAL_DECIDE,
        Permission.APPROVAL_REVIEW,
    ),
    _place("team", gettext_lazy("Team"), "users-round", "m", Permission.TEAM_LEAD, Permission.FIGURES_READ),
    _place("promises", gettext_lazy("Promises"), "handshake", "p", Permission.CASE_READ),
    _place("money", gettext_lazy("Money"), "banknote", "y", Permission.MONEY_READ),
    _place("customers", gettext_lazy("Customers"), "contact-round", "c", Permission.CUSTOMER_READ),
    _place("handbook", gettext_lazy("Handbook"), "book-open", "h", Permission.HANDBOOK_READ),
    _place("record", gettext_lazy("Record"), "scroll-text", "r", Permission.RECORD_READ),
    _place(
        "setup",
        gettext_lazy("Set-up"),
        "settings",
        "s",
        Permission.STAFF_EDIT,
        Permission.SYSTEM_OPERATE,
        Permission.KEY_MAKE,
        Permission.QUEUE_EDIT,
    ),
)


def address(name: str) -> str:
    """Return the address of a named route; empty while the route does not exist."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


class Shell:
    """What the frame of one page needs. Everything is worked out only when the template asks."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def viewer(self) -> Actor | None:
        """The member of staff who asks, also where no screen was reached; None before sign-in."""
        return viewer(self.request)

    @cached_property
    def theme(self) -> str:
        """The chosen theme; `auto` follows the device."""
        return self._chosen("theme", THEMES)

    @cached_property
    def density(self) -> str:
        """The chosen density."""
        return self._chosen("density", DENSITIES)

    def _chosen(self, name: str, allowed: tuple[str, ...]) -> str:
        said = self.request.COOKIES.get(name, "")
        return said if said in allowed else allowed[0]

    @property
    def theme_choices(self) -> list[tuple[str, str]]:
        """The themes with their names."""
        return [("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))]

    @property
    def density_choices(self) -> list[tuple[str, str]]:
        """The densities with their names."""
        return [("comfortable", _("Comfortable")), ("compact", _("Compact"))]

    @cached_property
    def places(self) -> list[Place]:
        """The places that the viewer may go to and that exist, without counts."""
        return self.places_with({})

    def places_with(self, counts: Mapping[str, tuple[int, int]]) -> list[Place]:
        """Return the places with how much waits there and how much of it is late: name → (waiting, late)."""
        if self.viewer is None:
            return []
        shown = []
        for place in PLACES:
            href = address(place.name) if place.is_for(self.viewer) else ""
            if href:
                count, late = counts.get(place.name, (None, 0))
                shown.append(replace(place, href=href, is_current=self._is_at(href), count=count, late=late))
        return shown

    def _is_at(self, href: str) -> bool:
        here = self.request.headers.get("X-Page", "") or self.request.path
        return here == href if href == "/" else here.startswith(href)

    @cached_property
    def toasts(self) -> list[Toast]:
        """What was just done, said once."""
        return toasts.waiting(self.request)

    @property
    def words(self) -> dict[str, str]:
        """The sentences that the scripts say."""
        return {
            "now": pgettext("at this moment", "now"),
            "in": _("in %(length)s"), "ago": _("%(length)s ago"),
            "min": _("%(n)d min"), "hours": _("%(n)d h"), "days": _("%(n)d d"),
            "saving": _("Saving…"), "saved": _("Draft saved"), "kept": _("Not saved on the server; kept in this tab"),
            "restored": _("Your unsent text was put back"),
            "copied": _("Copied"), "not_copied": _("Could not copy; select the text and copy it yourself"),
            "live": _("Live"), "reconnecting": _("Reconnecting…"), "offline": _("Offline"),
            "lost": _("No connection. Nothing you typed is lost; try again in a moment."),
            "go_to": _("Go to"), "do": _("Do here"), "find": _("Find"), "search_for": _("Search for “%(query)s”"),
            "nothing_found": _("Nothing by that name. Press Enter to search all cases."),
            "dismiss": _("Dismiss"), "confirm": _("Yes, do it"), "cancel": _("No, go back"), "sure": _("Before you do"),
            "keys_page": _("On this page"), "keys_places": _("Places"), "keys_always": _("Everywhere"),
        }  # fmt: skip


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give every template the frame."""
    return {"shell": Shell(request)}
