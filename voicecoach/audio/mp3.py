"""MP3 frames as building blocks: sound is encoded once, as runs of whole frames, and laid on a ground of others.

At 48 kHz, one channel and a constant bit rate a frame of MPEG-1 Layer III is 1152 samples in 3 bytes for each kb/s, and
with the bit reservoir off each frame stands for itself (ISO 11172-3). So a session is joined from bytes: its encoding
costs what its distinct sounds cost. `output.Stream` is the straight way, and tests hold the two against each other.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from voicecoach.audio import ffmpeg, loudness
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE, Clip, join, overlay, silence, tiled
from voicecoach.audio.formats import MP3, MP3_RATES
from voicecoach.errors import EncodeError, OutputError
from voicecoach.system import cache, parallel

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.audio.loudness import Blocks
    from voicecoach.audio.mixdown import Passage

LEAD, TAIL = 1, 3
"""Frames around a sound that the encoder's windows reach into: a block switch before, delay and overlap after."""

APART = (LEAD + TAIL) * FRAME_SAMPLES
"""Samples of silence that two sounds need between them; nearer ones are encoded as one."""

DELAY = 576
"""Samples by which LAME is late, as the Info header states them; players know of a decoder's own 529."""

CONTEXT = 64 * FRAME_SAMPLES
"""Samples of what goes on before and after a passage that are encoded with it, and cut away: 1.5 s. LAME then makes the
same of the sound as if it had heard all that was before."""

_FORMAT = "libmp3lame, 48 kHz, mono, no reservoir, 6"
_AROUND = 4
"""Frames of silence, or of ground, that a sound is encoded with before and after it."""

_SHAKEN = Clip(hashlib.shake_256(b"as if nothing had been").digest(2 * FRAME_SAMPLES * SAMPLE_BYTES))
"""Loud noise. LAME goes on listening for a second as loud sound taught it to; after this it does so alike, whatever was
before, and a run is the same to the byte whatever else is encoded with it."""

_STEPS, _BETWEEN_MEASURED = 25, 20
"""Frames that are whole steps of 100 ms, in which BS.1770's blocks begin, and that keep two sounds out of one block.

Together they let each sound that is measured begin at the same place of such a step, so that it comes out the same
whatever else is measured with it. Of all places this one comes nearest to what whole files measure: within 0.15 LU."""
_BATCH, _LEAST_BATCH = 150 * SAMPLE_RATE, 10 * SAMPLE_RATE
"""Samples that are encoded, or measured, in one run of ffmpeg, at most; and at least where there are more cores."""
PCM = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
_PIECE = 4096
_LONGEST_FRAME = 960
"""The bytes of a frame at 320 kb/s and 48 kHz."""
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Form:
    """How frames are made: at how many bits a second, and over which ground: a loop of whole frames, or silence."""

    bit_rate: int = 64_000
    room: Clip | None = None

    @property
    def header(self) -> bytes:
        """Sync, MPEG-1 Layer III without CRC; the bit rate at 48 kHz, no padding; one channel, original."""
        return bytes([0xFF, 0xFB, (MP3_RATES.index(self.bit_rate // 1000) + 1) << 4 | 4, 0xC4])

    @property
    def size(self) -> int:
        """The bytes of a frame."""
        return 144 * self.bit_rate // SAMPLE_RATE

    @property
    def silent(self) -> bytes:
        """A frame whose side information says that it holds no spectrum."""
        return self.header.ljust(self.size, b"\0")

    @property
    def key(self) -> tuple[str, ...]:
        """What frames depend on besides their sound."""
        room = self.room.digest if self.room else ""
        return (_FORMAT, ffmpeg.identity(), str(self.bit_rate), room)

    def over_ground(self, clip: Clip, offset: int = 0) -> Clip:
        """Lay the ground under a clip, from so many samples of it on."""
        if self.room is None:
            return clip
        first = offset % self.room.samples
        return overlay(clip, tiled(self.room, first + clip.samples)[first:], 0)


@dataclass(frozen=True, slots=True)
class Spliced:
    """A track joined from runs: each starts at a frame of the ``ground``; ``frames`` of them are heard.

    Raises:
        ValueError: When a run begins before the one before it ends: a part of one of them would not be heard.
    """

    placed: tuple[tuple[int, bytes], ...]
    frames: int
    form: Form
    ground: bytes

    def __post_init__(self) -> None:
        """Refuse runs that overlap."""
        end = -LEAD
        for start, run in self.placed:
            if start < end:
                raise ValueError(f"a run at frame {start} begins before frame {end}, where another one ends")
            end = start + len(run) // self.form.size

    def digest(self) -> str:
        """Return the SHA-256 of its bytes."""
        made = hashlib.sha256()
        for piece in self.pieces():
            made.update(piece)
        return made.hexdigest()

    def save(self, path: Path, head: bytes = b"") -> int:
        """Write it as an MP3, after the tag that it begins with, and return how many samples are heard.

        Raises:
            OutputError: When it can't be written.
        """
        try:
            with path.open("wb") as file:
                file.write(head)
                file.writelines(self.pieces())
        except OSError as error:
            raise OutputError(path, (error.strerror or str(error)).lower()) from None
        return self.frames * FRAME_SAMPLES

    def pieces(self) -> Iterator[bytes]:
        """Yield the file: the Info frame, the frames of the session, and one more for what is late."""
        size = self.form.size
        yield info_frame(self.frames, self.form)
        position, end = 0, self.frames + 1
        for first, run in self.placed:
            yield from self._ground(position, first)
            kept = run[max(0, position - first) * size : (end - first) * size]
            yield kept
            position = max(first, position) + len(kept) // size
        yield from self._ground(position, end)

    def _ground(self, start: int, end: int) -> Iterator[bytes]:
        """Yield the frames of the ground from one to another."""
        size, loop = self.form.size, len(self.ground) // self.form.size
        while start < end:
            at = start % loop
            count = min(end - start, max(_PIECE, loop) - at)
            yield (self.ground * -(-(at + count) // loop))[at * size : (at + count) * size]
            start += count


def ground(folder: Path, form: Form) -> bytes:
    """Return the frames of the ground: a silent one, or those of the loop, so encoded that it goes on without a seam.

    Raises:
        EncodeError: As ``encoded``.
    """
    if form.room is None:
        return form.silent
    count = form.room.samples // FRAME_SAMPLES
    path = cache.locate(folder, "run", *form.key, "ground")
    kept = cache.fetch(path)
    if kept is None or len(kept) != count * form.size:
        made = _made(tiled(form.room, 3 * form.room.samples), form)
        kept = made[count * form.size : 2 * count * form.size]
        with suppress(OSError):
            cache.store(path, kept)
    return kept


def encoded(passages: Iterable[Passage], folder: Path, form: Form) -> Mapping[Passage, bytes]:
    """Return the run of frames of each passage; those not kept in ``folder`` yet are encoded together.

    Raises:
        EncodeError: When ffmpeg is missing, fails, or makes other frames than it was asked for.
    """
    key = form.key
    places = {each: cache.locate(folder, "run", *key, *each.key) for each in dict.fromkeys(passages)}
    runs = {each: run for each, path in places.items() if (run := cache.fetch(path)) and _is_run(run, each, form)}
    missing = [each for each in places if each not in runs]
    batches = _batches(missing, [_encoded_samples(each) for each in missing])
    for batch, made in zip(batches, parallel.each(lambda batch: encode(batch, form), batches), strict=True):
        for each, run in zip(batch, made, strict=True):
            runs[each] = run
            with suppress(OSError):  # a cache that can't be written costs time, not the session
                cache.store(places[each], run)
    return runs


def encode(passages: Sequence[Passage], form: Form) -> list[bytes]:
    """Encode passages in one go, far enough apart that none hears of the other, and cut out the run of each.

    A run reaches `LEAD` and `TAIL` frames further than its passage, but not into the passage that goes on there.

    Raises:
        EncodeError: When ffmpeg is missing, fails, or makes other frames than it was asked for.
    """
    laid, starts, at = [], [], 0
    quiet = silence(_AROUND * FRAME_SAMPLES)
    for each in passages:
        whole = join([quiet, each.before, each.sound, each.after])
        length = _length(whole) + _AROUND
        rest = silence(length * FRAME_SAMPLES - whole.samples)
        laid += [_SHAKEN, form.over_ground(join([whole, rest]), each.offset)]  # each on its own, whatever is beside it
        starts.append(at + _length(_SHAKEN) + _AROUND + _length(each.before))
        at += _length(_SHAKEN) + length
    frames = _made(join(laid), form)
    return [
        frames[(start - lead(each)) * form.size : (start + _length(each.sound) + _tail(each)) * form.size]
        for start, each in zip(starts, passages, strict=True)
    ]


def lead(passage: Passage) -> int:
    """Return how many frames before its passage a run begins."""
    return 0 if passage.before.pcm else LEAD


def _tail(passage: Passage) -> int:
    """Return how many frames after its passage a run ends."""
    return 0 if passage.after.pcm else TAIL


def measured(runs: Iterable[bytes], folder: Path, form: Form) -> Mapping[bytes, Blocks]:
    """Return how loud runs are, decoded; what is known of them is kept in ``folder``.

    Raises:
        EncodeError: When ffmpeg is missing or fails.
    """
    key = (_FORMAT, ffmpeg.identity())
    places = {run: cache.locate(folder, "levels", *key, hashlib.sha256(run).hexdigest()) for run in runs}
    found: dict[bytes, Blocks] = {}
    for run, path in places.items():
        with suppress(ValueError):
            found[run] = loudness.Blocks.unpacked(cache.fetch(path) or b"")
    missing = [run for run in places if run not in found]
    batches = _batches(missing, [len(run) // form.size * FRAME_SAMPLES for run in missing])
    for batch, levels in zip(batches, parallel.each(lambda batch: _levels(batch, form), batches), strict=True):
        for run, blocks in zip(batch, levels, strict=True):
            found[run] = blocks
            with suppress(OSError):
                cache.store(places[run], blocks.packed())
    return found


def info_frame(frames: int, form: Form) -> bytes:
    """Return the frame that tells players how long the track is, and what to leave out at its ends.

    Its layout is that of "Mp3 Info Tag revision 1 specifications" by LAME; the checksum over the sound is left at 0.
    Players, ffmpeg among them, only believe the delays of encoders whose name they know.
    """
    own = Form(max(form.bit_rate, 64_000))  # it takes 177 bytes, which a frame of less does not hold
    whole = frames + 1
    padding = whole * FRAME_SAMPLES - frames * FRAME_SAMPLES - DELAY
    size = own.size + whole * form.size
    seek = _seek_table(own.size, whole * form.size)
    head = b"Info" + (15).to_bytes(4, "big") + whole.to_bytes(4, "big") + size.to_bytes(4, "big") + seek + bytes(4)
    lame = b"LAME3.100" + bytes([1]) + bytes(1 + 4 + 2 + 2 + 1) + bytes([min(255, form.bit_rate // 1000)])
    trims = (DELAY << 12 | padding).to_bytes(3, "big")
    tail = bytes(1 + 1 + 2) + size.to_bytes(4, "big") + bytes(2)
    frame = own.header + bytes(17) + head + lame + trims + tail
    return (frame + _crc16(frame).to_bytes(2, "big")).ljust(own.size, b"\0")


def _seek_table(header: int, sound: int) -> bytes:
    """Return where each hundredth of the time begins, as the nearest 256th of all bytes, the ``header`` included.

    >>> list(_seek_table(192, 100 * 192))[:5]
    [3, 5, 8, 10, 13]
    """
    whole = 100 * (header + sound)
    places = (256 * (100 * header + percent * sound) for percent in range(100))
    return bytes(min(255, (2 * place + whole) // (2 * whole)) for place in places)


@dataclass(frozen=True, slots=True)
class Info:
    """What the Info header of an MP3 states: frames of sound, bytes of all frames, samples added before and after."""

    frames: int
    size: int
    delay: int
    padding: int

    @property
    def samples(self) -> int:
        """How many samples a player plays once it has left out what the encoder added.

        >>> Info(frames=10, size=0, delay=1105, padding=47).samples
        10368
        """
        return self.frames * FRAME_SAMPLES - self.delay - self.padding


def round_seek_table(path: Path) -> None:
    """Write the seek table of an MP3 without tags anew, rounded; ffmpeg's own is rounded down, twice.

    Where there is no Info header, or the frames are not all of one size, the file is left as it is.

    Raises:
        OSError: When the file can't be written.
    """
    with path.open("rb+") as file:
        start = file.read(1024)
        with suppress(ValueError):
            file.seek(0)
            file.write(_with_table(start))


def _with_table(start: bytes) -> bytes:
    """Return the start of an MP3 with a rounded seek table in its Info header, whose checksum is set anew.

    Raises:
        ValueError: When there is no such header, or the frames are not all of one size.
    """
    info, at = read_info(start), _info_place(start)
    sound = info.frames * Form(MP3_RATES[(start[2] >> 4) - 1] * 1000).size
    if not 0 < info.size - sound <= _LONGEST_FRAME:
        raise ValueError("frames of several sizes")
    table = _seek_table(info.size - sound, sound)
    stated = start[: at + 16] + table + start[at + 116 : at + 154]
    return stated + _crc16(stated).to_bytes(2, "big") + start[at + 156 :]


def _info_place(start: bytes) -> int:
    """Return where the Info header begins: after the side information of one channel, or of two."""
    return 4 + (17 if start[3:4] >= b"\xc0" else 32)


def read_info(start: bytes) -> Info:
    """Read the Info header from the start of an MP3 without tags.

    The layout is that of "Mp3 Info Tag revision 1 specifications" by LAME, in which all four optional fields are there.

    Raises:
        ValueError: When there is no such header.
    """
    at = _info_place(start)
    header = start[at : at + 144]
    if header[:8] != b"Info\x00\x00\x00\x0f" or len(header) < 144:  # noqa: PLR2004 - the length sliced above
        raise ValueError("no Info header")
    trims = int.from_bytes(header[141:144], "big")
    frames, size = (int.from_bytes(header[at : at + 4], "big") for at in (8, 12))
    return Info(frames, size, delay=trims >> 12, padding=trims & 0xFFF)


def _made(clip: Clip, form: Form) -> bytes:
    """Encode a clip, and check that each frame is of the kind asked for, and that there is one more than it lasts."""
    args = [*PCM, *MP3.encoding(form.bit_rate), "-write_xing", "0", "pipe:1"]
    frames = ffmpeg.run(args, what="encoding the speech", data=clip.pcm).stdout
    _check(frames, _length(clip) + 1, form)
    return frames


def _levels(runs: Sequence[bytes], form: Form) -> list[Blocks]:
    """Decode and measure runs, with the ground's silence between them."""
    whole = [run + form.silent * (-(len(run) // form.size + _BETWEEN_MEASURED) % _STEPS) for run in runs]
    lengths = [len(run) // form.size * FRAME_SAMPLES for run in whole]
    apart = form.silent * _BETWEEN_MEASURED
    given = ["-f", "mp3", "-i", "pipe:0"]
    return loudness.measured(whole, given, apart, [*lengths, _BETWEEN_MEASURED * FRAME_SAMPLES])


def _length(clip: Clip) -> int:
    return -(-clip.samples // FRAME_SAMPLES)


def _batches(items: Sequence[_Item], samples: Sequence[int]) -> list[list[_Item]]:
    """Part sounds so that all cores have work, and no run of ffmpeg needs much memory."""
    return [[items[number] for number in share] for share in parallel.shares(samples, _BATCH, _LEAST_BATCH)]


def _encoded_samples(passage: Passage) -> int:
    return sum(clip.samples for clip in (passage.before, passage.sound, passage.after))


def _is_run(run: bytes, passage: Passage, form: Form) -> bool:
    return len(run) == (lead(passage) + _length(passage.sound) + _tail(passage)) * form.size


def _check(frames: bytes, count: int, form: Form) -> None:
    """Refuse what could not be joined: frames of another size, kind or number."""
    header, size = form.header, form.size
    alike = all(
        frames[at : at + 3] == header[:3] and frames[at + 3] >> 6 == header[3] >> 6
        for at in range(0, len(frames), size)
    )
    if len(frames) != count * size or not alike:
        raise EncodeError(f"encoding the speech: ffmpeg made {len(frames)} bytes where {count * size} were due")


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
