"""Raw content as it may be kept: JSON text in which no card number can be read, however it was written."""

import json
from collections.abc import Mapping
from typing import Any

from recourse.intake.policy.words import RAW_LIMIT
from recourse.kit.cards import mask_cards

DEPTH = 20


def raw_text(value: Mapping[str, Any]) -> str:
    """Return what came as JSON text of at most 200,000 characters, each text and number inside it masked."""
    text = json.dumps(_masked(value, 0), ensure_ascii=False, sort_keys=True, default=str)
    return text.replace("\\u0000", "").encode("utf-8", "backslashreplace").decode()[:RAW_LIMIT]


def _masked(value: Any, depth: int) -> Any:
    if depth > DEPTH:
        return "…"
    if isinstance(value, Mapping):
        return {mask_cards(str(key)).text: _masked(one, depth + 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_masked(one, depth + 1) for one in value]
    if isinstance(value, bool) or value is None:
        return value
    masked = mask_cards(str(value))
    return masked.text if masked.count or isinstance(value, str) else value
