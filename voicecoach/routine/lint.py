"""Warnings about a routine: parts that are allowed but unwise, or that have no effect."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from pydantic import BaseModel

from voicecoach.core.breath import Span
from voicecoach.errors import Problem, Where, find_close, quote
from voicecoach.language import language
from voicecoach.phonemes import find_unknown
from voicecoach.routine.bare_numbers import find_bare_numbers
from voicecoach.routine.checks import list_formulas, list_spoken
from voicecoach.routine.formulas.evaluation import BREATH_NAMES, Formula
from voicecoach.routine.formulas.syntax import Quantity
from voicecoach.routine.includes import is_own
from voicecoach.routine.keys import AROUND, line_up
from voicecoach.routine.limits import list_defaults, list_limits
from voicecoach.routine.model import Include, Round, find_block, list_value_words, list_words, walk_steps
from voicecoach.routine.phase_steps import (
    PHASE_KEY,
    BreathePhases,
    Groups,
    Moves,
    find_key,
    name_breath,
    read_phase_key,
)
from voicecoach.routine.sidedness import lint_sides
from voicecoach.routine.source import Text, find_key_place, list_texts, walk_tables
from voicecoach.routine.speakable import ADDRESS, check_written
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.routine.values import BLANK, Words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from voicecoach.language import Language
    from voicecoach.routine.model import RoutineModel
    from voicecoach.routine.phase_steps import Model
    from voicecoach.routine.source import Table
    from voicecoach.routine.speakable import Finding

UNSPOKEN = {"language", "notes", "breath", "parameters", "pronounce", "include", "sound", "vary", "use", "set"}
UNSPOKEN |= {"level", "position", "area", "needs", "makes"}
"""Keys whose values are not sentences."""

SILENT = {"steps", *(key.replace(" ", "_") for key in AROUND), "pronounce", "language", "summary", "notes"}
SILENT |= {"level", "position", "area"}
"""Fields whose texts are not spoken, or are spoken by other steps."""

MOST_TRIED = 200_000
"""The most combinations of words and breaths that are tried, which takes some tenths of a second."""

MOST_READ = 30_000
"""The most characters that are checked, which takes a second: some hours of talk."""

_UNSPACED = re.compile(r"(?<=[^\W\d_]{2})[.,;:!?…]+(?=[^\W\d_]{2})")
_CAMEL = re.compile(r"(?<=[^\W\d_]{2})(?=[^\W\d_]{2})")
_BRACE = re.compile(r"(\w)\{|\}(\w)\w{2}")
_JOINING = ("CJK", "HIRAGANA", "KATAKANA", "BOPOMOFO", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN", "HEBREW", "ARABIC")
"""Scripts without spaces between words, or with short words joined to the next one."""
_SIGN = re.compile(r"([$%@#]+)\{[^{}]+\}")
"""A sign before a name in braces, as other tools have it."""
_OTHER_BRACES = re.compile(r"\[([^\[\]]+)\]|<([^<>]+)>|%([^%]+)%")
"""A name in the brackets of other tools."""
_TWICE = re.compile(r"\b([^\W\d_]{2,}) \1\b", re.IGNORECASE)
_WORD = re.compile(r"\w+")


def lint_routine(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Yield the warnings about a routine; ``tree`` is the parse tree of its file."""
    words = language(model.language, model.words)
    every = list(list_texts(tree, UNSPOKEN))
    looked_at, left = _limit_texts(every)
    if left:
        what = f"the words from here on are not checked: they come after {MOST_READ:,} characters"
        yield Problem(left.where, what, "put them into a routine of their own")
    for text in looked_at:
        wordings = (" ".join(wording.split()) for wording in text.split("|"))
        findings = chain.from_iterable(_check_spelling(wording, words) for wording in wordings)
        yield from (Problem(text.where, *each) for each in dict.fromkeys(findings))
    yield from _find_swallowed(every)
    yield from _find_empty(tree)
    braces = dict(_find_other_braces(looked_at, {*model.parameters, *(model.sides.left if model.sides else ())}))
    yield from braces.values()
    pronounced = tuple(model.pronounce.items())
    for where, spoken in list_spoken(model, tree):
        if left and (where.line, where.column) >= (left.where.line, left.where.column):
            continue
        if where in braces:
            continue
        found = chain.from_iterable(check_written(wording, words, pronounced) for wording in spoken)
        yield from (Problem(where, *each) for each in dict.fromkeys(found))
    values, known = list_defaults(model), dict[str, Quantity]()
    for step in walk_steps(model.steps):
        over = (found.explain_excess() for found in list_limits(step, values, known))
        yield from (Problem(_find_step(step, tree), *each) for each in over if each)
    yield from _find_unused(model, tree, words)
    yield from _find_unknown_phonemes(model, tree)
    yield from find_bare_numbers(model, tree)
    yield from lint_sides(model, tree, words)


def _find_swallowed(texts: Iterable[Text]) -> Iterator[Problem]:
    """Report items of lists that YAML adds to the text above them because a dash is in the wrong column."""
    for text in texts:
        dash: Where | None = getattr(text, "dash", None)
        if dash is None:
            continue
        column = text.where.column - 2
        if dash.column > column > 0:
            what = "this line belongs to the text above it, and its dash is read out"
            yield Problem(dash, what, line_up(column))
        else:
            remedy = f"write '- ' before it, with the dash in column {dash.column}"
            yield Problem(text.where, "there is no dash before this text", remedy)


def _find_empty(tree: Table) -> Iterator[Problem]:
    """Report keys without a value, which have no effect."""
    for table in walk_tables(tree):
        for key, value in table.items():
            if value is None and isinstance(key, Text):
                yield Problem(
                    key.where, f"{quote(key)} has no value and changes nothing", "write one, or take the key out"
                )


def _find_other_braces(texts: Iterable[Text], names: Collection[str]) -> Iterator[tuple[Where, Problem]]:
    """Report names of the routine in the brackets of another tool, with their places."""
    for text in texts:
        found = next(
            (each for each in _OTHER_BRACES.finditer(text) if (each[1] or each[2] or each[3]).lower() in names), None
        )
        if found:
            name = found[1] or found[2] or found[3]
            yield text.where, Problem(text.where, f"{quote(found[0])} is read out as it stands", f"write {{{name}}}")


def _limit_texts(every: list[Text]) -> tuple[list[Text], Text | None]:
    """Return the texts to check, in the order of the file, and the first one that is left out."""
    ends = accumulate(len(text) for text in every)
    count = next((number for number, end in enumerate(ends) if end > MOST_READ), len(every))
    return every[:count], every[count] if count < len(every) else None


def _find_step(step: Model, tree: Table) -> Where:
    return getattr(step, "where", None) or tree.where


def _check_spelling(wording: str, words: Language) -> Iterator[Finding]:
    """Yield the slips of spelling that a voice would stumble over."""
    wording = ADDRESS.sub(" ", wording)
    if found := _UNSPACED.search(wording):
        yield f"there is no space after {quote(found[0])} in {_quote_around(wording, found)}", "add one"
    if found := next((each for each in _CAMEL.finditer(wording) if _changes_case(wording, each.start())), None):
        yield f"two words are joined in {_quote_around(wording, found)}", "put a space between them"
    if words.heads:
        joined = _build_joined_pattern(words.heads).finditer(BLANK.sub(" ", wording))
        yield from ((f"two words are joined in {quote(each[0])}", "put a space between them") for each in joined)
    if found := next((each for each in _BRACE.finditer(wording) if not _is_joining(each[1] or each[2])), None):
        yield f"a word is joined to braces in {_quote_around(wording, found)}", "put a space between them"
    if found := _SIGN.search(wording):
        yield f"{quote(found[1])} before braces is read out", "take it out"
    if (found := _TWICE.search(wording)) and found[1].lower() not in words.twice:
        yield f"{quote(found[1])} is here twice in a row", "take one out"
    for pattern, meant in words.slips:
        if found := re.search(pattern, wording, re.IGNORECASE):
            yield f"{_quote_around(wording, found)} may be a slip", f"is {quote(meant)} meant?"


@cache
def _build_joined_pattern(heads: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a word that is probably two words without a space."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(heads)})[^\W\d_]{{3,}}", re.IGNORECASE)


def _is_joining(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith(_JOINING)


def _changes_case(wording: str, at: int) -> bool:
    return wording[at - 2 : at].islower() and wording[at].isupper() and wording[at + 1].islower()


def _quote_around(wording: str, found: re.Match[str]) -> str:
    """Quote a match with the rest of its words."""
    start = wording.rfind(" ", 0, found.start() + 1) + 1
    end = wording.find(" ", found.end())
    return quote(wording[start : end if end >= 0 else None])


def _find_unused(model: RoutineModel, tree: Table, words: Language) -> Iterator[Problem]:
    """Report parts of a routine without effect; ``words`` are those of its language."""
    tried = 0
    for step in walk_steps(model.steps):
        if isinstance(step, BreathePhases | Moves):
            tried += _count_tries(step)
            yield from _find_unsaid(step) if tried <= MOST_TRIED else ()
    yield from _find_outside_rounds(model.steps)
    yield from _find_unused_parameters(model, tree)
    yield from _find_unused_pronunciations(model, tree, words)


def _find_unsaid(step: BreathePhases | Moves) -> Iterator[Problem]:
    """Report words for breaths or moves that a step never has, or that other words always replace."""
    counts, one = _list_counts(step), "move" if isinstance(step, Moves) else "breath"
    if not counts:
        return
    most = counts[-1]
    tables: tuple[Mapping[str, object], ...] = (step.spoken, step.at)
    for keys in filter(None, tables):
        heard = set(list_heard_keys(keys, counts, step.pattern))
        for key, each in keys.items():
            where = next((words.where for words in list_value_words(each)), None)
            if key not in heard and where:
                what = f"the words for {key!r} are never said in {most} {one if most == 1 else one + 's'}"
                yield Problem(where, what, f"take them out, or write more {one}s")


def _list_counts(step: BreathePhases | Moves) -> range:
    """Return the possible numbers of breaths or moves; an empty range if the file alone does not say."""
    count, least, most = step.move if isinstance(step, Moves) else step.breathe, step.least, step.most
    count = count.breaths if isinstance(count, Span) and not count.least else count
    if not isinstance(count, int) or isinstance(least, Formula) or isinstance(most, Formula):
        return range(0)
    written = min(count, most or count)
    return range(min(written, least or written), max(written, most or written) + 1)


def _count_tries(step: BreathePhases | Moves) -> int:
    """Return the number of combinations of words and breaths or moves of a step."""
    counts = _list_counts(step)
    more = len(counts) * (Groups.of(step.spoken).reach - 1)
    return (counts[-1] + more) * (len(step.spoken) + 1) if counts else 0


def list_heard_keys(spoken: Iterable[str], counts: range, pattern: re.Pattern[str] = PHASE_KEY) -> Iterator[str]:
    """Yield the keys whose words are spoken if a step has any of these numbers of breaths.

    The number of breaths only makes a difference for the last one, and for those that keys count from the end.
    """
    spoken = set(spoken)
    phases, groups = {read_phase_key(key, pattern)[0] for key in spoken}, Groups.of(spoken)
    most = counts[-1]
    before = ((number, most) for number in range(most - 1))
    last = ((number, count) for count in counts for number in range(max(count - groups.reach, 0), count))
    for number, count in (*before, *last):
        names = tuple(name_breath(number, count, groups))
        yield from (key for phase in phases if (key := find_key(phase, names, spoken)))


def _find_outside_rounds(steps: Iterable[Model]) -> Iterator[Problem]:
    """Report steps that are for some rounds but are not in rounds."""
    for step in steps:
        only = getattr(step, "only", None)
        where = getattr(step, "where", None)
        if where and only in {"first", "last", "not first", "not last"}:
            done = "never" if only.startswith("not") else "always"
            what = f"'only: {only}' is not in any rounds, so the step is {done} done"
            yield Problem(where, what, "take it out, or move the step into a 'repeat' or 'each side'")
        inner = find_block(step)
        if inner and not isinstance(inner, Round):
            yield from _find_outside_rounds(inner.steps)


def _find_unused_parameters(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report parameters that are never used."""
    texts = [
        *model.parameters.values(),
        *(text for step in walk_steps(model.steps) for text in _list_field_texts(step)),
    ]
    used = {name.lower() for text in texts for name in BLANK.findall(text)}
    free = (used & {*BREATH_NAMES}) - {*model.parameters}
    for name in model.parameters:
        if name in used | {each.removeprefix("next ") for each in used}:
            continue
        if meant := find_close(name, sorted(free), 1):
            where = _find_use(model, meant[0]) or find_key_place(tree, ("parameters", name))
            what = f"{{{meant[0]}}} is that of the listener's breath, and the parameter {name!r} is never used"
            yield Problem(where, what, f"did you mean {{{name}}}?")
        else:
            remedy = f"write {{{name}}} where you need it, or take it out"
            yield Problem(find_key_place(tree, ("parameters", name)), f"the parameter {name!r} is never used", remedy)


def _find_use(model: RoutineModel, name: str) -> Where | None:
    """Return the first place where a name in braces is used in the steps."""
    for step in walk_steps(model.steps):
        used = [(words.where, words.blanks()) for words in list_words(step)]
        used += [(formula.where, formula.names()) for formula in list_formulas(step)]
        if found := next((where for where, names in used if where and name in names), None):
            return found
    return None


def _find_unused_pronunciations(model: RoutineModel, tree: Table, words: Language) -> Iterator[Problem]:
    """Report pronunciations of words that are never spoken, unless there are includes."""
    if not model.pronounce or any(isinstance(step, Include) for step in model.steps):
        return
    own = [
        model.title,
        *_list_field_texts(model),
        *(text for step in walk_steps(model.steps) for text in _list_field_texts(step)),
    ]
    added = (*(text for _, text in words.words), *words.numbers, *(text for *_, text in words.exact))
    read = (read_aloud(text, words) for text in own)
    spoken = {word.casefold() for text in (*own, *read, *added) for word in _WORD.findall(text)}
    for name in model.pronounce:
        if not is_own(tree, find_key_place(tree, ("pronounce", name))):
            continue
        if not {word.casefold() for word in _WORD.findall(name)} <= spoken:
            what = f"{quote(name)} is never said, so its pronunciation has no effect"
            yield Problem(find_key_place(tree, ("pronounce", name)), what, "write it as it stands in the steps")


def _find_unknown_phonemes(model: RoutineModel, tree: Table) -> Iterator[Problem]:
    """Report pronunciations in slashes that are not phonetic letters."""
    for name, sound in model.pronounce.items():
        if sign := find_unknown(sound):
            what = f"{quote(sign)} in the sound of {quote(name)} is not a letter of the phonetic alphabet (IPA)"
            remedy = "write the sound as in /təˈdɑːsənə/, or without slashes as in tah-DAH-sah-nah"
            yield Problem(find_key_place(tree, ("pronounce", name)), what, remedy)


def _list_field_texts(value: object) -> Iterator[str]:
    """Yield every spoken text in a part of a file, without the steps in it."""
    match value:
        case str():
            yield value
        case Words(wordings=wordings):
            yield from wordings
        case Formula(text=text):
            yield text
        case dict() | tuple():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _list_field_texts(each)
        case BaseModel():
            for name in {*type(value).model_fields} - SILENT:
                yield from _list_field_texts(getattr(value, name))
