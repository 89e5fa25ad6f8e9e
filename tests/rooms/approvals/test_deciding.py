"""Deciding, and everything around it: several at once, n of m, reminders, absence, links, overrides, what is kept."""

import pytest
from django.core import mail
from django.db import DatabaseError, connection, transaction
from django.test import override_settings

from recourse.approvals import actions, queries
from recourse.approvals.models import Approval, Ask, Decision, DecisionLink, GlassBreak
from recourse.cases import actions as cases
from recourse.cases.models import Hold
from recourse.handbook.queries import what_would_change
from recourse.kit.actor import system
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.ledger.models import Budget
from recourse.people import actions as people
from recourse.timeline.models import Entry, Private
from tests.cast import AT
from tests.rooms.approvals.conftest import DAY, HOUR, MINUTE, Desk
from tests.rooms.approvals.test_asking import asked_of, budget

SYSTEM = system("approvals")


def refused_with(code: str, act: object) -> None:
    """Run something that must be refused with a code."""
    with pytest.raises(Refused) as refused:
        act()  # type: ignore[operator]
    assert refused.value.code == code, refused.value.code


def test_a_decision_keeps_who_as_whom_which_limit_which_edition_what_was_seen_and_why(desk: Desk) -> None:
    desk.delegate("lars", "lea")
    found = desk.ask(30_000)
    desk.decide(found, actor=desk.by("lea").for_someone(desk.cast.staff["lars"].pk), note="Fair.")
    kept = queries.decisions_of(found)[0]
    row = kept.decision
    assert (row.by, row.on_behalf_of, kept.note) == (desk.cast.staff["lea"], desk.cast.staff["lars"], "Fair.")
    assert (row.limits["per_line"], row.limits["keys"], row.edition) == (100_000, ["lead"], 1)
    assert (row.seen["line"], row.seen["case"], row.amount_minor, row.terms_hash) == (
        30_000, 30_000, 30_000, found.terms_hash,
    )  # fmt: skip
    agents = dict(Budget.objects.filter(kind="agent").values_list("subject", "granted_minor"))
    assert agents == {str(desk.person("lea")): 30_000, str(desk.person("lars")): 30_000}
    entry = Entry.objects.get(event="approval.granted")
    assert (entry.on_behalf_of, "Fair" in entry.payload) == (desk.cast.staff["lars"].pk, False)


def test_a_note_is_needed_to_refuse_and_a_stale_page_is_told(desk: Desk) -> None:
    found = desk.ask()
    with pytest.raises(Invalid):
        desk.decide(found, "refuse", note=" ")
    with pytest.raises(Invalid):
        desk.decide(found, "perhaps")
    with pytest.raises(Stale):
        desk.decide(found, seen=7)


def test_several_at_once_on_a_case_are_decided_apart_and_all_must_end_before_it_closes(desk: Desk) -> None:
    case = desk.case()
    one, two = desk.ask(30_000, case=case), desk.ask(30_001, case=case, remedy_kind="goodwill")
    assert (one.number, two.number) == (1, 2)
    desk.decide(one, "refuse")
    assert Hold.objects.filter(case=case, lifted_at__isnull=True).count() == 1
    desk.decide(two)
    cases.resolve(case.ref, reason="withdrawn", by=desk.by("ada"), at=AT + HOUR)


def test_a_merged_case_is_freed_where_it_went(desk: Desk) -> None:
    found = desk.ask()
    kept = desk.case()
    cases.merge(found.case.ref, into=kept.ref, by=desk.by("lea"), at=AT)
    desk.decide(found)
    assert not Hold.objects.filter(lifted_at__isnull=True).exists()
    assert queries.approvals_of(kept)[0] == found


def test_two_of_several_must_say_yes_with_the_roles_that_sign(desk: Desk) -> None:
    found = desk.ask(30_000, remedy_kind="consequential_loss", by="rosa")
    assert asked_of(found) == {"lou", "lea", "lars", "fin"} - {"fin"} | (asked_of(found) & {"fin", "flo", "fred"})
    desk.decide(found, by="lou")
    found.refresh_from_db()
    assert (found.state, Entry.objects.filter(event="approval.seconded").count()) == ("asked", 1)
    desk.decide(found, by="lea", at=AT + HOUR)
    found.refresh_from_db()
    assert found.state == "granted"
    assert [row.signs_as for row in Decision.objects.order_by("at")] == [["legal"], []]


def test_the_one_who_signs_last_grants_within_the_limit_of_who_covered_it(desk: Desk) -> None:
    found = desk.ask(30_000, remedy_kind="consequential_loss", by="rosa")
    desk.decide(found, by="lea")
    desk.decide(found, by="lou", at=AT + HOUR)
    found.refresh_from_db()
    assert found.state == "granted"
    assert Budget.objects.get(kind="case").cap_minor == 50_000
    assert Budget.objects.get(kind="agent").subject == str(desk.person("lea"))


def test_one_no_ends_it_whoever_said_yes(desk: Desk) -> None:
    found = desk.ask(30_000, remedy_kind="consequential_loss", by="rosa")
    desk.decide(found, by="lea")
    desk.decide(found, "refuse", by="lou", at=AT + HOUR)
    found.refresh_from_db()
    assert (found.state, budget("case"), budget("customer")) == ("refused", (0, 0), (0, 0))


def test_a_yes_that_is_not_used_can_be_taken_back_by_who_gave_it_alone(desk: Desk) -> None:
    found = desk.decide(desk.ask())
    refused_with("approval.not_approver", lambda: desk.decide(found, "refuse", by="lars", at=AT + HOUR))
    desk.decide(found, "refuse", by="lea", at=AT + HOUR)
    found.refresh_from_db()
    assert (found.state, budget("case")) == ("refused", (0, 0))
    used = desk.decide(desk.ask())
    actions.use_approval(used.pk, terms_hash=used.terms_hash, by=system("remedies"), at=AT + HOUR)
    assert actions.use_approval(used.pk, terms_hash=used.terms_hash, by=system("remedies"), at=AT + HOUR).used_at
    refused_with("approval.used", lambda: desk.decide(used, "refuse", by="lea", at=AT + HOUR))
    refused_with("approval.used", lambda: actions.withdraw(used.pk, note="n", by=desk.by("ada"), at=AT + HOUR))


def test_an_approval_is_good_for_so_many_days(desk: Desk) -> None:
    found = desk.decide(desk.ask())
    late = AT + 31 * DAY
    refused_with(
        "approval.outdated",
        lambda: actions.use_approval(found.pk, terms_hash=found.terms_hash, by=system("remedies"), at=late),
    )


def test_any_edit_voids_it_and_gives_back(desk: Desk) -> None:
    found = desk.decide(desk.ask())
    assert actions.void_for_change(found.matter, new_hash=found.terms_hash, by=desk.by("ada"), at=AT) is None
    done = actions.void_for_change(found.matter, new_hash="0" * 64, by=desk.by("ada"), at=AT + HOUR)
    assert done is not None
    assert (done.state, budget("case"), budget("customer")) == ("void", (0, 0), (0, 0))
    again = desk.ask(49_000, case=found.case, matter=found.matter)
    assert (again.state, again.number) == ("asked", 2)


def test_withdrawing_is_for_who_asked_or_owns_the_case_and_needs_a_reason(desk: Desk) -> None:
    found = desk.ask()
    refused_with("approval.not_yours", lambda: actions.withdraw(found.pk, note="n", by=desk.by("ben"), at=AT))
    with pytest.raises(Invalid):
        actions.withdraw(found.pk, note="", by=desk.by("ada"), at=AT)
    cases.take(found.case.ref, by=desk.by("ben"), at=AT)
    done = actions.withdraw(found.pk, note="Not needed.", by=desk.by("ben"), at=AT + HOUR)
    assert (done.state, budget("case")) == ("withdrawn", (0, 0))


def test_a_question_is_asked_and_answered(desk: Desk) -> None:
    found = desk.ask()
    desk.decide(found, "ask_back", note="Was it insured?")
    assert queries.approval(found.pk, viewer=desk.by("ada")).is_asked_back
    actions.answer(found.pk, note="No.", by=desk.by("ada"), at=AT + HOUR)
    found.refresh_from_db()
    assert (found.is_asked_back, found.state) == (False, "asked")
    assert {private.note for private in Private.objects.all()} >= {"Was it insured?", "No."}


def test_passing_up_asks_the_next_level_and_stops_at_the_top(desk: Desk) -> None:
    found = desk.ask()
    for nick, expected in (("lea", {"fin", "flo", "fred"}), ("fin", {"dee"})):
        actions.pass_up(found.pk, note="Beyond me.", by=desk.by(nick), at=AT + HOUR)
        assert asked_of(found) == expected
    refused_with("approval.nobody_can", lambda: actions.pass_up(found.pk, note="Up.", by=desk.by("dee"), at=AT + HOUR))


def test_the_limit_is_asked_again_when_deciding(desk: Desk) -> None:
    case = desk.case()
    first, second = desk.ask(100_000, case=case), desk.ask(100_000, case=case, remedy_kind="goodwill")
    desk.decide(second)
    desk.decide(first)
    third = desk.ask(1, case=case, by="ben", remedy_kind="fee_waiver")
    assert (third.level, third.needed_minor) == (1, 200_001)
    refused_with("approval.limit", lambda: desk.decide(third, by="lea"))


def test_what_waits_before_it_counts_too(desk: Desk) -> None:
    case = desk.case()
    for kind in ("refund", "goodwill"):
        desk.ask(100_000, case=case, remedy_kind=kind)
    third = desk.ask(50_000, case=case, remedy_kind="fee_waiver", by="ben")
    refused_with("approval.limit", lambda: desk.decide(third, by="lea"))
    desk.decide(third, by="fin")


def test_the_day_of_a_decider_has_an_end(desk: Desk) -> None:
    desk.edition("authority.limits[lead].per_agent", 100_000)
    for _number in range(2):
        desk.decide(desk.ask(49_000, payee_customer_id=None))
    refused_with("authority.exceeded", lambda: desk.decide(desk.ask(3_000, payee_customer_id=None)))
    found = desk.ask(3_000, payee_customer_id=None, at=AT + 2 * DAY)
    assert desk.decide(found, at=AT + 2 * DAY).state == "granted"


def test_reminded_once_and_mailed_with_a_link_of_their_own(desk: Desk) -> None:
    found = desk.ask()
    assert actions.look_after(at=AT + 7 * HOUR) == 0
    assert actions.look_after(at=AT + 8 * HOUR) == 1
    assert actions.look_after(at=AT + 9 * HOUR) == 0
    assert Entry.objects.filter(event="approval.reminded").count() == 1
    told = [str(desk.cast.staff[nick].pk) for nick in ("lea", "lars")]
    with override_settings(HAS_EMAIL=True, EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        actions.mail_asked(approval_id=found.pk, staff_ids=told, at=AT)
    assert {message.to[0] for message in mail.outbox} == {"lea@desk.example", "lars@desk.example"}
    assert all("/decide/" in message.body for message in mail.outbox)
    actions.mail_asked(approval_id=found.pk, staff_ids=told, at=AT)
    assert len(mail.outbox) == 2


def test_somebody_away_or_gone_is_replaced_at_once(desk: Desk) -> None:
    found = desk.ask()
    lea, lars = desk.cast.staff["lea"], desk.cast.staff["lars"]
    people.add_absence(staff_id=lea.pk, kind="sick", from_at=AT, until_at=AT + DAY, by=desk.by("max"), at=AT)
    assert asked_of(found) == {"lars"}
    people.deactivate(staff_id=lars.pk, by=desk.by("max"), at=AT + MINUTE)
    assert asked_of(found) == {"fin", "flo", "fred"}
    assert Entry.objects.filter(event="approval.climbed").count() == 2


def test_an_absence_to_come_is_noticed_when_it_begins(desk: Desk) -> None:
    found = desk.ask()
    for nick in ("lea", "lars"):
        people.add_absence(
            staff_id=desk.cast.staff[nick].pk, kind="holiday", from_at=AT + HOUR, until_at=AT + DAY,
            by=desk.by("max"), at=AT,
        )  # fmt: skip
    assert asked_of(found) == {"lea", "lars"}
    actions.look_after(at=AT + HOUR)
    assert asked_of(found) == {"fin", "flo", "fred"}


def test_a_delegate_is_asked_for_who_is_away(desk: Desk) -> None:
    desk.hire("nora", "team lead")
    for nick in ("lars", "lea"):
        people.add_absence(
            staff_id=desk.cast.staff[nick].pk, kind="sick", from_at=AT, until_at=AT + DAY, by=desk.by("max"), at=AT
        )  # fmt: skip
    desk.delegate("lou", "nora")
    found = desk.ask(30_000, remedy_kind="consequential_loss", by="rosa")
    asks = {ask.staff.name: ask.on_behalf_of and ask.on_behalf_of.name for ask in Ask.objects.filter(approval=found)}
    assert asks["Lou"] is None
    assert "Nora" in asks


def link_for(desk: Desk, found: Approval, nick: str = "lea") -> str:
    """Make a link and return its token."""
    address = actions.make_link(found.pk, staff_id=desk.cast.staff[nick].pk, by=SYSTEM, at=AT)
    return address.rstrip("/").rpartition("/")[2]


def test_a_link_decides_once_as_the_person_it_was_made_for(desk: Desk) -> None:
    found = desk.ask()
    older, token = link_for(desk, found), link_for(desk, found)
    told = {"verdict": "approve", "terms_hash": found.terms_hash, "note": "", "at": AT + HOUR}
    refused_with("link.dead", lambda: actions.decide_by_link(older, **told))
    for forged in (token[:-1] + ("a" if token[-1] != "a" else "b"), "x", "", "ü" + token):
        refused_with("link.dead", lambda forged=forged: actions.decide_by_link(forged, **told))
    done = actions.decide_by_link(token, **told)
    assert (done.state, Decision.objects.get().by_link) == ("granted", True)
    refused_with("link.dead", lambda: actions.decide_by_link(token, **told))
    assert not DecisionLink.objects.filter(digest__isnull=False, spent_at__isnull=False).exists()


def test_a_link_is_the_systems_to_send_and_ends_with_the_asking(desk: Desk) -> None:
    found = desk.ask()
    refused_with(
        "link.not_yours",
        lambda: actions.make_link(found.pk, staff_id=desk.cast.staff["lea"].pk, by=desk.by("ada"), at=AT),
    )
    refused_with("approval.state", lambda: link_for(desk, found, "fin"))
    token = link_for(desk, found)
    assert queries.open_link(token, at=AT + 25 * HOUR) is None
    assert queries.open_link(token, at=AT + HOUR) is not None
    desk.decide(found, by="lars")
    assert queries.open_link(token, at=AT + HOUR) is None


def test_a_high_value_asks_the_holder_of_a_link_to_sign_in(desk: Desk) -> None:
    found = desk.ask(150_000)
    token = link_for(desk, found, "fin")
    told = {"verdict": "approve", "terms_hash": found.terms_hash, "note": "", "at": AT + HOUR}
    refused_with("link.sign_in", lambda: actions.decide_by_link(token, **told))
    assert queries.open_link(token, at=AT + HOUR) is not None


def glass(desk: Desk, found: Approval, nick: str = "lea") -> Approval:
    """Use the override."""
    return actions.break_glass(
        found.pk, terms_hash=found.terms_hash, reason="The flight leaves.", by=desk.by(nick), at=AT, factor_at=AT
    )  # fmt: skip


def test_the_override_grants_beyond_limits_counts_and_owes_a_review(desk: Desk) -> None:
    found = glass(desk, desk.ask(150_000))
    assert (found.state, budget("case")) == ("granted", (0, 150_000))
    row = queries.to_review(desk.by("fin")).get()
    assert (row.reason, row.review_due_at) == ("The flight leaves.", AT + 48 * HOUR)
    refused_with("permission.missing", lambda: queries.to_review(desk.by("ada")))
    refused_with(
        "permission.missing",
        lambda: actions.review_break_glass(found.pk, verdict="justified", note="n", by=desk.by("lars"), at=AT),
    )
    done = actions.review_break_glass(found.pk, verdict="justified", note="Seen.", by=desk.by("fin"), at=AT + HOUR)
    assert (done.verdict, done.reviewer) == ("justified", desk.cast.staff["fin"])
    refused_with(
        "glass.reviewed",
        lambda: actions.review_break_glass(found.pk, verdict="justified", note="n", by=desk.by("fin"), at=AT + HOUR),
    )
    assert list(queries.reviewed(desk.by("fin"), at=AT + DAY)) == [done]


def test_an_override_that_was_not_justified_is_taken_back_unless_carried_out(desk: Desk) -> None:
    for is_used, expected in ((False, "refused"), (True, "granted")):
        found = glass(desk, desk.ask(150_000, case=desk.case(), payee_customer_id=None))
        if is_used:
            actions.use_approval(found.pk, terms_hash=found.terms_hash, by=SYSTEM, at=AT)
        with pytest.raises(Invalid):
            actions.review_break_glass(found.pk, verdict="meh", note="n", by=desk.by("fin"), at=AT + HOUR)
        actions.review_break_glass(found.pk, verdict="unjustified", note="No fire.", by=desk.by("fin"), at=AT + HOUR)
        found.refresh_from_db()
        assert found.state == expected


def test_the_override_needs_its_right_its_factor_and_a_reason(desk: Desk) -> None:
    found = desk.ask(150_000)
    refused_with("permission.missing", lambda: glass(desk, found, "fin"))
    told = {"terms_hash": found.terms_hash, "by": desk.by("lea"), "at": AT}
    refused_with("approval.fresh_factor", lambda: actions.break_glass(found.pk, reason="Fire", **told))
    with pytest.raises(Invalid):
        actions.break_glass(found.pk, reason="", factor_at=AT, **told)
    assert not GlassBreak.objects.exists()


def test_an_override_is_not_reviewed_by_a_delegate_of_who_used_it(desk: Desk) -> None:
    found = glass(desk, desk.ask(150_000))
    desk.delegate("lea", "fin")
    refused_with(
        "glass.own",
        lambda: actions.review_break_glass(found.pk, verdict="justified", note="n", by=desk.by("fin"), at=AT + HOUR),
    )


def test_decisions_and_terms_never_change(desk: Desk) -> None:
    found = desk.decide(desk.ask())
    attacks = [
        "UPDATE approvals_decision SET verdict = 'refuse'",
        "DELETE FROM approvals_decision",
        "UPDATE approvals_approval SET amount_minor = 1",
        "UPDATE approvals_approval SET terms_hash = 'x'",
        "UPDATE approvals_approval SET state = 'asked', decided_at = NULL, expires_at = asked_at",
        "DELETE FROM approvals_approval",
    ]
    for attack in attacks:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    desk.decide(found, "refuse", at=AT + HOUR)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE approvals_approval SET state = 'granted', ended_at = NULL")


def test_whoever_is_asked_sees_it_though_the_case_is_hidden_and_nobody_else(desk: Desk) -> None:
    case = desk.case()
    found = desk.ask(150_000, case=case)
    cases.restrict(case.ref, reader_ids=[desk.cast.staff["rosa"].pk], by=system("tests"), at=AT)
    assert queries.approval(found.pk, viewer=desk.by("fin")) == found
    desk.decide(found, by="fin")
    for nick in ("ben", "lea"):
        with pytest.raises(NotVisible):
            queries.approval(found.pk, viewer=desk.by(nick))


def test_the_inbox_holds_what_is_asked_of_me_in_few_questions(
    desk: Desk, django_assert_max_num_queries: object
) -> None:
    asked = [desk.ask(case=desk.case(), payee_customer_id=None) for _number in range(4)]
    lea = desk.by("lea")
    with django_assert_max_num_queries(1):  # type: ignore[operator]
        rows = queries.inbox_page(lea, size=2).rows
        assert [row.approval.pk for row in rows] == [one.pk for one in asked[:2]]
        assert [row.approval.case.customer.name for row in rows] == ["Jane Doe"] * 2
    desk.decide(asked[0])
    assert queries.inbox(desk.by("lea")).count() == 3
    assert not queries.inbox(SYSTEM).exists()
    assert not queries.asked_by(SYSTEM).exists()
    assert queries.asked_by(desk.by("ada")).count() == 4


def test_what_is_left_of_my_authority_shrinks_as_it_is_used(desk: Desk) -> None:
    case = desk.case()
    before = {row.kind: row for row in queries.authority_left(desk.by("rosa"), at=AT, case=case).rows}
    assert (before["refund"].most, before["goodwill"].most, before["consequential_loss"].most) == (25_000, 10_000, 0)
    desk.ask(20_000, by="rosa", case=case)
    desk.ask(40_000, by="ada", case=case, remedy_kind="goodwill")
    after = queries.authority_left(desk.by("rosa"), at=AT, case=case)
    row = next(row for row in after.rows if row.kind == "refund")
    assert (row.case, row.customer, row.day, row.most) == (0, 15_000, 230_000, 0)
    assert (after.case_used, after.customer_used, after.day_used) == (60_000, 60_000, 20_000)
    assert queries.authority_left(system("x"), at=AT).rows[0].most == 0
    raised = queries.authority_left(desk.by("rosa"), at=AT, severity="critical")
    assert next(row for row in raised.rows if row.kind == "refund").most == 50_000


def test_before_a_handbook_is_published_it_says_which_askings_would_have_gone_elsewhere(desk: Desk) -> None:
    desk.ask(2_000)
    desk.ask(2_500, payee_customer_id=None)
    desk.ask(49_000, case=desk.case(), payee_customer_id=None)
    old = desk.cast.edition.rules
    limits = [
        limit.model_copy(update={"per_line": 2_000}) if limit.key == "front_line" else limit
        for limit in old.authority.limits
    ]
    new = old.model_copy(update={"authority": old.authority.model_copy(update={"limits": tuple(limits)})})
    found = next(
        one for one in what_would_change(old, new, viewer=desk.by("lea"), at=AT).outcomes if one.name == "approvals"
    )
    assert (found.survey.checked, found.survey.changed) == (3, 1)
    assert (found.survey.rows[0].old, found.survey.rows[0].new) == ("within own authority", "Team lead, approvers: 1")
    bare = old.model_copy(update={"authority": old.authority.model_copy(update={"levels": (), "limits": ()})})
    rows = next(
        one for one in what_would_change(old, bare, viewer=desk.by("lea"), at=AT).outcomes if one.name == "approvals"
    )
    assert {row.new for row in rows.survey.rows} == {"nobody could approve it"}
    other = old.model_copy(update={"currency": "EUR"})
    skipped = what_would_change(old, other, viewer=desk.by("lea"), at=AT).outcomes
    assert next(one for one in skipped if one.name == "approvals").survey.checked == 0
