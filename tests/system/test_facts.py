from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from voicecoach.system.cache import locate_entry, recall, remember

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    remember(tmp_path / "new", "key", {"gain": 2.5})
    assert recall(tmp_path / "new", "key") == {"gain": 2.5}
    assert recall(tmp_path / "new", "other key") is None


def _flipped(path: Path) -> None:
    """Make another number of the one that is kept: it is still JSON, and of that key."""
    path.write_bytes(path.read_bytes().replace(b'"value": 1', b'"value": 3'))


def _of_another_key(path: Path) -> None:
    remember(path.parent.parent, "other key", 3)
    locate_entry(path.parent.parent, "fact", "other key").replace(path)


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "no seal": lambda path: path.write_bytes(b'{"key": "key", "value": 3}'),
    "another value": _flipped,
    "another fact": _of_another_key,
    "a pipe": _pipe,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_is_a_miss(tmp_path: Path, damage: Callable[[Path], object]) -> None:
    remember(tmp_path, "key", 1)
    damage(locate_entry(tmp_path, "fact", "key"))
    assert recall(tmp_path, "key") is None
    remember(tmp_path, "key", 2)
    assert recall(tmp_path, "key") == 2


def test_a_folder_that_can_not_be_made_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    remember(tmp_path / "file" / "folder", "key", 1)
    assert recall(tmp_path / "file" / "folder", "key") is None


def test_without_a_folder_nothing_is_kept() -> None:
    remember(None, "key", 1)
    assert recall(None, "key") is None
