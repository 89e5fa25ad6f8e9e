"""Says what the rules say, in the language of the one who reads."""

from django.utils.translation import gettext as _

from recourse.kit.errors import Refused
from recourse.remedies.policy import KIND_NAMES, SENTENCES, STATE_NAMES, Said


def say(said: Said) -> str:
    """Return the sentence of a code with its gaps filled."""
    facts = dict(said.facts)
    if "state" in facts:
        facts["state"] = _(STATE_NAMES.get(str(facts["state"]), str(facts["state"])))
    return _(SENTENCES[said.code]).format(**facts)


def refused(said: Said) -> Refused:
    """Return a refusal of the rules as the error that doors understand."""
    code = f"remedy.{said.code.partition('.')[2]}"
    return Refused(code, say(said), is_permission=said.code in {"line.permission", "line.role_staff"})


def kind_called(kind: str) -> str:
    """Return what a kind of line is called."""
    return _(KIND_NAMES.get(kind, kind))
