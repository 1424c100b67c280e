from __future__ import annotations

import array
import math
from typing import TYPE_CHECKING

import pytest

from voicecoach import ffmpeg, frames, store
from voicecoach.clip import FRAME_SAMPLES, SAMPLE_RATE, Clip
from voicecoach.errors import EncodeError
from voicecoach.ffmpeg import Finished
from voicecoach.frames import LEAD, TAIL, Form, Info, Spliced, read_info

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


FORM = Form()
SILENT, FRAME_BYTES = FORM.silent, FORM.size


def tone(samples: int, hertz: float = 300) -> Clip:
    turn = 2 * math.pi * hertz / SAMPLE_RATE
    return Clip(array.array("h", (round(9000 * math.sin(turn * at)) for at in range(samples))).tobytes())


def run(length: int) -> bytes:
    return b"".join(bytes([number]) * FRAME_BYTES for number in range(LEAD + length + TAIL))


def frames_of(frames: int, *placed: tuple[int, bytes], ground: bytes = SILENT) -> list[bytes]:
    content = b"".join(Spliced(placed, frames, FORM, ground).pieces())
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
    info = read_info(frames.info_frame(count, FORM))
    assert info.samples == count * FRAME_SAMPLES
    assert info.size == (count + 2) * FRAME_BYTES
    assert info.padding >= 529


def test_a_clip_is_encoded_once_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [tone(5000), tone(2000, 500)]
    first = frames.encoded(clips, tmp_path, FORM)
    monkeypatch.setattr(ffmpeg, "run", None)
    assert frames.encoded(clips, tmp_path, FORM) == first
    assert [len(first[clip]) // FRAME_BYTES for clip in clips] == [5 + 4, 2 + 4]


def test_a_damaged_run_is_encoded_again(tmp_path: Path) -> None:
    clip = tone(3000)
    first = frames.encoded([clip], tmp_path, FORM)[clip]
    (kept,) = tmp_path.rglob("*.run")
    store.write(kept, first[:-FRAME_BYTES])
    assert frames.encoded([clip], tmp_path, FORM)[clip] == first
    assert store.read(kept) == first


def test_a_folder_that_keeps_nothing_costs_time_not_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    clip = tone(3000)
    assert len(frames.encoded([clip], tmp_path / "file", FORM)[clip]) == (3 + 4) * FRAME_BYTES


@pytest.mark.parametrize("made", [b"", SILENT * 3, b"\xff\xfb\x90\xc4" + SILENT[4:], SILENT * 16])
def test_frames_that_could_not_be_joined_are_refused(
    made: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lying(_args: Sequence[str], **_: object) -> Finished:
        return Finished(made, "")

    monkeypatch.setattr(ffmpeg, "run", lying)
    with pytest.raises(EncodeError, match="ffmpeg made"):
        frames.encoded([tone(10)], tmp_path, FORM)


def test_what_is_around_a_sound_is_silent_frames(tmp_path: Path) -> None:
    """The run of a clip ends where the encoder is silent again: nothing is cut off."""
    del tmp_path
    (long,) = frames.encode([Clip(tone(10 * FRAME_SAMPLES).pcm)], FORM)
    decoded = ffmpeg.run(
        ["-f", "mp3", "-i", "pipe:0", "-f", "s16le", "pipe:1"], what="decoding", data=long + SILENT * 4
    )
    tail = array.array("h", decoded.stdout[-2 * 3 * FRAME_SAMPLES :])
    assert max(map(abs, tail)) <= 2
