"""Questions at the door: which queue is the front door, which cases may be the same."""

import datetime as dt

from django.utils.translation import gettext as _

from recourse.cases.models import Case, Queue
from recourse.conversations.queries.reading import first_words_of
from recourse.customers.queries import family_ids
from recourse.handbook.policy.intake import Matching
from recourse.intake.policy.matching import Comparable, Proposal, proposals
from recourse.kit.errors import Refused
from recourse.people.policy import TeamKind
from recourse.search.policy import tokens

COMPARED = 50


def front_door() -> Queue:
    """Return the queue where everything new begins: a front-line team's default one, never the advanced team's."""
    rows = Queue.objects.select_related("team").filter(
        is_active=True, team__is_active=True, team__kind=TeamKind.FRONT_LINE, team__is_walled=False
    )
    found = rows.order_by("-is_default", "slug").first()
    if found is None:
        raise Refused("intake.no_queue", _("No front-line team has a queue yet; set one up first."))
    return found


def duplicates_of(case: Case, words: str, rules: Matching) -> list[Proposal]:
    """Return the recent cases of the same person that may be the same as this one."""
    if case.customer_id is None:
        return []
    within = dt.timedelta(hours=rules.duplicate_within_hours)
    since = case.received_at - within
    rows = Case.objects.filter(customer_id__in=family_ids(case.customer_id), received_at__gte=since, merged_into=None)
    others = list(rows.exclude(pk=case.pk).order_by("-received_at")[:COMPARED])
    if not others:
        return []
    texts = first_words_of([other.pk for other in others])
    return proposals(
        _comparable(case, words),
        [_comparable(other, texts.get(other.pk, "")) for other in others],
        within=within,
        percent=rules.duplicate_similarity_percent,
    )


def _comparable(case: Case, words: str) -> Comparable:
    return Comparable(
        ref=case.ref,
        words=frozenset(tokens(f"{case.subject}\n{words}")),
        order_refs=frozenset(case.order_refs),
        received_at=case.received_at,
    )
