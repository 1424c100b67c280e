"""What was heard before is not said again in full."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voicecoach.system import heard

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voicecoach.system.folders.find_data", lambda: tmp_path / "data")


def test_a_notice_is_known_once_it_was_heard_and_a_changed_one_is_not() -> None:
    assert not heard.was_heard(["Ask.", "Stop."])
    heard.note_heard(["Ask.", "Stop."])
    assert heard.was_heard(["Ask.", "Stop."])
    assert not heard.was_heard(["Ask.", "Stop now."])
    heard.note_heard([])
    assert not heard.was_heard([])


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heard, "MOST_KEPT", 2)
    for notice in ("a", "b", "c"):
        heard.note_heard([notice])
    assert [heard.was_heard([notice]) for notice in ("a", "b", "c")] == [False, True, True]


@pytest.mark.parametrize("content", [b"", b"{", b"{}", b"[1, null]", b"\xff\xfe", b"[" * 100_000])
def test_a_damaged_file_means_that_nothing_was_heard(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "heard.json").write_bytes(content)
    assert not heard.was_heard(["Ask."])
    heard.note_heard(["Ask."])
    assert heard.was_heard(["Ask."])


def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    heard.note_heard(["Ask."])
    assert not heard.was_heard(["Ask."])
