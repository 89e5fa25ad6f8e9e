"""How the desk looks to one person: light or dark, comfortable or compact."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from recourse.web.door import POST, next_page, public
from recourse.web.shell import DENSITIES, THEMES

A_YEAR = 365 * 24 * 3600


@public(*POST)
def look(request: HttpRequest) -> HttpResponse:
    """Keep the chosen looks in cookies; they say nothing about the person."""
    answer = HttpResponseRedirect(next_page(request, "/"), status=303)
    for name, allowed in (("theme", THEMES), ("density", DENSITIES)):
        said = request.POST.get(name, "")
        if said in allowed:
            answer.set_cookie(name, said, max_age=A_YEAR, samesite="Lax", secure=request.is_secure())
    return answer
