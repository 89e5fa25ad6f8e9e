"""The one way out: requests to addresses that somebody typed in. Looks a name up once, checks every address against
our own list, connects to the address that was checked, follows nothing, and ends in time and size.

`requests-hardened` was weighed: it checks one address of a name, passes some wrapped ones, never ends a slow answer.
"""

import http.client
import ipaddress
import re
import socket
import ssl
import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from recourse.kit.errors import Refused
from recourse.kit.time import monotonic

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[..., Sequence[tuple[Any, ...]]]
URL_LIMIT = 2_000
ANSWER_LIMIT = 1_000_000
DEADLINE = 15.0
CONNECT_WITHIN = 5.0
PATH_SAFE = "/:?#[]@!$&'()*+,;=%~-._"

_V4_CLOSED = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/4", "240.0.0.0/4",
    )
]  # fmt: skip
_V6_OPEN = ipaddress.IPv6Network("2000::/3")
_V6_CLOSED = [ipaddress.IPv6Network(network) for network in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")]
# IPv4 inside IPv6: mapped, compatible, translated (SIIT), NAT64 well-known, NAT64 local with the address at its end.
_V4_INSIDE = [
    ipaddress.IPv6Network(network)
    for network in ("::ffff:0:0/96", "::/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/96")
]
_INNER_NAMES = (
    "localhost",
    "local",
    "internal",
    "intranet",
    "lan",
    "home",
    "corp",
    "private",
    "localdomain",
    "home.arpa",
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\Z")
_NUMERIC = re.compile(r"(0x[0-9a-f]*|[0-9]+)\Z")
_BARRED_IN_AUTHORITY = re.compile(r"[\x00-\x20\x7f\\@<>^`{|}%\"]")


class UnreachableError(Exception):
    """The request was made and brought no whole answer: `code` is timeout, connection, tls, size or protocol."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _NotConnectedError(UnreachableError):
    """Nothing was sent yet: another address of the same name may be tried."""


@dataclass(frozen=True, slots=True)
class Target:
    """A URL in parts, its host in the form that goes on the wire."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Return host and port, as the Host field and the operator's list name them."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _DEFAULT_PORT[self.scheme] else f"{shown}:{self.port}"

    @property
    def listed(self) -> str:
        """Return `host:port` as the operator's allow-list writes it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: never shown to the person who gave the URL."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    milliseconds: int


_DEFAULT_PORT = {"http": 80, "https": 443}


def is_public(address: Address) -> bool:
    """Tell whether an address belongs to the open internet, whatever it is wrapped in."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _V4_CLOSED)
    if address.scope_id:
        return False
    if any(address in network for network in _V4_INSIDE):
        return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    is_isatap = (int(address) >> 32) & 0xFDFFFFFF == 0x5EFE
    if is_isatap and not is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)):
        return False
    return address in _V6_OPEN and not any(address in network for network in _V6_CLOSED)


def read_url(url: str) -> Target:
    """Return the parts of a URL that may be asked for, without looking anything up. Raises Refused(outbound.…)."""
    if len(url) > URL_LIMIT:
        raise Refused("outbound.length", _("This address is too long."))
    try:
        parts = urlsplit(url.strip(" "))
        authority, port = parts.netloc, parts.port
    except ValueError as error:
        raise Refused("outbound.malformed", _("This is not a web address.")) from error
    if parts.scheme not in _DEFAULT_PORT or not authority:
        raise Refused("outbound.scheme", _("The address must start with https:// or http://."))
    if "@" in authority:
        raise Refused("outbound.login", _("The address must not contain a user name or password."))
    if _BARRED_IN_AUTHORITY.search(authority) or re.search(r"[\x00-\x1f\x7f]", url) or port == 0:
        raise Refused("outbound.malformed", _("This is not a web address."))
    path = quote(parts.path or "/", safe=PATH_SAFE) + (f"?{quote(parts.query, safe=PATH_SAFE)}" if parts.query else "")
    return Target(parts.scheme, _wire_host(parts.hostname or ""), port or _DEFAULT_PORT[parts.scheme], path)


@dataclass(frozen=True, slots=True)
class Outbound:
    """The client. `allow` names `host:port` pairs that the operator trusts though they are not public."""

    allow: frozenset[str] = frozenset()
    lookup: Lookup = field(default=socket.getaddrinfo)

    def check(self, url: str) -> Target:
        """Return the parts of a URL that may be kept. A name that is not found now may be found later.

        Raises Refused where the address is not one of the open internet.
        """
        target = read_url(url)
        try:
            self._addresses(target)
        except UnreachableError:
            return target
        return target

    def send(self, method: str, url: str, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Make one request and return its answer; a redirect is an answer like any other, and is not followed.

        Raises Refused before any connection to a forbidden address; UnreachableError where no whole answer came within
        15 s and 1 MB.
        """
        target = read_url(url)
        addresses = self._addresses(target)
        started = monotonic()
        fields = {"Host": target.authority, "User-Agent": "Recourse", "Connection": "close", **(headers or {})}
        for address in addresses[:2]:
            try:
                return _exchange(_Pinned(target, str(address)), method, target, body, fields, started)
            except _NotConnectedError as failed:
                problem = failed
        raise UnreachableError(problem.code)

    def _addresses(self, target: Target) -> list[Address]:
        """Look the name up once and return its addresses; refuse if a single one is not public."""
        is_trusted = target.listed in self.allow
        if not is_trusted:
            _refuse_inner_name(target.host)
        found = [_plain_address(target.host)] if _plain_address(target.host) else self._look_up(target)
        addresses = [address for address in found if address is not None]
        if not is_trusted and not all(is_public(address) for address in addresses):
            raise Refused("outbound.address", _("This address does not lead to the open internet."))
        return addresses

    def _look_up(self, target: Target) -> list[Address | None]:
        try:
            found = self.lookup(target.host, target.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise UnreachableError("name") from error
        if not found:
            raise UnreachableError("name")
        return [ipaddress.ip_address(entry[4][0]) for entry in found]


def configured() -> Outbound:
    """Return the client with the operator's allow-list (RECOURSE_OUTBOUND_ALLOW)."""
    return Outbound(allow=settings.OUTBOUND_ALLOW)


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked, under the name that was asked for."""

    def __init__(self, target: Target, address: str) -> None:
        super().__init__(target.host, target.port, timeout=CONNECT_WITHIN)
        self._target, self._address = target, address

    def connect(self) -> None:
        """Connect to the checked address; under TLS the certificate must bear the name."""
        self.sock = socket.create_connection((self._address, self._target.port), timeout=CONNECT_WITHIN)
        if self._target.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self._target.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()
        self.sock.settimeout(DEADLINE)


def _exchange(
    connection: _Pinned, method: str, target: Target, body: bytes, fields: Mapping[str, str], started: float
) -> Answer:
    """Connect, ask, and read the answer, all before the deadline."""
    is_late = threading.Event()
    watch = threading.Timer(DEADLINE, _cut, [connection, is_late])
    watch.daemon = True
    watch.start()
    try:
        _connect(connection)
        connection.request(method, target.path, body=body or None, headers=dict(fields))
        response = connection.getresponse()
        taken = response.read(ANSWER_LIMIT + 1)
    except (OSError, http.client.HTTPException) as error:
        raise UnreachableError(
            "timeout" if is_late.is_set() or isinstance(error, TimeoutError) else "protocol"
        ) from error
    finally:
        watch.cancel()
        connection.close()
    if is_late.is_set():
        raise UnreachableError("timeout")
    if len(taken) > ANSWER_LIMIT:
        raise UnreachableError("size")
    named = {name.lower(): value for name, value in response.getheaders()}
    return Answer(response.status, named, taken, round((monotonic() - started) * 1000))


def _connect(connection: _Pinned) -> None:
    try:
        connection.connect()
    except TimeoutError as error:
        raise _NotConnectedError("timeout") from error
    except ssl.SSLError as error:
        raise _NotConnectedError("tls") from error
    except OSError as error:
        raise _NotConnectedError("connection") from error


def _cut(connection: _Pinned, is_late: threading.Event) -> None:
    """End a connection whose time is up, whatever it is waiting for."""
    is_late.set()
    try:
        connection.sock.shutdown(socket.SHUT_RDWR)
    except (OSError, AttributeError):  # closed already, or not yet open
        return


def _wire_host(host: str) -> str:
    """Return a host as it goes on the wire: an address in its plain form, a name in lower-case ASCII."""
    if ":" in host:
        return _bracketed(host)
    try:
        name = unicodedata.normalize("NFKC", host).rstrip(".").encode("idna").decode().lower()
    except UnicodeError as error:
        raise Refused("outbound.malformed", _("This is not a web address.")) from error
    labels = name.split(".")
    if _NUMERIC.match(labels[-1]):
        try:
            return str(ipaddress.IPv4Address(socket.inet_aton(name)))
        except OSError as error:
            raise Refused("outbound.malformed", _("This is not a web address.")) from error
    if len(name) > 253 or not all(_LABEL.match(label) for label in labels):
        raise Refused("outbound.malformed", _("This is not a web address."))
    return name


def _bracketed(host: str) -> str:
    try:
        return str(ipaddress.IPv6Address(host))
    except ValueError as error:
        raise Refused("outbound.malformed", _("This is not a web address.")) from error


def _plain_address(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refuse_inner_name(host: str) -> None:
    is_name = _plain_address(host) is None
    if is_name and ("." not in host or host.endswith(tuple(f".{name}" for name in _INNER_NAMES))):
        raise Refused("outbound.address", _("This address does not lead to the open internet."))
