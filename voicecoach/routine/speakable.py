"""Find text that a voice would read out wrongly: marks, markup, pictures, letters of another script."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from voicecoach.core.spelling import read_unit
from voicecoach.errors import quote
from voicecoach.phonemes import drop_phonemes
from voicecoach.routine.formulas.syntax import NAME
from voicecoach.routine.text_normalisation import (
    ARROWS,
    BULLETS,
    DASHES,
    FRACTIONS,
    NUMBER,
    closes_quote,
    is_unspoken,
    read_aloud,
    read_signs,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.language import Language, Pairs

Finding = tuple[str, str]
"""What is wrong, and the remedy."""

ALONE = "write words alone"
STEPS = f"{ALONE}; 'settle' and 'rest' leave time"

_LETTERS = re.compile(r"[^\W\d_]{2,}")
_READ_RIGHT = {"DEGREE SIGN", "DEGREE CELSIUS", "NUMERO SIGN", "FULLWIDTH TILDE"}
"""Signs that voices read as words in every language."""
_TAKEN = f"*@#/\\&§¶†‡{BULLETS}◦※^`"
"""Punctuation that voices read by its name."""
_DASH = f"[{DASHES}\u2212]"
_UNITS = "s|sec|secs|min|mins|h|hr|hrs|kg|g|lb|lbs|mm|cm|m|km|ft|ml|deg|degs"
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s)]+|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}\.\w[\w.]{0,64}")
"""A web or e-mail address."""

_BY_NAME = "is read out as its name, or not at all"
_STANDS = "{} is read out as it stands"
_MARKUP = (
    (r"\[[^\[\]]{0,99}\]\([^()]{0,99}\)", _STANDS, ALONE),
    (ADDRESS.pattern, "{} is an address, read out sign by sign", ALONE),
    (r"</?[A-Za-z][^<>]{0,80}>|&#?\w{1,10};|\[{1,2}[^\[\]]{0,99}\]{1,2}", _STANDS, STEPS),
    (
        r"`[^`]{0,99}`|(?<!\w)_{1,3}[^\W_][^_]{0,99}_{1,3}(?!\w)|(?<!\*)\*{1,3}\w[^*]{0,99}\*{1,3}|\*\w|\w\*|~~",
        _STANDS,
        STEPS,
    ),
    (
        rf"^#+ |^(?:[-–—*{BULLETS}◦▪▫■□●○★☆✓✔·+>»{ARROWS}]+ ?(?=[^\W\d_]))",
        "{} is the mark of a heading or a list, not words",
        "leave it out",
    ),
    (
        r"^(?:\d{1,3}[.)]|[A-Za-z]\)|\(\d{1,3}\)) (?=[^\W\d_])",
        "{} is the number of a list, and is read out",
        "leave it out, or write it in words",
    ),
    (
        rf"(?:(?:(?<!\.)\.{{3,9}}|…)\s+)+(?:\.{{3,}}|…)|(?<!\w){_DASH}{{3,}}(?!\w)|(?<!\S)(?:{_DASH}\s){{2,}}{_DASH}(?!\S)|([=_~*─━]\s?)\1{{2,}}",
        "{} is a line, not words, and makes no pause",
        "leave it out; 'settle: 10s' under the words makes one",
    ),
)
"""Patterns of text that is not speech, each with its message and remedy."""

_JOINS = (
    (r"(?:(?<=\s)|^)/(?=\w)", _STANDS, ALONE),
    (
        rf"(?<![\w.,-])\d{{4}}{_DASH}\d{{1,2}}{_DASH}\d{{1,2}}(?!\w)",
        "the dashes in the date {} are read by their name",
        "write it in words, as the first of May",
    ),
    (
        rf"(?<![\d.,])\d[\d.,]*{_DASH}\d[{DASHES}\d.,]*",
        "the dash in {} is read by its name",
        "write 4 to 6, or 4, 6",
    ),
    (r"(?<!\w)\d{1,9}/\d+", "the slash in {} is read by its name", "write it in words, as one half, or 8 of 10"),
    (r"(?<!\w)\w{1,40}/\w+", "the slash in {} is read by its name", "write 'or', 'and', or a comma"),
)

_CLOCK = (
    rf"(?<![\w.,]){NUMBER}:{NUMBER}(?::{NUMBER})?(?!\w)",
    "{} may be a length or a time of day",
    "write it in words, as ten minutes",
)

_MARK = (
    r"\[\[\s?slnc\s(?P<ms>\d{1,7})\s?\]\]|<\s?(?:break|pause|silence|wait)\b[^<>]{0,80}>"
    r"|(?<![\w/.])(?<!\w\s)/\s?\d[\d.]{0,9}\s?m?s\b"
)
_PAUSES = "pause|pausa|silence|pauze|pauza|paus|пауза|停顿|停頓|暂停|暫停|ポーズ|休止"
_AMOUNT = re.compile(r"(\d+(?:[.,]\d+)?)[\s-]*(ms|[^\W\d_]+)?", re.IGNORECASE)
_SCALE = {"m": 60, "h": 3600}


_SUSPECT = re.compile(
    rf"[^\w\s,;!?'’…“”„«»¡¿.-]|[\d_{FRACTIONS}²³]|[.…]\s?[.…]|--|- -|\b(?:[Ll]i|[Rr]e|[Bb]ds)\.|^[-.]"
    r"|\b(?![AI]\b)[A-Z]{1,5}\b|www\.|\b(?:[LlRr]t|[Bb]ilat)\b"
)
"""A cheap pattern that every finding contains. Most texts do not, so the other patterns are not even compiled."""
_MARKS = re.compile(r"[\[<(（【*_]|/\s?\d")
"""What every mark for a pause contains: the pattern of all of them takes long to compile."""


def _check_read(said: str, words: Language, written: str = "") -> Iterator[Finding]:
    """Report the parts that a voice would read wrongly in a text whose signs are already in words.

    They are quoted as they are in ``written``, the author's text.
    """
    said = drop_phonemes(said)
    yield from _find_unread(said, words, written or said)
    if said.isascii() and words.word("calibration").isascii():
        return
    own = _list_scripts(words.word("calibration"))
    if found := next(
        (each for each in _LETTERS.finditer(NAME.sub(" ", said)) if not _list_scripts(each[0]) <= own), None
    ):
        what = f"{quote(found[0])} is in letters that a voice for {words.name} spells out, or skips"
        yield what, "write it as it sounds, or choose the routine's 'language'"


def check_written(wording: str, words: Language, pronounced: Pairs = ()) -> Iterator[Finding]:
    """Report the parts of a written wording that a voice would read wrongly, except marks for pauses."""
    if (plain := drop_phonemes(wording)) != wording:
        yield f"the phonemes in {quote(wording)} are in the captions as well", "write them under 'pronounce'"
        wording = plain
    if _MARKS.search(wording):
        wording = _build_pause_pattern(words).sub(" ", wording)
    yield from _check_read(read_signs(wording, words, pronounced), words, wording)


def check_spoken(text: str, said: str, words: Language) -> Iterator[Finding]:
    """Report the parts that a voice would read wrongly in a text that is given to it as ``said``."""
    if read_aloud(text, words) != said:
        yield from _check_read(said, words)
        return
    if found := find_pause_mark(text, words):
        yield f"{quote(found[0])} is read out, and makes no pause", f"write 'settle: {found[1]}' under the words"
    yield from check_written(text, words)


def find_pause_mark(wording: str, words: Language) -> tuple[str, str] | None:
    """Return a mark for a pause, which a voice would read out, and its length as written in a routine; or None.

    >>> from voicecoach.language import language
    >>> find_pause_mark("Let go. [pause 10 s]", language("en"))
    ('[pause 10 s]', '10s')
    >>> find_pause_mark("Let go (pause if you like).", language("en"))
    """
    found = _build_pause_pattern(words).search(wording) if _MARKS.search(wording) else None
    if found is None:
        return None
    if found["ms"]:
        return found[0], f"{int(found['ms']) / 1000:g}s"
    return found[0], _read_length(found[0], words)


def _read_length(mark: str, words: Language) -> str:
    """Return the length in a mark for a pause, as it is written in a routine."""
    for number, word in enumerate(words.numbers):
        mark = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", str(number), mark, flags=re.IGNORECASE)
    amount = _AMOUNT.search(mark)
    if amount is None:
        return "10s"
    length, word = float(amount[1].replace(",", ".")), (amount[2] or "s").casefold()
    kind = read_unit(word)
    if kind == "breaths":
        return f"{max(round(length), 1)} breaths"
    thousandth = word == "ms" or re.search(r"\bmsec=", mark) is not None
    return f"{length / 1000 if thousandth else length * _SCALE.get(kind, 1):g}s"


@lru_cache(maxsize=16)
def _build_pause_pattern(words: Language) -> re.Pattern[str]:
    number = rf"(?:\d[\d.,]{{0,9}}|{'|'.join(map(re.escape, words.numbers)) or '(?!)'})"
    unit_ = r"[\s-]?[^\W\d_]{1,20}\.?"
    name = rf"(?:{words.reading.form('pauses') or _PAUSES})"
    pause = rf"(?:{name}(?:[\s:,]{{0,2}}{number}(?:{unit_})?)?|{number}{unit_}(?:\s(?:de|of))?\s?{name})"
    inside = rf"(?:{pause}|{number}\s?(?:s|sec|secs|min)\.?)\s?[.…]{{0,3}}\s?"
    in_round = rf"[(（【]\s?{pause}\s?[.…]{{0,3}}\s?[)）】]"
    marked = rf"\*{{1,2}}{pause}\*{{1,2}}|(?<!\w)_{{1,2}}{pause}_{{1,2}}(?!\w)"
    return re.compile(rf"{_MARK}|\[{{1,2}}\s?{inside}\]{{1,2}}|<\s?{inside}>|{marked}|{in_round}", re.IGNORECASE)


def _find_unread(said: str, words: Language, written: str) -> Iterator[Finding]:
    """Report marks that a voice reads by their names, and short forms that it spells out."""
    if not _SUSPECT.search(said):
        return
    for pattern, what, remedy in _list_patterns(words):
        if found := pattern.search(said):
            yield what.format(_quote_written(found, written, words)), remedy
            said = pattern.sub(" ", said)
    spelled = (each for each in _build_unit_pattern(words).finditer(said) if not closes_quote(said, each.end() - 1))
    if found := next(spelled, None):
        yield f"{_quote_written(found, written, words)} is spelled out", "write the unit in words"
    if picture := next((each for each in said if _is_sign(each)), None):
        how = "is not read out: it makes a pause, or nothing" if is_unspoken(picture) else _BY_NAME
        yield f"{picture} {how}", ALONE


def _quote_written(found: re.Match[str], written: str, words: Language) -> str:
    """Quote what was found in a text with its signs in words, as the author wrote it."""
    text = found[0].strip()
    if text not in written:
        there = (each[0] for each in found.re.finditer(written))
        text = next((each.strip() for each in there if found.re.search(read_signs(each, words))), text)
    return quote(text)


@lru_cache(maxsize=16)
def _list_patterns(words: Language) -> tuple[tuple[re.Pattern[str], str, str], ...]:
    """Return the patterns of text that a voice reads out wrongly, each with its message and remedy."""
    speakers = words.reading.form("speakers") or "(?!)"
    labels = rf"(?i:^(?:{speakers})(?: \d+)?:)"
    means = "{} has no single reading"
    instead = [(pattern, means, f"write {quote(meant)}") for pattern, meant in words.reading.instead]
    clock = [_CLOCK] if words.reading.forms else []
    kinds = ((labels, _STANDS, "leave out who speaks"), *_MARKUP, *instead, *_JOINS, *clock)
    return tuple((re.compile(pattern), what, remedy) for pattern, what, remedy in kinds)


@lru_cache(maxsize=16)
def _build_unit_pattern(words: Language) -> re.Pattern[str]:
    """Return the pattern of numbers with units or other letters that are not read as words."""
    ordinals = words.reading.form("ordinals")
    units = "|".join([_UNITS, *(re.escape(each) for symbols, _ in words.reading.units for each in symbols.split())])
    joined = r"|\d{1,9}[^\W\d_]{1,4}\d*" if ordinals else ""
    left = f"|[{FRACTIONS}]|m[²³]" if ordinals else ""
    primes = rf"{NUMBER}['′]\d+[\"″]"
    found = rf"(?:{primes}|{NUMBER} ?(?:{units}){joined})(?!\w|['’]\w)"
    return re.compile(rf"(?<![\w.,])(?!(?:{ordinals or '(?!)'})(?!\w)){found}|(?<!\w)(?:km/h|[x×]\d+)(?!\w){left}")


def _is_sign(character: str) -> bool:
    """Return whether a voice reads a character by its name: a picture, an arrow, a sign of mathematics."""
    if character in _TAKEN:
        return True
    kind = unicodedata.category(character)
    return kind in {"So", "Sm", "Co"} and unicodedata.name(character, "") not in _READ_RIGHT


def _list_scripts(text: str) -> set[str]:
    """Return the scripts of a text's letters; those of Japanese and Chinese count as one."""
    letters = (each for each in text if each.isalpha() and unicodedata.category(each) != "Lm")
    found = {unicodedata.name(each, "").split(" ", 1)[0].split("-", 1)[0] for each in letters}
    return {"CJK" if each in {"HIRAGANA", "KATAKANA"} else each for each in found}
