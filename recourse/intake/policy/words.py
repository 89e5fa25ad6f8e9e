"""The words of intake and its fixed limits."""

import datetime as dt
from enum import StrEnum

PER_SENDER_HOURLY = 10
SENDER_WINDOW = dt.timedelta(hours=1)
RAW_LIMIT = 200_000
BATCH = 500
SHOWN_REFUSALS = 20


class SubmissionState(StrEnum):
    """What became of something that came in."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class CallDirection(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class RunState(StrEnum):
    """How far an import has come."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class RefusalState(StrEnum):
    """What became of a row that could not be taken."""

    WAITING = "waiting"
    REPLAYED = "replayed"
    DISCARDED = "discarded"


class ImportKind(StrEnum):
    """What a file holds."""

    CASES = "cases"
    COMPLAINTS = "complaints"
    RETAIL = "retail"
    ORDERS = "orders"


class ProposalReason(StrEnum):
    """Why a case is proposed as the same as another."""

    SAME_ORDER = "same_order"
    SIMILAR_WORDS = "similar_words"
    NAMED_WITHOUT_PROOF = "named_without_proof"
