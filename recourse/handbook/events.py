"""What happens to editions of the handbook."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from recourse.timeline.events import Event, event


@event("handbook.drafted", edition_id="0197…", base=3)
@dataclass(frozen=True)
class HandbookDrafted(Event):
    """A draft was begun on the ground of an edition."""

    edition_id: str
    base: int | None

    def sentence(self) -> str:
        """Return what happened."""
        if self.base is None:
            return _("began the first handbook")
        return _("began a draft of the handbook from edition %(base)d") % {"base": self.base}


@event("handbook.edited", edition_id="0197…", paths=["escalation.gate.pass_through_percent"], content_hash="9f86…")
@dataclass(frozen=True)
class HandbookEdited(Event):
    """Values of a draft were changed."""

    edition_id: str
    paths: list[str]
    content_hash: str

    def sentence(self) -> str:
        """Return what happened."""
        count = len(self.paths)
        said = ngettext("changed %(count)d value of the draft", "changed %(count)d values of the draft", count)
        return said % {"count": count}


@event("handbook.proposed", note_holds="the author's reasons", edition_id="0197…", content_hash="9f86…")
@dataclass(frozen=True)
class HandbookProposed(Event):
    """The author asked a second person to publish."""

    edition_id: str
    content_hash: str

    def sentence(self) -> str:
        """Return what happened."""
        return _("proposed the draft for publication")


@event("handbook.taken_back", edition_id="0197…")
@dataclass(frozen=True)
class HandbookTakenBack(Event):
    """A proposal became a draft again."""

    edition_id: str

    def sentence(self) -> str:
        """Return what happened."""
        return _("took the proposal back for more work")


@event(
    "handbook.published", edition_id="0197…", number=4, content_hash="9f86…", effective_at="2026-03-02T09:00:00.000000Z"
)
@dataclass(frozen=True)
class HandbookPublished(Event):
    """A second person published an edition; it holds from an instant."""

    edition_id: str
    number: int
    content_hash: str
    effective_at: str

    def sentence(self) -> str:
        """Return what happened."""
        return _("published edition %(number)d, effective from %(at)s") % {
            "number": self.number,
            "at": self.effective_at,
        }


@event("handbook.discarded", edition_id="0197…")
@dataclass(frozen=True)
class HandbookDiscarded(Event):
    """A draft or proposal was given up."""

    edition_id: str

    def sentence(self) -> str:
        """Return what happened."""
        return _("discarded the draft")
