"""Where players land in an MP3: by its bit rate, by its seek table, by its chapters, and by counting samples."""

from __future__ import annotations

import array
import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3

from tests.tagged import TAGS
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_RATE, Clip
from voicecoach.audio.formats import MP3, MP3_RATES
from voicecoach.audio.id3 import ChapterTag
from voicecoach.audio.mixdown import Passage
from voicecoach.audio.mp3 import LEAD, FrameFormat, JoinedTrack, encode_batch
from voicecoach.audio.mp3_info import Info, make_info_frame, read_info
from voicecoach.audio.writer import Recording, Stream, write_files

if TYPE_CHECKING:
    from pathlib import Path

FRAME = Fraction(FRAME_SAMPLES, SAMPLE_RATE)
DECODER = 529
"""Samples by which a decoder is late, besides the delay that the Info header states."""
BEEPS = (700, 5_000, 12_345, 74_990)
"""Frames at which a beep begins, in half an hour."""
FORM = FrameFormat()


def start_of(content: bytes) -> int:
    """Where the Info frame begins: after the tag."""
    assert content[:3] == b"ID3"
    return 10 + sum(byte << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))


def table(content: bytes) -> list[int]:
    at = content.index(b"Info")
    return list(content[at + 16 : at + 116])


def by_rate(wanted: Fraction, rate: int, header: int) -> Fraction:
    """The byte after the Info frame, as many bytes a second further as the bit rate says."""
    return header + wanted * rate / 8


def by_table(wanted: Fraction, seconds: Fraction, places: list[int], size: int) -> Fraction:
    """The byte between the two entries of the table around a time, all bytes being 256 parts."""
    percent = wanted * 100 / seconds
    whole = min(99, int(percent))
    first, second = [*places, 256][whole : whole + 2]
    return (first + (second - first) * (percent - whole)) * size / 256


def landed(byte: Fraction, header: int, size: int) -> Fraction:
    """The time of the next frame from a byte on, in seconds."""
    return max(0, math.ceil((byte - header) / size)) * FRAME


@given(st.integers(100, 1_800_000), st.sampled_from(MP3_RATES), st.fractions(0, 1, max_denominator=10_000))
def test_by_its_table_a_player_lands_within_half_a_place_and_by_its_rate_in_the_frame(
    frames: int, rate: int, part: Fraction
) -> None:
    form = FrameFormat(rate * 1000)
    head = make_info_frame(frames, form.bit_rate)
    info = read_info(head)
    seconds = info.frames * FRAME
    wanted = part * seconds
    place = by_table(wanted, seconds, table(head), info.size)
    half = Fraction(info.size, 512) / form.size * FRAME
    assert abs(landed(place, len(head), form.size) - wanted) <= half + FRAME
    assert 0 <= landed(by_rate(wanted, rate * 1000, len(head)), len(head), form.size) - wanted < FRAME


@pytest.fixture(scope="module")
def half_an_hour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A session that is silent but for beeps, each of which begins a chapter."""
    path = tmp_path_factory.mktemp("seeking") / "a.mp3"
    beep = Clip(array.array("h", (12_000 * (-1) ** (at // 24) for at in range(9600))).tobytes())
    (run,) = encode_batch([Passage(beep)], FORM)
    ends = [*BEEPS[1:], 75_000]
    chapters = tuple(ChapterTag(at * FRAME, end * FRAME, str(at)) for at, end in zip(BEEPS, ends, strict=True))
    sound = JoinedTrack(tuple((at - LEAD, run) for at in BEEPS), 75_000, FORM, FORM.silent)
    write_files([Recording(path, sound, replace(TAGS, chapters=chapters))])
    return path


def test_by_its_rate_a_player_lands_in_the_frame(half_an_hour: Path) -> None:
    content = half_an_hour.read_bytes()[start_of(half_an_hour.read_bytes()) :]
    for at in range(0, 75_000, 997):
        wanted = (at + Fraction(1, 3)) * FRAME
        found = landed(by_rate(wanted, 64_000, FORM.size), FORM.size, FORM.size)
        assert 0 <= found - wanted < FRAME
        assert content[FORM.size + int(found / FRAME) * FORM.size :][:4] == FORM.header


def test_by_its_table_a_player_lands_within_half_a_place(half_an_hour: Path) -> None:
    content = half_an_hour.read_bytes()[start_of(half_an_hour.read_bytes()) :]
    info = read_info(content)
    seconds = info.frames * FRAME
    wanted = [seconds * part / 997 for part in range(997)]
    places = [by_table(each, seconds, table(content), info.size) for each in wanted]
    off = [landed(place, FORM.size, FORM.size) - each for place, each in zip(places, wanted, strict=True)]
    assert max(map(abs, off)) <= seconds / 512 + FRAME
    assert abs(sum(off, Fraction(0)) / len(off)) < seconds / 2000, "no sooner than later"


def decoded_from(content: bytes, info: Info, sample: int) -> array.array[int]:
    """Seek as exact players do: decode some frames before a sample as well, and drop what comes too early."""
    late = info.delay + DECODER
    first = max(0, (sample + late) // FRAME_SAMPLES - 2)
    frames = content[(1 + first) * FORM.size : (1 + first + 20) * FORM.size]
    pcm = ffmpeg.run(["-f", "mp3", "-i", "pipe:0", "-f", "s16le", "pipe:1"], what="decoding", data=frames).stdout
    return array.array("h", pcm)[sample + late - first * FRAME_SAMPLES :]


def test_by_counting_samples_and_by_a_chapter_a_player_lands_on_the_beep(half_an_hour: Path) -> None:
    content = half_an_hour.read_bytes()[start_of(half_an_hour.read_bytes()) :]
    info = read_info(content)
    starts = sorted(frame.start_time for frame in ID3(half_an_hour).getall("CHAP"))
    assert starts == [at * 24 for at in BEEPS]
    for at, milliseconds in zip(BEEPS, starts, strict=True):
        assert milliseconds * 48 == at * FRAME_SAMPLES
        heard = decoded_from(content, info, at * FRAME_SAMPLES)
        assert abs(next(k for k, value in enumerate(heard) if abs(value) > 6_000)) < 48
        before = decoded_from(content, info, at * FRAME_SAMPLES - 4800)[:4000]
        assert max(map(abs, before)) < 600


def test_the_table_of_a_streamed_file_is_rounded_too(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    second = bytes(2 * 2 * SAMPLE_RATE)
    graph = "[0:a]pan=stereo|c0=c0|c1=c1[out]"
    Stream((second for _ in range(20)), MP3, 128_000, 2, graph).save(path)
    content = path.read_bytes()
    info = read_info(content)
    size = 384
    header = info.size - info.frames * size
    exact = [256 * (header + percent * info.frames * size / 100) / info.size for percent in range(100)]
    assert [abs(place - each) <= 0.5 for place, each in zip(table(content), exact, strict=True)] == [True] * 100
    assert ffmpeg.run(["-i", ffmpeg.quote_path(path), "-f", "null", "-"], what="decoding").stderr == ""
