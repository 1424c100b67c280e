"""Voices downloaded from a server on this machine: whole, resumed, broken, wrong."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import unquote

import pytest

from voicecoach.errors import ChoiceError, OutputError, UnknownNameError, VoiceError
from voicecoach.system import locks
from voicecoach.voices.piper import download
from voicecoach.voices.piper.models import list_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KEY = "en_US-hum-medium"
MODEL = bytes(range(256)) * 4_000
FILES = {
    f"en/en_US/hum/medium/{KEY}.onnx": MODEL,
    f"en/en_US/hum/medium/{KEY}.onnx.json": b'{"audio": {}}',
    "en/en_US/hum/medium/MODEL_CARD": b"Licence: none",
}


def entry(files: dict[str, bytes]) -> dict[str, object]:
    return {
        path: {"size_bytes": len(content), "md5_digest": hashlib.md5(content, usedforsecurity=False).hexdigest()}
        for path, content in files.items()
    }


@dataclass
class Shelf:
    """What a server has, how it behaves, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=lambda: dict(FILES))
    index: object = field(
        default_factory=lambda: {
            KEY: {"files": entry(FILES), "aliases": ["en-us-hum"]},
            "de_DE-summ-low": {"files": {}},
        }
    )
    ranges: bool = True
    breaks: list[int] = field(default_factory=list)
    """After how many bytes of the model each of the next answers ends too early."""
    silent: bool = False
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)
    url: str = ""

    def answer(self, path: str) -> bytes | None:
        if path == "/voices.json":
            return self.index if isinstance(self.index, bytes) else json.dumps(self.index).encode()
        return self.files.get(path.lstrip("/"))


class Handler(BaseHTTPRequestHandler):
    shelf: ClassVar[Shelf]

    def do_GET(self) -> None:
        path, asked = unquote(self.path), self.headers["Range"]
        self.shelf.asked.append((path, asked))
        content = self.shelf.answer(path)
        if content is None:
            self.send_error(404)
            return
        start = int(asked[6:-1]) if asked and self.shelf.ranges else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        model = path.endswith(".onnx")
        if model and self.shelf.silent:
            self.wfile.write(content[start : start + 1000])
            self.wfile.flush()
            self.shelf.ended.wait(20)
            return
        sent = self.shelf.breaks.pop(0) if model and self.shelf.breaks else len(content)
        self.wfile.write(content[start : start + sent])

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    shelf = Shelf()
    with ThreadingHTTPServer(("127.0.0.1", 0), type("Serving", (Handler,), {"shelf": shelf})) as server:
        server.daemon_threads = True
        shelf.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield shelf
        shelf.ended.set()
        server.shutdown()
        thread.join()


def install(shelf: Shelf, data: Path, name: str = KEY, report: Callable[[int, int], None] | None = None) -> Path:
    return download.install(name, data, report or (lambda *_: None), shelf.url, timeout=5)


def names(data: Path) -> list[str]:
    return sorted(path.name for path in (data / "piper").iterdir())


def test_a_voice_arrives_whole_and_is_installed(shelf: Shelf, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    model = install(shelf, tmp_path, report=lambda done, total: told.append((done, total)))
    assert model == tmp_path / "piper" / f"{KEY}.onnx"
    assert model.read_bytes() == MODEL
    assert names(tmp_path) == [f"{KEY}.card.txt", f"{KEY}.onnx", f"{KEY}.onnx.json"]
    assert list_models(tmp_path) == [model]
    total = sum(map(len, FILES.values()))
    assert told[-1] == (total, total)
    assert len(told) > 4
    assert all(one <= two for one, two in pairwise(told))


def test_an_alias_names_the_same_voice(shelf: Shelf, tmp_path: Path) -> None:
    assert install(shelf, tmp_path, " en-us-hum ").name == f"{KEY}.onnx"


def test_what_is_there_is_not_fetched_again(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, tmp_path)
    shelf.asked.clear()
    install(shelf, tmp_path)
    assert shelf.asked == [("/voices.json", None)]


def test_a_newer_version_takes_the_place_of_the_old(shelf: Shelf, tmp_path: Path) -> None:
    install(shelf, tmp_path)
    shelf.files |= {path: content[::-1] for path, content in FILES.items() if path.endswith(".onnx")}
    shelf.index = {KEY: {"files": entry(shelf.files)}}
    assert install(shelf, tmp_path).read_bytes() == MODEL[::-1]
    assert shelf.asked[-1][0].endswith(".onnx")
    assert len(names(tmp_path)) == 3


def test_a_broken_connection_is_taken_up_where_it_broke(shelf: Shelf, tmp_path: Path) -> None:
    shelf.breaks = [300_000, 1, 200_000]
    assert install(shelf, tmp_path).read_bytes() == MODEL
    ranges = [asked for path, asked in shelf.asked if path.endswith(".onnx")]
    assert ranges == [None, "bytes=300000-", "bytes=300001-", "bytes=500001-"]


def test_a_server_without_ranges_starts_over(shelf: Shelf, tmp_path: Path) -> None:
    shelf.ranges, shelf.breaks = False, [300_000]
    assert install(shelf, tmp_path).read_bytes() == MODEL


def test_what_came_is_kept_for_the_next_try(shelf: Shelf, tmp_path: Path) -> None:
    shelf.breaks = [400_000, 0, 0, 0]
    with pytest.raises(VoiceError) as caught:
        install(shelf, tmp_path)
    assert "the connection failed" in str(caught.value)
    assert str(caught.value).endswith("\nthe part that arrived is kept; try again to continue from there")
    assert list_models(tmp_path) == []
    assert all(name.endswith(".part") for name in names(tmp_path))
    shelf.asked.clear()
    assert install(shelf, tmp_path).read_bytes() == MODEL
    assert [(path.rsplit("/")[-1], asked) for path, asked in shelf.asked[1:]] == [(f"{KEY}.onnx", "bytes=400000-")]
    assert len(names(tmp_path)) == 3


def test_a_part_that_is_too_long_is_begun_again(shelf: Shelf, tmp_path: Path) -> None:
    shelf.breaks = [400_000, 0, 0, 0]
    with pytest.raises(VoiceError):
        install(shelf, tmp_path)
    (part,) = (tmp_path / "piper").glob("*.onnx.????????.part")
    part.write_bytes(MODEL * 2)
    assert install(shelf, tmp_path).read_bytes() == MODEL


def test_a_silent_server_is_given_up(shelf: Shelf, tmp_path: Path) -> None:
    shelf.silent = True
    with pytest.raises(VoiceError, match="the server does not answer"):
        download.install(KEY, tmp_path, lambda *_: None, shelf.url, timeout=0.05)
    assert list_models(tmp_path) == []


def test_a_wrong_checksum_removes_what_came(shelf: Shelf, tmp_path: Path) -> None:
    shelf.files[next(iter(FILES))] = MODEL[:-1] + b"?"
    with pytest.raises(VoiceError, match=r"wrong checksum\)\nit was removed; try again"):
        install(shelf, tmp_path)
    assert list_models(tmp_path) == []
    assert not list((tmp_path / "piper").glob(f"{KEY}.onnx.????????.part"))
    shelf.files = dict(FILES)
    assert install(shelf, tmp_path).read_bytes() == MODEL


def test_an_older_voice_stays_when_a_newer_one_fails(shelf: Shelf, tmp_path: Path) -> None:
    model = install(shelf, tmp_path)
    shelf.index = {KEY: {"files": {**entry(FILES), **entry({next(iter(FILES)): MODEL[::-1]})}}}
    with pytest.raises(VoiceError, match="checksum"):
        install(shelf, tmp_path)
    assert model.read_bytes() == MODEL


def test_a_file_that_is_not_there_is_told_with_its_address(shelf: Shelf, tmp_path: Path) -> None:
    del shelf.files[next(iter(FILES))]
    with pytest.raises(VoiceError, match=r"en_US-hum-medium\.onnx: the server answers 404 \(Not Found\)\ncheck "):
        install(shelf, tmp_path)


def test_an_unknown_name_is_told_with_the_nearest(shelf: Shelf, tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError) as caught:
        install(shelf, tmp_path, "en_US-humm-medium")
    assert caught.value.near == (KEY,)
    assert not (tmp_path / "piper").exists()


def test_an_index_that_is_not_there_is_told(shelf: Shelf, tmp_path: Path) -> None:
    shelf.url += "/elsewhere"
    with pytest.raises(VoiceError, match=r"elsewhere/voices\.json: the server answers 404"):
        install(shelf, tmp_path)


def test_without_a_server_there_is_no_connection(shelf: Shelf, tmp_path: Path) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as closed:
        shelf.url = f"http://127.0.0.1:{closed.server_port}"
    with pytest.raises(VoiceError, match=r"(?s)no connection: connection refused\ncheck the network"):
        install(shelf, tmp_path)


FINE = entry(FILES)
BROKEN: list[object] = [
    b"<html>",
    b"[" * 100_000,
    {KEY: None},
    {KEY: {"files": []}},
    {KEY: {"files": {}}},
    {KEY: {"files": dict(list(FINE.items())[:1])}},
    {KEY: {"files": {path: {"size_bytes": "9", "md5_digest": "0" * 32} for path in FILES}}},
    {KEY: {"files": {path: {"size_bytes": -9, "md5_digest": "0" * 32} for path in FILES}}},
    {KEY: {"files": {path: {"size_bytes": 9, "md5_digest": "../../x"} for path in FILES}}},
    {KEY: {"files": {**FINE, **entry({"another/voice.onnx": b"x"})}}},
]


@pytest.mark.parametrize("index", BROKEN)
def test_a_broken_index_is_told(shelf: Shelf, tmp_path: Path, index: object) -> None:
    shelf.index = index
    with pytest.raises(VoiceError, match=r"(?s)voices\.json: .* broken\ntry again later"):
        install(shelf, tmp_path)


@pytest.mark.parametrize("name", ["../../x", "/x", ".x", "a/b", "a\\b", "", "a\nb"])
def test_an_index_can_not_write_outside_the_folder(shelf: Shelf, tmp_path: Path, name: str) -> None:
    shelf.index = {name: {"files": FINE}}
    with pytest.raises((VoiceError, UnknownNameError)):
        download.install(name, tmp_path, lambda *_: None, shelf.url, timeout=5)
    assert not list(tmp_path.rglob("*.onnx"))


@pytest.mark.parametrize("url", ["file:///etc", "ftp://example.org", "voices", "https://", "http://[x"])
def test_only_addresses_of_the_web_are_taken(tmp_path: Path, url: str) -> None:
    with pytest.raises(ChoiceError, match=r"is not an address of voices\nwrite one that begins with https://"):
        download.install(KEY, tmp_path, lambda *_: None, url)


def test_the_environment_names_another_address(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(download.ADDRESS, f"{shelf.url}/")
    assert download.install(KEY, tmp_path, lambda *_: None).is_file()


def test_a_server_can_not_lead_to_files_of_this_machine(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "voices.json"
    secret.write_text(json.dumps(shelf.index), encoding="utf-8")

    def lead_on(handler: Handler) -> None:
        handler.send_response(302)
        handler.send_header("Location", secret.as_uri())
        handler.end_headers()

    monkeypatch.setattr(Handler, "do_GET", lead_on)
    with pytest.raises(VoiceError, match="the server answers 302"):
        install(shelf, tmp_path)


def test_a_disk_without_room_is_told_before_anything_is_fetched(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=500_000))
    with pytest.raises(OutputError, match=re.escape("no room for the voice: 1 MB needed, 0 MB free")):
        install(shelf, tmp_path)
    assert [path for path, _ in shelf.asked] == ["/voices.json"]


def test_a_folder_that_can_not_be_written_is_told(shelf: Shelf, tmp_path: Path) -> None:
    (tmp_path / "piper").write_text("a file", encoding="utf-8")
    with pytest.raises(OutputError, match="the voice can't be saved: file exists"):
        install(shelf, tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_two_downloads_of_one_voice_at_once_share_nothing_and_fetch_it_once(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second waits for the first, which goes on only when the second has said that it waits."""
    waited, begun = threading.Event(), threading.Event()
    continue_ = download._continue  # noqa: SLF001 - the moment at which both are there

    def first(*args: Any) -> None:  # noqa: ANN401 - whatever it takes
        if args[1].ending == ".onnx" and threading.current_thread() is one:
            begun.set()
            assert waited.wait(20)
        continue_(*args)

    def told(_here: int, _total: int) -> None:
        if threading.current_thread() is not one:
            waited.set()

    monkeypatch.setattr(download, "_continue", first)
    paths: list[Path] = []
    one = threading.Thread(target=lambda: paths.append(install(shelf, tmp_path)))
    one.start()
    assert begun.wait(20)
    paths.append(install(shelf, tmp_path, report=told))
    one.join()
    assert len(set(paths)) == 1
    assert paths[0].read_bytes() == MODEL
    assert [path for path, _ in shelf.asked].count(f"/en/en_US/hum/medium/{KEY}.onnx") == 1
    assert not [name for name in names(tmp_path) if name.endswith(".part")]


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_who_waits_fetches_it_when_the_other_one_fails(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, waited = threading.Event(), threading.Event()
    fetch = download._fetch_all  # noqa: SLF001 - as above

    def failing(*args: Any) -> None:  # noqa: ANN401 - whatever it takes
        if threading.current_thread() is one:
            begun.set()
            assert waited.wait(20)
            raise download.DownloadError("the connection failed")
        fetch(*args)

    def try_one() -> None:
        with suppress(download.DownloadError):
            install(shelf, tmp_path)

    monkeypatch.setattr(download, "_fetch_all", failing)
    one = threading.Thread(target=try_one)
    one.start()
    assert begun.wait(20)
    assert install(shelf, tmp_path, report=lambda *_: waited.set()).read_bytes() == MODEL
    one.join()


def test_without_locks_each_download_has_files_of_its_own(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[Path] = []
    continue_ = download._continue  # noqa: SLF001 - the moment at which both are there

    def noted(*args: Any) -> None:  # noqa: ANN401 - whatever it takes
        used.append(args[2])
        continue_(*args)

    monkeypatch.setattr(download, "_continue", noted)
    monkeypatch.setattr(locks, "_lock", lambda _path: locks._UNLOCKED)  # noqa: SLF001 - as above
    install(shelf, tmp_path / "a")
    install(shelf, tmp_path / "b")
    assert len({path.name for path in used}) == len(used)
    assert not [name for name in names(tmp_path / "a") if name.endswith(".part")]
