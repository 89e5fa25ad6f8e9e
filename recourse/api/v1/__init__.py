"""Version 1 of the JSON door: one module a noun, in alphabetical order."""

from importlib import import_module

from recourse.api.door import api

NOUNS = (
    "accounts", "approvals", "cases", "clocks", "customers", "drafts", "escalations", "handbook", "intake", "keys",
    "messages", "money", "queues", "record", "remedies", "routing", "search", "staff", "teams", "ties", "webhooks",
)  # fmt: skip

for _noun in NOUNS:
    api.add_router("", import_module(f"recourse.api.v1.{_noun}").router, tags=[_noun])

__all__ = ["NOUNS", "api"]
