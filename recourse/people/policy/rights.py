"""Rights and the roles that hold them."""

from enum import StrEnum


class Permission(StrEnum):
    """Every right there is: noun:verb. A new verb needs one of these."""

    CASE_READ = "case:read"
    CASE_READ_WALLED = "case:read_walled"
    CASE_READ_RESTRICTED = "case:read_restricted"
    CASE_OPEN = "case:open"
    CASE_WORK = "case:work"
    CASE_ASSIGN = "case:assign"
    CASE_MERGE = "case:merge"
    CASE_MERGE_ACROSS = "case:merge_across"
    CASE_SPLIT = "case:split"
    CASE_RESTRICT = "case:restrict"
    CASE_BULK = "case:bulk"
    CASE_CLOSE = "case:close"
    HOLD_PLACE = "hold:place"
    HOLD_LIFT = "hold:lift"
    MESSAGE_SEND = "message:send"
    MESSAGE_NOTE = "message:note"
    MESSAGE_REDACT = "message:redact"
    TEMPLATE_EDIT = "template:edit"
    ATTACHMENT_READ = "attachment:read"
    CUSTOMER_READ = "customer:read"
    CUSTOMER_EDIT = "customer:edit"
    CUSTOMER_MERGE = "customer:merge"
    ESCALATION_REQUEST = "escalation:request"
    ESCALATION_GATE = "escalation:gate"
    ESCALATION_OVERRIDE = "escalation:override"
    ESCALATION_WORK = "escalation:work"
    ESCALATION_HAND_BACK = "escalation:hand_back"
    ESCALATION_ACCOUNT = "escalation:account"
    REMEDY_PROPOSE = "remedy:propose"
    REMEDY_OFFER = "remedy:offer"
    REMEDY_FULFIL = "remedy:fulfil"
    PROMISE_MAKE = "promise:make"
    PROMISE_SETTLE = "promise:settle"
    CLOCK_MIGRATE = "clock:migrate"
    APPROVAL_ASK = "approval:ask"
    APPROVAL_DECIDE = "approval:decide"
    APPROVAL_BREAK_GLASS = "approval:break_glass"
    APPROVAL_REVIEW = "approval:review"
    QUEUE_TAKE = "queue:take"
    QUEUE_OVERRIDE = "queue:override"
    QUEUE_EDIT = "queue:edit"
    INTAKE_LOG = "intake:log"
    INTAKE_IMPORT = "intake:import"
    INTAKE_QUARANTINE = "intake:quarantine"
    HANDBOOK_READ = "handbook:read"
    HANDBOOK_EDIT = "handbook:edit"
    HANDBOOK_PUBLISH = "handbook:publish"
    TEAM_LEAD = "team:lead"
    STAFF_READ = "staff:read"
    STAFF_EDIT = "staff:edit"
    FIGURES_READ = "figures:read"
    RECORD_READ = "record:read"
    RECORD_EXPORT = "record:export"
    MONEY_READ = "money:read"
    MONEY_CONFIRM = "money:confirm"
    MONEY_RECONCILE = "money:reconcile"
    MONEY_EXPORT = "money:export"
    VOUCHER_REDEEM = "voucher:redeem"
    KEY_MAKE = "key:make"
    WEBHOOK_EDIT = "webhook:edit"
    SYSTEM_OPERATE = "system:operate"


P = Permission
_DESK = {P.CASE_READ, P.CUSTOMER_READ, P.ATTACHMENT_READ, P.HANDBOOK_READ, P.STAFF_READ}
_FRONT = _DESK | {
    P.CASE_OPEN, P.CASE_WORK, P.CASE_CLOSE, P.CASE_SPLIT, P.CASE_MERGE, P.MESSAGE_SEND, P.MESSAGE_NOTE, P.CUSTOMER_EDIT,
    P.ESCALATION_REQUEST, P.PROMISE_MAKE, P.PROMISE_SETTLE, P.QUEUE_TAKE, P.INTAKE_LOG, P.HOLD_PLACE,
    P.APPROVAL_ASK,
}  # fmt: skip
_REMEDY = {P.REMEDY_PROPOSE, P.REMEDY_OFFER, P.REMEDY_FULFIL}
_RESOLVER = (
    _FRONT | _REMEDY | {P.ESCALATION_WORK, P.ESCALATION_HAND_BACK, P.HOLD_LIFT, P.CASE_RESTRICT, P.MESSAGE_REDACT}
)
_LEAD = _RESOLVER | {
    P.CASE_ASSIGN, P.CASE_BULK, P.CASE_READ_WALLED, P.ESCALATION_GATE, P.ESCALATION_OVERRIDE, P.ESCALATION_ACCOUNT,
    P.QUEUE_OVERRIDE, P.QUEUE_EDIT, P.TEAM_LEAD, P.FIGURES_READ, P.CUSTOMER_MERGE, P.CASE_MERGE_ACROSS,
    P.TEMPLATE_EDIT, P.INTAKE_QUARANTINE, P.HANDBOOK_EDIT, P.HANDBOOK_PUBLISH, P.RECORD_READ, P.CLOCK_MIGRATE,
    P.APPROVAL_DECIDE, P.APPROVAL_BREAK_GLASS, P.MONEY_READ,
}  # fmt: skip

ROLES: dict[str, frozenset[Permission]] = {
    "front-line agent": frozenset(_FRONT),
    "customer-experience specialist": frozenset(_FRONT | _REMEDY | {P.FIGURES_READ, P.TEMPLATE_EDIT}),
    "technical support": frozenset(_FRONT | {P.ESCALATION_WORK, P.REMEDY_FULFIL}),
    "gatekeeper": frozenset(_DESK | {P.ESCALATION_GATE, P.ESCALATION_OVERRIDE, P.MESSAGE_NOTE, P.FIGURES_READ}),
    "resolver": frozenset(_RESOLVER),
    "team lead": frozenset(_LEAD),
    "department member": frozenset({P.MESSAGE_NOTE, P.HANDBOOK_READ, P.ATTACHMENT_READ}),
    "analyst": frozenset({P.CASE_READ, P.FIGURES_READ, P.HANDBOOK_READ, P.STAFF_READ}),
    "trainer": frozenset({P.CASE_READ, P.HANDBOOK_READ, P.STAFF_READ, P.FIGURES_READ}),
    "finance": frozenset({
        P.CASE_READ, P.CUSTOMER_READ, P.MESSAGE_NOTE, P.HANDBOOK_READ, P.RECORD_READ, P.FIGURES_READ,
        P.APPROVAL_DECIDE, P.APPROVAL_REVIEW,
        P.MONEY_READ, P.MONEY_CONFIRM, P.MONEY_RECONCILE, P.MONEY_EXPORT, P.VOUCHER_REDEEM, P.REMEDY_FULFIL,
    }),
    "legal": frozenset({
        P.CASE_READ, P.CUSTOMER_READ, P.ATTACHMENT_READ, P.MESSAGE_NOTE, P.HANDBOOK_READ, P.STAFF_READ,
        P.APPROVAL_DECIDE,
    }),
    "director": frozenset(_DESK | {
        P.CASE_READ_WALLED, P.MESSAGE_NOTE, P.FIGURES_READ, P.RECORD_READ, P.APPROVAL_DECIDE, P.APPROVAL_BREAK_GLASS,
        P.APPROVAL_REVIEW,
    }),
    "auditor": frozenset({
        P.CASE_READ, P.CASE_READ_WALLED, P.CASE_READ_RESTRICTED, P.CUSTOMER_READ, P.ATTACHMENT_READ, P.HANDBOOK_READ,
        P.STAFF_READ, P.RECORD_READ, P.RECORD_EXPORT, P.FIGURES_READ, P.APPROVAL_REVIEW,
        P.MONEY_READ, P.MONEY_EXPORT,
    }),
    "administrator": frozenset({
        P.STAFF_READ, P.STAFF_EDIT, P.KEY_MAKE, P.WEBHOOK_EDIT, P.SYSTEM_OPERATE, P.HANDBOOK_READ, P.HANDBOOK_EDIT,
        P.HANDBOOK_PUBLISH, P.QUEUE_EDIT, P.TEMPLATE_EDIT, P.INTAKE_IMPORT, P.INTAKE_QUARANTINE, P.RECORD_READ,
        P.FIGURES_READ,
    }),
}  # fmt: skip
