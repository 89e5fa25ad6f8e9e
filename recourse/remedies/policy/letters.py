"""Letters: which mandatory texts apply, whether a letter holds them, and a letter to begin from."""

from collections.abc import Iterable, Mapping, Sequence

from recourse.handbook.policy.conditions import evaluate
from recourse.handbook.policy.facts import FactValue
from recourse.handbook.policy.remedies import Block, LetterKind, RemedyRules


def blocks_for(kind: LetterKind, known: Mapping[str, FactValue], rules: RemedyRules) -> tuple[Block, ...]:
    """Return the texts that a letter must hold, each once, in the handbook's order."""
    wanted = {
        key
        for rule in rules.letters
        if rule.letter is kind and evaluate(rule.condition, known).holds
        for key in rule.blocks
    }
    return tuple(block for block in rules.blocks if block.key in wanted)


def missing_blocks(text: str, blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Return the blocks whose words do not stand in a text; how lines are broken does not matter."""
    flat = _flat(text)
    return tuple(block for block in blocks if _flat(block.text) not in flat)


def _flat(text: str) -> str:
    return " ".join(text.split())


def begun(paragraphs: Sequence[str], blocks: Iterable[Block]) -> str:
    """Return a letter to begin from: its paragraphs, then every mandatory text."""
    return "\n\n".join([*(part for part in paragraphs if part), *(block.text for block in blocks)])
