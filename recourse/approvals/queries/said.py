"""Says what the rules say, in the language of the one who reads."""

from django.utils.translation import gettext as _

from recourse.approvals.policy import SENTENCES, Said
from recourse.kit.errors import Refused
from recourse.kit.money import written

_AMOUNTS = frozenset({"needed", "limit", "sum"})
_RIGHTS = frozenset(
    {
        "approval.permission", "approval.proposer", "approval.editor", "approval.beneficiary", "approval.executor",
        "approval.rule_author", "approval.delegation", "approval.not_delegate", "approval.chain", "approval.no_seat",
        "approval.limit", "approval.fresh_factor", "approval.not_yours", "approval.not_approver", "approval.nobody",
        "glass.own", "link.sign_in",
    }
)  # fmt: skip


def say(said: Said) -> str:
    """Return the sentence of a code with its gaps filled: amounts with their decimals, parts in words."""
    currency = str(said.facts.get("currency", ""))
    facts = {}
    for name, value in said.facts.items():
        if name in _AMOUNTS and isinstance(value, int):
            facts[name] = written(value, currency)
        elif name in {"part", "what"}:
            facts[name] = _(SENTENCES[f"{name}.{value}"])
        else:
            facts[name] = str(value)
    return _(SENTENCES[said.code]).format(**facts)


def refused(said: Said) -> Refused:
    """Return a refusal of the rules as the error that doors understand; who may not is a matter of rights."""
    return Refused(said.code, say(said), is_permission=said.code in _RIGHTS)
