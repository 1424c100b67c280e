from __future__ import annotations

import array
import itertools
import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes import FRAME
from voicecoach.audio.clip import SAMPLE_RATE, Clip, join, make_silence, overlay
from voicecoach.audio.mixdown import (
    BEFORE,
    CONTROL,
    FADE,
    HIGHEST_SAMPLE,
    Passage,
    compute_ducking,
    find_passages,
    interleave,
    mix_loop,
    mix_windows,
)
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, Timeline

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
    expected = make_silence(75 * 1152)
    for cue in timeline.cues:
        expected = overlay(expected, clip(cue), round(cue.start * SAMPLE_RATE))
    assert b"".join(mix_windows(timeline, clip)) == expected.pcm


@given(timelines(), st.integers(0, 8000), st.integers(1, 12))
def test_passages_are_the_mixdown_in_pieces_and_know_what_goes_on_around_them(
    timeline: Timeline, apart: int, window: int
) -> None:
    """With windows of a few frames, many of these timelines go on without a pause for longer than one."""
    whole = Clip(b"".join(mix_windows(timeline, clip)))
    laid = list(find_passages(timeline, clip, apart, 3000, window * 1152))
    heard = make_silence(0)
    for at, passage in laid:
        end = at + passage.sound.samples
        assert passage.sound == whole[at:end]
        assert passage.before == whole[at - passage.before.samples : at]
        assert passage.after == whole[end : end + passage.after.samples]
        assert passage.sound.samples <= 2 * window * 1152
        heard = join([heard, make_silence(at - heard.samples), passage.sound])
    assert join([heard, make_silence(whole.samples - heard.samples)]) == whole
    for (start, one), (later, other) in itertools.pairwise(laid):
        gap = later - start - one.sound.samples
        parted = bool(one.after.pcm)
        assert parted == bool(other.before.pcm)
        assert gap == 0 if parted else gap >= apart
        assert not parted or (later % 1152 == 0 and min(one.after.samples, other.before.samples) > 0)
    if laid:
        assert laid[0][0] == round(timeline.cues[0].start * SAMPLE_RATE)


@given(timelines(), st.integers(1, 12))
def test_a_long_row_is_parted_where_a_sound_begins_if_one_does(timeline: Timeline, window: int) -> None:
    starts = {round(cue.start * SAMPLE_RATE) for cue in timeline.cues}
    laid = list(find_passages(timeline, clip, 4 * 1152, 3000, window * 1152))
    for (start, one), (later, _) in itertools.pairwise(laid):
        if one.after.pcm and later not in starts:
            assert later - start == window * 1152
            assert not any(
                start + window * 1152 <= at < start + 2 * window * 1152 and free(timeline, at) for at in starts
            )


def free(timeline: Timeline, at: int) -> bool:
    """Return whether all that began before a sample is over by then."""
    return all(cue.end * SAMPLE_RATE <= at for cue in timeline.cues if cue.start * SAMPLE_RATE < at)


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
    levels = list(compute_ducking(timeline, lowered))
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
    ((at, passage),) = find_passages(timeline, lambda cue: clips[cue.text], 1, 0)
    mixed = passage.sound
    values = array.array("h", mixed.pcm)
    assert at == 0
    assert len(values) == 8 * 1152
    assert max(map(abs, (min(values), max(values)))) <= HIGHEST_SAMPLE
    alone = max(start + length for _, start, length in sounds) * 1152
    assert set(values[alone:]) <= {speech}
    only_speech = find_passages(Timeline(20 * FRAME, cues=tuple(cues[:1])), lambda cue: clips[cue.text], 1, 0)
    assert next(only_speech) == (0, Passage(clips["speech"]))


def test_a_sound_that_is_alone_is_not_touched() -> None:
    loud = Clip(flat(32_767, 1152))
    cue = Cue(Fraction(0), FRAME, CueKind.CHIME, "a")
    ((_, passage),) = find_passages(Timeline(FRAME, cues=(cue,)), lambda _: loud, 1, 0)
    assert passage.sound is loud


@given(st.lists(st.lists(samples, min_size=1, max_size=300), max_size=5), st.integers(0, 40_000), st.integers(1, 5))
def test_side_by_side_keeps_every_sample_of_the_speech_and_of_the_bed(
    windows: list[list[int]], level: int, more: int
) -> None:
    speech = [array.array("h", each).tobytes() for each in windows]
    bed = [array.array("h", range(2 * (len(each) + more - 1))).tobytes() for each in windows]
    level = min(level, 32_767)
    laid = [array.array("h", each) for each in interleave(iter(speech), iter(bed), itertools.repeat(level))]
    assert [each[0::4].tobytes() for each in laid] == speech
    for each, window in zip(laid, windows, strict=True):
        assert list(each[1::4]) == list(range(0, 2 * len(window), 2))
        assert list(each[2::4]) == list(range(1, 2 * len(window), 2))
        assert all(0 <= gain <= level for gain in each[3::4])


def test_the_level_of_a_bed_follows_its_envelope_across_windows() -> None:
    gains = [min(100 * at, 32_767) for at in range(1000)]
    speech = [bytes(2 * length) for length in (100_000, 7, 44_000, 96_001)]
    bed = [bytes(4 * 100_000)] * 4
    level = [value for each in interleave(speech, bed, gains) for value in array.array("h", each)[3::4]]
    assert len(level) == 240_008
    assert all(abs(level[at] - at / 480 * 100) <= 102 for at in range(0, 150_000, 97))
    assert max(abs(later - one) for one, later in itertools.pairwise(level)) <= 1


@given(st.lists(st.integers(0, 50), max_size=6), st.lists(st.integers(-2000, 2000), min_size=1, max_size=20))
def test_a_loop_under_sound_goes_on_from_window_to_window(lengths: list[int], loop: list[int]) -> None:
    windows = [array.array("h", [100] * length).tobytes() for length in lengths]
    heard = array.array("h", b"".join(mix_loop(windows, Clip(array.array("h", loop).tobytes()))))
    assert list(heard) == [100 + loop[at % len(loop)] for at in range(sum(lengths))]


@given(timelines(), st.integers(1000, 90_000))
def test_the_windows_of_a_mixdown_are_whole_and_cut_nothing(timeline: Timeline, window: int) -> None:
    whole = b"".join(mix_windows(timeline, clip))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("voicecoach.audio.mixdown.WINDOW", window)
        made = list(mix_windows(timeline, clip))
    assert b"".join(made) == whole
    assert [len(each) for each in made[:-1]] == [2 * window] * (len(made) - 1)
