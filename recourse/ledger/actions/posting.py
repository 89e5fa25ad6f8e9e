"""Posts movements of money and undoes them by their reversals; balances move in the same transaction."""

import datetime as dt
import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from recourse.kit.actor import Actor
from recourse.kit.errors import NotVisible, Refused
from recourse.kit.money import LIMIT
from recourse.kit.transactions import verb
from recourse.ledger.models import Account, Balance, Posting, Standing
from recourse.ledger.policy import AccountKind, NewPosting, Stage
from recourse.ledger.policy.chart import SHARDS, account_kind

Sums = dict[tuple[str, str, int], int]


@verb
def post(postings: Sequence[NewPosting], *, by: Actor, at: dt.datetime, edition: int | None = None) -> list[Posting]:
    """Post movements, all or none. The same key with the same content is the same posting and moves nothing again.

    Raises Refused (ledger.key_reused) for a key that stands with other content, (ledger.account) for an account that
    the chart has no place for. Who may is for the calling verb to decide; so is the event.
    """
    try:
        return _post(postings, by, at, edition)
    except IntegrityError:  # somebody posted one of these keys at the same moment
        return _post(postings, by, at, edition)


def _post(postings: Sequence[NewPosting], by: Actor, at: dt.datetime, edition: int | None) -> list[Posting]:
    found = {row.key: row for row in Posting.objects.filter(key__in=[new.key for new in postings])}
    fresh: dict[str, Posting] = {}
    for new in postings:
        row, standing = _row(new, by, at, edition), found.get(new.key)
        if standing is None:
            found[new.key] = fresh[new.key] = row
        elif standing.content_hash != row.content_hash:
            raise _reused(new.key)
    _write(fresh.values())
    return [found[new.key] for new in postings]


@verb
def reverse(key: str, *, why: str, by: Actor, at: dt.datetime, edition: int | None = None) -> Posting:
    """Undo a posting by one that moves the same back; a second time changes nothing.

    `why` is a word, not a person's words. Raises NotVisible where there is no such posting, Refused
    (ledger.is_reversal) for a reversal.
    """
    return reverse_many([key], why=why, by=by, at=at, edition=edition)[0]


@verb
def reverse_many(
    keys: Sequence[str], *, why: str, by: Actor, at: dt.datetime, edition: int | None = None
) -> list[Posting]:
    """Undo several postings at once, as `reverse` does."""
    found = {row.key: row for row in Posting.objects.filter(key__in=keys)}
    if set(found) != set(keys):
        raise NotVisible
    done = {row.reverses_id: row for row in Posting.objects.filter(reverses__in=list(found.values()))}
    fresh = []
    for row in found.values():
        if row.reverses_id is not None:
            raise Refused("ledger.is_reversal", _("A reversal is not reversed; post anew instead."))
        if row.pk not in done:
            fresh.append(_mirror(row, why, by, at, edition))
    _write(fresh)
    done |= {row.reverses_id: row for row in fresh}
    return [done[found[key].pk] for key in keys]


def _mirror(row: Posting, why: str, by: Actor, at: dt.datetime, edition: int | None) -> Posting:
    new = NewPosting(
        key=f"reverse:{row.key}",
        from_account=row.to_account_id,
        to_account=row.from_account_id,
        amount=row.amount,
        stage=Stage(row.stage),
        matter=row.matter,
        on=at.date(),
        case_id=row.case_id,
        cause=row.cause,
        reference=why[:160],
    )
    mirrored = _row(new, by, at, edition)
    mirrored.reverses = row
    return mirrored


def _row(new: NewPosting, by: Actor, at: dt.datetime, edition: int | None) -> Posting:
    if not 0 < new.amount.minor <= LIMIT or new.from_account == new.to_account:
        raise Refused("ledger.amount", _("A posting moves more than nothing between two accounts."))
    for code in (new.from_account, new.to_account):
        if account_kind(code) is None:
            raise Refused("ledger.account", _("The chart has no account “%(code)s”.") % {"code": code})
    return Posting(
        key=new.key,
        from_account_id=new.from_account,
        to_account_id=new.to_account,
        amount_minor=new.amount.minor,
        currency=new.amount.currency,
        stage=new.stage,
        on=new.on or at.date(),
        at=at,
        matter=new.matter,
        case_id=new.case_id,
        cause=new.cause,
        reference=new.reference,
        rate=new.rate,
        rate_from=new.rate_from,
        by=by.id,
        edition=edition,
        content_hash=content_hash(new),
    )


def content_hash(new: NewPosting) -> str:
    """Return what makes two postings of one key the same."""
    told = (new.from_account, new.to_account, new.amount.minor, new.amount.currency, str(new.stage), new.matter)
    return hashlib.sha256("\x1f".join(map(str, told)).encode()).hexdigest()


def shard_of(matter: str) -> int:
    """Return the share of the balances that a matter's postings are counted in."""
    return zlib.crc32(matter.encode()) % SHARDS


def _reused(key: str) -> Refused:
    return Refused("ledger.key_reused", _("The key “%(key)s” stands for another posting.") % {"key": key})


def _write(fresh: Iterable[Posting]) -> None:
    """Insert postings and move the balances of their accounts, in one fixed order so that writers never cross."""
    rows = list(fresh)
    if not rows:
        return
    _open_accounts(code for row in rows for code in (row.from_account_id, row.to_account_id))
    with transaction.atomic():
        Posting.objects.bulk_create(rows)
    _move_balances(rows)
    _move_standings(rows)


def _open_accounts(codes: Iterable[str]) -> None:
    wanted = set(codes)
    missing = sorted(wanted - set(Account.objects.filter(pk__in=wanted).values_list("pk", flat=True)))
    Account.objects.bulk_create(
        [Account(code=code, kind=account_kind(code) or AccountKind.CLEARING) for code in missing], ignore_conflicts=True
    )


def _move_balances(rows: Sequence[Posting]) -> None:
    sums: Sums = defaultdict(int)
    for row in rows:
        sums[row.from_account_id, row.currency, shard_of(row.matter)] -= row.amount_minor
        sums[row.to_account_id, row.currency, shard_of(row.matter)] += row.amount_minor
    for (code, currency, shard), minor in sorted(sums.items()):
        place = {"account_id": code, "currency": currency, "shard": shard}
        if not Balance.objects.filter(**place).update(minor=F("minor") + minor):
            Balance.objects.bulk_create([Balance(**place)], ignore_conflicts=True)
            Balance.objects.filter(**place).update(minor=F("minor") + minor)


def _move_standings(rows: Sequence[Posting]) -> None:
    """Move what each matter has in the clearing accounts."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    about: dict[str, tuple[UUID | None, dt.datetime]] = {}
    for row in rows:
        about[row.matter] = (row.case_id, row.at)
        for code, sign in ((row.from_account_id, -1), (row.to_account_id, 1)):
            if account_kind(code) is AccountKind.CLEARING:
                sums[row.matter, code, row.currency] += sign * row.amount_minor
    for (matter, code, currency), minor in sorted(sums.items()):
        place = {"matter": matter, "account_id": code, "currency": currency}
        case_id, since = about[matter]
        changed = {"minor": F("minor") + minor, "since": since}
        if not Standing.objects.filter(**place).update(**changed):
            Standing.objects.bulk_create([Standing(**place, case_id=case_id, since=since)], ignore_conflicts=True)
            Standing.objects.filter(**place).update(**changed)
