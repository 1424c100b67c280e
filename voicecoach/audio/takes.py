"""Several takes of the same words, so that what is heard again is not the same to the sample.

Takes have the length of the first one, so the plan is the same with them as without.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip, fade

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

LARGEST_MISS = SAMPLE_RATE // 20
"""Samples by which a take may be longer or shorter than the first; another one is not used."""
_FADE = SAMPLE_RATE // 250


def number_takes(timeline: Timeline, takes: int) -> Timeline:
    """Let the takes of the same words follow each other through a track, and begin again after the last.

    >>> from fractions import Fraction
    >>> from voicecoach.core.breath import Breath
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.perform import perform
    >>> from voicecoach.core.score import phrase, seq
    >>> plan = perform(seq(*[phrase("Rest")] * 3), lambda _: Fraction(1), read_breath("4-6"), grid=Fraction(24, 1000))
    >>> [cue.take for cue in number_takes(plan, 2).cues]
    [0, 1, 0]
    """
    heard: Counter[str] = Counter()
    cues = []
    for cue in timeline.cues:
        if cue.track == "voice":
            cues.append(replace(cue, take=heard[cue.said] % takes))
            heard[cue.said] += 1
        else:
            cues.append(cue)
    return replace(timeline, cues=tuple(cues))


def match_length(take: Clip, first: Clip) -> Clip:
    """Return a take with as many samples as the first; the first itself if their lengths differ by more than 50 ms."""
    if abs(take.samples - first.samples) > LARGEST_MISS:
        return first
    if take.samples <= first.samples:
        return Clip(take.pcm.ljust(len(first.pcm), b"\0"))
    return fade(Clip(take.pcm[: first.samples * SAMPLE_BYTES]), _FADE)
