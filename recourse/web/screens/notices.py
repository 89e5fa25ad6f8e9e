"""What somebody is told about a case, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from recourse.web.screens.case.words import clock_names, said_reason


def notice_words(kind: str, words: Mapping[str, Any], rules: Any) -> str:
    """Return the sentence of a notice by its kind, with what stands beside it."""
    reason = said_reason(rules, "returns", str(words["reason"])) if words.get("reason") else ""
    if kind == "ladder":
        clock = str(words.get("clock", ""))
        return _("The clock “%(clock)s” calls for you: %(step)s.") % {
            "clock": clock_names(rules).get(clock, clock.replace("_", " ")),
            "step": str(words.get("step", "")).replace("_", " "),
        }
    sentences = {
        "returned": _("Your request came back: %(reason)s.") % {"reason": reason},
        "redirected": _("Your request went to another team, %(team)s.") % {"team": words.get("team", "")},
        "accepted": _("Your request was accepted; you keep a view of the case."),
        "finished": _("The advanced team is done. Read what came of it."),
        "handed_back": _("The case is back with the front line."),
        "hand_back_offered": _("The advanced team offers you the case back."),
        "hand_back_declined": _("The front line did not take the case back."),
        "ping_pong": _("This case has gone back and forth %(times)s times; you decide.") % {
            "times": words.get("times", "")
        },
    }  # fmt: skip
    return sentences.get(kind, kind.replace("_", " "))
