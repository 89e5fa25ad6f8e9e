"""What can happen between cases: links, merges, splits."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from recourse.timeline.events import Event, event
from recourse.timeline.policy import Audience

_KEY = "0192f0c1-7a3b-7c11-9a55-1d2f4c3b2a10"


@event("case.linked", link_id=_KEY, kind="blocks", source="RC-1042", target="RC-1043")
@dataclass(frozen=True)
class CaseLinked(Event):
    """It has to do with another case."""

    link_id: str
    kind: str
    source: str
    target: str

    def sentence(self) -> str:
        """Say how."""
        return _("linked %(source)s to %(target)s (%(kind)s)") % {
            "source": self.source, "target": self.target, "kind": self.kind,
        }  # fmt: skip


@event("case.unlinked", link_id=_KEY, kind="blocks", source="RC-1042", target="RC-1043")
@dataclass(frozen=True)
class CaseUnlinked(Event):
    """A link ended."""

    link_id: str
    kind: str
    source: str
    target: str

    def sentence(self) -> str:
        """Say which."""
        return _("ended the link of %(source)s to %(target)s (%(kind)s)") % {
            "source": self.source, "target": self.target, "kind": self.kind,
        }  # fmt: skip


@event(
    "case.merged",
    audience=Audience.CUSTOMER,
    note_holds="why",
    into="RC-1040",
    into_id=_KEY,
    was="working",
    is_across=False,
)
@dataclass(frozen=True)
class CaseMerged(Event):
    """It lives on in another case."""

    into: str
    into_id: str
    was: str
    is_across: bool = False

    def sentence(self) -> str:
        """Say in which."""
        return _("merged this case into %(into)s") % {"into": self.into}


@event("case.gained", note_holds="why", ref="RC-1042", case_id=_KEY, merge_id=_KEY, changed={"severity": "high"})
@dataclass(frozen=True)
class CaseGained(Event):
    """Another case was merged into it."""

    ref: str
    case_id: str
    merge_id: str
    changed: dict[str, str]

    def sentence(self) -> str:
        """Say which."""
        return _("merged %(ref)s into this case") % {"ref": self.ref}


@event("case.unmerged", audience=Audience.CUSTOMER, note_holds="why", out_of="RC-1040", out_of_id=_KEY, stage="working")
@dataclass(frozen=True)
class CaseUnmerged(Event):
    """It stands for itself again."""

    out_of: str
    out_of_id: str
    stage: str

    def sentence(self) -> str:
        """Say from which it was parted."""
        return _("undid the merge into %(ref)s") % {"ref": self.out_of}


@event("case.parted", note_holds="why", ref="RC-1042", case_id=_KEY, merge_id=_KEY, changed={"severity": "low"})
@dataclass(frozen=True)
class CaseParted(Event):
    """A case that was merged into it stands for itself again."""

    ref: str
    case_id: str
    merge_id: str
    changed: dict[str, str]

    def sentence(self) -> str:
        """Say which."""
        return _("parted %(ref)s from this case") % {"ref": self.ref}


@event("case.split", note_holds="why", ref="RC-1043", case_id=_KEY, message_ids=[_KEY], is_moved=True)
@dataclass(frozen=True)
class CaseDivided(Event):
    """Some of its messages became a case of their own."""

    ref: str
    case_id: str
    message_ids: list[str]
    is_moved: bool

    def sentence(self) -> str:
        """Say which."""
        return _("split %(ref)s off this case") % {"ref": self.ref}


@event("case.split_undone", note_holds="why", ref="RC-1043", case_id=_KEY, message_ids=[_KEY], is_moved=True)
@dataclass(frozen=True)
class SplitUndone(Event):
    """What was split off came back."""

    ref: str
    case_id: str
    message_ids: list[str]
    is_moved: bool

    def sentence(self) -> str:
        """Say which."""
        return _("took %(ref)s back into this case") % {"ref": self.ref}
