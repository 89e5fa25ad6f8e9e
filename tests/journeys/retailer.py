"""The imported retailer under its own handbook, and its cases: what went wrong with which order, what came of it."""

import copy
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from recourse.handbook.policy.reading import read_tree
from recourse.handbook.policy.rules import Rules
from tests.rooms.handbook.changed import tree

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "tau2" / "retail" / "db.json"
EDITION = Path(__file__).with_name("retailer.toml")


def retailer_rules() -> Rules:
    """Return the default handbook with the retailer's parts in place of its own."""
    return read_tree(_merged(tree(), tomllib.loads(EDITION.read_text("utf8"))))


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    found = copy.deepcopy(base)
    for name, value in over.items():
        both = isinstance(value, dict) and isinstance(found.get(name), dict)
        found[name] = _merged(found[name], value) if both else value
    return found


@dataclass(frozen=True)
class Told:
    """One case: the order, the assessment, the lines, what the customer answers to each, what must have been paid.

    A line without an answer is carried out without asking. `paid` is what the card processor, `by_hand` what finance
    pays back; `vouchers` what store credit is issued, all in cents.
    """

    name: str
    order: str
    cause: str
    lines: tuple[dict[str, Any], ...]
    paid: tuple[int, ...] = ()
    by_hand: tuple[int, ...] = ()
    vouchers: tuple[int, ...] = ()
    items: tuple[str, ...] = ()
    assessed: dict[str, Any] = field(default_factory=dict)
    answers: dict[int, dict[str, str]] = field(default_factory=dict)
    charges: tuple[int, ...] = ()
    needs_lead: bool = False
    fails_first: bool = False


def owed(rule: str, minor: int, **more: Any) -> dict[str, Any]:
    """Return a refund of what is owed; the payment is the order's first card charge unless told."""
    return {"kind": "refund", "part": "entitlement", "rule": rule, "amount_minor": minor, **more}


def goodwill(minor: int, **more: Any) -> dict[str, Any]:
    """Return goodwill as a voucher."""
    return {"kind": "goodwill", "part": "goodwill", "amount_minor": minor, **more}


def again(item: str, rule: str = "damage") -> dict[str, Any]:
    """Return the same item sent again."""
    return {"kind": "replacement", "part": "entitlement", "rule": rule, "item_ref": item}


YES, NO = {"answer": "accept"}, {"answer": "decline"}
SORRY = {"kind": "apology", "part": "beside", "words": "We are sorry about this."}
CREDIT = {"kind": "store_credit", "part": "entitlement"}
CASES = (
    Told("a lamp came broken", "#W2912153", "damaged", (owed("damage", 14_407),), paid=(14_407,), items=("1270145486",)),
    Told("a helmet came scratched and a new one is wanted", "#W1355800", "damaged", (again("5537798301"),),
         items=("5537798301",), answers={1: YES}),
    Told("the wrong notebook came, paid by another means", "#W1504875", "wrong_item", (owed("damage", 3_237),),
         by_hand=(3_237,), items=("9421195098",)),
    Told("two of three came back", "#W1166549", "returned", (owed("return", 42_306),), paid=(42_306,),
         items=("5510402676", "5268233322")),
    Told("a luggage set came back and goes to store credit", "#W1023987", "returned",
         ({**CREDIT, "rule": "return", "amount_minor": 45_228},), vouchers=(45_228,), items=("8926329222",)),
    Told("a skateboard was exchanged for a cheaper one", "#W1126085", "exchanged", (owed("difference", 1_500),),
         by_hand=(1_500,), assessed={"charge_minor": 1_500}),
    Told("a keyboard never arrived", "#W3197825", "not_received", (owed("loss", 23_270),), paid=(23_270,),
         items=("7867398203",)),
    Told("boots never arrived and are sent again with something for the wait", "#W1994898", "not_received",
         (again("3812493782", "loss"), goodwill(2_500)), items=("3812493782",), vouchers=(2_500,),
         assessed={"days": 9}, answers={1: YES, 2: YES}),
    Told("shoes came late", "#W1842597", "late", ({**CREDIT, "rule": "lateness", "amount_minor": 995}, SORRY),
         vouchers=(995,), assessed={"days": 4, "delivery_fee_minor": 995}),
    Told("a whole order came broken, beyond a resolver", "#W1539823", "damaged", (owed("damage", 111_136),),
         paid=(111_136,), items=("8470360507", "7597543861", "6313971174", "2860956907"), needs_lead=True),
    Told("a keyboard was charged twice", "#W1654332", "double_charge", (owed("second_charge", 26_946, place=1),),
         paid=(26_946,), charges=(26_946, 26_946), assessed={"charge_minor": 26_946}),
    Told("one order, three payments, one return", "#W1067251", "returned", ({"shared": 25_884, "rule": "return"},),
         paid=(12_942, 7_765, 5_177), charges=(60_078, 36_046, 24_031), items=("6452271382",)),
    Told("an espresso machine was lost, paid by gift card", "#W1770559", "not_received", (owed("loss", 271_901),),
         by_hand=(271_901,), items=("6324294385",), needs_lead=True),
    Told("a shirt was cancelled before it left", "#W1080318", "cancelled", (owed("cancellation", 5_343),),
         paid=(5_343,), items=("8349118980",)),
    Told("a camera was cancelled, beyond a resolver", "#W1129578", "cancelled", (owed("cancellation", 329_816),),
         by_hand=(329_816,), items=("7583936705", "8573379326"), needs_lead=True),
    Told("a bulb came broken, goodwill declined", "#W1578930", "damaged", (owed("damage", 4_972), goodwill(900)),
         paid=(4_972,), items=("3034017579",), answers={1: YES, 2: NO}),
    Told("boots came in the wrong size, sent back with postage", "#W1335809", "wrong_item",
         (owed("damage", 24_190),
          {"kind": "refund", "part": "whole", "rule": "postage", "amount_minor": 1_250}),
         by_hand=(24_190, 1_250), items=("2185126308",),
         assessed={"harms": [{"key": "postage", "minor": 1_250}]}, answers={2: YES}),
    Told("a laptop came dead, a manager decides", "#W2053532", "damaged", (owed("damage", 234_649),),
         paid=(234_649,), items=("2768401027",), needs_lead=True),
    Told("a card that was closed, made good by hand", "#W1341845", "damaged", (owed("damage", 23_390),),
         by_hand=(23_390,), items=("4402162122",), fails_first=True),
    Told("badly advised, nothing owed, a word and a small thing asked for", "#W2119065", "poor_service", (SORRY,)),
    Told("a thermostat came late and broken", "#W2002395", "damaged", (again("3377900078"), SORRY),
         items=("3377900078",), answers={1: YES}),
    Told("half of a pair came back", "#W2430890", "returned", (owed("return", 25_809),), paid=(25_809,),
         items=("1437889264",), answers={1: YES}),
)  # fmt: skip
