"""Asking again who it is, before what is sensitive."""

from collections.abc import Callable
from typing import Any, cast

from allauth.account.decorators import reauthentication_required
from django.http import HttpResponseBase

View = Callable[..., HttpResponseBase]


def asked_again(*, looks_free: bool = False) -> Callable[[View], Any]:
    """Make a view ask for password or second factor, unless it was given in the last five minutes.

    With `looks_free` only what changes something asks.
    """
    return cast(Callable[[View], Any], reauthentication_required(allow_get=looks_free))
