"""Tables of the handbook: editions, and who worked on each."""

from collections import OrderedDict
from typing import Self

from django.db import models
from django.db.models import F, Q

from recourse.handbook.policy.lifecycle import OPEN, State
from recourse.handbook.policy.reading import read_json
from recourse.handbook.policy.rules import Rules
from recourse.kit.models import Row, Versioned
from recourse.people.models import Staff
from recourse.timeline.models import Thread

KEPT_RULES = 32
_kept: OrderedDict[str, Rules] = OrderedDict()


class EditionRows(models.QuerySet["Edition"]):
    """Questions that start from editions."""

    def published(self) -> Self:
        """Keep what was published, the newest first."""
        return self.filter(state=State.PUBLISHED).order_by("-effective_at", "-number")

    def open(self) -> Self:
        """Keep the draft or proposal that is being worked on."""
        return self.filter(state__in=OPEN)


class Edition(Versioned):
    """One numbered state of the company's rules; once published it never changes.

    The number comes with publication. Author and publisher are absent only in edition 1, which the product brings.
    """

    number = models.PositiveIntegerField(null=True, unique=True)
    state = models.CharField(max_length=12, choices=[(state.value, state.value) for state in State])
    base = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="successors")
    content = models.TextField()
    content_hash = models.CharField(max_length=64)
    note = models.TextField(blank=True)
    author = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    author_person_id = models.UUIDField(null=True)
    publisher = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+")
    publisher_person_id = models.UUIDField(null=True)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    proposed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="edition")

    objects = EditionRows.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="edition_published_means_numbered",
                condition=Q(
                    state=State.PUBLISHED.value,
                    number__isnull=False,
                    published_at__isnull=False,
                    effective_at__isnull=False,
                )
                | (~Q(state=State.PUBLISHED.value) & Q(number__isnull=True, published_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="edition_published_by_second_person",
                condition=~Q(state=State.PUBLISHED.value)
                | Q(number=1, author__isnull=True, publisher__isnull=True)
                | (
                    Q(author_person_id__isnull=False, publisher_person_id__isnull=False)
                    & ~Q(author_person_id=F("publisher_person_id"))
                    & ~Q(author_id=F("publisher_id"))
                ),
            ),
            models.CheckConstraint(
                name="edition_never_reaches_back",
                condition=Q(effective_at__isnull=True) | Q(effective_at__gte=F("published_at")),
            ),
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=[state.value for state in OPEN]), name="edition_one_open"
            ),
        ]
        indexes = [models.Index(fields=["-effective_at", "-number"], name="edition_by_effect")]

    @property
    def is_published(self) -> bool:
        """Tell whether it can no longer change."""
        return self.state == State.PUBLISHED

    @property
    def is_open(self) -> bool:
        """Tell whether it is still being worked on."""
        return self.state in OPEN

    @property
    def rules(self) -> Rules:
        """Return what the edition says; kept in memory by its content hash, so that one text is read once."""
        found = _kept.get(self.content_hash)
        if found is None:
            found = _kept[self.content_hash] = read_json(self.content)
            if len(_kept) > KEPT_RULES:
                _kept.popitem(last=False)
        return found


class EditionEditor(Row):
    """That somebody worked on an edition, and so may not publish it."""

    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="editors")
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "staff"], name="editor_once_per_edition")]
