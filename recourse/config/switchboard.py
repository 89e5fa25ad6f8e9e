"""The switchboard: the one list of who reacts to what. `NOW` joins the transaction; `LATER` runs after it, retried.

An entry maps fields and calls one verb; it decides nothing.
"""

from typing import Any
from uuid import UUID

from recourse.approvals import actions as approvals
from recourse.approvals import events as approval_events
from recourse.approvals import tasks as approval_tasks
from recourse.approvals.queries import consequences as approvals_that_would_change
from recourse.cases import actions as casework
from recourse.cases import events as cases
from recourse.clocks import actions as clocks
from recourse.clocks import events as clock_events
from recourse.clocks.queries import clocks_that_would_change
from recourse.config import sharing
from recourse.conversations import actions as conversing
from recourse.conversations import events as conversations
from recourse.customers import events as customers
from recourse.escalations import actions as escalations
from recourse.escalations.queries import consequences
from recourse.handbook.queries import plug_evaluators
from recourse.ledger import events as money
from recourse.people import events as people
from recourse.people import tasks as people_tasks
from recourse.remedies import actions as remedies
from recourse.timeline.actions import plug_webhooks
from recourse.timeline.reactions import Happened, Reaction, plug

ACCOUNT_CHANGES = (
    people.GuessingSlowed,
    people.OutsideLoginConnected,
    people.OutsideLoginDisconnected,
    people.PasswordSet,
    people.SecondFactorAdded,
    people.SecondFactorRemoved,
)


def _on(happened: Happened) -> dict[str, Any]:
    return {"thread_id": happened.thread_id, "by": happened.by, "at": happened.at}


CLOCKS_HEAR: list[Reaction] = [
    Reaction(
        "clocks.message_in",
        (conversations.MessageReceived,),
        lambda e, h: clocks.note_message_in(**_on(h), message_id=e.message_id, is_automatic=e.is_automatic),
        act_many=lambda told: clocks.note_messages_in(
            messages=[clocks.Incoming(h.thread_id, e.message_id, e.is_automatic, h.by, h.at) for e, h in told]
        ),
    ),
    Reaction(
        "clocks.message_out",
        (conversations.MessageSent,),
        lambda e, h: clocks.note_message_out(**_on(h), message_id=e.message_id, is_automatic=e.is_automatic),
    ),
    Reaction(
        "clocks.bounce",
        (conversations.MessageBounced,),
        lambda e, h: clocks.note_bounce(**_on(h), message_id=e.message_id),
    ),
    Reaction(
        "clocks.no_reply_needed",
        (conversations.ReplyWaived,),
        lambda e, h: clocks.note_no_reply_needed(**_on(h), message_id=e.message_id),
    ),
    Reaction(
        "clocks.messages_gone",
        (conversations.MessagesMoved,),
        lambda e, h: clocks.note_messages_gone(
            **_on(h), from_ref=e.from_ref, message_ids=e.message_ids, why=e.why, is_undone=e.is_undone
        ),
    ),
    Reaction(
        "clocks.wait_started",
        (cases.WaitStarted,),
        lambda e, h: clocks.note_wait_started(**_on(h), wait_id=e.wait_id, is_pausing=e.is_pausing),
    ),
    Reaction(
        "clocks.wait_ended",
        (cases.WaitEnded,),
        lambda e, h: clocks.note_wait_ended(**_on(h), wait_id=e.wait_id, is_pausing=e.is_pausing),
    ),
    Reaction("clocks.resolved", (cases.CaseResolved,), lambda _e, h: clocks.note_resolved(**_on(h))),
    Reaction("clocks.closed", (cases.CaseClosed,), lambda _e, h: clocks.note_closed(**_on(h))),
    Reaction("clocks.reopened", (cases.CaseReopened,), lambda _e, h: clocks.note_reopened(**_on(h))),
    Reaction(
        "clocks.retarget",
        (cases.CaseGraded, cases.CaseTransferred, cases.CaseDescribed, cases.CustomerChanged),
        lambda _e, h: clocks.retarget(**_on(h)),
    ),
    Reaction(
        "clocks.merge",
        (cases.CaseGained,),
        lambda e, h: clocks.note_merge(**_on(h), joined_id=UUID(e.case_id), merge_id=e.merge_id),
    ),
    Reaction(
        "clocks.unmerge",
        (cases.CaseParted,),
        lambda e, h: clocks.note_unmerge(**_on(h), joined_id=UUID(e.case_id), merge_id=e.merge_id),
    ),
    Reaction(
        "clocks.split",
        (cases.CaseDivided,),
        lambda e, h: clocks.start_for_split(UUID(e.case_id), by=h.by, at=h.at),
    ),
    Reaction(
        "clocks.split_undone",
        (cases.SplitUndone,),
        lambda e, h: clocks.note_merge(**_on(h), joined_id=UUID(e.case_id), merge_id=e.case_id),
    ),
]
CLOCKS_RUN = (
    clock_events.ClocksStarted,
    clock_events.ClocksMoved,
    clock_events.ClocksResumed,
    clock_events.ClocksReopened,
)
ESCALATIONS_HEAR: list[Reaction] = [
    Reaction(
        "escalations.watch",
        CLOCKS_RUN,
        lambda e, h: escalations.watch(thread_id=h.thread_id, clocks=e.clocks, at=h.at, edition=h.edition),
        act_many=lambda told: escalations.watch_many(
            [escalations.Watched(h.thread_id, e.clocks, h.at, h.edition) for e, h in told]
        ),
    ),
    Reaction(
        "escalations.respond",
        (cases.CaseAssigned,),
        lambda e, h: escalations.respond(**_on(h), owner_id=UUID(e.owner_id)),
    ),
    Reaction(
        "escalations.finish_with_case",
        (cases.CaseResolved,),
        lambda _e, h: escalations.finish_with_case(**_on(h)),
    ),
    Reaction(
        "escalations.join_merged",
        (cases.CaseMerged,),
        lambda e, h: escalations.join_merged(joined_thread_id=h.thread_id, kept_id=UUID(e.into_id), by=h.by, at=h.at),
    ),
]
ENDED_APPROVALS: dict[str, str] = {
    approval_events.ApprovalRefused.name: "refused",
    approval_events.ApprovalExpired.name: "expired",
    approval_events.ApprovalWithdrawn.name: "withdrawn",
}
FAILED_REFUNDS: dict[str, str] = {
    money.RefundRefused.name: "provider_refused",
    money.RefundFailed.name: "reversed",
    money.RefundWithdrawn.name: "not_done",
}
REMEDIES_HEAR: list[Reaction] = [
    Reaction(
        "remedies.granted",
        (approval_events.ApprovalGranted,),
        lambda e, h: remedies.note_granted(matter=e.matter, approval_id=UUID(e.approval_id), by=h.by, at=h.at),
    ),
    Reaction(
        "remedies.approval_ended",
        (approval_events.ApprovalRefused, approval_events.ApprovalExpired, approval_events.ApprovalWithdrawn),
        lambda e, h: remedies.note_ended(
            matter=e.matter, approval_id=UUID(e.approval_id), why=ENDED_APPROVALS[e.name], by=h.by, at=h.at
        ),
    ),
    Reaction(
        "remedies.paid",
        (money.MoneySettled,),
        lambda e, h: remedies.note_settled(matter=e.matter, by=h.by, at=h.at),
    ),
    Reaction(
        "remedies.not_paid",
        (money.RefundRefused, money.RefundFailed, money.RefundWithdrawn),
        lambda e, h: remedies.note_failed(matter=e.matter, fault=FAILED_REFUNDS[e.name], by=h.by, at=h.at),
    ),
    Reaction(
        "remedies.case_came",
        (cases.CaseOpened, cases.CaseDescribed, cases.CustomerChanged),
        lambda _e, h: remedies.note_cases([h.thread_id], at=h.at),
        act_many=lambda told: remedies.note_cases([h.thread_id for _e, h in told], at=told[-1][1].at),
    ),
    Reaction(
        "remedies.merge",
        (cases.CaseGained,),
        lambda e, h: remedies.join_merged(**_on(h), joined_id=UUID(e.case_id)),
    ),
    Reaction(
        "remedies.unmerge",
        (cases.CaseParted,),
        lambda e, h: remedies.part_unmerged(**_on(h), joined_id=UUID(e.case_id)),
    ),
]
MESSAGES_FOLLOW: list[Reaction] = [
    Reaction(
        "messages.merge",
        (cases.CaseGained,),
        lambda e, h: conversing.follow_merge(**_on(h), joined_id=UUID(e.case_id)),
    ),
    Reaction(
        "messages.unmerge",
        (cases.CaseParted,),
        lambda e, h: conversing.follow_unmerge(**_on(h), joined_id=UUID(e.case_id)),
    ),
    Reaction(
        "messages.split",
        (cases.CaseDivided,),
        lambda e, h: conversing.follow_split(
            **_on(h), result_id=UUID(e.case_id), message_ids=e.message_ids, is_moved=e.is_moved
        ),
    ),
    Reaction(
        "messages.split_undone",
        (cases.SplitUndone,),
        lambda e, h: conversing.follow_split_undone(**_on(h), result_id=UUID(e.case_id)),
    ),
]
CASES_FOLLOW: list[Reaction] = [
    Reaction(
        "cases.follow_customer",
        (customers.CustomerMerged,),
        lambda e, h: casework.follow_customers([UUID(e.customer_id), UUID(e.into_id)], by=h.by, at=h.at),
    ),
    Reaction(
        "cases.part_customer",
        (customers.CustomerUnmerged,),
        lambda e, h: casework.follow_customers([UUID(e.customer_id), UUID(e.out_of_id)], by=h.by, at=h.at),
    ),
]
APPROVALS_FOLLOW: list[Reaction] = [
    Reaction(
        "approvals.reroute",
        (people.StaffDeactivated, people.AbsenceAdded, people.RoleRevoked),
        lambda e, h: approvals.reroute_for(UUID(e.staff), at=h.at),
    ),
]
NOW: list[Reaction] = [
    *CASES_FOLLOW,
    *MESSAGES_FOLLOW,
    *CLOCKS_HEAR,
    *ESCALATIONS_HEAR,
    *APPROVALS_FOLLOW,
    *REMEDIES_HEAR,
]
LATER: list[Reaction] = [
    Reaction("people.mail_reset_link", (people.ResetRequested,), people_tasks.mail_reset_link, is_outside=True),
    Reaction("people.mail_notice", ACCOUNT_CHANGES, people_tasks.mail_notice, is_outside=True),
    Reaction(
        "approvals.mail_asked",
        (approval_events.ApprovalAsked, approval_events.ApprovalClimbed, approval_events.ApprovalReminded),
        approval_tasks.mail_asked,
        is_outside=True,
    ),
]


def connect() -> None:
    """Plug every reaction in, once, and let webhooks hear what may leave."""
    plug(now=NOW, later=LATER)
    plug_evaluators(escalations=consequences, clocks=clocks_that_would_change, approvals=approvals_that_would_change)
    plug_webhooks(is_thread_shareable=sharing.is_thread_shareable, thread_ref=sharing.thread_ref)
