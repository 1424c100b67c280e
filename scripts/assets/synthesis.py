"""Sounds made from numbers, the same to the byte on every machine and Python: what `scripts/run assets` writes.

The sines of C libraries differ in their last digit, and newer Pythons add up lists of floats more exactly; one addition
or multiplication is the same everywhere. So only such steps make samples, factors that come from a sine or a power are
rounded far above that digit, noise is a SHAKE-256 stream, and sums go through `math.fsum`.
"""

from __future__ import annotations

import array
import hashlib
import io
import math
import operator
import struct
import sys
import wave
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Samples: TypeAlias = "array.array[int]"
RATE = 48_000
FULL_SCALE = 32_767


@dataclass(frozen=True, slots=True)
class Partial:
    """One tone of a struck body: hertz, loudness beside the others, and the seconds in which it falls by 60 dB."""

    hertz: float
    level: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Chime:
    """A struck body: its partials, length and attack in seconds, peak as a part of full scale, and its strokes."""

    partials: tuple[Partial, ...]
    seconds: float
    attack: float
    peak: float
    strokes: tuple[float, ...] = (0.0,)


@dataclass(frozen=True, slots=True)
class Glide:
    """A tone whose pitch goes evenly from one hertz to another; its seconds, and its peak as a part of full scale."""

    start: float
    end: float
    seconds: float = 0.36
    peak: float = 0.36


def sounding(partial: Partial, count: int) -> list[float]:
    """Return ``count`` samples of a decaying sine, each made from the two before it.

    >>> [round(value, 3) for value in sounding(Partial(RATE / 4, 1.0, 1e9), 4)]
    [0.0, 1.0, 0.0, -1.0]
    """
    fall = 10 ** (-3 / (partial.seconds * RATE))
    turn = 2 * math.pi * partial.hertz / RATE
    first, ahead, back = (round(x, 12) for x in (fall * math.sin(turn), 2 * fall * math.cos(turn), fall * fall))
    values: list[float] = []
    now, then = 0.0, partial.level * first
    for _ in range(count):
        values.append(now)
        now, then = then, ahead * then - back * now
    return values


def struck(chime: Chime) -> Samples:
    """Return a chime as 16-bit samples, ending on true silence: over its last half it also fades to nothing."""
    count = round(chime.seconds * RATE)
    stroke = mixed([sounding(partial, count) for partial in chime.partials])
    for index in range(round(chime.attack * RATE)):
        rise = index / RATE / chime.attack
        stroke[index] *= rise * rise * (3 - 2 * rise)
    starts = [round(at * RATE) for at in chime.strokes]
    values = mixed([[0.0] * start + stroke[: count - start] for start in starts])
    for index in range(count // 2, count):
        left = (chime.seconds - index / RATE) / (chime.seconds / 2)
        values[index] *= left * left
    return _rounded(values, FULL_SCALE * chime.peak / max(map(abs, values)))


def gliding(glide: Glide) -> Samples:
    """Return a gliding tone as 16-bit samples, rising out of silence and falling back into it.

    A sample is the height of a point that goes round by a little more each time.

    >>> len(gliding(Glide(330.0, 495.0, seconds=0.5)))
    24480
    """
    count = round(glide.seconds * RATE)
    (over, up), (more_over, more_up) = _turned(glide.start), _turned((glide.end - glide.start) / count)
    (across, high), values = (1.0, 0.0), []
    for index in range(count):
        swell = 4 * (index + 1) * (count - index) / ((count + 1) * (count + 1))
        values.append(round(high * swell * swell * glide.peak * FULL_SCALE))
        across, high = across * over - high * up, across * up + high * over
        over, up = over * more_over - up * more_up, over * more_up + up * more_over
    return array.array("h", [*values, *[0] * (RATE // 100)])


def _turned(hertz: float) -> tuple[float, float]:
    angle = 2 * math.pi * hertz / RATE
    return round(math.cos(angle), 14), round(math.sin(angle), 14)


def humming(turns: int, phase: float, count: int) -> list[float]:
    """Return a sine of whole turns in ``count`` samples, so that it goes round without a seam; ``phase`` is in turns.

    >>> humming(1, 0.25, 4)
    [1.0, 0.0, -1.0, 0.0]
    """
    turn = _turn(count)
    values: list[float] = []
    at = round(phase * count) % count
    while len(values) < count:
        part = turn[at::turns]
        values += part
        at += len(part) * turns - count
    return values[:count]


@cache
def _turn(count: int) -> list[float]:
    return [round(math.sin(2 * math.pi * index / count), 12) for index in range(count)]


def noise(name: str, count: int) -> Samples:
    """Return white noise, evenly spread over 16 bits: the same for the same name."""
    values = array.array("h", hashlib.shake_256(name.encode()).digest(2 * count))
    return _swapped(values)


def below(hertz: float, values: Sequence[float], rate: int) -> list[float]:
    """Return a loop without its highs, 6 dB an octave; the filter comes round warmed by the loop's own end."""
    factor = round(1 - math.exp(-2 * math.pi * hertz / rate), 12)
    now, kept = 0.0, []
    for value in values[-rate:]:
        now += factor * (value - now)
    for value in values:
        now += factor * (value - now)
        kept.append(now)
    return kept


def above(hertz: float, values: Sequence[float], rate: int) -> list[float]:
    """Return a loop without its lows, 6 dB an octave."""
    return list(map(operator.sub, values, below(hertz, values, rate)))


def mixed(layers: Iterable[Sequence[float]]) -> list[float]:
    """Return the sum of layers of one length, sample by sample.

    >>> mixed([[1.0, 2.0], [0.5, 0.25]])
    [1.5, 2.25]
    """
    first, *others = layers
    total = list(first)
    for layer in others:
        total = list(map(operator.add, total, layer))
    return total


def levelled(values: Sequence[float], decibels: float) -> Samples:
    """Return 16-bit samples around zero, of a mean level (RMS) in decibels of full scale."""
    mean = math.fsum(values) / len(values)
    centred = [value - mean for value in values]
    power = math.fsum(map(operator.mul, centred, centred)) / len(values)
    return _rounded(centred, FULL_SCALE * round(10 ** (decibels / 20), 12) / math.sqrt(power))


def _rounded(values: Iterable[float], scale: float) -> Samples:
    return array.array("h", [round(value * scale) for value in values])


def wav(samples: Samples, rate: int = RATE) -> bytes:
    """Return samples as a WAV file of one channel and 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(_swapped(samples).tobytes())
    return file.getvalue()


def _swapped(samples: Samples) -> Samples:
    """Return samples from, or for, a file, whose bytes stand as on little-endian machines."""
    if sys.byteorder == "little":
        return samples
    turned = array.array("h", samples)
    turned.byteswap()
    return turned


# IMA ADPCM ("Recommended practices for enhancing digital audio compatibility", 1992), as a WAV file of format 0x11: a
# sample is four bits, which say how far it lies from the last one, in steps that widen and narrow with the sound.
BLOCK_BYTES = 512
BLOCK = (BLOCK_BYTES - 4) * 2 + 1
"""Samples in a block: the first in its header, then two in each byte."""
STEPS = (
    *(7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88, 97, 107),
    *(
        118,
        130,
        143,
        157,
        173,
        190,
        209,
        230,
        253,
        279,
        307,
        337,
        371,
        408,
        449,
        494,
        544,
        598,
        658,
        724,
        796,
        876,
        963,
    ),
    *(1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660, 4026, 4428, 4871, 5358, 5894),
    *(6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818, 18500, 20350, 22385, 24623, 27086, 29794),
    32767,
)
WIDER = (-1, -1, -1, -1, 2, 4, 6, 8)


def _width(place: int) -> tuple[int, tuple[int, ...], tuple[int, ...]]:
    """Return a width of steps: what is one step, how far each code moves, and the place of the width that is next."""
    step, half, quarter, least = (STEPS[place] >> shift for shift in range(4))
    moves = tuple(least + (code >> 2) * step + (code >> 1 & 1) * half + (code & 1) * quarter for code in range(8))
    return step, moves, tuple(min(max(place + wider, 0), len(STEPS) - 1) for wider in WIDER)


WIDTHS = [_width(place) for place in range(len(STEPS))]


def adpcm_wav(samples: Samples, rate: int) -> bytes:
    """Return a loop as a WAV file of one channel and four bits a sample.

    Raises:
        ValueError: When the last block would not be full, and the loop not seamless; when a sample is so loud that the
            nearest step, at most an eighth of the widest away, might lie beyond full scale.
    """
    if len(samples) % BLOCK:
        raise ValueError(f"{len(samples)} samples are not whole blocks of {BLOCK}")
    if max(map(abs, samples)) > FULL_SCALE * 7 // 8:
        raise ValueError("louder than seven eighths of full scale")
    index, _ = _packed(samples[-BLOCK:], 0)  # the steps are as wide at the start as at the end that comes before it
    blocks = []
    for start in range(0, len(samples), BLOCK):
        index, packed = _packed(samples[start : start + BLOCK], index)
        blocks.append(packed)
    form = struct.pack("<HHIIHHHH", 0x11, 1, rate, rate * BLOCK_BYTES // BLOCK, BLOCK_BYTES, 4, 2, BLOCK)
    parts = {b"fmt ": form, b"fact": struct.pack("<I", len(samples)), b"data": b"".join(blocks)}
    chunks = b"".join(name + struct.pack("<I", len(part)) + part for name, part in parts.items())
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def _packed(samples: Samples, index: int) -> tuple[int, bytes]:
    """Return one block, and the width of steps that it ends with."""
    now, codes = samples[0], []
    header = struct.pack("<hBB", now, index, 0)
    for sample in samples[1:]:
        step, moves, then = WIDTHS[index]
        away = sample - now
        steps = 4 * abs(away) // step
        code = 7 if steps > 7 else steps  # noqa: PLR2004, FURB136 - three bits; twice as fast as min()
        if away < 0:
            now -= moves[code]
            codes.append(code | 8)
        else:
            now += moves[code]
            codes.append(code)
        index = then[code]
    return index, header + bytes([low | high << 4 for low, high in zip(codes[::2], codes[1::2], strict=True)])
