"""Tags that build a part where it stands: `{% load parts %}`, then `{% button _("Save") kind="primary" %}`."""

from collections.abc import Callable
from typing import Any

from django import template
from django.forms import BaseForm
from django.template import Context
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe

from recourse.web import parts
from recourse.web.parts.facts import TONE_ICON, Tone
from recourse.web.viewer import at

register = template.Library()

BUILT_BY_TAG: dict[str, Callable[..., Any]] = {
    "icon": parts.icon,
    "chip": parts.Chip,
    "diff": parts.Diff,
    "keys": parts.KeyHint,
    "person": parts.Person,
    "money": parts.Money,
    "notice": parts.Notice,
    "stat": parts.Stat,
    "empty": parts.EmptyState,
    "progress": parts.Progress,
}


def _build(make: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *said, **named: make(*said, **named)


for name, make in BUILT_BY_TAG.items():
    register.simple_tag(_build(make), name=name)

PASSED_ON = ("hx_", "data_", "aria_")


def _draw(name: str, **said: object) -> SafeString:
    return mark_safe(get_template(f"parts/{name}.html").render(said))  # noqa: S308  (a template escapes)


@register.simple_tag
def button(label: str, **said: Any) -> parts.Button:
    """Build a button; `hx_post=…`, `data_x=…` and `aria_y=…` become attributes with hyphens."""
    attrs = {key.replace("_", "-"): said.pop(key) for key in list(said) if key.startswith(PASSED_ON)}
    return parts.Button(label, attrs=attrs, **said)


@register.simple_tag
def tone_icon(tone: str) -> SafeString:
    """Draw the shape that stands for a tone."""
    return parts.icon(TONE_ICON[Tone(tone)])


@register.simple_tag(takes_context=True)
def moment(context: Context, instant: Any) -> parts.Moment:
    """Build a relative time from where this request stands."""
    return parts.Moment(instant, at(context["request"]))


@register.simple_tag
def failure(page: Any) -> parts.Failure:
    """Build the body of an error page from what the door says of the error."""
    return parts.failure(page.status, page.title, tuple(page.sentences), fields=page.fields, reference=page.code)


@register.simple_tag
def errors(form: BaseForm) -> SafeString:
    """Draw the summary of what is wrong in a form, linking each field; nothing when all is well."""
    wrong = [field for field in form if field.errors]
    whole = form.non_field_errors()
    if not wrong and not whole:
        return SafeString("")
    return _draw("errors", whole=whole, fields=wrong, count=len(whole) + sum(len(field.errors) for field in wrong))


@register.simple_block_tag(name="dialog")
def dialog(content: str, *, id: str, title: str) -> SafeString:  # noqa: A002  (the name of the attribute)
    """Draw a native dialog; a button with `opens="<id>"` shows it."""
    return _draw("dialog", content=content, id=id, title=title)


@register.simple_block_tag(name="panel")
def panel(
    content: str, *, id: str, title: str, icon: str = "", action: object = "", live: str = "", url: str = "",  # noqa: A002
    is_boxed: bool = False,
) -> SafeString:  # fmt: skip
    """Draw a titled section. With `live` (topics) and `url` it fetches itself anew when a topic is named."""
    return _draw(
        "panel",
        content=content,
        id=id,
        title=title,
        icon_name=icon,
        action=action,
        live=live,
        url=url,
        is_boxed=is_boxed,
    )
