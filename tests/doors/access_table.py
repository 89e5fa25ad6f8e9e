"""Who may use which address: one row for each operation of the API and each screen. A route without a row fails.

`right` is what the caller must hold (None: any who is let in); `on` is the relation of the case in the address by
which a caller who may know of it is tried. A hidden case answers like an absent one, whatever the row says.
"""

from dataclasses import dataclass
from typing import Literal

Audience = Literal["public", "staff", "pass", "key"]


@dataclass(frozen=True)
class Row:
    """One address: for whom, with which right, on which case."""

    right: str | None = None
    on: str = ""
    audience: Audience = "staff"

    def is_met(self, held: frozenset[str]) -> bool:
        """Tell whether somebody holds every right that the row names, with spaces between."""
        return set((self.right or "").split()) <= held


READERS = frozenset(
    {"ada", "ben", "cem", "tess", "gil", "rosa", "rik", "pia", "lea", "ana", "tom", "fin", "aud", "eve"}
)
VISIBLE: dict[str, frozenset[str]] = {
    "own": READERS,
    "team": READERS,
    "other": READERS,
    "asked": READERS,
    "worked": READERS,
    "remedied": READERS,
    "merged": READERS,
    "walled": frozenset({"pia", "lea", "aud", "eve"}),
    "restricted": frozenset({"ben", "rosa", "aud", "eve"}),
}
HIDING = ("walled", "restricted")


def _rows(right: str | None, on: str, *names: str) -> dict[str, Row]:
    return {name: Row(right, on, "key") for name in names}


API: dict[str, Row] = {
    **_rows(None, "own",
        "get_case", "allowed_moves", "list_waits", "list_readers", "list_clocks", "explain_clocks", "explain_clock",
        "list_promises", "list_drafts", "list_draft_files", "who_is_here", "be_here", "leave", "list_escalations",
        "get_account_escalation", "list_calls", "list_messages", "get_message", "message_versions", "case_record",
        "list_holds", "list_links", "preview_escalation", "case_approvals",
    ),
    **_rows(None, "own", "get_remedy"),
    **_rows(None, "remedied", "get_remedy_line", "remedy_line_moves"),
    **_rows("remedy:propose", "own", "assess_remedy"),
    **_rows("remedy:propose", "remedied",
        "add_remedy_line", "add_remedy_refunds", "edit_remedy_line", "withdraw_remedy_line", "propose_remedy_line",
        "replace_remedy_line",
    ),
    **_rows("remedy:offer", "remedied", "execute_remedy_line", "offer_remedy", "recall_offer", "send_letter"),
    **_rows("remedy:fulfil", "remedied", "confirm_remedy_line", "fail_remedy_line"),
    **_rows(None, "", "approvals", "get_approval", "approval_moves", "approval_decisions", "my_authority"),
    **_rows("approval:decide", "", "decide_approval", "pass_up_approval"),
    **_rows("approval:ask", "", "answer_approval", "withdraw_approval"),
    **_rows("approval:break_glass", "", "break_glass"),
    **_rows("approval:review", "", "overrides_to_review", "review_break_glass"),
    **_rows(None, "asked", "get_escalation", "escalation_moves", "escalation_decisions"),
    **_rows("case:work", "own",
        "describe_case", "start_case", "resolve_case", "reopen_case", "assign_case", "release_case", "hand_contact",
        "transfer_case", "grade_case", "set_case_customer", "start_wait", "end_wait", "link_cases",
    ),
    **_rows("case:close", "own", "close_case"),
    **_rows("queue:take", "team", "take_case"),
    **_rows("queue:override", "team", "take_case_instead"),
    **_rows("case:restrict", "own", "restrict_case", "unrestrict_case", "add_reader", "remove_reader"),
    **_rows("hold:place", "own", "place_hold"),
    **_rows("hold:lift", "team", "lift_hold"),
    **_rows("case:merge", "own", "merge_case"),
    **_rows("case:merge", "merged", "unmerge_case"),
    **_rows("case:split", "own", "split_case", "undo_split"),
    **_rows("message:send", "own", "reply", "issue_pass", "revoke_pass"),
    **_rows("message:note", "own", "note"),
    **_rows("message:redact", "own", "redact_message"),
    **_rows(None, "own", "edit_message", "delete_message", "undo_reply"),
    **_rows("message:send", "own", "no_reply_needed", "save_draft", "discard_draft", "attach_files"),
    **_rows(None, "own", "remove_attachment"),
    **_rows("intake:log", "own", "receive_message"),
    **_rows("promise:make", "own", "make_promise"),
    **_rows("escalation:request", "own", "request_escalation"),
    **_rows("escalation:request", "asked", "withdraw_escalation"),
    **_rows("escalation:gate", "asked", "accept_escalation", "return_escalation", "redirect_escalation"),
    **_rows("escalation:override", "asked", "override_tier"),
    **_rows("escalation:hand_back", "worked", "hand_back"),
    **_rows("case:work", "worked", "take_back", "decline_back"),
    **_rows("escalation:work", "worked", "finish_escalation", "judge_escalation"),
    **_rows(None, "",
        "me", "list_rights", "list_notices", "read_notice", "today", "escalations", "list_views", "save_view",
        "change_view", "end_view", "list_queues", "list_cases", "count_cases", "search", "worst_clocks",
        "clocks_standing", "promises_due", "get_promise", "get_staff", "edit_staff", "list_sessions", "end_sessions",
        "list_keys", "get_key", "revoke_key", "list_held_skills", "list_absences", "add_absence", "cancel_absence",
        "list_delegations", "delegate", "end_delegation", "list_webhook_events", "unlink_cases",
    ),
    **_rows("case:open", "", "open_case"),
    **_rows("case:bulk", "", "bulk"),
    **_rows("case:read", "", "list_templates", "get_template"),
    **_rows(None, "", "fill_template"),
    **_rows("template:edit", "", "make_template", "edit_template", "retire_template"),
    **_rows("attachment:read", "", "open_attachment"),
    **_rows("figures:read", "", "compliance", "compliance_clocks"),
    **_rows(None, "", "escalation_precision"),
    **_rows("clock:migrate", "", "migrate_clocks"),
    **_rows("promise:settle", "", "keep_promise", "break_promise", "withdraw_promise", "move_promise"),
    **_rows("escalation:account", "", "group_cases", "ungroup_cases"),
    **_rows("customer:read", "",
        "get_customer", "customer_duplicates", "customer_orders", "customer_record",
    ),
    **_rows(None, "", "search_customers"),
    **_rows("customer:edit", "",
        "register_customer", "edit_customer", "flag_vulnerable", "add_identity", "verify_identity", "prefer_identity",
        "remove_identity", "add_care_note", "end_care_note", "set_consent",
    ),
    **_rows("customer:merge", "", "merge_customer", "unmerge_customer"),
    **_rows("handbook:read", "",
        "list_editions", "get_edition", "current_edition", "get_draft", "edition_moves", "edition_differences",
        "edition_consequences", "list_facts",
    ),
    **_rows("handbook:edit", "",
        "start_draft", "edit_draft", "set_draft_value", "take_holidays", "discard_edition", "propose_edition",
        "take_back_edition",
    ),
    **_rows("handbook:publish", "", "publish_edition"),
    **_rows("intake:log", "", "log_call"),
    **_rows("case:open", "", "take_in"),
    **_rows("intake:quarantine", "",
        "list_quarantine", "get_quarantined", "replay_quarantined", "discard_quarantined",
    ),
    **_rows("intake:import", "", "list_imports", "get_import"),
    **_rows("key:make", "", "make_key", "edit_key"),
    **_rows("queue:edit", "", "set_up_queue"),
    **_rows("queue:take", "", "get_next_case"),
    **_rows("record:read", "", "search_record", "last_checkpoint", "prove_consistency", "get_entry", "prove_entry"),
    **_rows("staff:read", "",
        "list_staff", "list_roles", "list_teams", "list_members", "list_departments", "list_skills", "who_is_away",
    ),
    **_rows("staff:edit", "",
        "hire", "deactivate_staff", "reactivate_staff", "grant_role", "revoke_role", "issue_link", "make_role",
        "edit_role", "make_team", "edit_team", "retire_team", "lead_team", "make_department", "rename_department",
        "make_skill",
    ),
    **_rows(None, "", "join_team", "leave_team", "grant_skill", "revoke_skill"),
    **_rows("money:read", "",
        "money_standing", "list_accounts", "list_money_lines", "list_postings", "list_payments",
        "list_payments_by_hand", "get_payment", "list_breaks", "list_money_tasks", "list_reconciliations",
        "list_budgets", "costs", "check_ledger", "list_vouchers",
    ),
    **_rows("money:confirm", "", "confirm_payment", "check_payment", "refuse_payment"),
    **_rows("money:reconcile", "",
        "judge_payment", "resolve_break", "finish_money_task", "ask_reconciliation", "hold_payments", "free_payments",
        "void_voucher",
    ),
    **_rows("voucher:redeem", "", "redeem_voucher"),
    **_rows("webhook:edit", "",
        "list_webhooks", "add_webhook", "get_webhook", "edit_webhook", "remove_webhook", "rotate_secret",
        "pause_webhook", "resume_webhook", "test_webhook", "list_attempts", "redeliver",
    ),
    **_rows("system:operate", "",
        "list_deliveries", "count_deliveries", "get_delivery", "retry_delivery", "drop_delivery",
    ),
}  # fmt: skip


def _screens(right: str | None, on: str, *names: str) -> dict[str, Row]:
    return {name: Row(right, on) for name in names}


def _open(*names: str) -> dict[str, Row]:
    return {name: Row(audience="public") for name in names}


WEB: dict[str, Row] = {
    **_open(
        "home", "demo", "look", "contact", "file", "payment-report", "account_login", "account_logout", "account_link",
        "decide-by-link", "account_reset_password", "account_reset_password_done", "mfa_authenticate",
        "mfa_login_webauthn",
        "socialaccount_login_cancelled", "openid_connect_login", "openid_connect_callback",
    ),
    **{name: Row(audience="pass") for name in ("my-case", "my-case-write", "my-case-file", "my-case-answer")},
    **_screens(None, "",
        "profile", "mfa_index", "mfa_list_webauthn", "my_sessions", "my_away", "my_keys", "live", "places",
        "account_reauthenticate", "account_change_password", "account_set_password", "mfa_reauthenticate",
        "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes", "mfa_generate_recovery_codes",
        "mfa_add_webauthn", "mfa_reauthenticate_webauthn", "mfa_edit_webauthn", "mfa_remove_webauthn",
        "socialaccount_connections", "setup", "view-save", "view-end", "view", "promise", "today", "today-list", "notice-read",
        "approvals", "approvals-list", "approval", "approval-act", "authority", "people_one", "people_key_revoke", "people_delegation_end", "people_away_cancel",
    ),
    **_screens(None, "own",
        "case", "case-story", "case-panel", "case-verb", "case-clock", "case-draft", "case-here", "case-file",
        "case-file-off", "case-authority", "case-edit", "case-versions", "case-message", "case-arrival",
    ),
    **_screens("message:send", "own", "case-reply", "case-link", "case-unlink", "case-template", "case-templates"),
    **_screens("message:note", "own", "case-note"),
    **_screens("intake:log", "own", "case-call"),
    **_screens("intake:log", "", "call"),
    **_screens("promise:make", "own", "case-promise"),
    **_screens("promise:settle", "", "promise-act"),
    **_screens("case:read", "", "promises", "inbox", "queues", "queue", "search"),
    **_screens("case:bulk", "", "bulk"),
    **_screens("customer:read", "", "customers", "customer", "customer-act"),
    **_screens("customer:edit", "", "customer-identity", "customer-note-end"),
    **_screens(None, "own", "remedy"),
    **_screens("remedy:propose", "own", "remedy-assess", "remedy-would-follow"),
    **_screens("remedy:propose", "remedied", "remedy-line-new", "remedy-refunds"),
    **_screens("remedy:offer", "remedied", "remedy-offer", "remedy-letter", "remedy-letter-check", "remedy-recall"),
    **_screens(None, "remedied", "remedy-line-act"),
    **_screens("escalation:gate", "", "gate"),
    **_screens("approval:review", "", "approvals-review", "approval-review"),
    **_screens("escalation:request", "own", "escalate", "escalate-verdict"),
    **_screens(None, "asked", "escalation", "escalation-move"),
    **_screens("handbook:read", "",
        "handbook", "handbook_history", "handbook_facts", "handbook_edition", "handbook_draft",
        "handbook_consequences",
    ),
    **_screens("handbook:edit", "",
        "handbook_begin", "handbook_value", "handbook_removal", "handbook_text", "handbook_holidays",
        "handbook_proposal", "handbook_return", "handbook_end",
    ),
    **_screens("handbook:publish", "", "handbook_publication"),
    **_screens("intake:quarantine", "", "quarantine", "quarantined"),
    **_screens("intake:import", "", "imports", "import", "import-row"),
    **_screens("system:operate", "", "style", "style_layout", "operations", "delivery-act"),
    **_screens("money:read", "",
        "money", "money-waiting", "money-budgets", "money-payments", "money-by-hand", "money-payment",
        "money-differences", "money-postings", "money-costs", "money-vouchers",
    ),
    **_screens("money:reconcile", "", "money-task", "money-difference", "money-stop"),
    **_screens("money:export", "", "money-export"),
    **_screens("webhook:edit", "", "webhooks", "webhook"),
    **_screens("staff:read", "",
        "people", "people_roles", "people_teams", "people_team", "people_departments", "people_skills", "people_away",
        "people_delegations", "people_skill", "people_member",
    ),
    **_screens("staff:edit", "",
        "people_hire", "people_edit", "people_close", "people_role", "people_link", "people_sessions",
        "people_role_new", "people_role_edit", "people_team_new", "people_team_edit", "people_team_retire",
    ),
    **_screens("key:make", "", "people_keys", "people_key_new", "people_key_edit"),
    **_screens("record:read", "", "record", "record-entry"),
    **_screens("template:edit", "", "templates", "template-new", "template", "template-retire"),
    **_screens("queue:take", "", "get-next"),
    **_screens("queue:override", "", "take-instead"),
    **_screens("figures:read staff:read", "", "team"),
}  # fmt: skip
