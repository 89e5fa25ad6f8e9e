"""The record, the outbox and webhooks, each without one of its guards."""

from types import SimpleNamespace
from typing import Any

from recourse.kit.errors import Refused
from recourse.kit.outbound import Address, Outbound, Target, is_public
from recourse.timeline.actions import deliver
from recourse.timeline.models import Delivery
from recourse.timeline.policy import Audience, checking
from tests.twins import Twin, several, swap

DELIVER = "tests/rooms/timeline/test_deliver.py"
WEBHOOKS = "tests/rooms/timeline/test_webhooks.py"
VERIFY = "tests/rooms/timeline/test_verify.py"
CHECKING = "tests/rooms/timeline/test_checking.py"
ENTRIES = "tests/rooms/timeline/test_entries.py"
RECORD = "tests/rooms/timeline/test_record.py"
APPEND = "tests/rooms/timeline/test_append_only.py"
NO_RIGHT_NEEDED = swap("recourse.kit.actor:Actor.require", lambda self, permission: None)


def _anybodys(delivery: Delivery) -> Any:
    return Delivery.objects.filter(pk=delivery.pk)


def _committed_first(delivery: Delivery, at: Any) -> bool:
    """Act, and mark in another transaction."""
    deliver._act(delivery)
    deliver._finish(delivery, deliver.DeliveryState.DONE, at)
    return True


def _blind_head(thread: Any, last: Any) -> bool:
    """Move a head wherever it stands, by its number alone."""
    seen = type(thread).objects.filter(pk=thread.pk, last_number=thread.last_number)
    if not seen.update(last_number=last.number, last_hash=last.hash):
        return False
    thread.last_number, thread.last_hash = last.number, last.hash
    return True


def _all_audiences(**_who: Any) -> frozenset[Audience]:
    return frozenset(Audience)


def _no_comparison(self: checking.Checker) -> None:
    """Compare no root with a checkpoint."""


def _no_chain_check(self: checking.Checker, kept: checking.Kept) -> None:
    """Follow a chain without recomputing it."""
    self.last[kept.sealed.thread] = (kept.sealed.number, kept.hash)


def _first_address_alone(self: Outbound, target: Target) -> list[Address]:
    """Look at the first address of a name and at no other."""
    first = self._look_up(target)[:1]
    return [address for address in first if address and is_public(address)] or _refused()


def _refused() -> list[Address]:
    raise Refused("outbound.address", "inside")


def _no_note_check(self: checking.Checker, kept: checking.Kept) -> None:
    """Check no note."""


TWINS = [
    Twin(
        "an entry needs a transaction",
        swap("recourse.timeline.actions.record:connection", SimpleNamespace(in_atomic_block=True)),
        f"{RECORD}::test_an_entry_outside_a_transaction_is_refused",
    ),
    Twin(
        "the head is moved by number and hash",
        swap("recourse.timeline.actions.record:_move_head", _blind_head),
        f"{RECORD}::test_a_savepoint_taken_back_does_not_leave_a_false_head",
    ),
    Twin(
        "models refuse changes",
        several(
            swap("recourse.kit.append_only:_refuse", lambda: None),
            swap("recourse.timeline.models:Thread.delete", lambda self: None),
        ),
        f"{APPEND}::test_the_models_refuse_before_the_database_does",
    ),
    Twin(
        "the chain is checked",
        swap("recourse.timeline.policy.checking:Checker._check_chain", _no_chain_check),
        f"{CHECKING}::test_five_thousand_random_tamperings_are_all_found",
    ),
    Twin(
        "roots are held to checkpoints",
        swap("recourse.timeline.policy.checking:Checker._compare_root", _no_comparison),
        f"{VERIFY}::test_a_chain_rewritten_whole_is_found_by_who_kept_an_old_checkpoint_and_by_nobody_else",
    ),
    Twin(
        "notes are checked",
        swap("recourse.timeline.policy.checking:Checker._check_note", _no_note_check),
        f"{CHECKING}::test_five_thousand_random_tamperings_are_all_found",
    ),
    Twin(
        "heads are checked",
        swap("recourse.timeline.policy.checking:Checker._check_head", lambda self, thread, head, newer: None),
        f"{CHECKING}::test_five_thousand_random_tamperings_are_all_found",
    ),
    Twin(
        "leaves are checked",
        swap("recourse.timeline.policy.checking:Checker._check_leaf", lambda self, kept: None),
        f"{VERIFY}::test_an_attack_by_a_superuser_is_found",
    ),
    Twin(
        "signatures are checked",
        swap("recourse.timeline.queries.checking:is_signed", lambda fields, key: True),
        f"{VERIFY}::test_a_checkpoint_by_another_key_is_a_fault",
    ),
    Twin(
        "subtrees are kept",
        swap("recourse.timeline.actions.checkpoints:Subtree.objects.bulk_create", lambda rows, **options: rows),
        f"{VERIFY}::test_leaves_follow_the_order_of_the_entries_over_many_runs",
    ),
    Twin(
        "one sealing at a time goes on from the last leaf",
        swap("recourse.timeline.actions.checkpoints:_settled", lambda: 0),
        f"{VERIFY}::test_leaves_follow_the_order_of_the_entries_over_many_runs",
    ),
    Twin(
        "late commits are waited for",
        swap("recourse.timeline.actions.checkpoints:RUNNING", "SELECT pg_current_xact_id()::text::bigint, NULL"),
        "tests/rooms/timeline/test_writers.py::test_an_entry_that_is_committed_late_is_waited_for_and_not_passed_over",
        is_for_postgres=True,
    ),
    Twin(
        "entries are shown by audience",
        swap("recourse.timeline.queries.entries:audiences_for", _all_audiences),
        f"{ENTRIES}::test_a_restricted_entry_is_shown_to_named_readers_and_not_to_the_desk",
    ),
    Twin(
        "the record is searched with a right",
        NO_RIGHT_NEEDED,
        f"{ENTRIES}::test_the_record_is_searched_only_with_the_right_to_it",
    ),
    Twin(
        "a proof is of what the entry says",
        swap("recourse.timeline.queries.tree:_recomputed", lambda entry: bytes(entry.hash)),
        f"{ENTRIES}::test_an_entry_that_was_changed_is_not_proved",
    ),
    Twin(
        "a lease is held by its start",
        swap("recourse.timeline.actions.deliver:_ours", _anybodys),
        f"{DELIVER}::test_a_worker_that_lost_its_lease_neither_acts_nor_marks",
    ),
    Twin(
        "effect and mark are one transaction",
        swap("recourse.timeline.actions.deliver:_react", _committed_first),
        f"{DELIVER}::test_workers_killed_at_any_point_lose_nothing_and_do_nothing_twice",
    ),
    Twin(
        "a claim is for a while",
        swap("recourse.timeline.actions.deliver:LEASE", deliver.LEASE * 0),
        f"{DELIVER}::test_a_claimed_delivery_is_nobody_elses_until_its_lease_ends",
    ),
    Twin(
        "tries come to an end",
        swap("recourse.timeline.actions.deliver:retry_at", lambda attempts, at: at + deliver.LEASE),
        f"{DELIVER}::test_a_failure_takes_back_its_effect_and_is_tried_again_later_and_later",
    ),
    Twin(
        "what kills workers becomes stuck",
        swap("recourse.timeline.actions.deliver:ATTEMPTS", 1_000),
        f"{DELIVER}::test_a_delivery_whose_worker_died_each_time_becomes_stuck_and_is_taken_alone",
    ),
    Twin("operators alone retry and drop", NO_RIGHT_NEEDED, f"{DELIVER}::test_only_operators_retry_drop_or_list"),
    Twin("webhooks need a right", NO_RIGHT_NEEDED, f"{WEBHOOKS}::test_only_who_may_edit_webhooks_sees_or_changes_them"),
    Twin(
        "a thread's events may leave now",
        swap("recourse.timeline.actions.sending:_may_leave", lambda entry: True),
        f"{WEBHOOKS}::test_a_thread_that_became_restricted_before_the_sending_stays_inside",
    ),
    Twin(
        "restricted events have no subscribers",
        several(
            swap("recourse.timeline.actions.sending:event_class", lambda name: SimpleNamespace(audience=Audience.DESK)),
            swap("recourse.timeline.actions.sending:_may_leave", lambda entry: True),
            swap("recourse.timeline.actions.sending:_plain", lambda entry: {}),
        ),
        f"{WEBHOOKS}::test_what_is_for_few_eyes_cannot_be_subscribed_to_and_never_leaves",
    ),
    Twin(
        "addresses are checked when kept",
        swap("recourse.timeline.actions.webhooks:_checked_url", lambda url: url),
        f"{WEBHOOKS}::test_an_inner_address_is_refused_when_it_is_kept",
    ),
    Twin(
        "addresses are checked when sent to",
        swap("recourse.kit.outbound:is_public", lambda address: True),
        f"{WEBHOOKS}::test_an_address_that_leads_inside_is_refused_when_it_is_sent_to",
    ),
    Twin(
        "messages are signed with the webhook's secret",
        swap("recourse.timeline.actions.sending:_secrets", lambda webhook, at: ["whsec_AAAA"]),
        f"{WEBHOOKS}::test_an_event_reaches_its_receiver_signed_and_without_a_persons_words",
    ),
    Twin(
        "failing for days disables",
        swap("recourse.timeline.actions.sending:is_worn_out", lambda since, at: False),
        f"{WEBHOOKS}::test_a_webhook_that_fails_for_days_is_disabled_and_that_is_on_the_record",
    ),
    Twin(
        "secrets are sealed for one purpose",
        swap("recourse.kit.sealing:_key", lambda purpose: b"k" * 32),
        f"{WEBHOOKS}::test_secrets_are_sealed_at_rest_and_bound_to_their_row",
    ),
    Twin(
        "wrapped addresses are unwrapped",
        swap("recourse.kit.outbound:_V4_INSIDE", []),
        "tests/rooms/kit/test_outbound.py::test_an_address_of_the_open_internet_is_not_refused",
    ),
    Twin(
        "closed networks are closed",
        swap("recourse.kit.outbound:_V4_CLOSED", []),
        "tests/rooms/kit/test_outbound.py::test_an_inner_address_is_known_in_every_wrapping",
    ),
    Twin(
        "every address of a name is checked",
        swap("recourse.kit.outbound:Outbound._addresses", _first_address_alone),
        "tests/rooms/kit/test_outbound.py::test_every_address_of_a_name_is_checked_not_the_first_alone",
    ),
    Twin(
        "a large answer is not taken",
        swap("recourse.kit.outbound:ANSWER_LIMIT", 10**9),
        "tests/rooms/kit/test_outbound.py::test_an_answer_that_is_too_large_is_not_taken",
    ),
]
