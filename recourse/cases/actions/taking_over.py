"""What hangs on a case and goes with it into another: holds, links, readers; and back."""

import datetime as dt
from typing import Any

from recourse.cases.actions.linking import leads_back
from recourse.cases.actions.reading import name_reader
from recourse.cases.models import Case, CaseLink, CaseReader, Hold
from recourse.cases.policy import LinkKind, ReaderReason
from recourse.kit.actor import Actor

Rows = dict[str, Any]


def take_over(joined: Case, kept: Case, *, by: Actor, at: dt.datetime) -> Rows:
    """Move the holds and links that stand, add readers where that lets nobody see more; return what moved."""
    return {
        "holds": _move_holds(joined, kept),
        "links_out": _move_links(joined, kept, "source", "target"),
        "links_in": _move_links(joined, kept, "target", "source"),
        "readers": _add_readers(joined, kept, by=by, at=at),
    }


def _move_holds(joined: Case, kept: Case) -> list[str]:
    there = set(Hold.objects.filter(case=kept, lifted_at__isnull=True).values_list("reason", "matter"))
    moved = [
        hold
        for hold in Hold.objects.filter(case=joined, lifted_at__isnull=True)
        if (hold.reason, hold.matter) not in there
    ]
    Hold.objects.filter(pk__in=[hold.pk for hold in moved]).update(case=kept)
    return [str(hold.pk) for hold in moved]


def _move_links(joined: Case, kept: Case, end: str, far_end: str) -> list[str]:
    """Move the links of one end, but those that the kept case has, would have with itself, or may have once only."""
    standing = CaseLink.objects.filter(ended_at__isnull=True)
    there = set(standing.filter(**{end: kept}).values_list(f"{far_end}_id", "kind"))
    kinds = {kind for _far, kind in there}
    moved = []
    for link in standing.filter(**{end: joined}):
        far = getattr(link, f"{far_end}_id")
        is_second = end == "source" and LinkKind(link.kind).is_single and link.kind in kinds
        if far != kept.pk and (far, link.kind) not in there and not is_second and not _turns(link, kept, end):
            moved.append(link)
    CaseLink.objects.filter(pk__in=[link.pk for link in moved]).update(**{end: kept})
    return [str(link.pk) for link in moved]


def _turns(link: CaseLink, kept: Case, end: str) -> bool:
    """Tell whether the link, moved to the kept case, would close a circle."""
    source, target = (kept, link.target) if end == "source" else (link.source, kept)
    kind = LinkKind(link.kind)
    return kind.has_direction and leads_back(source, target, kind)


def _add_readers(joined: Case, kept: Case, *, by: Actor, at: dt.datetime) -> list[str]:
    """Let the joined case's readers read the kept one, unless that was narrowed to other people."""
    if kept.is_restricted:
        return []
    there = {*CaseReader.objects.filter(case=kept, ended_at__isnull=True).values_list("staff_id", flat=True)}
    wanted = {*CaseReader.objects.filter(case=joined, ended_at__isnull=True).values_list("staff_id", flat=True)}
    if joined.is_restricted:
        wanted |= {staff_id for staff_id in (joined.owner_id, by.staff_id) if staff_id}
    added = [
        name_reader(kept, staff_id, why=ReaderReason.MERGED, by=by, at=at)
        for staff_id in sorted(wanted - there - {kept.owner_id}, key=str)
    ]
    return [str(reader.pk) for reader in added]


def give_back(rows: Rows, joined: Case, *, by: Actor, at: dt.datetime) -> None:
    """Move back what went over, as it is now: a hold lifted since stays lifted."""
    Hold.objects.filter(pk__in=rows["holds"]).update(case=joined)
    CaseLink.objects.filter(pk__in=rows["links_out"]).update(source=joined)
    CaseLink.objects.filter(pk__in=rows["links_in"]).update(target=joined)
    CaseReader.objects.filter(pk__in=rows["readers"], ended_at__isnull=True).update(ended_at=at)
