"""Tables whose rows are written once: the model refuses what the triggers of `kit.triggers` refuse in the database."""

from typing import Any, NoReturn, TypeVar

from django.db import models
from django.utils.translation import gettext as _

from recourse.kit.errors import Refused

T = TypeVar("T", bound=models.Model)


def _refuse() -> NoReturn:
    raise Refused("record.append_only", _("What is on the record is neither changed nor removed."))


class AppendOnlyRows(models.QuerySet[T]):
    """Rows that can be read and added."""

    def update(self, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()

    def delete(self) -> NoReturn:
        """Refuse."""
        _refuse()

    def bulk_create(self, objs: Any, *args: Any, update_conflicts: bool = False, **kwargs: Any) -> list[T]:
        """Add rows; refuse to turn a conflict into a change."""
        if update_conflicts:
            _refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """A row that is saved once and then stands."""

    objects: Any = AppendOnlyRows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the row; refuse to write it again."""
        if not self._state.adding:
            _refuse()
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse."""
        _refuse()
