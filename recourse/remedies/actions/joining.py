"""Follows merges: the remedy of a joined case goes on in the kept one, and goes back when the merge is undone."""

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.kit.actor import Actor
from recourse.kit.errors import Refused
from recourse.kit.transactions import verb
from recourse.remedies.actions.keeping import hold, settle_package
from recourse.remedies.events import RemedyJoined
from recourse.remedies.models import Line, Package
from recourse.timeline.actions.record import record


@verb
def join_merged(*, thread_id: UUID, joined_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Let the kept case go on with the remedy of the joined one; what is settled stays where it was.

    Refused where both have one, or where the customers differ: it would be paid to somebody else than it was
    approved for.
    """
    package = Package.objects.filter(case_id=joined_id).select_related("case").first()
    if package is None or not Line.objects.filter(package=package).unsettled().exists():
        return
    kept = Case.objects.select_related("thread", "customer", "team").get(thread_id=thread_id)
    if Package.objects.filter(case=kept).exists():
        raise Refused("remedy.two_packages", _("Both cases have a remedy; settle or take out one of them first."))
    if package.case.customer_id != kept.customer_id:
        raise Refused("remedy.other_customer", _("The remedy was approved for another customer; settle it first."))
    _move(package, kept, joined_from=joined_id, by=by, at=at)


@verb
def part_unmerged(*, thread_id: UUID, joined_id: UUID, by: Actor, at: dt.datetime) -> None:
    """Give the remedy back to the case that it came from."""
    package = Package.objects.filter(case__thread_id=thread_id, joined_from=joined_id).select_related("case").first()
    if package is None:
        return
    kept = package.case
    apart = Case.objects.select_related("thread", "customer", "team").get(pk=joined_id)
    _move(package, apart, joined_from=None, by=by, at=at)
    hold(kept, is_held=False, at=at)


def _move(package: Package, case: Case, *, joined_from: UUID | None, by: Actor, at: dt.datetime) -> None:
    moved_from = package.case_id
    package.case, package.joined_from = case, joined_from
    package.save(update_fields=["case", "joined_from"])
    numbers = list(Line.objects.filter(package=package).order_by("number").values_list("number", flat=True))
    record(RemedyJoined(str(package.pk), str(moved_from), numbers), thread=case.thread, by=by, at=at)
    settle_package(package, at=at)
