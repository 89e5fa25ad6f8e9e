"""What the record is made of, and the pure rules over it: the chain, the tree, its check, audiences, retries."""

from recourse.timeline.policy.audiences import Audience, audiences_for
from recourse.timeline.policy.chain import GENESIS, Sealed, canonical, chain_hash, note_hash, thread_start
from recourse.timeline.policy.checking import Checker, Fault, FaultKind, Head, Kept, Mark
from recourse.timeline.policy.outbox import ATTEMPTS, DeliveryState, WebhookState, is_worn_out, retry_at
from recourse.timeline.policy.tree import (
    STORED_HEIGHT,
    Tree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    node_of_list,
    node_place,
    nodes_needed,
    proves_consistency,
    proves_inclusion,
    tree_root,
)

__all__ = [
    "ATTEMPTS",
    "GENESIS",
    "STORED_HEIGHT",
    "Audience",
    "Checker",
    "DeliveryState",
    "Fault",
    "FaultKind",
    "Head",
    "Kept",
    "Mark",
    "Sealed",
    "Tree",
    "WebhookState",
    "audiences_for",
    "canonical",
    "chain_hash",
    "consistency_proof",
    "inclusion_proof",
    "is_worn_out",
    "leaf_hash",
    "node_hash",
    "node_of_list",
    "node_place",
    "nodes_needed",
    "note_hash",
    "proves_consistency",
    "proves_inclusion",
    "retry_at",
    "thread_start",
    "tree_root",
]
