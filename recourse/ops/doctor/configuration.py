"""Checks of what the environment says: secrets, hosts, cookies, headers, mail."""

import datetime as dt
import math
import stat
from collections import Counter
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from recourse.ops.doctor.finding import Finding, check, ill, left_out, warning, well

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
KEY_BITS = 200.0


def _site_host() -> str:
    return urlsplit(settings.SITE_URL).hostname or ""


def _is_public() -> bool:
    return _site_host() not in LOOPBACK


@check("secret-key", lazy("The secret key is long and random"))
def secret_key(at: dt.datetime) -> Finding:
    """Estimate the randomness of the key."""
    key = settings.SECRET_KEY
    counts = Counter(key)
    bits = -sum(count * math.log2(count / len(key)) for count in counts.values()) if key else 0.0
    if key.startswith("django-insecure-") or len(key) < 50 or bits < KEY_BITS:
        return ill(_("The secret key can be guessed. Unset RECOURSE_SECRET_KEY, or set 64 random characters."))
    return well()


@check("secret-key-file", lazy("The secret key's file is readable by its owner alone"))
def secret_key_file(at: dt.datetime) -> Finding:
    """Look at the permissions of the file."""
    place = settings.DATA_DIR / "secret_key"
    if not place.exists():
        return left_out(_("The key comes from RECOURSE_SECRET_KEY."))
    if stat.S_IMODE(place.stat().st_mode) & 0o077:
        return ill(_("Others can read the secret key. Run: chmod 600 %(place)s") % {"place": place})
    return well()


@check("debug", lazy("Error pages show nothing of the inside"))
def debug(at: dt.datetime) -> Finding:
    """Look at the debug switch."""
    return ill(_("Debugging is on: errors show settings and data. Unset RECOURSE_DEBUG.")) if settings.DEBUG else well()


@check("hosts", lazy("Only known host names are answered"))
def hosts(at: dt.datetime) -> Finding:
    """Look for a wildcard, and for our own name."""
    if any(host.strip() in {"*", ".", ""} for host in settings.ALLOWED_HOSTS):
        return ill(_("Any host name is answered. Set RECOURSE_HOSTS to the names of this site."))
    if not any(_site_host() == host.strip("[]. ") or (host[:1] == "." and _site_host().endswith(host)) for host in
               settings.ALLOWED_HOSTS):  # fmt: skip
        return ill(
            _("The site's own name %(host)s is not answered. Add it to RECOURSE_HOSTS.") % {"host": _site_host()}
        )
    return well()


@check("https", lazy("Pages travel encrypted"))
def https(at: dt.datetime) -> Finding:
    """Look at the site's address."""
    if settings.SITE_URL.startswith("https://"):
        return well()
    if _is_public():
        return ill(
            _("The site's address is http://. Put a proxy with TLS before it and set RECOURSE_URL to https://….")
        )
    return warning(_("The site is for this machine alone. For others, set RECOURSE_URL to its https:// address."))


@check("cookies", lazy("Session cookies travel over https alone and are hidden from scripts"))
def cookies(at: dt.datetime) -> Finding:
    """Look at the switches of the cookies."""
    if not settings.SESSION_COOKIE_HTTPONLY or settings.SESSION_COOKIE_SAMESITE not in {"Lax", "Strict"}:
        return ill(_("Session cookies can be read by scripts or sent by other sites."))
    if settings.IS_HTTPS and not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE):
        return ill(_("Cookies also travel over http://. SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE must be on."))
    return well()


@check("hsts", lazy("Browsers are told to come by https alone"))
def hsts(at: dt.datetime) -> Finding:
    """Look at the length of the promise."""
    if not settings.IS_HTTPS:
        return left_out(_("The site's address is not https://."))
    if settings.SECURE_HSTS_SECONDS < 15_552_000:
        return warning(_("Browsers may come by http:// first: Strict-Transport-Security is short or missing."))
    return well()


@check("proxy", lazy("Where TLS ends at a proxy, its headers are heeded, and nobody else's"))
def proxy(at: dt.datetime) -> Finding:
    """Compare the switch with the address."""
    if settings.IS_BEHIND_PROXY and not settings.IS_HTTPS:
        return warning(_("RECOURSE_BEHIND_PROXY trusts X-Forwarded-Proto, but the site's address is http://."))
    if settings.IS_HTTPS and not settings.IS_BEHIND_PROXY:
        return warning(
            _("TLS ends before us: set RECOURSE_BEHIND_PROXY=1 behind a proxy that cleans X-Forwarded-Proto.")
        )
    return well()


@check("content-policy", lazy("Pages run no script but ours"))
def content_policy(at: dt.datetime) -> Finding:
    """Look for holes in the content security policy."""
    directives = getattr(settings, "CONTENT_SECURITY_POLICY", {}).get("DIRECTIVES", {})
    scripts = " ".join(str(source) for source in directives.get("script-src", ["*"]))
    if "csp.middleware.CSPMiddleware" not in settings.MIDDLEWARE or "*" in scripts or "unsafe" in scripts:
        return ill(_("The content security policy lets foreign or inline scripts run."))
    return well()


@check("frames", lazy("No other site can frame our pages, types are not guessed"))
def frames(at: dt.datetime) -> Finding:
    """Look at the headers that browsers heed."""
    is_framed = settings.X_FRAME_OPTIONS != "DENY"
    if is_framed or not settings.SECURE_CONTENT_TYPE_NOSNIFF or not settings.SECURE_REFERRER_POLICY:
        return ill(_("Headers that keep pages from being framed, guessed or traced are off."))
    return well()


@check("passwords", lazy("Passwords are kept by a slow hash"))
def passwords(at: dt.datetime) -> Finding:
    """Look at the first hasher."""
    if "Argon2" not in settings.PASSWORD_HASHERS[0]:
        return ill(_("New passwords are not kept by Argon2."))
    return well()


@check("mail", lazy("Mail can leave"))
def mail(at: dt.datetime) -> Finding:
    """Look at the mail server."""
    if not settings.HAS_EMAIL:
        return warning(_("No mail leaves: passwords cannot be reset by mail. Set RECOURSE_EMAIL_URL."))
    is_plain = not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
    if is_plain and settings.EMAIL_HOST not in LOOPBACK:
        return warning(_("Mail goes to another machine in the clear. Use smtps:// or name a user for STARTTLS."))
    return well()


@check("outbound", lazy("Requests to typed-in addresses reach the open internet alone"))
def outbound(at: dt.datetime) -> Finding:
    """Look at the operator's exceptions."""
    if settings.OUTBOUND_ALLOW:
        return warning(
            _("Inner addresses that webhooks may reach: %(allowed)s.")
            % {"allowed": ", ".join(sorted(settings.OUTBOUND_ALLOW))}
        )
    return well()
