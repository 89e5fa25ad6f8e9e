"""What receivers outside may know of a thread: the record asks, and does not know what a case is."""

from uuid import UUID

from recourse.cases.models import Case
from recourse.customers.models import Customer


def is_thread_shareable(kind: str, thread_id: UUID) -> bool:
    """Tell whether events of a thread may leave: those of a restricted case never do."""
    if kind == "case":
        return Case.objects.filter(thread_id=thread_id, is_restricted=False).exists()
    return True


def thread_ref(kind: str, thread_id: UUID) -> str:
    """Return the public reference of what a thread tells of, or nothing."""
    if kind == "case":
        case = Case.objects.filter(thread_id=thread_id).first()
        return case.ref if case else ""
    if kind == "customer":
        customer = Customer.objects.filter(thread_id=thread_id).first()
        return customer.ref if customer else ""
    return ""
