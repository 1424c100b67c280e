"""The words that the program itself adds to a session, one table a language: no language is built into the code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.errors import UnknownNameError
from voicecoach.language_facts import CAPITALS, FULL_STOPS, SAME

if TYPE_CHECKING:
    from fractions import Fraction

_TABLES = Path(__file__).parent / "words"

TAG = re.compile("[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)
"""What a language is called: `de`, `de-AT`."""

COUNTS = ("seconds", "minutes", "breaths")
"""What is counted."""

EXACT = re.compile(rf"({'|'.join(COUNTS)}) (0|[1-9][0-9]{{0,3}})")
"""How a routine calls what it says for a count where number and noun would not do: `breaths 1`."""

TITLED = "{title}: {part}"
"""How chapters are titled in a language without a table, unless its routine writes it otherwise."""

UNNEEDED = ("hold", "empty")
"""Words that a routine in a language without a table need not give itself: a tone is heard instead."""

Own = Mapping[str, str | tuple[str, ...]]
"""Words that a routine gives itself, by their key; those of ``numbers`` are a list."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a language reads aloud what is not written in words. An empty one changes nothing.

    Attributes:
        forms: What is said for numbers in a certain form, by its key: ``range`` is "{one} to {other}" in English.
        units: Symbols of a unit, parted by spaces, with what is said for one and for several. A single text is a key
            of `Language.counted`.
        fractions: What is said for a fraction, by how it is written: ``1/2``.
        short: Patterns of short forms, with what is said.
        verbs: Patterns of imperatives that voices take for nouns, with a spelling that sounds right.
        instead: Patterns of what has several readings or none, with what to write.
    """

    forms: Pairs = ()
    units: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fractions: Pairs = ()
    short: Pairs = ()
    verbs: Pairs = ()
    instead: Pairs = ()

    def form(self, key: str) -> str:
        """Return what is said for a form, or nothing where the language has no words for it."""
        return next((text for name, text in self.forms if name == key), "")


@dataclass(frozen=True, slots=True)
class SideWords:
    """How a side's noun phrase is written in a language, as patterns in small letters.

    Attributes:
        left: Words for the left.
        right: Words for the right.
        sure: Those of them that mean nothing else.
        parts: Parts of the body that have a side.
        pairs: Words that join the two sides.
        first: Whether the side's word comes before the part's.
        idioms: Where a side's word means something else: "right now", "what is left".
    """

    left: tuple[str, ...]
    right: tuple[str, ...]
    sure: tuple[str, ...]
    parts: tuple[str, ...]
    pairs: tuple[str, ...]
    first: bool
    idioms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A language's table: its BCP 47 code, its own name, its words by their key, and its numbers from zero.

    ``exact`` has what is said for a count of something where its own number and noun would not do: "one breath".
    ``slips`` are patterns of words that authors get wrong, with what is meant; ``twice`` are words that may rightly
    stand twice in a row; ``heads`` are patterns of how two joined words begin, and no single one; ``sounds`` are the
    words that captions have for a sound; ``typed`` are the words that people type for units and phases;
    ``reading`` says how signs, units and short forms are read aloud.
    """

    code: str
    name: str
    words: tuple[tuple[str, str], ...]
    numbers: tuple[str, ...] = ()
    exact: tuple[tuple[str, int, str], ...] = ()
    slips: tuple[tuple[str, str], ...] = ()
    twice: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    sounds: tuple[tuple[str, str], ...] = ()
    typed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reading: Reading = Reading()
    sided: SideWords | None = None

    def __hash__(self) -> int:
        """Hash its code and name: every phrase comes by here, and all of a table would take longer than the phrase."""
        return hash((self.code, self.name))

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

    def say_duration(self, seconds: Fraction) -> str:
        """Return a time as it is said: from a minute on, in minutes and what seconds are left.

        >>> from fractions import Fraction
        >>> [language("en").say_duration(Fraction(seconds)) for seconds in (45, 60, 150)]
        ['forty-five seconds', 'one minute', 'two minutes and thirty seconds']
        """
        minutes, left = divmod(seconds, 60)
        parts = [self.counted("minutes", minutes)] if minutes else []
        return self.joined(*parts, *([self.counted("seconds", left)] if left or not minutes else []))

    def joined(self, one: str, other: str = "") -> str:
        """Return one length and another after it, if there is one, as they are said together."""
        return self.word("joined", one=one, other=other) if other else one

    def having(self, own: Own) -> Language:
        """Return this language with words that a routine gives itself before the table's.

        >>> language("en").having({"breaths 1": "a breath"}).counted("breaths", 1)
        'a breath'
        """
        texts = {key: text for key, text in own.items() if isinstance(text, str)}
        exact = [(match[1], int(match[2]), text) for key, text in texts.items() if (match := EXACT.fullmatch(key))]
        numbers = own.get("numbers", self.numbers)
        return replace(
            self,
            words=tuple({**dict(self.words), **texts}.items()),
            numbers=numbers if isinstance(numbers, tuple) else self.numbers,
            exact=(*exact, *self.exact),  # the first of a count is said
        )


def fill(text: str, **values: object) -> str:
    """Fill the braces of a text with values; unlike ``str.format`` it knows no other magic.

    >>> fill("round {number} of {all}", number=2)
    'round 2 of {all}'
    """
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@cache
def list_languages() -> tuple[str, ...]:
    """Return the codes of all languages that have a table."""
    return tuple(sorted(path.stem for path in _TABLES.glob("*.toml")))


def language(code: str, own: Own | None = None) -> Language:
    """Return the words of a language: its table's, and before them a routine's own, which may do without a table.

    ``de-AT`` takes the table of ``de`` if it has none of its own.

    Raises:
        UnknownNameError: When there is no table for it, and the routine's own words are not all that it takes.
    """
    table = _nearest(code)
    if table is None and (own is None or not TAG.fullmatch(code) or list_missing(code, own)):
        raise UnknownNameError("language", code, list_languages())
    return replace(table or Language(code, code, (("titled", TITLED),)), code=code).having(own or {})


def list_missing(code: str, own: Own) -> tuple[str, ...]:
    """Return the keys of the words that a routine has to give itself, as no table has them, and does not.

    >>> list_missing("de-AT", {}), len(list_missing("it", {}))
    ((), 17)
    """
    if _nearest(code):
        return ()
    return tuple(key for key in list_keys() if key not in {*own, "titled", *UNNEEDED})


def list_keys() -> tuple[str, ...]:
    """Return the keys of the words that every table has; besides them there are numbers and exact counts."""
    return tuple(key for key, _ in _table("en").words)


def _nearest(code: str) -> Language | None:
    return next((_table(each) for each in list_wider(code) if each in list_languages()), None)


@cache
def _table(code: str) -> Language:
    import tomllib

    table = tomllib.loads((_TABLES / f"{code}.toml").read_text(encoding="utf-8"))
    exact, reading = table.pop("exact"), table.pop("reading")
    return Language(
        code=code,
        name=table.pop("name"),
        numbers=tuple(table.pop("numbers")),
        exact=tuple((key, int(count), text) for key, texts in exact.items() for count, text in texts.items()),
        slips=tuple(table.pop("slips").items()),
        twice=tuple(table.pop("twice")),
        heads=tuple(table.pop("heads")),
        sounds=tuple(table.pop("sounds").items()),
        sided=_read_sided(table.pop("sided")),
        typed=tuple((key, tuple(texts)) for key, texts in table.pop("typed").items()),
        reading=_read_reading(reading),
        words=tuple(table.items()),
    )


def _read_reading(table: dict[str, Any]) -> Reading:
    units = table.pop("units").items()
    return Reading(
        units=tuple((symbols, (said,) if isinstance(said, str) else tuple(said)) for symbols, said in units),
        **{name: tuple(table.pop(name).items()) for name in ("fractions", "short", "verbs", "instead")},
        forms=tuple(table.items()),
    )


def _read_sided(given: dict[str, Any]) -> SideWords:
    left, right, sure, parts, pairs = (tuple(given[key]) for key in ("left", "right", "sure", "parts", "pairs"))
    return SideWords(left, right, sure, parts, pairs, given["first"], tuple(given["idioms"]))


def list_wider(code: str) -> tuple[str, ...]:
    """Return a language's tag in lower case, and after it those of the languages that it is a dialect of.

    >>> list_wider("de-AT-1996")
    ('de-at-1996', 'de-at', 'de')
    """
    parts = code.lower().split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


def is_same_language(one: str, other: str) -> bool:
    """Tell whether two tags mean the same language, or one of them a dialect of the other.

    >>> [is_same_language("de", tag) for tag in ("de-AT", "den")], is_same_language("zh", "cmn-CN")
    ([True, False], True)
    """
    if one.lower() in list_wider(other) or other.lower() in list_wider(one):
        return True  # no table has to be read for that
    one, other = normalise(one), normalise(other)
    return one in list_wider(other) or other in list_wider(one)


def normalise(code: str) -> str:
    """Return the one tag, in lower case, that stands for all tags of a language, old ones and those of groups.

    >>> normalise("zh-TW"), normalise("zh-HK"), normalise("iw"), normalise("de-AT")
    ('cmn-tw', 'yue', 'he', 'de-at')
    """
    tag = code.lower().replace("_", "-")
    if list_wider(tag)[-1] in list_languages():  # no need of the facts, which take time to read
        return tag
    for start in list_wider(tag):
        if start in SAME:
            return SAME[start] + tag[len(start) :]
    return tag


def as_written(said: str) -> str:
    """Undo the respelling of verbs for voices, so that people read a text as it was written.

    >>> as_written("Cloze your eyes")
    'Close your eyes'
    """
    respelled, pattern = _list_respellings()
    return pattern.sub(lambda match: match_case(match[0], respelled[match[0].lower()]), said)


@cache
def _list_respellings() -> tuple[Mapping[str, str], re.Pattern[str]]:
    verbs = (pair for code in list_languages() for pair in language(code).reading.verbs)
    respelled = {said: first_verb(pattern) for pattern, said in verbs}
    return respelled, re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, respelled))})(?!\w)", re.IGNORECASE)


def first_verb(pattern: str) -> str:
    """Return the verb at the start of a pattern of `Reading.verbs`."""
    return re.split(r"[^a-z]", pattern, maxsplit=1)[0]


def match_case(model: str, text: str) -> str:
    """Return a text with a capital first letter if the model has one.

    >>> match_case("Close", "cloze")
    'Cloze'
    """
    return text[:1].upper() + text[1:] if model[:1].isupper() else text


def full_stop(code: str) -> str:
    """Return the mark that ends a sentence.

    >>> full_stop("de"), full_stop("zh-TW"), full_stop("hi"), full_stop("th")
    ('.', '。', '।', '')
    """
    return FULL_STOPS.get(list_wider(normalise(code))[-1], ".")


def capitalise(text: str, code: str) -> str:
    """Return a text with a capital at its start.

    >>> capitalise("iki", "tr"), capitalise("iki", "en"), capitalise("ijs", "nl")
    ('İki', 'Iki', 'IJs')
    """
    for small, capital in CAPITALS.get(list_wider(normalise(code))[-1], ()):
        if text.startswith(small):
            return capital + text[len(small) :]
    return text[:1].upper() + text[1:]
