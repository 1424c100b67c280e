"""Mixes the clips of a timeline, a window at a time: memory depends on the clips, not on the length of the session."""

from __future__ import annotations

import array
import sys
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip, amplify, find_peak, overlay, repeat
from voicecoach.audio.pcm import audioop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.core.timeline import Cue, Timeline

WINDOW = 30 * SAMPLE_RATE
"""The samples of a window: 30 s."""

NOTHING = Clip(b"")

HIGHEST_SAMPLE = 27_000
"""The highest sample value of overlapping sounds (-1.7 dBFS); chimes and tones get softer for it, speech does not."""

MOST_ATTENUATION = -40.0
"""How much softer chimes and tones can get, in decibels."""

CONTROL, BEFORE, AFTER, FADE = 100, 60, 250, 400
"""How often a second the gain of a bed is set; and in these ticks, the ducking's attack, its release, and the fades."""


def mix_windows(timeline: Timeline, clip: Callable[[Cue], Clip]) -> Iterator[bytes]:
    """Yield the samples of a session in windows; ``clip`` returns the sound of a cue.

    Between cues there is digital silence, and every cue starts on its exact sample.
    """
    mix, end = Mix(place_cues(timeline, clip)), _to_samples(timeline.duration)
    return (mix.cut(at, min(end, at + WINDOW)).pcm for at in range(0, end, WINDOW))


def mix_loop(windows: Iterable[bytes], loop: Clip) -> Iterator[bytes]:
    """Mix a loop into windows of sound, from its start and without a break between windows."""
    at = 0
    for window in windows:
        samples = len(window) // SAMPLE_BYTES
        under = repeat(loop, at + samples)[at:] if loop.samples else loop
        at = (at + samples) % max(1, loop.samples)
        yield overlay(Clip(window), under, 0).pcm


def compute_ducking(timeline: Timeline, lowered: float) -> Iterator[int]:
    """Yield the gain of a bed with ducking, `CONTROL` times a second, from 0 to 32,767.

    The bed is faded in and out. Before each spoken cue its gain goes down to the factor ``lowered``, and afterwards it
    comes back slowly. If the next cue is too near for that, it stays down.
    """
    count = int(timeline.duration * CONTROL) + 1
    for tick, level in enumerate(find_ducking(timeline, lowered)):
        yield round(32_767 * max(0.0, min(level, tick / FADE, (count - 1 - tick) / FADE)))


def find_ducking(timeline: Timeline, lowered: float) -> Iterator[float]:
    """Yield the gain of a sound that gives way to words, `CONTROL` times a second: 1, and ``lowered`` under words."""
    spans = _find_speech(timeline)
    at = 0
    for tick in range(int(timeline.duration * CONTROL) + 1):
        while at < len(spans) and tick > spans[at][1] + AFTER:
            at += 1
        yield lowered + (1 - lowered) * _measure_distance(tick, *spans[at]) if at < len(spans) else 1.0


def _measure_distance(tick: int, start: int, end: int) -> float:
    """Return how far a tick is from a spoken span: 0 inside it, 1 beyond the ramps."""
    return min(1.0, max((start - tick) / BEFORE, (tick - end) / AFTER, 0.0))


def _find_speech(timeline: Timeline) -> list[tuple[int, int]]:
    """Return the spans of speech, in ticks; spans that are too near for the bed to come back are merged."""
    spans: list[tuple[int, int]] = []
    for cue in timeline.cues:
        if cue.track != "voice":
            continue
        start, end = int(cue.start * CONTROL), int(cue.end * CONTROL) + 1
        if spans and start - spans[-1][1] < BEFORE + AFTER:
            spans[-1] = spans[-1][0], max(end, spans[-1][1])
        else:
            spans.append((start, end))
    return spans


def interleave(speech: Iterable[bytes], bed: Iterable[bytes], gains: Iterable[int]) -> Iterator[bytes]:
    """Yield windows of four channels for `filters.mix_bed`: the speech, the two of the bed, and the gain of the bed."""
    control = iter(gains)
    state, held = None, b""
    for window, under in zip(speech, bed, strict=False):
        while len(held) < len(window):
            some = array.array("h", islice(control, CONTROL)) or array.array("h", [0] * CONTROL)
            more, state = audioop.ratecv(some.tobytes(), SAMPLE_BYTES, 1, CONTROL, SAMPLE_RATE, state)
            held += more
        level, held = array.array("h", held[: len(window)]), held[len(window) :]
        if sys.byteorder == "big":  # pragma: no cover - the other channels are only moved
            level.byteswap()
        samples = len(window) // SAMPLE_BYTES
        laid = array.array("h", bytes(4 * len(window)))
        both = array.array("h", under)
        laid[0::4], laid[3::4] = array.array("h", window), level
        laid[1::4], laid[2::4] = both[0 : 2 * samples : 2], both[1 : 2 * samples : 2]
        yield laid.tobytes()


@dataclass(frozen=True, slots=True)
class Passage:
    """Sound that is encoded as one piece.

    Attributes:
        sound: The sound itself.
        before: The sound right before it, if there is no pause between them.
        after: The sound right after it, if there is no pause between them.
        offset: The number of samples from the last pause to the start of ``before``.
    """

    sound: Clip
    before: Clip = NOTHING
    after: Clip = NOTHING
    offset: int = 0

    @property
    def key(self) -> tuple[str, ...]:
        """What distinguishes it from others, as a part of keys in the cache."""
        if not self.before.pcm and not self.after.pcm:
            return (self.sound.digest,)
        return (self.sound.digest, self.before.digest, self.after.digest, str(self.offset))


def find_passages(
    timeline: Timeline, clip: Callable[[Cue], Clip], apart: int, around: int, window: int = WINDOW
) -> Iterator[tuple[int, Passage]]:
    """Yield the sound of a session as passages, each with its first sample; a pause has ``apart`` samples or more.

    Sound without a pause for more than ``window`` samples (whole frames) is divided into several passages, so that none
    needs much memory. Each knows ``around`` samples of its neighbours, and ends where the next one starts.
    """
    mix = Mix(place_cues(timeline, clip))
    for start, end, ends in _find_spans(mix.laid, apart):
        at = start
        for until in (*_find_cuts(start, end, ends, window), end):
            first, last = max(start, at - around), min(end, until + around)
            yield at, Passage(mix.cut(at, until), mix.cut(first, at), mix.cut(until, last), first - start)
            at = until


@dataclass(frozen=True, slots=True)
class PlacedSound:
    """A sound, its first sample, and the change of its gain in decibels where it overlaps others."""

    at: int
    sound: Clip
    speech: bool = True
    lowered: float = 0.0

    @property
    def end(self) -> int:
        """The sample after its last one."""
        return self.at + self.sound.samples


class Mix:
    """Placed sounds, of which any span can be mixed: memory depends on the clips and the span."""

    def __init__(self, laid: Sequence[PlacedSound]) -> None:
        """Take sounds in the order of their starts."""
        self.laid = laid
        self._starts = [each.at for each in laid]
        self._longest = max((each.sound.samples for each in laid), default=0)

    def cut(self, start: int, end: int, every: float = 0.0) -> Clip:
        """Mix the sounds from one sample to another; ``every`` changes the gain of all of them, in decibels."""
        first, last = bisect_right(self._starts, start - self._longest), bisect_left(self._starts, end)
        heard = [each for each in self.laid[first:last] if each.end > start]
        if len(heard) == 1 and (heard[0].at, heard[0].end) == (start, end) and not heard[0].lowered + every:
            return heard[0].sound
        mixed, filled = bytearray(max(0, end - start) * SAMPLE_BYTES), 0
        for each in heard:
            at = max(0, each.at - start) * SAMPLE_BYTES
            sound = each.sound[max(0, start - each.at) : end - each.at]
            pcm = amplify(sound, each.lowered + every).pcm if each.lowered + every else sound.pcm
            until = at + len(pcm)
            under = mixed[at:until] if at < filled else b""
            mixed[at:until] = audioop.add(bytes(under), pcm, SAMPLE_BYTES) if under else pcm
            filled = max(filled, until)
        return Clip(bytes(mixed))


def place_cues(timeline: Timeline, clip: Callable[[Cue], Clip]) -> list[PlacedSound]:
    """Place the sound of each cue on its sample; chimes and tones get softer until none exceeds `HIGHEST_SAMPLE`."""
    laid = [PlacedSound(_to_samples(cue.start), clip(cue), cue.track == "voice") for cue in timeline.cues]
    return [each for cluster in _find_clusters(laid) for each in _lower(cluster)]


def _lower(cluster: list[PlacedSound]) -> list[PlacedSound]:
    """Make the chimes and tones among overlapping sounds softer."""
    if len(cluster) == 1:
        return cluster
    first = cluster[0].at
    lowered = _find_lowering(tuple(replace(each, at=each.at - first) for each in cluster))
    return [each if each.speech else replace(each, lowered=lowered) for each in cluster]


@lru_cache(maxsize=64)
def _find_lowering(cluster: tuple[PlacedSound, ...]) -> float:
    """Return by how much; a session that is planned again has most of its clusters again."""
    lowered = 0.0
    while _is_too_loud(cluster) and lowered > MOST_ATTENUATION:
        lowered -= 2.0
        cluster = tuple(each if each.speech else replace(each, lowered=lowered) for each in cluster)
    return lowered


def _is_too_loud(cluster: Sequence[PlacedSound]) -> bool:
    """Return whether the mix of sounds exceeds `HIGHEST_SAMPLE`; it is made at a quarter, so nothing is clipped."""
    mix, end = Mix(cluster), max(each.end for each in cluster)
    windows = range(cluster[0].at, end, WINDOW)
    return any(find_peak(mix.cut(at, min(end, at + WINDOW), -12.0)) * 4 > HIGHEST_SAMPLE for at in windows)


def _find_clusters(laid: Iterable[PlacedSound]) -> Iterator[list[PlacedSound]]:
    """Divide sounds into groups that do not overlap each other."""
    cluster: list[PlacedSound] = []
    end = 0
    for each in laid:
        if cluster and each.at >= end:
            yield cluster
            cluster = []
        cluster.append(each)
        end = max(end, each.end)
    if cluster:
        yield cluster


def _find_spans(laid: Iterable[PlacedSound], apart: int) -> Iterator[tuple[int, int, list[int]]]:
    """Yield spans without a pause: the first and last sample, and where a sound begins after all others have ended."""
    start = end = 0
    begins: list[int] = []
    for each in laid:
        if end > start and each.at >= end + apart:
            yield start, end, begins
            start, end, begins = each.at, each.at, []
        elif end == start:
            start = end = each.at
        elif each.at >= end:
            begins.append(each.at)
        end = max(end, each.end)
    if end > start:
        yield start, end, begins


def _find_cuts(start: int, end: int, begins: Iterable[int], window: int) -> Iterator[int]:
    """Yield where a long span is divided: where a sound begins, or within a sound that is too long."""
    at = start
    for begin in (*begins, end):
        while begin - at > 2 * window:
            at += window
            yield at
        if at + window <= begin < end:
            at = begin
            yield at


def _to_samples(seconds: Fraction) -> int:
    """Convert a position to samples; those of a timeline are whole samples already."""
    whole, part = divmod(seconds.numerator * SAMPLE_RATE, seconds.denominator)
    return round(seconds * SAMPLE_RATE) if part else whole
