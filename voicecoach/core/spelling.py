"""How people spell values: dashes, spaces, quotes and digits of all kinds, and units in every language with a table."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from functools import cache, lru_cache

NUMBER = r"[0-9]+(?:\.[0-9]+)?"
WORD = r"[^\W\d_]+"
DIGITS = 18
"""Digits of a number that are read; one that has more is as large as this lets it be, and past every limit."""
FINEST = 6
"""Decimals that a number of seconds keeps."""

_UNITS = {"s": "s", "sec": "s", "second": "s", "seconds": "s", "m": "m", "min": "m", "minute": "m", "minutes": "m"}
_UNITS |= {"h": "h", "hour": "h", "hours": "h", "'": "m", "\u2032": "m", '"': "s", "\u2033": "s", "''": "s"}
_UNITS |= {"breath": "breaths", "breaths": "breaths"}
_PHASES = {"in": "in", "hold": "hold", "out": "out", "pause": "pause"}
"""What routine files themselves use; other words come from the tables."""

_QUOTES = ("“”", "„“", "”“", "‘’", "«»", "»«", "‹›", "「」", '""', "''")  # noqa: RUF001 - people type them
_OTHERS = {"\u2212": "-", "\u2043": "-", "\u2044": "/", "\u2215": "/", "\u2236": ":", "…": "..", "\u066b": "."}


def simplify(text: str) -> str:
    r"""Return a value in plain signs: one space for spaces, ``-`` for dashes, ASCII digits, no quotes around it.

    >>> simplify(" “4\u20136” "), simplify("1\u00a0min\u202f30\u00a0s")
    ('4-6', '1 min 30 s')
    """
    composed = unicodedata.normalize("NFC", text)
    bare = " ".join("".join(map(_plain, composed)).split())
    pairs = (pair for pair in _QUOTES if len(bare) > 1 and bare[0] == pair[0] and bare[-1] == pair[1])
    return bare[1:-1].strip() if any(pairs) else bare


@lru_cache(maxsize=1024)
def _plain(character: str) -> str:
    """Return a character in its plain form; those that can't be seen are left out."""
    if character.isascii():
        return character
    kind = unicodedata.category(character)
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if kind == "Cf":
        return ""
    if kind in {"Zs", "Zl", "Zp"}:
        return " "
    wide = unicodedata.normalize("NFKC", character) if "\uff00" <= character <= "\uff5e" else character
    return "-" if unicodedata.category(wide) == "Pd" else _OTHERS.get(wide, wide)


def read_number(digits: str) -> Fraction:
    """Return a number that was written with digits; one past every limit is cut, so that reading it costs nothing.

    >>> read_number("4.5"), read_number("9" * 5000) == 10**18
    (Fraction(9, 2), True)
    """
    whole, _, decimals = digits.lstrip("0").partition(".")
    if len(whole) > DIGITS:
        return Fraction(10**DIGITS)
    return Fraction(f"{whole or 0}.{decimals[:DIGITS] or 0}")


def shorten(digits: str, most: int = 20) -> str:
    """Return digits as a message shows them: those past ``most`` are left out.

    >>> shorten("12"), shorten("9" * 5000)
    ('12', '99999999999999999999…')
    """
    return digits if len(digits) <= most else f"{digits[:most]}…"


def write_number(value: Fraction) -> str:
    """Write a number with as many decimals as it has, up to six.

    >>> write_number(Fraction(9, 2)), write_number(Fraction(1, 3)), write_number(Fraction(1000000))
    ('4.5', '0.333333', '1000000')
    """
    millionths = round(value * 10**FINEST)
    whole, decimals = divmod(abs(millionths), 10**FINEST)
    return f"{'-' * (millionths < 0)}{whole}.{decimals:0{FINEST}}".rstrip("0").rstrip(".")


def round_finely(value: Fraction) -> Fraction:
    """Round a number to millionths, which is as fine as it is written."""
    return Fraction(round(value * 10**FINEST), 10**FINEST)


def read_unit(word: str) -> str:
    """Return ``s``, ``m``, ``h`` or ``breaths`` for a word that means it in a language with a table; else nothing.

    >>> read_unit("s"), read_unit("Sekunden"), read_unit("Atemzüge"), read_unit("miles")
    ('s', 's', 'breaths', '')
    """
    folded = word.casefold()
    return _UNITS.get(folded) or _list_typed("s", "m", "h", "breaths").get(folded, "")


def read_phase(word: str) -> str:
    """Return ``in``, ``hold``, ``out`` or ``pause`` for a word that means it in a language with a table; else nothing.

    >>> read_phase("in"), read_phase("Exhale"), read_phase("ausatmen"), read_phase("up")
    ('in', 'out', 'out', '')
    """
    folded = word.casefold()
    return _PHASES.get(folded) or _list_typed("in", "hold", "out", "pause").get(folded, "")


def _joins(word: str) -> bool:
    """Return whether a word joins two lengths: ``and`` of "1 minute and 30 seconds"."""
    return word.casefold() in _list_typed("and")


@cache
def _list_typed(*keys: str) -> dict[str, str]:
    """Return the words of all languages for these keys of their tables, each with its key."""
    from voicecoach.language import language, list_languages

    tables = [dict(language(code).typed) for code in list_languages()]
    return {word.casefold(): key for typed in tables for key in keys for word in typed.get(key, ())}


def put_digits(text: str) -> str:
    """Return a simplified text with digits in place of the words for numbers in any language with a table.

    >>> put_digits("ten seconds"), put_digits("vier-sechs")
    ('10 seconds', '4-6')
    """
    return re.sub(WORD, lambda match: _list_numbers().get(match[0].casefold(), match[0]), text)


@cache
def _list_numbers() -> dict[str, str]:
    """Return the words for numbers in all languages, with their digits."""
    from voicecoach.language import language, list_languages

    tables = [language(code).numbers for code in list_languages()]
    return {word.casefold(): str(number) for words in tables for number, word in enumerate(words)}


def drop_unit(text: str, leave_out: str) -> str:
    """Return a simplified text without the units that follow its numbers, if they mean ``leave_out``.

    >>> drop_unit("4 s - 6 sec.", "s")
    '4 - 6'
    """
    return _AFTER_NUMBER.sub(lambda match: "" if read_unit(match[1]) == leave_out else match[0], text)


def put_commas(text: str) -> str:
    """Return a simplified text with a comma in place of the words that join its lengths.

    >>> put_commas("1 min and 30 s")
    '1 min, 30 s'
    """
    return _BETWEEN.sub(lambda match: "," if _joins(match[1]) else match[0], text)


_AFTER_NUMBER = re.compile(rf"(?<=[0-9]) ?({WORD})\.?")
_BETWEEN = re.compile(rf" ({WORD})(?= )")
