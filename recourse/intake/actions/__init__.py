"""Verbs of intake."""

from recourse.intake.actions.calls import log_call
from recourse.intake.actions.case_files import complaint_file, mapped_file
from recourse.intake.actions.importing import import_file
from recourse.intake.actions.order_files import order_file, retail_file
from recourse.intake.actions.quarantine import discard, quarantine, replay, take_in
from recourse.intake.actions.refusals import discard_refusal, replay_refusal
from recourse.intake.actions.taking import Submitted, submit

__all__ = [
    "Submitted",
    "complaint_file",
    "discard",
    "discard_refusal",
    "import_file",
    "log_call",
    "mapped_file",
    "order_file",
    "quarantine",
    "replay",
    "replay_refusal",
    "retail_file",
    "submit",
    "take_in",
]
