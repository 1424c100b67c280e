"""The glides of `--fall` and `--sleep`: the voice gradually gets lower, slower and softer through a session.

Each spoken cue is played slower by a whole number of hundredths, like a tape: pitch and rate go down together, by a
semitone at the end of `--fall`. Cues are planned with the length of the slowest, so nothing else in the plan depends on
the glide. With `--sleep`, chimes, beds and breath sounds get softer as well, and what still sounds in the last minute
fades to silence.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip
from voicecoach.audio.mixdown import CONTROL
from voicecoach.audio.pcm import audioop
from voicecoach.audio.settings import SINKING
from voicecoach.script.choices import LAST_MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from voicecoach.core.timeline import Timeline

GLIDE_STEPS = 6
"""The number of steps, of a hundredth each: down to 0.94 of the pitch and rate, which is a semitone."""

DECIBELS_A_STEP = 0.25
"""How much softer each step is."""


@dataclass(frozen=True, slots=True)
class Glide:
    """How a voice sinks.

    Attributes:
        steps: How many steps there are, of a hundredth each.
        decibels: How much softer each step is.
        rest: Seconds at the end in which it sinks no more.
        whole: Whether chimes and tones get softer with the voice.
    """

    steps: int = GLIDE_STEPS
    decibels: float = DECIBELS_A_STEP
    rest: Fraction = Fraction(0)
    whole: bool = False

    @property
    def slowest(self) -> Fraction:
        """The factor by which a clip is longer at the last step."""
        return Fraction(100, 100 - self.steps)

    def find_step(self, at: Fraction, duration: Fraction) -> int:
        """Return the step at a time of a session that lasts ``duration`` seconds."""
        return min(self.steps, int(at / max(Fraction(1), duration - self.rest) * (self.steps + 1)))


FALL, SLEEP = Glide(), Glide(8, SINKING / 8, LAST_MINUTE, whole=True)

_Take = TypeVar("_Take", str, tuple[str, int])
"""What is said, or that and the number of its take."""

_PCM = ["-f", "s16le", "-ac", "1"]


def plan_glide(timeline: Timeline, seconds: Mapping[str, Fraction], glide: Glide = FALL) -> Timeline:
    """Set the step of each spoken cue by its start; ``seconds`` is the length of each text as it was spoken.

    >>> from voicecoach.core.breath import Span
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.score import Pause, phrase, seq
    >>> from voicecoach.core.perform import perform
    >>> score = seq(phrase("Sit"), Pause(Span(rest=Fraction(60))), phrase("Rest"))
    >>> plan = perform(score, lambda text: FALL.slowest, read_breath("4-6"), grid=Fraction(24, 1000))
    >>> [(cue.text, cue.fall) for cue in plan_glide(plan, {"Sit": Fraction(1), "Rest": Fraction(1)}).cues]
    [('Sit', 0), ('Rest', 6)]
    """
    cues = []
    for cue in timeline.cues:
        step = glide.find_step(cue.start, timeline.duration)
        if cue.track == "voice":
            length = seconds[cue.said] * Fraction(100, 100 - step)
            cues.append(replace(cue, fall=step, end=min(cue.end, cue.start + length)))
        else:
            cues.append(replace(cue, fall=step) if glide.whole else cue)
    return replace(timeline, cues=tuple(cues))


def render_glide(
    wanted: Iterable[tuple[_Take, int]], clips: Mapping[_Take, Clip], glide: Glide = FALL
) -> dict[tuple[_Take, int], Clip]:
    """Return the clip of each take of a text at each wanted step.

    Raises:
        EncodeError: If ffmpeg is missing or fails.
    """
    found: dict[tuple[_Take, int], Clip] = {}
    for step, pairs in groupby(sorted(set(wanted), key=lambda pair: pair[::-1]), key=lambda pair: pair[1]):
        takes = [take for take, _ in pairs]
        made = (
            _play_slower([clips[take] for take in takes], step, glide.decibels)
            if step
            else [clips[take] for take in takes]
        )
        found |= {(take, step): clip for take, clip in zip(takes, made, strict=True)}
    return found


def _play_slower(clips: list[Clip], step: int, decibels: float) -> list[Clip]:
    """Play clips slower, all in one run; each starts at a whole sample both before and after."""
    unit, starts, laid = 100 - step, [], bytearray()
    for clip in clips:
        starts.append(len(laid) // SAMPLE_BYTES // unit * 100)
        laid += clip.pcm
        laid += bytes((SAMPLE_RATE // 10 // unit * unit) * SAMPLE_BYTES)
        laid += bytes(-(len(laid) // SAMPLE_BYTES) % unit * SAMPLE_BYTES)
    graph = f"volume={-decibels * step}dB,aresample={SAMPLE_RATE}:filter_size=64"
    given = [*_PCM, "-ar", str(SAMPLE_RATE * unit // 100), "-i", "pipe:0"]
    out = ffmpeg.run([*given, "-af", graph, *_PCM, "pipe:1"], what="lowering the voice", data=bytes(laid)).stdout
    lengths = [clip.samples * 100 // unit for clip in clips]
    pairs = zip(starts, lengths, strict=True)
    return [Clip(out[start * SAMPLE_BYTES : (start + length) * SAMPLE_BYTES]) for start, length in pairs]


def compute_sinking(duration: Fraction) -> Iterator[float]:
    """Yield the gain of a background that sinks with the voice, `CONTROL` times a second; at the end it is 0.

    >>> gains = list(compute_sinking(Fraction(160)))
    >>> gains[0], round(gains[10_000], 3), gains[-1]
    (1.0, 0.251, 0.0)
    """
    over = max(1, int((duration - LAST_MINUTE) * CONTROL))
    # rounded far above the last digit, in which the powers of C libraries differ
    sunk = (round(10 ** (-SINKING * min(1.0, tick / over) / 20), 9) for tick in range(int(duration * CONTROL) + 1))
    return map(operator.mul, sunk, _fade_out(duration))


def fade_last_minute(windows: Iterable[bytes], duration: Fraction) -> Iterator[bytes]:
    """Fade the last minute of a session to silence; each window has whole ticks of `CONTROL`, but for the last."""
    gains, size = _fade_out(duration), SAMPLE_RATE // CONTROL * SAMPLE_BYTES
    for window in windows:
        levels = [next(gains, 0.0) for _ in range(0, len(window), size)]
        if levels and levels[-1] == 1.0:
            yield window
        else:
            pieces = (window[at : at + size] for at in range(0, len(window), size))
            yield b"".join(audioop.mul(piece, SAMPLE_BYTES, gain) for piece, gain in zip(pieces, levels, strict=True))


def _fade_out(duration: Fraction) -> Iterator[float]:
    """Yield the gain of the last minute's fade, `CONTROL` times a second."""
    ticks, last = int(duration * CONTROL), int(LAST_MINUTE * CONTROL)
    return (min(1.0, (ticks - tick) / last) for tick in range(ticks + 1))
