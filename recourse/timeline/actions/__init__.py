"""Verbs of the record."""

from recourse.timeline.actions.checkpoints import seal, sign_checkpoint
from recourse.timeline.actions.deliver import (
    claim,
    drop_delivery,
    prune_deliveries,
    release,
    retry_delivery,
    run_delivery,
)
from recourse.timeline.actions.record import Happening, open_thread, operations_thread, record, record_many, shred
from recourse.timeline.actions.schedule import beat, claim_slot, finish_slot, plan_slots, start_worker, stop_worker
from recourse.timeline.actions.sending import plug_webhooks, prune_attempts
from recourse.timeline.actions.threads import open_threads
from recourse.timeline.actions.webhooks import (
    add_webhook,
    edit_webhook,
    pause_webhook,
    redeliver,
    remove_webhook,
    resume_webhook,
    rotate_secret,
    try_webhook,
)

__all__ = [
    "Happening",
    "add_webhook",
    "beat",
    "claim",
    "claim_slot",
    "drop_delivery",
    "edit_webhook",
    "finish_slot",
    "open_thread",
    "open_threads",
    "operations_thread",
    "pause_webhook",
    "plan_slots",
    "plug_webhooks",
    "prune_attempts",
    "prune_deliveries",
    "record",
    "record_many",
    "redeliver",
    "release",
    "remove_webhook",
    "resume_webhook",
    "retry_delivery",
    "rotate_secret",
    "run_delivery",
    "seal",
    "shred",
    "sign_checkpoint",
    "start_worker",
    "stop_worker",
    "try_webhook",
]
