"""What exactly is approved: terms in one canonical form, and the hash that an approval is bound to."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from recourse.kit.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One thing that needs a yes: what (`matter`, a free reference), how much, to whom, on which evidence.

    `content` is whatever else must not change, as plain JSON. People (`editors`, `beneficiary_person_ids`,
    `executor_person_ids`: keys of humans) and the severity are kept beside the terms and are no part of the hash.
    `payment` and `payee` name the charge and the account that is paid; without a payee the customer is it.
    """

    kind: str
    matter: str
    case_id: UUID
    amount: Money
    remedy_kind: str
    severity: str
    cause: str = ""
    payee_customer_id: UUID | None = None
    beneficiary_person_ids: tuple[UUID, ...] = ()
    editors: tuple[UUID, ...] = ()
    evidence: tuple[str, ...] = ()
    content: Mapping[str, Any] = field(default_factory=dict)
    payment: str = ""
    payee: str = ""
    executor_person_ids: tuple[UUID, ...] = ()

    @property
    def payee_key(self) -> str:
        """Return who is paid, as splitting is looked for."""
        return self.payee or (str(self.payee_customer_id) if self.payee_customer_id else "")


def frozen(terms: Terms) -> dict[str, Any]:
    """Return the terms as plain JSON values, in the one form that is stored, shown and hashed."""
    return {
        "kind": terms.kind,
        "matter": terms.matter,
        "case": str(terms.case_id),
        "amount": terms.amount.minor,
        "currency": terms.amount.currency,
        "remedy_kind": terms.remedy_kind,
        "cause": terms.cause,
        "customer": str(terms.payee_customer_id or ""),
        "payee": terms.payee,
        "payment": terms.payment,
        "evidence": sorted(terms.evidence),
        "content": dict(terms.content),
    }


def hash_of(kept: Mapping[str, Any]) -> str:
    """Return the SHA-256 of terms in their stored form."""
    text = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def terms_hash(terms: Terms) -> str:
    """Return the hash that an approval of these terms is bound to."""
    return hash_of(frozen(terms))
