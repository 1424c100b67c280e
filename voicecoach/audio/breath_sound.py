"""The breath sound: a soft sound under each guided phase, by which the breath can be followed with closed eyes.

An inhale is airy and bright, and its pitch and level rise; an exhale is dark, and both fall; a hold is a quiet hum. All
of it is made from numbers while a session is mixed. As with the sounds of `scripts/run assets`, only steps that are the
same on every machine make samples, so the bytes are the same everywhere.
"""

from __future__ import annotations

import array
import hashlib
import math
import operator
import sys
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.audio.mixdown import CONTROL
from voicecoach.audio.pcm import audioop
from voicecoach.core.breath import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.core.timeline import PhaseSpan, Timeline

LOUDNESS = -23.0
"""The loudness of each colour, in LUFS: that of a bed."""

EDGE = SAMPLE_RATE // 25
"""Samples over which a phase is faded in, and out: 40 ms; in a short phase a quarter of it."""

_RATE, _SECONDS = SAMPLE_RATE // 2, 3
"""Samples a second of a colour while it is made, and the seconds of its loop."""
_BLOCK = SAMPLE_RATE // CONTROL
_MOST = 32_767


@dataclass(frozen=True, slots=True)
class Colour:
    """How the sound is at one end of a phase.

    Attributes:
        low: The lower end of its noise, in hertz; 0 for no noise.
        high: The upper end of its noise, in hertz.
        tones: Hertz, in whole cycles a loop, and level of each tone beside the noise.
        level: Its mean level in dBFS; measured so that each colour has `LOUDNESS`.
    """

    low: float
    high: float
    tones: tuple[tuple[int, float], ...]
    level: float


@dataclass(frozen=True, slots=True)
class Course:
    """How a phase sounds: the colours of its start and its end, and the factors of its level there."""

    start: Colour
    end: Colour
    rise: tuple[float, float]


_HUM = Colour(0, 0, ((495, 1.0), (1485, 0.3)), -22.5)
_HELD = Course(_HUM, _HUM, (0.7, 0.7))

COURSES = {
    Kind.INHALE: Course(
        Colour(900, 1500, ((660, 0.6), (1320, 0.5), (1980, 0.3)), -24.2),
        Colour(1800, 3000, ((880, 0.6), (1760, 0.5), (2640, 0.3)), -24.9),
        (0.75, 1.2),
    ),
    Kind.EXHALE: Course(
        Colour(400, 900, ((440, 0.6), (880, 0.1)), -23.2),
        Colour(200, 450, ((330, 0.6),), -22.4),
        (1.2, 0.75),
    ),
    Kind.HOLD: _HELD,
    Kind.PAUSE: _HELD,
}
"""How each kind of phase sounds. The tones are fifths apart (A, E, B), which go with the notes of the bed ``pad``."""


def mix_breath(windows: Iterable[bytes], timeline: Timeline, factor: float, gains: Iterable[float]) -> Iterator[bytes]:
    """Mix the breath sound into windows of a session, each of whole ticks of `CONTROL` but the last.

    Args:
        windows: The sound of the session, in order.
        timeline: Its timeline.
        factor: What the sound is amplified by.
        gains: Its gain, `CONTROL` times a second, as a factor besides: for words, and for sleep.
    """
    phases = sorted(timeline.phases, key=lambda phase: phase.start)
    starts = [_to_sample(phase.start) for phase in phases]
    longest = max((_to_sample(phase.end) - start for phase, start in zip(phases, starts, strict=True)), default=0)
    control, at = iter(gains), 0
    for window in windows:
        end = at + len(window) // SAMPLE_BYTES
        levels = [factor * level for level in islice(control, -(-(end - at) // _BLOCK))]
        heard = phases[bisect_left(starts, at - longest) : bisect_left(starts, end)]
        yield _lay(window, at, heard, levels)
        at = end


def _lay(window: bytes, at: int, phases: Sequence[PhaseSpan], levels: Sequence[float]) -> bytes:
    """Lay the phases that are heard in a window under its sound."""
    end = at + len(window) // SAMPLE_BYTES
    mixed = bytearray(window)
    for phase in phases:
        start, until = _to_sample(phase.start), _to_sample(phase.end)
        first, last = max(start, at), min(until, end)
        if first < last:
            span = slice((first - at) * SAMPLE_BYTES, (last - at) * SAMPLE_BYTES)
            sound = _cut(phase.kind, until - start, (first - start, last - start), at - start, levels)
            mixed[span] = audioop.add(bytes(mixed[span]), sound, SAMPLE_BYTES)
    return bytes(mixed)


def _cut(kind: Kind, samples: int, span: tuple[int, int], window: int, levels: Sequence[float]) -> bytes:
    """Return a span of a phase of so many samples; ``levels`` are those of the window that begins at ``window``."""
    course, (first, last) = COURSES[kind], span
    sound, at = bytearray(), first
    while at < last:
        tick = (at - window) // _BLOCK
        until = min(last, window + (tick + 1) * _BLOCK)
        sound += _sound(course, (at + until) / (2 * samples), slice(at, until), levels[tick])
        at = until
    return _fade(bytes(sound), first, samples)


def _sound(course: Course, passed: float, span: slice, level: float) -> bytes:
    """Return a moment of a phase of which the part ``passed`` is over: a cross-fade of its two colours."""
    begin, end = course.rise
    level *= begin + (end - begin) * passed
    if course.start is course.end:
        return audioop.mul(_loop(course.start, span), SAMPLE_BYTES, level)
    start = audioop.mul(_loop(course.start, span), SAMPLE_BYTES, level * math.sqrt(1 - passed))
    return audioop.add(
        start, audioop.mul(_loop(course.end, span), SAMPLE_BYTES, level * math.sqrt(passed)), SAMPLE_BYTES
    )


def _loop(colour: Colour, span: slice) -> bytes:
    """Return some samples of a colour, which goes round."""
    loop = make_colour(colour)
    at = span.start * SAMPLE_BYTES % len(loop)
    size = (span.stop - span.start) * SAMPLE_BYTES
    piece = loop[at : at + size]
    return piece if len(piece) == size else piece + loop[: size - len(piece)]


def _fade(sound: bytes, first: int, samples: int) -> bytes:
    """Fade the ends of a phase; ``sound`` is a part of it that begins with the sample ``first``."""
    edge = min(EDGE, samples // 4)
    values = array.array("h", sound)
    last = first + len(values)
    for at in (*range(first, min(edge, last)), *range(max(first, edge, samples - edge), last)):
        values[at - first] = values[at - first] * min(at, samples - 1 - at) // edge
    return values.tobytes()


@cache
def make_colour(colour: Colour) -> bytes:
    """Return the loop of a colour: 3 s of 48 kHz, one channel, 16 bits; its first sample follows its last."""
    count = _RATE * _SECONDS
    turn = [round(math.sin(2 * math.pi * index / count), 12) for index in range(count)]
    values = _make_noise(colour, count) if colour.high else [0.0] * count
    for hertz, level in colour.tones:
        turns = hertz * _SECONDS
        values = [value + level * turn[index * turns % count] for index, value in enumerate(values)]
    scale = _MOST * round(10 ** (colour.level / 20), 12) / _measure(values)
    small = [round(value * scale) for value in values]
    doubled = array.array("h", bytes(2 * SAMPLE_BYTES * count))
    doubled[0::2] = array.array("h", small)
    doubled[1::2] = array.array("h", [(one + other) // 2 for one, other in zip(small, small[1:] + small[:1])])  # noqa: B905
    return doubled.tobytes()


def _make_noise(colour: Colour, count: int) -> list[float]:
    """Return noise between two frequencies, 12 dB less an octave beyond them, of a mean level of 1."""
    values: Sequence[float] = _read_little(hashlib.shake_256(f"breath {colour.low}".encode()).digest(2 * count))
    for hertz in (colour.low, colour.low):
        values = list(map(operator.sub, values, _keep_low(hertz, values)))
    for hertz in (colour.high, colour.high):
        values = _keep_low(hertz, values)
    mean = _measure(values)
    return [value / mean for value in values]


def _keep_low(hertz: float, values: Sequence[float]) -> list[float]:
    """Return a loop without its highs, 6 dB an octave; the filter is warmed by the loop's own end."""
    factor = round(1 - math.exp(-2 * math.pi * hertz / _RATE), 12)
    now, kept = 0.0, []
    for value in values[-_RATE // 4 :]:
        now += factor * (value - now)
    for value in values:
        now += factor * (value - now)
        kept.append(now)
    return kept


def _measure(values: Sequence[float]) -> float:
    """Return the mean level of values (RMS)."""
    return math.sqrt(math.fsum(map(operator.mul, values, values)) / len(values))


def _read_little(data: bytes) -> array.array[int]:
    """Read samples whose bytes stand as on little-endian machines."""
    values = array.array("h", data)
    if sys.byteorder == "big":  # pragma: no cover
        values.byteswap()
    return values


def _to_sample(seconds: Fraction) -> int:
    return round(seconds * SAMPLE_RATE)
