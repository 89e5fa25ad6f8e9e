"""Pages that say no: what happened, why, who could, what next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from recourse.web.parts.acts import Button
from recourse.web.parts.piece import Part


@dataclass(frozen=True, slots=True)
class Failure(Part):
    """One refusal or fault. `why` are sentences, `fields` what is wrong in each field."""

    template: ClassVar[str] = "parts/failure.html"
    status: int
    what: str
    why: Sequence[str]
    who: str
    next: str
    fields: Mapping[str, Sequence[str]]
    actions: Sequence[Button] = ()
    reference: str = ""


def failure(
    status: int,
    what: str = "",
    why: Sequence[str] = (),
    *,
    fields: Mapping[str, Sequence[str]] | None = None,
    reference: str = "",
    actions: Sequence[Button] = (),
) -> Failure:
    """Build the words for a status, taking the caller's where there are any."""
    usual_what, usual_why, who, following = _usual(status)
    said = tuple(why) or (() if fields else (usual_why,))
    return Failure(status, what or usual_what, said, who, following, fields or {}, actions, reference)


def _usual(status: int) -> tuple[str, str, str, str]:
    known = {
        403: (
            _("You may not do this"),
            _("Your roles do not include the right for it."),
            _("An administrator can give the right; a colleague who has it can act now."),
            _("Go back, or ask a colleague."),
        ),
        404: (
            _("There is nothing here that you can see"),
            _("The address is wrong, or the thing was moved, or it is not yours to see."),
            _("Whoever gave you the address can check it."),
            _("Search for it, or begin at Today."),
        ),
        409: (
            _("This has changed meanwhile"),
            _("Somebody else acted between your reading and your pressing."),
            _("You, once you have seen how it stands now."),
            _("Go back and load the page again to see how it stands."),
        ),
        422: (
            _("Something needs to be put right"),
            _("One or more fields cannot be taken as they are."),
            _("You, with what is named here put right."),
            _("Go back, put it right, and send again."),
        ),
        429: (
            _("That was too often"),
            _("The desk limits how often this can be done in a short time."),
            _("You, in a little while."),
            _("Wait a minute, then try again."),
        ),
    }
    return known.get(status, _fault())


def _fault() -> tuple[str, str, str, str]:
    return (
        _("Something broke on our side"),
        _("The desk met a fault that it did not foresee. It has been logged."),
        _("The administrator can see the fault in the log."),
        _("Try again. If it happens twice, tell the administrator the time and what you did."),
    )
