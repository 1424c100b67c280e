"""The clips that come with the program, through the real coder."""

from __future__ import annotations

import importlib.util
import json
import math
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from scripts.clips.entries import Reader, list_entries
from scripts.clips.make import BIT_RATE, FIRST, VOICE, encode
from tests.amounts import only_in_ci
from voicecoach.app.request import Request
from voicecoach.app.speaker import choose_voice
from voicecoach.audio import ffmpeg, mp3
from voicecoach.audio.clip import SAMPLE_RATE, Clip, read_wave
from voicecoach.errors import Where
from voicecoach.language import language
from voicecoach.system import cache, prepared
from voicecoach.system.assets import find_clips, find_prepared, find_room_tone
from voicecoach.views.craft import lint_craft, measure_craft
from voicecoach.voices import shipped
from voicecoach.voices.port import ShippedVoice
from voicecoach.voices.shipped import ShippedClips

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.system.process import Finished

LARGEST = 6_000_000
"""Bytes of all clips, and of what is made of them: they are in the wheel."""

LENGTHS = (0.04, 0.35, 1.001, 2.5)


def sing(seconds: float) -> Clip:
    """Return a tone that glides, so that no part of it looks like another."""
    count = round(seconds * SAMPLE_RATE)
    values = [round(8000 * math.sin(2 * math.pi * (200 + 0.004 * at) * at / SAMPLE_RATE)) for at in range(count)]
    return Clip(struct.pack(f"<{count}h", *values))


@pytest.fixture(scope="module")
def clips() -> list[Clip]:
    return [sing(seconds) for seconds in LENGTHS]


def test_a_clip_comes_back_where_it_was_and_as_it_was(clips: list[Clip], tmp_path: Path) -> None:
    content, starts = encode(clips)
    path = tmp_path / "tones.opus"
    path.write_bytes(content)
    pcm = shipped.decode(path)
    for clip, start in zip(clips[1:], starts[1:], strict=True):
        some = Clip(pcm[start * 2 : (start + clip.samples) * 2])
        before, after = (struct.unpack(f"<{clip.samples}h", each.pcm) for each in (clip, some))
        error = sum((a - b) ** 2 for a, b in zip(before, after, strict=True))
        assert error < 0.002 * sum(a * a for a in before), "less than -27 dB: nothing is shifted by a sample"


def test_the_same_clips_are_the_same_file(clips: list[Clip]) -> None:
    assert encode(clips) == encode(clips)
    assert len(encode(clips)[0]) < 1.5 * sum(LENGTHS) * BIT_RATE / 8 + 2000


@pytest.fixture(scope="module")
def heart(tmp_path_factory: pytest.TempPathFactory) -> ShippedVoice:
    """The voice whose clips come with the program."""
    if importlib.util.find_spec("hibari") is None:
        pytest.skip("hibari-tts has no wheel for this machine")
    voice, _ = choose_voice(Request(FIRST, voice=VOICE), language("en"), tmp_path_factory.mktemp("facts"))
    assert isinstance(voice, ShippedVoice)
    return voice


@pytest.fixture(scope="module")
def made(heart: ShippedVoice) -> dict[str, bytes]:
    """What comes with the program for the first session, made anew."""
    entries = list_entries(FIRST, Reader(heart, ShippedClips()))
    if not any(map(prepared.find_entry, entries)):
        pytest.skip("this is not the ffmpeg that encoded what comes with the program")
    return entries


@only_in_ci
def test_what_comes_with_the_program_is_what_this_machine_makes(made: dict[str, bytes]) -> None:
    """If not, ``scripts/make_clips`` makes it again."""
    assert {name: prepared.find_entry(name) for name in made} == made
    assert set(json.loads((find_prepared() / prepared.INDEX).read_bytes())["entries"]) == set(made)


@dataclass(frozen=True)
class First:
    """The first session: its studio, and what ffmpeg did until it was written."""

    studio: vc.Studio
    session: vc.Session
    done: set[str]


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> First:
    folder, done, run = tmp_path_factory.mktemp("first"), set[str](), ffmpeg.run

    def note(args: Sequence[str], *, what: str, data: bytes = b"", loglevel: str = "error") -> Finished:
        done.add(what)
        return run(args, what=what, data=data, loglevel=loglevel)

    studio = vc.Studio(cache=folder / "cache", voice=VOICE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ffmpeg, "run", note)
        session = studio.plan(vc.load(FIRST))
        session.write(folder / "session.mp3")
    return First(studio, session, done)


@pytest.mark.usefixtures("heart")
def test_the_first_sessions_need_no_voice(first: First) -> None:
    """All words of these sessions come with the program; if not, ``scripts/make_clips`` makes them again."""
    assert first.session.synthesised == 0
    assert first.studio.plan(vc.load("box-breathing")).synthesised == 0


@pytest.mark.usefixtures("made")
def test_the_first_session_is_neither_encoded_nor_measured(first: First) -> None:
    assert first.done == {"reading the clips of the program"}


@only_in_ci
def test_another_encoder_finds_nothing(made: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ffmpeg, "identify", lambda: "ffmpeg 5.1.9-0+deb12u1 0123456789ab")
    known = {Path(name).stem for name in made if name.endswith(".run")}
    key = mp3.FrameFormat(loop=read_wave(find_room_tone())).key
    assert cache.locate_entry(Path(), "run", *key, "ground").stem not in known


def test_the_clips_and_entries_are_small() -> None:
    folders = (find_clips(), find_prepared())
    assert sum(path.stat().st_size for folder in folders for path in folder.iterdir()) < LARGEST


def test_the_default_session_keeps_the_craft_of_guidance(first: First) -> None:
    timeline = first.session.timeline
    figures = measure_craft(timeline, language("en"))
    assert figures.first_breath is not None
    assert figures.first_breath <= 45
    assert figures.stretch >= 0.4
    assert list(lint_craft(timeline, language("en"), Where(FIRST, 1, 1))) == []
