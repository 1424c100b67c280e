"""Sentences found by their pauses, in sound that is made for it."""

from __future__ import annotations

import array
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio.clip import SAMPLE_RATE, Clip, join, make_silence
from voicecoach.audio.pauses import find_sentences

BLOCK = SAMPLE_RATE // 100


def speech(blocks: int, level: int = 8000) -> Clip:
    """A buzz of so many hundredths of a second."""
    return Clip(array.array("h", [level, -level] * (blocks * BLOCK // 2)).tobytes())


def pause(blocks: int) -> Clip:
    return make_silence(blocks * BLOCK)


def spans(*blocks: tuple[int, int]) -> tuple[tuple[Fraction, Fraction], ...]:
    return tuple((Fraction(start, 100), Fraction(end, 100)) for start, end in blocks)


sentence = st.integers(30, 300)
gap = st.integers(15, 60)


@given(st.lists(st.tuples(sentence, gap), min_size=1, max_size=12), sentence)
def test_sentences_parted_by_pauses_are_found_where_they_are(before: list[tuple[int, int]], last: int) -> None:
    clips, expected, at = [], [], 0
    for length, quiet in before:
        clips += [speech(length), pause(quiet)]
        expected.append((at, at + length))
        at += length + quiet
    expected.append((at, at + last))
    clip = join([*clips, speech(last)])
    assert find_sentences(clip, [*(length for length, _ in before), last]) == spans(*expected)


def test_short_pauses_at_commas_are_not_taken_for_ends() -> None:
    clip = join([speech(50), pause(8), speech(50), pause(30), speech(40), pause(8), speech(60)])
    assert find_sentences(clip, [10, 10]) == spans((0, 108), (138, 246))


def test_the_breath_before_a_plosive_is_no_pause() -> None:
    clip = join([speech(50), pause(4), speech(50), pause(20), speech(50)])
    assert find_sentences(clip, [10, 5]) == spans((0, 104), (124, 174))


def test_a_faint_noise_in_a_pause_does_not_hide_it() -> None:
    clip = join([speech(50), speech(20, level=60), speech(50)])
    assert find_sentences(clip, [5, 5]) == spans((0, 50), (70, 120))


def test_nothing_is_claimed_when_pauses_are_missing() -> None:
    assert find_sentences(speech(300), [1, 1, 1]) == ()
    assert find_sentences(join([speech(50), pause(20), speech(50)]), [1, 1, 1]) == ()
    assert find_sentences(speech(300), [1]) == ()
    assert find_sentences(make_silence(0), [1, 1]) == ()
    assert find_sentences(make_silence(SAMPLE_RATE), [1, 1]) == ()
