"""Compares the words that were heard with those that were written: word errors, and the words of the sides.

What is not an error is decided here, in advance, for all phrases alike, and listed in docs/voices.md:

* capitals, punctuation, hyphens and the kind of apostrophe;
* a number in words or in digits ("four, seven, eight", "4-7-8", "478"); "10th" or "tenth";
* a compound in one word or in several ("in hale", "half way", "anyone");
* a contraction or its long form ("you're", "you are");
* British or American spelling ("practised", "practiced");
* a word that sounds exactly like the one that was written ("heel", "heal"; "your", "you're"), except for the words of
  the sides.

Everything else counts: each word that is missing, added or different is one error.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SIDES = {"en": ("left", "right")}
"""The words of the sides for each language whose words can be heard."""

_SMALL = [
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_NUMBERS = {word: number for number, word in enumerate(_SMALL)} | {
    word: 10 * number for number, word in enumerate(_TENS, start=2)
}
_ORDINALS = {
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "5th": "fifth",
    "6th": "sixth",
    "7th": "seventh",
    "8th": "eighth",
    "9th": "ninth",
    "10th": "tenth",
}

_CONTRACTIONS = [
    (r"\bcan't\b", "cannot"),
    (r"\bwon't\b", "will not"),
    (r"\blet's\b", "let us"),
    (r"\b(it|that|there|here|what|who|he|she)'s\b", r"\1 is"),
    (r"n't\b", " not"),
    (r"'re\b", " are"),
    (r"'ve\b", " have"),
    (r"'ll\b", " will"),
    (r"\bi'm\b", "i am"),
    # These sound like other words: "you're heart" is what a recogniser writes for "your heart".
    (r"\byou are\b", "your"),
    (r"\bit is\b", "its"),
    (r"\b(?:they are|their)\b", "there"),
]
_APOSTROPHES = {0x2018: "'", 0x2019: "'"}
_SIGNS = {"&": " and ", "%": " percent ", "°": " degrees "}

_SPELLINGS = [
    (r"^practis", "practic"),
    (r"^(\w{3,})is(e|ed|es|ing)$", r"\1iz\2"),
    (r"^(\w{3,})our(s|ed|ing)?$", r"\1or\2"),
    (r"^centre", "center"),
    (r"^grey", "gray"),
    (r"^okay$", "ok"),
]
_SAME_SOUND = (
    "heel heal, heels heals, sole soul, soles souls, waist waste, toe tow, toes tows, feet feat, in inn, by buy bye, "
    "whole hole, way weigh, through threw, wait weight, straight strait, roll role, rest wrest, close clothes, so sew, "
    "side sighed, sigh cy, sink sync, high hi, hear here, hold holed, pause paws, great grate, break brake, bear bare, "
    "muscle mussel, muscles mussels, nose knows, raise rays, sun son, 4 for fore, 2 to too, 1 won, 8 ate"
)
"""Words that sound alike; the first stands for all of them. A number is written in digits by then."""
_SOUND_OF = {other: first for first, *others in map(str.split, _SAME_SOUND.split(", ")) for other in others}
_JOINED = 3
"""The most words that one word can be written as."""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of an alignment: the written words that it takes, and the words that were heard for them."""

    written: tuple[str, ...]
    heard: tuple[str, ...]

    @property
    def errors(self) -> int:
        """The number of its errors, 0 or 1."""
        return int(not _is_same(self.written, self.heard))


def normalise(text: str) -> list[str]:
    """Return the words of a text in the form in which they are compared.

    >>> normalise("Fold -- Four, seven, eight; we're half-way.")
    ['fold', '4', '7', '8', 'we', 'are', 'half', 'way']
    """
    text = unicodedata.normalize("NFKC", text).lower().translate(_APOSTROPHES)
    for sign, word in _SIGNS.items():
        text = text.replace(sign, word)
    for pattern, long in _CONTRACTIONS:
        text = re.sub(pattern, long, text)
    words = re.findall(r"\d+(?:st|nd|rd|th)\b|\d+|[^\W\d_]+(?:'[^\W\d_]+)*", text)
    return list(_join_numbers([_respell(word) for word in words]))


def align(written: str, heard: str) -> list[Step]:
    """Align two texts with the fewest errors.

    >>> [(step.written, step.heard) for step in align("Breathe in, sit tall", "breathe in it all") if step.errors]
    [(('sit',), ('it',)), (('tall',), ('all',))]
    """
    ours, theirs = normalise(written), normalise(heard)
    cost: list[list[tuple[int, Step | None]]] = [[(0, None)] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for row in range(len(ours) + 1):
        for column in range(len(theirs) + 1):
            if row or column:
                cost[row][column] = min(
                    (
                        (cost[row - len(step.written)][column - len(step.heard)][0] + step.errors, step)
                        for step in _list_steps(ours[:row], theirs[:column])
                    ),
                    key=lambda each: each[0],
                )
    steps: list[Step] = []
    row, column = len(ours), len(theirs)
    while (step := cost[row][column][1]) is not None:
        steps.append(step)
        row, column = row - len(step.written), column - len(step.heard)
    return steps[::-1]


def count_words(text: str) -> int:
    """Return the number of words of a text, as they are counted for the error rate.

    >>> count_words("Breathe out, fold, and reach")
    5
    """
    return len(normalise(text))


def count_errors(written: str, heard: str) -> int:
    """Return how many words were missing, added or different.

    >>> count_errors("In hale, and fold", "Inhale and folds.")
    1
    """
    return sum(step.errors for step in align(written, heard))


def find_missed_sides(written: str, heard: str, sides: Sequence[str]) -> list[tuple[str, str]]:
    """Return the words of the sides that were not heard as themselves, each with what was heard for it.

    >>> find_missed_sides("Your left leg, then right.", "Your lift leg, then write", ("left", "right"))
    [('left', 'lift'), ('right', 'write')]
    """
    return [
        (side, " ".join(step.heard))
        for step in align(written, heard)
        for side in step.written
        if side in sides and side not in step.heard
    ]


def count_sides(text: str, sides: Sequence[str]) -> int:
    """Return how often a text names a side."""
    return sum(word in sides for word in normalise(text))


def _respell(word: str) -> str:
    word = _ORDINALS.get(word, word).replace("'", "")
    for pattern, spelling in _SPELLINGS:
        word = re.sub(pattern, spelling, word)
    return word


def _join_numbers(words: list[str]) -> Iterator[str]:
    """Write numbers in digits; "twenty one" is one number, and "two one" are two."""
    values = [_NUMBERS.get(word) for word in words]
    skip = False
    for (word, value), (_, after) in pairwise([*zip(words, values, strict=True), ("", None)]):
        if skip:
            skip = False
            continue
        if value is not None and word in _TENS and after is not None and 0 < after < 10:  # noqa: PLR2004 - a digit
            skip = True
            yield str(value + after)
        else:
            yield word if value is None else str(value)


def _list_steps(ours: list[str], theirs: list[str]) -> Iterator[Step]:
    """Yield the steps that can come last: a word for a word, a compound, a missing word, an added one."""
    if ours and theirs:
        yield Step((ours[-1],), (theirs[-1],))
        for own in range(1, min(_JOINED, len(ours)) + 1):
            for other in range(1, min(_JOINED, len(theirs)) + 1):
                written, heard = tuple(ours[-own:]), tuple(theirs[-other:])
                if own != other and _join(written) == _join(heard):
                    yield Step(written, heard)
    if ours:
        yield Step((ours[-1],), ())
    if theirs:
        yield Step((), (theirs[-1],))


def _is_same(written: tuple[str, ...], heard: tuple[str, ...]) -> bool:
    if len(written) == len(heard):
        return [_SOUND_OF.get(each, each) for each in written] == [_SOUND_OF.get(each, each) for each in heard]
    return _join(written) == _join(heard)


def _join(words: tuple[str, ...]) -> str:
    """Write words as one: "any 1" is "anyone", but "4 7 8" is "478"."""
    if all(map(str.isdigit, words)):
        return "".join(words)
    return "".join(_SMALL[int(each)] if each.isdigit() and int(each) < len(_SMALL) else each for each in words)
