"""What a file is called, and what `make` says when it replaces another."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import QuickVoice
from tests.strategies import paces
from voicecoach.app import speaker
from voicecoach.app.cli import cli
from voicecoach.app.naming import LONGEST, drop_folders, list_choices, name_file, tell_apart
from voicecoach.app.speaker import Speaker
from voicecoach.audio import tagging
from voicecoach.core.notation import read_pace
from voicecoach.core.score import Side
from voicecoach.script.choices import Choices, Guidance
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from pathlib import Path


def named(choices: Choices, length: Fraction | None = None, preview: Fraction | None = None) -> str:
    return name_file("leg-stretch", list_choices(choices, length, preview))


@pytest.mark.parametrize(
    ("choices", "name"),
    [
        (Choices(), "leg-stretch"),
        (Choices(breath=read_pace("5-7")), "leg-stretch 5-7"),
        (Choices(breath=read_pace("3-4..4-6")), "leg-stretch 3-4..4-6"),
        (Choices(breath=read_pace("4.5-6"), rounds=1), "leg-stretch 4.5-6 1 round"),
        (Choices(rounds=3, guidance=Guidance.TONES), "leg-stretch 3 rounds tones"),
        (Choices(first=Side.RIGHT), "leg-stretch right first"),
        (Choices(added=frozenset({"squat", "lunge"})), "leg-stretch with lunge+squat"),
        (Choices(skipped=frozenset({"a b"})), "leg-stretch without a b"),
        (Choices(settings={"hold": "45s", "am": "30 s"}), "leg-stretch am=30 s hold=45s"),
        (Choices(clear=True, rounds=2), "leg-stretch 2 rounds clear"),
        (Choices(sleep=True), "leg-stretch sleep"),
        (Choices(sleep=False), "leg-stretch awake"),
        (Choices(sides=(Side.LEFT,), lead_in=Fraction(1), chime="bell"), "leg-stretch"),
    ],
)
def test_a_name_carries_what_is_done_and_said(choices: Choices, name: str) -> None:
    assert named(choices) == name


def test_a_length_and_a_preview_are_in_the_name() -> None:
    assert named(Choices(), Fraction(600)) == "leg-stretch 10m"
    assert named(Choices(), Fraction(3630), Fraction(60)) == "leg-stretch 60m30s preview"


@given(paces, paces)
def test_other_breaths_have_other_names(one: object, other: object) -> None:
    first, second = (named(Choices(breath=each)) for each in (one, other))  # type: ignore[arg-type]
    assert (first == second) == (str(one) == str(other))


values = st.dictionaries(st.text('abc/\\:*?"<>| é\n\x00', min_size=1), st.text(min_size=1), max_size=8)


@given(values)
def test_whatever_is_set_the_name_is_one_that_all_systems_take(settings: dict[str, str]) -> None:
    name = named(Choices(settings=settings))
    assert not set(name) & set('/\\:*?"<>|\n\x00')
    assert len(name.encode("utf-8", "surrogatepass")) <= len("leg-stretch ") + LONGEST


def test_long_names_that_begin_alike_differ() -> None:
    one, other = (named(Choices(settings={"word": "x" * 200 + end})) for end in "ab")
    assert one != other


def test_what_differs_is_told_and_nothing_else() -> None:
    assert not tell_apart({"breath": "4-6"}, {"breath": "4-6"})
    assert tell_apart({"breath": "4-6", "bed": "rain"}, {"breath": "5-7"}) == "--breath 4-6, --bed rain"
    assert tell_apart({}, {"breath": "5-7", "length": "10m"}) == "no --breath, no --length"


@pytest.mark.parametrize(
    ("voice", "left"),
    [
        ("recorded:/home/ana/calm", "recorded:calm"),
        ("recorded:/home/ana, or bo/calm,gmw", "recorded:calm,gmw"),
        ("recorded:../ana/calm/,en-us", "recorded:calm/,en-us"),
        ("piper:C:\\voices\\en.onnx", "piper:en.onnx"),
        ("piper:en_GB-alba", "piper:en_GB-alba"),
        ("gmw/en-us", "gmw/en-us"),
        ("hibari:heart", "hibari:heart"),
    ],
)
def test_a_voice_is_named_without_its_folders(voice: str, left: str) -> None:
    assert drop_folders(voice) == left


def test_nothing_in_a_file_says_in_which_folder_its_voice_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = CachedVoice(QuickVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, f"recorded:{tmp_path}/calm"))
    result = CliRunner().invoke(cli, ["make", "box-breathing", "--preview", "5s", "-o", str(tmp_path / "a.mp3")])
    assert result.exit_code == 0
    carried = tagging.extract_timeline(tmp_path / "a.mp3")
    assert carried.count(b"recorded:calm") == 2
    assert tmp_path.name.encode() not in carried
    assert str(tmp_path).encode() not in (tmp_path / "a.mp3").read_bytes()
