"""Verbs of conversations."""

from recourse.conversations.actions.bulk import FirstWords, hear_first_words
from recourse.conversations.actions.change import delete_note, edit, mark_no_reply_needed, redact
from recourse.conversations.actions.drafts import beat, discard_draft, leave, save_draft
from recourse.conversations.actions.files import Upload, attach, open_attachment, remove_attachment, sweep_files
from recourse.conversations.actions.following import (
    follow_merge,
    follow_split,
    follow_split_undone,
    follow_unmerge,
)
from recourse.conversations.actions.leaving import Released, bounce, release_due, undo_send
from recourse.conversations.actions.moves import move_messages, return_messages
from recourse.conversations.actions.passes import IssuedPass, issue_pass, revoke_pass
from recourse.conversations.actions.receive import customer_writes
from recourse.conversations.actions.speak import note, reply
from recourse.conversations.actions.templates import edit_template, make_template, retire_template

__all__ = [
    "FirstWords",
    "IssuedPass",
    "Released",
    "Upload",
    "attach",
    "beat",
    "bounce",
    "customer_writes",
    "delete_note",
    "discard_draft",
    "edit",
    "edit_template",
    "follow_merge",
    "follow_split",
    "follow_split_undone",
    "follow_unmerge",
    "hear_first_words",
    "issue_pass",
    "leave",
    "make_template",
    "mark_no_reply_needed",
    "move_messages",
    "note",
    "open_attachment",
    "redact",
    "release_due",
    "remove_attachment",
    "reply",
    "retire_template",
    "return_messages",
    "revoke_pass",
    "save_draft",
    "sweep_files",
    "undo_send",
]
