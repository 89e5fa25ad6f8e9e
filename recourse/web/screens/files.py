"""Files on their way to a browser: by ticket alone, without cookies, as a download that cannot run."""

from io import BytesIO

from django.http import FileResponse, HttpRequest

from recourse.conversations.queries import download
from recourse.web.door import GET, public

SANDBOX = "default-src 'none'; sandbox"


@public(*GET)
def file(request: HttpRequest, ticket: str) -> FileResponse:
    """Give out the file that a ticket opens; the ticket alone decides, whoever holds it, for five minutes."""
    found = download(ticket)
    response = FileResponse(
        BytesIO(found.content), as_attachment=True, filename=found.name, content_type="application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    response["Cache-Control"] = "private, no-store"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
