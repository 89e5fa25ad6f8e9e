"""Addresses: where a redirect may go, and where links point. The Host header has no say in either."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def is_home(url: str | None) -> bool:
    """Tell whether a redirect target is a path of this desk: one slash first, no host, nothing unprintable."""
    if not url or not url.startswith("/") or not url.isprintable() or "\\" in url:
        return False
    return url_has_allowed_host_and_scheme(url, allowed_hosts=set(), require_https=settings.IS_HTTPS)


def absolute(path: str) -> str:
    """Return the full address of a path, on the site that the operator named."""
    return f"{settings.SITE_URL}{path}"


def site_host() -> str:
    """Return the host name of the site, without a port."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def client_address(request: HttpRequest, found: str | None) -> str:
    """Return the address that a request came from; one for all where the server passes none on."""
    return found or "127.0.0.1"
