"""What every verb of a case does first and last: load through what the actor may see, lock, compare, ask, write."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.models import Case
from recourse.cases.policy.moves import MOVE_OF, Refusal, missing_right, refusal, works
from recourse.cases.queries.find import CaseKey, named
from recourse.cases.queries.state import refused, state_of
from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Stale
from recourse.kit.models import locked
from recourse.people.models import Staff

_GUARDED = frozenset({"resolve", "close"})


def load(key: CaseKey, *, by: Actor, seen: int | None = None) -> Case:
    """Return a case, locked until the transaction ends; NotVisible where the actor may not know of it, Stale where it
    is not as it was seen.
    """
    rows = Case.objects.visible_to(by).select_related("team", "queue", "thread").filter(named(key))
    case: Case | None = locked(rows).first()
    if case is None:
        raise NotVisible
    _compare(case, seen)
    return case


def load_two(first: CaseKey, second: CaseKey, *, by: Actor, seen: int | None = None) -> tuple[Case, Case]:
    """Return two cases, locked in the order of their keys so that two such verbs never wait for each other."""
    rows = Case.objects.visible_to(by).select_related("team", "queue", "thread")
    found = list(locked(rows.filter(named(first) | named(second)).order_by("pk")))
    pairs = [next((case for case in found if _is(case, key)), None) for key in (first, second)]
    if pairs[0] is None or pairs[1] is None:
        raise NotVisible
    _compare(pairs[0], seen)
    return pairs[0], pairs[1]


def _is(case: Case, key: CaseKey) -> bool:
    return case.pk == key if isinstance(key, UUID) else case.number == int(key.strip().upper().removeprefix("RC-"))


def _compare(case: Case, seen: int | None) -> None:
    if seen is not None and seen != case.version:
        raise Stale(
            _("Somebody changed %(ref)s since you opened it. Look at it again, then decide.") % {"ref": case.ref},
            current=case.version,
        )


def ask(name: str, case: Case, by: Actor, *, under: str | None = None) -> None:
    """Raise Refused unless the move table allows this now; `under` is the right of a verb that implies it."""
    found = refusal(MOVE_OF[name], state_of(case, by, is_whole=name in _GUARDED), by.can, under)
    if found is not None:
        raise refused(found)


def ask_works(case: Case, by: Actor) -> None:
    """Raise Refused unless the actor is one of those who may work on a case, whatever its stage."""
    found = works(state_of(case, by, is_whole=False))
    if found is not None:
        raise refused(found)


def require(permission: str, by: Actor) -> None:
    """Raise Refused, naming the roles that could, unless the actor holds a right."""
    if not by.can(permission):
        raise refused(missing_right(permission))


def refuse(code: str, **words: object) -> None:
    """Raise the refusal of this room with that code."""
    raise refused(Refusal(code, words))


def save(case: Case, *fields: str, at: dt.datetime) -> None:
    """Write the named fields of a locked case; its version and its last activity move with them."""
    case.version += 1
    case.last_activity_at = max(at, case.last_activity_at)
    case.save(update_fields=[*fields, "version", "last_activity_at"])


def person(staff_id: UUID) -> Staff:
    """Return a member of staff; NotVisible where there is none."""
    found = Staff.objects.filter(pk=staff_id).first()
    if found is None:
        raise NotVisible
    return found


def plain(key: UUID | None) -> str:
    """Return a key as it stands in an event: empty for none."""
    return str(key) if key else ""


def strings(keys: Sequence[UUID]) -> list[str]:
    """Return keys as they stand in an event."""
    return [str(key) for key in keys]
