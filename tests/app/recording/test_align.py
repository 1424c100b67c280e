"""Sounds are assigned to sentences by order, length and pauses; here the sounds are only numbers."""

from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voicecoach.app.recording.align import ATTACK, Expected, Match, Take, align, find_left_out
from voicecoach.app.recording.envelope import Piece

SYLLABLE = 0.22
SYLLABLES = st.integers(1, 24)


def lay(parts: list[tuple[float, float]], restarts: dict[int, dict[int, float]] | None = None) -> Take:
    """Lay sounds: the pause before each, and its length, in seconds."""
    ends = [*accumulate(pause + seconds for pause, seconds in parts)]
    pieces = [
        Piece(round(100 * (end - seconds)), round(100 * end)) for end, (_, seconds) in zip(ends, parts, strict=True)
    ]
    return Take(pieces, [(restarts or {}).get(at, {}) for at in range(len(pieces))])


def last(syllables: float, tempo: float = 1.0) -> float:
    return (ATTACK + SYLLABLE * syllables) * tempo


def spans(matches: list[Match | None]) -> list[tuple[int, int] | None]:
    return [(match.first, match.last) if match else None for match in matches]


@given(
    st.lists(st.tuples(SYLLABLES, st.floats(0.7, 3.0), st.floats(0.85, 1.15)), min_size=1, max_size=40),
    st.floats(0.6, 1.8),
)
@example([(1, 0.7, 0.85)], 0.6)
@example([(1, 0.7, 0.85), (24, 3.0, 1.15)] * 20, 1.8)
def test_one_sound_for_each_sentence_is_its_sound(read: list[tuple[int, float, float]], tempo: float) -> None:
    take = lay([(pause, last(syllables, off * tempo)) for syllables, pause, off in read])
    matches, _ = align([Expected(syllables) for syllables, _, _ in read], take)
    assert spans(matches) == [(at, at) for at in range(len(read))]


@given(st.lists(st.tuples(st.integers(6, 24), st.integers(0, 3)), min_size=3, max_size=8))
@example([(6, 0), (24, 3), (12, 1)])
def test_pauses_at_commas_are_inside_sentences(read: list[tuple[int, int]]) -> None:
    parts: list[tuple[float, float]] = []
    expected, wanted = [], []
    for syllables, commas in read:
        clauses = commas + 1
        wanted.append((len(parts), len(parts) + commas))
        parts += [(1.4 if at == 0 else 0.4, last(syllables) / clauses) for at in range(clauses)]
        expected.append(Expected(syllables, tuple(at / clauses for at in range(1, clauses))))
    matches, tempo = align(expected, lay(parts))
    assert spans(matches) == wanted
    assert 0.4 <= tempo.pause <= 1.4 or not any(commas for _, commas in read)


def test_a_pause_without_a_comma_is_inside_a_sentence_if_the_length_says_so() -> None:
    parts = [(1.2, last(9)), (1.2, last(5)), (0.5, last(7)), (1.2, last(4)), (1.2, last(10))]
    matches, _ = align([Expected(each) for each in (9, 12, 4, 10)], lay(parts))
    assert spans(matches) == [(0, 0), (1, 2), (3, 3), (4, 4)]


@pytest.mark.parametrize("at", range(5))
def test_a_sound_too_many_is_left_out(at: int) -> None:
    read = [9, 3, 14, 6]
    parts = [(1.2, last(syllables)) for syllables in read]
    parts.insert(at, (1.0, 0.25))
    matches, _ = align([Expected(each) for each in read], lay(parts))
    assert spans(matches) == [(number + (number >= at),) * 2 for number in range(4)]
    assert find_left_out(lay(parts), matches) == {at}


@pytest.mark.parametrize("gone", range(8))
def test_a_sentence_that_was_not_read_has_no_sound(gone: int) -> None:
    read = [12, 3, 16, 6, 9, 14, 4, 11]
    parts = [(1.2, last(syllables)) for at, syllables in enumerate(read) if at != gone]
    matches, _ = align([Expected(each) for each in read], lay(parts))
    assert spans(matches) == [None if at == gone else (at - (at > gone),) * 2 for at in range(8)]


def test_a_first_attempt_is_left_out_with_its_pause() -> None:
    read = [9, 12, 8, 15]
    parts = [(1.2, last(9)), (1.2, last(6)), (0.4, last(12)), (1.2, last(8)), (1.2, last(15))]
    matches, _ = align([Expected(each) for each in read], lay(parts, {1: {1: 0.1}}))
    assert spans(matches) == [(0, 0), (2, 2), (3, 3), (4, 4)]
    assert [match.restarted for match in matches if match] == [0, 1, 0, 0]
    assert find_left_out(lay(parts), matches) == set()


def test_a_sentence_that_was_read_twice_is_there_once_and_the_last_attempt_counts() -> None:
    read = [9, 12, 8]
    parts = [(1.2, last(9)), (1.2, last(12)), (1.0, last(12)), (1.2, last(8))]
    matches, _ = align([Expected(each) for each in read], lay(parts, {1: {1: 0.05}}))
    assert spans(matches) == [(0, 0), (2, 2), (3, 3)]


def test_the_margin_is_small_where_two_cuts_are_alike() -> None:
    read = [Expected(6), Expected(6)]
    doubtful, _ = align(read, lay([(1.0, last(4))] * 3))
    sure, _ = align(read, lay([(1.0, last(6))] * 2))
    assert min(match.margin for match in sure if match) > 2.5
    assert max(match.margin for match in doubtful if match) < 0.5


def test_nothing_is_read_in_silence() -> None:
    matches, _ = align([Expected(3), Expected(4)], lay([]))
    assert matches == [None, None]


@given(st.lists(st.tuples(st.floats(0.05, 3.0), st.floats(0.05, 6.0)), max_size=30), st.lists(SYLLABLES, max_size=12))
@example([(0.05, 6.0)] * 30, [1] * 12)
@example([(3.0, 0.05)], [24] * 12)
def test_whatever_is_heard_the_sentences_are_in_order(parts: list[tuple[float, float]], read: list[int]) -> None:
    matches, _ = align([Expected(each) for each in read], lay(parts))
    found = [match for match in matches if match]
    assert len(matches) == len(read)
    assert all(one.last < two.first for one, two in pairwise(found))
    assert all(0 <= match.first <= match.last < len(parts) and match.margin >= 0 for match in found)
