"""Thirty named ways to get at money without another person's yes; each is refused. Sources: promises §3, A5, bad inputs."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from recourse.approvals import actions
from recourse.approvals.models import Approval, Ask, Decision
from recourse.approvals.policy import terms_hash
from recourse.kit.actor import Actor, ActorKind, customer, system
from recourse.kit.errors import NotVisible, RecourseError, Refused
from recourse.people import actions as people
from recourse.people.policy import Permission
from recourse.people.queries import actor_for
from tests.cast import AT
from tests.rooms.approvals.conftest import DAY, HOUR, MINUTE, Desk

Attack = Callable[[Desk], None]
ATTACKS: dict[str, tuple[str, Attack]] = {}


def attack(name: str, code: str) -> Callable[[Attack], Attack]:
    """Note an attack with the code of its refusal."""

    def keep(found: Attack) -> Attack:
        ATTACKS[name] = (code, found)
        return found

    return keep


@attack("the proposer approves their own", "approval.proposer")
def own(desk: Desk) -> None:
    desk.decide(desk.ask(150_000, by="lea"), by="lea")


@attack("the proposer approves below the threshold where nobody looks", "approval.permission")
def own_small(desk: Desk) -> None:
    found = desk.ask(2_501, by="ada")
    actions.decide(
        found.pk, verdict="approve", terms_hash=found.terms_hash, by=with_rights(desk, "ada", "approval:decide"), at=AT
    )  # fmt: skip


@attack("the proposer approves with a second account", "approval.proposer")
def second_account(desk: Desk) -> None:
    desk.hire("ada2", "finance", person=desk.person("ada"))
    desk.decide(desk.ask(by="ada"), by="ada2")


@attack("a second account of the editor approves", "approval.editor")
def editors_second_account(desk: Desk) -> None:
    desk.hire("ben2", "finance", person=desk.person("ben"))
    desk.decide(desk.ask(editors=(desk.person("ben"),)), by="ben2")


@attack("the last editor approves", "approval.editor")
def editor(desk: Desk) -> None:
    desk.decide(desk.ask(editors=(desk.person("lea"),)), by="lea")


@attack("an editor of an earlier version approves", "approval.editor")
def earlier_editor(desk: Desk) -> None:
    desk.decide(desk.ask(editors=(desk.person("lars"), desk.person("lea"))), by="lars")


@attack("the beneficiary approves", "approval.beneficiary")
def beneficiary(desk: Desk) -> None:
    desk.decide(desk.ask(beneficiary_person_ids=(desk.person("lea"),)), by="lea")


@attack("the one who carries it out approves", "approval.executor")
def executor(desk: Desk) -> None:
    desk.decide(desk.ask(150_000, executor_person_ids=(desk.person("fin"),)), by="fin")


@attack("an approver carries it out", "approval.executor")
def approver_executes(desk: Desk) -> None:
    found = desk.decide(desk.ask(), by="lea")
    actions.use_approval(found.pk, terms_hash=found.terms_hash, by=desk.by("lea"), at=AT + HOUR)


@attack("the proposer delegates, the delegate approves", "approval.delegation")
def delegate_of_proposer(desk: Desk) -> None:
    found = desk.ask(by="ada")
    desk.delegate("ada", "lea")
    desk.decide(found, by="lea")


@attack("an approver delegates to the proposer, who approves for them", "permission.missing")
def proposer_as_delegate(desk: Desk) -> None:
    found = desk.ask(by="ada")
    desk.delegate("lea", "ada")
    desk.decide(found, actor=desk.by("ada").for_someone(desk.cast.staff["lea"].pk))


@attack("a lead who proposes approves for another lead", "approval.proposer")
def lead_for_lead(desk: Desk) -> None:
    desk.delegate("fin", "lea")
    desk.decide(desk.ask(150_000, by="lea"), actor=desk.by("lea").for_someone(desk.cast.staff["fin"].pk))


@attack("A and B delegate to each other, B approves A's", "approval.delegation")
def mutual(desk: Desk) -> None:
    found = desk.ask(by="ada")
    desk.delegate("ada", "lea")
    desk.delegate("lea", "ada")
    desk.decide(found, by="lea")


@attack("the delegation is ended a minute before the decision", "approval.delegation")
def ended_delegation(desk: Desk) -> None:
    delegation = desk.delegate("ada", "lea")
    found = desk.ask(by="ada")
    people.end_delegation(delegation_id=delegation.pk, by=desk.by("ada"), at=AT + HOUR)
    desk.decide(found, by="lea", at=AT + HOUR + MINUTE)


@attack("a delegation is passed on to a third", "approval.not_delegate")
def chain(desk: Desk) -> None:
    desk.delegate("dee", "fin")
    desk.delegate("fin", "lea")
    desk.decide(desk.ask(150_000), actor=desk.by("lea").for_someone(desk.cast.staff["dee"].pk))


@attack("one acts for another who has delegated elsewhere as well", "approval.chain")
def in_a_chain(desk: Desk) -> None:
    desk.delegate("dee", "fin")
    desk.delegate("fin", "lea")
    desk.decide(desk.ask(150_000), actor=desk.by("lea").for_someone(desk.cast.staff["fin"].pk))


@attack("a delegate borrows the larger limit of the giver", "approval.limit")
def larger_limit(desk: Desk) -> None:
    desk.delegate("fin", "lea")
    desk.decide(desk.ask(150_000), actor=desk.by("lea").for_someone(desk.cast.staff["fin"].pk))


@attack("one acts for another without any delegation", "approval.not_delegate")
def no_delegation(desk: Desk) -> None:
    desk.decide(desk.ask(150_000), actor=desk.by("lea").for_someone(desk.cast.staff["fin"].pk))


@attack("one acts by a delegation that ran out", "approval.not_delegate")
def late_delegation(desk: Desk) -> None:
    desk.delegate("lea", "lars", from_at=AT - 2 * DAY, until_at=AT - DAY)
    desk.decide(desk.ask(), actor=desk.by("lars").for_someone(desk.cast.staff["lea"].pk))


@attack("the author of the limits approves under them", "approval.rule_author")
def rule_author(desk: Desk) -> None:
    desk.edition("authority.limits[lead].per_agent", 900_000, author="lea", publisher="max")
    desk.decide(desk.ask(), by="lea")


@attack("an open request is loosened by a rule published since", "approval.limit")
def loosened(desk: Desk) -> None:
    found = desk.ask(150_000)
    for path, value in (("per_customer", 900_000), ("per_case", 900_000), ("per_line", 900_000)):
        desk.edition(f"authority.limits[lead].{path}", value, author="max", publisher="lars", at=AT + MINUTE)
    desk.decide(found, by="lea", at=AT + HOUR)


@attack("a limit lowered since does not stop an approver", "approval.limit")
def lowered(desk: Desk) -> None:
    found = desk.ask(49_000)
    desk.edition("authority.limits[lead].per_line", 10_000, author="max", publisher="lars", at=AT + MINUTE)
    desk.decide(found, by="lea", at=AT + HOUR)


@attack("the proposer publishes rules that need no approver", "handbook.second_person")
def no_approvers(desk: Desk) -> None:
    desk.edition("authority.limits[lead].per_agent", 900_000, author="lea", publisher="lea")


@attack("the terms change after the yes was thought over", "approval.terms_changed")
def changed_terms(desk: Desk) -> None:
    found = desk.ask()
    other = desk.terms(found.case, 1, matter=found.matter)
    desk.decide(found, terms_hash=terms_hash(other))


@attack("what was approved is carried out with another amount", "approval.terms_changed")
def used_otherwise(desk: Desk) -> None:
    found = desk.decide(desk.ask())
    other = desk.terms(found.case, 500_000, matter=found.matter)
    actions.use_approval(found.pk, terms_hash=terms_hash(other), by=system("remedies"), at=AT + HOUR)


@attack("one approves twice to count as two", "approval.twice")
def twice(desk: Desk) -> None:
    found = desk.ask(600_000)
    desk.decide(found, by="fin")
    desk.decide(found, by="fin", at=AT + HOUR)


@attack("one human approves twice with two accounts", "approval.twice")
def twice_by_accounts(desk: Desk) -> None:
    desk.hire("fin2", "finance", person=desk.person("fin"))
    found = desk.ask(600_000)
    desk.decide(found, by="fin")
    desk.decide(found, by="fin2", at=AT + HOUR)


@attack("a key approves a high value", "approval.fresh_factor")
def by_key(desk: Desk) -> None:
    desk.decide(desk.ask(150_000), by="fin", factor_at=None)


@attack("an old session approves a high value", "approval.fresh_factor")
def stale_session(desk: Desk) -> None:
    desk.decide(desk.ask(150_000), by="fin", factor_at=AT - HOUR)


@attack("a refused request is approved after all", "approval.state")
def after_refusal(desk: Desk) -> None:
    found = desk.decide(desk.ask(), "refuse", by="lars")
    desk.decide(found, by="lea", at=AT + HOUR)


@attack("a mail or bot approves", "approval.nobody")
def by_bot(desk: Desk) -> None:
    desk.decide(desk.ask(), actor=system("mail"))


@attack("the override is used by the proposer", "approval.proposer")
def own_glass(desk: Desk) -> None:
    found = desk.ask(150_000, by="lea")
    actions.break_glass(
        found.pk, terms_hash=found.terms_hash, reason="Now!", by=desk.by("lea"), at=AT + MINUTE, factor_at=AT
    )  # fmt: skip


@attack("the override is reviewed by who used it, with a second account", "glass.own")
def own_review(desk: Desk) -> None:
    desk.hire("lea2", "director", person=desk.person("lea"))
    found = desk.ask(150_000)
    actions.break_glass(found.pk, terms_hash=found.terms_hash, reason="Now!", by=desk.by("lea"), at=AT, factor_at=AT)
    actions.review_break_glass(found.pk, verdict="justified", note="Fine.", by=desk.by("lea2"), at=AT + HOUR)


def with_rights(desk: Desk, nick: str, *rights: str) -> Actor:
    """Return somebody's actor with rights beyond their role, as a stale cache or a forged key would have them."""
    actor = actor_for(desk.cast.staff[nick])
    return Actor(ActorKind.STAFF, actor.id, actor.staff_id, actor.permissions | set(rights), actor.team_ids)


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused(desk: Desk, name: str) -> None:
    code, run = ATTACKS[name]
    with pytest.raises(RecourseError) as refused:
        run(desk)
    assert getattr(refused.value, "code", type(refused.value).__name__) == code
    granted = Approval.objects.filter(state="granted")
    if "override is reviewed" not in name and not granted.filter(decisions__verdict="approve").exists():
        assert not granted.exists()


def test_there_are_thirty() -> None:
    assert len(ATTACKS) >= 30


def test_a_customer_sees_and_decides_nothing(desk: Desk) -> None:
    found = desk.ask()
    jane = customer(desk.cast.jane.pk, case_id=found.case_id)
    for by in (jane, Actor(ActorKind.STAFF, "staff:none")):
        with pytest.raises((NotVisible, Refused)):
            desk.decide(found, actor=by)


def test_the_database_itself_refuses_the_proposers_yes(desk: Desk) -> None:
    found = desk.ask()
    entry = found.entry
    for verdict in ("approve", "break_glass"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Decision.objects.create(
                approval=found, verdict=verdict, by=found.proposer, person_id=found.proposer_person_id,
                proposer_person_id=found.proposer_person_id, at=AT, edition=1, terms_hash=found.terms_hash,
                amount_minor=1, currency="GBP", entry=entry,
            )  # fmt: skip


def test_the_only_approver_excluded_means_the_next_one_up_never_a_yes(desk: Desk) -> None:
    for nick in ("lars", "flo", "fred"):
        people.deactivate(staff_id=desk.cast.staff[nick].pk, by=desk.by("max"), at=AT)
    found = desk.ask(49_000, by="lea", remedy_kind="consequential_loss")
    asked = set(Ask.objects.filter(approval=found, state="open").values_list("staff__name", flat=True))
    assert found.state == "asked"
    assert asked == {"Fin Finance", "Lou"}


def test_a_right_taken_away_counts_at_once(desk: Desk) -> None:
    found = desk.ask()
    people.revoke_role(staff_id=desk.cast.staff["lea"].pk, role="team lead", by=desk.by("max"), at=AT + MINUTE)
    with pytest.raises(Refused) as refused:
        desk.decide(found, actor=actor_for(desk.cast.staff["lea"]), at=AT + HOUR)
    assert refused.value.code == "permission.missing"
    assert Permission.APPROVAL_DECIDE not in actor_for(desk.cast.staff["lea"]).permissions
