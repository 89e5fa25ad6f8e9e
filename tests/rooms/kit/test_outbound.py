"""No address that somebody typed in reaches inside: at keeping, at sending, after a redirect, after a change of names."""

import http.server
import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from recourse.kit import outbound
from recourse.kit.errors import Refused
from recourse.kit.outbound import Outbound, UnreachableError, is_public, read_url

LISTS = Path(__file__).resolve().parents[4] / "shared" / "data" / "security_lists" / "ssrf_urls.json"
SECOND = 1.0
TOO_LARGE = b"x" * (outbound.ANSWER_LIMIT + 10)


class Listener(http.server.BaseHTTPRequestHandler):
    """Answers by path, and writes down who came."""

    def do_GET(self) -> None:
        """Answer as the path says."""
        self.server.seen.append((self.path, dict(self.headers)))  # type: ignore[attr-defined]
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "http://169.254.169.254/latest/meta-data/")
            self.end_headers()
            return
        body = TOO_LARGE if self.path == "/big" else b"xxxxx"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            self.wfile.write(body)
        except OSError:
            return

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def listener() -> Iterator[Any]:
    """Return a server on this machine: no test may see it reached by an address that is not on the operator's list."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.seen = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def trusted(listener: Any, **names: list[str]) -> Outbound:
    """Return the client with the listener on the operator's list."""
    return Outbound(allow=frozenset({f"127.0.0.1:{listener.server_port}"}), lookup=fake(**names))


def fake(**names: list[str]) -> Any:
    """Return a look-up that knows these names alone and counts its questions."""

    def lookup(host: str, port: int, **options: Any) -> list[tuple[Any, ...]]:
        lookup.asked.append(host)  # type: ignore[attr-defined]
        found = names.get(host.replace(".", "_").replace("-", "_"))
        if found is None:
            raise socket.gaierror(f"{host} is not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    lookup.asked = []  # type: ignore[attr-defined]
    return lookup


CLOSED = [
    "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.254", "127.0.0.1", "127.255.255.254", "169.254.169.254",
    "172.16.0.1", "172.31.255.254", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1",
    "198.19.255.254", "198.51.100.7", "203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::169.254.169.254", "64:ff9b:1:7f00:0:100::", "2002:7f00:1::",
    "2002:a9fe:a9fe::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2001:20::1", "3fff::1",
    "100::1", "fc00::1", "fd12:3456::1", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "ff0e::1", "5f00::1", "4000::1",
    "2606:4700::5efe:7f00:1", "2606:4700::200:5efe:10.0.0.1",
]  # fmt: skip
OPEN = [
    "1.1.1.1", "8.8.8.8", "142.42.1.1", "172.15.0.1", "172.32.0.1", "192.0.1.1", "223.255.255.254", "100.63.0.1",
    "100.128.0.1", "2001:4860:4860::8888", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "::8.8.8.8",
]  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_an_inner_address_is_known_in_every_wrapping(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OPEN)
def test_an_address_of_the_open_internet_is_not_refused(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


MEASURED = [
    "http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://0/", "http://①②⑦.⓪.⓪.①/",
    "http://[64:ff9b::a9fe:a9fe]/", "http://[2002:7f00:1::]/", "http://100.64.0.1/", "http://192.0.0.8/",
    "http://224.0.0.1/", "http://[::127.0.0.1]/", "http://[fec0::1]/", "http://127.0.0.1./", "http://LOCALHOST/",
    "http://localhost./", "http://a.localhost/", "http://printer.local/", "http://metadata.google.internal/",
    "http://intranet/", "http://0x7f.1/", "http://017700000001/", "http://127.0.0.1:80%2f@8.8.8.8/", "http://[::1%25eth0]/",
    "http://8.8.8.8@127.0.0.1/", "http://127。0。0。1/", "http://[0:0:0:0:0:ffff:7f00:1]/", "gopher://8.8.8.8/",
    "http://8.8.8.8\r\nHost: x/", "http://8.8.8.8:0/", "http://8.8.8.8:99999/", "https://user:secret@example.com/",
]  # fmt: skip


@pytest.mark.parametrize("url", MEASURED)
def test_a_url_that_leads_inside_is_refused_when_it_is_kept_and_when_it_is_sent_to(url: str) -> None:
    client = Outbound(lookup=fake())
    with pytest.raises(Refused):
        client.check(url)
    with pytest.raises(Refused):
        client.send("GET", url)


def _lists() -> dict[str, list[str]]:
    if not LISTS.exists():
        pytest.skip(f"the real material is not at {LISTS}")
    found: dict[str, list[str]] = json.loads(LISTS.read_text("utf8"))
    return found


@pytest.mark.material
def test_every_url_to_block_of_the_real_list_is_refused_without_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *args, **kwargs: pytest.fail("a connection was opened"))
    passed = []
    for url in _lists()["must_block"]:
        for act in (Outbound().check, lambda url: Outbound().send("GET", url)):
            try:
                act(url)
                passed.append(url)
            except Refused:
                continue
    assert not passed


@pytest.mark.material
def test_no_url_to_allow_of_the_real_list_is_refused() -> None:
    refused = []
    for url in _lists()["must_allow"]:
        whole = url if url.startswith("http") else f"https://{url.lstrip('/')}"
        if whole == "https://a/b/c":  # a bare word is a name of the inner network
            continue
        try:
            Outbound(lookup=fake()).check(whole)
        except Refused:
            refused.append(whole)
    assert not refused


def test_every_address_of_a_name_is_checked_not_the_first_alone() -> None:
    client = Outbound(lookup=fake(two_example_com=["8.8.8.8", "127.0.0.1"]))
    with pytest.raises(Refused):
        client.check("https://two.example.com/")


def test_a_name_is_looked_up_once_and_the_checked_address_is_the_one_connected_to(
    listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lookup = fake(hook_example_com=["8.8.8.8"])
    connected: list[Any] = []
    real = socket.create_connection

    def connect(address: Any, **options: Any) -> socket.socket:
        connected.append(address)
        return real(("127.0.0.1", listener.server_port))

    monkeypatch.setattr(socket, "create_connection", connect)
    answer = Outbound(lookup=lookup).send("GET", "http://hook.example.com/path?x=1 2")
    assert answer.status == 200
    assert lookup.asked == ["hook.example.com"]
    assert connected == [("8.8.8.8", 80)]
    path, headers = listener.seen[0]
    assert (path, headers["Host"]) == ("/path?x=1%202", "hook.example.com")


def test_a_name_that_turns_inward_between_keeping_and_sending_is_refused(listener: Any) -> None:
    names = {"flip_example_com": ["8.8.8.8"]}
    client = Outbound(lookup=lambda *args, **kwargs: fake(**names)(*args, **kwargs))
    client.check(f"http://flip.example.com:{listener.server_port}/")
    names["flip_example_com"] = ["127.0.0.1"]
    with pytest.raises(Refused):
        client.send("GET", f"http://flip.example.com:{listener.server_port}/")
    assert not listener.seen


def test_a_redirect_is_an_answer_and_is_not_followed(listener: Any) -> None:
    answer = trusted(listener).send("GET", f"http://127.0.0.1:{listener.server_port}/moved")
    assert answer.status == 302
    assert [path for path, _headers in listener.seen] == ["/moved"]


def test_only_the_very_host_and_port_on_the_operators_list_is_trusted(listener: Any) -> None:
    client = trusted(listener)
    assert client.send("GET", f"http://127.0.0.1:{listener.server_port}/").body == b"xxxxx"
    for url in (f"http://127.0.0.1:{listener.server_port + 1}/", f"http://localhost:{listener.server_port}/"):
        with pytest.raises(Refused):
            client.send("GET", url)


def test_proxies_of_the_environment_are_not_used(listener: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1/")
    assert trusted(listener).send("GET", f"http://127.0.0.1:{listener.server_port}/").status == 200


def test_an_answer_that_is_too_large_is_not_taken(listener: Any) -> None:
    with pytest.raises(UnreachableError, match="size"):
        trusted(listener).send("GET", f"http://127.0.0.1:{listener.server_port}/big")


def test_an_answer_that_drips_is_cut_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbound, "DEADLINE", SECOND)
    is_over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def drip() -> None:
            taken, _address = server.accept()
            with taken:
                taken.sendall(b"HTTP/1.1 200 OK\r\n")
                while not is_over.wait(0.1):
                    try:
                        taken.sendall(b"X")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        client = Outbound(allow=frozenset({f"127.0.0.1:{port}"}))
        started = outbound.monotonic()
        with pytest.raises(UnreachableError, match="timeout"):
            client.send("GET", f"http://127.0.0.1:{port}/")
        assert outbound.monotonic() - started < 5 * SECOND
        is_over.set()
        thread.join()


def test_nobody_listening_and_an_unknown_name_are_said_apart_from_a_refusal() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(UnreachableError, match="connection"):
        Outbound(allow=frozenset({f"127.0.0.1:{port}"})).send("GET", f"http://127.0.0.1:{port}/")
    with pytest.raises(UnreachableError, match="name"):
        Outbound(lookup=fake()).send("GET", "https://nowhere.example.com/")


def test_a_plain_server_where_tls_is_spoken_is_refused(listener: Any) -> None:
    with pytest.raises(UnreachableError, match=r"tls|connection"):
        trusted(listener).send("GET", f"https://127.0.0.1:{listener.server_port}/")
    assert not listener.seen


def test_the_host_field_bears_the_name_in_ascii_and_a_port_that_is_not_the_usual() -> None:
    assert read_url("https://Bücher.example:8443/a b?c=ü#top").authority == "xn--bcher-kva.example:8443"
    assert read_url("https://Bücher.example/a b?c=ü#top").path == "/a%20b?c=%C3%BC"
    assert read_url("https://[2001:4860:4860::8888]/").authority == "[2001:4860:4860::8888]"
