from __future__ import annotations

import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from voicecoach.clip import SAMPLE_RATE, Clip, overlay, silence
from voicecoach.mixdown import mixdown, placed, windows
from voicecoach.score import CueKind
from voicecoach.timeline import FRAME, Cue, Timeline

SOUNDS = {f"{length}": Clip(b"\x11\x22" * length) for length in (700, 1152, 5000)}


def clip(cue: Cue) -> Clip:
    return SOUNDS[cue.text]


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    starts = sorted(draw(st.lists(st.integers(0, 60), max_size=8)))
    cues = []
    for start in starts:
        text = draw(st.sampled_from(sorted(SOUNDS)))
        end = start * FRAME + Fraction(int(text), SAMPLE_RATE)
        cues.append(Cue(start * FRAME, end, CueKind.INSTRUCTION, text))
    return Timeline(Fraction(75) * FRAME, cues=tuple(cues))


@given(timelines())
def test_the_mixdown_is_every_clip_on_its_sample_and_silence_elsewhere(timeline: Timeline) -> None:
    expected = silence(75 * 1152)
    for cue in timeline.cues:
        expected = overlay(expected, clip(cue), round(cue.start * SAMPLE_RATE))
    assert b"".join(mixdown(timeline, clip)) == expected.pcm


@given(timelines(), st.integers(0, 8000))
def test_sounds_that_are_too_near_become_one_and_the_others_stay_apart(timeline: Timeline, apart: int) -> None:
    laid = list(placed(timeline, clip, apart))
    for (start, sound), (later, _) in itertools.pairwise(laid):
        assert later - start - sound.samples >= apart
    if laid:
        assert laid[0][0] == round(timeline.cues[0].start * SAMPLE_RATE)


@given(st.lists(st.integers(0, 100).map(silence), max_size=8), st.integers(1, 50))
def test_windows_lose_nothing_and_are_all_of_one_length_but_the_last(clips: list[Clip], samples: int) -> None:
    lengths = [sum(part.samples for part in window) for window in windows(clips, samples)]
    assert sum(lengths) == sum(each.samples for each in clips)
    assert all(length == samples for length in lengths[:-1])
    assert all(0 < length <= samples for length in lengths[-1:])
