"""The typed parts of every page: print one with `{{ it }}`, build one where it stands with its tag.

The style page shows each in every state.
"""

from recourse.web.parts.acts import (
    Breadcrumb,
    Button,
    EmptyState,
    Menu,
    Notice,
    Pager,
    Step,
    Tab,
    Tabs,
    Toast,
)
from recourse.web.parts.facts import (
    Attachment,
    Chip,
    Diff,
    KeyHint,
    Money,
    Person,
    PersonKind,
    Tone,
)
from recourse.web.parts.failures import Failure, failure
from recourse.web.parts.figures import Bar, Figure, Progress, Stat
from recourse.web.parts.moments import Due, DueState, Moment, exact, length, relative, stretch
from recourse.web.parts.piece import Part, icon
from recourse.web.parts.story import (
    CaseRow,
    ClockCard,
    ExplainLine,
    Message,
    MessageKind,
    MessageState,
    Span,
    TimelineEntry,
)

__all__ = [
    "Attachment",
    "Bar",
    "Breadcrumb",
    "Button",
    "CaseRow",
    "Chip",
    "ClockCard",
    "Diff",
    "Due",
    "DueState",
    "EmptyState",
    "ExplainLine",
    "Failure",
    "Figure",
    "KeyHint",
    "Menu",
    "Message",
    "MessageKind",
    "MessageState",
    "Moment",
    "Money",
    "Notice",
    "Pager",
    "Part",
    "Person",
    "PersonKind",
    "Progress",
    "Span",
    "Stat",
    "Step",
    "Tab",
    "Tabs",
    "TimelineEntry",
    "Toast",
    "Tone",
    "exact",
    "failure",
    "icon",
    "length",
    "relative",
    "stretch",
]
