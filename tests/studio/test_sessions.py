"""What the server keeps between requests: made once, bounded, and the same as what is made anew."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import voicecoach as vc
from tests.studios import ROUTINE
from voicecoach.studio.files import Folder
from voicecoach.studio.sessions import Asked, Kept, Sessions
from voicecoach.testing import FakeVoice

if TYPE_CHECKING:
    from pathlib import Path


def test_what_two_requests_need_at_the_same_time_is_made_once() -> None:
    kept, made, begun = Kept[str](8), list[str](), threading.Event()

    def make() -> str:
        begun.set()
        made.append("made")
        return "value"

    with ThreadPoolExecutor(4) as threads:
        found = [threads.submit(kept.find, "key", make) for _ in range(8)]
    assert begun.is_set()
    assert {each.result() for each in found} == {"value"}
    assert made == ["made"]


def test_what_failed_is_made_by_the_next_who_needs_it() -> None:
    kept = Kept[int](8)
    for _ in range(2):
        try:
            kept.find("key", lambda: 1 // 0)
        except ZeroDivisionError:
            continue
    assert kept.find("key", lambda: 1) == 1


def test_what_is_kept_has_a_limit_but_the_newest_stays() -> None:
    kept = Kept[str](5, len)
    for word in ("one", "two", "a", "much longer"):
        assert kept.find(word, lambda word=word: word) == word  # type: ignore[misc]
    assert [*kept.values] == ["much longer"]


def test_a_session_with_clips_in_memory_is_the_one_that_is_planned_afresh(tmp_path: Path) -> None:
    """Words that only another breath or length needed are known by then, and change nothing."""
    sessions = Sessions(Folder(tmp_path), lambda: vc.Studio(voice=FakeVoice(), cache=tmp_path / "cache"))
    choices: list[dict[str, Any]] = [
        {"breath": "4-6"},
        {"breath": "2.5-3"},
        {"breath": "4-6", "length": "6m"},
        {"breath": "3-4", "length": "9m"},
        {"breath": "4.3-6.1", "length": "6m"},
    ]
    asked = Asked("sitting-leg-stretch")
    for chosen in (*choices, *reversed(choices)):
        found = sessions.find_session(asked, chosen)
        fresh = vc.Studio(voice=FakeVoice(), cache=tmp_path / "other").plan("sitting-leg-stretch", **chosen)
        assert found.to_json(clips=True) == fresh.to_json(clips=True)
    sessions.close()


def test_a_changed_text_of_the_same_name_is_another_session(tmp_path: Path) -> None:
    sessions = Sessions(Folder(tmp_path), lambda: vc.Studio(voice=FakeVoice(), cache=tmp_path / "cache"))
    one, other = (
        sessions.find_session(Asked("routine", text), {}).timeline
        for text in (ROUTINE, ROUTINE.replace("with both feet", "with your feet"))
    )
    assert one != other
    sessions.close()
