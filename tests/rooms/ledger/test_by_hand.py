"""A payment by hand is made by one person of finance and checked by another; nobody's second account is another."""

import dataclasses

import pytest
from django.db import IntegrityError, transaction

from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.ids import uuid7
from recourse.ledger import actions
from recourse.ledger.models import Attempt, PaymentRoom
from recourse.ledger.queries import check_ledger
from recourse.people.models import Role, RoleGrant, Staff
from recourse.people.queries import actor_for
from recourse.timeline.actions.record import open_thread
from tests.cast import AT, SYSTEM, Cast
from tests.rooms.ledger.build import Story, approval_of, eur
from tests.rooms.ledger.paying import state

pytestmark = pytest.mark.django_db


def finance(cast: Cast, person: object = None) -> Actor:
    """Return somebody else of finance, or another account of a person."""
    number = Staff.objects.count()
    made = Staff.objects.create(
        email=f"fin{number}@desk.example", name="Fia Finance", person_id=person or uuid7(), joined_at=AT,
        thread=open_thread("staff"), password="!",
    )  # fmt: skip
    RoleGrant.objects.create(staff=made, role=Role.objects.get(name="finance"))
    return actor_for(made)


@pytest.fixture
def attempt(story: Story) -> Attempt:
    """Return a payment that finance makes by hand."""
    return story.refund(4_000)


def confirm(attempt: Attempt, by: Actor, reference: str = "SEPA-1", **given: object) -> Attempt:
    return actions.confirm_payment(attempt.pk, reference=reference, by=by, at=AT, **given)  # type: ignore[arg-type]


def test_one_pays_and_another_checks(story: Story, attempt: Attempt) -> None:
    fin, fia = story.cast.by("fin"), finance(story.cast)
    confirm(attempt, fin, seen=1)
    assert (state(attempt), attempt.executed_at, attempt.settled_at) == ("paid", AT, None)
    actions.check_payment(attempt.pk, by=fia, at=AT)
    assert (state(attempt), attempt.settled_at) == ("succeeded", AT)
    assert attempt.first_person_id != attempt.second_person_id
    assert PaymentRoom.objects.get().refunded_minor == 4_000
    assert check_ledger(at=AT) == []


def test_the_same_person_does_not_check_under_any_account_or_name(story: Story, attempt: Attempt) -> None:
    fin = story.cast.by("fin")
    confirm(attempt, fin)
    second_account = finance(story.cast, story.cast.staff["fin"].person_id)
    other = finance(story.cast)
    on_behalf = dataclasses.replace(other, on_behalf_of=story.cast.staff["fin"].pk)
    for by in (fin, second_account, on_behalf):
        with pytest.raises(Refused) as refused:
            actions.check_payment(attempt.pk, by=by, at=AT)
        assert refused.value.code == "payment.same_person"
    with pytest.raises(IntegrityError), transaction.atomic():
        Attempt.objects.filter(pk=attempt.pk).update(second_person_id=attempt_person(attempt))


def attempt_person(attempt: Attempt) -> object:
    attempt.refresh_from_db()
    return attempt.first_person_id


def test_whoever_approved_it_neither_pays_nor_checks(story: Story) -> None:
    fin, fia, flo = story.cast.by("fin"), finance(story.cast), finance(story.cast)
    matter = f"story:{uuid7()}"
    actions.promise(matter, amount=eur(500), kind="goodwill", case_id=story.case.pk, by=SYSTEM, at=AT)
    actions.approve(matter, approval_ref=approval_of(matter), by=fin, at=AT)
    attempt = actions.plan_manual(matter, amount=eur(500), approval_ref=approval_of(matter), by=SYSTEM, at=AT)
    with pytest.raises(Refused) as refused:
        confirm(attempt, fin)
    assert refused.value.code == "payment.own_approval"
    confirm(attempt, fia)
    with pytest.raises(Refused):
        actions.check_payment(attempt.pk, by=fin, at=AT)
    actions.check_payment(attempt.pk, by=flo, at=AT)
    assert (state(attempt), attempt.room) == ("succeeded", None)
    assert check_ledger(at=AT) == []


def test_what_the_second_does_not_find_is_undone_and_owed_again(story: Story, attempt: Attempt) -> None:
    confirm(attempt, story.cast.by("fin"))
    with pytest.raises(Refused):
        actions.refuse_payment(attempt.pk, note="not there", by=story.cast.by("fin"), at=AT)
    actions.refuse_payment(attempt.pk, note="not there", by=finance(story.cast), at=AT)
    assert state(attempt) == "failed"
    assert PaymentRoom.objects.get().left_minor == 10_000
    assert check_ledger(at=AT) == []


def test_what_cannot_be_paid_is_refused_with_a_note(story: Story, attempt: Attempt) -> None:
    with pytest.raises(Invalid):
        actions.refuse_payment(attempt.pk, note=" ", by=story.cast.by("fin"), at=AT)
    actions.refuse_payment(attempt.pk, note="No bank account is known", by=story.cast.by("fin"), at=AT)
    assert state(attempt) == "refused"
    with pytest.raises(Refused):
        confirm(attempt, story.cast.by("fin"))
    assert check_ledger(at=AT) == []


def test_who_may_when_and_with_what(story: Story, attempt: Attempt) -> None:
    fin = story.cast.by("fin")
    for nick in ("ada", "rosa", "lea", "aud", "max"):
        with pytest.raises(Refused) as refused:
            confirm(attempt, story.cast.by(nick))
        assert refused.value.code == "permission.missing"
    with pytest.raises(Refused):
        actions.check_payment(attempt.pk, by=finance(story.cast), at=AT)
    with pytest.raises(NotVisible):
        actions.confirm_payment(uuid7(), reference="x", by=fin, at=AT)
    with pytest.raises(Stale):
        confirm(attempt, fin, seen=7)
    with pytest.raises(Invalid):
        confirm(attempt, fin, reference=" ")
    confirm(attempt, fin)
    with pytest.raises(Refused):
        confirm(attempt, fin)
    other = story.refund(100)
    with pytest.raises(Invalid):
        confirm(other, fin, reference="SEPA-1")
