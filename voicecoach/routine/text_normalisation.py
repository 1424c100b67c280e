"""How a text is read aloud: units, ranges, signs and short forms in words, and words that voices take for others.

Only the voice gets what `read_aloud` returns; captions keep the author's text. The rules are in the language's table.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache, reduce
from typing import TYPE_CHECKING

from voicecoach.language import fill
from voicecoach.phonemes import mark_word
from voicecoach.routine.spelling import spell_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voicecoach.language import Language, Pairs

# Patterns are texts here, which `re` compiles, and keeps, when they are first used: most sessions need few of them.
NUMBER = r"(?:\d+(?:[.,]\d+)*|[.,]\d+)"
DASHES = "-\u2010-\u2014"
DASH = f"[{DASHES}]"
SPACE = "[ \u00a0\u2009\u202f]"

_PARTS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅛": "1/8"}
FRACTIONS = "".join(_PARTS)
_QUANTITY = rf"(?:{NUMBER}?[{FRACTIONS}]|{NUMBER})"
_OPEN = "(?<![\\w.,:/\u2212\u2010\u2011-])"
"""A number begins here: it is not part of a word, a date or a longer number."""
_PER = r"(?:/(?P<per>[^\W\d_]{3,})(?!\w))?"
_TIMES = "[x×✕]"
_FULL_STOP = r"(?P<dot>\.(?=\s+[^\W\d_A-ZÀ-Þ]|\s+\d|\s*[,;:/]))?"
"""The dot of an abbreviation inside a sentence."""
_PRIMES = {'"', "″", "”", "'", "′", "’"}
_MINUTES_SECONDS = rf"{_OPEN}(\d{{1,3}}){SPACE}?['′’]{SPACE}?([0-5]?\d){SPACE}?(?:[\"″”]|''|′′)(?!\w)"
_LENGTH_IN_ONE = (
    rf"{_OPEN}(?:(?P<h>\d{{1,2}}){SPACE}?h(?:rs?)?{SPACE}?)?(?P<m>\d{{1,3}}){SPACE}?m(?:in)?{SPACE}?"
    r"(?P<s>[0-5]?\d)\s?s(?:ecs?|ek|eg)?(?!\w)"
)
"""1m30s, 1 min 30 s, 1h5m10s."""
_CLOCK_MINUTES = rf"{_OPEN}(?P<m>\d{{1,2}}):(?P<s>[0-5]\d){SPACE}?min(?:utes?|s)?(?!\w)"
_INCHES = 12
_NEAR = 100
"""The distance, in characters, in which a word or a mark can show the meaning."""
_COUNTED = 9
"""The most digits of a count that is spoken in words."""
_ROMAN = r"(?<=[^\W\d_]) (?P<two>(?=[IVX]{2})X{0,3}(?:IX|IV|V?I{0,3}))(?![\w'’-])"
_FIRST = r"(?P<name>\b[A-ZÀ-Þ][^\W\d_]{3,}) I(?=[.,;:!?)]|$)"
_VALUES = {"I": 1, "V": 5, "X": 10}
_SERIES = rf"{_OPEN}[1-9]\d?(?:-[1-9]\d?){{2,}}(?![\w-]|[.,]\d)"
_LEVELS = r"\b([A-Z]\d{1,2})[/–-]([A-Z]\d{1,2})\b"
_AND = r" ?&(?!#?\w{1,10};) ?"
_NUMBERS = rf"(?P<n>{NUMBER}(?:{DASH}{NUMBER})?)"
_PRODUCT = rf"(?<![\w.,:/]){NUMBER}(?:{SPACE}?[xX×✕]{SPACE}?{NUMBER})+"
_OPERATOR = rf"{SPACE}?[xX×✕]{SPACE}?"
_DECADE = r"(?<![\w'’‘])['’‘]([2-9])0s\b(?![^'’]*['’](?!\w))"
"""'90s; not '30s' in quotation marks."""
_TIMES_BEFORE = rf"(?<![\w.,:/])(?<!\d-){_NUMBERS}(?:{SPACE}?{_TIMES}|X)(?!\w|{SPACE}?\d){_PER}"
_TIMES_AFTER = rf"(?<!\w)(?:{_TIMES}{SPACE}?|X){_NUMBERS}(?!\w|\s[-\u2013\u2212][.,]?\d){_PER}"
"""A count after its sign. x 5 -5 does not match: nobody can tell whether its dash is a minus or means "to"."""
_ENDS = rf"(?!\w|{DASH}\d|[.,:/]\d)"
_RANGE = rf"{_OPEN}({NUMBER})(?:{DASH}|{SPACE}{DASH}{SPACE})({NUMBER}){_ENDS}"
_UNDER_A_MINUTE = rf"{_OPEN}00?:([0-5]\d){_ENDS}"
_SIGNED = (
    ("plus", r"(^|(?<=[\s(]))\+(?=[.,]?\d)()"),
    ("minus", "(^|(?:(?<=:[0-5]\\d\\s)|(?<![\\d,.;:!?]\\s))(?<=[\\s(]))[-\u2013\u2212](?=[.,]?\\d)()"),
)
"""Signs before a number, each with the key of its words. After a time a dash is no range."""
_TWO = (
    ("clock", rf"{_OPEN}0?(\d{{1,2}}):([0-5][1-9]|[1-5]0){_ENDS}"),
    ("ratio", rf"{_OPEN}(\d):(\d){_ENDS}"),
    ("plus", rf"{_OPEN}({NUMBER}){SPACE}?\+{SPACE}?(?=[.,]?\d)()"),
    ("per", rf"{_OPEN}({NUMBER}(?: [^\W\d_]{{3,30}})?)/([^\W\d_]{{3,}})(?!\w)"),
)
"""Forms with two parts, each with the key of its words."""

ARROWS = "←-⇿⟰-⟿⤀-⥿⬀-⯿➔➘-➾►▶◄◀☚-☟\U0001f446-\U0001f449\U0001f800-\U0001f8ff"
BULLETS = "•‣⁃"
_PICTURES = "─-◿☀-➿\U0001f000-\U0001faff\ufe0e\ufe0f\u20e3"
"""Lines, shapes, other bullets, emoji, and the signs that join them."""
_MARKS = re.compile(
    rf"[{ARROWS}{_PICTURES}{BULLETS}]|(?<![\w*_`])[*_`]{{1,3}}(?=\w)|(?<=[\w.,!?])[*_`]{{1,3}}(?![\w*_`])"
    r"|([=_~*#])\s?\1{2,}|^#+ "
)
_BETWEEN = rf"(?<=[\w)])\s*[{ARROWS}]+\s*(?=\w)"
_LEADING = rf"^(?:[{ARROWS}{_PICTURES}{BULLETS}*#]\s*)+"
_SPACED = r"\s+([.,;:!?…])(?=\s|$)"
_COUNT = re.compile(rf"[\d{FRACTIONS}]")
_SIGNS = re.compile("[-+\u2013\u2212]")
_PRIME = re.compile("['\u2032\u2019]")
_CROSS = re.compile("[xX×✕]")
_JOINED = re.compile(rf"[{DASHES}:+/{FRACTIONS}]")
"""Characters of texts for which the patterns of numbers must be tried."""
_WORD = re.compile(r"\w+")
_DOTS = {"\u0130": "i", "\u0131": "i"}
"""Letters that count as an i if capitals make no difference."""
_KEPT = 0xF0000
_PLACE = re.compile("[\U000f0000-\U000ffffd]")
_SOMETHING = re.compile(r"[^\w\s,.!?'’]|\d|[A-Z][A-Z]|[^\W\d_]\.|\b[IVX]\b|\b(?:[a-z]{2,6})\.", re.ASCII)


@lru_cache(maxsize=4096)
def read_aloud(text: str, words: Language, pronounced: Pairs = ()) -> str:
    """Return a text as the voice gets it; the author's pronunciations have priority.

    >>> from voicecoach.language import language
    >>> read_aloud("Close your eyes, hold 10-15 s.", language("en"))
    'Cloze your eyes, hold 10 to 15 seconds.'
    >>> read_aloud("Hold 30 s", language("en"), (("30 s", "half a minute"),))
    'Hold half a minute'
    """
    if _PLACE.search(text):  # private characters would be mistaken for placeholders
        return text
    kept = list[str]()
    read = _keep(_keep_and_read(text, words, pronounced, kept), pronounced, kept)
    return _put_back(spell_words(_remove_marks(read), words), kept)


def read_signs(text: str, words: Language, pronounced: Pairs = ()) -> str:
    """Return a text with words for all signs that have one reading; marks that are not spoken stay.

    >>> from voicecoach.language import language
    >>> read_signs("→ 30 s", language("en"))
    '→ thirty seconds'
    """
    kept = list[str]()
    return text if _PLACE.search(text) else _put_back(_keep_and_read(text, words, pronounced, kept), kept)


def _keep_and_read(text: str, words: Language, pronounced: Pairs, kept: list[str]) -> str:
    return _make_reader(words).read_signs(_keep(text, pronounced, kept))


def _put_back(text: str, kept: Sequence[str]) -> str:
    return _PLACE.sub(lambda match: kept[ord(match[0]) - _KEPT], text)


def _remove_marks(text: str) -> str:
    """Remove marks that are not meant to be heard: arrows, pictures, bullets, lines, stars around words.

    >>> _remove_marks("→ Left → right")
    'Left, right'
    """
    if not _MARKS.search(text):
        return text
    bare = re.sub(_BETWEEN, ", ", re.sub(_LEADING, "", text))
    bare = " ".join(re.sub(_SPACED, r"\1", _MARKS.sub(" ", bare)).split())
    return bare if any(map(str.isalnum, bare)) or _PLACE.search(bare) else text


def is_unspoken(sign: str) -> bool:
    """Tell whether a sign is never spoken: an arrow, a picture, a bullet."""
    return re.fullmatch(f"[{ARROWS}{_PICTURES}{BULLETS}]", sign) is not None


def _keep(text: str, pronounced: Pairs, kept: list[str]) -> str:
    """Replace each text that has a pronunciation by a placeholder, the longest first, and keep its sound."""
    if not pronounced:
        return text
    pattern, sounds, begin = _build_pronunciation(pronounced)
    if begin and begin.isdisjoint(_WORD.findall(_fold(text))):
        return text

    def _put_sign(match: re.Match[str]) -> str:
        kept.append(mark_word(match[0], sounds[_fold(match[0])]))
        return chr(_KEPT + len(kept) - 1)

    return pattern.sub(_put_sign, text)


@lru_cache(maxsize=64)
def _build_pronunciation(pronounced: Pairs) -> tuple[re.Pattern[str], Mapping[str, str], frozenset[str]]:
    """Return the pattern of all names, the sound of each, and the first words of all names (empty if one has none)."""
    longest = sorted(((_fold(name), sound) for name, sound in pronounced), key=lambda pair: -len(pair[0]))
    every = "|".join(re.escape(name) for name, _ in longest)
    begin = [_WORD.search(name) for name, _ in longest]
    words = frozenset(match[0] for match in begin if match) if all(begin) else frozenset()
    return re.compile(rf"(?<!\w)(?:{every})(?!\w)", re.IGNORECASE), dict(reversed(longest)), words


def _fold(text: str) -> str:
    """Return a text in small letters, with the same length, to compare without regard to capitals."""
    return "".join(_fold_letter(each) for each in text) if not text.isascii() else text.lower()


def _fold_letter(letter: str) -> str:
    small = letter.casefold()
    return _DOTS.get(letter, small if len(small) == 1 else letter.lower()[:1])


@lru_cache(maxsize=16)
def _make_reader(words: Language) -> _Reader:
    return _Reader(words)


def _parse_number(number: str) -> float:
    return float(number.replace(",", ".")) if number.count(".") + number.count(",") <= 1 else 0.0


@dataclass(frozen=True)
class _Reader:
    """Reads texts of one language aloud."""

    words: Language

    def read_signs(self, text: str) -> str:
        """Put units, ranges, fractions, signs and short forms into words."""
        if not self.words.reading.forms or not _SOMETHING.search(text):
            return text
        if self._any_short.search(text):
            for pattern, said in self._short:
                text = pattern.sub(said, text)
        if _COUNT.search(text):
            text = self._read_numbers(text)
        text = self._read_joined(text)
        if "I" in text or "V" in text or "X" in text:
            text = re.sub(_ROMAN, lambda match: f" {_parse_roman(match['two'])}", text)
            text = re.sub(_FIRST, self._read_first, text)
        return text

    def _read_numbers(self, text: str) -> str:
        """Read numbers with signs, lengths, units, products, series and levels."""
        if _SIGNS.search(text):
            for key, sign in _SIGNED:
                text = self._replace_two(sign, key, text)
        if _PRIME.search(text):
            text = re.sub(_MINUTES_SECONDS, self._read_minutes, text)
        text = re.sub(_LENGTH_IN_ONE, self._read_length, text)
        if ":" in text:
            text = re.sub(_CLOCK_MINUTES, self._read_length, text)
        if _CROSS.search(text):
            text = self._read_products(text)
        if "0s" in text:
            text = re.sub(_DECADE, self._read_decade, text)
        text = self._units.sub(self._read_unit, text)
        if "-" in text:
            text = re.sub(_SERIES, lambda match: match[0].replace("-", " "), text)
        return re.sub(_LEVELS, r"\1 \2", text)

    def form(self, key: str) -> str:
        return self.words.reading.form(key)

    @cached_property
    def _short(self) -> Sequence[tuple[re.Pattern[str], str]]:
        return [(re.compile(pattern), said) for pattern, said in self.words.reading.short]

    @cached_property
    def _any_short(self) -> re.Pattern[str]:
        """The pattern of any short form: most texts have none, so the single patterns are not tried."""
        return re.compile("|".join(f"(?:{_scope_flag(pattern)})" for pattern, _ in self.words.reading.short) or "(?!)")

    @cached_property
    def _units(self) -> re.Pattern[str]:
        symbols = [each for each, _ in self.words.reading.units for each in each.split()]
        either = "|".join(_build_symbol_pattern(each) for each in sorted(symbols, key=lambda each: -len(each)))
        range_ = rf"(?:{SPACE}?{DASH}{SPACE}?(?P<to>{_QUANTITY}))?"
        unit = rf"(?:{SPACE}|-(?=[^\W\d_]{{2}}))?(?P<unit>{either})(?![\w²³'])"
        return re.compile(rf"{_OPEN}(?<!\d['′’])(?P<from>{_QUANTITY}){range_}{unit}{_FULL_STOP}{_PER}")

    @cached_property
    def _unit_words(self) -> Mapping[str, tuple[str, ...]]:
        return {each.lower(): said for symbols, said in self.words.reading.units for each in symbols.split()}

    @cached_property
    def _timely(self) -> re.Pattern[str]:
        timely = rf"(?:{self.form('timely') or '(?!)'})"
        return re.compile(rf"\b{timely}(?: [^\W\d_]+)?[ ~:]*\0|\0 ?{timely}\b", re.IGNORECASE)

    def _is_unsure(self, match: re.Match[str]) -> bool:
        """Return whether a symbol has two readings in its context: minutes or metres, seconds or inches."""
        if match["unit"] not in self.form("unsure").split():
            return False
        near = match.string[max(0, match.start() - _NEAR) : match.start()], match.string[match.end() :][:_NEAR]
        each_side = match["per"] and match["unit"] in _PRIMES
        return bool(each_side) or self._timely.search("\0".join(near)) is not None

    def _read_unit(self, match: re.Match[str]) -> str:
        symbol, one, other = match["unit"], match["from"], match["to"]
        if self._is_unsure(match) or _is_decade(match) or closes_quote(match.string, match.start("unit")):
            return match[0]
        number = self._read_range(one, other) if other else self._read_number(one)
        if not number:
            return match[0]
        return self._add_per(self._count_units(number, self._unit_words[symbol.lower()]), match)

    def _count_units(self, number: str, said: tuple[str, ...]) -> str:
        """Return a number with its unit in words."""
        if len(said) > 1:
            return said[0] if number == "1" else fill(said[1], number=number)
        if len(number) <= _COUNTED and number.isdecimal() and str(int(number)) == number:
            return self.words.say_count(said[0], int(number))
        return self.words.word(said[0], number=number)

    def _read_number(self, written: str) -> str:
        """Return a number with its fraction in words and a zero before a bare decimal; an empty text if impossible."""
        part = _PARTS.get(written[-1])
        if part is None:
            return f"0{written}" if written[0] in ".," else written
        said = dict(self.words.reading.fractions).get(part, "")
        mixed = self.form("mixed")
        return (
            fill(mixed, number=written[:-1], part=self.form(f"mixed {part}") or said) if written[:-1] and mixed else ""
        )

    def _read_range(self, one: str, other: str) -> str:
        """Return a range in words; an empty text if it does not go up."""
        numbers = self._read_number(one), self._read_number(other)
        rises = one[-1] in _PARTS or other[-1] in _PARTS or _parse_number(one) < _parse_number(other)
        return fill(self.form("range"), one=numbers[0], other=numbers[1]) if all(numbers) and rises else ""

    def _add_per(self, said: str, match: re.Match[str]) -> str:
        return fill(self.form("per"), one=said, other=match["per"]) if match["per"] else said

    def _read_minutes(self, match: re.Match[str]) -> str:
        """Read 5'30" as minutes and seconds, unless it may be feet and inches."""
        minutes, seconds = int(match[1]), int(match[2])
        if self.form("inches") and seconds < _INCHES:
            return match[0]
        return self.words.join_durations(
            self.words.say_count("minutes", minutes), self.words.say_count("seconds", seconds)
        )

    def _read_length(self, match: re.Match[str]) -> str:
        """Read a length of several units, as 1m30s, or of minutes with a colon, as 1:30 min."""
        parts = {"minutes": int(match["m"]), "seconds": int(match["s"])}
        said = [self.words.say_count(unit, number) for unit, number in parts.items() if number]
        hours = match.groupdict().get("h")
        if hours:
            said.insert(0, self._count_units(hours, self._unit_words["h"]) if "h" in self._unit_words else f"{hours} h")
        return reduce(self.words.join_durations, said) if said else match[0]

    def _read_products(self, text: str) -> str:
        """Read 3x10, 5x and x5."""
        text = self._areas.sub(self._read_area, text)
        text = re.sub(_PRODUCT, lambda match: re.sub(_OPERATOR, f" {self.form('times')} ", match[0]), text)
        return re.sub(_TIMES_AFTER, self._read_times, re.sub(_TIMES_BEFORE, self._read_times, text))

    @cached_property
    def _areas(self) -> re.Pattern[str]:
        """The pattern of a cross between two lengths: 180 cm x 60 cm."""
        lengths = "|".join(_build_symbol_pattern(each) for each in self.form("lengths").split()) or "(?!)"
        return re.compile(rf"(?<=\d)({SPACE}?(?:{lengths})){_OPERATOR}(?={NUMBER}{SPACE}?(?:{lengths})(?!\w))")

    def _read_area(self, match: re.Match[str]) -> str:
        return f"{match[1]} {self.form('by')} "

    def _read_decade(self, match: re.Match[str]) -> str:
        decades = self.form("decades").split()
        return decades[int(match[1]) - 2] if decades else match[0]

    def _read_times(self, match: re.Match[str]) -> str:
        once = self.form("once") if match["n"] == "1" else ""
        return self._add_per(once or fill(self.form("repeated"), number=match["n"]), match)

    def _read_joined(self, text: str) -> str:
        """Read fractions, ranges, ratios, times, signs before numbers, and "per"."""
        if _COUNT.search(text) and _JOINED.search(text):
            text = self._fractions.sub(self._read_fraction, text)
            text = re.sub(_RANGE, lambda match: self._read_range(match[1], match[2]) or match[0], text)
            text = re.sub(_UNDER_A_MINUTE, self._read_seconds, text)
            for key, pattern in _TWO:
                text = self._replace_two(pattern, key, text)
        if not self.form("and"):
            return text
        return (re.sub(_AND, f" {self.form('and')} ", text) if "&" in text else text).strip()

    def _replace_two(self, pattern: str, key: str, text: str) -> str:
        """Replace the matches of a pattern with two parts by their words."""
        said = self.form(key)
        if not said:
            return text
        return re.sub(pattern, lambda match: fill(said, one=match[1], other=match[2]).lstrip(), text)

    def _read_seconds(self, match: re.Match[str]) -> str:
        return self.words.say_count("seconds", int(match[1]))

    @cached_property
    def _fractions(self) -> re.Pattern[str]:
        symbols = "|".join(_build_symbol_pattern(each) for each in self._unit_words)
        written = "|".join(key for key, _ in self.words.reading.fractions) or "(?!)"
        whole = rf"(?:(?P<whole>\d+){SPACE}?)?"
        either = rf"(?:(?<!\d)(?P<slashed>{written})|(?P<sign>[{FRACTIONS}]))"
        return re.compile(rf"{_OPEN}{whole}{either}(?![\w/]|{SPACE}?(?:{symbols})(?!\w))")

    def _read_fraction(self, match: re.Match[str]) -> str:
        part, whole = match["slashed"] or _PARTS[match["sign"]], match["whole"]
        said = dict(self.words.reading.fractions).get(part, "")
        if not whole:
            return said or match[0]
        mixed = self.form("mixed") if said else ""
        return fill(mixed, number=whole, part=self.form(f"mixed {part}") or said) or match[0]

    def _read_first(self, match: re.Match[str]) -> str:
        """Read the I of 'Warrior I' as 1; after a word that begins a clause it is the pronoun."""
        return match[0] if match["name"].lower() in self.form("begins").split() else f"{match['name']} 1"


def _scope_flag(pattern: str) -> str:
    """Return a pattern whose flag for capitals is limited to itself.

    >>> _scope_flag("(?i)approx"), _scope_flag("ca")
    ('(?i:approx)', 'ca')
    """
    return f"(?i:{pattern.removeprefix('(?i)')})" if pattern.startswith("(?i)") else pattern


def _build_symbol_pattern(symbol: str) -> str:
    """Return the pattern of a unit's symbol; with two letters or more, capitals make no difference."""
    escaped = re.escape(symbol)
    return f"(?i:{escaped})" if len(symbol) > 1 and symbol.isalpha() else escaped


def _is_decade(match: re.Match[str]) -> bool:
    """Return whether a number is a decade, as the 1990s."""
    return re.fullmatch(r"(?:19|20)\d0s", match[0]) is not None


def closes_quote(text: str, at: int) -> bool:
    """Return whether the mark at a place after a number belongs to a word or closes a quotation.

    >>> closes_quote('count to "6" now', 11), closes_quote('lift it 6" now', 9)
    (True, False)
    """
    mark, before, after = text[at], text[max(0, at - _NEAR) : at], text[at + 1 : at + 2]
    if mark not in _PRIMES:
        return False
    if after[:1].isalnum():
        return True
    quotes = '"“' if mark in {'"', "”"} else "'‘"
    return re.search(rf"(?:^|[\s(])[{quotes}][^\s\"”'’][^\"”'’]*$", before) is not None


def _parse_roman(written: str) -> int:
    """Return the value of a Roman numeral.

    >>> [_parse_roman(each) for each in ("II", "IV", "XIX")]
    [2, 4, 19]
    """
    total, last = 0, 0
    for value in (_VALUES[each] for each in reversed(written)):
        total += -value if value < last else value
        last = max(last, value)
    return total
