from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voicecoach.store import removed, write_whole
from voicecoach.voices.remember import keep, recall

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    keep(tmp_path / "new", "key", {"gain": 2.5})
    assert recall(tmp_path / "new", "key") == {"gain": 2.5}
    assert recall(tmp_path / "new", "other key") is None


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"key": "another", "value": 1}', b"[" * 99_999])
def test_a_damaged_file_is_a_miss(tmp_path: Path, content: bytes) -> None:
    keep(tmp_path, "key", 1)
    (file,) = tmp_path.iterdir()
    file.write_bytes(content)
    assert recall(tmp_path, "key") is None
    keep(tmp_path, "key", 2)
    assert recall(tmp_path, "key") == 2


def test_a_folder_that_can_not_be_made_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    keep(tmp_path / "file" / "folder", "key", 1)
    assert recall(tmp_path / "file" / "folder", "key") is None


def test_without_a_folder_nothing_is_kept() -> None:
    keep(None, "key", 1)
    assert recall(None, "key") is None


def test_a_file_that_can_not_be_put_in_place_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write_whole(tmp_path / "taken", b"content")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_removing_tells_whether_it_worked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert removed(tmp_path / "file")
    assert not removed(tmp_path / "file")
