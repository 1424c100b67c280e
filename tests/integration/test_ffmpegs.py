"""The real pipeline with every ffmpeg at hand: the bundled one, the machine's own, and those of scripts/ffmpegs."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.spoken import VOICE
from voicecoach.app.request import Made, Request
from voicecoach.app.session import make
from voicecoach.audio import ffmpeg, ffmpeg_choice, filters
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.ffmpeg_choice import VARIABLE
from voicecoach.audio.formats import FORMATS
from voicecoach.audio.loudness import measure_file
from voicecoach.audio.pcm import audioop
from voicecoach.audio.settings import Sounding
from voicecoach.audio.verify import verify
from voicecoach.errors import EncodeError
from voicecoach.voices import polish

if TYPE_CHECKING:
    from collections.abc import Iterator

FETCHED = Path(__file__).parent.parent.parent / ".venv-ffmpeg"
OLD, NEWER = "4.2.2", ("6.0", "7.0.2", "8.0")
"""Versions that scripts/ffmpegs fetches: one that is refused, and those that serve."""

ROUTINE = """
title: Two phrases
notice: Stop if it hurts.
steps:
  - say: Sit down on the floor, with both legs out in front of you, and let the shoulders sink.
  - breathe: 1
    in: Breathe in
    out: And breathe out slowly
closing: Rest.
"""
MIXED = Sounding(form=FORMATS["m4a"], bed="rain", bit_rate=None)
RATES = (8_000, 11_020, 22_050, 24_000, 48_000)


def fetched(version: str) -> object:
    path = FETCHED / version / "ffmpeg"
    missing = pytest.mark.skipif(not path.is_file(), reason=f"scripts/ffmpegs fetches ffmpeg {version}")
    return pytest.param(str(path), marks=missing, id=version)


OWN = shutil.which("ffmpeg")
ALL = [
    pytest.param("", id="bundled"),
    pytest.param(OWN, marks=pytest.mark.skipif(not OWN, reason="this machine has no ffmpeg"), id="own"),
    *map(fetched, NEWER),
]


@dataclass(frozen=True)
class Session:
    """A session made with one ffmpeg: as an MP3 of new words, and as an M4A with a bed."""

    plain: Made
    mixed: Made


@pytest.fixture(scope="module", params=ALL)
def chosen(request: pytest.FixtureRequest) -> Iterator[str]:
    """Choose an ffmpeg for all that is made, and not for what is measured: see `with_bundled`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, request.param)
        yield request.param


@pytest.fixture(scope="module")
def session(chosen: str, tmp_path_factory: pytest.TempPathFactory) -> Session:
    folder = tmp_path_factory.mktemp("made")
    (folder / "two.yaml").write_text(ROUTINE)
    name = str(folder / "two.yaml")
    plain = make(Request(name, voice=VOICE), folder / "plain.mp3", folder / "kept", lambda *_: None)
    mixed = make(Request(name, voice=VOICE, sounding=MIXED), folder / "bed.m4a", folder / "kept", lambda *_: None)
    assert plain.session.synthesised > 3
    assert (mixed.session.synthesised, mixed.session.reused) == (0, plain.session.synthesised), chosen
    return Session(plain, mixed)


@pytest.fixture
def with_bundled(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """What was made, to be measured with the bundled ffmpeg."""
    monkeypatch.setenv(VARIABLE, "")
    assert ffmpeg_choice.choose_ffmpeg().source == "bundled"
    return session


@cache
def decoded(path: Path) -> bytes:
    args = ["-err_detect", "explode", "-i", ffmpeg.quote_path(path), "-ac", "1", "-f", "s16le", "pipe:1"]
    return ffmpeg.run(args, what="decoding").stdout


def level(pcm: bytes, start: float, end: float) -> float:
    """The RMS of a stretch, in dBFS."""
    cut = pcm[2 * round(start * SAMPLE_RATE) : 2 * round(end * SAMPLE_RATE)]
    return 20 * math.log10(max(audioop.rms(cut, 2), 0.1) / 32_768)


def onset(pcm: bytes, start: float) -> float:
    """How many seconds after ``start`` sound begins, looked for from 100 ms before it; to a millisecond."""
    size = 2 * SAMPLE_RATE // 1000
    first = round((start - 0.1) * 1000)
    heard = (at for at in range(first, len(pcm) // size) if audioop.max(pcm[at * size : (at + 1) * size], 2) > 300)
    return next(heard) / 1000 - start


def test_each_cue_is_heard_where_the_plan_says_and_nothing_between_them(with_bundled: Session) -> None:
    track, file, _ = with_bundled.plain.files[0]
    pcm = decoded(file.path)
    spoken = [cue for cue in track.timeline.cues if cue.track == "voice"]
    assert len(spoken) > 4
    late = {cue.text: onset(pcm, float(cue.start)) for cue in spoken}
    assert all(-0.012 <= each <= 0.012 for each in late.values()), late
    for before, after in zip(track.timeline.cues, track.timeline.cues[1:], strict=False):
        assert level(pcm, float(before.end) + 0.05, float(after.start) - 0.05) < -55


@pytest.mark.parametrize("kind", ["plain", "mixed"])
def test_files_are_as_they_were_planned(kind: str, session: Session, chosen: str) -> None:
    _, file, _ = getattr(session, kind).files[0]
    assert verify(file.path) == [], chosen


@pytest.mark.parametrize("kind", ["plain", "mixed"])
def test_files_last_as_long_as_their_plan_to_the_sample(kind: str, with_bundled: Session) -> None:
    track, file, _ = getattr(with_bundled, kind).files[0]
    assert len(decoded(file.path)) // 2 == file.samples == track.timeline.duration * SAMPLE_RATE


@pytest.mark.parametrize("kind", ["plain", "mixed"])
def test_speech_is_as_loud_as_it_should_be_and_as_it_is_told(kind: str, with_bundled: Session) -> None:
    _, file, told = getattr(with_bundled, kind).files[0]
    measured = measure_file(file.path)
    assert measured.true_peak <= -1
    if kind == "plain":  # with a bed there are two channels, and the bed
        assert measured.integrated == pytest.approx(-19, abs=1)
    assert told is not None
    assert told.integrated == pytest.approx(measured.integrated, abs=0.3)


def test_made_again_it_is_the_same_to_the_byte(session: Session, chosen: str, tmp_path: Path) -> None:
    routine = session.plain.files[0][1].path.parent / "two.yaml"
    again = make(Request(str(routine), voice=VOICE), tmp_path / "plain.mp3", tmp_path / "kept", lambda *_: None)
    assert again.session.synthesised == session.plain.session.synthesised
    assert again.files[0][1].path.read_bytes() == session.plain.files[0][1].path.read_bytes(), chosen


@pytest.mark.parametrize("rate", RATES)
def test_levelling_moves_no_sample(rate: int, chosen: str) -> None:
    """A click comes out where it went in, to the sample, at whatever rate a voice has."""
    at = rate // 4 + 7
    pcm = bytearray(2 * rate // 2)
    for number in range(40):
        pcm[2 * (at + number) : 2 * (at + number) + 2] = (12_000).to_bytes(2, "little")
    (clip,) = polish.polish([polish.Raw(bytes(pcm), rate)], 0.0)
    trimmed = at - round(polish.BEFORE * rate)
    values = [abs(audioop.getsample(clip.pcm, 2, number)) for number in range(clip.samples)]
    half = next(number for number, value in enumerate(values) if value > 6_000)
    assert abs(half - (at - trimmed) * SAMPLE_RATE / rate) <= SAMPLE_RATE / rate, chosen


def test_what_has_no_part_in_it_stays_out_of_the_filters() -> None:
    options = [
        filters.limit_and_measure(8, -3.0, 48_000),
        filters.measure_blocks(48_000, 4_800),
        filters.measure_whole(48_000),
    ]
    graphs = str([*options, filters.LOUDNESS, filters.pan(1.0, 1.0), filters.mix_bed(1.0, 1.0, 0.5)])
    assert not [each for each in ("framelog", "latency", "anullsink", "normalize") if each in graphs]


@pytest.mark.skipif(not (FETCHED / OLD).is_dir(), reason=f"scripts/ffmpegs fetches ffmpeg {OLD}")
def test_one_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    path = FETCHED / OLD / "ffmpeg"
    monkeypatch.setenv(VARIABLE, str(path))
    with pytest.raises(EncodeError) as caught:
        ffmpeg.run(["-version"], what="asking")
    first, second = str(caught.value).splitlines()
    assert first.startswith(f"ffmpeg {OLD}-static")
    assert first.endswith(f" ({path}) can't be used: it is older than 4.4")
    assert second == "set VOICECOACH_FFMPEG to another ffmpeg, or unset it to use the bundled one"
