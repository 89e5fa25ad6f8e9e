"""Every event is complete: it can be shown, stored, rebuilt, and is explained."""

import dataclasses
import importlib
import json
import re

import pytest

from recourse.timeline.events import Event, catalogue
from tests.house.source import HOUSE, ROOMS

for _room in ROOMS:
    if (HOUSE / _room / "events.py").exists() or (HOUSE / _room / "events").is_dir():
        importlib.import_module(f"recourse.{_room}.events")

PERSONAL = {
    "name",
    "email",
    "phone",
    "address",
    "subject",
    "body",
    "text",
    "note",
    "narrative",
    "reason_text",
    "message",
}


@pytest.mark.parametrize("cls", catalogue().values(), ids=lambda cls: cls.name)
def test_an_event_is_complete(cls: type[Event]) -> None:
    assert re.fullmatch(r"[a-z_]+\.[a-z_]+", cls.name), cls.name
    assert cls.__doc__, f"{cls.name} has no docstring"
    sample = cls(**cls.sample)
    sentence = str(sample.sentence())
    assert sentence
    assert "{" not in sentence
    assert cls.from_payload(sample.payload()) == sample
    assert json.loads(sample.payload()) == dataclasses.asdict(sample)


@pytest.mark.parametrize("cls", catalogue().values(), ids=lambda cls: cls.name)
def test_an_event_holds_no_persons_words(cls: type[Event]) -> None:
    named = {field.name for field in dataclasses.fields(cls)}
    assert not named & PERSONAL, f"{cls.name} carries {named & PERSONAL}"


def test_there_are_events() -> None:
    assert len(catalogue()) > 20
