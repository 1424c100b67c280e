"""From a voice's raw sound to clips: its own silence trimmed, 48 kHz, and one loudness for all.

A whole batch goes through one run of ffmpeg, one sound after the other with silence between them. Each begins on a
tenth of a second, where ebur128 begins its blocks and the resampler its phases, and the silence is longer than any
filter rings: so a clip is the same to the byte whatever else is in its batch.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg, filters
from voicecoach.audio.clip import INAUDIBLE, SAMPLE_BYTES, SAMPLE_RATE, Clip, fade
from voicecoach.audio.loudness import integrate
from voicecoach.audio.pcm import audioop
from voicecoach.system import parallel, timings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

VERSION = 2
"""Raised by whoever changes how clips come out, so that none of before is reused."""

TARGET = -18.0
"""The integrated loudness of a clip, in LUFS."""
CEILING = -3.0
"""The level, in dBFS, that no sample is above (but for what resampling adds, a few tenths of a dB)."""

QUIET = -50.0
"""Sound softer than this, in dB under the loudest sample of a clip, is not yet (or no longer) speech."""
BEFORE, AFTER, FADE = 0.005, 0.020, 0.004
"""Seconds kept before the first sound and after the last, and faded at both ends."""

_BLOCKS_A_SECOND = 10
_BLOCK = SAMPLE_RATE // _BLOCKS_A_SECOND
_GATE_BLOCKS = 4
"""BS.1770 measures in blocks of 400 ms, one every 100 ms."""
_MOST, _LEAST = 150, 15
"""Seconds of sound that one run of ffmpeg takes at most; and at least, where there are more cores."""
_LEAST_MEASURED = 1.0
"""Seconds; a shorter clip has too few such blocks and is given its voice's own gain."""
_LEAD_IN, _LEAD_OUT = 1, 2
"""Blocks of silence before each sound and, at least, after it."""

_SLACK = 0.5
"""dB that may be added after the limiter, which stops so much lower: a small miss needs no second run."""
_ROUNDS = 4
_LEAST_PART = 0.3
"""Smallest fraction of a gain that we assume survives the limiter."""
MOST_GAIN = 40.0
_HEADROOM = 8
"""Sound is handed over at an eighth, in 32 bits: gain then never cuts a sample before the limiter sees it."""


@dataclass(frozen=True, slots=True)
class Raw:
    """Sound as a voice gave it: signed 16-bit samples, one channel, ``rate`` a second (a multiple of ten)."""

    pcm: bytes
    rate: int

    @property
    def samples(self) -> int:
        """How many samples it has."""
        return len(self.pcm) // SAMPLE_BYTES

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return self.samples / self.rate


@dataclass(frozen=True, slots=True)
class _Work:
    """One sound on its way: the gain it is given, and the clip and the loudness (LUFS) that came of it.

    The loudness is None if its gain is right as it is.
    """

    raw: Raw
    gain: float
    is_level: bool = False
    clip: Clip = field(default=Clip(b""))
    loudness: float | None = None

    @property
    def miss(self) -> float:
        """How far under the target it came out, in dB."""
        return 0.0 if self.loudness is None else TARGET - self.loudness


def treatment() -> str:
    """Return what clips depend on besides their voice: how they are levelled, and by which ffmpeg; on one line.

    Raises:
        EncodeError: When no usable ffmpeg is found.
    """
    return f"polish {VERSION}, {ffmpeg.identify()}"


def load(path: Path) -> Raw:
    """Read a voice's file: WAV directly, anything else through ffmpeg.

    Raises:
        EncodeError: When ffmpeg can't read it as sound.
    """
    import wave

    try:
        with wave.open(str(path), "rb") as file:
            plain = file.getnchannels() == 1 and file.getsampwidth() == SAMPLE_BYTES
            if plain and file.getframerate() % _BLOCKS_A_SECOND == 0 and file.getframerate():
                return Raw(_align(file.readframes(file.getnframes())), file.getframerate())
    except (wave.Error, EOFError):
        pass
    return _decode(path)


def silent(raw: Raw) -> bool:
    """Return whether there is nothing to hear.

    >>> silent(Raw(bytes(2000), 22_050))
    True
    """
    return not raw.pcm or audioop.max(raw.pcm, SAMPLE_BYTES) < INAUDIBLE


def trim(raw: Raw) -> Raw:
    r"""Cut a voice's own silence from both ends, but for 5 ms before the first sound and 20 ms after the last.

    >>> trim(Raw(bytes(2000) + b"\x00\x40" * 200 + bytes(4000), 1000)).samples
    225
    """
    bound = max(1, round(audioop.max(raw.pcm, SAMPLE_BYTES) * 10 ** (QUIET / 20)))
    first = _first_loud(raw.pcm, bound)
    last = raw.samples - _first_loud(audioop.reverse(raw.pcm, SAMPLE_BYTES), bound)
    start, end = max(0, first - round(BEFORE * raw.rate)), last + round(AFTER * raw.rate)
    return Raw(raw.pcm[start * SAMPLE_BYTES : end * SAMPLE_BYTES], raw.rate)


def polish(raws: Sequence[Raw], own_gain: float, *, are_level: bool = False) -> list[Clip]:
    """Return a clip for each raw sound, in order.

    Args:
        raws: Sounds that are not silent.
        own_gain: The voice's own gain in dB, as ``calibrate`` found it.
        are_level: Whether the sounds have one loudness already, long and short ones alike. Blocks of 400 ms would read
            a phrase with pauses too low, and so make it louder than the next.

    Raises:
        EncodeError: When ffmpeg is missing or fails.
    """
    with timings.time_part("levelling"):
        works = _render([_Work(trim(raw), own_gain, are_level) for raw in raws])
        for _ in range(_ROUNDS):
            again = {index: _correct(work) for index, work in enumerate(works) if work.miss > _SLACK}
            if not again:
                break
            works = _put(works, dict(zip(again, _render(list(again.values())), strict=True)))
        return [_finish(work) for work in works]


def calibrate(raw: Raw) -> float:
    """Return the gain in dB that brings a sentence of a voice, of a second or more, to the target loudness.

    Raises:
        EncodeError: When ffmpeg is missing or fails.
    """
    with timings.time_part("levelling"):
        (plain,) = _render([_Work(trim(raw), 0.0)])
        (near,) = _render([_correct(plain)])
        # The limiter takes back a part of the gain; these two measurements show how much.
        given, gained = near.gain - plain.gain, plain.miss - near.miss
        part = gained / given if given and _LEAST_PART < gained / given <= 1 else 1.0
        return min(round(near.gain + near.miss / part, 2), MOST_GAIN)


def _render(works: Sequence[_Work]) -> list[_Work]:
    """Send sounds through ffmpeg, one run for each sample rate among them (a voice has one)."""
    done: dict[int, _Work] = {}
    order = sorted(range(len(works)), key=lambda index: works[index].raw.rate)
    for rate, indexes in groupby(order, key=lambda index: works[index].raw.rate):
        some = list(indexes)
        shares = parallel.divide([works[index].raw.samples for index in some], _MOST * rate, _LEAST * rate)
        given = [[works[some[each]] for each in share] for share in shares]
        run = parallel.map_parallel(lambda share, rate=rate: list(_run(share, rate)), given)  # type: ignore[misc] # mypy's lambdas
        done |= zip(some, chain.from_iterable(run), strict=True)
    return [done[index] for index in range(len(works))]


def _run(works: Sequence[_Work], rate: int) -> Iterator[_Work]:
    laid, starts = _lay(works, rate // _BLOCKS_A_SECOND)
    given = ["-f", "s32le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    wanted = filters.limit_and_measure(_HEADROOM, CEILING - _SLACK, SAMPLE_RATE)
    late = filters.compute_limiter_delay(rate) * 4  # bytes of the silence at the start: by so much all begins earlier
    said = ffmpeg.run([*given, *wanted], what="levelling the voice", data=laid[late:])
    levels = [float(level) for level in re.findall(r"r128\.M=(\S+)", said.stderr)]
    for work, start in zip(works, starts, strict=True):
        samples = work.raw.samples * SAMPLE_RATE // rate
        first = start * _BLOCK * SAMPLE_BYTES
        clip = Clip(said.stdout[first : first + samples * SAMPLE_BYTES])
        yield replace(work, clip=clip, loudness=None if work.is_level else _loudness(levels, start, samples))


def _lay(works: Sequence[_Work], block: int) -> tuple[bytes, list[int]]:
    """Return all sounds in a row, scaled by their gains, in 32 bits, and the block that each starts with."""
    pieces: list[bytes] = []
    starts: list[int] = []
    at = 0
    for work in works:
        starts.append(at + _LEAD_IN)
        blocks = -(-work.raw.samples // block) + _LEAD_OUT
        pieces += [bytes(_LEAD_IN * block * 4), _scale(work).ljust(blocks * block * 4, b"\0")]
        at += _LEAD_IN + blocks
    return b"".join(pieces), starts


def _scale(work: _Work) -> bytes:
    wide = audioop.lin2lin(work.raw.pcm, SAMPLE_BYTES, 4)
    return audioop.mul(wide, 4, 10 ** (work.gain / 20) / _HEADROOM)


def _loudness(levels: Sequence[float], start: int, samples: int) -> float | None:
    """Measure one clip by the blocks that are entirely inside it; None when it is too short."""
    if samples < _LEAST_MEASURED * SAMPLE_RATE:
        return None
    return integrate([(level, 1) for level in levels[start + _GATE_BLOCKS - 1 : start + samples // _BLOCK]])


def _correct(work: _Work) -> _Work:
    return replace(work, gain=min(round(work.gain + work.miss, 2), MOST_GAIN))


def _put(works: Sequence[_Work], again: dict[int, _Work]) -> list[_Work]:
    return [again.get(index, work) for index, work in enumerate(works)]


def _finish(work: _Work) -> Clip:
    """Give a clip what the limiter's run left over, which is at most the slack, and fade its ends."""
    factor = 10 ** (min(work.miss, _SLACK) / 20)
    return fade(Clip(audioop.mul(work.clip.pcm, SAMPLE_BYTES, factor)), round(FADE * SAMPLE_RATE))


def _first_loud(pcm: bytes, bound: int) -> int:
    """Return the first sample as loud as ``bound``: by windows of 64, then by samples."""
    window = 64 * SAMPLE_BYTES
    for start in range(0, len(pcm), window):
        if audioop.max(pcm[start : start + window], SAMPLE_BYTES) >= bound:
            loud = range(start // SAMPLE_BYTES, len(pcm) // SAMPLE_BYTES)
            return next(at for at in loud if abs(audioop.getsample(pcm, SAMPLE_BYTES, at)) >= bound)
    return len(pcm) // SAMPLE_BYTES


def _align(pcm: bytes) -> bytes:
    """Leave out half a sample at the end, as a file that was cut has it."""
    return pcm[: len(pcm) // SAMPLE_BYTES * SAMPLE_BYTES]


def _decode(path: Path) -> Raw:
    args = ["-i", ffmpeg.quote_path(path), "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]
    return Raw(ffmpeg.run(args, what="reading what the voice said").stdout, SAMPLE_RATE)
