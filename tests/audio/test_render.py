"""How a session sounds: what the sound of a cue is known by."""

from __future__ import annotations

import array
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sounded import Spoken, still
from voicecoach.audio import ffmpeg, render
from voicecoach.audio.clip import SAMPLE_RATE, Clip, amplify
from voicecoach.audio.formats import FORMATS
from voicecoach.audio.mixdown import find_passages
from voicecoach.audio.render import describe_speech
from voicecoach.audio.settings import Sounding
from voicecoach.audio.verify import verify
from voicecoach.core.score import CueKind, phrase, seq
from voicecoach.core.timeline import Cue, Timeline
from voicecoach.errors import VoiceError
from voicecoach.system.assets import list_assets

if TYPE_CHECKING:
    from pathlib import Path

NAMES = st.sampled_from([name.removesuffix(".wav") for name in list_assets()] + ["In", "Out"])


@st.composite
def cues(draw: st.DrawFn) -> Cue:
    start = Fraction(draw(st.integers(0, 9)))
    kind, read, said = draw(st.sampled_from(CueKind)), draw(NAMES), draw(st.just("") | NAMES)
    return Cue(start, start + 1, kind, read, spoken=said, fall=draw(st.integers(0, 2)))


def clip(cue: Cue) -> Clip:
    """Return another sound for whatever makes a sound another one."""
    number = hash((cue.track, cue.said, cue.fall)) % 10_000
    return Clip(number.to_bytes(2, "little") * 9)


@given(st.lists(cues(), max_size=12), st.floats(-6, 1.5))
def test_each_cue_keeps_its_own_sound_whatever_it_is_called(heard: list[Cue], decibels: float) -> None:
    """A spoken word may be called like a bell, be read in another way than it is said, or be said by a lower voice."""
    louder = render._change_gain(clip, decibels)  # noqa: SLF001 - the sounds that are laid
    for cue in heard:
        assert louder(cue) == amplify(clip(cue), decibels)


@pytest.mark.parametrize(("loudest", "is_heard"), [(0, False), (32, False), (33, True)])
def test_a_session_with_a_cue_that_nobody_would_hear_is_refused(loudest: int, is_heard: bool, tmp_path: Path) -> None:  # noqa: FBT001 - pytest names it
    """33 of 32,768 is -60 dBFS."""
    spoken = Spoken()
    spoken.clips["And out"] = Clip(bytes(9000) + loudest.to_bytes(2, "little") + bytes(9000))
    if is_heard:
        assert spoken.recording(tmp_path / "a.mp3", Sounding(), tmp_path / "kept")
        return
    with pytest.raises(VoiceError, match="'And out' would not be heard: its sound is silent\ntry another --voice"):
        spoken.recording(tmp_path / "a.mp3", Sounding(), tmp_path / "kept")


def test_a_row_of_speech_longer_than_a_window_is_heard_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sentences with no pause between them: wherever the row is parted, no word loses its onset."""
    window = 150 * 1152  # the real one would take a minute of speech
    monkeypatch.setattr(find_passages, "__defaults__", (window,))
    texts = [f"This is sentence number {number} of a long row of sentences" for number in range(4)]
    spoken = Spoken(seq(still(1), *map(phrase, texts), still(1)))
    starts = [cue.start for cue in spoken.timeline.cues]
    assert starts[-1] - starts[0] > 2 * window / SAMPLE_RATE
    spoken.write(tmp_path / "a.mp3", Sounding(room_tone=False))
    pcm = ffmpeg.run(["-i", ffmpeg.quote_path(tmp_path / "a.mp3"), "-f", "s16le", "pipe:1"], what="decoding").stdout
    size = SAMPLE_RATE // 250 * 2
    for cue in spoken.timeline.cues:
        first, last = (int(at * SAMPLE_RATE) * 2 for at in (cue.start, cue.end))
        assert all(max(array.array("h", pcm[at : at + size])) > 1000 for at in range(first, last - 2 * size, size)), cue
    assert verify(tmp_path / "a.mp3") == []


def test_an_encoder_with_few_bits_is_forgiven_more() -> None:
    allowed = [
        render.find_tolerance(Sounding(FORMATS[name], rate, bed))
        for name, rate, bed in (
            *(("mp3", None, None), ("mp3", 32, "rain"), ("flac", None, None)),
            *(("opus", None, None), ("opus", 32, None), ("opus", 24, None), ("opus", 32, "rain")),
            *(("m4a", None, None), ("m4a", None, "rain"), ("m4a", 48, None)),
        )
    ]
    assert allowed == [6, 6, 6, 10, 10, 20, 20, 16, 10, 40]


def test_levels_of_speech_are_measured_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    timeline = Timeline(Fraction(1), cues=(Cue(Fraction(0), Fraction(1), CueKind.INSTRUCTION, "In"),))
    first = describe_speech(timeline, clip, 6.0, tmp_path)
    (kept,) = tmp_path.rglob("*.levels")
    monkeypatch.setattr("voicecoach.audio.levels.measure_speech", lambda _: pytest.fail("it was measured again"))
    assert describe_speech(timeline, clip, 6.0, tmp_path) == first
    monkeypatch.undo()
    kept.write_bytes(kept.read_bytes()[:-1])
    assert describe_speech(timeline, clip, 6.0, tmp_path) == first, "a damaged entry is a miss"
