"""Verbs of the answers room; each stands inside the transaction of the request that it serves."""

import datetime as dt
from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from recourse.answers.models import Answer
from recourse.answers.policy import KEPT_FOR
from recourse.kit.errors import Refused


def begin(*, scope: str, key: str, fingerprint: str, at: dt.datetime) -> tuple[Answer, bool]:
    """Claim a key and return (row, True), or return the kept answer and False.

    Waits for the same request under way elsewhere. Refused where the key stands for another request.
    """
    answer = Answer(scope=scope, key=key, fingerprint=fingerprint, made_at=at, lapses_at=at + KEPT_FOR)
    try:
        with transaction.atomic():
            answer.save(force_insert=True)
    except IntegrityError:
        kept = Answer.objects.get(scope=scope, key=key)
        if kept.fingerprint != fingerprint:
            raise Refused(
                "idempotency.reused", _("This idempotency key was used with another request; choose a new one.")
            ) from None
        return kept, False
    return answer, True


def keep(*, answer: Answer, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    """Store what was answered."""
    Answer.objects.filter(pk=answer.pk).update(status=status, body=body, headers=dict(headers))


def forget_lapsed(*, at: dt.datetime) -> int:
    """Remove answers past their ninety days and return how many."""
    return Answer.objects.filter(lapses_at__lte=at).delete()[0]
