"""The breath sound in finished files, decoded as a player does."""

from __future__ import annotations

import array
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from voicecoach.audio import ffmpeg, filters
from voicecoach.audio.breath_sound import COURSES, LOUDNESS, Colour, make_colour
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.loudness import read_summary
from voicecoach.audio.pcm import audioop
from voicecoach.testing import FakeVoice

if TYPE_CHECKING:
    from pathlib import Path

FRAME = 1152
RAW = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> vc.Session:
    studio = vc.Studio(voice=FakeVoice(), cache=tmp_path_factory.mktemp("cache"))
    score = vc.breathe(1, inhale="In", exhale="Out")
    return studio.perform(score, breath="4-1-6", lead_in=1, breath_sound=True)


def decoded(path: Path) -> bytes:
    return ffmpeg.run(["-i", ffmpeg.quote_path(path), "-ac", "1", "-f", "s16le", "pipe:1"], what="decoding").stdout


@pytest.mark.parametrize("name", ["a.mp3", "a.opus"])
def test_it_begins_and_ends_with_its_phases(session: vc.Session, tmp_path: Path, name: str) -> None:
    session.write(tmp_path / name, room_tone=False, verify=True)
    pcm = decoded(tmp_path / name)
    first, last = session.timeline.phases[0], session.timeline.phases[-1]
    start, end = (round(at * SAMPLE_RATE) for at in (first.start, last.end))

    def level(at: int, until: int) -> int:
        return audioop.rms(pcm[2 * at : 2 * until], 2)

    assert level(start - 3 * FRAME, start - FRAME) < 3
    assert level(start, start + FRAME) > 50  # words begin there, too
    assert level(end - 2 * FRAME, end) > 40
    assert level(end + FRAME, end + 3 * FRAME) < 3


def test_a_stream_is_the_file(session: vc.Session, tmp_path: Path) -> None:
    session.write(tmp_path / "a.mp3")
    assert (tmp_path / "a.mp3").read_bytes().endswith(b"".join(session.stream("mp3"))[-10_000:])


def test_without_it_the_file_is_as_before(session: vc.Session, tmp_path: Path) -> None:
    quiet = session.at(breath_sound=False)
    quiet.write(tmp_path / "quiet.wav", room_tone=False)
    session.write(tmp_path / "loud.wav", room_tone=False, breath_level=30)
    plain, sounding = decoded(tmp_path / "quiet.wav"), decoded(tmp_path / "loud.wav")
    assert "breath_sound" not in quiet.to_json()
    assert session.to_json()["breath_sound"] is True
    exhale = session.timeline.phases[2]
    silent = slice(*(2 * round((exhale.end - at) * SAMPLE_RATE) for at in (1, 0)))
    assert not any(array.array("h", plain[silent]))
    assert 50 < audioop.rms(sounding[silent], 2) < 150  # 30 LU under the speech, and falling


@pytest.mark.parametrize("colour", dict.fromkeys(each for course in COURSES.values() for each in (course.start,)))
def test_colours_are_as_loud_as_a_bed(colour: Colour) -> None:
    measured = ["-af", filters.LOUDNESS, *filters.TO_NOWHERE]
    said = ffmpeg.run([*RAW, *measured], what="measuring", data=make_colour(colour) * 2, loglevel="info")
    assert read_summary(said.stderr) == pytest.approx(LOUDNESS, abs=0.5)
