"""`llms.txt` alone is enough to write a valid routine: it is short, and what it shows is correct."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FakeVoice
from voicecoach.app import session, speaker
from voicecoach.app.cli import cli
from voicecoach.app.request import Request
from voicecoach.app.review import review
from voicecoach.app.speaker import Speaker
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from voicecoach.app.review import Review

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "llms.txt").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
NEWCOMERS = sorted((ROOT / "tests" / "newcomers").glob("*.yaml"))
"""Routines that were written from the guide alone."""


@pytest.fixture(autouse=True)
def _fake_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = CachedVoice(FakeVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))


def check(path: Path, folder: Path) -> Review:
    return review(Request(str(path)), (), folder, lambda *_: None)


def test_the_guide_is_short() -> None:
    assert len(GUIDE.encode()) <= 4_000


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_of_the_guide_is_a_session_without_a_warning(example: str, tmp_path: Path) -> None:
    path = tmp_path / "my.yaml"
    path.write_text(example, encoding="utf-8")
    found = check(path, tmp_path)
    assert [*found.lines(), found.unmeasured, *found.notes] == [""]
    timeline = session.plan(Request(str(path)), tmp_path, lambda *_: None).tracks[0].timeline
    assert timeline.duration > 60
    assert len({cue.text for cue in timeline.cues}) > 10


def test_the_complete_example_has_most_of_the_language() -> None:
    shown = {key.strip() for key in re.findall(r"([a-z ]+):", EXAMPLES[0])}
    assert shown > {"say", "breathe", "hold", "rest", "each side", "repeat", "pace", "sound", "change", "only"}


def test_every_command_of_the_guide_is_one() -> None:
    named = re.findall(r"(?:^    |; )voicecoach ([a-z]+) ", GUIDE, re.MULTILINE)
    assert len(named) >= 4
    assert set(named) <= set(cli.commands)


@pytest.mark.parametrize("path", NEWCOMERS, ids=lambda path: path.stem)
def test_a_routine_written_from_the_guide_alone_has_no_problem(path: Path, tmp_path: Path) -> None:
    found = check(path, tmp_path)
    assert [*found.lines(), found.unmeasured] == [""]
