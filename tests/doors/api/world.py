"""A desk at work, made through its verbs: something of everything, with each case in another relation to the callers."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from recourse.approvals import actions as approvals
from recourse.approvals.policy import Terms
from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.cases.policy import Channel, LinkKind
from recourse.clocks import actions as clocks
from recourse.conversations import actions as conversations
from recourse.conversations.actions import Upload
from recourse.conversations.policy.words import DraftKind
from recourse.customers import actions as customers
from recourse.customers.policy import OrderFacts
from recourse.escalations import actions as escalations
from recourse.escalations.models import Notice
from recourse.escalations.policy import Claim, Request
from recourse.handbook import actions as handbook
from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.shape import Impact, Severity
from recourse.intake import actions as intake
from recourse.kit.money import Money
from recourse.kit.time import now
from recourse.ledger import actions as ledger
from recourse.ledger.actions.tasks import raise_task
from recourse.ledger.models import Break, MoneyTask, Reconciliation
from recourse.ledger.policy import TaskKind
from recourse.people import actions as people
from recourse.people.policy import Permission
from recourse.remedies import actions as remedies
from recourse.remedies.policy import Part
from recourse.timeline import actions as timeline
from recourse.timeline.models import Delivery, Entry
from tests.cast import SYSTEM, Cast
from tests.doors.api.calls import EVERY_RIGHT, Caller

LOSS = Claim(
    "financial_impact", {"loss": {"currency": "GBP", "minor": 80_000}, "reckoning": "Four charges of 200 each"}
)
ASKED = Request(Severity.MEDIUM, Impact.ONE, (LOSS,))


@dataclass
class World:
    """What there is: cases by relation, and known values by the name of the parameter that takes them.

    `hidden` holds values that lead to things of the restricted case or of somebody else alone.
    """

    cast: Cast
    at: dt.datetime
    cases: dict[str, Case] = field(default_factory=dict)
    values: dict[str, list[Any]] = field(default_factory=dict)
    hidden: dict[str, Any] = field(default_factory=dict)
    token: str = ""

    def put(self, name: str, *values: Any) -> None:
        """Note values that a parameter of that name may take."""
        self.values.setdefault(name, []).extend(str(value) for value in values)

    @property
    def caller(self) -> Caller:
        """Return the holder of every right."""
        return Caller(self.token)


def make_world(cast: Cast) -> World:
    """Make everything there is one of."""
    world = World(cast, now() - dt.timedelta(hours=2))
    _people(world)
    _cases(world)
    _conversation(world)
    _ties(world)
    _escalations(world)
    _remedy(world)
    _approvals(world)
    _rest(world)
    _money(world)
    return world


def _people(world: World) -> None:
    cast, at = world.cast, world.at
    people.make_role(name="everything", permissions=sorted(EVERY_RIGHT), by=SYSTEM, at=at)
    eve = people.hire(email="eve@desk.example", name="Eve Everything", roles=["everything"], by=SYSTEM, at=at)
    cast.staff["eve"] = eve
    for team in ("care", "resolution-1"):
        people.join_team(team=team, staff_id=eve.pk, is_lead=True, by=SYSTEM, at=at)
    month = dt.timedelta(days=30)
    key = people.make_key(
        name="everything", scopes=sorted(EVERY_RIGHT), expires_at=at + month, owner_id=eve.pk,
        by=cast.by("max"), at=at,
    )  # fmt: skip
    other = people.make_key(
        name="narrow", scopes=[Permission.CASE_READ], expires_at=at + month, owner_id=cast.staff["ada"].pk,
        by=cast.by("max"), at=at,
    )  # fmt: skip
    world.token = key.token
    skill = people.make_skill(name="German", by=SYSTEM, at=at)
    people.grant_skill(staff_id=cast.staff["ben"].pk, skill=skill.slug, by=SYSTEM, at=at)
    department = people.make_department(name="Logistics", by=SYSTEM, at=at)
    absence = people.add_absence(
        staff_id=cast.staff["ben"].pk, kind="holiday", from_at=at + month, until_at=at + month * 2, by=SYSTEM, at=at
    )
    delegation = people.delegate(
        giver_id=cast.staff["rosa"].pk, receiver_id=cast.staff["rik"].pk, from_at=at, until_at=at + month,
        by=cast.by("rosa"), at=at,
    )  # fmt: skip
    role = people.make_role(name="helper at the door", permissions=["case:read"], by=SYSTEM, at=at)
    world.put("staff_id", *(cast.staff[nick].pk for nick in ("ada", "ben", "rosa", "max")))
    for name in ("owner_id", "giver_id", "receiver_id", "coordinator_id", "reader_ids"):
        world.values[name] = world.values["staff_id"]
    world.put("role_id", role.pk)
    world.put("role", "resolver", role.name)
    world.put("key_id", other.key.pk)
    world.put("absence_id", absence.pk)
    world.put("delegation_id", delegation.pk)
    world.put("skill", skill.slug)
    world.put("department", department.slug)
    world.put("team", "care", "legal")
    world.put("team_id", cast.teams["care"].pk)
    world.put("queue", "care", "resolution-1")


def _cases(world: World) -> None:
    cast, at = world.cast, world.at
    for name in ("own", "team", "other", "walled", "restricted", "merged", "asked", "worked", "offered", "remedied"):
        case = cast.open(f"The {name} parcel", at=at, family="delivery", order_refs=["#W1"])
        clocks.start_for_case(case, by=SYSTEM, at=at)
        world.cases[name] = case
    cases.take(world.cases["own"].ref, by=cast.by("ada"), at=at)
    cases.transfer(world.cases["other"].ref, queue=cast.queue("resolution-1"), by=SYSTEM, at=at)
    cases.transfer(world.cases["walled"].ref, queue=cast.queue("privacy"), by=SYSTEM, at=at)
    cases.take(world.cases["restricted"].ref, by=cast.by("ben"), at=at)
    cases.restrict(world.cases["restricted"].ref, reader_ids=[cast.staff["rosa"].pk], by=SYSTEM, at=at)
    cases.merge(world.cases["merged"].ref, into=world.cases["team"].ref, by=SYSTEM, at=at)
    world.put("ref", *(case.ref for name, case in world.cases.items() if name not in {"restricted"}))
    for name in ("target", "into", "case", "case_ref"):
        world.values[name] = world.values["ref"]


def _conversation(world: World) -> None:
    cast, at, ada = world.cast, world.at, world.cast.by("ada")
    own = world.cases["own"]
    conversations.customer_writes(case_ref=own.ref, text="Where is it?", channel="web", by=SYSTEM, at=at)
    conversations.reply(case_ref=own.ref, text="It is on its way.", by=ada, at=at, can_undo=False)
    conversations.note(case_ref=own.ref, text="Courier asked.", by=ada, at=at)
    eve = cast.by("eve")
    conversations.note(case_ref=world.cases["team"].ref, text="Seen by a lead.", by=eve, at=at)
    for kind in DraftKind:
        conversations.save_draft(case_ref=own.ref, kind=kind, text="Dear Jane,", by=eve, at=at)
    file = conversations.attach(
        case_ref=own.ref, kind=DraftKind.REPLY, uploads=[Upload("a.txt", b"hello")], by=eve, at=at
    )[0]
    secret = conversations.customer_writes(
        case_ref=world.cases["restricted"].ref, text="For your eyes", channel="web", by=SYSTEM, at=at,
        uploads=[Upload("b.txt", b"hidden")],
    )  # fmt: skip
    world.hidden["attachment_id"] = secret.attachments.get().pk
    world.hidden["position"] = Entry.objects.filter(thread=world.cases["restricted"].thread).latest("position").pk
    template = conversations.make_template(name="Hello", body="Dear {customer_name},", by=eve, at=at)
    world.put("attachment_id", file.pk)
    world.put("template_id", template.pk)
    world.put("number", 1, 2, 3)
    world.put("message_ids", *own.messages.values_list("pk", flat=True))
    world.put("question_message_id", *own.messages.filter(direction="outbound").values_list("pk", flat=True))


def _ties(world: World) -> None:
    cast, at = world.cast, world.at
    own, team = world.cases["own"], world.cases["team"]
    link = cases.link(own.ref, team.ref, kind=LinkKind.RELATED, by=SYSTEM, at=at)
    hold = cases.place_hold(team.ref, reason=hold_reason(world), by=SYSTEM, at=at)
    view = cases.save_view(name="Late", question="due:overdue", by=cast.by("eve"), at=at)
    promise = clocks.make_promise(
        own.ref, what="A new kettle", due_at=now() + dt.timedelta(days=3), by=cast.by("eve"), at=at
    )
    away = world.cases["restricted"]
    secret_link = cases.link(away.ref, team.ref, kind=LinkKind.RELATED, by=SYSTEM, at=at)
    secret_promise = clocks.make_promise(
        away.ref, what="A quiet word", due_at=now() + dt.timedelta(days=3), by=cast.by("ben"), at=at
    )
    world.hidden |= {"link_id": secret_link.pk, "promise_id": secret_promise.pk, "view_id": view.pk}
    world.put("link_id", link.pk)
    world.put("view_id", view.pk)
    world.put("promise_id", promise.pk)
    world.put("kind", "first_response", "resolution")
    world.put("epoch", 0, 1)
    world.put("reason", hold.reason)


def hold_reason(world: World) -> str:
    """Return a reason of the handbook for a hold."""
    return str(world.cast.edition.rules.reasons.hold[0].code)


def _escalations(world: World) -> None:
    cast, at = world.cast, world.at
    for name in ("asked", "worked", "offered"):
        case = world.cases[name]
        cases.take(case.ref, by=cast.by("ada"), at=at)
        escalations.request(case.ref, ASKED, by=cast.by("ada"), at=at)
        if name != "asked":
            escalations.accept(case.ref, 1, by=cast.by("gil"), at=at)


def _remedy(world: World) -> None:
    """A remedy with a drafted line, for the holders of each right to try."""
    cast, at = world.cast, world.at
    case = world.cases["remedied"]
    cases.take(case.ref, by=cast.by("rosa"), at=at)
    told = remedies.Assessment(cause="late", currency="GBP", days=2, delivery_fee_minor=495)
    remedies.assess(case.ref, told, by=cast.by("rosa"), at=at)
    sorry = remedies.NewLine(kind=LineKind.APOLOGY, part=Part.BESIDE, words="We are sorry.")
    remedies.add_line(case.ref, sorry, by=cast.by("rosa"), at=at)


def _approvals(world: World) -> None:
    """One that waits for a lead, and one on the restricted case that its proposer decided alone."""
    cast, at = world.cast, world.at
    for name, nick, minor in (("other", "ada", 49_000), ("restricted", "rosa", 1_000)):
        case = world.cases[name]
        terms = Terms(
            kind="remedy_line", matter=f"world:{name}", case_id=case.pk, amount=Money(minor, "GBP"),
            remedy_kind="refund", severity="medium",
            payee_customer_id=case.customer_id if name == "other" else cast.omar.pk,
        )  # fmt: skip
        found = approvals.ask_approval(terms, by=cast.by(nick), at=at)
        if name == "other":
            world.put("approval_id", found.pk)
        else:
            world.hidden["approval_id"] = found.pk


def _rest(world: World) -> None:
    cast, at = world.cast, world.at
    eve = cast.by("eve")
    customer = cast.jane
    facts = OrderFacts(reference="#W1", source_state="delivered", currency="GBP", total_minor=1999)
    customers.upsert_order(customer.pk, facts, by=SYSTEM, at=at)
    note = customers.add_care_note(customer.pk, text="Speaks slowly, likes letters.", by=eve, at=at)
    draft = handbook.start_draft(by=eve, at=at)
    bad = intake.take_in(raw=b'{"colour": 3}', channel=Channel.API, by=eve, at=at)
    webhook, _secret = timeline.add_webhook(url="https://93.184.215.14/hook", events=["*"], by=cast.by("max"), at=at)
    delivery = timeline.try_webhook(webhook_id=webhook.pk, by=cast.by("max"), at=at)
    Delivery.objects.filter(pk=delivery.pk).update(state="stuck")
    world.put("customer", customer.ref, cast.omar.ref)
    world.put("note_id", note.pk)
    world.put("identity_id", *customer.identities.values_list("pk", flat=True))
    world.put("edition_id", draft.pk)
    world.put("submission_id", bad.pk)
    world.put("webhook_id", webhook.pk)
    world.put("delivery_id", delivery.pk)
    world.put("position", *Entry.objects.order_by("-position").values_list("position", flat=True)[:5])
    world.put("edition", 1)
    world.put("events", "case.opened")
    world.put("notice_id", *Notice.objects.values_list("pk", flat=True))


def _money(world: World) -> None:
    at, matter, amount = world.at, "story:door", Money(1999, "GBP")
    ledger.promise(matter, amount=amount, kind="refund", case_id=world.cases["own"].pk, by=SYSTEM, at=at)
    ledger.approve(matter, approval_ref="approval:door", by=SYSTEM, at=at)
    payment = ledger.plan_manual(matter, amount=amount, approval_ref="approval:door", by=SYSTEM, at=at)
    ledger.promise("story:credit", amount=amount, kind="credit", case_id=world.cases["own"].pk, by=SYSTEM, at=at)
    ledger.approve("story:credit", approval_ref="approval:credit", by=SYSTEM, at=at)
    voucher = ledger.issue_voucher(
        "story:credit", amount=amount, approval_ref="approval:credit", customer_id=world.cast.jane.pk,
        by=SYSTEM, at=at,
    )  # fmt: skip
    raise_task(TaskKind.FAILED, payment.key, amount, attempt=payment, at=at)
    run = Reconciliation.objects.create(provider="card", from_at=at, until_at=at, started_at=at, by="system:tests")
    found = Break.objects.create(
        provider="card", kind="extra", subject="re_1", theirs_minor=500, currency="GBP", their_currency="GBP",
        first_seen=run, last_seen=run, found_at=at,
    )  # fmt: skip
    world.put("payment_id", payment.pk)
    world.put("voucher_id", voucher.pk)
    world.put("task_id", *MoneyTask.objects.values_list("pk", flat=True))
    world.put("break_id", found.pk)
    world.put("code", ledger.code_of(voucher))
    world.put("stage", "promised")
    world.put("provider", "card")
