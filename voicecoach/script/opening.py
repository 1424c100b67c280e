"""What is said before the first exercise: a greeting, the name, what is needed, and the notice."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, assert_never

from voicecoach.core.breath import Span
from voicecoach.core.score import CueKind, Pause, Seq
from voicecoach.language import full_stop
from voicecoach.script.choices import Intro
from voicecoach.script.context import SENTENCE_GAP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.context import Context

PART_GAP = Span(rest=Fraction(2))

_ENDS = ".?!…。！？؟।۔።։။។"  # noqa: RUF001 - marks of many scripts
"""What a title may end with already."""


def write_opening(whole: Context, leading: Sequence[LoadedRoutine]) -> list[Score]:
    """Say what comes before the first exercise; ``leading`` are the routines that are played or lead to one.

    In full: the greeting, the name, what is needed and the whole notice. In short: the name, a sentence of safety.
    Where nothing else is said, a routine without includes is named by its exercise.
    """
    model, greeting = whole.routine.model, list(_greet(whole))
    said = write_sentences(_list_sentences(whole, leading), CueKind.NOTICE, whole)
    if not (said or greeting or whole.routine.included):
        return []
    whole.tally.told.add(model.title)
    return [*greeting, *write_sentences([end_sentence(model.title, model.language)], CueKind.INSTRUCTION, whole), *said]


def _list_sentences(whole: Context, leading: Sequence[LoadedRoutine]) -> list[str]:
    """Return what is said after the name."""
    match whole.choices.intro:
        case Intro.FULL:
            return [*_list_needs(whole, leading), *collect_notice(leading)]
        case Intro.SHORT:
            return _choose_safety(leading)
        case Intro.NONE:
            return []
        case _:
            assert_never(whole.choices.intro)


def collect_notice(leading: Iterable[LoadedRoutine]) -> tuple[str, ...]:
    """Return the sentences of the notices of some routines, each once."""
    return tuple(dict.fromkeys(text for part in leading for text in part.model.notice))


def _choose_safety(leading: Iterable[LoadedRoutine]) -> list[str]:
    """Return the sentence of safety of the first routine that has one: its own, or the last of its notice."""
    found = (part.model.safety or (part.model.notice[-1] if part.model.notice else "") for part in leading)
    return [next(filter(None, found), "")]


def _list_needs(whole: Context, leading: Iterable[LoadedRoutine]) -> Iterator[str]:
    """Yield the sentence that says what is needed, if anything is, and if the language has words for it."""
    needs = list(dict.fromkeys(text for part in leading for text in part.model.needs))
    if needs and "needs" in dict(whole.words.words):
        *others, last = needs
        things = whole.words.join_durations(", ".join(others), last) if others else last
        yield whole.word("needs", things=things)


def _greet(whole: Context) -> Iterator[Score]:
    """Greet the listener by name, if there is one and the routine has a place for it."""
    greeting, name = whole.routine.model.greeting, whole.choices.listener
    if greeting and name:
        yield from (whole.with_values(name=name).phrase(greeting, CueKind.NOTICE), Pause(SENTENCE_GAP))


def end_sentence(title: str, language: str) -> str:
    """End a title as a sentence, so that the voice falls at its end."""
    return title if title[-1] in _ENDS else f"{title}{full_stop(language)}"


def write_sentences(texts: Iterable[str], kind: CueKind, part: Context) -> list[Score]:
    """Say sentences one after the other, with a moment between them."""
    spoken = (part.sentence(text, kind) for text in texts if text)
    return [each for sentence in spoken if sentence != Seq() for each in (sentence, Pause(SENTENCE_GAP))]
