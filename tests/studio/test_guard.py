"""Nobody but the person who started the studio gets in, and nothing gets in that is too large or of another type."""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from voicecoach.studio.guard import HEADERS, LARGEST_BODY, Door
from voicecoach.studio.server import listen

if TYPE_CHECKING:
    from tests.studios import Asker

PLAN = {"routine": {"id": "box-breathing"}}


def test_it_listens_on_this_machine_alone(studio: Asker) -> None:
    with socket.socket() as any_port, listen(0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
        others = set()
        with suppress(OSError):  # a machine whose own name means nothing to it
            others = {info[4][0] for info in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for address in (each for each in others if not str(each).startswith("127.")):
            assert any_port.connect_ex((str(address), studio.door.port)) != 0


def test_what_is_written_is_sent_at_once() -> None:
    """asyncio sets TCP_NODELAY where a socket names its protocol; one that is accepted has that of its listener."""
    with listen(0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP


def test_the_address_lets_in_once_and_leaves_a_cookie_that_no_script_can_read(studio: Asker) -> None:
    answer = studio.get(f"/?key={studio.door.secret}", cookie=None)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{studio.door.cookie}={studio.door.secret};")
    assert {"httponly", "samesite=strict", "path=/"} <= {each.strip().lower() for each in cookie.split(";")}
    assert studio.get("/").status == 200


@pytest.mark.parametrize("path", ["/", "/page/main.js", "/api/library", "/api/clip/0", "/nothing"])
def test_without_the_secret_nothing_is_shown(studio: Asker, path: str) -> None:
    for cookie in (None, "", f"{studio.door.cookie}=", f"{studio.door.cookie}={studio.door.secret[:-1]}", "other=1"):
        assert studio.get(path, cookie=cookie).status == 403


@pytest.mark.parametrize("key", ["", "wrong", "%00", "%C3%A4", "%FF"])
def test_a_wrong_key_lets_nobody_in(studio: Asker, key: str) -> None:
    answer = studio.get(f"/?key={key}", cookie=None)
    assert answer.status == 403
    assert "set-cookie" not in answer.headers


def test_the_key_is_for_the_first_page_alone(studio: Asker) -> None:
    assert studio.get(f"/api/library?key={studio.door.secret}", cookie=None).status == 403


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "example.org:{port}",
        "127.0.0.1",
        "127.0.0.1:1",
        "localhost.example.org:{port}",
        "[::1]:{port}",
        "",
    ],
)
def test_another_host_is_refused_even_if_the_origin_is_the_same(studio: Asker, host: str) -> None:
    host = host.format(port=studio.door.port)
    assert studio.get("/api/library", host=host, origin=f"http://{host}").status == 403
    assert studio.get(f"/?key={studio.door.secret}", cookie=None, host=host).status == 403


def test_localhost_is_this_machine_too(studio: Asker) -> None:
    assert studio.get("/api/library", host=f"localhost:{studio.door.port}").status == 200


@pytest.mark.parametrize(
    "origin", ["http://example.org", "null", "https://127.0.0.1:{port}", "http://127.0.0.1", "file://"]
)
def test_another_origin_is_refused(studio: Asker, origin: str) -> None:
    origin = origin.format(port=studio.door.port)
    assert studio.get("/api/library", origin=origin).status == 403
    assert studio.ask("POST", "/api/plan", PLAN, headers={"origin": origin}).status == 403


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)]
)
def test_another_site_is_refused(studio: Asker, site: str, status: int) -> None:
    assert studio.get("/api/library", sec_fetch_site=site).status == status


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None]
)
def test_another_content_type_is_refused(studio: Asker, kind: str | None) -> None:
    answer = studio.ask(
        "POST", "/api/plan", raw=b'{"routine": {"id": "box-breathing"}}', headers={"content-type": kind}
    )
    assert answer.status == 415


def test_a_large_body_is_refused_by_its_length_before_it_is_read(studio: Asker) -> None:
    large = {"routine": {"text": "x" * LARGEST_BODY}}
    assert studio.post("/api/plan", large).status == 413


def test_a_large_body_without_a_length_is_refused_where_it_gets_too_large(studio: Asker) -> None:
    with socket.create_connection(("127.0.0.1", studio.door.port), timeout=20) as line:
        head = (
            f"POST /api/plan HTTP/1.1\r\nhost: 127.0.0.1:{studio.door.port}\r\ncookie: {studio.headers['cookie']}\r\n"
        )
        line.sendall(f"{head}content-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n".encode())
        chunk = b"10000\r\n" + bytes(0x10000) + b"\r\n"
        for _ in range(LARGEST_BODY // 0x10000 + 1):
            line.sendall(chunk)
        assert line.recv(12) == b"HTTP/1.1 413"


@pytest.mark.parametrize("raw", [b"", b"[]", b"1", b"{", b"\xff", b"[" * 100_000])
def test_what_is_not_a_json_object_is_refused(studio: Asker, raw: bytes) -> None:
    assert studio.ask("POST", "/api/plan", raw=raw).status == 400


@pytest.mark.parametrize("path", ["/", "/api/library", "/page/style.css", "/nothing", "/api/clip/0"])
def test_every_answer_tells_the_browser_what_the_page_may_do(studio: Asker, path: str) -> None:
    for answer in (studio.get(path), studio.get(path, cookie=None)):
        assert HEADERS.items() <= answer.headers.items()


def test_no_script_may_stand_in_a_page_and_nothing_comes_from_elsewhere() -> None:
    rules = dict(each.strip().split(" ", 1) for each in HEADERS["content-security-policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    sources = {source for rule in rules.values() for source in rule.split()}
    assert sources == {"'self'", "'none'", "data:", "blob:"}


def test_each_server_has_a_secret_of_its_own_that_its_text_does_not_show() -> None:
    one, other = Door(8420), Door(8420)
    assert one.secret != other.secret
    assert one.secret not in repr(one)
    assert len(one.secret) >= 32
