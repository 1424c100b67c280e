from __future__ import annotations

import array
import itertools
import math
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from voicecoach.clip import SAMPLE_RATE, Clip, overlay, silence
from voicecoach.mixdown import (
    BEFORE,
    CONTROL,
    FADE,
    HIGHEST,
    envelope,
    laid_under,
    mixdown,
    placed,
    side_by_side,
    windows,
)
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


@st.composite
def spoken(draw: st.DrawFn) -> Timeline:
    """A timeline with speech that never overlaps, and chimes anywhere."""
    at, cues = Fraction(0), []
    for gap, length in draw(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 100)), max_size=5)):
        start = at + gap * FRAME
        at = start + length * FRAME
        kind = draw(st.sampled_from([CueKind.INSTRUCTION, CueKind.INSTRUCTION, CueKind.CHIME]))
        cues.append(Cue(start, at, kind, "a"))
    return Timeline(at + draw(st.integers(0, 500)) * FRAME, cues=tuple(cues))


@settings(max_examples=50)
@given(spoken(), st.floats(0, 1))
def test_a_bed_goes_down_while_somebody_speaks_comes_back_and_never_jumps(timeline: Timeline, lowered: float) -> None:
    levels = list(envelope(timeline, lowered))
    assert len(levels) == int(timeline.duration * CONTROL) + 1
    assert all(0 <= level <= 32_767 for level in levels)
    assert levels[0] == levels[-1] == 0
    for cue in timeline.cues:
        if cue.track == "voice":
            ticks = slice(math.ceil(cue.start * CONTROL), int(cue.end * CONTROL) + 1)
            assert max(levels[ticks], default=0) <= round(32_767 * lowered)
    for tick in range(FADE, len(levels) - FADE, 100):
        at = Fraction(tick, CONTROL)
        if all(at < cue.start - 1 or at > cue.end + 3 for cue in timeline.cues if cue.track == "voice"):
            assert levels[tick] == 32_767
    steepest = 32_767 * (max((1 - lowered) / BEFORE, 1 / FADE)) + 1
    assert all(abs(later - one) <= steepest for one, later in itertools.pairwise(levels))


samples = st.integers(-32_768, 32_767)


def flat(value: int, length: int) -> bytes:
    return array.array("h", [value] * length).tobytes()


@given(
    speech=st.integers(-23_500, 23_500),
    sounds=st.lists(st.tuples(samples, st.integers(0, 4), st.integers(1, 4)), min_size=1, max_size=4),
)
def test_sounds_together_stay_under_a_bound_and_speech_is_never_lowered(
    speech: int, sounds: list[tuple[int, int, int]]
) -> None:
    clips = {"speech": Clip(flat(speech, 8 * 1152))}
    cues = [Cue(Fraction(0), 8 * FRAME, CueKind.INSTRUCTION, "speech")]
    for number, (value, start, length) in enumerate(sorted(sounds, key=lambda each: each[1])):
        clips[str(number)] = Clip(flat(value, length * 1152))
        cues.append(Cue(start * FRAME, (start + length) * FRAME, CueKind.CHIME, str(number)))
    timeline = Timeline(20 * FRAME, cues=tuple(cues))
    ((at, mixed),) = placed(timeline, lambda cue: clips[cue.text])
    values = array.array("h", mixed.pcm)
    assert at == 0
    assert len(values) == 8 * 1152
    assert max(map(abs, (min(values), max(values)))) <= HIGHEST
    alone = max(start + length for _, start, length in sounds) * 1152
    assert set(values[alone:]) <= {speech}
    only_speech = placed(Timeline(20 * FRAME, cues=tuple(cues[:1])), lambda cue: clips[cue.text])
    assert next(only_speech) == (0, clips["speech"])


def test_a_sound_that_is_alone_is_not_touched() -> None:
    loud = Clip(flat(32_767, 1152))
    cue = Cue(Fraction(0), FRAME, CueKind.CHIME, "a")
    assert list(placed(Timeline(FRAME, cues=(cue,)), lambda _: loud)) == [(0, loud)]


@given(st.lists(st.lists(samples, min_size=1, max_size=300), max_size=5), st.integers(0, 40_000), st.integers(1, 5))
def test_side_by_side_keeps_every_sample_of_the_speech_and_of_the_bed(
    windows: list[list[int]], level: int, more: int
) -> None:
    speech = [array.array("h", each).tobytes() for each in windows]
    bed = [array.array("h", range(2 * (len(each) + more - 1))).tobytes() for each in windows]
    level = min(level, 32_767)
    laid = [array.array("h", each) for each in side_by_side(iter(speech), iter(bed), itertools.repeat(level))]
    assert [each[0::4].tobytes() for each in laid] == speech
    for each, window in zip(laid, windows, strict=True):
        assert list(each[1::4]) == list(range(0, 2 * len(window), 2))
        assert list(each[2::4]) == list(range(1, 2 * len(window), 2))
        assert all(0 <= gain <= level for gain in each[3::4])


def test_the_level_of_a_bed_follows_its_envelope_across_windows() -> None:
    gains = [min(100 * at, 32_767) for at in range(1000)]
    speech = [bytes(2 * length) for length in (100_000, 7, 44_000, 96_001)]
    bed = [bytes(4 * 100_000)] * 4
    level = [value for each in side_by_side(speech, bed, gains) for value in array.array("h", each)[3::4]]
    assert len(level) == 240_008
    assert all(abs(level[at] - at / 480 * 100) <= 102 for at in range(0, 150_000, 97))
    assert max(abs(later - one) for one, later in itertools.pairwise(level)) <= 1


@given(st.lists(st.integers(0, 50), max_size=6), st.lists(st.integers(-2000, 2000), min_size=1, max_size=20))
def test_a_loop_under_sound_goes_on_from_window_to_window(lengths: list[int], loop: list[int]) -> None:
    windows = [array.array("h", [100] * length).tobytes() for length in lengths]
    heard = array.array("h", b"".join(laid_under(windows, Clip(array.array("h", loop).tobytes()))))
    assert list(heard) == [100 + loop[at % len(loop)] for at in range(sum(lengths))]
