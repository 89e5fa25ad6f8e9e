"""What the verbs of the handbook share: a locked edition, its state and version checked, a person behind the act."""

from collections.abc import Callable
from uuid import UUID

from django.utils.translation import gettext as _

from recourse.handbook.models import Edition, EditionEditor
from recourse.handbook.policy.lifecycle import MOVES_BY_NAME, REFUSALS, refused_move
from recourse.handbook.policy.reading import Mistake, Mistakes
from recourse.handbook.policy.rules import Rules
from recourse.handbook.policy.sentences import SENTENCES
from recourse.kit.actor import Actor
from recourse.kit.errors import Invalid, NotVisible, Refused, Stale
from recourse.kit.models import locked
from recourse.people.models import Staff


def refuse(code: str) -> Refused:
    """Build the refusal of a code of this room."""
    return Refused(code, _(REFUSALS[code]))


def person(by: Actor) -> Staff:
    """Return the account behind the act, or refuse: programs do not change the rules of the company."""
    found = Staff.objects.filter(pk=by.staff_id, is_active=True).first() if by.staff_id else None
    if found is None:
        raise refuse("handbook.needs_person")
    return found


def taken(edition_id: UUID, move: str, *, seen: int, by: Actor) -> Edition:
    """Return the edition locked for a move, or say why not: the right, the state, or what changed since."""
    by.require(MOVES_BY_NAME[move].permission)
    found: Edition | None = locked(Edition.objects.filter(pk=edition_id)).first()
    if found is None:
        raise NotVisible
    code = refused_move(move, found.state)
    if code is not None:
        raise refuse(code)
    if found.version != seen:
        raise Stale(_("Somebody changed this draft since you opened it."), current=found.version)
    return found


def changed(edition: Edition) -> None:
    """Save an edition under its next version."""
    edition.version += 1
    edition.save()


def remember_editor(edition: Edition, staff: Staff) -> None:
    """Keep that somebody worked on an edition."""
    EditionEditor.objects.get_or_create(edition=edition, staff=staff, defaults={"person_id": staff.person_id})


def checked(read: Callable[[], Rules]) -> Rules:
    """Return the rules that a reading gives, its mistakes said in the language of the one who asks."""
    try:
        return read()
    except Mistakes as found:
        raise Invalid(_by_path(found.mistakes)) from found


def _by_path(mistakes: tuple[Mistake, ...]) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for mistake in mistakes:
        fields.setdefault(mistake.path or "handbook", []).append(_said(mistake))
    return fields


def _said(mistake: Mistake) -> str:
    template = SENTENCES.get(mistake.code)
    return _(template).format(**mistake.facts) if template else mistake.sentence
