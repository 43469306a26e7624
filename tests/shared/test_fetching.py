"""Addresses that people give, against a server of ours that misbehaves."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from parvis.shared import fetching
from parvis.shared.fetching import Fetched, FetchError, check_url, fetch, is_public


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers["Host"]))
        self.close_connection = True
        name = self.path.strip("/").split("/")[0]
        getattr(self, "serve_" + name.partition("?")[0])()

    def say(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | {k.replace("_", "-"): v for k, v in headers.items()}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def serve_file(self) -> None:
        self.say(b"a;b\n1;2\n", Content_Type="text/csv", ETag='"1"', Last_Modified="Mon, 05 Jan 2026 10:00:00 GMT")

    def serve_named(self) -> None:
        self.say(b"x", Content_Disposition="attachment; filename*=UTF-8''..%2F..%2Fbudget%20%C3%A9t%C3%A9.csv")

    def serve_gzip(self) -> None:
        self.say(gzip.compress(b"abc") + gzip.compress(b"def"), Content_Encoding="gzip")

    def serve_bomb(self) -> None:
        self.say(gzip.compress(b"0" * 50_000_000), Content_Encoding="gzip")

    def serve_twice(self) -> None:
        self.say(gzip.compress(gzip.compress(b"0")), Content_Encoding="gzip, gzip")

    def serve_cut(self) -> None:
        self.say(gzip.compress(b"0" * 1000)[:-8], Content_Encoding="gzip")

    def serve_noise(self) -> None:
        self.say(b"not gzip", Content_Encoding="gzip")

    def serve_missing(self) -> None:
        self.say(b"", 404)

    def serve_to(self) -> None:
        self.say(b"", 302, Location=self.path.partition("?")[2])

    def serve_loop(self) -> None:
        self.say(b"", 302, Location="/loop")

    def serve_lies(self) -> None:
        self.say(b"abc", Content_Length="1000")

    def serve_announces(self) -> None:
        self.say(b"abc", Content_Length="99999999999")

    def serve_endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"0" * 65536)

    def serve_drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while True:
            self.wfile.write(b"0")
            time.sleep(0.05)

    def serve_drip_headers(self) -> None:
        while True:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if not hasattr(self, "begun") else b"x")
            self.begun = True
            time.sleep(0.05)

    def log_message(self, *_: Any) -> None:
        pass


class Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        pass  # clients leave: that is the point


@pytest.fixture
def server() -> Iterator[str]:
    handler = type("OneHandler", (Handler,), {"seen": []})
    with Quiet(("127.0.0.1", 0), handler) as http:
        threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        Handler.seen = handler.seen
        yield f"127.0.0.1:{http.server_port}"
        http.shutdown()


def get(server: str, path: str, to: Path, *, max_bytes: int = 1_000_000, seconds: float = 5) -> Fetched:
    return fetch(f"http://{server}/{path}", to=to, max_bytes=max_bytes, seconds=seconds, allow=[server])


def code_of(server: str, path: str, to: Path, **options: Any) -> str:
    with pytest.raises(FetchError) as caught:
        get(server, path, to, **options)
    assert not to.exists()
    assert not list(to.parent.iterdir())
    return caught.value.code


def test_a_file_is_fetched(server: str, tmp_path: Path) -> None:
    fetched = get(server, "file/donnees.csv?x=1", tmp_path / "f")
    assert fetched == Fetched(
        path=tmp_path / "f",
        final_url=f"http://{server}/file/donnees.csv?x=1",
        content_type="text/csv",
        etag='"1"',
        last_modified="Mon, 05 Jan 2026 10:00:00 GMT",
        filename="donnees.csv",
        bytes=8,
    )
    assert (tmp_path / "f").read_bytes() == b"a;b\n1;2\n"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_name_is_bare(server: str, tmp_path: Path) -> None:
    assert get(server, "named", tmp_path / "f").filename == "budget été.csv"


def test_redirects_inside_are_followed(server: str, tmp_path: Path) -> None:
    assert get(server, "to?/file/a.csv", tmp_path / "f").final_url == f"http://{server}/file/a.csv"


def test_compression_is_undone(server: str, tmp_path: Path) -> None:
    assert get(server, "gzip", tmp_path / "f").bytes == 6
    assert (tmp_path / "f").read_bytes() == b"abcdef"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("bomb", "too_large"),
        ("twice", "encoding"),
        ("cut", "interrupted"),
        ("noise", "encoding"),
        ("missing", "status"),
        ("loop", "redirects"),
        ("lies", "interrupted"),
        ("announces", "too_large"),
        ("endless", "too_large"),
        ("to?http://127.0.0.1/", "forbidden"),
        ("to?http://127.0.0.1:1/", "port"),
        ("to?http://localhost/", "forbidden"),
        ("to?http://169.254.169.254/latest/meta-data/", "forbidden"),
        ("to?http://[::ffff:127.0.0.1]/", "forbidden"),
        ("to?http://2130706433/", "forbidden"),
        ("to?file:///etc/passwd", "scheme"),
        ("to?http://a:b@data.gouv.fr/", "credentials"),
    ],
)
def test_what_is_refused(server: str, tmp_path: Path, path: str, code: str) -> None:
    assert code_of(server, path, tmp_path / "f") == code


@pytest.mark.parametrize("path", ["drip", "drip_headers"])
def test_a_slow_site_is_left(server: str, tmp_path: Path, path: str) -> None:
    start = time.monotonic()
    assert code_of(server, path, tmp_path / "f", seconds=0.6) == "timeout"
    assert time.monotonic() - start < 1


def test_a_server_that_says_nothing(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        start = time.monotonic()
        assert code_of(f"127.0.0.1:{mute.getsockname()[1]}", "", tmp_path / "f", seconds=0.5) == "timeout"
        assert time.monotonic() - start < 1


def test_a_closed_port(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        name = f"127.0.0.1:{server.getsockname()[1]}"
    assert code_of(name, "", tmp_path / "f") == "unreachable"


def test_certificates_are_checked(server: str, tmp_path: Path) -> None:
    with pytest.raises(FetchError) as caught:
        fetch(f"https://{server}/file", to=tmp_path / "f", max_bytes=10, seconds=2, allow=[server])
    assert caught.value.code == "tls"
    assert fetching._tls().verify_mode == ssl.CERT_REQUIRED
    assert fetching._tls().check_hostname


def test_without_the_door_our_server_is_out_of_reach(server: str, tmp_path: Path) -> None:
    for allow in ((), [server.replace("127.0.0.1", "localhost")]):
        with pytest.raises(FetchError):
            fetch(f"http://{server}/file", to=tmp_path / "f", max_bytes=10, seconds=1, allow=allow)
    assert Handler.seen == []


def test_rebinding_finds_nothing_to_change(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The second answer of the name server would be ours: it is never asked, and the connection goes to the first."""
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    reached: list[str] = []

    def connect(self: object, host: str, port: int, **_: Any) -> None:
        reached.append(host)
        raise fetching.httpcore.ConnectError

    monkeypatch.setattr(fetching, "_resolve", lambda *_: answers.pop(0))
    monkeypatch.setattr(fetching.httpcore.SyncBackend, "connect_tcp", connect)
    with pytest.raises(FetchError) as caught:
        fetch("https://rebind.example/", to=tmp_path / "f", max_bytes=10, seconds=1)
    assert caught.value.code == "unreachable"
    assert reached == ["93.184.215.14"]
    assert answers == [["127.0.0.1"]]


def test_one_private_address_condemns_a_host(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(fetching, "_resolve", lambda *_: ["93.184.215.14", "10.0.0.1"])
    with pytest.raises(FetchError) as caught:
        fetch("http://both.example/", to=tmp_path / "f", max_bytes=10, seconds=1)
    assert caught.value.code == "forbidden"


def test_the_host_is_named_though_the_address_is_used(monkeypatch: pytest.MonkeyPatch, server: str, tmp_path: Path) -> None:
    port = server.partition(":")[2]
    monkeypatch.setattr(fetching, "_resolve", lambda *_: ["127.0.0.1"])
    door = f"donnees.example:{port}"
    fetch(f"http://{door}/file", to=tmp_path / "f", max_bytes=10, seconds=1, allow=[door])
    assert Handler.seen == [("/file", door)]


def test_proxies_of_the_environment_are_ignored(monkeypatch: pytest.MonkeyPatch, server: str, tmp_path: Path) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    assert get(server, "file", tmp_path / "f").bytes == 8


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("ftp://data.gouv.fr/", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("data.gouv.fr", "scheme"),
        ("http://", "address"),
        ("http://a b/", "address"),
        ("http://exa\x00mple.fr/", "address"),
        ("http://[::1/", "address"),
        ("http://user@data.gouv.fr/", "credentials"),
        ("http://data.gouv.fr:22/", "port"),
        ("http://10.0.0.1/", "forbidden"),
        ("https://data.gouv.fr/" + "a" * 5000, "address"),
    ],
)
def test_addresses_refused_before_any_network(url: str, code: str) -> None:
    with pytest.raises(FetchError) as caught:
        check_url(url)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "168.63.129.16",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


def test_addresses_that_are_public() -> None:
    for address in ("37.59.183.93", "2a01:cb00::1", "2606:4700::1111", "8.8.8.8"):
        assert is_public(address)
    with pytest.raises(ValueError, match="data"):
        is_public("data.gouv.fr")
