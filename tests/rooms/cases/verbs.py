"""Every verb of the move table, called with what it needs and nothing more; and a case at every stage."""

from collections.abc import Callable
from uuid import UUID

from recourse.cases import actions
from recourse.cases.models import Case
from recourse.cases.policy import LinkKind, Priority, Stage
from recourse.kit.actor import Actor
from tests.cast import AT, SYSTEM, Cast

Call = Callable[[Cast, Case, Actor, int | None], object]
QUESTION = UUID("0192f0c1-7a3b-7c11-9a55-1d2f4c3b2a10")


def other(cast: Cast, case: Case) -> Case:
    """Return another open case of the same customer, queue and tier."""
    return cast.open("Another", by="system", queue=case.queue, customer=case.customer)


def part() -> actions.Part:
    """Return something to split off."""
    return actions.Part(subject="Another matter", message_ids=[], received_at=AT)


VERBS: dict[str, Call] = {
    "start": lambda cast, case, by, seen: actions.start(case.pk, by=by, at=AT, seen=seen),
    "resolve": lambda cast, case, by, seen: actions.resolve(case.pk, reason="withdrawn", by=by, at=AT, seen=seen),
    "close": lambda cast, case, by, seen: actions.close(case.pk, by=by, at=AT, seen=seen),
    "reopen": lambda cast, case, by, seen: actions.reopen(case.pk, by=by, at=AT, seen=seen),
    "merge": lambda cast, case, by, seen: actions.merge(case.pk, into=other(cast, case).pk, by=by, at=AT, seen=seen),
    "unmerge": lambda cast, case, by, seen: actions.unmerge(case.pk, by=by, at=AT, seen=seen),
    "take": lambda cast, case, by, seen: actions.take(case.pk, by=by, at=AT, seen=seen),
    "assign": lambda cast, case, by, seen: actions.assign(
        case.pk, owner_id=cast.staff["ben"].pk, by=by, at=AT, seen=seen
    ),
    "release": lambda cast, case, by, seen: actions.release(case.pk, by=by, at=AT, seen=seen),
    "transfer": lambda cast, case, by, seen: actions.transfer(
        case.pk, queue=cast.queue("resolution-2"), by=by, at=AT, seen=seen
    ),
    "grade": lambda cast, case, by, seen: actions.grade(case.pk, priority=Priority.URGENT, by=by, at=AT, seen=seen),
    "describe": lambda cast, case, by, seen: actions.describe(
        case.pk, changes={"subject": "In other words"}, by=by, at=AT, seen=seen
    ),
    "wait": lambda cast, case, by, seen: actions.wait(
        case.pk, reason="customer_answer", question_message_id=QUESTION, by=by, at=AT, seen=seen
    ),
    "end_wait": lambda cast, case, by, seen: actions.end_wait(case.pk, why="by_hand", by=by, at=AT, seen=seen),
    "place_hold": lambda cast, case, by, seen: actions.place_hold(
        case.pk, reason="promise_open", matter="Voucher", by=by, at=AT, seen=seen
    ),
    "lift_hold": lambda cast, case, by, seen: actions.lift_hold(
        case.pk, reason="promise_open", matter="Letter", by=by, at=AT, seen=seen
    ),
    "link": lambda cast, case, by, seen: actions.link(
        case.pk, other(cast, case).pk, kind=LinkKind.RELATED, by=by, at=AT, seen=seen
    ),
    "split": lambda cast, case, by, seen: actions.split(case.pk, part(), by=by, at=AT, seen=seen),
    "restrict": lambda cast, case, by, seen: actions.restrict(case.pk, reader_ids=[], by=by, at=AT, seen=seen),
    "unrestrict": lambda cast, case, by, seen: actions.unrestrict(case.pk, by=by, at=AT, seen=seen),
    "add_reader": lambda cast, case, by, seen: actions.add_reader(case.pk, staff_id=cast.staff["dan"].pk, by=by, at=AT),
    "remove_reader": lambda cast, case, by, seen: actions.remove_reader(
        case.pk, staff_id=cast.staff["dan"].pk, by=by, at=AT, seen=seen
    ),
}
WITHOUT_SEEN = {"add_reader"}


def at_stage(cast: Cast, stage: Stage, *, queue: str = "care", owner: str = "ada") -> Case:
    """Return a case that was brought to a stage by the system, owned by somebody once it is worked."""
    case = cast.open(by="system", queue=cast.queue(queue))
    if stage is Stage.NEW:
        return case
    if stage is Stage.MERGED:
        actions.merge(case.pk, into=other(cast, case).pk, by=SYSTEM, at=AT)
        return fresh(case)
    actions.assign(case.pk, owner_id=cast.staff[owner].pk, by=SYSTEM, at=AT)
    actions.start(case.pk, by=SYSTEM, at=AT)
    if stage in {Stage.RESOLVED, Stage.CLOSED}:
        actions.resolve(case.pk, reason="withdrawn", by=SYSTEM, at=AT)
    if stage is Stage.CLOSED:
        actions.close(case.pk, by=SYSTEM, at=AT)
    return fresh(case)


def fresh(case: Case) -> Case:
    """Return a case as it is now."""
    return Case.objects.select_related("team", "queue", "thread", "customer", "owner").get(pk=case.pk)
