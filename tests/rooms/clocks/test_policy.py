"""The rules of the clocks, one sentence a test: pauses, targets, reopening, merging, bounces, breaches."""

from dataclasses import replace

import pytest

from recourse.clocks.policy import Fact, Family, Fixed, Inherited, Plan, State, Target, WorkingDaysKept, explain, replay
from recourse.handbook.policy.clocks import Basis, EndsAt, EndsOn, OnReopen, Roll
from recourse.kit.calendar import Reason
from tests.rooms.clocks.build import (
    FINAL,
    HOLDING,
    LONDON,
    MICROSECOND,
    NEW_YORK,
    STANDARD,
    duty,
    happened,
    target,
    told,
    utc,
)

# Starting and meeting


def test_a_case_received_out_of_hours_counts_from_the_next_opening_and_keeps_its_true_receipt() -> None:
    clock = told(happened(("received", "2026-01-10 03:00")), "2026-01-10 04:00")["first_response"]
    assert (clock.started_at, clock.due_at) == (utc("2026-01-10 03:00"), utc("2026-01-12 10:00"))


def test_an_answer_at_the_due_instant_is_in_time_and_one_a_moment_later_is_late() -> None:
    for moved, state in ((0 * MICROSECOND, State.MET), (MICROSECOND, State.LATE)):
        facts = happened(("received", "2026-01-12 09:00"), ("staff_replied", utc("2026-01-12 10:00") + moved, "m1"))
        assert told(facts, "2026-01-12 12:00")["first_response"].state is state


def test_a_late_answer_is_late_though_nobody_looked_before_it() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("resolved", "2026-01-14 09:30"))
    clock = told(facts, "2026-01-20 00:00")["resolution"]
    assert (clock.state, clock.breached_at) == (State.LATE, utc("2026-01-12 17:00"))


def test_the_state_at_an_earlier_instant_knows_nothing_of_later_facts() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("staff_replied", "2026-01-12 09:30", "m1"))
    assert told(facts, "2026-01-12 09:29")["first_response"].state is State.RUNNING
    assert told(facts, "2026-01-12 09:30")["first_response"].state is State.MET


def test_the_next_response_counts_from_the_oldest_message_without_an_answer() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("customer_wrote", "2026-01-12 10:00", "m2"),
        ("customer_wrote", "2026-01-12 11:00", "m3"),
    )
    clock = told(facts, "2026-01-12 11:30")["next_response"]
    assert (clock.epoch, clock.due_at) == (1, utc("2026-01-12 12:00"))


def test_messages_before_the_first_answer_start_no_next_response() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("customer_wrote", "2026-01-12 09:10", "m2"))
    assert "next_response" not in told(facts, "2026-01-12 09:30")


def test_a_holding_reply_is_a_first_response_but_leaves_the_question_unanswered() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("staff_replied", "2026-01-12 09:30", "m1", HOLDING))
    clocks = told(facts, "2026-01-12 09:40")
    assert clocks["first_response"].state is State.MET
    assert clocks["next_response"].due_at == utc("2026-01-12 11:00")


def test_without_a_first_response_target_the_first_message_waits_for_a_next_response() -> None:
    plan = Plan(1, (target("next_response", 120),))
    clocks = told(happened(("received", "2026-01-12 09:00")), "2026-01-12 09:30", plan)
    assert clocks["next_response"].due_at == utc("2026-01-12 11:00")


def test_no_reply_needed_withdraws_the_clock_and_the_next_message_starts_a_new_one() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("customer_wrote", "2026-01-12 10:00", "thanks"),
        ("no_reply_needed", "2026-01-12 10:30", "thanks"),
        ("customer_wrote", "2026-01-12 11:00", "m3"),
    )
    clocks = told(facts, "2026-01-12 11:30")
    assert clocks["next_response"].state is State.WITHDRAWN
    assert clocks["next_response 2"].started_at == utc("2026-01-12 11:00")


def test_no_reply_needed_on_the_oldest_message_leaves_the_clock_of_the_later_one() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("customer_wrote", "2026-01-12 10:00", "thanks"),
        ("customer_wrote", "2026-01-12 10:20", "but"),
        ("no_reply_needed", "2026-01-12 10:30", "thanks"),
    )
    assert told(facts, "2026-01-12 11:30")["next_response 2"].started_at == utc("2026-01-12 10:20")


def test_every_message_to_the_customer_restarts_the_update_cadence() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-13 09:00", "m1"),
        ("staff_replied", "2026-01-19 09:00", "m2"),
    )
    clocks = told(facts, "2026-01-19 10:00")
    states = [clocks[key].state for key in ("update_cadence", "update_cadence 2", "update_cadence 3")]
    assert states == [State.MET, State.LATE, State.RUNNING]


# Pausing


def test_v12_a_day_of_waiting_moves_the_due_time_by_its_working_hours() -> None:
    plan = Plan(1, (target("resolution", 240, pauses=True),))
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-12 10:00", "w"),
        ("wait_ended", "2026-01-13 10:00", "w"),
    )
    assert told(facts, "2026-01-13 11:00", plan)["resolution"].due_at == utc("2026-01-13 13:00")


def test_v13_a_wait_wholly_out_of_hours_moves_nothing() -> None:
    plan = Plan(1, (target("resolution", 240, pauses=True),))
    facts = happened(
        ("received", "2026-01-12 14:00"),
        ("wait_started", "2026-01-12 17:00", "w"),
        ("wait_ended", "2026-01-13 09:00", "w"),
    )
    assert told(facts, "2026-01-13 09:30", plan)["resolution"].due_at == utc("2026-01-13 10:00")


def test_a_paused_clock_has_no_due_time_no_warning_and_no_breach() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("wait_started", "2026-01-12 10:00", "w"))
    clock = told(facts, "2026-03-01 10:00")["resolution"]
    assert (clock.state, clock.due_at, clock.thresholds, clock.breached_at) == (State.PAUSED, None, (), None)


def test_clocks_that_do_not_pause_run_on_while_the_case_waits() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("wait_started", "2026-01-12 09:10", "w"))
    clocks = told(facts, "2026-01-12 12:00")
    assert clocks["first_response"].state is State.BREACHED
    assert clocks["eight_weeks"].due_at == utc("2026-03-09 23:59:59.999999")


def test_a_regulatory_clock_that_pauses_cannot_be_planned() -> None:
    with pytest.raises(ValueError, match="only commercial clocks pause"):
        duty("eight_weeks", Basis.CALENDAR_DAYS, 56, EndsAt.END_OF_DAY, pauses=True)


def test_two_waits_that_overlap_are_one_pause() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-12 10:00", "a"),
        ("wait_started", "2026-01-12 10:30", "b"),
        ("wait_ended", "2026-01-12 11:00", "a"),
        ("wait_ended", "2026-01-12 12:00", "b"),
    )
    clock = told(facts, "2026-01-12 12:30")["resolution"]
    assert (clock.paused_seconds, clock.due_at) == (7200, utc("2026-01-13 11:00"))


def test_a_wait_that_began_after_the_due_time_does_not_move_it() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-13 11:00", "w"),
        ("wait_ended", "2026-01-13 12:00", "w"),
    )
    clock = told(facts, "2026-01-13 13:00")["resolution"]
    assert (clock.due_at, clock.breached_at) == (utc("2026-01-12 17:00"), utc("2026-01-12 17:00"))


def test_a_wait_that_begins_at_the_due_instant_saves_the_clock_until_it_ends() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-12 17:00", "w"),
        ("wait_ended", "2026-01-13 09:00", "w"),
        ("resolved", "2026-01-13 09:00"),
    )
    assert told(facts, "2026-01-13 10:00")["resolution"].state is State.MET


def test_waits_stop_a_clock_no_longer_than_their_limit() -> None:
    plan = Plan(1, (target("resolution", 240, pauses=True, pause_limit=3600.0),))
    facts = happened(("received", "2026-01-12 09:00"), ("wait_started", "2026-01-12 10:00", "w"))
    waiting = told(facts, "2026-01-12 10:59", plan)["resolution"]
    assert (waiting.state, waiting.resumes_at) == (State.PAUSED, utc("2026-01-12 11:00"))
    running = told(facts, "2026-01-12 11:00", plan)["resolution"]
    assert (running.state, running.due_at) == (State.RUNNING, utc("2026-01-12 14:00"))
    assert told(facts, "2026-01-12 15:00", plan)["resolution"].breached_at == utc("2026-01-12 14:00")


def test_a_second_wait_has_only_what_the_first_left_of_the_limit() -> None:
    plan = Plan(1, (target("resolution", 240, pauses=True, pause_limit=3600.0),))
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-12 10:00", "a"),
        ("wait_ended", "2026-01-12 10:45", "a"),
        ("wait_started", "2026-01-12 11:00", "b"),
        ("wait_ended", "2026-01-12 12:00", "b"),
    )
    assert told(facts, "2026-01-12 12:30", plan)["resolution"].due_at == utc("2026-01-12 14:00")


def test_business_days_keep_the_clock_and_a_pause_adds_working_time() -> None:
    days = Target("resolution", Family.COMMERCIAL, WorkingDaysKept(LONDON, 2), pauses=True)
    facts = happened(
        ("received", "2026-01-10 12:00"),
        ("wait_started", "2026-01-12 10:00", "w"),
        ("wait_ended", "2026-01-12 13:00", "w"),
    )
    clock = told(facts, "2026-01-12 14:00", Plan(1, (days,)))["resolution"]
    assert clock.due_at == utc("2026-01-14 12:00")


# Another target


def test_a_tier_change_keeps_start_and_pauses_swaps_the_target_and_remembers_both() -> None:
    higher = Plan(2, (target("resolution", 240, pauses=True),))
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-12 10:00", "w"),
        ("wait_ended", "2026-01-12 11:00", "w"),
        ("target_changed", "2026-01-12 12:00", {"plan": higher}),
    )
    clock = told(facts, "2026-01-12 12:30")["resolution"]
    assert (clock.epoch, clock.started_at) == (1, utc("2026-01-12 09:00"))
    assert (clock.paused_seconds, clock.due_at) == (3600, utc("2026-01-12 14:00"))
    assert [(change.before.length.amount, change.after.length.amount) for change in clock.changes] == [(480, 240)]


def test_a_tier_change_may_breach_at_once_and_then_gives_no_warnings_as_well() -> None:
    higher = Plan(2, (target("resolution", 120, warn_at=(50, 80)),))
    facts = happened(("received", "2026-01-12 09:00"), ("target_changed", "2026-01-12 12:00", {"plan": higher}))
    clock = told(facts, "2026-01-12 12:00")["resolution"]
    assert (clock.state, clock.breached_at) == (State.BREACHED, utc("2026-01-12 11:00"))
    assert clock.thresholds == ()


def test_a_tier_change_past_several_shares_warns_only_of_the_highest() -> None:
    higher = Plan(2, (target("resolution", 200, warn_at=(25, 50, 80, 95)),))
    facts = happened(("received", "2026-01-12 09:00"), ("target_changed", "2026-01-12 12:00", {"plan": higher}))
    assert [one.percent for one in told(facts, "2026-01-12 12:00")["resolution"].thresholds] == [80, 95]


def test_a_longer_target_does_not_clear_a_breach() -> None:
    lower = Plan(2, (target("resolution", 4800),))
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("target_changed", "2026-01-13 09:00", {"plan": lower}),
        ("resolved", "2026-01-13 10:00"),
    )
    clock = told(facts, "2026-01-14 00:00")["resolution"]
    assert (clock.state, clock.breached_at) == (State.LATE, utc("2026-01-12 17:00"))


def test_a_plan_without_a_target_withdraws_the_clock_and_leaves_the_law_alone() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("target_changed", "2026-01-12 09:30", {"plan": Plan(2, ())}))
    clocks = told(facts, "2026-01-12 12:00")
    assert clocks["first_response"].state is State.WITHDRAWN
    assert clocks["eight_weeks"].state is State.RUNNING


def test_a_target_that_comes_later_counts_from_receipt_less_the_waits_since() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("wait_started", "2026-01-12 10:00", "w"),
        ("wait_ended", "2026-01-12 11:00", "w"),
        ("target_changed", "2026-01-12 12:00", {"plan": STANDARD}),
    )
    clocks = told(facts, "2026-01-12 12:30", Plan(1, ()))
    assert clocks["resolution"].due_at == utc("2026-01-13 10:00")
    assert clocks["eight_weeks"].started_at == utc("2026-01-12 09:00")


def test_a_new_edition_moves_statutory_clocks_only_when_it_is_migrated() -> None:
    longer = Plan(2, (duty("eight_weeks", Basis.CALENDAR_DAYS, 60, EndsAt.END_OF_DAY),))
    for kind, day in (("target_changed", "2026-03-09"), ("plan_migrated", "2026-03-13")):
        facts = happened(("received", "2026-01-12 09:00"), (kind, "2026-01-12 12:00", {"plan": longer}))
        due = told(facts, "2026-01-12 12:30")["eight_weeks"].due_at
        assert due == utc(f"{day} 23:59:59.999999")


# Bounces


def test_a_bounced_answer_was_never_given() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("reply_bounced", "2026-01-12 11:00", "m1"),
    )
    clocks = told(facts, "2026-01-12 11:30")
    assert (clocks["first_response"].state, clocks["first_response"].breached_at) == (
        State.BREACHED,
        utc("2026-01-12 10:00"),
    )
    assert clocks["update_cadence 2"].state is State.WITHDRAWN
    assert clocks["update_cadence"].state is State.RUNNING


def test_after_a_bounce_the_answer_that_did_arrive_counts() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("staff_replied", "2026-01-12 09:50", "m2"),
        ("reply_bounced", "2026-01-12 11:00", "m1"),
    )
    clock = told(facts, "2026-01-12 11:30")["first_response"]
    assert (clock.state, clock.ended_at) == (State.MET, utc("2026-01-12 09:50"))


def test_a_bounce_reopens_the_question_of_the_oldest_message() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("customer_wrote", "2026-01-12 10:00", "m2"),
        ("staff_replied", "2026-01-12 10:30", "m3"),
        ("customer_wrote", "2026-01-12 10:45", "m4"),
        ("reply_bounced", "2026-01-12 11:00", "m3"),
    )
    clocks = told(facts, "2026-01-12 11:30")
    assert (clocks["next_response"].state, clocks["next_response"].due_at) == (
        State.RUNNING,
        utc("2026-01-12 12:00"),
    )
    assert clocks["next_response 2"].state is State.WITHDRAWN


def test_a_bounce_of_a_message_nobody_knows_changes_nothing() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("staff_replied", "2026-01-12 09:30", "m1"))
    bounced = [*facts, *happened(("reply_bounced", "2026-01-12 10:00", "other"))]
    assert told(bounced, "2026-01-12 11:00") == told(facts, "2026-01-12 11:00")


# Resolving and reopening


def test_resolving_without_an_answer_stops_the_response_clocks_and_meets_resolution_and_duties() -> None:
    facts = happened(("received", "2026-01-12 09:00"), ("resolved", "2026-01-12 09:30"))
    clocks = told(facts, "2026-02-01 00:00")
    assert clocks["first_response"].state is State.STOPPED
    assert clocks["resolution"].state is State.MET
    assert clocks["eight_weeks"].state is State.MET


REOPENED = happened(
    ("received", "2026-01-12 09:00"),
    ("resolved", "2026-01-12 13:00"),
    ("reopened", "2026-01-13 12:00"),
)


@pytest.mark.parametrize(
    ("policy", "counts", "due"),
    [
        (OnReopen.CONTINUE, False, "2026-01-13 16:00"),
        (OnReopen.CONTINUE, True, "2026-01-12 17:00"),
        (OnReopen.NEW_INSTANCE, False, "2026-01-14 12:00"),
    ],
)
def test_reopening_continues_the_clock_or_starts_a_new_one_as_the_handbook_says(
    policy: OnReopen, counts: bool, due: str
) -> None:
    plan = Plan(1, (target("resolution", 480, on_reopen=policy, counts_closed_time=counts),))
    clocks = told(REOPENED, "2026-01-13 12:00", plan)
    latest = list(clocks.values())[-1]
    assert (latest.due_at, latest.epoch) == (utc(due), 2 if policy is OnReopen.NEW_INSTANCE else 1)


def test_a_reopened_case_whose_clock_is_not_reopened_keeps_its_verdict() -> None:
    plan = Plan(1, (target("resolution", 480, on_reopen=OnReopen.NONE),))
    assert [state.state for state in replay(REOPENED, plan, utc("2026-02-01 00:00"))] == [State.MET]


def test_reopening_never_clears_a_breach() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("resolved", "2026-01-13 12:00"),
        ("reopened", "2026-01-14 12:00"),
        ("resolved", "2026-01-14 12:01"),
    )
    clock = told(facts, "2026-01-20 00:00")["resolution"]
    assert (clock.state, clock.breached_at) == (State.LATE, utc("2026-01-12 17:00"))


def test_a_message_after_resolution_waits_for_an_answer_and_reopening_keeps_that_clock() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 09:30", "m1"),
        ("resolved", "2026-01-12 10:00"),
        ("customer_wrote", "2026-01-12 11:00", "m2"),
        ("reopened", "2026-01-12 11:00"),
    )
    clocks = told(facts, "2026-01-12 11:30")
    assert clocks["next_response"].due_at == utc("2026-01-12 13:00")
    assert "next_response 2" not in clocks


# Merging


def brought(kind: str, minutes: int, started: str, breached: str | None = None) -> Inherited:
    return Inherited(
        kind, target(kind, minutes), utc(started), breached_at=utc(breached) if breached else None, ref="x"
    )


def test_the_kept_case_takes_the_earliest_start_and_the_strictest_due_time() -> None:
    facts = happened(
        ("received", "2026-01-12 12:00"),
        ("merged_in", "2026-01-12 13:00", "other", {"inherited": (brought("resolution", 480, "2026-01-12 10:00"),)}),
    )
    clock = told(facts, "2026-01-12 14:00")["resolution"]
    assert (clock.started_at, clock.due_at) == (utc("2026-01-12 10:00"), utc("2026-01-13 10:00"))


def test_a_merged_clock_with_more_time_left_loosens_nothing() -> None:
    facts = happened(
        ("received", "2026-01-12 12:00"),
        ("merged_in", "2026-01-12 13:00", "other", {"inherited": (brought("resolution", 4800, "2026-01-12 10:00"),)}),
    )
    clock = told(facts, "2026-01-12 14:00")["resolution"]
    assert (clock.started_at, clock.due_at) == (utc("2026-01-12 10:00"), utc("2026-01-13 12:00"))


def test_a_breach_that_came_with_a_merged_case_is_known_already() -> None:
    inherited = (brought("resolution", 60, "2026-01-12 09:00", "2026-01-12 10:00"),)
    facts = happened(
        ("received", "2026-01-12 12:00"), ("merged_in", "2026-01-12 13:00", "other", {"inherited": inherited})
    )
    clock = told(facts, "2026-01-12 14:00")["resolution"]
    assert (clock.state, clock.is_breach_known) == (State.BREACHED, True)


def test_pauses_that_a_merged_clock_brought_along_stay_its_own() -> None:
    lane = replace(
        brought("resolution", 480, "2026-01-12 09:00"),
        pauses=((utc("2026-01-12 10:00"), utc("2026-01-12 11:00")),),
        target=target("resolution", 480, pauses=True),
    )
    facts = happened(
        ("received", "2026-01-12 11:30"),
        ("wait_started", "2026-01-12 11:40", "w"),
        ("wait_ended", "2026-01-12 12:40", "w"),
        ("merged_in", "2026-01-12 13:00", "other", {"inherited": (lane,)}),
        ("wait_started", "2026-01-12 14:00", "v"),
        ("wait_ended", "2026-01-12 14:30", "v"),
    )
    assert told(facts, "2026-01-12 15:00")["resolution"].due_at == utc("2026-01-13 10:30")


def test_undoing_a_merge_gives_each_case_its_own_clock_back() -> None:
    inherited = (
        brought("resolution", 480, "2026-01-12 10:00"),
        Inherited("cfpb", duty("cfpb", Basis.CALENDAR_DAYS, 15, EndsAt.END_OF_DAY), utc("2026-01-02 10:00")),
    )
    kept = happened(
        ("received", "2026-01-12 12:00"),
        ("merged_in", "2026-01-12 13:00", "other", {"inherited": inherited}),
        ("merge_undone", "2026-01-12 15:00", "other"),
    )
    clocks = told(kept, "2026-01-12 16:00")
    assert clocks["resolution"].due_at == utc("2026-01-13 12:00")
    assert clocks["cfpb"].state is State.WITHDRAWN
    joined = happened(
        ("received", "2026-01-12 10:00"),
        ("merged_away", "2026-01-12 13:00"),
        ("unmerged", "2026-01-12 15:00"),
    )
    assert told(joined, "2026-01-12 14:00")["resolution"].state is State.MERGED
    assert told(joined, "2026-01-12 16:00")["resolution"].due_at == utc("2026-01-13 10:00")


# Law


def test_v15_to_v18_the_terms_of_law_end_on_the_right_day() -> None:
    plan = Plan(
        1,
        (
            duty("third_day", Basis.BUSINESS_DAYS, 3, EndsAt.CLOSE_OF_BUSINESS, EndsOn.RESOLVED),
            duty("eight_weeks", Basis.CALENDAR_DAYS, 56, EndsAt.END_OF_DAY),
            duty("psd_15", Basis.BUSINESS_DAYS, 15, EndsAt.END_OF_DAY),
            duty("psd_35", Basis.BUSINESS_DAYS, 35, EndsAt.END_OF_DAY),
            duty("cfpb_15", Basis.CALENDAR_DAYS, 15, EndsAt.END_OF_DAY, starts_on="sent", calendar=NEW_YORK),
            duty("cfpb_60", Basis.CALENDAR_DAYS, 60, EndsAt.END_OF_DAY, starts_on="sent", calendar=NEW_YORK),
        ),
    )
    facts = happened(("received", "2026-04-02 14:00"), ("passed_on", "2026-04-02 15:00"))
    clocks = told(facts, "2026-04-02 16:00", plan)
    due = {
        key: f"{state.target.length.calendar.local_day(state.due_at)}"  # type: ignore[union-attr, arg-type]
        for key, state in clocks.items()
    }
    assert clocks["third_day"].due_at == utc("2026-04-09 16:00")
    assert due == {
        "third_day": "2026-04-09",
        "eight_weeks": "2026-05-28",
        "psd_15": "2026-04-27",
        "psd_35": "2026-05-27",
        "cfpb_15": "2026-04-17",
        "cfpb_60": "2026-06-01",
    }


def test_seventy_two_hours_are_hours_and_start_with_the_ground() -> None:
    plan = Plan(
        1,
        (duty("breach", Basis.HOURS, 72, EndsAt.INSTANT, EndsOn.NOTIFIED, starts_on="ground:privacy_breach"),),
    )
    facts = happened(
        ("received", "2026-03-27 09:00"),
        ("duty_started", "2026-03-27 12:00", {"key": "breach"}),
        ("resolved", "2026-03-27 13:00"),
    )
    clock = told(facts, "2026-03-28 00:00", plan)["breach"]
    assert (clock.state, clock.due_at) == (State.RUNNING, utc("2026-03-30 12:00"))
    done = [*facts, *happened(("duty_done", "2026-03-28 08:00", {"key": "breach"}))]
    assert told(done, "2026-04-28 00:00", plan)["breach"].state is State.MET


def test_one_month_rolls_to_the_next_working_day() -> None:
    month = duty("month", Basis.MONTHS, 1, EndsAt.END_OF_DAY, roll=Roll.NEXT_BUSINESS_DAY)
    due = told(happened(("received", "2026-03-03 10:00")), "2026-03-04 00:00", Plan(1, (month,)))["month"].due_at
    assert due == utc("2026-04-07 22:59:59.999999")


def test_a_reply_acknowledges_and_only_a_final_answer_answers_the_law() -> None:
    plan = Plan(
        1,
        (
            duty("ack", Basis.BUSINESS_DAYS, 3, EndsAt.CLOSE_OF_BUSINESS, EndsOn.ACKNOWLEDGED),
            duty("eight_weeks", Basis.CALENDAR_DAYS, 56, EndsAt.END_OF_DAY, EndsOn.ANSWERED),
        ),
    )
    facts = happened(
        ("received", "2026-04-02 10:00"),
        ("staff_replied", "2026-04-02 11:00", "m1"),
    )
    assert [state.state for state in replay(facts, plan, utc("2026-04-03 00:00"))] == [State.MET, State.RUNNING]
    facts += happened(("staff_replied", "2026-04-20 11:00", "m2", FINAL))
    assert [state.state for state in replay(facts, plan, utc("2026-04-21 00:00"))] == [State.MET, State.MET]


# Promises


def test_a_promise_is_kept_late_broken_moved_or_withdrawn() -> None:
    plan, due = Plan(1, (), promise_warn_at=(50,)), {"due_at": utc("2026-01-14 12:00")}
    made = ("promise_made", "2026-01-12 12:00", "p", due)
    for verb, at, state in (
        ("promise_kept", "2026-01-14 12:00", State.MET),
        ("promise_kept", "2026-01-14 12:01", State.LATE),
        ("promise_broken", "2026-01-13 12:00", State.BROKEN),
        ("promise_withdrawn", "2026-01-13 12:00", State.WITHDRAWN),
    ):
        assert told(happened(made, (verb, at, "p")), "2026-02-01 00:00", plan)["promise"].state is state
    moved = happened(made, ("promise_moved", "2026-01-13 12:00", "p", {"due_at": utc("2026-01-20 12:00")}))
    clock = told(moved, "2026-01-13 13:00", plan)["promise"]
    assert clock.due_at == utc("2026-01-20 12:00")
    assert isinstance(clock.changes[0].before.length, Fixed)


def test_a_promise_outlives_the_thanks_of_the_customer_and_the_closing_of_the_case() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("promise_made", "2026-01-12 12:00", "p", {"due_at": utc("2026-01-14 12:00")}),
        ("resolved", "2026-01-12 13:00"),
        ("closed", "2026-01-13 13:00"),
    )
    assert told(facts, "2026-01-15 00:00")["promise"].state is State.BREACHED


# One open clock of a kind, whatever is taken back


def test_a_clock_that_a_bounce_opened_again_is_not_doubled_by_a_later_plan() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 10:00", "a"),
        ("reply_bounced", "2026-01-12 11:00", "a"),
        ("passed_on", "2026-01-12 12:00"),
    )
    assert _open("update_cadence", facts) == [1]


def test_a_clock_that_a_bounce_opened_again_runs_on_after_a_reopening() -> None:
    facts = happened(
        ("received", "2026-01-12 09:00"),
        ("staff_replied", "2026-01-12 10:00", "a"),
        ("reply_bounced", "2026-01-12 11:00", "a"),
        ("resolved", "2026-01-12 12:00"),
        ("reopened", "2026-01-12 13:00"),
    )
    plan = Plan(1, (target("update_cadence", 960, on_reopen=OnReopen.CONTINUE),))
    assert _open("update_cadence", facts, plan) == [1]


def _open(kind: str, facts: list[Fact], plan: Plan = STANDARD) -> list[int]:
    return [
        clock.epoch for clock in replay(facts, plan, utc("2026-01-12 14:00")) if clock.kind == kind and clock.is_open
    ]


# Explaining


def test_an_explanation_covers_the_whole_way_to_the_due_time_and_adds_up() -> None:
    facts = happened(
        ("received", "2026-04-02 15:00"),
        ("wait_started", "2026-04-02 15:30", "w"),
        ("wait_ended", "2026-04-07 10:00", "w"),
    )
    clock = told(facts, "2026-04-07 11:00")["resolution"]
    account = explain(clock, edition=1, at=utc("2026-04-07 11:00"))
    assert (account.until, account.calendar, account.calendar_version) == (clock.due_at, "office", 1)
    assert account.counted == 480 * 60
    assert account.counted + account.paused + account.outside == account.elapsed
    assert [span.name for span in account.spans if span.reason is Reason.HOLIDAY] == ["bank holiday"] * 2


def test_an_explanation_of_days_names_the_first_the_skipped_and_the_rolled() -> None:
    month = duty("month", Basis.MONTHS, 1, EndsAt.END_OF_DAY, roll=Roll.NEXT_BUSINESS_DAY)
    clock = told(happened(("received", "2026-03-03 10:00")), "2026-03-04 00:00", Plan(1, (month,)))["month"]
    spans = explain(clock, edition=1, at=utc("2026-03-04 00:00")).spans
    told_reasons = [span.reason for span in spans]
    assert told_reasons[0] is Reason.DAY_ZERO
    assert told_reasons.count(Reason.OPEN) == 31
    assert told_reasons[-4:] == [Reason.OUTSIDE_HOURS, Reason.OUTSIDE_HOURS, Reason.HOLIDAY, Reason.ROLLED]
