"""A timeline and its clips become sound, a window at a time: memory is that of the clips, not of the session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.clip import SAMPLE_RATE, Clip, join, overlay, silence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.timeline import Cue, Timeline

WINDOW = 30 * SAMPLE_RATE
"""The samples that are put together at once."""


def mixdown(timeline: Timeline, clip: Callable[[Cue], Clip]) -> Iterator[bytes]:
    """Yield the session's samples in order, in windows; ``clip`` gives the sound of a cue.

    Between cues there is digital silence, counted so that every cue starts on its sample.
    """
    end = _samples(timeline.duration)
    return (join(window).pcm for window in windows(_laid(placed(timeline, clip), end), WINDOW))


def placed(timeline: Timeline, clip: Callable[[Cue], Clip], apart: int = 0) -> Iterator[tuple[int, Clip]]:
    """Yield each cue's sound and the sample it starts on; those less than ``apart`` samples apart become one.

    A row of sounds that never ends is parted every `WINDOW` or so, where no sound is cut, so that memory stays flat.
    """
    group: list[tuple[int, Clip]] = []
    end = 0
    for cue in timeline.cues:
        at, sound = _samples(cue.start), clip(cue)
        if group and (at >= end + apart or (at >= end and end - group[0][0] > WINDOW)):
            yield _mixed(group)
            group = []
        group.append((at, sound))
        end = max(end, at + sound.samples)
    if group:
        yield _mixed(group)


def _mixed(group: Sequence[tuple[int, Clip]]) -> tuple[int, Clip]:
    """Mix sounds into one that starts with the first."""
    start, whole = group[0]
    for at, sound in group[1:]:
        gap = at - start - whole.samples
        whole = join([whole, silence(gap), sound]) if gap >= 0 else overlay(whole, sound, at - start)
    return start, whole


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
