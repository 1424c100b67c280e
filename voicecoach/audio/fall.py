"""The pitch and tempo glide of `--fall`: the voice gradually gets lower, slower and softer through a session.

Each spoken cue is played slower by a whole number of hundredths, like a tape: pitch and rate go down together, by a
semitone at the end. Cues are planned with the length of the slowest, so nothing else in the plan depends on the glide.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voicecoach.core.timeline import Timeline

GLIDE_STEPS = 6
"""The number of steps, of a hundredth each: down to 0.94 of the pitch and rate, which is a semitone."""

DECIBELS_A_STEP = 0.25
"""How much softer each step is."""

SLOWEST = Fraction(100, 100 - GLIDE_STEPS)
"""The factor by which a clip is longer at the last step."""

_Take = TypeVar("_Take", str, tuple[str, int])
"""What is said, or that and the number of its take."""

_PCM = ["-f", "s16le", "-ac", "1"]


def plan_glide(timeline: Timeline, seconds: Mapping[str, Fraction]) -> Timeline:
    """Set the step of each spoken cue by its start; ``seconds`` is the length of each text as it was spoken.

    >>> from voicecoach.core.breath import Span
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.score import Pause, phrase, seq
    >>> from voicecoach.core.perform import perform
    >>> score = seq(phrase("Sit"), Pause(Span(rest=Fraction(60))), phrase("Rest"))
    >>> plan = perform(score, lambda text: SLOWEST, read_breath("4-6"), grid=Fraction(24, 1000))
    >>> [(cue.text, cue.fall) for cue in plan_glide(plan, {"Sit": Fraction(1), "Rest": Fraction(1)}).cues]
    [('Sit', 0), ('Rest', 6)]
    """
    cues = []
    for cue in timeline.cues:
        if cue.track == "voice":
            step = min(GLIDE_STEPS, int(cue.start / timeline.duration * (GLIDE_STEPS + 1)))
            length = seconds[cue.said] * Fraction(100, 100 - step)
            cues.append(replace(cue, fall=step, end=min(cue.end, cue.start + length)))
        else:
            cues.append(cue)
    return replace(timeline, cues=tuple(cues))


def render_glide(wanted: Iterable[tuple[_Take, int]], clips: Mapping[_Take, Clip]) -> dict[tuple[_Take, int], Clip]:
    """Return the clip of each take of a text at each wanted step.

    Raises:
        EncodeError: If ffmpeg is missing or fails.
    """
    found: dict[tuple[_Take, int], Clip] = {}
    for step, pairs in groupby(sorted(set(wanted), key=lambda pair: pair[::-1]), key=lambda pair: pair[1]):
        takes = [take for take, _ in pairs]
        made = _play_slower([clips[take] for take in takes], step) if step else [clips[take] for take in takes]
        found |= {(take, step): clip for take, clip in zip(takes, made, strict=True)}
    return found


def _play_slower(clips: list[Clip], step: int) -> list[Clip]:
    """Play clips slower, all in one run; each starts at a whole sample both before and after."""
    unit, starts, laid = 100 - step, [], bytearray()
    for clip in clips:
        starts.append(len(laid) // SAMPLE_BYTES // unit * 100)
        laid += clip.pcm
        laid += bytes((SAMPLE_RATE // 10 // unit * unit) * SAMPLE_BYTES)
        laid += bytes(-(len(laid) // SAMPLE_BYTES) % unit * SAMPLE_BYTES)
    graph = f"volume={-DECIBELS_A_STEP * step}dB,aresample={SAMPLE_RATE}:filter_size=64"
    given = [*_PCM, "-ar", str(SAMPLE_RATE * unit // 100), "-i", "pipe:0"]
    out = ffmpeg.run([*given, "-af", graph, *_PCM, "pipe:1"], what="letting the voice sink", data=bytes(laid)).stdout
    lengths = [clip.samples * 100 // unit for clip in clips]
    pairs = zip(starts, lengths, strict=True)
    return [Clip(out[start * SAMPLE_BYTES : (start + length) * SAMPLE_BYTES]) for start, length in pairs]
