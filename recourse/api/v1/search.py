"""One search over cases and customers, for a palette."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema

from recourse.api.door import answers
from recourse.api.v1.customers import CustomerOut
from recourse.api.v1.shapes import CaseOut, at, viewer
from recourse.cases.queries.lists import list_cases
from recourse.customers.queries import search_customers

router = Router()


class FoundOut(Schema):
    """The newest cases and customers that match."""

    cases: list[CaseOut]
    customers: list[CustomerOut]


@router.get("/search", response=answers(FoundOut), operation_id="search")
def search(
    request: HttpRequest,
    q: Annotated[str, Query(min_length=1, max_length=300)],
    size: Annotated[int, Query(ge=1, le=50)] = 10,
) -> Any:
    """Return the cases (by themselves or by a message) and the customers that hold the words."""
    cases = list_cases(q, viewer=viewer(request), at=at(request), size=size).rows
    return {"cases": cases, "customers": list(search_customers(q, viewer=viewer(request))[:size])}
