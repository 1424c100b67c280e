"""What a routine may say or do, and had better not: told to its author as warnings."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from voicecoach.errors import Problem, Where, quote
from voicecoach.language import language
from voicecoach.routine.bare_numbers import find_bare_numbers
from voicecoach.routine.checks import spoken_texts
from voicecoach.routine.formula import Quantity
from voicecoach.routine.keys import line_up
from voicecoach.routine.limits import bounded, defaults
from voicecoach.routine.model import EachSide, around, block, said, walk
from voicecoach.routine.sidedness import find_written_out
from voicecoach.routine.source import Text, list_texts, place, walk_tables
from voicecoach.routine.speakable import ADDRESS, check_written
from voicecoach.routine.unused import unheard
from voicecoach.routine.values import BLANK

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from voicecoach.language import Language
    from voicecoach.routine.model import Model, Sheet, Sides
    from voicecoach.routine.source import Table

Advice = tuple[str, str]
"""What is odd, and what would mend it."""

UNSPOKEN = {"language", "notes", "breath", "parameters", "pronounce", "include", "sound", "vary"}
"""Keys whose values are not sentences."""

MOST_READ = 30_000
"""Characters that are looked over, which takes a second: some hours of talk."""

STEM = 4
"""Letters that the forms of a side's word have in common: `link` of `links`, `linke`, `linken`."""

_UNSPACED = re.compile(r"(?<=[^\W\d_]{2})[.,;:!?…]+(?=[^\W\d_]{2})")
_CAMEL = re.compile(r"(?<=[^\W\d_]{2})(?=[^\W\d_]{2})")
_BRACE = re.compile(r"(\w)\{|\}(\w)\w{2}")
_JOINING = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "HEBREW", "ARABIC")
"""Scripts that put no space between words, or join a word such as "to" to the next one."""
_SIGN = re.compile(r"([$%@#]+)\{[^{}]+\}")
"""A sign that other tools write before a name in braces."""
_OTHER_BRACES = re.compile(r"\[([^\[\]]+)\]|<([^<>]+)>|%([^%]+)%")
"""What other tools write a name in."""
_TWICE = re.compile(r"\b([^\W\d_]{2,}) \1\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def advised(sheet: Sheet, tree: Table) -> Iterator[Problem]:
    """Yield what is unwise in a routine's words; ``tree`` is its file."""
    words = language(sheet.language, sheet.words)
    every = list(list_texts(tree, UNSPOKEN))
    looked_at, left = _some(every)
    if left:
        what = f"the words from here on are not looked over: they come after {MOST_READ:,} characters"
        yield Problem(left.where, what, "look them over in a routine of their own")
    for text in looked_at:
        wordings = (" ".join(wording.split()) for wording in text.split("|"))
        told = chain.from_iterable(_spelling(wording, words) for wording in wordings)
        yield from (Problem(text.where, *each) for each in dict.fromkeys(told))
    yield from _find_swallowed(every)
    yield from _find_empty(tree)
    braces = dict(_find_other_braces(looked_at, {*sheet.parameters, *(sheet.sides.left if sheet.sides else ())}))
    yield from braces.values()
    pronounced = tuple(sheet.pronounce.items())
    for where, spoken in spoken_texts(sheet, tree):
        if left and (where.line, where.column) >= (left.where.line, left.where.column):
            continue
        if where in braces:
            continue
        found = chain.from_iterable(check_written(wording, words, pronounced) for wording in spoken)
        yield from (Problem(where, *each) for each in dict.fromkeys(found))
    values, known = defaults(sheet), dict[str, Quantity]()
    for step in walk(sheet.steps):
        over = (found.exceeded() for found in bounded(step, values, known))
        yield from (Problem(_place(step, tree), *each) for each in over if each)
    yield from unheard(sheet, tree, words)
    yield from find_bare_numbers(sheet, tree)
    if sheet.sides:
        yield from _alike(sheet.sides, tree)
        refused = {each.where for each in find_written_out(sheet)}
        yield from (each for each in _one_sided(sheet, sheet.sides, words) if each.where not in refused)
        yield from _around_turns(sheet, sheet.sides)


def _find_swallowed(texts: Iterable[Text]) -> Iterator[Problem]:
    """Yield items of lists that belong to the text above them, since their dash or its own stands in a wrong column."""
    for text in texts:
        dash: Where | None = getattr(text, "dash", None)
        if dash is None:
            continue
        column = text.where.column - 2
        if dash.column > column > 0:
            what = "this line belongs to the text above it, and its dash is read out"
            yield Problem(dash, what, line_up(column))
        else:
            mend = f"write '- ' before it, with the dash in column {dash.column}"
            yield Problem(text.where, "there is no dash before this text", mend)


def _find_empty(tree: Table) -> Iterator[Problem]:
    """Yield keys without a value, which change nothing."""
    for table in walk_tables(tree):
        for key, value in table.items():
            if value is None and isinstance(key, Text):
                yield Problem(
                    key.where, f"{quote(key)} has no value and changes nothing", "write one, or take the key out"
                )


def _find_other_braces(texts: Iterable[Text], names: Collection[str]) -> Iterator[tuple[Where, Problem]]:
    """Yield names of the routine that stand in the braces of another tool, with their places."""
    for text in texts:
        found = next(
            (each for each in _OTHER_BRACES.finditer(text) if (each[1] or each[2] or each[3]).lower() in names), None
        )
        if found:
            name = found[1] or found[2] or found[3]
            yield text.where, Problem(text.where, f"{quote(found[0])} is read out as it stands", f"write {{{name}}}")


def _some(every: list[Text]) -> tuple[list[Text], Text | None]:
    """Return the texts that are looked over, in the order of the file, and the first that is not."""
    ends = accumulate(len(text) for text in every)
    count = next((number for number, end in enumerate(ends) if end > MOST_READ), len(every))
    return every[:count], every[count] if count < len(every) else None


def _place(step: Model, tree: Table) -> Where:
    return getattr(step, "where", None) or tree.where


def _spelling(wording: str, words: Language) -> Iterator[Advice]:
    """Tell of what a voice would stumble on."""
    wording = ADDRESS.sub(" ", wording)
    if found := _UNSPACED.search(wording):
        yield f"there is no space after {quote(found[0])} in {_around(wording, found)}", "add one"
    if found := next((each for each in _CAMEL.finditer(wording) if _changes_case(wording, each.start())), None):
        yield f"two words are joined in {_around(wording, found)}", "part them"
    if words.heads:
        joined = _joined(words.heads).finditer(BLANK.sub(" ", wording))
        yield from ((f"two words are joined in {quote(each[0])}", "part them") for each in joined)
    if found := next((each for each in _BRACE.finditer(wording) if not _is_joining(each[1] or each[2])), None):
        yield f"a word is joined to braces in {_around(wording, found)}", "put a space between them"
    if found := _SIGN.search(wording):
        yield f"{quote(found[1])} before braces is read out", "take it out"
    if (found := _TWICE.search(wording)) and found[1].lower() not in words.twice:
        yield f"{quote(found[1])} stands twice in a row", "take one out"
    for pattern, meant in words.slips:
        if found := re.search(pattern, wording, re.IGNORECASE):
            yield f"{_around(wording, found)} may be a slip", f"is {quote(meant)} meant?"


@cache
def _joined(heads: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of words that begin as two joined ones do."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(heads)})[^\W\d_]{{3,}}", re.IGNORECASE)


def _is_joining(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_JOINING)


def _changes_case(wording: str, at: int) -> bool:
    return wording[at - 2 : at].islower() and wording[at].isupper() and wording[at + 1].islower()


def _around(wording: str, found: re.Match[str]) -> str:
    """Quote a match with the words it stands in."""
    start = wording.rfind(" ", 0, found.start() + 1) + 1
    end = wording.find(" ", found.end())
    return quote(wording[start : end if end >= 0 else None])


def _alike(sides: Sides, tree: Table) -> Iterator[Problem]:
    for name in sides.left:
        if sides.left[name].casefold() == sides.right[name].casefold():
            where = place(tree, ("sides", "right", name))
            what = f"{name!r} is {quote(sides.right[name])} on both sides"
            yield Problem(where, what, "write the other side's word, or the word itself in the steps")


def _one_sided(sheet: Sheet, sides: Sides, words: Language) -> Iterator[Problem]:
    """Tell of one side's words that are written out where both sides hear them."""
    nouns = {noun.casefold(): name for name, noun in sides.left.items() if noun != sides.right[name]}
    nouns |= {noun.casefold(): name for name, noun in sides.right.items() if noun.casefold() not in nouns}
    longest_first = sorted(nouns, key=len, reverse=True)
    lone = _side_words(sides, words)
    meaning_else = re.compile("|".join(words.sided.idioms) if words.sided and words.sided.idioms else "(?!)")
    for step in _in_turns(sheet.steps):
        for text in said(step):
            bare = [meaning_else.sub(" ", BLANK.sub(" ", wording).casefold()) for wording in text.wordings]
            found = next((noun for noun in longest_first if any(_has(each, noun) for each in bare)), None)
            alone = next((word for each in bare for word in _WORD.findall(each) if word in lone), None)
            if text.where and (found or alone):
                remedy = f"write {{{nouns[found]}}}" if found else "give the sides a name for it under 'sides'"
                yield Problem(text.where, f"both sides hear {quote(found or alone)} here", remedy)


def _around_turns(sheet: Sheet, sides: Sides) -> Iterator[Problem]:
    """Report words of one side outside the turns: they are wrong for whoever begins with the other side."""
    steps = list(walk(sheet.steps))
    turns = {id(step) for step in _in_turns(sheet.steps, every=True)}
    if not turns:
        return
    pairs = [(sides.left[name], sides.right[name]) for name in sides.left if sides.left[name] != sides.right[name]]
    nouns = {noun.casefold() for pair in pairs for noun in pair}
    for step in (each for each in steps if id(each) not in turns and not _of_one_side(each)):
        for text in said(step):
            bare = [BLANK.sub(" ", wording).casefold() for wording in text.wordings]
            heard = {noun for noun in nouns if any(_has(each, noun) for each in bare)}
            if text.where and len(heard) == 1:  # of two, either may come first
                noun = quote(heard.pop())
                told = f"{noun} is wrong here for whoever begins with the other side, or plays one side alone"
                yield Problem(text.where, told, "say it within the 'each side', or leave the side out")


def _has(text: str, phrase: str) -> bool:
    return phrase in text and re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None


def _side_words(sides: Sides, words: Language) -> set[str]:
    """Return the words for the sides themselves, in the forms that the nouns have them in."""
    stems = tuple(words.word(side)[:STEM].casefold() for side in ("left", "right"))
    nouns = (*sides.left.values(), *sides.right.values())
    return {word for noun in nouns for word in _WORD.findall(noun.casefold()) if word.startswith(stems)}


def _in_turns(steps: Iterable[Model], *, every: bool = False) -> Iterator[Model]:
    """Yield the steps that are done for each side, but those that are for one side alone; or ``every`` one."""
    for step in steps:
        inner = block(step)
        if isinstance(step, EachSide):
            turn = (*around(step.each_side), *walk(step.each_side.steps))
            yield from (each for each in turn if every or not _of_one_side(each))
        elif inner:
            yield from _in_turns(inner.steps, every=every)


def _of_one_side(step: Model) -> bool:
    return bool(getattr(step, "side", None)) or getattr(step, "only", None) in {"left", "right"}
