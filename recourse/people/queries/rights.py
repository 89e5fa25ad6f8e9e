"""Every right in words, by the noun it is about, for people who give roles."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from recourse.people.policy import Permission

P = Permission

RIGHTS: Mapping[P, Promise] = {
    P.CASE_READ: _("Read cases"),
    P.CASE_READ_WALLED: _("Read cases of walled teams"),
    P.CASE_READ_RESTRICTED: _("Read restricted cases; each reading is recorded"),
    P.CASE_OPEN: _("Open cases"),
    P.CASE_WORK: _("Work on cases: take, note, wait, resolve"),
    P.CASE_ASSIGN: _("Give cases to others"),
    P.CASE_MERGE: _("Merge cases of one customer, and undo it"),
    P.CASE_MERGE_ACROSS: _("Merge cases of different customers"),
    P.CASE_SPLIT: _("Split cases, and undo it"),
    P.CASE_RESTRICT: _("Restrict who reads a case"),
    P.CASE_BULK: _("Act on many cases at once"),
    P.CASE_CLOSE: _("Close cases"),
    P.HOLD_PLACE: _("Place a hold that keeps a case open"),
    P.HOLD_LIFT: _("Lift a hold"),
    P.MESSAGE_SEND: _("Write to customers"),
    P.MESSAGE_NOTE: _("Write internal notes"),
    P.MESSAGE_REDACT: _("Take words out of messages"),
    P.TEMPLATE_EDIT: _("Edit templates for messages"),
    P.ATTACHMENT_READ: _("Download attachments"),
    P.CUSTOMER_READ: _("Read customers"),
    P.CUSTOMER_EDIT: _("Edit customers"),
    P.CUSTOMER_MERGE: _("Merge customers, and undo it"),
    P.ESCALATION_REQUEST: _("Ask for an escalation"),
    P.ESCALATION_GATE: _("Accept, return or redirect escalations"),
    P.ESCALATION_OVERRIDE: _("Set another tier than the matrix gives"),
    P.ESCALATION_WORK: _("Work on escalated cases"),
    P.ESCALATION_HAND_BACK: _("Hand escalated cases back"),
    P.ESCALATION_ACCOUNT: _("Escalate a whole customer account"),
    P.REMEDY_PROPOSE: _("Assess harm and compose remedies"),
    P.REMEDY_OFFER: _("Offer remedies to customers and carry them out"),
    P.REMEDY_FULFIL: _("Confirm that what a remedy gives was done"),
    P.PROMISE_MAKE: _("Promise something to a customer"),
    P.PROMISE_SETTLE: _("Say that a promise was kept or broken"),
    P.CLOCK_MIGRATE: _("Move open clocks to another edition of the rules"),
    P.APPROVAL_ASK: _("Ask for approvals, and decide alone within one's own authority"),
    P.APPROVAL_DECIDE: _("Decide approvals that others ask for"),
    P.APPROVAL_BREAK_GLASS: _("Override approvals in an emergency; each must be reviewed"),
    P.APPROVAL_REVIEW: _("Review emergency overrides"),
    P.QUEUE_TAKE: _("Take the next case of a queue"),
    P.QUEUE_OVERRIDE: _("Take another case than the next"),
    P.QUEUE_EDIT: _("Edit queues"),
    P.INTAKE_LOG: _("Log calls and walk-ins"),
    P.INTAKE_IMPORT: _("Import files"),
    P.INTAKE_QUARANTINE: _("Look through what could not be read"),
    P.HANDBOOK_READ: _("Read the handbook"),
    P.HANDBOOK_EDIT: _("Draft changes to the handbook"),
    P.HANDBOOK_PUBLISH: _("Publish what somebody else drafted"),
    P.TEAM_LEAD: _("Lead: see workload, put members into one’s teams, note absences"),
    P.STAFF_READ: _("See who works here"),
    P.STAFF_EDIT: _("Hire, edit and close accounts; give roles; run teams"),
    P.FIGURES_READ: _("Read figures"),
    P.RECORD_READ: _("Read the record"),
    P.RECORD_EXPORT: _("Export from the record"),
    P.MONEY_READ: _("See money: states, payments, budgets, differences"),
    P.MONEY_CONFIRM: _("Pay by hand, and check what another paid"),
    P.MONEY_RECONCILE: _("Compare with providers, settle differences, hold and free payments"),
    P.MONEY_EXPORT: _("Export the books"),
    P.VOUCHER_REDEEM: _("Redeem vouchers"),
    P.KEY_MAKE: _("Make API keys"),
    P.WEBHOOK_EDIT: _("Edit webhooks"),
    P.SYSTEM_OPERATE: _("Operate the system: health, deliveries, schedule"),
}


def describe(permission: str) -> str:
    """Return what a right lets one do, in words; a right that this version does not know, as it is."""
    return str(RIGHTS[P(permission)]) if permission in set(P) else permission
