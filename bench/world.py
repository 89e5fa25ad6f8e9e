"""Makes a desk of any size: a hundred cases built through the verbs, then copied as rows with keys of their own."""

import datetime as dt
import hashlib
import random
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, models, transaction

import bench.ready  # noqa: F401
from recourse.cases import actions as cases
from recourse.cases.models import Case
from recourse.cases.policy import Channel
from recourse.clocks.models import Clock, ClockFact
from recourse.conversations import actions as conversations
from recourse.conversations.models import Message
from recourse.customers.models import Customer, Identity
from recourse.intake import actions as intake
from recourse.kit.time import now
from recourse.ops.demo.company import BY, found
from recourse.ops.setup import first_edition, sync_roles
from recourse.people.actions import make_key
from recourse.people.models import Staff
from recourse.people.policy import ROLES
from recourse.people.policy.demo import DEMO_DOMAIN
from recourse.people.queries import actor_for
from recourse.search.models import Document
from recourse.timeline.models import Entry, Thread

SEED = 20_260_101
BASE = 100
RARE = "kestrel"
COPIED: tuple[type[models.Model], ...] = (
    Thread, Customer, Identity, Case, Message, Clock, ClockFact, Entry, Document,
)  # fmt: skip
BESIDE = {"cases_case": {"original_customer_id"}, "search_document": {"key", "case_id", "customer_id"}}
WORDS = (
    "parcel", "refund", "late", "broken", "charged", "twice", "invoice", "delivery", "courier", "lamp", "table",
    "chair", "warranty", "return", "label", "account", "cancelled", "promised", "waiting", "phone", "answer", "wrong",
    "colour", "size", "missing", "part", "receipt", "voucher", "order", "number", "address",
)  # fmt: skip


def ready(target: int) -> int:
    """Bring the database to at least `target` cases and return how many there are."""
    if not Case.objects.exists():
        _base()
    have = Case.objects.count()
    if have < target:
        _copy((target - have + BASE - 1) // BASE, have)
    return Case.objects.count()


def handles() -> dict[str, str]:
    """Return a key of the API, a session, and what there is to open: made anew at every call."""
    at = now()
    agent, admin = (Staff.objects.get(email=f"{nick}@{DEMO_DOMAIN}") for nick in ("amara", "sam"))
    rights = sorted(ROLES["front-line agent"])
    key = make_key(
        name="bench", scopes=rights, expires_at=at + dt.timedelta(days=1), owner_id=agent.pk, by=actor_for(admin), at=at
    )
    session = SessionStore()
    session[SESSION_KEY] = str(agent.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = agent.get_session_auth_hash()
    session.create()
    talked = Case.objects.filter(queue__slug="care", owner__isnull=False).order_by("number")[:BASE]
    refs = [case.ref for case in talked]
    return {
        "key": key.token,
        "cookie": settings.SESSION_COOKIE_NAME,
        "session": str(session.session_key),
        "queue": "care",
        "case": refs[0],
        "refs": ",".join(refs[1:]),
        "rare": RARE,
    }


def _base() -> None:
    """Build the hundred cases: one in a hundred holds the rare word."""
    at = now() - dt.timedelta(days=20)
    sync_roles(at=at)
    first_edition(at=at)
    company = found(at)
    draw = random.Random(SEED)
    agents = ("amara", "bruno", "dina")
    for n in range(BASE):
        words = " ".join(draw.choices(WORDS, k=60)) + (f" {RARE}" if n == 0 else "")
        given = {"subject": " ".join(draw.choices(WORDS, k=6)), "words": words, "email": f"customer{n}@bench.example"}
        came = at + dt.timedelta(minutes=n * 7)
        case = intake.submit(given=given, channel=Channel.WEB, by=BY, at=came).case
        by = company.by(draw.choice(agents))
        if n % 4:
            cases.take(case.pk, by=by, at=came + dt.timedelta(minutes=3))
            conversations.note(case_ref=case.ref, text=" ".join(draw.choices(WORDS, k=30)), by=by, at=came)
            conversations.reply(
                case_ref=case.ref, text=" ".join(draw.choices(WORDS, k=50)), by=by,
                at=came + dt.timedelta(minutes=9), can_undo=False,
            )  # fmt: skip


def _copy(times: int, have: int) -> None:
    """Copy the base rows `times` times; each copy has keys, numbers and due times of its own."""
    step = max(1, min(times, 500))
    first = have // BASE
    _clone_function()
    for start in range(first, first + times, step):
        with transaction.atomic(), connection.cursor() as cursor:
            for model in COPIED:
                cursor.execute(_sql(model, start, min(start + step, first + times) - 1))
    _after()


def _clone_function() -> None:
    connection.ensure_connection()
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "clone", 2, lambda key, k: None if key is None else hashlib.md5(f"{key}:{k}".encode()).hexdigest(),
            deterministic=True,
        )  # fmt: skip


def _sql(model: type[models.Model], low: int, high: int) -> str:
    table = model._meta.db_table
    columns, values = [], []
    for field in model._meta.concrete_fields:
        if field.primary_key and isinstance(field, models.AutoField):
            continue
        columns.append(f'"{field.column}"')
        values.append(_value(model, field))
    if connection.vendor == "postgresql":
        series = f"generate_series({low}, {high}) AS s(k)"
    else:
        series = (
            f"(WITH RECURSIVE s(k) AS (SELECT {low} UNION ALL SELECT k + 1 FROM s WHERE k < {high}) SELECT k FROM s) s"
        )
    return f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM {_base_rows(model)} b, {series}"


def _base_rows(model: type[models.Model]) -> str:
    """The rows that the verbs made: those of the first hundred cases and what hangs on them."""
    table = model._meta.db_table
    first = "SELECT id FROM cases_case ORDER BY number LIMIT 100"
    people = "SELECT customer_id FROM cases_case ORDER BY number LIMIT 100"
    threads = "SELECT thread_id FROM cases_case ORDER BY number LIMIT 100"
    theirs = f"SELECT thread_id FROM customers_customer WHERE id IN ({people})"
    where = {
        "timeline_thread": f"id IN ({threads}) OR id IN ({theirs})",
        "timeline_entry": f"thread_id IN ({threads}) OR thread_id IN ({theirs})",
        "customers_customer": f"id IN ({people})",
        "customers_identity": f"customer_id IN ({people})",
        "cases_case": f"id IN ({first})",
        "search_document": f"case_id IN ({first}) OR (kind = 'customer' AND key IN ({people}))",
    }.get(table, f"case_id IN ({first})")
    return f"(SELECT * FROM {table} WHERE {where})"


def _value(model: type[models.Model], field: Any) -> str:
    table, column = model._meta.db_table, f'b."{field.column}"'
    is_key = field.primary_key and isinstance(field, models.UUIDField)
    to = getattr(field, "related_model", None)
    if is_key or to in COPIED or field.column in BESIDE.get(table, ()):
        return _clone(column)
    if field.name == "number" and model in {Case, Customer}:
        return f"{column} + s.k * {BASE * 1000}"
    if model is Identity and field.name in {"value", "shown"}:
        return f"{column} || s.k"
    if model is Clock and field.name == "next_look_at":
        return _shifted(column, "s.k * 7 + 315360000")
    if field.name == "due_at":
        return _shifted(column, "s.k * 7")
    return column


def _clone(column: str) -> str:
    if connection.vendor == "postgresql":
        return f"md5({column}::text || ':' || s.k)::uuid"
    return f"clone({column}, s.k)"


def _shifted(column: str, seconds: str) -> str:
    """A later instant; the far day that stands for “nothing is due” stays."""
    if connection.vendor == "postgresql":
        later = f"{column} + ({seconds}) * interval '1 second'"
    else:
        later = f"strftime('%Y-%m-%d %H:%M:%f', {column}, '+' || ({seconds}) || ' seconds')"
    return f"CASE WHEN {column} >= '9999-01-01' THEN {column} ELSE {later} END"


def _after() -> None:
    """Let numbers go on after the copies, and let the planner know what is there."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in ("cases_case", "customers_customer"):
                cursor.execute(f"SELECT setval('{table}_numbers', (SELECT max(number) FROM {table}))")
            connection.commit()
            cursor.execute("VACUUM ANALYZE")
        else:
            cursor.execute("ANALYZE")


if __name__ == "__main__":
    ready(int(sys.argv[1]))
    sys.stdout.write("".join(f"{name}={value}\n" for name, value in handles().items()))
