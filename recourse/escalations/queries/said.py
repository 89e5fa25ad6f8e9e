"""Says what the rules say, in the language of the one who reads."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from recourse.escalations.policy import SENTENCES, Missing, Said
from recourse.kit.errors import Invalid, Refused


def say(said: Said) -> str:
    """Return the sentence of a code with its gaps filled."""
    return _(SENTENCES[said.code]).format(**said.facts)


def refused(said: Said, *, room: str = "escalation") -> Refused:
    """Return a refusal of the rules as the error that doors understand."""
    code = f"{room}.{said.code.partition('.')[2]}"
    return Refused(code, say(said), is_permission=said.code == "gate.permission")


def invalid(missing: Iterable[Missing]) -> Invalid:
    """Return what is missing as field errors."""
    fields: dict[str, list[str]] = {}
    for gap in missing:
        fields.setdefault(gap.field, []).append(say(gap.said))
    return Invalid(fields)
