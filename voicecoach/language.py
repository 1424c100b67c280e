"""The words that the program itself adds to a session, one table a language: no language is built into the code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import UnknownNameError

if TYPE_CHECKING:
    from fractions import Fraction

_TABLES = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Language:
    """A language's table: its BCP 47 code, its own name, its words by their key, and its numbers from zero.

    ``exact`` has what is said for a count of something where its own number and noun would not do: "one breath".
    ``slips`` are patterns of words that authors get wrong, with what is meant; ``twice`` are words that may rightly
    stand twice in a row.
    """

    code: str
    name: str
    words: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...] = ()
    exact: tuple[tuple[str, int, str], ...] = ()
    slips: tuple[tuple[str, str], ...] = ()
    twice: tuple[str, ...] = ()

    def word(self, key: str, **values: object) -> str:
        """Return a word or phrase of the table, with its blanks filled.

        >>> language("en").word("round", number=2)
        'round 2'
        """
        return fill(dict(self.words)[key], **values)

    def number(self, number: int | Fraction) -> str:
        """Return a number as it is said when counting; its digits where it has decimals, or the table ends.

        >>> from fractions import Fraction
        >>> language("de").number(21), language("de").number(1000), language("de").number(Fraction(5, 2))
        ('einundzwanzig', '1000', '2,5')
        """
        if 0 <= number < len(self.numbers) and number.denominator == 1:
            return self.numbers[int(number)]
        digits = str(number) if number.denominator == 1 else f"{float(number):.2f}".rstrip("0").rstrip(".")
        return digits.replace(".", self.word("decimal"))

    def counted(self, key: str, number: int | Fraction) -> str:
        """Return how many there are of something, ``seconds`` or ``breaths``.

        >>> [language("es").counted("breaths", number) for number in (1, 2, 21)]
        ['una respiración', 'dos respiraciones', 'veintiuna respiraciones']
        """
        exact = next((text for which, count, text in self.exact if (which, count) == (key, number)), None)
        return exact or self.word(key, number=self.number(number))


def fill(text: str, **values: object) -> str:
    """Fill the braces of a text with values; unlike ``str.format`` it knows no other magic.

    >>> fill("round {number} of {all}", number=2)
    'round 2 of {all}'
    """
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@cache
def languages() -> tuple[str, ...]:
    """Return the codes of all languages that have a table."""
    return tuple(sorted(path.stem for path in _TABLES.glob("*.toml")))


@cache
def language(code: str) -> Language:
    """Return the table of a language; ``de-AT`` takes that of ``de`` if it has none of its own.

    Raises:
        UnknownNameError: When there is no table for it.
    """
    found = next((each for each in wider(code) if each in languages()), None)
    if found is None:
        raise UnknownNameError("language", code, languages())
    table = tomllib.loads((_TABLES / f"{found}.toml").read_text(encoding="utf-8"))
    exact = table.pop("exact")
    return Language(
        code=code,
        name=table.pop("name"),
        numbers=tuple(table.pop("numbers")),
        exact=tuple((key, int(count), text) for key, texts in exact.items() for count, text in texts.items()),
        slips=tuple(table.pop("slips").items()),
        twice=tuple(table.pop("twice")),
        words=tuple(table.items()),
    )


def wider(code: str) -> tuple[str, ...]:
    """Return a language's tag in lower case, and after it those of the languages that it is a dialect of.

    >>> wider("de-AT-1996")
    ('de-at-1996', 'de-at', 'de')
    """
    parts = code.lower().split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


def akin(one: str, other: str) -> bool:
    """Tell whether two tags mean the same language, or one of them a dialect of the other.

    >>> akin("de", "de-AT"), akin("de-AT", "de-CH"), akin("de", "den")
    (True, False, False)
    """
    return one.lower() in wider(other) or other.lower() in wider(one)
