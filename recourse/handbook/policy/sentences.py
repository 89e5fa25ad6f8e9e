"""The sentences of every rule that a handbook can break, by code; the doors translate them."""


def gettext_noop(sentence: str) -> str:
    """Mark a sentence for translation without translating it here."""
    return sentence


SENTENCES: dict[str, str] = {
    "toml.syntax": gettext_noop("This is not TOML: {problem}"),
    "toml.long": gettext_noop("A handbook has at most {limit} characters."),
    "path.unknown": gettext_noop("The handbook has no place “{path}”."),
    "text.control": gettext_noop("Character {position} ({code_point}) cannot be stored or shown; take it out."),
    "text.blank": gettext_noop("This cannot be empty."),
    "text.edges": gettext_noop("This begins or ends with a space."),
    "rules.twice": gettext_noop("There are two {what} “{key}”."),
    "rate.senseless": gettext_noop("A rate stands between two currencies and is more than nothing."),
    "rules.unknown": gettext_noop("There is no {what} “{key}”."),
    "rules.missing": gettext_noop("There is no {what} for {key}."),
    "allowance.missing": gettext_noop("Tier {tier}, severity {severity} has no allowance."),
    "allowance.looser": gettext_noop(
        "Tier {tier}: {kind} for severity {severity} may not be longer than for the severity below it."
    ),
    "warning.order": gettext_noop("Warning shares must rise, each from 1 to 99 percent."),
    "statutory.end": gettext_noop("A clock counted in hours ends at the instant and does not roll."),
    "statutory.calendar": gettext_noop("This clock needs a calendar: it counts or rolls by business days."),
    "calendar.zone": gettext_noop("“{zone}” is not a time zone that is known here."),
    "calendar.no_day": gettext_noop("There is no day {day} in month {month}."),
    "calendar.closed": gettext_noop("A calendar needs at least one window in which work is done."),
    "calendar.time": gettext_noop("“{time}” is not a time of day such as 09:00; the end of the day is 24:00."),
    "calendar.overlap": gettext_noop("Windows overlap on {day}."),
    "calendar.overnight": gettext_noop("An exception for one day cannot run past midnight."),
    "matrix.missing": gettext_noop("The matrix has no row for severity {severity}."),
    "matrix.falls": gettext_noop(
        "Severity {severity}, impact {impact} would go to {tier}, lower than a less serious case ({below})."
    ),
    "matrix.front_line": gettext_noop("An escalated case cannot be sent to the front line."),
    "ground.computed": gettext_noop("A computed ground asks for no evidence by hand and needs its counts."),
    "ground.threshold": gettext_noop("An amount of evidence with a minimum needs its thresholds by currency."),
    "ground.evidence": gettext_noop("A ground that is not computed needs at least one required piece of evidence."),
    "entitlement.fixed": gettext_noop("Fixed amounts stand with the basis “fixed amount”, and with no other."),
    "harm.consequential": gettext_noop("Consequential loss needs a document and a cap."),
    "ground.required": gettext_noop("The ground “{key}” cannot be left out."),
    "ladder.order": gettext_noop("Steps must stand in the order in which they fire."),
    "ladder.offset": gettext_noop("A step at the due time has an offset of 0; before or after, 1 minute or more."),
    "condition.syntax": gettext_noop("Character {position}: {problem}"),
    "condition.name": gettext_noop("Character {position}: there is no fact “{name}”.{hint}"),
    "condition.type": gettext_noop("Character {position}: {problem}"),
    "condition.result": gettext_noop("The condition must be true or false; this gives {found}."),
    "condition.long": gettext_noop("A condition has at most {limit} characters."),
    "wait.question": gettext_noop("Only a wait for the customer can need a question."),
    "wait.pauses": gettext_noop("A wait for ourselves cannot pause clocks."),
    "authority.whose": gettext_noop("A limit is that of a role or of a person, one of the two."),
    "authority.order": gettext_noop(
        "Limits must rise: line, case, customer; and the limit for a line may not pass the agent's."
    ),
    "route.band": gettext_noop("A band ends above where it begins."),
    "route.too_few_asked": gettext_noop("{approvers} must approve, but only {asked} are asked at once."),
    "route.reminder": gettext_noop("A reminder must come before the request expires."),
    "route.missing": gettext_noop("The last route must take every line, or some would have none."),
    "route.unreachable": gettext_noop("The route “{key}” is never reached: the one before it takes every line."),
    "intake.limits": gettext_noop("The limit for one attachment is larger than the limit for all together."),
}
