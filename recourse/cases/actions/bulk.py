"""The same verb on many cases: each does all or nothing, and each says how it went."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from recourse.cases.actions import grading, holding, moving, owning
from recourse.cases.actions.keeping import refuse, require
from recourse.cases.models import Queue
from recourse.cases.policy import Impact, Priority, Severity
from recourse.cases.queries.find import CaseKey, named
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale

LIMIT = 200
Parameters = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BulkResult:
    """How it went with one case; a code and a sentence where it was refused."""

    key: CaseKey
    is_done: bool
    code: str = ""
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class _Item:
    key: CaseKey
    by: Actor
    at: dt.datetime
    given: Parameters

    def choice(self, name: str, words: type[StrEnum]) -> Any:
        """Return a parameter that must be one of a fixed list."""
        if self.given.get(name) not in set(words):
            raise Invalid.one(name, _("Choose one of these: %(words)s.") % {"words": ", ".join(words)})
        return words(self.given[name])

    def text(self, name: str) -> str:
        """Return a parameter that must be given."""
        value = self.given.get(name)
        if not value:
            raise Invalid.one(name, _("This cannot be empty."))
        return str(value)


def _assign(item: _Item) -> object:
    try:
        owner_id = UUID(item.text("owner_id"))
    except ValueError as error:
        raise Invalid.one("owner_id", _("This is not a member of staff.")) from error
    return owning.assign(item.key, owner_id=owner_id, by=item.by, at=item.at)


def _transfer(item: _Item) -> object:
    queue = Queue.objects.select_related("team").filter(slug=item.text("queue")).first()
    if queue is None:
        raise Invalid.one("queue", _("There is no such queue."))
    return owning.transfer(item.key, queue=queue, by=item.by, at=item.at)


ACTS: Mapping[str, Callable[[_Item], object]] = {
    "take": lambda item: owning.take(item.key, by=item.by, at=item.at),
    "assign": _assign,
    "release": lambda item: owning.release(item.key, by=item.by, at=item.at),
    "transfer": _transfer,
    "start": lambda item: moving.start(item.key, by=item.by, at=item.at),
    "resolve": lambda item: moving.resolve(item.key, reason=item.text("reason"), by=item.by, at=item.at),
    "close": lambda item: moving.close(item.key, by=item.by, at=item.at),
    "set_severity": lambda item: grading.grade(
        item.key, severity=item.choice("severity", Severity), by=item.by, at=item.at
    ),
    "set_impact": lambda item: grading.grade(item.key, impact=item.choice("impact", Impact), by=item.by, at=item.at),
    "set_priority": lambda item: grading.grade(
        item.key, priority=item.choice("priority", Priority), by=item.by, at=item.at
    ),
    "place_hold": lambda item: holding.place_hold(item.key, reason=item.text("reason"), by=item.by, at=item.at),
}


def bulk(
    act: str, keys: Sequence[CaseKey], *, by: Actor, at: dt.datetime, given: Parameters | None = None
) -> list[BulkResult]:
    """Do one of `ACTS` on up to 200 cases, each in its own transaction; needs case:bulk beside the act's own right.

    `given` holds what the act needs: owner_id, queue, reason, severity, impact or priority. Case keys may be
    references.
    """
    require("case:bulk", by)
    if act not in ACTS:
        refuse("bulk.unknown", act=act)
    if len(keys) > LIMIT:
        refuse("bulk.many", limit=LIMIT)
    return [_one(act, _Item(key, by, at, given or {})) for key in dict.fromkeys(keys)]


def _one(act: str, item: _Item) -> BulkResult:
    try:
        named(item.key)
        with transaction.atomic():
            ACTS[act](item)
    except Refused as error:
        return BulkResult(item.key, is_done=False, code=error.code, sentence=error.sentence)
    except NotVisible:
        return BulkResult(item.key, is_done=False, code="case.absent", sentence=_("There is no such case."))
    except Stale as error:
        return BulkResult(item.key, is_done=False, code="case.stale", sentence=error.sentence)
    except Invalid as error:
        return BulkResult(item.key, is_done=False, code="input.invalid", sentence=str(error))
    return BulkResult(item.key, is_done=True)
