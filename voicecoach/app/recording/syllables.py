"""How long a sentence is when it is spoken: an estimate in syllables, for any language."""

from __future__ import annotations

import re
import unicodedata

_VOWELS = frozenset("aeiouyаеёиоуыэюяіїєαεηιουω")  # noqa: RUF001 - Latin, Cyrillic and Greek
_LETTERS_A_SYLLABLE = 3.0
"""Letters of a syllable in scripts whose vowels are not known here."""
_DIGIT = 1.4
"""Syllables of a digit, on average: "thirty" and "five" have three."""
_PAUSES = re.compile(r"[,.;:!?…–—]+(?=\s)|\s[-–—]\s|[、。，；：！？]")  # noqa: RUF001 - the wide ones as well


def count_syllables(text: str) -> float:
    """Estimate the syllables of a text; at least one.

    >>> count_syllables("Breathe in"), count_syllables("Fold a little further")
    (2.0, 6.0)
    """
    return max(1.0, sum(_count_in_word(word) for word in re.findall(r"[^\W_]+", unicodedata.normalize("NFC", text))))


def find_pauses(text: str) -> list[int]:
    """Return the places inside a text where a speaker may pause: commas and other signs.

    >>> find_pauses("In, and out. Stay - there."), find_pauses("Breathe in")
    ([2, 11, 17], [])
    """
    return [match.start() for match in _PAUSES.finditer(text.strip())]


def _count_in_word(word: str) -> float:
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in word)
    digits = sum(letter.isdigit() for letter in word)
    letters = [_strip_accent(letter) for letter in word.casefold() if letter.isalpha()]
    if wide:
        return float(wide)
    groups = len(re.findall("1+", "".join("01"[letter in _VOWELS] for letter in letters)))
    if groups > 1 and "".join(letters).endswith("e") and letters[-2] not in _VOWELS and not _ends_in_le(letters):
        groups -= 1  # a silent e, as in "breathe"; elsewhere it is a small error
    return groups + digits * _DIGIT if groups or digits else max(1.0, len(letters) / _LETTERS_A_SYLLABLE)


def _ends_in_le(letters: list[str]) -> bool:
    return "".join(letters[-2:]) == "le" and len(letters) > 2 and letters[-3] not in _VOWELS  # noqa: PLR2004


def _strip_accent(letter: str) -> str:
    return unicodedata.normalize("NFD", letter)[0]
