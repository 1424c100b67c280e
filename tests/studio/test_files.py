"""Files are reached by ids alone: nothing outside of the folder, no link and no device has one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.studios import ROUTINE, Asker
from voicecoach.studio.files import LARGEST, Folder, NoFileError, StaleError, Text, make_id

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN = "title: Secret\nsteps:\n  - say: Never.\n"
WITH_PIPES = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
TRAVERSALS = [
    "../secret.yaml",
    "..%2fsecret.yaml",
    "..%2Fsecret.yaml",
    "%2e%2e/secret.yaml",
    "%2e%2e%2fsecret.yaml",
    "..%252fsecret.yaml",
    "..\\secret.yaml",
    "..%5csecret.yaml",
    "....//secret.yaml",
    "..;/secret.yaml",
    "%c0%ae%c0%ae/secret.yaml",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "two-breaths.yaml",
    "two-breaths",
    "file-",
    "file-..%2f",
    "file-0",
    "C:%5csecret.yaml",
    "secret.yaml%00",
    ".",
    "..",
    "",
]


@pytest.mark.parametrize("name", TRAVERSALS)
@pytest.mark.parametrize(
    "route", ["/api/routine/", "/api/card/", "/api/picture/", "/page/", "/page/../", "/api/made/1/"]
)
def test_no_spelling_of_a_path_leads_out_of_the_folder(studio: Asker, route: str, name: str) -> None:
    (studio.folder.parent / "secret.yaml").write_text(HIDDEN, encoding="utf-8")
    answer = studio.get(route + name)
    assert answer.status == 404
    assert b"Never" not in answer.body
    assert b"root:" not in answer.body


def test_a_name_in_the_body_is_no_path_either(studio: Asker) -> None:
    (studio.folder.parent / "secret.yaml").write_text(HIDDEN, encoding="utf-8")
    for name in ("../secret.yaml", "/etc/passwd", "two-breaths.yaml", "file-0"):
        assert studio.post("/api/plan", {"routine": {"id": name}}).status == 404


def test_a_text_includes_nothing_from_outside_of_the_folder(studio: Asker) -> None:
    (studio.folder.parent / "secret.yaml").write_text(HIDDEN, encoding="utf-8")
    text = "title: Out\nsteps:\n  - include: ../secret.yaml\n"
    answer = studio.post("/api/plan", {"routine": {"id": "routine", "text": text}})
    assert answer.status == 422
    assert answer.json["problems"][0]["line"] == 3


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "legs.yaml").write_text(ROUTINE, encoding="utf-8")
    return Folder(inner)


@WITH_PIPES
def test_only_plain_routine_files_are_listed(folder: Folder) -> None:
    outside = folder.path.parent / "outside.yaml"
    outside.write_text(HIDDEN, encoding="utf-8")
    (folder.path / "link.yaml").symlink_to(outside)
    (folder.path / "inside.yaml").symlink_to(folder.path / "legs.yaml")
    (folder.path / "folder.yaml").mkdir()
    os.mkfifo(folder.path / "pipe.yaml")
    (folder.path / ".hidden.yaml").write_text(HIDDEN, encoding="utf-8")
    (folder.path / "notes.txt").write_text(HIDDEN, encoding="utf-8")
    assert [*folder.list_files().values()] == ["legs.yaml"]
    for name in ("link.yaml", "inside.yaml", "folder.yaml", "pipe.yaml", ".hidden.yaml", "notes.txt"):
        with pytest.raises(NoFileError):
            folder.read(make_id(name))


@WITH_PIPES
def test_a_file_that_becomes_a_link_or_a_pipe_is_not_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        Folder, "list_files", lambda _: {"file-1": "link.yaml", "file-2": "pipe.yaml", "file-3": "zero.yaml"}
    )
    (folder.path / "link.yaml").symlink_to(folder.path / "legs.yaml")
    os.mkfifo(folder.path / "pipe.yaml")
    (folder.path / "zero.yaml").symlink_to("/dev/zero")
    for each in ("file-1", "file-2", "file-3"):
        with pytest.raises(NoFileError):
            folder.read(each)


@pytest.mark.parametrize("data", [b"\xff\xfe", b" " * (LARGEST + 1)])
def test_what_is_no_text_or_too_large_is_not_read(folder: Folder, data: bytes) -> None:
    (folder.path / "legs.yaml").write_bytes(data)
    with pytest.raises(NoFileError):
        folder.read(make_id("legs.yaml"))


def test_a_file_is_replaced_whole_and_keeps_its_mode(folder: Folder) -> None:
    place = folder.path / "legs.yaml"
    place.chmod(0o640)
    written = folder.write(make_id("legs.yaml"), "title: New\n", Text(ROUTINE).digest)
    assert (place.read_text(encoding="utf-8"), written.text) == ("title: New\n", "title: New\n")
    assert place.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in folder.path.iterdir()] == ["legs.yaml"]


def test_a_file_that_changed_meanwhile_is_not_overwritten(folder: Folder) -> None:
    place = folder.path / "legs.yaml"
    place.write_text("title: Theirs\n", encoding="utf-8")
    with pytest.raises(StaleError) as caught:
        folder.write(make_id("legs.yaml"), "title: Mine\n", Text(ROUTINE).digest)
    assert caught.value.found.text == place.read_text(encoding="utf-8") == "title: Theirs\n"


def test_a_write_that_fails_leaves_the_file_as_it_was(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="No space"):
        folder.write(make_id("legs.yaml"), "title: New\n", Text(ROUTINE).digest)
    assert [each.name for each in folder.path.iterdir()] == ["legs.yaml"]
    assert folder.read(make_id("legs.yaml")).text == ROUTINE


def test_a_new_file_is_named_after_its_title_and_replaces_nothing(folder: Folder) -> None:
    names = [
        folder.find_name(folder.add(title, "title: A\n"))
        for title in ("Legs!", "Große Füße", "../../etc", "動く", "Legs")
    ]
    assert names == ["legs-2.yaml", "groe-fue.yaml", "etc.yaml", "routine.yaml", "legs-3.yaml"]
    assert folder.read(make_id("legs.yaml")).text == ROUTINE


def test_a_folder_that_is_gone_has_no_files(tmp_path: Path) -> None:
    assert Folder(tmp_path / "gone").list_files() == {}
