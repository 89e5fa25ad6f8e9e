"""Every sentence that the room's rules can say, by code."""

from recourse.remedies.policy.words import gettext_noop

SENTENCES: dict[str, str] = {
    "line.role_staff": gettext_noop("Only staff do this."),
    "line.role_customer": gettext_noop("Only the customer answers an offer, on their own page."),
    "line.role_desk": gettext_noop("This follows by itself; nobody does it by hand."),
    "line.permission": gettext_noop("You do not have the right “{permission}”."),
    "line.state": gettext_noop("This line is {state}; that cannot be done with it now."),
    "line.needs_acceptance": gettext_noop("The customer has to accept this line first."),
    "line.not_by_hand": gettext_noop("Money is settled by finance and the payment provider, not here."),
    "line.no_approval": gettext_noop("This line has no approval that holds."),
    "harm.unknown": gettext_noop("The handbook does not know this kind of harm."),
    "harm.no_document": gettext_noop("It counts once there is a document for it."),
    "harm.capped": gettext_noop("The handbook makes good {percent} percent of it, up to its cap."),
    "goodwill.severity": gettext_noop("Severity carries it to {percent} percent of the loss."),
    "goodwill.fault": gettext_noop("Fault carries {percent} percent of that."),
    "goodwill.duration": gettext_noop("How long it took: {percent} percent."),
    "goodwill.vulnerability": gettext_noop("The customer’s situation: {percent} percent."),
    "goodwill.capped": gettext_noop("Everything together stays within {percent} percent of the loss."),
}
