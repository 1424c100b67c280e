from __future__ import annotations

import array
import itertools
import math
import random
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FRAME as FRAME_SECONDS
from tests.fakes import ceil_to_frame
from voicecoach.audio import ffmpeg, mp3
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_RATE, Clip, read_wave
from voicecoach.audio.formats import MP3_RATES
from voicecoach.audio.loudness import integrate
from voicecoach.audio.mixdown import Passage, find_passages
from voicecoach.audio.mp3 import LEAD, TAIL, FrameFormat, JoinedTrack, encode_background
from voicecoach.audio.mp3_info import Info, make_info_frame, read_info
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, Timeline
from voicecoach.errors import EncodeError
from voicecoach.system import cache
from voicecoach.system.assets import find_room_tone
from voicecoach.system.process import Finished

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


FORM = FrameFormat()
SILENT, FRAME_BYTES = FORM.silent, FORM.size


def tone(samples: int, hertz: float = 300) -> Passage:
    turn = 2 * math.pi * hertz / SAMPLE_RATE
    return Passage(Clip(array.array("h", (round(9000 * math.sin(turn * at)) for at in range(samples))).tobytes()))


def run(length: int) -> bytes:
    return b"".join(bytes([number]) * FRAME_BYTES for number in range(LEAD + length + TAIL))


def frames_of(count: int, *placed: tuple[int, bytes], ground: bytes = SILENT) -> list[bytes]:
    laid = tuple((start - LEAD, run) for start, run in placed)
    content = b"".join(JoinedTrack(laid, count, FORM, ground).pieces())
    return [content[at : at + FRAME_BYTES] for at in range(0, len(content), FRAME_BYTES)]


def test_a_track_is_its_info_its_frames_and_one_more_for_what_is_late() -> None:
    assert frames_of(3)[1:] == [SILENT] * 4


def test_a_run_is_laid_from_the_frame_before_its_start() -> None:
    made = frames_of(20, (2, run(1)), (9, run(2)))[1:]
    assert made[1:6] == [bytes([number]) * FRAME_BYTES for number in range(5)]
    assert made[8:14] == [bytes([number]) * FRAME_BYTES for number in range(6)]
    assert [frame for frame in made if frame == SILENT] == [SILENT] * (21 - 11)


def test_a_run_at_the_very_start_and_one_at_the_very_end_are_cut_to_the_track() -> None:
    made = frames_of(8, (0, run(1)), (7, run(1)))[1:]
    assert len(made) == 9
    assert made[0] == bytes([1]) * FRAME_BYTES
    assert made[6:] == [bytes([number]) * FRAME_BYTES for number in range(3)]


@pytest.mark.parametrize("count", [1, 2, 1000, 1_500_000])
def test_the_info_frame_states_the_length_to_the_sample(count: int) -> None:
    info = read_info(make_info_frame(count, FORM.bit_rate))
    assert info.samples == count * FRAME_SAMPLES
    assert info.size == (count + 2) * FRAME_BYTES
    assert info.padding >= 529


def test_a_clip_is_encoded_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [tone(5000), tone(2000, 500)]
    first = mp3.encode_passages(clips, tmp_path, FORM)
    monkeypatch.setattr(ffmpeg, "run", None)
    assert mp3.encode_passages(clips, tmp_path, FORM) == first
    assert [len(first[clip]) // FRAME_BYTES for clip in clips] == [5 + 4, 2 + 4]


@pytest.mark.parametrize("room", [None, find_room_tone()], ids=["silence", "room tone"])
def test_a_run_and_its_loudness_are_the_same_whatever_else_is_made_with_it(tmp_path: Path, room: Path | None) -> None:
    form = FrameFormat(loop=read_wave(room) if room else None)
    clips = [tone(50_000), tone(3000, 500), tone(70_001, 900), tone(20_000)]
    together = mp3.encode_passages(clips, tmp_path / "together", form)
    backwards = mp3.encode_passages(reversed(clips), tmp_path / "backwards", form)
    assert together == backwards
    levels = mp3.measure_sequences(together.values(), tmp_path / "together", form)
    for number, clip in enumerate(clips):
        (run,) = mp3.encode_passages([clip], tmp_path / str(number), form).values()
        assert run == together[clip]
        assert mp3.measure_sequences([run], tmp_path / str(number), form)[run] == levels[run]


def test_a_damaged_run_is_encoded_again(tmp_path: Path) -> None:
    clip = tone(3000)
    first = mp3.encode_passages([clip], tmp_path, FORM)[clip]
    (kept,) = tmp_path.rglob("*.run")
    cache.store(kept, first[:-FRAME_BYTES])
    assert mp3.encode_passages([clip], tmp_path, FORM)[clip] == first
    assert cache.fetch(kept) == first


def test_a_folder_that_keeps_nothing_costs_time_not_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    clip = tone(3000)
    assert len(mp3.encode_passages([clip], tmp_path / "file", FORM)[clip]) == (3 + 4) * FRAME_BYTES


@pytest.mark.parametrize("made", [b"", SILENT * 3, b"\xff\xfb\x90\xc4" + SILENT[4:], SILENT * 16])
def test_frames_that_could_not_be_joined_are_refused(
    made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lying(_args: Sequence[str], **_: object) -> Finished:
        return Finished(0, made, "")

    monkeypatch.setattr(ffmpeg, "run", lying)
    with pytest.raises(EncodeError, match="ffmpeg made"):
        mp3.encode_passages([tone(10)], tmp_path, FORM)


def test_frames_of_another_bit_rate_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There are as many bytes as there should be, but one frame says that it is longer."""

    def lying(_args: Sequence[str], *, data: bytes, **_: object) -> Finished:
        count = math.ceil(len(data) / 2 / FRAME_SAMPLES) + 1
        return Finished(0, SILENT * (count - 1) + b"\xff\xfb\x64\xc4" + SILENT[4:], "")

    monkeypatch.setattr(ffmpeg, "run", lying)
    with pytest.raises(EncodeError, match="ffmpeg made"):
        mp3.encode_passages([tone(10)], tmp_path, FORM)


def test_a_damaged_ground_is_encoded_again(tmp_path: Path) -> None:
    form = FrameFormat(loop=read_wave(find_room_tone()))
    first = encode_background(tmp_path, form)
    (kept,) = tmp_path.rglob("*.run")
    cache.store(kept, first[:-FRAME_BYTES])
    assert encode_background(tmp_path, form) == first
    assert cache.fetch(kept) == first


def test_what_is_around_a_sound_is_silent_frames(tmp_path: Path) -> None:
    """The run of a clip ends where the encoder is silent again: nothing is cut off."""
    del tmp_path
    (long,) = mp3.encode_batch([tone(10 * FRAME_SAMPLES)], FORM)
    tail = array.array("h", decoded(long + SILENT * 4)[-2 * 3 * FRAME_SAMPLES :])
    assert max(map(abs, tail)) <= 2


@pytest.mark.parametrize("loop", [1, 3, 125, 5000])
def test_a_ground_goes_on_from_where_the_track_is(loop: int) -> None:
    numbers = [number % 251 for number in range(loop)]
    made = frames_of(10_000, (6, run(2)), ground=b"".join(bytes([number]) * FRAME_BYTES for number in numbers))[1:]
    between = [at for at in range(10_001) if not 5 <= at < 11]
    assert [made[at] for at in between] == [bytes([at % loop % 251]) * FRAME_BYTES for at in between]


def test_without_a_room_tone_the_ground_is_a_silent_frame(tmp_path: Path) -> None:
    assert encode_background(tmp_path, FORM) == SILENT
    assert not list(tmp_path.iterdir())


def test_a_room_tone_is_encoded_once_and_goes_on_without_a_seam(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    room = read_wave(find_room_tone())
    form = FrameFormat(loop=room)
    made = encode_background(tmp_path, form)
    assert len(made) * FRAME_SAMPLES == room.samples * form.size
    heard = array.array("h", decoded(made * 3))[2 * FRAME_SAMPLES :]
    levels = [math.sqrt(sum(value * value for value in heard[at : at + 9600]) / 9600) for at in range(0, 300_000, 9600)]
    usual = 32_768 * 10 ** (-60 / 20)
    assert all(0.7 * usual < level < 1.4 * usual for level in levels)
    steps = [abs(one - other) for one, other in itertools.pairwise(heard)]
    seam = room.samples - 1105 - 2 * FRAME_SAMPLES
    assert max(steps[seam - 1200 : seam + 2400]) <= max(steps[: seam - 2400])
    monkeypatch.setattr(ffmpeg, "run", None)
    assert encode_background(tmp_path, form) == made


def test_a_clip_over_a_room_tone_is_kept_apart_from_the_same_clip_over_silence(tmp_path: Path) -> None:
    clip, room = tone(5000), read_wave(find_room_tone())
    silent, over = (mp3.encode_passages([clip], tmp_path, form)[clip] for form in (FORM, FrameFormat(loop=room)))
    assert silent != over
    assert len(silent) == len(over)
    assert mp3.encode_passages([clip], tmp_path, FORM)[clip] == silent


def test_frames_and_levels_of_two_ffmpegs_are_kept_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = []
    for version in ("ffmpeg 5.1.9 a", "ffmpeg 7.1.5 b"):
        monkeypatch.setattr(ffmpeg, "identify", lambda version=version: version)
        run = mp3.encode_passages([tone(5000)], tmp_path, FORM)[tone(5000)]
        mp3.measure_sequences([run], tmp_path, FORM)
        kept.append(sorted(path.suffix for path in tmp_path.rglob("*.*") if path.is_file()))
    assert kept == [[".levels", ".run"], [".levels", ".levels", ".run", ".run"]]


@pytest.mark.parametrize("rate", [MP3_RATES[0], 56, 128, MP3_RATES[-1]])
def test_frames_of_any_bit_rate_are_joined_to_the_sample(tmp_path: Path, rate: int) -> None:
    form, clip, path = FrameFormat(rate * 1000), tone(30_000), tmp_path / "a.mp3"
    laid = ((5 - LEAD, mp3.encode_passages([clip], tmp_path, form)[clip]),)
    assert JoinedTrack(laid, 60, form, form.silent).save(path) == 60 * FRAME_SAMPLES
    content = path.read_bytes()
    assert read_info(content) == Info(61, len(content), 576, FRAME_SAMPLES - 576)
    heard = array.array(
        "h", ffmpeg.run(["-i", ffmpeg.quote_path(path), "-f", "s16le", "pipe:1"], what="decoding").stdout
    )
    assert len(heard) == 60 * FRAME_SAMPLES
    onset = next(at for at, value in enumerate(heard) if abs(value) > 600)
    assert abs(onset - 5 * FRAME_SAMPLES) < 200
    assert max(map(abs, heard[: 3 * FRAME_SAMPLES])) <= 2


def test_how_loud_a_run_is_is_measured_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = list(mp3.encode_passages([tone(40_000), tone(30_000, 997)], tmp_path, FORM).values())
    known = mp3.measure_sequences(runs, tmp_path, FORM)
    assert all(-20 < max(known[each].levels) < -10 for each in runs)
    for kept in tmp_path.rglob("*.levels"):
        cache.store(kept, b"[]")
    assert mp3.measure_sequences(runs, tmp_path, FORM) == known
    monkeypatch.setattr(ffmpeg, "run", None)
    assert mp3.measure_sequences(runs, tmp_path, FORM) == known


def test_what_is_measured_of_a_run_does_not_depend_on_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = [tone(length, hertz) for length, hertz in ((40_000, 300), (9_000, 500), (60_000, 997), (24_001, 220))]
    runs = list(mp3.encode_passages(clips, tmp_path, FORM).values())
    together = mp3.measure_sequences(runs, tmp_path / "together", FORM)
    monkeypatch.setattr(mp3, "_BATCH", 1)
    alone = mp3.measure_sequences(runs, tmp_path / "alone", FORM)
    for each in runs:
        assert together[each].true_peak == pytest.approx(alone[each].true_peak, abs=0.1)
        one, other = (integrate([(level, 1) for level in found[each].levels]) for found in (together, alone))
        assert one == pytest.approx(other, abs=0.5)


def decoded(run: bytes) -> bytes:
    """Decode frames without a header, as samples."""
    return ffmpeg.run(["-f", "mp3", "-i", "pipe:0", "-f", "s16le", "pipe:1"], what="decoding", data=run).stdout


def row(samples: int, seed: int) -> Clip:
    """Sound without a pause that changes all the time, as speech does: noise and tones, loud and soft."""
    dice = random.Random(seed)  # noqa: S311 - noise, not a secret
    values = array.array("h")
    while len(values) < samples:
        loud, turn = dice.choice([300, 3000, 9000]), 2 * math.pi * dice.randint(80, 4000) / SAMPLE_RATE
        noisy = dice.random()
        values.extend(
            round(loud * (math.sin(turn * at) * (1 - noisy) + dice.uniform(-1, 1) * noisy))
            for at in range(dice.randint(500, 9000))
        )
    return Clip(values[:samples].tobytes())


@pytest.mark.parametrize("room", [None, find_room_tone()], ids=["silence", "room tone"])
def test_a_row_without_a_pause_is_parted_and_nothing_of_it_is_lost(tmp_path: Path, room: Path | None) -> None:
    """Wherever it is parted, also within a sound, it sounds as if encoded in one piece."""
    form = FrameFormat(loop=read_wave(room) if room else None)
    sounds = {"a": row(40 * FRAME_SAMPLES + 200, 1), "b": row(170 * FRAME_SAMPLES - 7, 2), "c": row(30_000, 3)}
    cues, at = [], 7 * FRAME_SECONDS
    for text in "abcacb":
        cues.append(Cue(at, at + sounds[text].seconds, CueKind.INSTRUCTION, text))
        at = ceil_to_frame(cues[-1].end)
    timeline = Timeline(at + FRAME_SECONDS, cues=tuple(cues))
    made = {}
    for window in (50, 10_000):
        laid = list(
            find_passages(timeline, lambda cue: sounds[cue.text], mp3.APART, mp3.CONTEXT, window * FRAME_SAMPLES)
        )
        runs = mp3.encode_passages((each for _, each in laid), tmp_path, form)
        placed = tuple((at // FRAME_SAMPLES - mp3.count_lead(each), runs[each]) for at, each in laid)
        path = tmp_path / f"{window}.mp3"
        JoinedTrack(placed, int(timeline.duration / FRAME_SECONDS), form, encode_background(tmp_path, form)).save(path)
        made[window] = len(laid), array.array("h", decoded(path.read_bytes()))
    (several, parted), (one, whole) = made[50], made[10_000]
    assert (several > 6, one) == (True, 1)
    assert len(parted) == len(whole)
    assert parted == whole


def test_runs_that_overlap_are_refused() -> None:
    with pytest.raises(ValueError, match="begins before frame 10, the end of the one before it"):
        JoinedTrack(((5 - LEAD, run(2)), (9, run(1))), 20, FORM, SILENT)
