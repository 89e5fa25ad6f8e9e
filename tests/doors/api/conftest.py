"""What every test of the JSON door starts from: nobody is throttled unless a test says so."""

from collections.abc import Iterator

import pytest

from recourse.api.limits import api_limiter, stranger_limiter


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let callers call as often as a test needs."""
    for limiter in (api_limiter, stranger_limiter):
        monkeypatch.setattr(limiter, "rate", 1e9)
        monkeypatch.setattr(limiter, "burst", 1e9)
        limiter.forget()
    yield
    for limiter in (api_limiter, stranger_limiter):
        limiter.forget()
