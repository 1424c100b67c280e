"""What a step needs and makes of the body, as marks, and a session as these marks alone, which is quickly written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.core.score import Mark, Moment, Seq, seq
from voicecoach.errors import UnknownNameError
from voicecoach.routine.model import Include, find_block, list_value_words
from voicecoach.routine.phase_steps import ByRound, Named
from voicecoach.routine.postures import list_tags, read_tags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from voicecoach.core.score import Score
    from voicecoach.routine.phase_steps import Model
    from voicecoach.script.context import Context


def write_tags(step: Model, part: Context, write: Callable[[Model, Context], Score]) -> Score:
    """Write the marks of a step and of all inside it, which ``write`` writes; an include has its own in there."""
    marks = mark_tags(step, part)
    if not has_steps(step):
        return Seq(marks)
    if isinstance(step, Include):
        return write(step, part)
    return seq(*marks[:1], write(step, part), *marks[1:])


def is_unmarked(step: Model) -> bool:
    """Return whether a step has no marks, nor any inside it."""
    return not (has_steps(step) or step.needs or step.makes) if isinstance(step, Named) else True


def looks_ahead(step: Model) -> bool:
    """Return whether the marks of a step, or of those inside it, may say what comes next."""
    return has_steps(step) or any("{next " in text for part, states in list_tags(step) for text in (part, *states))


def has_steps(step: Model) -> bool:
    """Return whether a step has others inside it."""
    return isinstance(step, Include) or find_block(step) is not None


def mark_tags(step: Model, part: Context) -> tuple[Mark, ...]:
    """Return the marks of what a step needs as it begins, and of what it has made when it is over."""
    needs, makes = read_tags(step)
    if not needs and not makes:
        return ()
    said, where = _find_said(step, part) if part.tally.said else "", getattr(step, "where", None)
    made = ((name, (state,)) for name, state in makes.items())
    return (
        Mark(Moment.NEEDS, said, part.side, "", _fill(needs.items(), part), where),
        Mark(Moment.MAKES, said, part.side, "", _fill(made, part), where),
    )


def _fill(tags: Iterable[tuple[str, tuple[str, ...]]], part: Context) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Fill the names in tags; one that says what comes next is left out if nothing does."""
    found = []
    for tag in tags:
        name, states = tag
        if "{" not in name and "{" not in "".join(states):
            found.append(tag)
            continue
        filled = [_try(text, part).lower() for text in (name, *states)]
        if all(filled):
            found.append((filled[0], tuple(filled[1:])))
    return tuple(found)


def _find_said(step: Model, part: Context) -> str:
    """Return the first words of a step, in their longest wording; nothing if it has none."""
    for given in (getattr(step, "say", None), getattr(step, "spoken", None)):
        for value in given.values() if isinstance(given, dict) else (given,):
            if isinstance(value, str):
                return value
            said = value.again if isinstance(value, ByRound) and part.again else next(list_value_words(value), None)
            if said:
                return _try(said.wordings[0], part)
    return ""


def _try(text: str, part: Context) -> str:
    """Fill the names in a text; nothing if one has no value here."""
    try:
        return part.fill(text, part.side) if "{" in text else text
    except UnknownNameError:
        return ""
