"""What stands in a routine in vain: words for breaths that do not come, values that nothing takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import BaseModel

from voicecoach.core.breath import Span
from voicecoach.errors import Problem, quote
from voicecoach.routine.formula import Formula
from voicecoach.routine.model import BreathePhases, ByRound, Include, Round, block, walk
from voicecoach.routine.phase_keys import find_key, list_intervals, name_breath, read_phase_key
from voicecoach.routine.source import key_place
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.routine.values import BLANK, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.language import Language
    from voicecoach.routine.model import Model, Sheet
    from voicecoach.routine.source import Table

SILENT = {"steps", "before", "between", "pronounce", "language", "summary", "notes"}
"""Fields whose texts are not said, or by steps of their own."""

MOST_TRIED = 200_000
"""Words times breaths that are looked through, which takes some tenths of a second; the rest is skipped."""

_WORD = re.compile(r"\w+")


def unheard(sheet: Sheet, tree: Table, words: Language) -> Iterator[Problem]:
    """Yield what a routine has in vain; ``tree`` is its file, ``words`` are its language's."""
    tried = 0
    for step in walk(sheet.steps):
        if isinstance(step, BreathePhases):
            tried += _work(step)
            yield from _never_said(step) if tried <= MOST_TRIED else ()
    yield from _outside_rounds(sheet.steps)
    yield from _unused(sheet, tree)
    yield from _unpronounced(sheet, tree, words)


def _never_said(step: BreathePhases) -> Iterator[Problem]:
    """Tell of words for breaths that a step can't have, or for which there are always others."""
    counts = _counts(step)
    if not counts:
        return
    heard = set(_heard(step.spoken, counts))
    most = counts[-1]
    for key, each in step.spoken.items():
        words = each.first if isinstance(each, ByRound) else each
        if key not in heard and words.where:
            what = f"the words for {key!r} are never said in {most} {'breath' if most == 1 else 'breaths'}"
            yield Problem(words.where, what, "take them out, or write more breaths")


def _counts(step: BreathePhases) -> range:
    """Return the breaths that a step can have, where its file alone says so."""
    span, least, most = step.breathe, step.least, step.most
    if not isinstance(span, Span) or span.least or isinstance(least, Formula) or isinstance(most, Formula):
        return range(0)
    written = min(span.breaths, most or span.breaths)
    return range(min(written, least or written), max(written, most or written) + 1)


def _work(step: BreathePhases) -> int:
    """Return how much it takes to look through the breaths that a step can have."""
    counts = _counts(step)
    return counts[-1] * (len(step.spoken) + 1) if counts else 0


def _heard(spoken: Iterable[str], counts: range) -> Iterator[str]:
    """Yield the keys whose words are said, where a step has any of these numbers of breaths.

    How many there are makes a difference for the last breath alone.
    """
    spoken = set(spoken)
    phases, every = {read_phase_key(key)[0] for key in spoken}, list_intervals(spoken)
    most = counts[-1]
    before = ((number, most) for number in range(most - 1))
    last = ((count - 1, count) for count in counts if count)
    for number, count in (*before, *last):
        names = tuple(name_breath(number, count, every))
        yield from (key for phase in phases if (key := find_key(phase, names, spoken)))


def _outside_rounds(steps: Iterable[Model]) -> Iterator[Problem]:
    """Tell of steps that are kept to some rounds where there are none."""
    for step in steps:
        only = getattr(step, "only", None)
        where = getattr(step, "where", None)
        if where and only in {"first", "last", "not first", "not last"}:
            done = "never" if only.startswith("not") else "always"
            what = f"'only: {only}' stands in no rounds, so the step is {done} done"
            yield Problem(where, what, "take it out, or move the step into a 'repeat' or 'each side'")
        inner = block(step)
        if inner and not isinstance(inner, Round):
            yield from _outside_rounds(inner.steps)


def _unused(sheet: Sheet, tree: Table) -> Iterator[Problem]:
    """Tell of parameters that nothing is made of."""
    texts = [*sheet.parameters.values(), *(text for step in walk(sheet.steps) for text in _texts(step))]
    used = {name.lower() for text in texts for name in BLANK.findall(text)}
    for name in sheet.parameters:
        if name not in used | {each.removeprefix("next ") for each in used}:
            remedy = f"write {{{name}}} where it is meant, or take it out"
            yield Problem(key_place(tree, ("parameters", name)), f"the parameter {name!r} is never used", remedy)


def _unpronounced(sheet: Sheet, tree: Table, words: Language) -> Iterator[Problem]:
    """Tell of how words are said that are never said, in a routine that says all its words itself."""
    if not sheet.pronounce or any(isinstance(step, Include) for step in sheet.steps):
        return
    own = [sheet.title, *_texts(sheet), *(text for step in walk(sheet.steps) for text in _texts(step))]
    added = (*(text for _, text in words.words), *words.numbers, *(text for *_, text in words.exact))
    read = (read_aloud(text, words) for text in own)
    said = {word.casefold() for text in (*own, *read, *added) for word in _WORD.findall(text)}
    for name in sheet.pronounce:
        if not {word.casefold() for word in _WORD.findall(name)} <= said:
            what = f"{quote(name)} is never said, so how it is pronounced means nothing"
            yield Problem(key_place(tree, ("pronounce", name)), what, "write it as it stands in the steps")


def _texts(value: object) -> Iterator[str]:
    """Yield every text in a part of a file, but how words are pronounced and the steps in it, which tell their own."""
    match value:
        case str():
            yield value
        case Words(wordings=wordings):
            yield from wordings
        case Formula(text=text):
            yield text
        case dict() | tuple():
            for each in value.values() if isinstance(value, dict) else value:
                yield from _texts(each)
        case BaseModel():
            for name in {*type(value).model_fields} - SILENT:
                yield from _texts(getattr(value, name))
