"""The transaction of a verb: its own, or that of the verb that called it."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import connection, transaction

P = ParamSpec("P")
T = TypeVar("T")


def verb(act: Callable[P, T]) -> Callable[P, T]:
    """Make a function run whole or not at all.

    Called by another verb it joins that one's transaction without a savepoint: whoever wants to go on after its
    refusal puts the call into `transaction.atomic()`. Under a test's own transaction it keeps a savepoint.
    """

    @wraps(act)
    def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        with transaction.atomic(savepoint=not _is_within_verb()):
            return act(*args, **kwargs)

    return whole


def _is_within_verb() -> bool:
    blocks = connection.atomic_blocks
    return bool(blocks) and not getattr(blocks[-1], "_from_testcase", False)
