"""What a person can do: buttons, menus, the ways through pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from django.utils.safestring import SafeString, mark_safe

from recourse.web.parts.piece import Part, attributes, stable_id


@dataclass(frozen=True, slots=True)
class Button(Part):
    """A button, or with `href` a link that looks like one.

    `reason` turns it off and says why. `key` is the single key that presses it. `is_verb` puts it into the palette.
    `confirm` is asked first. `opens` is the id of a dialog. `attrs` takes anything else, such as `{"hx-post": …}`.
    """

    template: ClassVar[str] = "parts/button.html"
    label: str
    href: str = ""
    kind: str = "plain"
    icon: str = ""
    type: str = "submit"
    name: str = ""
    value: str = ""
    form: str = ""
    reason: str = ""
    key: str = ""
    is_verb: bool = False
    is_small: bool = False
    confirm: str = ""
    opens: str = ""
    id: str = ""
    attrs: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_off(self) -> bool:
        """Whether the button only explains why it cannot be used."""
        return bool(self.reason)

    @property
    def tag(self) -> str:
        """Return the element to draw."""
        return "a" if self.href and not self.is_off else "button"

    @property
    def why_id(self) -> str:
        """Return the id of the explanation."""
        return stable_id("why", self.id, self.label, self.reason, self.href, self.name, self.value)

    @property
    def class_list(self) -> str:
        """Return the classes."""
        kind = "" if self.kind == "plain" else f" is-{self.kind}"
        return f"button{kind}{' is-small' if self.is_small else ''}"

    @property
    def html_attributes(self) -> SafeString:
        """Return all attributes, escaped."""
        shared = {"id": self.id, "class": self.class_list, "data-keys": self.key}
        if self.is_verb:
            shared["data-verb"] = self.label
        if self.is_off:
            own: dict[str, object] = self._explaining()
        elif self.tag == "a":
            own = {"href": self.href, "data-confirm": self.confirm, **self.attrs}
        else:
            own = self._pressable()
        return mark_safe(attributes({**shared, **own}))  # noqa: S308  (flatatt escapes)

    def _explaining(self) -> dict[str, object]:
        why = self.why_id
        return {"type": "button", "aria-disabled": "true", "aria-describedby": why, "popovertarget": why}

    def _pressable(self) -> dict[str, object]:
        opens = {"command": "show-modal", "commandfor": self.opens, "aria-haspopup": "dialog"} if self.opens else {}
        return {
            "type": "button" if self.opens else self.type,
            "name": self.name, "value": self.value, "form": self.form, "data-confirm": self.confirm,
            **opens, **self.attrs,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Menu(Part):
    """A button that opens a short list of further acts."""

    template: ClassVar[str] = "parts/menu.html"
    label: str
    items: Sequence[Button]
    icon: str = "ellipsis"
    title: str = ""

    @property
    def menu_id(self) -> str:
        """Return the id of the list."""
        return stable_id("menu", self.label, *(item.label + item.href + item.value for item in self.items))


@dataclass(frozen=True, slots=True)
class Tab:
    """One of several views on the same thing."""

    label: str
    href: str
    is_current: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Tabs(Part):
    """Views with addresses of their own."""

    template: ClassVar[str] = "parts/tabs.html"
    label: str
    items: Sequence[Tab]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way to a page; the last has no address."""

    label: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Breadcrumb(Part):
    """Where the page lies."""

    template: ClassVar[str] = "parts/breadcrumb.html"
    items: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Pager(Part):
    """The page before and the page after, by key. `shown` says what is on this one."""

    template: ClassVar[str] = "parts/pager.html"
    shown: str = ""
    previous_href: str = ""
    next_href: str = ""


@dataclass(frozen=True, slots=True)
class EmptyState(Part):
    """Nothing here: what this is, why it is empty, the one next step."""

    template: ClassVar[str] = "parts/empty.html"
    what: str
    why: str
    action: Button | None = None
    icon: str = "inbox"
    is_small: bool = False


@dataclass(frozen=True, slots=True)
class Notice(Part):
    """A sentence about the page, such as why it can only be read."""

    template: ClassVar[str] = "parts/notice.html"
    text: str
    title: str = ""
    tone: str = "accent"
    actions: Sequence[Button] = ()


@dataclass(frozen=True, slots=True)
class Toast(Part):
    """A short word on what was just done. With `undo_href` it can be taken back for `seconds`."""

    template: ClassVar[str] = "parts/toast.html"
    text: str
    tone: str = "plain"
    undo_href: str = ""
    seconds: int = 10
    fields: Mapping[str, str] = field(default_factory=dict)
