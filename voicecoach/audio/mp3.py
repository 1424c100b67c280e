"""MP3 frames as building blocks: each sound is encoded once, as a sequence of frames, and joined on background frames.

A frame of MPEG-1 Layer III at 48 kHz holds 1152 samples, and at a constant bit rate in one channel it has 3 bytes for
each kb/s. Without the bit reservoir it does not depend on its neighbours (ISO 11172-3). So a session is joined from
bytes: the cost of encoding depends on its distinct sounds. `writer.Stream` is the other way, and a test compares both.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from voicecoach.audio import ffmpeg, loudness
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE, Clip, join, make_silence, overlay, repeat
from voicecoach.audio.formats import MP3
from voicecoach.audio.mp3_info import compute_frame_size, make_frame_header, make_info_frame
from voicecoach.errors import EncodeError, OutputError
from voicecoach.system import cache, parallel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.audio.loudness import Blocks
    from voicecoach.audio.mixdown import Passage

LEAD, TAIL = 1, 3
"""Frames before and after a sound that also carry a part of it: a block switch before, delay and overlap after."""

APART = (LEAD + TAIL) * FRAME_SAMPLES
"""Samples of silence that two sounds need between them; nearer ones are encoded as one."""

CONTEXT = 64 * FRAME_SAMPLES
"""Samples (1.5 s) before and after a passage that are encoded with it, and cut away. With them, LAME produces the same
frames for the passage as if it had encoded everything before it."""

PCM = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
"""ffmpeg's options for our samples as its input."""

_FORMAT = "libmp3lame, 48 kHz, mono, no reservoir, 6"
_AROUND = 4
"""Frames of silence, or of background, before and after a sound when it is encoded."""

_RESET = Clip(hashlib.shake_256(b"as if nothing had been").digest(2 * FRAME_SAMPLES * SAMPLE_BYTES))
"""Loud noise. LAME adapts to loud sound for a second. After this noise it is always in the same state, so a sequence
has the same bytes whatever else is encoded with it."""

_STEPS, _BETWEEN_MEASURED = 25, 20
"""Frames that last whole steps of 100 ms, in which BS.1770's blocks begin; and frames that keep two sounds out of one
block. With both, each measured sound begins at the same place of such a step, so its result is the same whatever else
is measured with it. Of all places this one is the nearest to a measurement of whole files: within 0.15 LU."""
_BATCH, _LEAST_BATCH = 150 * SAMPLE_RATE, 10 * SAMPLE_RATE
"""Samples that one run of ffmpeg encodes or measures: at most, and at least if there are more cores."""
_PIECE = 4096
"""Background frames that are written at once, at least."""
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class FrameFormat:
    """The format of frames: their bits a second, and the background, which is a loop of whole frames or silence."""

    bit_rate: int = 64_000
    loop: Clip | None = None

    @property
    def header(self) -> bytes:
        """The bytes that each frame begins with."""
        return make_frame_header(self.bit_rate)

    @property
    def size(self) -> int:
        """The bytes of a frame."""
        return compute_frame_size(self.bit_rate)

    @property
    def silent(self) -> bytes:
        """A frame whose side information says that it holds no spectrum."""
        return self.header.ljust(self.size, b"\0")

    @property
    def key(self) -> tuple[str, ...]:
        """Everything that frames depend on besides their sound, as a part of keys in the cache."""
        loop = self.loop.digest if self.loop else ""
        return (_FORMAT, ffmpeg.identify(), str(self.bit_rate), loop)

    def lay_over_background(self, clip: Clip, offset: int = 0) -> Clip:
        """Mix the background into a clip, beginning ``offset`` samples into the loop."""
        if self.loop is None:
            return clip
        first = offset % self.loop.samples
        return overlay(clip, repeat(self.loop, first + clip.samples)[first:], 0)


@dataclass(frozen=True, slots=True)
class JoinedTrack:
    """A track joined from sequences of frames, each with the frame of the ``background`` that it starts at.

    Raises:
        ValueError: If a sequence begins before the end of the one before it: a part of one would not be heard.
    """

    placed: tuple[tuple[int, bytes], ...]
    frames: int
    form: FrameFormat
    background: bytes

    def __post_init__(self) -> None:
        """Refuse sequences that overlap."""
        end = -LEAD
        for start, sequence in self.placed:
            if start < end:
                raise ValueError(f"a sequence at frame {start} begins before frame {end}, the end of the one before it")
            end = start + len(sequence) // self.form.size

    def digest(self) -> str:
        """Return the SHA-256 of its bytes."""
        made = hashlib.sha256()
        for piece in self.pieces():
            made.update(piece)
        return made.hexdigest()

    def save(self, path: Path, head: bytes = b"") -> int:
        """Write it as an MP3, after the tag that the file begins with, and return the number of samples.

        Raises:
            OutputError: If it can't be written.
        """
        try:
            with path.open("wb") as file:
                file.write(head)
                file.writelines(self.pieces())
        except OSError as error:
            raise OutputError(path, (error.strerror or str(error)).lower()) from None
        return self.frames * FRAME_SAMPLES

    def pieces(self) -> Iterator[bytes]:
        """Yield the file: the Info frame, the frames of the session, and one more for the encoder's delay."""
        size = self.form.size
        yield make_info_frame(self.frames, self.form.bit_rate)
        position, end = 0, self.frames + 1
        for first, sequence in self.placed:
            yield from self._repeat_background(position, first)
            kept = sequence[max(0, position - first) * size : (end - first) * size]
            yield kept
            position = max(first, position) + len(kept) // size
        yield from self._repeat_background(position, end)

    def _repeat_background(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the frames of the background from one to another."""
        size, loop = self.form.size, len(self.background) // self.form.size
        while start < end:
            at = start % loop
            count = min(end - start, max(_PIECE, loop) - at)
            yield (self.background * -(-(at + count) // loop))[at * size : (at + count) * size]
            start += count


def encode_background(folder: Path, form: FrameFormat) -> bytes:
    """Return the frames of the background: a silent one, or those of the loop, encoded so that it has no seam.

    Raises:
        EncodeError: As ``encode_passages``.
    """
    if form.loop is None:
        return form.silent
    count = form.loop.samples // FRAME_SAMPLES
    path = cache.locate_entry(folder, "run", *form.key, "ground")
    kept = cache.fetch(path)
    if kept is None or len(kept) != count * form.size:
        frames = _encode(repeat(form.loop, 3 * form.loop.samples), form)
        kept = frames[count * form.size : 2 * count * form.size]
        with suppress(OSError):
            cache.store(path, kept)
    return kept


def encode_passages(passages: Iterable[Passage], folder: Path, form: FrameFormat) -> Mapping[Passage, bytes]:
    """Return the sequence of frames of each passage; those that are not in the cache are encoded together.

    Raises:
        EncodeError: If ffmpeg is missing, fails, or makes other frames than it was asked for.
    """
    key = form.key
    places = {each: cache.locate_entry(folder, "run", *key, *each.key) for each in dict.fromkeys(passages)}
    found = {each: kept for each, path in places.items() if (kept := cache.fetch(path)) and _is_of(kept, each, form)}
    missing = [each for each in places if each not in found]
    batches = _divide(missing, [_count_samples(each) for each in missing])
    for batch, made in zip(
        batches, parallel.map_parallel(lambda batch: encode_batch(batch, form), batches), strict=True
    ):
        for each, sequence in zip(batch, made, strict=True):
            found[each] = sequence
            with suppress(OSError):  # a cache that is not writable costs time, not the session
                cache.store(places[each], sequence)
    return found


def encode_batch(passages: Sequence[Passage], form: FrameFormat) -> list[bytes]:
    """Encode passages in one run, so far apart that none affects another, and cut out the sequence of each.

    A sequence extends `LEAD` and `TAIL` frames beyond its passage, but not into a passage that continues it.

    Raises:
        EncodeError: If ffmpeg is missing, fails, or makes other frames than it was asked for.
    """
    laid, starts, at = [], [], 0
    quiet = make_silence(_AROUND * FRAME_SAMPLES)
    for each in passages:
        whole = join([quiet, each.before, each.sound, each.after])
        length = _count_frames(whole) + _AROUND
        rest = make_silence(length * FRAME_SAMPLES - whole.samples)
        laid += [_RESET, form.lay_over_background(join([whole, rest]), each.offset)]
        starts.append(at + _count_frames(_RESET) + _AROUND + _count_frames(each.before))
        at += _count_frames(_RESET) + length
    frames = _encode(join(laid), form)
    return [
        frames[
            (start - count_lead(each)) * form.size : (start + _count_frames(each.sound) + _count_tail(each)) * form.size
        ]
        for start, each in zip(starts, passages, strict=True)
    ]


def count_lead(passage: Passage) -> int:
    """Return the number of frames of a sequence before its passage."""
    return 0 if passage.before.pcm else LEAD


def _count_tail(passage: Passage) -> int:
    """Return the number of frames of a sequence after its passage."""
    return 0 if passage.after.pcm else TAIL


def measure_sequences(sequences: Iterable[bytes], folder: Path, form: FrameFormat) -> Mapping[bytes, Blocks]:
    """Return the loudness of each sequence, decoded; results are kept in the cache.

    Raises:
        EncodeError: If ffmpeg is missing or fails.
    """
    key = (_FORMAT, ffmpeg.identify())
    places = {each: cache.locate_entry(folder, "levels", *key, hashlib.sha256(each).hexdigest()) for each in sequences}
    found: dict[bytes, Blocks] = {}
    for each, path in places.items():
        with suppress(ValueError):
            found[each] = loudness.Blocks.unpack(cache.fetch(path) or b"")
    missing = [each for each in places if each not in found]
    batches = _divide(missing, [len(each) // form.size * FRAME_SAMPLES for each in missing])
    for batch, measured in zip(
        batches, parallel.map_parallel(lambda batch: _measure(batch, form), batches), strict=True
    ):
        for each, blocks in zip(batch, measured, strict=True):
            found[each] = blocks
            with suppress(OSError):
                cache.store(places[each], blocks.pack())
    return found


def _encode(clip: Clip, form: FrameFormat) -> bytes:
    """Encode a clip, and check that all frames have the right format, and that there is one more than the clip's."""
    args = [*PCM, *MP3.encoding(form.bit_rate), "-write_xing", "0", "pipe:1"]
    frames = ffmpeg.run(args, what="encoding the speech", data=clip.pcm).stdout
    _check(frames, _count_frames(clip) + 1, form)
    return frames


def _measure(sequences: Sequence[bytes], form: FrameFormat) -> list[Blocks]:
    """Decode and measure sequences, with silent frames between them."""
    whole = [each + form.silent * (-(len(each) // form.size + _BETWEEN_MEASURED) % _STEPS) for each in sequences]
    lengths = [len(each) // form.size * FRAME_SAMPLES for each in whole]
    apart = form.silent * _BETWEEN_MEASURED
    given = ["-f", "mp3", "-i", "pipe:0"]
    return loudness.measure_encoded(whole, given, apart, [*lengths, _BETWEEN_MEASURED * FRAME_SAMPLES])


def _count_frames(clip: Clip) -> int:
    return -(-clip.samples // FRAME_SAMPLES)


def _divide(items: Sequence[_Item], samples: Sequence[int]) -> list[list[_Item]]:
    """Divide sounds so that all cores have work, and no run of ffmpeg needs much memory."""
    return [[items[number] for number in share] for share in parallel.divide(samples, _BATCH, _LEAST_BATCH)]


def _count_samples(passage: Passage) -> int:
    return sum(clip.samples for clip in (passage.before, passage.sound, passage.after))


def _is_of(sequence: bytes, passage: Passage, form: FrameFormat) -> bool:
    """Return whether a sequence has the length that a passage needs."""
    return len(sequence) == (count_lead(passage) + _count_frames(passage.sound) + _count_tail(passage)) * form.size


def _check(frames: bytes, count: int, form: FrameFormat) -> None:
    """Refuse frames that can't be joined: of another size, format or number."""
    header, size = form.header, form.size
    alike = all(
        frames[at : at + 3] == header[:3] and frames[at + 3] >> 6 == header[3] >> 6
        for at in range(0, len(frames), size)
    )
    if len(frames) != count * size or not alike:
        raise EncodeError(f"encoding the speech: ffmpeg made {len(frames)} bytes instead of {count * size}")
