"""What is generated from the code agrees with it."""

from pathlib import Path

import pytest
from django.apps import apps

from recourse.timeline.events import catalogue
from tests.house.source import ROOMS, ROOT, is_ours
from tools.docs import OUT, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_fresh(name: str) -> None:
    assert (OUT / name).read_text("utf8") == PAGES[name](), f"run `make docs`: docs/generated/{name} is stale"


def test_the_glossary_explains_every_table_and_every_noun_of_an_event() -> None:
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf8").lower()
    words = {model._meta.verbose_name.lower() for room in ROOMS for model in apps.get_app_config(room).get_models()}
    words |= {name.partition(".")[0].replace("_", " ") for name, cls in catalogue().items() if is_ours(cls)}
    missing = sorted(word for word in words if f"**{word}**" not in glossary)
    assert not missing, missing


def test_the_project_speaks_of_the_product_alone() -> None:
    """No machine's paths and no registry's addresses stand in what is shipped."""
    barred = ("/work/", "/root/", "/home/", "pypi.org", "registry.npmjs", "deb.debian.org")
    found = []
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        is_ours = path.is_file() and "var" not in parts and not any(part.startswith(".") for part in parts[:-1])
        if is_ours and path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".js", ".css", ".json", ""}:
            text = path.read_text("utf8", "replace")
            found += [f"{path.relative_to(ROOT)}: {bad}" for bad in barred if bad in text and path != Path(__file__)]
    assert not found, found
