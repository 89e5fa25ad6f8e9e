"""The sentence of every refusal of this room, by code; each says why and, where it helps, who could."""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


SENTENCES: dict[str, str] = {
    "permission.missing": gettext_noop("You do not have the right “%(permission)s”. Who has it: %(who)s."),
    "case.stage": gettext_noop("The case is %(stage)s; this can be done while it is %(stages)s."),
    "case.read_only": gettext_noop(
        "You may read this case, not work on it. Its owner, the members of %(team)s, and team leads can."
    ),
    "case.walled": gettext_noop("%(team)s works behind a wall: only its members may work on its cases."),
    "case.held": gettext_noop("A hold keeps the case open: %(holds)s. Lift it first."),
    "case.blocked": gettext_noop("It is blocked by %(refs)s, which must be resolved first."),
    "case.parts_open": gettext_noop("Parts of it are still open: %(refs)s."),
    "case.owned": gettext_noop("Somebody owns the case already. A team lead can give it to another person."),
    "case.not_yours": gettext_noop("Only the owner or a team lead can do this."),
    "case.waiting": gettext_noop("The case waits already; end that wait first."),
    "case.not_waiting": gettext_noop("The case does not wait for anybody."),
    "case.unowned": gettext_noop("Nobody owns the case; take it first."),
    "case.unanswered": gettext_noop("This reason needs an answer to the customer, and none has been sent."),
    "case.not_restricted": gettext_noop("The case is not restricted."),
    "case.restricted_already": gettext_noop("The case is restricted already."),
    "owner.absent_right": gettext_noop("%(name)s does not have the right to work on cases."),
    "owner.left": gettext_noop("%(name)s no longer works here."),
    "owner.outside_wall": gettext_noop("%(name)s is not a member of %(team)s, whose cases only its members may see."),
    "owner.same": gettext_noop("%(name)s owns the case already."),
    "owner.nobody": gettext_noop("Only a person can own a case."),
    "queue.same": gettext_noop("The case stands in this queue already."),
    "queue.closed": gettext_noop("This queue is closed."),
    "wait.unknown": gettext_noop("The handbook has no reason for waiting “%(reason)s”."),
    "wait.question": gettext_noop(
        "Waiting for this stops the clocks, so it needs the question that was sent to the customer."
    ),
    "hold.unknown": gettext_noop("The handbook has no reason for holding “%(reason)s”."),
    "hold.twice": gettext_noop("The case is held for this already."),
    "close.unknown": gettext_noop("The handbook has no reason for closing “%(reason)s”."),
    "link.self": gettext_noop("A case cannot be linked to itself."),
    "link.twice": gettext_noop("The two cases are linked so already."),
    "link.circle": gettext_noop("This would go in a circle: %(target)s already leads back to %(source)s."),
    "link.single": gettext_noop("The case is linked so to another case already; end that link first."),
    "link.ended": gettext_noop("This link has ended already."),
    "merge.self": gettext_noop("A case cannot be merged into itself."),
    "merge.into_closed": gettext_noop("%(kept)s is %(stage)s; merge only into an open case."),
    "merge.other_customer": gettext_noop(
        "The cases belong to different customers. Merging would show one person's case to those who work for the "
        "other; it needs the right “case:merge_across” and an explicit yes. Who has it: %(who)s."
    ),
    "merge.walled": gettext_noop(
        "%(joined)s belongs to %(team)s, which works behind a wall; merge the other way round."
    ),
    "merge.restricted": gettext_noop(
        "One of the cases is restricted. Whoever merges them must have the right “case:restrict”. Who has it: %(who)s."
    ),
    "merge.lower_tier": gettext_noop(
        "%(joined)s is worked at a higher tier than %(kept)s; merge the other way round, so that nothing falls back."
    ),
    "merge.undone": gettext_noop("No merge of this case stands that could be undone."),
    "merge.kept_merged": gettext_noop("%(kept)s has itself been merged; undo that first."),
    "merge.kept_elsewhere": gettext_noop("%(kept)s is worked by %(team)s; its owner or that team can undo this."),
    "split.undone": gettext_noop("This case was not split off, or that was undone already."),
    "reader.already": gettext_noop("%(name)s is a reader of this case already."),
    "reader.not": gettext_noop("This person is not a named reader of the case."),
    "reader.cannot_read": gettext_noop("%(name)s no longer works here."),
    "customer.same": gettext_noop("The case belongs to this customer already."),
    "view.not_yours": gettext_noop("Only its owner, or for a team's view a lead of the team, can change it."),
    "bulk.unknown": gettext_noop("There is no bulk act “%(act)s”."),
    "bulk.many": gettext_noop("At most %(limit)s cases at a time."),
}
