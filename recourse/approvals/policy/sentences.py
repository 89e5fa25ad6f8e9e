"""Every sentence that the room's rules can say, by code."""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


SENTENCES: dict[str, str] = {
    "approval.permission": gettext_noop("This needs the right “{permission}”."),
    "approval.state": gettext_noop("This approval is {state}; that can no longer be done."),
    "approval.used": gettext_noop("What was approved is being carried out; it can be reversed, not taken back."),
    "approval.terms_changed": gettext_noop("The terms are not those that you saw. Look at them again, then decide."),
    "approval.nobody": gettext_noop("Only a person can ask for or decide an approval."),
    "approval.proposer": gettext_noop("You proposed this; another person must decide it."),
    "approval.editor": gettext_noop("You worked on these terms; another person must decide them."),
    "approval.beneficiary": gettext_noop("You would gain by this; another person must decide it."),
    "approval.executor": gettext_noop("Nobody both approves and carries out; another person must do one of the two."),
    "approval.rule_author": gettext_noop(
        "You wrote the rules of authority that this falls under; another must decide."
    ),
    "approval.delegation": gettext_noop("A delegation ties you to the {part} of this; somebody else must decide it."),
    "approval.not_delegate": gettext_noop("No delegation lets you act for them now."),
    "approval.chain": gettext_noop("A delegation is never passed on."),
    "approval.no_seat": gettext_noop("The handbook lets {roles} decide this."),
    "approval.limit": gettext_noop("This needs authority over {needed} {currency} for one {what}; yours is {limit}."),
    "approval.twice": gettext_noop("You have decided already; another person must add theirs."),
    "approval.fresh_factor": gettext_noop(
        "For this amount, give your second factor again; it counts for {minutes} minutes."
    ),
    "approval.not_yours": gettext_noop("Only who asked, or who owns the case now, can do this."),
    "approval.not_approver": gettext_noop("Only who approved it can take it back."),
    "approval.nobody_can": gettext_noop(
        "Nobody who may decide has authority over {needed} {currency}. Ask for less, or let the handbook be changed."
    ),
    "approval.no_rate": gettext_noop("The handbook has no rate of exchange for {currency}."),
    "approval.open_already": gettext_noop("An approval for this is open already."),
    "approval.outdated": gettext_noop("This approval is older than {days} days; ask again."),
    "approval.not_asked_back": gettext_noop("Nobody asked anything about it."),
    "glass.reviewed": gettext_noop("This override has been reviewed."),
    "glass.own": gettext_noop("You used the override, or are tied to who did; another person must review it."),
    "link.dead": gettext_noop("This link was used, has run out, or is not one of ours. Sign in to decide."),
    "link.sign_in": gettext_noop("For this amount, sign in and give your second factor."),
    "split.payee": gettext_noop("{count} parts to the same payee in {days} days make {sum} {currency}."),
    "split.customer": gettext_noop("{count} parts to the same customer in {days} days make {sum} {currency}."),
    "split.case": gettext_noop("{count} parts on the same case in {days} days make {sum} {currency}."),
    "split.payment": gettext_noop("{count} parts against the same payment in {days} days make {sum} {currency}."),
    "split.approver": gettext_noop(
        "{count} parts by the same decider for this payee in {days} days make {sum} {currency}."
    ),
    "split.near": gettext_noop("{count} lines just under the limit in {days} days, together {sum} {currency}."),
    "part.proposer": gettext_noop("proposer"),
    "part.editor": gettext_noop("editor"),
    "part.beneficiary": gettext_noop("beneficiary"),
    "part.executor": gettext_noop("executor"),
    "part.rule_author": gettext_noop("author of the rules"),
    "what.line": gettext_noop("line"),
    "what.case": gettext_noop("case"),
    "what.cause": gettext_noop("cause"),
    "what.customer": gettext_noop("customer"),
}
