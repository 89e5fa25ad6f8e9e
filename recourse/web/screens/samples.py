"""One invented case, from which the style page draws every part in every state. Its content is not translated."""

import datetime as dt
from dataclasses import dataclass

from recourse.web import parts
from recourse.web.parts import (
    Attachment,
    Bar,
    Button,
    CaseRow,
    Chip,
    ClockCard,
    Diff,
    Due,
    ExplainLine,
    Message,
    Moment,
    Person,
    TimelineEntry,
)

MARA = Person("Mara Lindt", role="resolver")
JONAS = Person("Jonas Okoro", role="front line")
ADA = Person("Ada Ferreira", parts.PersonKind.CUSTOMER)
CLOCKWORK = Person("Clocks", parts.PersonKind.SYSTEM)


@dataclass(frozen=True, slots=True)
class Samples:
    """Parts drawn from one instant."""

    at: dt.datetime

    def _in(self, **length: float) -> dt.datetime:
        return self.at + dt.timedelta(**length)

    def when(self, **length: float) -> Moment:
        """Return a moment at a distance."""
        return Moment(self._in(**length), self.at)

    def due(self, state: str, **length: float) -> Due:
        """Return a due time in a state."""
        return Due(self._in(**length), self.at, state)

    def dues(self) -> list[Due]:
        """Return a due time in each state."""
        return [
            self.due("running", hours=3, minutes=20),
            self.due("warn", minutes=25),
            self.due("breached", hours=-2),
            self.due("paused", days=2, hours=4),
            self.due("met", hours=-5),
            Due(None, self.at, "none"),
            Due(self._in(hours=7), self.at, "running", what="First response"),
        ]

    def moments(self) -> list[Moment]:
        """Return moments near and far."""
        return [
            self.when(seconds=5),
            self.when(minutes=-18),
            self.when(hours=-3),
            self.when(days=-2),
            self.when(days=-90),
        ]

    def chips(self) -> list[Chip]:
        """Return a chip in each tone."""
        return [
            Chip("new", "accent"),
            Chip("working"),
            Chip("waiting on the customer", "paused"),
            Chip("resolved", "ok"),
            Chip("severity high", "warn"),
            Chip("promise broken", "bad"),
            Chip("restricted", "note"),
            Chip("tier 2", icon="arrow-up-right"),
        ]

    def people(self) -> list[Person]:
        """Return each kind of person."""
        return [MARA, JONAS, ADA, CLOCKWORK, Person("Ines Vogel", role="legal", is_absent=True)]

    def buttons(self) -> list[Button]:
        """Return a button in each state."""
        return [
            Button("Send reply", kind="primary", icon="send", key="s", type="button", is_verb=True),
            Button("Add note", icon="sticky-note", key="n", type="button", is_verb=True),
            Button("More", kind="quiet", type="button"),
            Button(
                "Delete message",
                kind="danger",
                icon="trash-2",
                type="button",
                confirm="The text goes; the record keeps who, when and why.",
            ),
            Button("Accept", icon="check", reason="Only a gatekeeper can accept. Ask Priya Raman.", is_verb=True),
            Button("A link", href="#buttons", icon="link"),
            Button("Small", is_small=True, type="button"),
            Button("Ask in a dialog", opens="sample-dialog", icon="message-square"),
            Button("Copy reference", icon="copy", type="button", attrs={"data-copy": "RC-1042"}),
        ]

    def menu(self) -> parts.Menu:
        """Return a menu."""
        return parts.Menu(
            "More",
            [
                Button("Merge with another case", icon="merge", href="#menu"),
                Button("Split", icon="split", type="button"),
                Button("Print case file", icon="printer", type="button"),
            ],
            title="This case",
        )

    def rows(self) -> list[CaseRow]:
        """Return rows as the inbox shows them."""
        return [
            CaseRow(
                "RC-1042",
                "#row-RC-1042",
                "Charged twice for order 5512, refund promised and never came",
                "Ada Ferreira",
                self.due("breached", hours=-2),
                [Chip("working"), Chip("severity high", "warn")],
                MARA,
                why="repeated failure: third contact in 9 days",
                is_unread=True,
                can_pick=True,
                viewers=["Jonas Okoro is replying"],
            ),
            CaseRow(
                "RC-1057",
                "#row-RC-1057",
                "Parcel shows delivered, neighbour has not got it",
                "Tomasz Wilk",
                self.due("warn", minutes=25),
                [Chip("new", "accent")],
                None,
                can_pick=True,
                about="chat",
            ),
            CaseRow(
                "RC-0998",
                "#row-RC-0998",
                "Data of another customer visible in my account",
                "Noor Haddad",
                self.due("running", hours=30),
                [Chip("working")],
                Person("Ines Vogel"),
                is_restricted=True,
                can_pick=True,
            ),
            CaseRow(
                "RC-1011",
                "#row-RC-1011",
                "שאלה על החשבונית שלי",
                "Yael Bar",
                self.due("paused", days=2, hours=4),
                [Chip("waiting on the customer", "paused")],
                JONAS,
                can_pick=True,
            ),
        ]

    def messages(self) -> list[Message]:
        """Return each kind of message in its states."""
        return [
            Message(
                "inbound",
                ADA,
                self.when(days=-9),
                "I was charged twice for order 5512 (EUR 89.90, 2 March). I wrote on the 4th and was told "
                "to wait five days.\n\nIt is the 13th.",
                id="m-1",
                channel="web form",
                attachments=[Attachment("statement-march.pdf", "212 KB", "#m-1")],
            ),
            Message(
                "note",
                JONAS,
                self.when(days=-8, hours=-2),
                "Payment list shows two captures, one reversed at our end only. Third contact: escalating.",
                id="m-2",
            ),
            Message(
                "outbound",
                MARA,
                self.when(hours=-1),
                "Dear Ms Ferreira,\n\nyou are right, and you should not have had to write three times. "
                "I have the case now. You will hear from me by Friday noon.",
                id="m-3",
                channel="e-mail",
                state="sending",
            ),
            Message(
                "outbound",
                MARA,
                self.when(minutes=-4),
                "The second charge has been reversed.",
                id="m-4",
                channel="e-mail",
                state="failed",
                state_note="The mail server of example.org did not take it: mailbox full.",
                actions=[Button("Try again", is_small=True, type="button")],
            ),
            Message("inbound", ADA, self.when(minutes=-2), id="m-5", state="deleted"),
        ]

    def entries(self) -> list[TimelineEntry]:
        """Return entries of the timeline."""
        return [
            TimelineEntry(
                "opened the case from the web form", self.when(days=-9), "Ada Ferreira", 1, "#entry", "accent", "inbox"
            ),
            TimelineEntry(
                "changed the tier",
                self.when(days=-8),
                "Priya Raman",
                7,
                "#entry",
                change=Diff("tier 1", "tier 2"),
                icon_name="arrow-up-right",
                detail="Three contacts in nine days on the same cause.",
            ),
            TimelineEntry("First response was due and is late", self.when(hours=-2), "", 9, "#entry", "bad"),
            TimelineEntry(
                "paused the resolution clock: waiting on the bank",
                self.when(hours=-1),
                "Mara Lindt",
                10,
                "#entry",
                "paused",
            ),
        ]

    def explain(self) -> list[ExplainLine]:
        """Return the stretches that a clock counted and skipped."""
        start = self._in(hours=-26)
        return [
            ExplainLine("counted", start, start + dt.timedelta(hours=4), "Mon–Fri 9–17, Europe/Lisbon"),
            ExplainLine(
                "skipped", start + dt.timedelta(hours=4), start + dt.timedelta(hours=20), "outside working time"
            ),
            ExplainLine(
                "paused", start + dt.timedelta(hours=20), start + dt.timedelta(hours=22), "waiting on the customer"
            ),
        ]

    def clocks(self) -> list[ClockCard]:
        """Return a clock in each state."""
        return [
            ClockCard(
                "First response", self.due("breached", hours=-2), 1.4, "commercial", "4 working hours", id="clock-1"
            ),
            ClockCard(
                "Resolution",
                self.due("paused", days=2, hours=4),
                0.35,
                "commercial",
                "3 working days",
                "Edition 12, rule “tier 2, severity high”",
                self.explain(),
                id="clock-2",
            ),
            ClockCard("Next update", self.due("warn", minutes=25), 0.86, "cadence", "every 2 days", id="clock-3"),
            ClockCard(
                "Written final answer",
                self.due("running", days=12),
                0.2,
                "regulatory, never pauses",
                "15 days",
                id="clock-4",
            ),
            ClockCard("Acknowledgement", self.due("met", hours=-5), 0.6, "regulatory", "3 business days", id="clock-5"),
        ]

    def figure(self) -> parts.Figure:
        """Return bars with intervals."""
        bars = [
            Bar("Front line", 81, 76, 85, note="412 of 508"),
            Bar("Advanced, tier 1", 67, 58, 75, href="#figures", note="72 of 107"),
            Bar("Advanced, tier 2", 52, 37, 67, note="22 of 42"),
            Bar("Legal", None, note="3 cases"),
        ]
        return parts.Figure(
            "Answered in time",
            bars,
            unit=" %",
            note="last 28 days, 95 % interval",
            scale=100,
            target=80,
            target_label="agreed level",
        )

    def stats(self) -> list[parts.Stat]:
        """Return stats with and without an interval."""
        return [
            parts.Stat("First response in time", "81 %", "76 %", "85 %", "508 cases", "#figures"),
            parts.Stat("Escalations accepted", "", note="3 of 4, too few", is_few=True),
            parts.Stat("Open, late", "14", note="of 212 open"),
        ]

    def notices(self) -> list[parts.Notice]:
        """Return a notice in each tone."""
        return [
            parts.Notice(
                "The advanced team works on this case. You can read and add notes.",
                "You see this read-only",
                "accent",
                [Button("Add note", is_small=True, type="button")],
            ),
            parts.Notice("The customer wrote while you were typing. Your text is kept below.", tone="warn"),
            parts.Notice("Mail could not be fetched since 09:12.", "Channel down", "bad"),
            parts.Notice("Edition 13 holds from tomorrow 00:00.", tone="ok"),
            parts.Notice("Hard of hearing; prefers writing. Do not phone.", "Care note", "note"),
        ]

    def toasts(self) -> list[parts.Toast]:
        """Return a toast in each tone; the one with undo is shown in the case."""
        return [parts.Toast("Draft saved"), parts.Toast("The mail server did not answer. Your text is kept.", "bad")]
