"""Merge, split and link, and their undoing: nothing is lost, nothing shows to whom it was not shown."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recourse.cases import actions
from recourse.cases.models import Case, CaseLink, CaseMerge, CaseReader, Hold
from recourse.cases.policy import LinkKind, Priority, Severity, Stage, Tier
from recourse.cases.policy.links import reaches
from recourse.cases.policy.merging import COMBINED, Taken, take, undo
from recourse.cases.queries.find import case_by_ref, final_id
from recourse.cases.queries.state import links_of, open_holds
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.paging import page
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.cases.verbs import at_stage, fresh, part

EARLY = AT - dt.timedelta(days=5)


def refusal(act: object) -> str:
    """Return the code with which a verb refuses."""
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    return caught.value.code


def test_the_kept_case_takes_the_earliest_start_and_the_strictest_of_all(cast: Cast) -> None:
    kept = cast.open(order_refs=["#W1"], severity=Severity.HIGH)
    joined = cast.open(order_refs=["#W2", "#W1"], received_at=EARLY, priority=Priority.URGENT, severity=Severity.LOW)
    actions.place_hold(joined.pk, reason="promise_open", matter="Voucher", by=SYSTEM, at=AT)
    actions.merge(joined.ref, into=kept.ref, by=cast.by("ada"), at=AT)
    case = fresh(kept)
    assert (case.received_at, case.severity, case.priority, case.priority_rank) == (EARLY, "high", "urgent", 0)
    assert case.order_refs == ["#W1", "#W2"]
    assert [hold.matter for hold in open_holds(case)] == ["Voucher"]
    assert fresh(joined).stage == "merged"
    assert case_by_ref(joined.ref, viewer=cast.by("ada"), is_followed=True) == kept
    assert refusal(lambda: actions.resolve(kept.pk, reason="withdrawn", by=cast.by("ada"), at=AT)) == "case.held"


def test_a_merged_case_can_only_be_parted_again(cast: Cast) -> None:
    case = at_stage(cast, Stage.MERGED)
    assert refusal(lambda: actions.start(case.pk, by=cast.by("ada"), at=AT)) == "case.stage"
    parted = actions.unmerge(case.pk, by=cast.by("ada"), at=AT)
    assert (parted.stage, parted.merged_into_id) == ("new", None)
    assert refusal(lambda: actions.unmerge(case.pk, by=cast.by("ada"), at=AT)) == "case.stage"


def test_another_customers_case_is_merged_only_by_right_and_with_an_explicit_yes(cast: Cast) -> None:
    kept, joined, nobodys = cast.open(), cast.open(customer=cast.omar), cast.open(customer=None)
    lea = cast.by("lea")
    for one in (joined, nobodys):
        assert refusal(lambda: actions.merge(one.pk, into=kept.pk, by=lea, at=AT)) == "merge.other_customer"  # noqa: B023
    tried = lambda: actions.merge(joined.pk, into=kept.pk, is_across_customers=True, by=cast.by("ada"), at=AT)  # noqa: E731
    assert refusal(tried) == "merge.other_customer"
    actions.merge(joined.pk, into=kept.pk, is_across_customers=True, by=lea, at=AT)
    assert fresh(joined).customer == cast.omar


@pytest.mark.parametrize("stage", [Stage.RESOLVED, Stage.CLOSED, Stage.MERGED])
def test_nothing_is_merged_into_a_case_that_is_done(cast: Cast, stage: Stage) -> None:
    kept, joined = at_stage(cast, stage), cast.open()
    assert refusal(lambda: actions.merge(joined.pk, into=kept.pk, by=cast.by("ada"), at=AT)) == "merge.into_closed"


def test_a_case_is_not_merged_into_itself_nor_out_of_its_wall_nor_down_a_tier(cast: Cast) -> None:
    case = cast.open()
    assert refusal(lambda: actions.merge(case.pk, into=case.ref, by=cast.by("ada"), at=AT)) == "merge.self"
    walled = cast.open(by="system", queue=cast.queue("privacy"))
    assert refusal(lambda: actions.merge(walled.pk, into=case.pk, by=SYSTEM, at=AT)) == "merge.walled"
    higher = cast.open(by="system", tier=Tier.TIER_1)
    assert refusal(lambda: actions.merge(higher.pk, into=case.pk, by=cast.by("ada"), at=AT)) == "merge.lower_tier"


def test_merging_a_hidden_case_is_like_merging_none(cast: Cast) -> None:
    case, walled = cast.open(), cast.open(by="system", queue=cast.queue("privacy"))
    with pytest.raises(NotVisible):
        actions.merge(walled.pk, into=case.pk, by=cast.by("ada"), at=AT)
    with pytest.raises(NotVisible):
        actions.merge(case.pk, into=walled.ref, by=cast.by("ada"), at=AT)


def test_a_restricted_case_narrows_the_one_it_is_merged_into_and_widens_none(cast: Cast) -> None:
    lea = cast.by("lea")
    open_one, narrow = cast.open(), cast.open()
    actions.restrict(narrow.pk, reader_ids=[cast.staff["fin"].pk, cast.staff["ada"].pk], by=lea, at=AT)
    assert refusal(lambda: actions.merge(narrow.pk, into=open_one.pk, by=cast.by("ada"), at=AT)) == "merge.restricted"
    actions.merge(narrow.pk, into=open_one.pk, by=lea, at=AT)
    seeing = {nick for nick in cast.staff if Case.objects.visible_to(cast.by(nick)).filter(pk=open_one.pk).exists()}
    assert seeing == {"ada", "fin", "lea", "aud"}
    actions.unmerge(narrow.pk, by=lea, at=AT)
    assert not fresh(open_one).is_restricted
    assert not CaseReader.objects.filter(case=open_one, ended_at__isnull=True).exists()


def test_readers_of_a_joined_case_do_not_enter_a_case_that_was_narrowed_to_others(cast: Cast) -> None:
    lea = cast.by("lea")
    narrow, other = cast.open(), cast.open()
    actions.restrict(narrow.pk, reader_ids=[], by=lea, at=AT)
    actions.add_reader(other.pk, staff_id=cast.staff["dan"].pk, by=lea, at=AT)
    actions.merge(other.pk, into=narrow.pk, by=lea, at=AT)
    assert not Case.objects.visible_to(cast.by("dan")).filter(pk=narrow.pk).exists()


def test_undoing_gives_back_what_moved_and_keeps_what_came_later(cast: Cast) -> None:
    ada, lea = cast.by("ada"), cast.by("lea")
    kept, joined, third = cast.open(), cast.open(received_at=EARLY, severity=Severity.CRITICAL), cast.open()
    for matter in ("Voucher", "Letter"):
        actions.place_hold(joined.pk, reason="promise_open", matter=matter, by=SYSTEM, at=AT)
    actions.link(joined.pk, third.pk, kind=LinkKind.BLOCKS, by=ada, at=AT)
    actions.merge(joined.pk, into=kept.pk, by=ada, at=AT)
    assert {link.source_id for link in links_of(third)} == {kept.pk}
    actions.lift_hold(kept.pk, reason="promise_open", matter="Voucher", by=lea, at=AT)
    actions.place_hold(kept.pk, reason="approval_pending", by=SYSTEM, at=AT)
    actions.grade(kept.pk, priority=Priority.HIGH, by=ada, at=AT)
    actions.unmerge(joined.pk, by=ada, at=AT)
    assert [hold.matter for hold in open_holds(joined)] == ["Letter"]
    assert [hold.reason for hold in open_holds(kept)] == ["approval_pending"]
    assert {link.source_id for link in links_of(third)} == {joined.pk}
    again = fresh(kept)
    assert (again.received_at, again.severity, again.priority) == (AT, "medium", "high")


def test_merges_are_undone_in_any_order(cast: Cast) -> None:
    ada = cast.by("ada")
    kept = cast.open()
    one = cast.open(received_at=EARLY, severity=Severity.HIGH, order_refs=["#A"])
    two = cast.open(received_at=EARLY - dt.timedelta(days=1), severity=Severity.CRITICAL, order_refs=["#B"])
    actions.merge(one.pk, into=kept.pk, by=ada, at=AT)
    actions.merge(two.pk, into=kept.pk, by=ada, at=AT)
    actions.unmerge(one.pk, by=ada, at=AT)
    case = fresh(kept)
    assert (case.received_at, case.severity, case.order_refs) == (two.received_at, "critical", ["#B"])
    actions.unmerge(two.pk, by=ada, at=AT)
    case = fresh(kept)
    assert (case.received_at, case.severity, case.order_refs) == (AT, "medium", [])


def test_a_chain_is_followed_to_its_end_and_its_middle_undone_last(cast: Cast) -> None:
    ada = cast.by("ada")
    first, middle, last = cast.open(), cast.open(), cast.open()
    actions.merge(first.pk, into=middle.pk, by=ada, at=AT)
    actions.merge(middle.pk, into=last.pk, by=ada, at=AT)
    assert final_id(fresh(first)) == last.pk
    assert refusal(lambda: actions.unmerge(first.pk, by=ada, at=AT)) == "merge.kept_merged"
    actions.unmerge(middle.pk, by=ada, at=AT)
    assert final_id(fresh(first)) == middle.pk


def test_a_chain_that_was_bent_into_a_ring_is_noticed(cast: Cast) -> None:
    ada = cast.by("ada")
    first, second = cast.open(), cast.open()
    actions.merge(first.pk, into=second.pk, by=ada, at=AT)
    Case.objects.filter(pk=second.pk).update(stage="merged", merged_into=first.pk)
    with pytest.raises(RuntimeError, match="do not end"):
        final_id(fresh(first))


def test_split_off_a_case_keeps_walls_and_counts_from_receipt(cast: Cast) -> None:
    lea = cast.by("lea")
    origin = cast.open(severity=Severity.HIGH)
    actions.restrict(origin.pk, reader_ids=[cast.staff["ada"].pk], by=lea, at=AT)
    asked = actions.Part(subject="The second parcel", message_ids=[], received_at=EARLY, is_moved=True)
    row = actions.split(origin.pk, asked, by=cast.by("ada"), at=AT)
    result = fresh(row.result)
    assert (result.received_at, result.stage, result.severity, result.customer) == (EARLY, "new", "high", cast.jane)
    assert result.is_restricted
    with pytest.raises(NotVisible):
        case_by_ref(result.ref, viewer=cast.by("ben"))
    assert case_by_ref(result.ref, viewer=lea) == result
    actions.undo_split(result.pk, by=lea, at=AT)
    assert case_by_ref(result.ref, viewer=lea, is_followed=True) == origin
    assert refusal(lambda: actions.unmerge(result.pk, by=lea, at=AT)) == "merge.undone"
    other = actions.split(origin.pk, part(), by=lea, at=AT)
    assert refusal(lambda: actions.undo_split(origin.pk, by=lea, at=AT)) == "split.undone"
    assert fresh(other.result).stage == "new"


def test_what_blocks_a_case_must_be_resolved_first(cast: Cast) -> None:
    ada = cast.by("ada")
    blocker, blocked = at_stage(cast, Stage.WORKING), at_stage(cast, Stage.WORKING)
    made = actions.link(blocker.ref, blocked.ref, kind=LinkKind.BLOCKS, by=ada, at=AT)
    tried = lambda: actions.resolve(blocked.pk, reason="withdrawn", by=ada, at=AT)  # noqa: E731
    assert refusal(tried) == "case.blocked"
    actions.resolve(blocker.pk, reason="withdrawn", by=ada, at=AT)
    tried()
    actions.unlink(made.pk, by=ada, at=AT)
    assert refusal(lambda: actions.unlink(made.pk, by=ada, at=AT)) == "link.ended"


def test_the_whole_is_not_closed_before_its_parts(cast: Cast) -> None:
    ada = cast.by("ada")
    whole, piece = at_stage(cast, Stage.RESOLVED), at_stage(cast, Stage.WORKING)
    actions.link(piece.pk, whole.pk, kind=LinkKind.PART_OF, by=ada, at=AT)
    assert refusal(lambda: actions.close(whole.pk, by=ada, at=AT)) == "case.parts_open"
    actions.resolve(piece.pk, reason="withdrawn", by=ada, at=AT)
    actions.close(whole.pk, by=ada, at=AT)


@pytest.mark.parametrize("kind", [kind for kind in LinkKind if kind.has_direction])
def test_links_never_go_in_a_circle_not_by_a_merge_either(cast: Cast, kind: LinkKind) -> None:
    ada = cast.by("ada")
    one, two, three, four = (cast.open() for _index in range(4))
    actions.link(one.pk, two.pk, kind=kind, by=ada, at=AT)
    actions.link(two.pk, three.pk, kind=kind, by=ada, at=AT)
    assert refusal(lambda: actions.link(three.pk, one.pk, kind=kind, by=ada, at=AT)) == "link.circle"
    assert refusal(lambda: actions.link(one.pk, one.pk, kind=kind, by=ada, at=AT)) == "link.self"
    assert refusal(lambda: actions.link(one.pk, two.pk, kind=kind, by=ada, at=AT)) == "link.twice"
    actions.link(three.pk, four.pk, kind=kind, by=ada, at=AT)
    actions.merge(four.pk, into=one.pk, by=ada, at=AT)
    following: dict[object, list[object]] = {}
    for link in CaseLink.objects.filter(ended_at__isnull=True, kind=kind):
        following.setdefault(link.source_id, []).append(link.target_id)
    assert not any(reaches(after, start, following) for start, ends in following.items() for after in ends)


def test_a_case_is_the_duplicate_of_one_and_a_relation_has_no_direction(cast: Cast) -> None:
    ada = cast.by("ada")
    one, two, three = (cast.open() for _index in range(3))
    actions.link(one.pk, two.pk, kind=LinkKind.DUPLICATE_OF, by=ada, at=AT)
    assert refusal(lambda: actions.link(one.pk, three.pk, kind=LinkKind.DUPLICATE_OF, by=ada, at=AT)) == "link.single"
    actions.link(one.pk, three.pk, kind=LinkKind.RELATED, by=ada, at=AT)
    assert refusal(lambda: actions.link(three.pk, one.pk, kind=LinkKind.RELATED, by=ada, at=AT)) == "link.twice"


def test_holding_back_a_case_of_others_needs_the_right_to_work_there(cast: Cast) -> None:
    mine, theirs = cast.open(), at_stage(cast, Stage.WORKING, queue="resolution-1", owner="rosa")
    tried = lambda: actions.link(mine.pk, theirs.pk, kind=LinkKind.BLOCKS, by=cast.by("ada"), at=AT)  # noqa: E731
    assert refusal(tried) == "case.read_only"
    actions.link(mine.pk, theirs.pk, kind=LinkKind.CAUSED_BY, by=cast.by("ada"), at=AT)


SEVERITIES = st.sampled_from([severity.value for severity in Severity])


@given(base=SEVERITIES, joined=st.lists(SEVERITIES, min_size=1, max_size=6), data=st.data())
def test_undoing_merges_in_any_order_gives_what_the_others_alone_give(
    base: str, joined: list[str], data: st.DataObject
) -> None:
    history: list[Taken] = []
    for grade in joined:
        history.append(take("severity", history[-1].after if history else base, grade))
    current = history[-1].after
    while history:
        history, current = undo("severity", history, data.draw(st.integers(0, len(history) - 1)), current)
        expected = base
        for row in history:
            expected = COMBINED["severity"](expected, row.joined)
        assert current == expected


@given(base=SEVERITIES, one=SEVERITIES, two=SEVERITIES, set_by_hand=SEVERITIES, is_first=st.booleans())
def test_what_was_set_by_hand_between_or_after_merges_stays(
    base: str, one: str, two: str, set_by_hand: str, is_first: bool
) -> None:
    first = take("severity", base, one)
    if set_by_hand == first.after:
        return
    second = take("severity", set_by_hand, two)
    _history, value = undo("severity", [first, second], 0 if is_first else 1, second.after)
    assert value == (second.after if is_first else set_by_hand)
    if set_by_hand != second.after:
        _history, value = undo("severity", [first], 0, set_by_hand)
        assert value == set_by_hand


def test_every_merge_stands_once(cast: Cast) -> None:
    case = at_stage(cast, Stage.MERGED)
    assert CaseMerge.objects.filter(joined=case, undone_at__isnull=True).count() == 1
    assert refusal(lambda: actions.merge(case.pk, into=cast.open().pk, by=cast.by("ada"), at=AT)) == "case.stage"
    assert Hold.objects.count() == 0
    assert len(page(Case.objects.all(), order=("id",)).rows) == 3
