"""Text from outside: made safe to store, to compare and to show, without changing what was said."""

import re
import unicodedata

import nh3
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from recourse.kit.errors import Invalid

LINE_LIMIT = 300
TEXT_LIMIT = 100_000
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LINE_BREAKS = re.compile(r"[\r\n\t\v\f\x85\u2028\u2029]+")
_DIRECTION = re.compile(r"[\u202a-\u202e\u2066-\u2069]")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"\s+")
_markdown = MarkdownIt("commonmark", {"html": False, "linkify": False})

ALLOWED_TAGS = {
    "a", "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "hr", "i", "li",
    "ol", "p", "pre", "s", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
}  # fmt: skip


def clean_text(value: str, *, field: str, limit: int = TEXT_LIMIT, is_required: bool = False) -> str:
    """Return text of many lines without control characters; too long or (if required) empty raises Invalid."""
    cleaned = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    cleaned = unicodedata.normalize("NFC", cleaned).strip()
    return _checked(cleaned, field=field, limit=limit, is_required=is_required)


def clean_line(value: str, *, field: str, limit: int = LINE_LIMIT, is_required: bool = False) -> str:
    """Return text of one line: breaks become spaces, direction overrides go, so that it fits a header or a title."""
    cleaned = _DIRECTION.sub("", _CONTROL.sub("", _LINE_BREAKS.sub(" ", value)))
    cleaned = unicodedata.normalize("NFC", cleaned).strip()
    return _checked(cleaned, field=field, limit=limit, is_required=is_required)


def _checked(cleaned: str, *, field: str, limit: int, is_required: bool) -> str:
    if is_required and not _INVISIBLE.sub("", cleaned).strip():
        raise Invalid.one(field, _("This cannot be empty."))
    if len(cleaned) > limit:
        raise Invalid.one(
            field, _("At most %(limit)d characters; this has %(size)d.") % {"limit": limit, "size": len(cleaned)}
        )
    return cleaned


def fold(value: str) -> str:
    """Return the form used for comparing and searching: compatibility form, no accents, no case, single spaces."""
    decomposed = unicodedata.normalize("NFKD", _INVISIBLE.sub("", value).casefold())
    plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _SPACES.sub(" ", _CONTROL.sub(" ", plain)).strip()


def sanitise_html(value: str) -> str:
    """Return HTML from outside reduced to plain formatting: no script, style, image, form or remote reference."""
    return nh3.clean(
        value,
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        strip_comments=True,
        url_relative="deny",
    )


def render_markdown(value: str) -> str:
    """Return safe HTML for the plain formatting that staff may write."""
    return sanitise_html(_markdown.render(value))
