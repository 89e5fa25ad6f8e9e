"""Verbs of a customer."""

from recourse.customers.actions.care import add_care_note, end_care_note, set_consent
from recourse.customers.actions.identities import add_identity, prefer_identity, remove_identity, verify_identity
from recourse.customers.actions.merging import merge, unmerge
from recourse.customers.actions.orders import Outcome, Told, upsert_order, upsert_orders
from recourse.customers.actions.people import NewCustomer, edit_profile, flag_vulnerable, register, register_many

__all__ = [
    "NewCustomer",
    "Outcome",
    "Told",
    "add_care_note",
    "add_identity",
    "edit_profile",
    "end_care_note",
    "flag_vulnerable",
    "merge",
    "prefer_identity",
    "register",
    "register_many",
    "remove_identity",
    "set_consent",
    "unmerge",
    "upsert_order",
    "upsert_orders",
    "verify_identity",
]
