"""The words of a text, and the proof by its name that a recording has them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voicecoach.system.file_names import hash_words, make_slug, name_recording, split_name
from voicecoach.voices.takes.words import SHORT_SLUG, find_same_words, read_words

LONG = "Breathe out, and fold forward from the hips, as far as is comfortable for you today"
WORDS = st.sampled_from(
    [
        "breathe",
        "out",
        "and",
        "fold",
        "forward",
        "from",
        "the",
        "hips",
        "as",
        "far",
        "left",
        "right",
        "leg",
        "knee",
        "füße",
        "l'air",
    ]
)
MARKS = st.sampled_from([",", ".", ";", ":", "!", "?", " -", "…", ""])


def is_same(before: str, now: str) -> bool:
    slug, digest = split_name(name_recording(before))
    return slug == make_slug(now) and find_same_words(now, slug, [digest]) == {digest}


@given(st.lists(st.tuples(WORDS, MARKS), min_size=1, max_size=20))
@example([("leg", "")])
def test_punctuation_and_capitals_are_not_words(pairs: list[tuple[str, str]]) -> None:
    plain = " ".join(word for word, _ in pairs)
    marked = " ".join(f"{word}{mark}" for word, mark in pairs)
    assert read_words(plain) == read_words(marked.upper().replace("SS", "ss")) == read_words(marked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hold for 2.5 s", "Hold for 25 s"),
        ("Hold for 2, 5", "Hold for 25"),
        ("50 % of it", "50 of it"),
        ("+5", "5"),
        ("left & right", "left right"),
        ("Lift your left leg", "Lift your right leg"),
        ("pêche", "peche"),
    ],
)
def test_what_is_spoken_is_a_word(one: str, other: str) -> None:
    assert read_words(one) != read_words(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("half-way", "half way"),
        ("don\N{RIGHT SINGLE QUOTATION MARK}t", "don't"),
        ("慢慢地吸气,然后慢慢地呼气", "慢慢地吸气然后慢慢地呼气。"),
        ("«Füße»", "FÜSSE"),
        ("e\N{COMBINING ACUTE ACCENT}tire", "étire"),
        ("Breathe in 🙂", "Breathe in"),
    ],
)
def test_what_is_not_spoken_is_no_word(one: str, other: str) -> None:
    assert read_words(one) == read_words(other)


@given(st.lists(WORDS, min_size=2, max_size=18), st.lists(st.integers(0, 16), max_size=4))
@example(LONG.lower().replace(",", "").split(), [1, 7, 12, 14])
@example(["breathe", "out"], [0])
def test_a_name_proves_its_words_when_a_few_commas_changed(words: list[str], places: list[int]) -> None:
    commas = {place % (len(words) - 1) for place in places}
    before = " ".join(f"{word}," if at in commas else word for at, word in enumerate(words))
    assert is_same(before, " ".join(words))
    assert is_same(" ".join(words), before)
    assert is_same(before, f"{' '.join(words)}.")


@pytest.mark.parametrize(
    ("before", "now"),
    [
        ("Sit tall, and let your shoulders become soft", "Sit tall and let your shoulders become soft."),
        (
            "Breathe out and fold. Stay where you are for a moment.",
            "Breathe out and fold; stay where you are for a moment",
        ),
        ("Relâchez les épaules, et respirez lentement encore", "Relâchez les épaules et respirez lentement encore."),
        (
            "Don't pull on the foot, let the weight of the leg do it",
            "Don\N{RIGHT SINGLE QUOTATION MARK}t pull on the foot, let the weight of the leg do it",
        ),
        ("Breathe in", "Breathe - in!?"),
        (LONG, LONG.replace(", as", " - as")),
    ],
)
def test_usual_changes_are_proved(before: str, now: str) -> None:
    assert is_same(before, now)
    assert is_same(now, before)


@given(st.lists(WORDS, min_size=9, max_size=14), st.integers(0, 8), WORDS)
@example(LONG.lower().replace(",", "").split(), 8, "right")
def test_other_words_are_never_proved(words: list[str], place: int, other: str) -> None:
    changed = [*words[:place], other, *words[place + 1 :]]
    assert is_same(" ".join(words), " ".join(changed)) == (words == changed)


def test_other_words_after_the_same_beginning_are_other_words() -> None:
    left, right = (f"Breathe out, and fold forward over your stretched {side} leg" for side in ("left", "right"))
    assert make_slug(left) == make_slug(right)
    assert not is_same(left, right.replace(",", ""))
    assert not is_same(f"{left[:40]} and further", left[:40])


def test_a_long_text_is_not_tried_for_ever() -> None:
    text = " ".join(f"word{number}," for number in range(400))
    assert find_same_words(text, make_slug(text), [hash_words("another")]) == set()


def test_a_short_name_has_all_words_but_numbers_have_signs() -> None:
    assert is_same("Up -- now!!", "up, NOW")
    assert not is_same("5 - 5", "5.5")
    assert len(make_slug(LONG)) > SHORT_SLUG
