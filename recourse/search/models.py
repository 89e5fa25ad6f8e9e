"""The table of searchable documents: one row for each case, message, customer or order."""

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.lookups import In, Lookup

from recourse.search.policy import Kind, Phrase, as_fts5, as_tsquery, as_tsvector


class Words(models.TextField):  # type: ignore[type-arg]  # Django gives it none at run time
    """Tokens of a document: a tsvector on PostgreSQL, text beside an FTS5 table on SQLite; asked by `__hold`."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        """Return the column's type."""
        return "tsvector" if connection.vendor == "postgresql" else "text"

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        """Write stored text in the form of the column."""
        return as_tsvector(value) if connection.vendor == "postgresql" else value


@Words.register_lookup
class Hold(Lookup):
    """Whether the document holds a phrase."""

    lookup_name = "hold"
    prepare_rhs = False
    rhs: Phrase

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Ask the GIN index."""
        column, params = compiler.compile(self.lhs)
        return f"{column} @@ %s::tsquery", [*params, as_tsquery(self.rhs)]

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """Ask the FTS5 table by row."""
        alias = compiler.quote_name_unless_alias(self.lhs.alias)
        found = "SELECT rowid FROM search_words WHERE search_words MATCH %s"
        return f'{alias}."id" IN ({found})', [as_fts5(self.rhs)]


@models.UUIDField.register_lookup
class Among(In):
    """Whether a key is one of those that a subquery gives, worked out first and as a whole.

    PostgreSQL guesses badly how many documents hold a rare word, and would walk a million cases asking each; an array
    leaves it no choice. For few keys; `__in` is right where there may be many.
    """

    lookup_name = "among"

    def get_rhs_op(self, connection: BaseDatabaseWrapper, rhs: str) -> str:
        """Write the comparison."""
        return f"= ANY (ARRAY{rhs})" if connection.vendor == "postgresql" else f"IN {rhs}"


class Document(models.Model):
    """What can be found: the words of one thing, and the case or customer that it belongs to."""

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in Kind])
    key = models.UUIDField()
    case_id = models.UUIDField(null=True)
    customer_id = models.UUIDField(null=True)
    is_internal = models.BooleanField(default=False)
    words = Words()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "kind"], name="document_once_per_thing")]
        indexes = [
            models.Index(fields=["case_id"], condition=models.Q(case_id__isnull=False), name="document_by_case"),
            models.Index(
                fields=["customer_id"], condition=models.Q(customer_id__isnull=False), name="document_by_customer"
            ),
        ]
