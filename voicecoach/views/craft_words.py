"""The words of guidance: short sentences, in the active voice, and no equipment that the opening has not named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind
from voicecoach.errors import Problem, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language

WORDS_A_SENTENCE = 16
"""The most words of a sentence."""

_WORD = re.compile(r"\w+(?:[-'\u2019]\w+)*")
_SENTENCE = re.compile(r"[^.!?…]+")


def lint_words(timeline: Timeline, words: Language) -> Iterator[Problem]:
    """Yield a problem for each sentence that is hard to follow, and for each thing that comes as a surprise."""
    passive = join_patterns(words.passive)
    for cue in timeline.cues:
        if cue.track != "voice" or cue.where is None:
            continue
        for sentence in map(str.strip, _SENTENCE.findall(cue.text)):
            if (count := count_words(sentence)) > WORDS_A_SENTENCE:
                what = f"{quote(sentence)} is a sentence of {count} words"
                yield Problem(cue.where, what, f"make two of it: {WORDS_A_SENTENCE} words are enough to follow")
            if found := passive.search(sentence):
                what = f"{quote(sentence)} is in the passive voice: {quote(found[0])}"
                yield Problem(cue.where, what, "say what to do, as 'Lift your arms'")
    yield from _find_surprises(timeline, words)


def _find_surprises(timeline: Timeline, words: Language) -> Iterator[Problem]:
    """Find equipment that is needed before, or without, the opening having said so."""
    for spoken, called in words.equipment:
        pattern = join_patterns([spoken])
        opening = " ".join(cue.text for cue in timeline.cues if cue.kind is CueKind.NOTICE and cue.where is None)
        if pattern.search(opening) or re.search(called, opening, re.IGNORECASE):
            continue
        found = _find_first(timeline.cues, pattern)
        if found and found[0].where:
            cue, thing = found
            what = f"{quote(cue.text)} speaks of {quote(thing)}, which the opening has not named"
            yield Problem(found[0].where, what, "add it to the 'needs' of the routine, which are said first")


def _find_first(cues: Iterable[Cue], pattern: re.Pattern[str]) -> tuple[Cue, str] | None:
    """Return the first cue with words of a step that a pattern finds, and these words."""
    spoken = ((cue, pattern.search(cue.text)) for cue in cues if cue.track == "voice" and cue.where)
    return next(((cue, found[0]) for cue, found in spoken if found), None)


def join_patterns(patterns: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern that finds whole words of any of some patterns; nothing without them.

    >>> join_patterns(["chairs?", "walls?"]).findall("A wall, two chairs, a wallet"), join_patterns([]).search("a wall")
    (['wall', 'chairs'], None)
    """
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns) or '(?!)'})(?!\w)", re.IGNORECASE)


def count_words(text: str) -> int:
    """Return how many words a text has.

    >>> count_words("Don't bend it half-way.")
    4
    """
    return len(_WORD.findall(text))
