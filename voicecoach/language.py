"""The words that the program adds to a session, in one table per language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.errors import UnknownNameError
from voicecoach.language_facts import CAPITALS, FULL_STOPS, SAME
from voicecoach.phonemes import drop_phonemes

if TYPE_CHECKING:
    from fractions import Fraction

_TABLES = Path(__file__).parent / "words"

TAG = re.compile("[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)
"""A language's tag: `de`, `de-AT`."""

COUNTS = ("seconds", "minutes", "breaths", "moves")
"""The keys of what the program counts, aloud or in a transcript."""

EXACT = re.compile(rf"({'|'.join(COUNTS)}) (0|[1-9][0-9]{{0,3}})")
"""A key for a routine's own words for one count, for which number and noun are not enough: `breaths 1`."""

TITLED = "{title}: {part}"
"""The form of chapter titles in a language without a table, unless the routine has its own."""

UNNEEDED = ("hold", "empty", "needs", "moves")
"""Words that a routine in a language without a table can omit: a tone replaces them, or nothing."""

Own = Mapping[str, str | tuple[str, ...]]
"""A routine's own words, by their key; ``numbers`` is a list."""

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a language reads signs, units and abbreviations aloud. An empty one changes nothing.

    Attributes:
        forms: Spoken forms of numbers by key: ``range`` is "{one} to {other}" in English.
        units: Symbols of a unit, separated by spaces, with the words for one and for several. A single text is a key
            of `Language.say_count`.
        fractions: Spoken fractions by their written form: ``1/2``.
        short: Patterns of abbreviations, each with its spoken form.
        verbs: Patterns of imperatives that voices read as nouns, with a spelling that sounds right.
        spelled: Words that voices take for words of another language, with a spelling that sounds right.
        instead: Patterns that have several readings or no reading, each with a better spelling.
    """

    forms: Pairs = ()
    units: tuple[tuple[str, tuple[str, ...]], ...] = ()
    fractions: Pairs = ()
    short: Pairs = ()
    verbs: Pairs = ()
    spelled: Pairs = ()
    instead: Pairs = ()

    def form(self, key: str) -> str:
        """Return the spoken form for a key; empty if the language has none."""
        return next((text for name, text in self.forms if name == key), "")


@dataclass(frozen=True, slots=True)
class SideWords:
    """How a language writes a side's noun phrase, as patterns in lower case.

    Attributes:
        left: Words for the left.
        right: Words for the right.
        sure: The words among them without another meaning.
        parts: Parts of the body that have a side.
        pairs: Words that join the two sides.
        first: Whether the side comes before the part.
        idioms: Phrases in which a side's word means something else: "right now", "what is left".
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
    """A language's table.

    Attributes:
        code: The BCP 47 code.
        name: The language's name for itself.
        words: Words and phrases by key.
        numbers: Numbers in words, from zero.
        exact: Words for one count, for which number and noun are not enough: "one breath".
        slips: Patterns of words that authors confuse, each with the right word.
        twice: Words that can correctly occur twice in a row.
        heads: Patterns of the start of two joined words; no single word starts like this.
        sounds: Captions of sounds.
        typed: Words that people type for units and phases.
        reading: How to read signs, units and abbreviations.
        sided: How to recognise a side's noun phrase; None if that is not known.
        announcing: Patterns of words that announce a silence or its length: "breaths", "on your own".
        passive: Patterns of the passive voice, which is hard to follow: "is lifted".
        equipment: Patterns of words for equipment, each with a pattern of what the opening may call it.
        known: The words and phrases as a table.
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
    announcing: tuple[str, ...] = ()
    passive: tuple[str, ...] = ()
    equipment: tuple[tuple[str, str], ...] = ()
    known: Mapping[str, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Work out once what is looked up for every phrase."""
        object.__setattr__(self, "known", dict(self.words))

    def __hash__(self) -> int:
        """Hash only code and name: every phrase is hashed with its language, and hashing the table would be slow."""
        return hash((self.code, self.name))

    def word(self, key: str, **values: object) -> str:
        """Return a word or phrase of the table, with values for its names in braces.

        >>> language("en").word("round", number=2)
        'round 2'
        """
        return fill(self.known[key], **values)

    def number(self, number: int | Fraction) -> str:
        """Return a number in words; in digits if it has decimals or is not in the table.

        >>> from fractions import Fraction
        >>> language("de").number(21), language("de").number(1000), language("de").number(Fraction(5, 2))
        ('einundzwanzig', '1000', '2,5')
        """
        if 0 <= number < len(self.numbers) and number.denominator == 1:
            return self.numbers[int(number)]
        digits = str(number) if number.denominator == 1 else f"{float(number):.2f}".rstrip("0").rstrip(".")
        return digits.replace(".", self.word("decimal"))

    def say_count(self, key: str, number: int | Fraction) -> str:
        """Return a count of ``seconds``, ``minutes``, ``breaths`` or ``moves`` in words.

        >>> [language("es").say_count("breaths", number) for number in (1, 2, 21)]
        ['una respiración', 'dos respiraciones', 'veintiuna respiraciones']
        """
        exact = next((text for which, count, text in self.exact if (which, count) == (key, number)), None)
        return exact or self.word(key, number=self.number(number))

    def say_duration(self, seconds: Fraction) -> str:
        """Return a length of time in words: from a minute on, in minutes and seconds.

        >>> from fractions import Fraction
        >>> [language("en").say_duration(Fraction(seconds)) for seconds in (45, 60, 150)]
        ['forty-five seconds', 'one minute', 'two minutes and thirty seconds']
        """
        minutes, left = divmod(seconds, 60)
        parts = [self.say_count("minutes", minutes)] if minutes else []
        return self.join_durations(*parts, *([self.say_count("seconds", left)] if left or not minutes else []))

    def join_durations(self, one: str, other: str = "") -> str:
        """Return one or two lengths of time in words, joined."""
        return self.word("joined", one=one, other=other) if other else one

    def with_words(self, own: Own) -> Language:
        """Return this language with a routine's own words instead of the table's.

        >>> language("en").with_words({"breaths 1": "a breath"}).say_count("breaths", 1)
        'a breath'
        """
        texts = {key: text for key, text in own.items() if isinstance(text, str)}
        exact = [(match[1], int(match[2]), text) for key, text in texts.items() if (match := EXACT.fullmatch(key))]
        numbers = own.get("numbers", self.numbers)
        return replace(
            self,
            words=tuple({**self.known, **texts}.items()),
            numbers=numbers if isinstance(numbers, tuple) else self.numbers,
            exact=(*exact, *self.exact),  # the first one for a count is used
        )


def fill(text: str, **values: object) -> str:
    """Replace names in braces by values; unlike ``str.format`` it does nothing else.

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
    """Return the words of a language: a routine's own words, and the words of the language's table for all others.

    ``de-AT`` uses the table of ``de`` if it has none of its own.

    Raises:
        UnknownNameError: When the language has no table, and some of the routine's own words are missing.
    """
    table = _nearest(code)
    if table is None and (own is None or not TAG.fullmatch(code) or list_missing(code, own)):
        raise UnknownNameError("language", code, list_languages())
    plain = _rename(table or Language(code, code, (("titled", TITLED),)), code)
    return plain.with_words(own) if own else plain


@lru_cache(maxsize=64)
def _rename(table: Language, code: str) -> Language:
    return replace(table, code=code)


def list_missing(code: str, own: Own) -> tuple[str, ...]:
    """Return the keys of the words that neither a table nor the routine has.

    >>> list_missing("de-AT", {}), len(list_missing("it", {}))
    ((), 17)
    """
    if _nearest(code):
        return ()
    return tuple(key for key in list_keys() if key not in {*own, "titled", *UNNEEDED})


def list_keys() -> tuple[str, ...]:
    """Return the keys of the words that every table has, besides numbers and exact counts."""
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
        announcing=tuple(table.pop("announcing")),
        passive=tuple(table.pop("passive")),
        equipment=tuple(table.pop("equipment").items()),
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
        units=tuple((symbols, (words,) if isinstance(words, str) else tuple(words)) for symbols, words in units),
        **{name: tuple(table.pop(name, {}).items()) for name in ("fractions", "short", "verbs", "spelled", "instead")},
        forms=tuple(table.items()),
    )


def _read_sided(table: dict[str, Any]) -> SideWords:
    left, right, sure, parts, pairs = (tuple(table[key]) for key in ("left", "right", "sure", "parts", "pairs"))
    return SideWords(left, right, sure, parts, pairs, table["first"], tuple(table["idioms"]))


def list_wider(code: str) -> tuple[str, ...]:
    """Return a language's tag in lower case, followed by the tags of the languages that it is a dialect of.

    >>> list_wider("de-AT-1996")
    ('de-at-1996', 'de-at', 'de')
    """
    parts = code.lower().split("-")
    return tuple("-".join(parts[:count]) for count in range(len(parts), 0, -1))


def is_same_language(one: str, other: str) -> bool:
    """Return whether two tags mean the same language, or one is a dialect of the other.

    >>> [is_same_language("de", tag) for tag in ("de-AT", "den")], is_same_language("zh", "cmn-CN")
    ([True, False], True)
    """
    if one.lower() in list_wider(other) or other.lower() in list_wider(one):
        return True  # without reading the facts, which takes time
    one, other = normalise(one), normalise(other)
    return one in list_wider(other) or other in list_wider(one)


def normalise(code: str) -> str:
    """Return one tag in lower case for all tags of a language, also its old tags and the tag of its group.

    >>> normalise("zh-TW"), normalise("zh-HK"), normalise("iw"), normalise("de-AT")
    ('cmn-tw', 'yue', 'he', 'de-at')
    """
    tag = code.lower().replace("_", "-")
    if list_wider(tag)[-1] in list_languages():  # without reading the facts, which takes time
        return tag
    for start in list_wider(tag):
        if start in SAME:
            return SAME[start] + tag[len(start) :]
    return tag


def as_written(spoken: str) -> str:
    """Return the written form of a spoken text, without phonemes: undo the respelling of words for voices.

    >>> as_written("Cloze your eyes")
    'Close your eyes'
    """
    respelled, pattern = _list_respellings()
    return pattern.sub(lambda match: match_case(match[0], respelled[match[0].lower()]), drop_phonemes(spoken))


@cache
def _list_respellings() -> tuple[Mapping[str, str], re.Pattern[str]]:
    readings = [language(code).reading for code in list_languages()]
    respelled = {spelling: first_verb(pattern) for reading in readings for pattern, spelling in reading.verbs}
    respelled |= {spelling: word for reading in readings for word, spelling in reading.spelled}
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
