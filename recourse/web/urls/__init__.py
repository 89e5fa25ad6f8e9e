"""Every address of the HTML door: one module a family of screens, in alphabetical order."""

from importlib import import_module

from django.urls import URLPattern, URLResolver

FAMILIES: tuple[str, ...] = (
    "account",
    "approvals",
    "case",
    "customer_side",
    "customers",
    "escalations",
    "files",
    "handbook",
    "home",
    "intake",
    "live",
    "look",
    "money",
    "operations",
    "people",
    "queues",
    "record",
    "remedies",
    "sign_in",
    "templates",
    "today",
)

urlpatterns: list[URLPattern | URLResolver] = [
    pattern for family in FAMILIES for pattern in import_module(f"recourse.web.urls.{family}").urlpatterns
]
