"""What was published stays as it was: against the product's own code, and against direct SQL as the owner."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from recourse.handbook.models import Edition, EditionEditor
from tests.cast import AT, Cast
from tests.rooms.handbook.test_editions import drafted, published

ATTACKS = [
    "UPDATE handbook_edition SET content = '{}' WHERE number = 2",
    "UPDATE handbook_edition SET effective_at = created_at WHERE number = 2",
    "UPDATE handbook_edition SET state = 'draft', number = NULL, published_at = NULL WHERE number = 2",
    "UPDATE handbook_edition SET number = 9 WHERE number = 2",
    "DELETE FROM handbook_editioneditor",
    "UPDATE handbook_editioneditor SET person_id = edition_id",
    "DELETE FROM handbook_edition WHERE number = 2",
]
ATTACKS_ON_SQLITE = [
    "INSERT OR REPLACE INTO handbook_edition SELECT * FROM handbook_edition WHERE number = 2",
    "REPLACE INTO handbook_edition SELECT * FROM handbook_edition WHERE number = 1",
]
ATTACKS_ON_POSTGRESQL = ["TRUNCATE handbook_edition CASCADE", "TRUNCATE handbook_editioneditor"]


def _content() -> list[str]:
    return list(Edition.objects.published().values_list("content", flat=True))


def test_a_published_edition_cannot_be_changed_by_any_sql(cast: Cast) -> None:
    published(cast)
    before, editors = _content(), EditionEditor.objects.count()
    special = {"postgresql": ATTACKS_ON_POSTGRESQL, "sqlite": ATTACKS_ON_SQLITE}[connection.vendor]
    for attack in [*ATTACKS, *special]:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)
    assert (_content(), EditionEditor.objects.count()) == (before, editors)


def test_a_published_edition_cannot_be_saved_or_deleted(cast: Cast) -> None:
    edition = published(cast)
    edition.content = "{}"
    with pytest.raises(DatabaseError), transaction.atomic():
        edition.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        Edition.objects.filter(pk=edition.pk)._raw_delete(using="default")  # type: ignore[attr-defined]


@pytest.mark.parametrize("same", ["person", "account"])
def test_the_database_too_wants_a_second_person(cast: Cast, same: str) -> None:
    draft = drafted(cast)
    lea, peer = cast.staff["lea"], cast.staff["max"]
    publisher = lea if same == "account" else peer
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=draft.pk).update(
            state="published", number=2, published_at=AT, effective_at=AT, publisher=publisher,
            publisher_person_id=lea.person_id if same == "person" else peer.person_id,
        )  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"state": "published"},
        {"number": 2},
        {"state": "published", "number": 1},
        {"state": "published", "number": 2, "published_at": AT, "effective_at": AT},
    ],
)
def test_the_database_refuses_a_half_published_edition(cast: Cast, change: dict[str, object]) -> None:
    draft = drafted(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.filter(pk=draft.pk).update(**change)
