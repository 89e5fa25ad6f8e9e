"""Account escalations: several cases of one customer worked as one, under one coordinator."""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.cases.actions.keeping import load as load_case
from recourse.cases.models import Case
from recourse.cases.queries.find import CaseKey
from recourse.customers.models import Customer
from recourse.escalations.actions.keeping import clean_note
from recourse.escalations.events import AccountGrouped, AccountUngrouped
from recourse.escalations.models import AccountEscalation, AccountMember
from recourse.handbook.queries import edition_at
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused
from recourse.kit.transactions import verb
from recourse.people.models import Staff
from recourse.people.policy import Permission
from recourse.timeline.actions.record import record


@verb
def group(
    case_keys: Sequence[CaseKey], *, coordinator_id: UUID, by: Actor, at: dt.datetime, note: str = ""
) -> AccountEscalation:
    """Work these cases of one customer as one, adding them to the account's escalation where it stands.

    Needs escalation:account. A case belongs to one at most; naming it again changes nothing.
    """
    by.require(Permission.ESCALATION_ACCOUNT)
    cases = _cases(case_keys, by)
    customer = _one_customer(cases)
    _require_on(at)
    coordinator = Staff.objects.filter(pk=coordinator_id, is_active=True).first()
    if coordinator is None:
        raise NotVisible
    account, is_new = AccountEscalation.objects.get_or_create(
        customer=customer,
        ended_at=None,
        defaults={"coordinator": coordinator, "opened_at": at, "opened_by_id": by.staff_id},
    )
    account.coordinator = coordinator
    account.save(update_fields=["coordinator"])
    here = set(account.members.filter(ended_at__isnull=True).values_list("case_id", flat=True))
    added = [case for case in cases if case.pk not in here]
    AccountMember.objects.bulk_create(AccountMember(account=account, case=case, added_at=at) for case in added)
    event = AccountGrouped(
        account_id=str(account.pk),
        case_ids=[str(case.pk) for case in added],
        coordinator_id=str(coordinator.pk),
        is_new=is_new,
    )
    record(event, thread=customer.thread, by=by, at=at, note=clean_note(note))
    return account


def _cases(keys: Sequence[CaseKey], by: Actor) -> list[Case]:
    if not keys:
        raise Invalid.one("cases", _("Choose at least one case."))
    return [load_case(key, by=by) for key in keys]


def _one_customer(cases: Sequence[Case]) -> Customer:
    customers = {case.customer_id for case in cases if case.customer_id}
    if len(customers) != 1 or any(case.customer_id is None for case in cases):
        raise Invalid.one("cases", _("All cases must be of one known customer."))
    return Customer.objects.select_related("thread").get(pk=customers.pop())


def _require_on(at: dt.datetime) -> None:
    if not edition_at(at).rules.escalation.account_level.is_on:
        raise Refused("account.off", _("The handbook does not work accounts as one."))


@verb
def ungroup(case_keys: Sequence[CaseKey], *, by: Actor, at: dt.datetime, note: str = "") -> None:
    """Let cases be worked by themselves again; when the last one leaves, the account's escalation ends."""
    by.require(Permission.ESCALATION_ACCOUNT)
    cases = _cases(case_keys, by)
    customer = _one_customer(cases)
    account = AccountEscalation.objects.filter(customer=customer, ended_at__isnull=True).first()
    members = AccountMember.objects.filter(account=account, case__in=cases, ended_at__isnull=True)
    if account is None or not members.update(ended_at=at):
        raise Refused("account.not_grouped", _("These cases are not worked as one."))
    is_ended = not account.members.filter(ended_at__isnull=True).exists()
    if is_ended:
        account.ended_at = at
        account.save(update_fields=["ended_at"])
    event = AccountUngrouped(account_id=str(account.pk), case_ids=[str(case.pk) for case in cases], is_ended=is_ended)
    record(event, thread=customer.thread, by=by, at=at, note=clean_note(note))
