"""Loudness: what BS.1770 and EBU Tech 3341 say of test tones, and what the parts of a session say of the whole."""

from __future__ import annotations

import array
import itertools
import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sounded import WORDS, Spoken, breaths, still
from voicecoach.audio import ffmpeg, loudness, render
from voicecoach.audio.clip import SAMPLE_RATE, Clip
from voicecoach.audio.formats import FORMATS
from voicecoach.audio.loudness import GATE, Blocks, integrate, measure_file, read_summary
from voicecoach.audio.settings import Sounding
from voicecoach.audio.writer import Stream
from voicecoach.core.score import phrase, seq
from voicecoach.errors import EncodeError

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.score import Score

levels = st.floats(GATE + 1, 0)
weighed = st.lists(st.tuples(levels, st.integers(1, 50)), min_size=1, max_size=20)


def sine(seconds: float, decibels: float, hertz: float = 997, channels: int = 1, turn: float = 0) -> bytes:
    high, step = 32_768 * 10 ** (decibels / 20), 2 * math.pi * hertz / 48_000
    return array.array(
        "h",
        (
            round(high * math.sin(step * at + turn))
            for at in range(round(seconds * 48_000) // 1152 * 1152)
            for _ in range(channels)
        ),
    ).tobytes()


def wave(path: Path, pcm: bytes, channels: int = 1) -> Path:
    Stream([pcm], FORMATS["wav"], None, channels, "[0:a]anull[out]").save(path)
    return path


def test_a_sine_measures_as_bs_1770_says(tmp_path: Path) -> None:
    """A sine of 997 Hz at full scale in one channel is at -3.01 LKFS; in two channels it is 3.01 more."""
    one = measure_file(wave(tmp_path / "one.wav", sine(3, -23)))
    two = measure_file(wave(tmp_path / "two.wav", sine(3, -23, channels=2), channels=2))
    assert one.integrated == pytest.approx(-26.0, abs=0.1)
    assert two.integrated == pytest.approx(-23.0, abs=0.1)
    assert one.true_peak == pytest.approx(-23.0, abs=0.2)


def test_a_peak_between_two_samples_is_found(tmp_path: Path) -> None:
    """A sine of a quarter of the rate, sampled beside its peaks, is 3 dB higher than any of its samples."""
    pcm = sine(2, -6, hertz=12_000, turn=math.pi / 4)
    given = ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:0"]
    (blocks,) = loudness.measure_encoded([pcm], given, bytes(2 * 24_000), [len(pcm) // 2, 24_000])
    assert measure_file(wave(tmp_path / "a.wav", pcm)).true_peak == pytest.approx(-6, abs=0.8)
    assert blocks.true_peak == pytest.approx(-6, abs=0.8)


def test_nothing_is_heard_of_silence(tmp_path: Path) -> None:
    found = measure_file(wave(tmp_path / "a.wav", bytes(2 * 48_000)))
    assert found.integrated is None
    assert str(found).startswith("nothing is heard, peak -")
    assert found.as_json()["integrated"] is None


def test_what_is_no_sound_can_not_be_measured(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound" * 99)
    with pytest.raises(EncodeError, match=r"measuring a\.wav: ffmpeg .* failed"):
        measure_file(tmp_path / "a.wav")
    with pytest.raises(EncodeError, match="gave no result"):
        read_summary("Conversion failed!")


@given(weighed, st.floats(-20, 0))
def test_what_is_softer_on_the_whole_is_as_much_softer(blocks: list[tuple[float, int]], by: float) -> None:
    loud = integrate(blocks)
    softer = integrate([(level + by, times) for level, times in blocks])
    assert loud is not None
    if min(level for level, _ in blocks) + by > GATE:
        assert softer == pytest.approx(loud + by, abs=0.02)
    assert min(level for level, _ in blocks) - 0.01 <= loud <= max(level for level, _ in blocks) + 0.01


@given(weighed)
def test_a_block_that_is_heard_twice_counts_twice(blocks: list[tuple[float, int]]) -> None:
    assert integrate(blocks) == integrate([(level, 1) for level, times in blocks for _ in range(times)])


@given(weighed, st.integers(1, 1000))
def test_silence_and_what_is_far_softer_do_not_count(blocks: list[tuple[float, int]], times: int) -> None:
    assert integrate([*blocks, (GATE, times), (-120.0, times)]) == integrate(blocks)
    assert integrate([(-20.0, 1), (-31.0, times)]) is not None
    assert integrate([(GATE, times)]) is None
    assert integrate([]) is None


@given(st.lists(st.floats(-100, 0), max_size=9), st.floats(-100, 3))
def test_blocks_are_kept_and_read_again(found: list[float], peak: float) -> None:
    blocks = Blocks(tuple(found), peak)
    assert Blocks.unpack(blocks.pack()) == blocks


@pytest.mark.parametrize("kept", [b"", b"[]", b"{}", b'["a"]', b"[1, null]", b"7", b"\xff"])
def test_what_is_kept_of_something_else_is_refused(kept: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - json's own words, or ours
        Blocks.unpack(kept)


def test_each_sound_of_a_run_is_measured_by_itself() -> None:
    sounds = [sine(1, -20), sine(0.3, -6), sine(2, -40, hertz=300), sine(0.5, -12, hertz=3000)]
    given = ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:0"]
    apart = 20_736
    lengths = [len(each) // 2 for each in sounds]
    together = loudness.measure_encoded(sounds, given, bytes(2 * apart), [*lengths, apart])
    for sound, length, found in zip(sounds, lengths, together, strict=True):
        (alone,) = loudness.measure_encoded([sound], given, bytes(2 * apart), [length, apart])
        assert max(found.levels) == pytest.approx(max(alone.levels), abs=0.2)
        assert found.true_peak == pytest.approx(alone.true_peak, abs=0.2)


def test_no_block_is_counted_for_two_sounds() -> None:
    """Sounds of any length, one after the other: their blocks are as many as there are in all."""
    sounds = [sine(length / 10, -20) for length in range(3, 10)]
    given = ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:0"]
    apart = 20_736
    lengths = [len(each) // 2 for each in sounds]
    found = loudness.measure_encoded(sounds, given, bytes(2 * apart), [*lengths, apart])
    blocks = sum(len(each.levels) for each in found)
    touched = sum((length + 19_200) / loudness.HOP for length in lengths)
    assert abs(blocks - touched) <= len(sounds) / 2


SESSIONS: dict[str, Score] = {
    "as usual": WORDS,
    "closely": seq(*(phrase("And once more, slowly") for _ in range(9))),
    "now and then": seq(breaths(3), *itertools.chain.from_iterable((phrase("In"), still(4)) for _ in range(3))),
}


@pytest.mark.parametrize(
    ("name", "room_tone"), [("as usual", True), ("as usual", False), ("closely", True), ("now and then", False)]
)
def test_the_blocks_of_its_parts_tell_how_loud_a_file_is(tmp_path: Path, name: str, *, room_tone: bool) -> None:
    told = Spoken(SESSIONS[name]).write(tmp_path / "a.mp3", Sounding(room_tone=room_tone))
    heard = measure_file(tmp_path / "a.mp3")
    assert told is not None
    assert told.integrated == pytest.approx(heard.integrated, abs=0.3)
    assert told.true_peak == pytest.approx(heard.true_peak, abs=0.5)


def test_without_a_word_only_the_room_is_heard(tmp_path: Path) -> None:
    silent = Spoken(still(2)).write(tmp_path / "a.mp3", Sounding(room_tone=False))
    assert silent is not None
    assert silent.integrated is None
    told = Spoken(still(4)).write(tmp_path / "b.mp3")
    assert told is not None
    assert told.integrated == pytest.approx(measure_file(tmp_path / "b.mp3").integrated, abs=0.3)


def test_only_the_file_can_tell_how_loud_a_stream_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(render, "MOST_DISTINCT", 0)
    assert Spoken().write(tmp_path / "a.mp3") is None


@pytest.mark.parametrize("level", [200, 3_000, 30_000])
def test_a_sound_that_somebody_brought_is_brought_to_one_loudness_without_clipping(level: int) -> None:
    turn = 2 * math.pi * 440 / SAMPLE_RATE
    wave = Clip(array.array("h", (round(level * math.sin(turn * at)) for at in range(2 * SAMPLE_RATE))).tobytes())
    made = loudness.normalise_sound(wave, -22.0, -6.0)
    given = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0", "-af", "ebur128=metadata=1"]
    said = ffmpeg.run([*given, "-f", "null", "-"], what="measuring", data=made.pcm, loglevel="info").stderr
    assert loudness.read_summary(said) == pytest.approx(-22, abs=0.3)
    values = array.array("h", made.pcm)
    assert values[0] == values[-1] == 0


def test_a_click_is_brought_to_its_ceiling() -> None:
    made = loudness.normalise_sound(Clip(array.array("h", [0] * 500 + [9_000] * 20 + [0] * 500).tobytes()), -22.0, -6.0)
    assert loudness.to_decibels(max(array.array("h", made.pcm))) == pytest.approx(-6, abs=0.1)
