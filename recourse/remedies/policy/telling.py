"""What people tell: an assessment of the harm, a line as it is put in, a customer's answer."""

from dataclasses import dataclass
from uuid import UUID

from recourse.handbook.policy.kinds import LineKind
from recourse.handbook.policy.remedies import Execution, Fault
from recourse.remedies.policy.fairness import Part
from recourse.remedies.policy.words import Verdict


@dataclass(frozen=True, slots=True)
class HarmTold:
    """One item of harm as the customer claims it, with a file of the case that shows it."""

    key: str
    minor: int
    document_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ItemTold:
    """How many pieces of one item of the order are concerned."""

    item_ref: str
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """What a person found out. With items, what the goods are worth is reckoned from the order."""

    cause: str
    currency: str
    fault: Fault = Fault.OURS
    days: int = 0
    order_ref: str = ""
    items: tuple[ItemTold, ...] = ()
    goods_minor: int = 0
    delivery_fee_minor: int = 0
    charge_minor: int = 0
    harms: tuple[HarmTold, ...] = ()
    sought_kind: str = ""
    sought_minor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLine:
    """A line as it is put in: what of which part, how much, carried out how. `rule` names the entitlement or harm.

    `words` say why, in a person's words: which fee, what is restored, the apology itself, why it goes beyond.
    """

    kind: LineKind
    part: Part
    rule: str = ""
    amount_minor: int = 0
    execution: Execution | None = None
    payment_id: UUID | None = None
    item_ref: str = ""
    quantity: int | None = None
    document_id: UUID | None = None
    watch_days: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the customer says to a line; to ask otherwise takes an amount, words, or both."""

    verdict: Verdict
    wanted_minor: int | None = None
    words: str = ""
