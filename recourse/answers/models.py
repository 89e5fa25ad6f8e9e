"""The table of answers that are kept for requests sent again."""

from django.db import models

from recourse.kit.models import Row


class Answer(Row):
    """One request under a key, and what was answered."""

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.BinaryField(default=bytes)
    headers = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    lapses_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scope", "key"], name="answer_once_per_key")]
