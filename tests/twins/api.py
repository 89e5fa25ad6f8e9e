"""The JSON door without its guards."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

from recourse.kit.actor import system
from recourse.kit.time import now
from tests.twins import Twin, swap

_KEYS = "tests/doors/api/test_keys.py::"
_ONCE = "tests/doors/api/test_idempotency.py::"
_READING = "tests/doors/api/test_reading.py::"
_HIDDEN = "tests/doors/api/test_hidden.py::"


def _anybody(request: Any) -> Any:
    request.at = now()
    return request


TWINS = [
    Twin(
        guard="a key is looked up",
        patch=swap("recourse.api.callers:use_key", lambda token, at: system("anybody")),
        test=_KEYS + "test_a_token_that_is_no_key_answers_401",
    ),
    Twin(
        guard="a key does no more than its scopes",
        patch=swap("recourse.people.queries.standing:allowed_scopes", lambda scopes, held: frozenset(held)),
        test=_KEYS + "test_a_narrow_key_does_no_more_than_it_says",
    ),
    Twin(
        guard="a key does no more than its owner",
        patch=swap("recourse.people.queries.standing:allowed_scopes", lambda scopes, held: frozenset(scopes)),
        test=_KEYS + "test_a_key_loses_what_its_owner_loses",
    ),
    Twin(
        guard="calls are counted",
        patch=swap("recourse.api.limits:Limiter.take", lambda self, caller: None),
        test=_KEYS + "test_a_caller_who_is_too_quick_is_told_when_to_come_again",
    ),
    Twin(
        guard="guesses are counted",
        patch=swap("recourse.api.callers:stranger_limiter", SimpleNamespace(take=lambda caller: None)),
        test=_KEYS + "test_guessing_keys_is_slowed_and_leaves_good_keys_alone",
    ),
    Twin(
        guard="callers who used much are remembered",
        patch=swap("recourse.api.limits:Limiter._forget_fullest", lambda self: self._buckets.clear()),
        test=_KEYS + "test_a_crowd_of_callers_does_not_wipe_what_one_has_used",
    ),
    Twin(
        guard="a kept answer is told to who is let in",
        patch=swap("recourse.api.idempotency:identify", _anybody),
        test=_ONCE + "test_a_kept_answer_is_not_told_to_a_key_that_was_revoked",
    ),
    Twin(
        guard="an answer is kept",
        patch=swap("recourse.api.idempotency:is_key", lambda value: False),
        test=_ONCE + "test_the_same_again_answers_the_same_and_does_nothing",
    ),
    Twin(
        guard="requests are told apart by their body",
        patch=swap("recourse.api.idempotency:_contents", lambda request: []),
        test=_ONCE + "test_another_body_under_the_same_key_is_refused",
    ),
    Twin(
        guard="requests are told apart by method and address",
        patch=swap("recourse.api.idempotency:fingerprint", lambda method, path, *contents: str(contents)),
        test=_ONCE + "test_another_address_or_method_under_the_same_key_is_refused",
    ),
    Twin(
        guard="each caller has keys of their own",
        patch=swap("recourse.api.idempotency:token_of", lambda request: ""),
        test=_ONCE + "test_another_caller_has_keys_of_their_own",
    ),
    Twin(
        guard="what failed is taken back",
        patch=swap("recourse.api.idempotency:transaction.set_rollback", lambda rollback: None),
        test=_ONCE + "test_what_was_refused_leaves_nothing_behind",
    ),
    Twin(
        guard="claim, verb and answer are one transaction",
        patch=swap(
            "recourse.api.idempotency:transaction",
            SimpleNamespace(atomic=nullcontext, set_rollback=lambda rollback: None),
        ),
        test=_ONCE + "test_a_crash_in_between_leaves_nothing_and_the_next_does_the_work",
    ),
    Twin(
        guard="each key of a body stands once",
        patch=swap("recourse.api.reading:_once", dict),
        test=_READING + "test_a_key_sent_twice_is_named",
    ),
    Twin(
        guard="what cannot be kept is refused",
        patch=swap("recourse.api.reading:_refuse_barred", lambda value: None),
        test=_READING + "test_a_body_that_cannot_be_read_answers_400",
    ),
    Twin(
        guard="only JSON is read",
        patch=swap("recourse.api.frame:refused", lambda request: None),
        test=_READING + "test_another_kind_of_body_answers_415",
    ),
    Twin(
        guard="a query names what the operation knows",
        patch=swap("recourse.api.frame:Frame.process_view", lambda self, request, view, args, kwargs: None),
        test=_READING + "test_a_list_takes_only_what_it_knows",
    ),
    Twin(
        guard="proposals are of cases that the caller may see",
        patch=swap("recourse.api.v1.cases:visible_refs", lambda refs, request: set(refs)),
        test=_HIDDEN + "test_a_hidden_case_is_not_proposed_as_the_same",
    ),
    Twin(
        guard="links are between cases that the caller may see",
        patch=swap("recourse.api.v1.ties:visible_refs", lambda refs, request: set(refs)),
        test=_HIDDEN + "test_a_link_to_a_hidden_case_is_left_out",
    ),
    Twin(
        guard="the record leaves hidden threads out",
        patch=swap("recourse.api.v1.record:hidden_threads", lambda viewer: []),
        test=_HIDDEN + "test_the_record_leaves_hidden_cases_out",
    ),
    Twin(
        guard="cases are looked up through what the viewer may see",
        patch=swap("recourse.cases.models:CaseRows.visible_to", lambda self, viewer: self),
        test="tests/doors/test_access.py::test_lists_and_counts_leave_hidden_cases_out",
    ),
    Twin(
        guard="rights are asked for",
        patch=swap("recourse.kit.actor:Actor.can", lambda self, permission: True),
        test="tests/doors/test_access.py::test_a_narrow_key_is_refused_where_its_owner_is_not",
    ),
]
