"""The words that the program itself adds to a session, one table a language: no language is built into the code."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from voicecoach.errors import UnknownNameError

_TABLES = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Language:
    """A language's table: its BCP 47 code, its own name, and its words by their key."""

    code: str
    name: str
    words: tuple[tuple[str, str], ...]

    def word(self, key: str, **values: object) -> str:
        """Return a word or phrase of the table, with its blanks filled.

        >>> language("en").word("round", number=2)
        'round 2'
        """
        return fill(dict(self.words)[key], **values)


def fill(text: str, **values: object) -> str:
    """Fill the braces of a text with values; unlike ``str.format`` it knows no other magic.

    >>> fill("round {number} of {all}", number=2)
    'round 2 of {all}'
    """
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def languages() -> list[str]:
    """Return the codes of all languages that have a table."""
    return sorted(entry.name.removesuffix(".toml") for entry in _TABLES.iterdir() if entry.name.endswith(".toml"))


@cache
def language(code: str) -> Language:
    """Return the table of a language; ``de-AT`` takes that of ``de`` if it has none of its own.

    Raises:
        UnknownNameError: When there is no table for it.
    """
    known = languages()
    found = next((each for each in (code.lower(), code.lower().split("-")[0]) if each in known), None)
    if found is None:
        raise UnknownNameError("language", code, known)
    table = tomllib.loads((_TABLES / f"{found}.toml").read_text(encoding="utf-8"))
    return Language(code, table.pop("name"), tuple(table.items()))
