"""A timeline and its clips become sound, a window at a time: memory is that of the clips, not of the session."""

from __future__ import annotations

import array
import sys
import warnings
from itertools import islice
from typing import TYPE_CHECKING

from voicecoach.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip, gain, join, overlay, peak, silence, tiled

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.13 on it is audioop-lts, which stays
    import audioop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.timeline import Cue, Timeline

WINDOW = 30 * SAMPLE_RATE
"""The samples that are put together at once."""

HIGHEST = 27_000
"""The sample value that sounds together stay under (-1.7 dBFS); chimes and tones give way, and speech does not."""

LOWEST = -40.0
"""How many decibels chimes and tones give way at most."""

CONTROL, BEFORE, AFTER, FADE = 100, 60, 250, 400
"""How often a second a bed's level is set; ticks of that in which it goes down, comes back, and is faded in or out."""


def mixdown(timeline: Timeline, clip: Callable[[Cue], Clip]) -> Iterator[bytes]:
    """Yield the session's samples in order, in windows; ``clip`` gives the sound of a cue.

    Between cues there is digital silence, counted so that every cue starts on its sample.
    """
    end = _samples(timeline.duration)
    return (join(window).pcm for window in windows(_laid(placed(timeline, clip), end), WINDOW))


def laid_under(windows: Iterable[bytes], loop: Clip) -> Iterator[bytes]:
    """Mix a loop under windows of sound, which it starts with and goes on through."""
    at = 0
    for window in windows:
        samples = len(window) // SAMPLE_BYTES
        under = tiled(loop, at + samples)[at:] if loop.samples else loop
        at = (at + samples) % max(1, loop.samples)
        yield overlay(Clip(window), under, 0).pcm


def envelope(timeline: Timeline, lowered: float) -> Iterator[int]:
    """Yield how loud a bed is, `CONTROL` times a second, from 0 to 32,767.

    It is faded in and out; before each spoken cue it goes down to the part ``lowered`` of itself, and it comes back
    slowly. Where the next cue is too near for that, it stays down.
    """
    count = int(timeline.duration * CONTROL) + 1
    spans = _spoken(timeline)
    at = 0
    for tick in range(count):
        while at < len(spans) and tick > spans[at][1] + AFTER:
            at += 1
        level = lowered + (1 - lowered) * _away(tick, *spans[at]) if at < len(spans) else 1.0
        yield round(32_767 * max(0.0, min(level, tick / FADE, (count - 1 - tick) / FADE)))


def _away(tick: int, start: int, end: int) -> float:
    """How far a tick is from a spoken span: 0 within it, 1 where it is over the ramps."""
    return min(1.0, max((start - tick) / BEFORE, (tick - end) / AFTER, 0.0))


def _spoken(timeline: Timeline) -> list[tuple[int, int]]:
    """Return the spans, in ticks, in which somebody speaks; those too near for the bed to come back become one."""
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


def side_by_side(speech: Iterable[bytes], bed: Iterable[bytes], gains: Iterable[int]) -> Iterator[bytes]:
    """Yield windows of four channels: the speech, the two of the bed, and its envelope, for `filters.mixing_bed`."""
    control = iter(gains)
    state, held = None, b""
    for window, under in zip(speech, bed, strict=False):
        while len(held) < len(window):
            some = array.array("h", islice(control, CONTROL)) or array.array("h", [0] * CONTROL)
            more, state = audioop.ratecv(some.tobytes(), SAMPLE_BYTES, 1, CONTROL, SAMPLE_RATE, state)
            held += more
        level, held = array.array("h", held[: len(window)]), held[len(window) :]
        if sys.byteorder == "big":  # pragma: no cover - all else is moved, not reckoned with
            level.byteswap()
        samples = len(window) // SAMPLE_BYTES
        laid = array.array("h", bytes(4 * len(window)))
        both = array.array("h", under)
        laid[0::4], laid[3::4] = array.array("h", window), level
        laid[1::4], laid[2::4] = both[0 : 2 * samples : 2], both[1 : 2 * samples : 2]
        yield laid.tobytes()


def placed(timeline: Timeline, clip: Callable[[Cue], Clip], apart: int = 0) -> Iterator[tuple[int, Clip]]:
    """Yield each cue's sound and the sample it starts on; those less than ``apart`` samples apart become one.

    A row of sounds that never ends is parted every `WINDOW` or so, where no sound is cut, so that memory stays flat.
    """
    group: list[tuple[int, Clip, bool]] = []
    end = 0
    for cue in timeline.cues:
        at, sound = _samples(cue.start), clip(cue)
        if group and (at >= end + apart or (at >= end and end - group[0][0] > WINDOW)):
            yield _mixed(group)
            group = []
        group.append((at, sound, cue.track == "voice"))
        end = max(end, at + sound.samples)
    if group:
        yield _mixed(group)


_Placed = tuple[int, Clip, bool]
"""The sample a sound starts on, the sound, and whether it is speech."""


def _mixed(group: Sequence[_Placed]) -> tuple[int, Clip]:
    """Lay sounds into one that starts with the first; those that overlap stay under `HIGHEST` together."""
    start = at = group[0][0]
    pieces: list[Clip] = []
    for cluster in _clusters(group):
        clip = _overlaid(cluster)
        pieces += [silence(cluster[0][0] - at), clip]
        at = cluster[0][0] + clip.samples
    return start, join(pieces) if len(pieces) > 2 else pieces[-1]  # noqa: PLR2004 - no silence, and one sound


def _clusters(group: Sequence[_Placed]) -> Iterator[list[_Placed]]:
    """Part sounds where nothing is heard of those before."""
    cluster: list[_Placed] = []
    end = 0
    for placed in group:
        if cluster and placed[0] >= end:
            yield cluster
            cluster = []
        cluster.append(placed)
        end = max(end, placed[0] + placed[1].samples)
    yield cluster


def _overlaid(cluster: Sequence[_Placed]) -> Clip:
    """Lay sounds over each other; chimes and tones give way until all of it stays under `HIGHEST`."""
    if len(cluster) == 1:
        return cluster[0][1]
    lowered = 0.0
    while peak(_summed(cluster, lowered, -12.0)) * 4 > HIGHEST and lowered > LOWEST:
        lowered -= 2.0
    return _summed(cluster, lowered)


def _summed(cluster: Sequence[_Placed], lowered: float, every: float = 0.0) -> Clip:
    """Add sounds, those that are no speech lower by some decibels, and all of them by others."""
    start, whole = cluster[0][0], silence(0)
    for at, sound, speech in cluster:
        decibels = every + (0.0 if speech else lowered)
        whole = overlay(whole, gain(sound, decibels) if decibels else sound, at - start)
    return whole


def _samples(seconds: Fraction) -> int:
    """Round a position to a sample; the timeline's are on samples already."""
    return round(seconds * SAMPLE_RATE)


def _laid(placed: Iterable[tuple[int, Clip]], end: int) -> Iterator[Clip]:
    """Fill what is between placed clips with silence, up to ``end``."""
    position = 0
    for start, sound in placed:
        yield from (silence(start - position), sound)
        position = start + sound.samples
    yield silence(end - position)


def windows(clips: Iterable[Clip], samples: int) -> Iterator[list[Clip]]:
    """Cut a row of clips into windows of ``samples`` samples; the last may be shorter.

    >>> [[clip.samples for clip in window] for window in windows([silence(3), silence(4)], 5)]
    [[3, 2], [2]]
    """
    window: list[Clip] = []
    room = samples
    for clip in clips:
        rest = clip
        while rest.samples >= room:
            yield [*window, rest[:room]]
            rest, window, room = rest[room:], [], samples
        if rest.samples:
            window.append(rest)
            room -= rest.samples
    if window:
        yield window
