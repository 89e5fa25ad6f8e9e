"""Any order of moves, merges, splits and reopenings: nothing is lost, doubled or left in between."""

import os
from collections import Counter
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Count
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from recourse.cases import actions
from recourse.cases.models import Case, CaseMerge, CaseSplit, Hold, Wait
from recourse.cases.policy import FAR, LinkKind, Stage
from recourse.cases.queries.find import final_id
from recourse.cases.queries.state import allowed_moves
from recourse.kit.errors import Refused
from recourse.timeline.models import Entry
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.cases.verbs import VERBS, fresh

RUNS = int(os.environ.get("RECOURSE_MACHINE_RUNS", "15"))
PICK = st.integers(0, 30)
MOVES = st.sampled_from(["start", "take", "release", "resolve", "close", "reopen", "wait", "end_wait", "transfer"])
NICKS = st.sampled_from(["ada", "ben", "rosa", "lea"])


def tried(act: Callable[[], Any]) -> tuple[Any, str]:
    """Return what a verb gave, or the code with which it refused."""
    try:
        with transaction.atomic():
            return act(), ""
    except Refused as error:
        return None, error.code


def machine_for(cast: Cast) -> type[RuleBasedStateMachine]:
    """Return the machine over one company."""

    class Desk(RuleBasedStateMachine):
        """Drives the verbs and keeps count of what must be conserved."""

        def __init__(self) -> None:
            super().__init__()
            self.point = transaction.savepoint()
            self.cases: list[Case] = [cast.open(by="system") for _index in range(3)]
            self.opened = Case.objects.count()
            self.placed = self.lifted = 0
            self.versions: Counter[object] = Counter()

        def teardown(self) -> None:
            transaction.savepoint_rollback(self.point)

        def pick(self, index: int) -> Case:
            return fresh(self.cases[index % len(self.cases)])

        def attempt(self, name: str, case: Case, nick: str, act: Callable[[], Any]) -> Any:
            """Do it, and see that it is refused exactly where the list of moves says so."""
            listed = next(row for row in allowed_moves(case, cast.by(nick)) if row.name == name)
            done, code = tried(act)
            assert code == listed.code or code.startswith(("merge.", "split.", "link.", "queue.", "hold.")), code
            return done

        @rule(index=PICK, nick=NICKS, name=MOVES)
        def move(self, index: int, nick: str, name: str) -> None:
            case = self.pick(index)
            self.attempt(name, case, nick, lambda: VERBS[name](cast, case, cast.by(nick), None))

        @rule(index=PICK, into=PICK, nick=NICKS)
        def merge(self, index: int, into: int, nick: str) -> None:
            one, other = self.pick(index), self.pick(into)
            _row, code = tried(lambda: actions.merge(one.pk, into=other.pk, by=cast.by(nick), at=AT))
            assert code == "" or code.startswith(("merge.", "case."))

        @rule(index=PICK, nick=NICKS)
        def unmerge(self, index: int, nick: str) -> None:
            case = self.pick(index)
            self.attempt("unmerge", case, nick, lambda: actions.unmerge(case.pk, by=cast.by(nick), at=AT))

        @rule(index=PICK, nick=NICKS)
        def split(self, index: int, nick: str) -> None:
            case, part = self.pick(index), actions.Part(subject="Part", message_ids=[], received_at=AT)
            row = self.attempt("split", case, nick, lambda: actions.split(case.pk, part, by=cast.by(nick), at=AT))
            if row is not None:
                self.opened += 1
                self.cases.append(row.result)

        @rule(index=PICK)
        def undo_split(self, index: int) -> None:
            case = self.pick(index)
            _row, code = tried(lambda: actions.undo_split(case.pk, by=SYSTEM, at=AT))
            assert code in {"", "split.undone", "case.stage", "merge.kept_merged"}

        @rule(index=PICK)
        def hold(self, index: int) -> None:
            case, lea = self.pick(index), cast.by("lea")
            done = self.attempt("place_hold", case, "lea", lambda: VERBS["place_hold"](cast, case, lea, None))
            self.placed += done is not None

        @rule(index=PICK)
        def lift(self, index: int) -> None:
            case, given = self.pick(index), {"reason": "promise_open", "matter": "Voucher"}
            was_lifted, code = tried(lambda: actions.lift_hold(case.pk, by=SYSTEM, at=AT, **given))
            assert code in {"", "case.stage"}
            self.lifted += bool(was_lifted)

        @rule(index=PICK, into=PICK, kind=st.sampled_from(list(LinkKind)))
        def link(self, index: int, into: int, kind: LinkKind) -> None:
            one, other = self.pick(index), self.pick(into)
            _made, code = tried(lambda: actions.link(one.pk, other.pk, kind=kind, by=SYSTEM, at=AT))
            assert code == "" or code.startswith(("link.", "case.stage"))

        @invariant()
        def nothing_is_lost(self) -> None:
            assert Case.objects.count() == self.opened
            assert Hold.objects.count() == self.placed
            assert Hold.objects.filter(lifted_at__isnull=False).count() == self.lifted

        @invariant()
        def every_case_is_whole(self) -> None:
            for case in Case.objects.all():
                assert (case.stage == Stage.MERGED) == (case.merged_into_id is not None)
                end = Case.objects.get(pk=final_id(case))
                assert end.stage != Stage.MERGED
                assert case.stage != Stage.MERGED or case.due_at == FAR
                assert case.stage != Stage.WORKING or case.owner_id or case.contact_owner_id
                waits = Wait.objects.filter(case=case, until_at__isnull=True).count()
                assert waits == int(case.is_waiting)
                assert not case.is_waiting or case.stage == Stage.WORKING
                assert case.version >= self.versions[case.pk]
                self.versions[case.pk] = case.version

        @invariant()
        def every_merged_case_has_one_undo(self) -> None:
            merges = CaseMerge.objects.filter(undone_at__isnull=True).values_list("joined_id", flat=True)
            splits = CaseSplit.objects.filter(undone_at__isnull=False).values_list("result_id", flat=True)
            merged = set(Case.objects.filter(stage=Stage.MERGED).values_list("pk", flat=True))
            assert merged == set(merges) | (set(splits) & merged)

        @invariant()
        def the_record_has_no_gap(self) -> None:
            for row in Entry.objects.values("thread", "thread__last_number").annotate(entries=Count("position")):
                assert row["entries"] == row["thread__last_number"]

    return Desk


def test_any_order_of_verbs_leaves_a_whole_desk(cast: Cast) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine_for(cast),
        settings=settings(
            max_examples=RUNS, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
