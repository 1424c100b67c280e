"""What belongs to a process while it lives; a lock stands for a process that holds something."""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from typing import TYPE_CHECKING

import pytest

from voicecoach.system import locks

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")

NAMED = re.compile(r"draft-\d+")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def names(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


def touched(path: Path) -> Path:
    path.touch()
    return path


def test_a_working_folder_is_private_and_goes_with_all_that_is_in_it(place: Path) -> None:
    with locks.hold_folder() as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "deep").mkdir()
        (folder / "deep" / "file").touch()
    assert names(place) == []


def test_what_a_killed_process_left_goes_and_what_lives_stays(place: Path) -> None:
    left = place / "voicecoach-0123456789abcdef.work"
    (left / "0").mkdir(parents=True)
    (left / "0" / "phrase.wav").write_bytes(b"x")
    (left / "data").symlink_to(place / "elsewhere")
    touched(place / "elsewhere")
    with locks.hold_folder() as mine, locks.hold_folder() as other:
        assert names(place) == sorted(["elsewhere", mine.name, other.name])


@pytest.mark.parametrize("name", ["voicecoach-projects", "voicecoach-0123456789abcdef.work.old", "notes.work"])
def test_what_is_called_otherwise_is_somebodys(place: Path, name: str) -> None:
    (place / name).mkdir()
    with locks.hold_folder():
        pass
    assert names(place) == [name]


def test_a_draft_stays_while_it_is_held(tmp_path: Path) -> None:
    touched(tmp_path / "draft-1")
    touched(tmp_path / "notes")
    with locks.hold_lock(lambda: touched(tmp_path / "draft-2")):
        locks.remove_leftovers(tmp_path, NAMED)
        assert names(tmp_path) == ["draft-2", "notes"]
    locks.remove_leftovers(tmp_path, NAMED)
    assert names(tmp_path) == ["notes"]


def test_a_link_is_never_followed_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    touched(tmp_path / "kept" / "file")
    (tmp_path / "draft-1").symlink_to("kept")
    os.mkfifo(tmp_path / "draft-2")
    locks.remove_leftovers(tmp_path, NAMED)
    assert names(tmp_path) == ["draft-1", "draft-2", "kept"]
    assert names(tmp_path / "kept") == ["file"]


def test_what_is_taken_for_left_before_it_is_held_is_made_anew(tmp_path: Path) -> None:
    made: list[Path] = []

    def swept_once() -> Path:
        made.append(touched(tmp_path / f"draft-{len(made)}"))
        if len(made) == 1:
            locks.remove_leftovers(tmp_path, NAMED)
        return made[-1]

    with locks.hold_lock(swept_once) as path:
        assert (path.name, names(tmp_path)) == ("draft-1", ["draft-1"])


def test_without_locks_age_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no locks here")

    monkeypatch.setattr("fcntl.flock", refused)
    yesterday = time.time() - 90_000
    os.utime(touched(tmp_path / "draft-1"), (yesterday, yesterday))
    with locks.hold_lock(lambda: touched(tmp_path / "draft-2")):
        locks.remove_leftovers(tmp_path, NAMED)
        assert names(tmp_path) == ["draft-2"]
        with locks.hold_mutex(tmp_path, 60), locks.hold_mutex(tmp_path, 60):
            pass  # nobody waits for what nobody can tell


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root may give a file away")
def test_what_another_user_left_is_left_to_them(tmp_path: Path) -> None:
    os.chown(touched(tmp_path / "draft-1"), 4711, 4711)
    locks.remove_leftovers(tmp_path, NAMED)
    assert names(tmp_path) == ["draft-1"]


def test_a_place_that_is_not_there_needs_no_broom_and_no_turn(tmp_path: Path) -> None:
    locks.remove_leftovers(tmp_path / "nowhere", NAMED)
    with locks.hold_mutex(tmp_path / "nowhere", 60):
        pass


def test_who_has_waited_long_enough_goes_ahead(tmp_path: Path) -> None:
    with locks.hold_mutex(tmp_path, 60), locks.hold_mutex(tmp_path, 0):
        assert names(tmp_path) == []
