"""The month behind the demo: what customers wrote and what the staff of Larkfield did about it, in steps."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One act: hours of the clock after the case came in, who, which verb, with what.

    “resolver” is whoever works for the team that the case has come to.
    """

    after: float
    who: str
    act: str
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """One case: who wrote, how long ago, by which channel, what, and what followed."""

    customer: str
    days_ago: int
    hour: float
    channel: str
    subject: str
    words: str
    steps: tuple[Step, ...] = ()
    severity: str = "medium"
    impact: str = "one"
    order: str = ""
    sought: str = ""


def _s(after: float, who: str, act: str, **said: Any) -> Step:
    return Step(after, who, act, said)


CUSTOMERS: dict[str, tuple[str, str, str]] = {
    "priya": ("Priya Raman", "priya.raman@example.com", "+442079460101"),
    "tomasz": ("Tomasz Wilk", "tomasz.wilk@example.org", "+48221234567"),
    "helen": ("Helen Achterberg", "helen.achterberg@example.com", "+442079460133"),
    "dwayne": ("Dwayne Carter", "dwayne.carter@example.com", "+12125550186"),
    "yuki": ("Yuki Tanaka", "yuki.tanaka@example.net", "+81312345678"),
    "bea": ("Bea Lindholm", "bea.lindholm@example.se", "+46812345678"),
    "omar": ("Omar Haddad", "omar.haddad@example.com", "+442079460155"),
    "ruth": ("Ruth Abrams", "ruth.abrams@example.com", "+442079460177"),
    "carlos": ("Carlos Medina", "carlos.medina@example.com", "+13105550142"),
    "ingrid": ("Ingrid Vogel", "ingrid.vogel@example.de", "+493012345678"),
    "sean": ("Seán Kelly", "sean.kelly@example.ie", "+35312345678"),
    "lena": ("Lena Sorensen", "lena.sorensen@example.dk", "+4533123456"),
}

STORIES: tuple[Story, ...] = (
    Story(
        "priya", 24, 9.6, "web", "Charged twice for order LK-55120",
        "I ordered one standing lamp and my bank shows two payments of 289.00 on the same day. I wrote on Monday and was "
        "told it would be looked at. It is now the second week and nobody has called. Please put it right.",
        (
            _s(0.6, "amara", "take"),
            _s(0.9, "amara", "note", text="Both charges show as captured, four seconds apart. Order exists once."),
            _s(1.2, "amara", "reply", text="Dear Ms Raman, I am sorry. I can see both payments and one order. I have asked "
               "our payments team to confirm the second one and will write to you by tomorrow noon."),
            _s(1.3, "amara", "promise", what="A written answer on the second payment", hours=26),
            _s(25, "amara", "reply", text="The second payment is confirmed as our error. As it came from a fault that we "
               "have seen with other orders too, I am passing your case to colleagues who can settle all of it."),
            _s(25.1, "amara", "keep_promise"),
            _s(25.4, "amara", "escalate", severity="high", impact="several", grounds={
                "financial_impact": {"loss": {"currency": "GBP", "minor": 57800}, "reckoning": "Second charge of 289.00 and a missed rent payment "
                                     "with a bank fee of 289.00 shown on the statement."},
                "systemic_failure": {"fault": "Checkout sends the payment twice when the page is refreshed on slow networks.",
                                     "customers": "3", "examples": "LK-55120, LK-55177, LK-55204"},
            }),
            _s(27, "farah", "accept"),
            _s(28, "resolver", "take"),
            _s(28.6, "resolver", "reply", text="Dear Ms Raman, my name stands on your case now together with Amara's. The second "
               "payment goes back to your card, and we cover the fee that your bank charged. You will have my confirmation "
               "with the dates by Thursday."),
            _s(28.7, "resolver", "promise", what="Confirmation of both repayments with dates", hours=48),
            _s(70, "resolver", "reply", text="Both repayments left us today. The card takes up to five working days."),
            _s(70.1, "resolver", "keep_promise"),
            _s(166, "resolver", "resolve", reason="solved"),
            _s(300, "resolver", "close"),
        ),
        severity="high", order="LK-55120", sought="Refund of the second payment",
    ),
    Story(
        "tomasz", 15, 14.2, "phone", "Parcel shows delivered, neighbour has not got it",
        "The tracking says delivered on Tuesday at 11:04, handed to a neighbour. I asked on both sides: nobody has it.",
        (
            _s(0.3, "bruno", "take"),
            _s(0.8, "bruno", "reply", text="Thank you for calling, Mr Wilk. I have opened a search with the carrier. Could "
               "you tell me whether somebody else in the house takes parcels?"),
            _s(0.9, "bruno", "wait", reason="customer_answer"),
            _s(26, "tomasz", "customer", text="No, we are only two flats. My wife was at home all day."),
            _s(29, "bruno", "wait", reason="carrier"),
            _s(122, "bruno", "end_wait"),
            _s(122.4, "bruno", "reply", text="The carrier cannot say where it went. We send the chair again tomorrow; you "
               "need not do anything."),
            _s(146, "bruno", "resolve", reason="solved"),
            _s(218, "tomasz", "customer", text="The second parcel has not come either. This is the third time that I write."),
            _s(219, "bruno", "reopen"),
            _s(220, "bruno", "escalate", severity="high", impact="one", grounds={
                "special_skill": {"skill": "Carrier claims", "tried": "Two parcels to the same address, both shown as "
                                  "delivered, both missing; the carrier's front desk refuses a second search."},
            }),
            _s(222, "farah", "accept"),
            _s(225, "resolver", "take"),
            _s(225.5, "resolver", "reply", text="Dear Mr Wilk, I have taken this over. A courier of our own brings the chair on "
               "Saturday between 9 and 12, and I will ring you when it is on its way."),
            _s(225.6, "resolver", "promise", what="Chair delivered by our own courier", hours=400),
        ),
        severity="medium", order="LK-54877", sought="The chair",
    ),
    Story(
        "helen", 9, 10.5, "web", "Somebody else’s invoice was in my account",
        "When I opened my order history yesterday I saw an invoice with another person's name, address and phone number. "
        "I wonder who sees mine.",
        (
            _s(0.4, "amara", "take"),
            _s(0.7, "amara", "escalate", severity="critical", impact="several", grounds={
                "privacy_breach": {"what": "An invoice of another customer was shown in this customer's order history.",
                                   "people": "2", "known_on": "TODAY"},
            }),
            _s(1.4, "farah", "accept"),
            _s(2, "resolver", "take"),
            _s(2.5, "resolver", "reply", text="Dear Ms Achterberg, thank you for telling us at once. The page was switched off "
               "within the hour. We are finding out who saw what and will write to you within three days."),
            _s(2.6, "resolver", "promise", what="What was seen, by whom, and what we did", hours=70),
            _s(60, "resolver", "reply", text="One other person saw one invoice of yours, without payment details. The fault is "
               "mended, and the authority has been told."),
            _s(60.1, "resolver", "keep_promise"),
        ),
        severity="high",
    ),
    Story(
        "dwayne", 12, 15.0, "web", "Dishwasher leaked, floor is ruined",
        "The dishwasher you installed in March leaked overnight. The oak floor in the kitchen has to come out. My "
        "landlord wants 1,840 dollars. Your hotline says you do not cover floors.",
        (
            _s(2, "chloe", "take"),
            _s(2.4, "chloe", "reply", text="Mr Carter, I am sorry about your floor. Please send me the invoice of the "
               "installation and photos of the hose; I will find out what we can do beyond the repair."),
            _s(2.5, "chloe", "wait", reason="customer_answer"),
            _s(20, "dwayne", "customer", text="Photos and the invoice are attached to my mail of today. The clamp was never "
               "tightened."),
            _s(23, "chloe", "escalate", severity="high", impact="one", grounds={
                "financial_impact": {"loss": {"currency": "USD", "minor": 184000}, "reckoning": "Landlord's estimate for removing and laying the "
                                     "oak floor of the kitchen."},
                "legal_exposure": {"claim": "The landlord threatens to claim against the installer and us."},
            }),
            _s(25, "farah", "accept"),
            _s(44, "resolver", "take"),
            _s(45, "resolver", "hold", reason="legal"),
            _s(46, "resolver", "reply", text="Mr Carter, I lead your case now. An assessor comes on Monday; until then please "
               "leave the floor as it is. I will write to you after the visit."),
            _s(46.1, "resolver", "promise", what="Our answer on the floor after the assessor's visit", hours=144),
        ),
        severity="high", order="LK-53002", sought="1,840 dollars for the floor",
    ),
    Story(
        "yuki", 6, 8.9, "web", "Refund of a return is 20 short",
        "I returned two cushions and was refunded 58.00. The cushions cost 39.00 each. Where is the rest?",
        (
            _s(1, "dina", "take"),
            _s(1.5, "dina", "escalate", severity="low", impact="one", grounds={
                "special_skill": {"skill": "Pricing of partial returns", "tried": "Compared the refund of 58.00 with the two "
                                  "prices of 39.00; found no rule for the difference."},
            }),
            _s(3, "farah", "return", reason="front_line_can", note="Twenty pounds lie within your own limit. Check the "
               "partial-return table, refund the difference, and tell the customer today."),
            _s(4, "dina", "reply", text="Dear Ms Tanaka, you are right: we priced one cushion as a sale item. The missing "
               "20.00 is on its way."),
            _s(28, "dina", "resolve", reason="solved"),
        ),
        order="LK-55310",
    ),
    Story(
        "bea", 3, 11.3, "web", "Wrong colour delivered twice",
        "I ordered the runner in sage. I got sand, sent it back, and got sand again. I have a dinner on Saturday.",
        (
            _s(0.5, "amara", "take"),
            _s(1, "amara", "reply", text="Dear Ms Lindholm, twice wrong is twice too many. I have asked the warehouse to "
               "photograph the roll before it leaves. Would Friday before noon suit you?"),
            _s(1.1, "amara", "wait", reason="customer_answer"),
        ),
        order="LK-55402", sought="The runner in sage before Saturday",
    ),
    Story(
        "omar", 2, 16.1, "phone", "Subscription charged after cancelling",
        "Cancelled the filter subscription in July, still charged 14.90 in August, September and October.",
        (
            _s(0.2, "amara", "take"),
            _s(0.5, "amara", "note", text="Cancellation mail of 9 July is on file. Three charges after it."),
            _s(19, "amara", "escalate", severity="medium", impact="several", grounds={
                "systemic_failure": {"fault": "Cancelled filter subscriptions go on being charged after the plan change of "
                                     "July.", "customers": "4", "examples": "LK-S-118, LK-S-131, LK-S-140, LK-S-152"},
            }),
        ),
        order="LK-S-118",
    ),
    Story(
        "ruth", 1, 9.2, "web", "Gift card balance is gone",
        "My gift card over 150.00 shows a balance of zero. I have not used it.",
        (_s(3, "amara", "take"),),
        severity="medium",
    ),
    Story(
        "carlos", 1, 20.4, "web", "Table arrived with a cracked top",
        "The glass top is cracked from corner to corner. The box was fine. I need a new top, not a new table.",
        (),
        order="LK-55488", sought="A new glass top",
    ),
    Story(
        "ingrid", 0, 7.5, "web", "Wo bleibt meine Lieferung LK-55496?",
        "Guten Tag, laut Ihrer Seite sollte das Regal gestern kommen. Es kam nichts und niemand meldet sich.",
        (),
        order="LK-55496",
    ),
    Story(
        "sean", 20, 13.0, "web", "Assembly team did not turn up",
        "I took a day off for the assembly. Nobody came, nobody rang. I want the assembly fee back and a new date.",
        (
            _s(1, "bruno", "take"),
            _s(1.5, "bruno", "reply", text="Dear Mr Kelly, I am sorry about your day. The fee is refunded, and the team comes "
               "on the date that suits you: which one?"),
            _s(1.6, "bruno", "wait", reason="customer_answer"),
            _s(24, "sean", "customer", text="The 14th, in the morning. Thank you for the fee."),
            _s(24.5, "bruno", "promise", what="Assembly on the morning of the 14th", hours=140),
            _s(170, "bruno", "keep_promise"),
            _s(171, "bruno", "resolve", reason="solved"),
            _s(340, "bruno", "close"),
        ),
        order="LK-54420", sought="Fee back, new date",
    ),
    Story(
        "lena", 17, 9.9, "web", "Oven trips the fuse",
        "Since the update of the control panel the oven trips the fuse when it reaches 180 degrees. An electrician says "
        "the house is fine.",
        (
            _s(1, "eli", "take"),
            _s(2, "eli", "reply", text="Dear Ms Sorensen, please do not use the oven for now. Does it also trip on fan-only "
               "at 180 degrees? That tells me which part it is."),
            _s(2.1, "eli", "wait", reason="customer_answer"),
            _s(50, "lena", "customer", text="Fan only is fine. Only with the lower heat."),
            _s(51, "eli", "escalate", severity="high", impact="several", grounds={
                "special_skill": {"skill": "Appliances, firmware 4.2", "tried": "Reset, fan-only test and another socket; the "
                                  "fault shows only with lower heat after the update."},
                "systemic_failure": {"fault": "Control panel update 4.2 trips fuses with lower heat on model L180.",
                                     "customers": "2", "examples": "LK-53881, LK-54107"},
            }),
            _s(54, "farah", "accept"),
            _s(58, "resolver", "take"),
            _s(60, "resolver", "note", text="Engineering confirms a relay timing fault in 4.2. Version 4.2.1 is being tested."),
            _s(61, "resolver", "reply", text="Dear Ms Sorensen, the update is at fault. A corrected one arrives on your oven by "
               "itself next week; until then a technician lends you a portable oven tomorrow."),
            _s(150, "resolver", "hand_back", reason="work_done", note="4.2.1 is installed. Please check with the customer on "
               "Monday and collect the loan oven.", to="eli"),
            _s(152, "eli", "take_back"),
        ),
        severity="high", order="LK-53881",
    ),
    Story(
        "priya", 8, 12.0, "web", "Again: charged twice, order LK-55120",
        "I have written about this before. The second payment of 289.00 on order LK-55120 is still on my statement.",
        (_s(1, "amara", "merge_into_first"),),
        order="LK-55120",
    ),
)  # fmt: skip
