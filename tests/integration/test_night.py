"""Sessions for the night, and for the hard of hearing, decoded as a player does."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest

import voicecoach as vc
from tests.amounts import choose_amount
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.pcm import audioop
from voicecoach.errors import ChoiceError
from voicecoach.testing import FakeVoice
from voicecoach.voices.clear import SLOWER

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> vc.Session:
    studio = vc.Studio(voice=FakeVoice(), cache=tmp_path_factory.mktemp("cache"))
    score = vc.breathe(5, inhale="In", hold="Hold", exhale="Out")
    return studio.perform(score, breath="1-4-2", lead_in=1, sleep=True, hold_tick=True)


def decoded(path: Path) -> bytes:
    return ffmpeg.run(["-i", ffmpeg.quote_path(path), "-ac", "1", "-f", "s16le", "pipe:1"], what="decoding").stdout


def level(pcm: bytes, start: float, end: float) -> float:
    """Return the level between two times, in dBFS."""
    first, last = (2 * round(at * SAMPLE_RATE) for at in (start, end))
    return 20 * math.log10(max(audioop.rms(pcm[first:last], 2), 0.1) / 32_768)


@pytest.mark.parametrize(("name", "bed"), choose_amount([("a.mp3", "rain")], [("a.mp3", None), ("a.m4a", "rain")]))
def test_words_ticks_and_background_sink_and_the_file_is_as_planned(
    session: vc.Session, tmp_path: Path, name: str, bed: str | None
) -> None:
    session.write(tmp_path / name, bed=bed, verify=True)
    pcm = decoded(tmp_path / name)
    for text, last in (("Out", 12.0), ("tick", 12.0)):
        cues = [cue for cue in session.timeline.cues if cue.text == text]
        first, end = (level(pcm, float(cue.start), float(cue.start) + 0.2) for cue in (cues[0], cues[-1]))
        assert first - end == pytest.approx(last, abs=2.0)
    duration = session.duration
    minute = [level(pcm, at, at + 5) for at in (duration - 58, duration - 30, duration - 6)]
    assert minute[0] > minute[1] + 3 > minute[2] + 9
    assert level(pcm, duration - 0.5, duration) < minute[0] - 35


def test_a_preview_does_not_fade(session: vc.Session, tmp_path: Path) -> None:
    session.at(preview=15).write(tmp_path / "a.flac", verify=True)
    pcm = decoded(tmp_path / "a.flac")
    assert level(pcm, 8, 15) - level(pcm, 1, 8) == pytest.approx(-12 * 7 / 35, abs=0.5)  # as words sink, and no more


def test_ticks_are_heard_a_second_before_each_hold_ends(session: vc.Session, tmp_path: Path) -> None:
    session.at(sleep=False, preview=12).write(tmp_path / "a.wav", room_tone=False)
    pcm = decoded(tmp_path / "a.wav")
    hold = next(phase for phase in session.timeline.phases if phase.kind == "hold")
    end = float(hold.end)
    assert level(pcm, end - 1.1, end - 1.025) < -80
    assert level(pcm, end - 1, end - 0.95) > -30
    assert level(pcm, end - 0.7, end - 0.1) < -80


def test_a_clear_session_has_slower_words_and_its_phases_on_time(session: vc.Session, tmp_path: Path) -> None:
    plain = session.at(sleep=False, hold_tick=False, preview=12)
    clear = plain.at(clear=True)
    assert [each.end for each in clear.timeline.phases] == [each.end for each in plain.timeline.phases]
    for one, other in zip(plain.timeline.cues, clear.timeline.cues, strict=True):
        assert (one.start, one.text) == (other.start, other.text)
        assert other.end - other.start == (one.end - one.start) * SLOWER
    clear.write(tmp_path / "a.mp3", verify=True, room_tone=False)
    pcm, cue = decoded(tmp_path / "a.mp3"), clear.timeline.cues[1]
    start, end = float(cue.start), float(cue.end)
    assert level(pcm, start - 0.1, start - 0.03) < -70
    assert level(pcm, start, start + 0.024) > -40  # within a frame
    assert level(pcm, end + 0.03, end + 0.1) < -60


def test_a_clear_session_has_no_bed(session: vc.Session, tmp_path: Path) -> None:
    clear = session.at(clear=True)
    for write in (lambda: clear.write(tmp_path / "a.mp3", bed="rain"), lambda: next(clear.stream(bed="rain"))):
        with pytest.raises(ChoiceError, match=r"a clear session has no bed, .*\nwrite --bed none"):
            write()
    assert not [*tmp_path.iterdir()]
