"""Exercises: a routine that is played, alone or inside another one, with its own words, values and breath."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind, Paced, seq
from voicecoach.language import language
from voicecoach.routine.formulas.evaluation import measure_breath
from voicecoach.routine.library import strip_language
from voicecoach.routine.model import Include, is_collection, walk_steps
from voicecoach.routine.values import BLANK
from voicecoach.script.choices import Intro
from voicecoach.script.copying import replace
from voicecoach.script.inclusion import Inclusion
from voicecoach.script.opening import end_sentence, write_sentences
from voicecoach.script.pacing import Pacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices
    from voicecoach.script.context import Context

_ENDS = ".?!…。！？؟।۔։።។"  # noqa: RUF001 - marks of many scripts
"""What a title may end with already."""
AROUND = "around "
"""Before the name of a value: that of the routine around this one."""


def list_parts(
    routine: LoadedRoutine, names: tuple[str, ...] = (), *, optional: bool = False
) -> Iterator[tuple[tuple[str, ...], bool, LoadedRoutine]]:
    """Yield the exercises of a routine: the names of each and of what it is inside of, and if it is optional.

    A routine with steps of its own is an exercise; one made of includes is only the exercises that it includes.
    """
    if not is_collection(routine.model.steps):
        yield names or (routine.name,), optional, routine
    for step in walk_steps(routine.model.steps):
        if isinstance(step, Include):
            called = name_include(step, routine, names)
            yield from list_parts(routine.included[step.include], called, optional=optional or step.optional)


def find_played(
    routine: LoadedRoutine, choices: Choices, names: tuple[str, ...] = (), *, optional: bool = False
) -> Iterator[LoadedRoutine]:
    """Yield the exercises of a routine that are played; if an exercise is left out, so is all that it includes."""
    if not is_collection(routine.model.steps):
        if not is_wanted(names or (routine.name,), choices, optional=optional):
            return
        yield routine
    for step in walk_steps(routine.model.steps):
        if isinstance(step, Include):
            called = name_include(step, routine, names)
            yield from find_played(routine.included[step.include], choices, called, optional=optional or step.optional)


def name_include(step: Include, routine: LoadedRoutine, names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names of an include: its routine's in all languages, its own, and those of what it is inside of."""
    return (strip_language(routine.included[step.include].name), *([step.name] if step.name else []), *names)


def is_wanted(names: Iterable[str], choices: Choices, *, optional: bool) -> bool:
    """Return whether the listener leaves an exercise of these names in, or adds it if it is optional."""
    called = {name.casefold() for name in names}
    skipped, added = ({each.casefold() for each in some} for some in (choices.skipped, choices.added))
    return not called & skipped and (not optional or bool(added & {*called, "all"}))


def enter(step: Include, part: Context) -> Context:
    """Return the context of an included routine, at the place of its step."""
    routine = part.routine.included[step.include]
    return replace(
        part,
        routine=routine,
        words=language(part.words.code, routine.model.words),
        values=set_values(routine, part.choices, step.set_, part.values),
        varied={},
        again=part.again and routine.file in part.tally.begun,
        inside=Inclusion(
            name_include(step, part.routine, part.inside.names),
            part.inside.optional or step.optional,
            find_resting(part),
            step.include.where if step.set_ else None,
        ),
    )


def find_resting(part: Context) -> Context | None:
    """Return the innermost context, from here outwards, whose routine has rests between exercises."""
    return part if part.routine.model.between else part.inside.resting


def set_values(
    routine: LoadedRoutine, choices: Choices, given: Mapping[str, str], around: Mapping[str, str]
) -> dict[str, str]:
    """Return the values of a routine: its own, those that its include gives, and those that the listener sets.

    Names in a given value are those of the routine ``around``.
    """
    words = language(routine.model.language, routine.model.words)
    breathed = measure_breath((choices.breath or routine.model.breath).points[0])
    own = {**breathed, "halfway": words.word("halfway"), "last one": words.word("last")}
    outer = {f"{AROUND}{name}": _look_around(text) for name, text in around.items()} if _has_blanks(given) else {}
    return {
        **own,
        **outer,
        **routine.model.parameters,
        **{name: _look_around(text) for name, text in given.items()},
        **choices.settings,
    }


def _has_blanks(given: Mapping[str, str]) -> bool:
    return any(BLANK.search(text) for text in given.values())


def _look_around(text: str) -> str:
    """Let the names in a value be those of the routine around.

    >>> _look_around("{hold} * 2")
    '{around hold} * 2'
    """
    return BLANK.sub(lambda match: f"{{{AROUND}{match[1].lower()}}}", text)


def open_exercise(part: Context) -> Score:
    """Begin the chapter of an exercise, unless that was announced; say its title, and once its benefits and tips.

    In an exercise that is a part of one chapter, that one goes on, or begins again.
    """
    model, told = part.routine.model, part.tally.told
    part.tally.begun.add(part.routine.file)
    full = part.choices.intro is Intro.FULL
    once = [text for text in (*model.benefits, *model.tips) if full and text not in told]
    titles = [] if model.title in told else [end_sentence(model.title, model.language)]
    told.update(once)
    there = part.tally.chapter == part.marked
    return seq(
        *([] if there and (part.whole or part.tally.behind == "other") else [part.chapter()]),
        *write_sentences(titles, CueKind.INSTRUCTION, part),
        *write_sentences(once, CueKind.TIP, part),
    )


def pace_exercise(part: Context, write: Callable[[Context], Score]) -> Score:
    """Write an exercise at its own breath or the listener's; without a breath of its own, at that of a ``pace``."""
    model, listener = part.routine.model, part.choices.breath
    if part.paced and "breath" not in model.model_fields_set:
        return write(part)
    pacing = Pacing(model.breath, model.fixed)
    inner = replace(part, pace=pacing.choose(listener), written=model.breath, paced=False, emptied=())
    if pacing.yields(listener) and part.beats is part.tally.paces[0]:
        return write(inner)
    return Paced(inner.pace, write(replace(inner, beats=part.tally.begin())))
