"""A voice that sinks: in steps, within the room that was kept for it, by exactly so much."""

from __future__ import annotations

import array
import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FRAME
from voicecoach.audio.clip import SAMPLE_RATE, Clip, make_silence
from voicecoach.audio.fall import (
    DECIBELS_A_STEP,
    FALL,
    GLIDE_STEPS,
    SLEEP,
    compute_sinking,
    fade_last_minute,
    plan_glide,
    render_glide,
)
from voicecoach.audio.mixdown import CONTROL
from voicecoach.audio.settings import SINKING
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, Timeline

HERTZ = 440.0


def sine(samples: int, hertz: float = HERTZ) -> Clip:
    turn = 2 * math.pi * hertz / SAMPLE_RATE
    return Clip(array.array("h", (round(8000 * math.sin(turn * at)) for at in range(samples))).tobytes())


def pitch(clip: Clip) -> float:
    """The frequency of a sine, by where it rises through 0, away from its ends."""
    values = array.array("h", clip.pcm)[2000:-2000]
    rising = [
        at + one / (one - other) for at, (one, other) in enumerate(itertools.pairwise(values)) if one < 0 <= other
    ]
    return SAMPLE_RATE * (len(rising) - 1) / (rising[-1] - rising[0])


def level(clip: Clip) -> float:
    values = array.array("h", clip.pcm)[2000:-2000]
    return 10 * math.log10(sum(value * value for value in values) / len(values))


@st.composite
def plans(draw: st.DrawFn) -> tuple[Timeline, dict[str, Fraction]]:
    """A timeline in which each text has room for its slowest, in whole frames, and how long each text is."""
    lengths = draw(st.lists(st.fractions(Fraction(1, 10), 5, max_denominator=480), min_size=1, max_size=12))
    at, cues, seconds = Fraction(0), [], {}
    for number, length in enumerate(lengths):
        at += draw(st.integers(0, 200)) * FRAME
        end = at + math.ceil(length * FALL.slowest / FRAME) * FRAME
        spoken = draw(st.booleans())
        cues.append(Cue(at, at + length * FALL.slowest, CueKind.INSTRUCTION if spoken else CueKind.CHIME, str(number)))
        seconds[str(number)] = length
        at = end
    return Timeline(at + draw(st.integers(0, 200)) * FRAME, cues=tuple(cues)), seconds


@given(plans())
def test_a_voice_only_sinks_and_stays_in_its_room(plan: tuple[Timeline, dict[str, Fraction]]) -> None:
    timeline, seconds = plan
    fallen = plan_glide(timeline, seconds)
    spoken = [cue for cue in fallen.cues if cue.track == "voice"]
    assert all(0 <= cue.fall <= GLIDE_STEPS for cue in spoken)
    assert all(earlier.fall <= later.fall for earlier, later in itertools.pairwise(spoken))
    for before, after in zip(timeline.cues, fallen.cues, strict=True):
        assert after.start == before.start
        assert after.end <= before.end
        if before.track != "voice":
            assert after == before
        else:
            assert after.end - after.start == seconds[after.said] * Fraction(100, 100 - after.fall)


@pytest.mark.parametrize("step", range(GLIDE_STEPS + 1))
def test_each_step_is_a_hundredth_lower_and_slower_and_a_little_softer(step: int) -> None:
    clip = sine(40_001)
    lower = render_glide([("a", step)], {"a": clip})["a", step]
    assert lower.samples == clip.samples * 100 // (100 - step)
    assert pitch(lower) / HERTZ == pytest.approx((100 - step) / 100, rel=0.002)
    assert level(lower) - level(clip) == pytest.approx(-DECIBELS_A_STEP * step, abs=0.05)


def test_the_last_step_is_a_semitone() -> None:
    assert pytest.approx(-1, abs=0.08) == 12 * math.log2(1 - GLIDE_STEPS / 100)
    assert float(FALL.slowest) == pytest.approx(1 / 0.94)


@settings(max_examples=8, deadline=None)
@given(lengths=st.lists(st.integers(200, 9000), min_size=1, max_size=6), step=st.integers(1, GLIDE_STEPS))
def test_clips_that_are_played_together_come_out_as_each_would_alone(lengths: list[int], step: int) -> None:
    clips = {str(number): sine(length, 300 + 40 * number) for number, length in enumerate(lengths)}
    together = render_glide([(text, step) for text in clips], clips)
    assert [together[text, step].samples for text in clips] == [length * 100 // (100 - step) for length in lengths]
    last = str(len(lengths) - 1)
    alone = render_glide([(last, step)], clips)[last, step]
    pairs = zip(array.array("h", together[last, step].pcm), array.array("h", alone.pcm), strict=True)
    assert max(abs(one - other) for one, other in pairs) <= 8


def test_a_clip_that_does_not_sink_is_the_same_clip() -> None:
    clips = {"a": sine(3000), "b": make_silence(500)}
    assert render_glide([("a", 0), ("b", 0)], clips) == {("a", 0): clips["a"], ("b", 0): clips["b"]}
    assert render_glide([], clips) == {}


def test_only_what_is_wanted_is_played() -> None:
    clips = {"a": sine(3000), "b": sine(2000)}
    assert set(render_glide([("a", 2), ("b", 0), ("a", 2)], clips)) == {("a", 2), ("b", 0)}


def test_for_the_night_chimes_sink_with_the_voice_until_the_last_minute() -> None:
    cues = [
        Cue(Fraction(at), Fraction(at + 1), kind, "a")
        for at in (0, 120, 239)
        for kind in (CueKind.BREATH, CueKind.TONE)
    ]
    steps = [cue.fall for cue in plan_glide(Timeline(Fraction(300), cues=tuple(cues)), {"a": Fraction(1)}, SLEEP).cues]
    assert steps == [0, 0, 4, 4, 8, 8]
    assert SLEEP.steps * SLEEP.decibels == SINKING


@pytest.mark.parametrize("seconds", [60, 61, 200])
def test_a_background_sinks_and_fades_without_a_jump(seconds: int) -> None:
    gains = list(compute_sinking(Fraction(seconds)))
    assert len(gains) == seconds * CONTROL + 1
    assert gains[-1] == 0.0
    assert all(one >= other for one, other in itertools.pairwise(gains))
    assert max(one - other for one, other in itertools.pairwise(gains[200:])) < 0.001


def test_the_last_minute_fades_to_silence_and_what_is_before_stays() -> None:
    windows = [array.array("h", [1000] * 30 * SAMPLE_RATE).tobytes()] * 3
    faded = array.array("h", b"".join(fade_last_minute(windows, Fraction(90))))
    second = [max(faded[at * SAMPLE_RATE : (at + 1) * SAMPLE_RATE]) for at in range(90)]
    assert second[:30] == [1000] * 30
    assert second[30:] == sorted(second[30:], reverse=True)
    assert second[60] == pytest.approx(500, abs=5)
    assert max(faded[-480:]) == 0
