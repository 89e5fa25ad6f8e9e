"""What every part is: a frozen dataclass that a template prints with `{{ it }}`."""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2s
from html import escape
from typing import ClassVar

from django.forms.utils import flatatt
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.safestring import SafeString, mark_safe


class Part:
    """A piece of a page. Subclasses name a template, or draw themselves where hundreds stand on one page."""

    template: ClassVar[str] = ""

    def render(self) -> SafeString:
        """Draw the part as HTML that is safe to print."""
        return mark_safe(get_template(self.template).render({"part": self}))  # noqa: S308  (a template escapes)

    def __str__(self) -> str:
        return self.render()

    def __html__(self) -> str:
        return self.render()


def fill(pattern: str, *values: object) -> SafeString:
    """Put values into a pattern of ours, each escaped unless it is HTML already; quick, for a page has hundreds."""
    return SafeString(pattern.format(*[_escaped(value) for value in values]))


def _escaped(value: object) -> str:
    return value.__html__() if hasattr(value, "__html__") else escape(str(value))


@lru_cache(maxsize=1024)
def icon(name: str, *, label: str = "", flips: bool = False) -> SafeString:
    """Draw an icon of the sprite: silent beside a word, with a name of its own when it stands alone.

    Kept, because a page of a list draws some hundred.
    """
    kind = "icon icon-flips" if flips else "icon"
    address = f"{static('icons.svg')}#{name}"
    if label:
        return fill('<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', kind, label, address)
    return fill('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', kind, address)


def attributes(pairs: Mapping[str, object]) -> str:
    """Write HTML attributes, escaped: True gives a bare name; False, None and the empty string give nothing."""
    return flatatt({name: value for name, value in pairs.items() if value not in (None, False, "")})


def stable_id(prefix: str, *said: object) -> str:
    """Make an id that is the same at every drawing of the same thing, so that a refreshed panel keeps its focus."""
    return f"{prefix}-{blake2s('|'.join(map(str, said)).encode(), digest_size=5).hexdigest()}"
