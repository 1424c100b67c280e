"""MP3 frames as building blocks: sound is encoded once, as runs of whole frames, and laid between silent frames.

At 48 kHz, one channel and a constant 64 kb/s a frame of MPEG-1 Layer III is 1152 samples in 192 bytes, and with the bit
reservoir off each frame stands for itself (ISO 11172-3). So a session is joined from bytes: its encoding costs what its
distinct sounds cost. `mp3.Stream` is the straight way, and tests hold the two against each other.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach import ffmpeg, store
from voicecoach.clip import FRAME_SAMPLES, SAMPLE_RATE, Clip, join, silence
from voicecoach.errors import EncodeError, OutputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

BIT_RATE = 64_000
FRAME_BYTES = 144 * BIT_RATE // SAMPLE_RATE
HEADER = bytes.fromhex("fffb54c4")
"""Sync, MPEG-1 Layer III without CRC; 64 kb/s at 48 kHz, no padding; one channel, original."""

SILENT = HEADER + bytes(FRAME_BYTES - len(HEADER))
"""A frame whose side information says that it holds no spectrum."""

LEAD, TAIL = 1, 3
"""Frames around a sound that the encoder's windows reach into: a block switch before, delay and overlap after."""

APART = (LEAD + TAIL) * FRAME_SAMPLES
"""Samples of silence that two sounds need between them; nearer ones are encoded as one."""

DELAY = 576
"""Samples by which LAME is late, as the Info header states them; players know of a decoder's own 529."""

_FORMAT = "libmp3lame, 48 kHz, mono, 64 kb/s, no reservoir, 1"
_BETWEEN = 8
_BATCH = 300 * SAMPLE_RATE
PCM = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
CODEC = ["-c:a", "libmp3lame", "-b:a", str(BIT_RATE), "-reservoir", "0"]
_OUTPUT = [*CODEC, "-write_xing", "0", "-id3v2_version", "0", "-f", "mp3", "pipe:1"]
_PIECE = 4096


@dataclass(frozen=True, slots=True)
class Spliced:
    """A track joined from runs: each starts at a frame, between the silent ones; ``frames`` of them are heard."""

    placed: tuple[tuple[int, bytes], ...]
    frames: int

    def save(self, path: Path) -> int:
        """Write it as an MP3 without tags, and return how many samples are heard.

        Raises:
            OutputError: When it can't be written.
        """
        try:
            with path.open("wb") as file:
                file.writelines(self.pieces())
        except OSError as error:
            raise OutputError(path, (error.strerror or str(error)).lower()) from None
        return self.frames * FRAME_SAMPLES

    def pieces(self) -> Iterator[bytes]:
        """Yield the file: the Info frame, the frames of the session, and one more for what is late."""
        yield info_frame(self.frames)
        position, end = 0, self.frames + 1
        for start, run in self.placed:
            first = start - LEAD
            yield from _silent(first - position)
            kept = run[max(0, position - first) * FRAME_BYTES : (end - first) * FRAME_BYTES]
            yield kept
            position = max(first, position) + len(kept) // FRAME_BYTES
        yield from _silent(end - position)


def encoded(clips: Iterable[Clip], folder: Path) -> Mapping[Clip, bytes]:
    """Return the run of frames of each clip; those that are not kept in ``folder`` yet are encoded together.

    Raises:
        EncodeError: When ffmpeg is missing, fails, or makes other frames than it was asked for.
    """
    places = {clip: store.place(folder, "run", _FORMAT, hashlib.sha256(clip.pcm).hexdigest()) for clip in clips}
    runs = {clip: run for clip, path in places.items() if (run := store.read(path)) and _is_run(run, clip)}
    for batch in _batches([clip for clip in places if clip not in runs]):
        for clip, run in zip(batch, encode(batch), strict=True):
            runs[clip] = run
            with suppress(OSError):  # a cache that can't be written costs time, not the session
                store.write(places[clip], run)
    return runs


def encode(clips: Sequence[Clip]) -> list[bytes]:
    """Encode clips in one go, far enough apart that none hears of the other, and cut out the run of each.

    Raises:
        EncodeError: When ffmpeg is missing, fails, or makes other frames than it was asked for.
    """
    starts, laid, at = [], [silence(_BETWEEN * FRAME_SAMPLES)], _BETWEEN
    for clip in clips:
        starts.append(at)
        whole = (_length(clip) + _BETWEEN) * FRAME_SAMPLES
        laid += [clip, silence(whole - clip.samples)]
        at += _length(clip) + _BETWEEN
    frames = ffmpeg.run([*PCM, *_OUTPUT], what="encoding the speech", data=join(laid).pcm).stdout
    _check(frames, at + 1)
    return [_cut(frames, start - LEAD, start + _length(clip) + TAIL) for start, clip in zip(starts, clips, strict=True)]


def info_frame(frames: int) -> bytes:
    """Return the frame that tells players how long the track is, and what to leave out at its ends.

    Its layout is that of "Mp3 Info Tag revision 1 specifications" by LAME; the checksum over the sound is left at 0.
    Players, ffmpeg among them, only believe the delays of encoders whose name they know.
    """
    whole = frames + 1
    seek = bytes(256 * percent // 100 for percent in range(100))
    padding = whole * FRAME_SAMPLES - frames * FRAME_SAMPLES - DELAY
    size = (whole + 1) * FRAME_BYTES
    head = b"Info" + (15).to_bytes(4, "big") + whole.to_bytes(4, "big") + size.to_bytes(4, "big") + seek + bytes(4)
    lame = b"LAME3.100" + bytes([1]) + bytes(1 + 4 + 2 + 2 + 1) + bytes([BIT_RATE // 1000])
    trims = (DELAY << 12 | padding).to_bytes(3, "big")
    tail = bytes(1 + 1 + 2) + size.to_bytes(4, "big") + bytes(2)
    frame = HEADER + bytes(17) + head + lame + trims + tail
    return (frame + _crc16(frame).to_bytes(2, "big")).ljust(FRAME_BYTES, b"\0")


def _length(clip: Clip) -> int:
    return -(-clip.samples // FRAME_SAMPLES)


def _cut(frames: bytes, start: int, end: int) -> bytes:
    return frames[start * FRAME_BYTES : end * FRAME_BYTES]


def _silent(frames: int) -> Iterator[bytes]:
    while frames > 0:
        count = min(frames, _PIECE)
        yield SILENT * count
        frames -= count


def _batches(clips: Sequence[Clip]) -> Iterator[list[Clip]]:
    """Part clips so that no batch needs much memory."""
    batch: list[Clip] = []
    for clip in clips:
        if batch and sum(each.samples for each in batch) + clip.samples > _BATCH:
            yield batch
            batch = []
        batch.append(clip)
    if batch:
        yield batch


def _is_run(run: bytes, clip: Clip) -> bool:
    return len(run) == (_length(clip) + LEAD + TAIL) * FRAME_BYTES


def _check(frames: bytes, count: int) -> None:
    """Refuse what could not be joined: frames of another size, kind or number."""
    alike = all(
        frames[at : at + 3] == HEADER[:3] and frames[at + 3] >> 6 == HEADER[3] >> 6
        for at in range(0, len(frames), FRAME_BYTES)
    )
    if len(frames) != count * FRAME_BYTES or not alike:
        raise EncodeError(f"encoding the speech: ffmpeg made {len(frames)} bytes where {count * FRAME_BYTES} were due")


def _crc16(data: bytes) -> int:
    """CRC-16/ARC, which ends the Info header.

    >>> hex(_crc16(b"123456789"))
    '0xbb3d'
    """
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
