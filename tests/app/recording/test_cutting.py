"""A long take of tones is cut into its sentences, and says what it is unsure of."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.longtakes import LongTake, hum, join, noise, read_aloud, silence, speak
from voicecoach.app.recording.cutting import AFTER, BEFORE, Cut, cut_take
from voicecoach.app.recording.syllables import count_syllables, find_pauses

TEXTS = (
    "Sit tall on the floor, with your right leg stretched out.",
    "Breathe in",
    "Breathe out, and fold a little further over your leg",
    "In",
    "And out, further",
    "Rest here for one or two free breaths, with your eyes closed.",
    "Change sides.",
    "Lift your left foot",
    "Come up again as slowly as you went down.",
)


def contains(cut: Cut, span: tuple[float, float]) -> bool:
    """Return whether a cut has all of a sentence, and only silence besides."""
    if cut.start is None or cut.end is None:
        return False
    return -0.05 <= span[0] - cut.start <= BEFORE + 0.05 and -0.05 <= cut.end - span[1] <= AFTER + 0.05


def count_right(texts: list[str], take: LongTake) -> int:
    cuts, _ = cut_take(texts, take.measure())
    return sum(map(contains, cuts, take.spans))


@given(
    st.lists(st.sampled_from(TEXTS), min_size=1, max_size=9),
    st.sampled_from([0.6, 1.0, 3.0]),
    st.sampled_from([None, -66.0, -54.0]),
)
@example([*TEXTS], 0.6, -54.0)
@example(["In"], 3.0, None)
@example(["In"] * 9, 0.6, None)
def test_a_plain_take_is_cut_right_and_without_doubt(texts: list[str], pause: float, room: float | None) -> None:
    take = read_aloud(texts, pause, room=room)
    cuts, left_out = cut_take(texts, take.measure())
    assert all(map(contains, cuts, take.spans))
    assert left_out == 0
    assert all(cut.is_sure for cut in cuts)


@settings(max_examples=6)
@given(st.integers(0, 10_000))
@example(0)
def test_breaths_pauses_restarts_and_levels_change_little(seed: int) -> None:
    drawn = random.Random(seed)  # noqa: S311 - a story, not a secret
    texts = [*TEXTS]
    parts: list[bytes | tuple[bytes, ...]] = [silence(0.7)]
    for text in texts:
        sound = speak(text, gain=drawn.uniform(0.3, 1.0), stretch=drawn.choice([0.9, 1.0, 1.12]))
        if drawn.random() < 0.3:
            parts += [noise(round(drawn.uniform(0.3, 0.6), 1), -46.0), silence(0.3)]
        middle = len(sound) // 4 * 2
        paused = drawn.random() < 0.2 and find_pauses(text)
        parts += [
            (sound[:middle], silence(0.3), sound[middle:]) if paused else (sound,),
            silence(drawn.uniform(0.8, 2.0)),
        ]
    assert count_right(texts, join(parts)) >= len(texts) - 2


def test_a_cough_is_left_out_and_reported() -> None:
    texts = [*TEXTS]
    parts: list[bytes | tuple[bytes, ...]] = [silence(1.0)]
    for number, text in enumerate(texts):
        parts += [hum(0.3, 1200), silence(1.0)] if number == 5 else []
        parts += [(speak(text),), silence(1.0)]
    take = join(parts)
    cuts, left_out = cut_take(texts, take.measure())
    assert all(map(contains, cuts, take.spans))
    assert left_out > 0.2
    assert any("were left out" in doubt for cut in (cuts[4], cuts[5]) for doubt in cut.doubts)
    assert {4, 5} >= {number for number, cut in enumerate(cuts) if not cut.is_sure}


def test_a_sentence_that_is_not_there_is_missing() -> None:
    take = read_aloud([*TEXTS[:5], *TEXTS[6:]])
    cuts, _ = cut_take(TEXTS, take.measure())
    assert not cuts[5].found
    assert (cuts[5].sure, cuts[5].doubts) == (0.0, ("it was not found",))
    assert all(map(contains, [*cuts[:5], *cuts[6:]], take.spans))


def test_a_length_that_is_far_off_is_a_reason_to_listen() -> None:
    parts: list[bytes | tuple[bytes, ...]] = [silence(1.0)]
    for number, text in enumerate(TEXTS):
        parts += [(speak(text, stretch=2.4 if number == 2 else 1.0),), silence(1.0)]
    cuts, _ = cut_take(TEXTS, join(parts).measure())
    assert any("is expected" in doubt for doubt in cuts[2].doubts)
    assert cuts[2].sure <= 0.5


def test_a_pause_that_is_too_short_is_a_reason_to_listen() -> None:
    parts: list[bytes | tuple[bytes, ...]] = [silence(1.0)]
    for number, text in enumerate(TEXTS):
        parts += [(speak(text),), silence(0.12 if number == 3 else 1.0)]
    cuts, _ = cut_take(TEXTS, join(parts).measure())
    assert cuts[3].doubts
    assert cuts[4].doubts


def test_no_cut_is_outside_of_the_take() -> None:
    take = read_aloud(["Breathe in", "Breathe out"], 0.05)
    cuts, _ = cut_take(["Breathe in", "Breathe out"], take.measure())
    assert all(cut.start is None or 0 <= cut.start < (cut.end or 0) <= take.measure().seconds for cut in cuts)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("Breathe in", 2, 2),
        ("Fold a little further", 6, 6),
        ("Strecke dein linkes Bein", 5, 6),
        ("慢慢地吸气", 5, 5),
        ("30", 2, 3),
        ("...", 1, 1),
        ("Дыши", 2, 2),
    ],
)
def test_syllables_are_estimated(text: str, least: float, most: float) -> None:
    assert least <= count_syllables(text) <= most
