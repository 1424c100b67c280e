"""What to add to a session or leave out of it, so that it comes nearer to a length that it can't have as it is."""

from __future__ import annotations

import shlex
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voicecoach.script.choices import Intro
from voicecoach.script.exercises import is_wanted, list_parts
from voicecoach.script.fit import NEVER, LengthError, fit_length, prepare_attempt, write_length

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.core.timeline import Measure
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices

    Part = tuple[tuple[str, ...], bool, LoadedRoutine]


@dataclass(frozen=True, slots=True)
class Step:
    """One option more for a session, or one less.

    Attributes:
        option: The option, as it is typed.
        choices: The listener's choices then.
        added: Whether the option is added.
        whole: Whether it is a part of the session; another one is only named if the length is reached with it.
    """

    option: str
    choices: Choices
    added: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Nearer:
    """Options that bring a session nearer to a length.

    Attributes:
        steps: The options, in the order in which they were found.
        seconds: How long the session can be then.
        reached: Whether that is the length that was asked for.
    """

    steps: tuple[Step, ...]
    seconds: Fraction
    reached: bool

    @property
    def choices(self) -> Choices:
        """The listener's choices with all options."""
        return self.steps[-1].choices

    def __str__(self) -> str:
        """Say it on one line."""
        added, left = (" ".join(step.option for step in self.steps if step.added is each) for each in (True, False))
        how = " and ".join([*([f"leave out {left}"] if left else []), *([f"add {added}"] if added else [])])
        return f"{how}: then it can last {write_length(self.seconds)}{'' if self.reached else ', which is nearer'}"


def find_nearer(
    routine: LoadedRoutine, choices: Choices, error: LengthError, measure: Measure, grid: Fraction
) -> Nearer | None:
    """Return what to add or leave out to reach the length of an error, or to come nearer to it; None if nothing does.

    ``measure`` has to know, or to guess, how long the words last that such a session would have.
    """
    goal, found = error.goal, None
    nearest, steps = _find_off(error), tuple[Step, ...]()
    while nearest:
        listed = _list_steps(routine, choices, error)
        tried = [(_try(routine, step.choices, goal, measure, grid), step) for step in listed]
        useful = [each for each in tried if each[0] == goal or each[1].whole]
        seconds, step = min(useful, key=lambda each: abs(each[0] - goal), default=(NEVER, None))
        if step is None or abs(seconds - goal) >= nearest:
            break
        nearest, choices, steps = abs(seconds - goal), step.choices, (*steps, step)
        found = Nearer(steps, seconds, reached=not nearest)
    return found


def _find_off(error: LengthError) -> Fraction:
    """Return how far the nearest possible length is from the one that was asked for."""
    return min((abs(each.goal - error.goal) for each in (error.shorter, error.longer) if each), default=NEVER)


def _try(routine: LoadedRoutine, choices: Choices, goal: Fraction, measure: Measure, grid: Fraction) -> Fraction:
    """Return the length nearest to a goal that a session can have; `NEVER` if it can't be at all."""
    try:
        return fit_length(prepare_attempt(routine, choices, measure, grid), goal, grid).goal
    except LengthError as error:
        lengths = [each.goal for each in (error.shorter, error.longer) if each]
        return min(lengths, key=lambda each: abs(each - goal), default=NEVER)


def _list_steps(routine: LoadedRoutine, choices: Choices, error: LengthError) -> Iterator[Step]:
    """Yield what can be left out if a session is too long, and what can be added if it is too short."""
    parts = list(list_parts(routine))
    if error.longer or not error.shorter:
        yield from _list_shorter(parts, choices)
    if error.shorter or not error.longer:
        yield from _list_longer(parts, choices)


def _list_shorter(parts: Sequence[Part], choices: Choices) -> Iterator[Step]:
    """Yield what can be left out, the last exercise first; the only one that is played stays."""
    played = [(names, optional) for names, optional, _ in parts if is_wanted(names, choices, optional=optional)]
    for names, optional in reversed(played):
        typed = _find_typed(names, choices.added) if optional else None
        if typed:
            yield Step(_write("--with", typed), replace(choices, added=choices.added - {typed}), added=False)
        elif len(played) > 1:
            name = _choose_name(names, parts)
            yield Step(_write("--skip", name), replace(choices, skipped=choices.skipped | {name}))
    if choices.intro is not Intro.NONE:
        yield Step("--intro none", replace(choices, intro=Intro.NONE), whole=False)


def _list_longer(parts: Sequence[Part], choices: Choices) -> Iterator[Step]:
    """Yield what can be added: exercises that the listener skips, and optional ones."""
    for names, optional, _ in parts:
        typed = _find_typed(names, choices.skipped)
        if typed:
            yield Step(_write("--skip", typed), replace(choices, skipped=choices.skipped - {typed}), added=False)
        elif not is_wanted(names, choices, optional=optional):
            name = _choose_name(names, parts)
            yield Step(_write("--with", name), replace(choices, added=choices.added | {name}))


def _find_typed(names: tuple[str, ...], typed: Iterable[str]) -> str | None:
    """Return what the listener typed for an exercise, if anything."""
    called = {name.casefold() for name in names}
    return next((each for each in sorted(typed) if each.casefold() in called), None)


def _choose_name(names: tuple[str, ...], parts: Sequence[Part]) -> str:
    """Return the first name of an exercise that no other one has; its first name if there is none."""
    common = Counter(name for others, *_ in parts for name in others)
    return next((name for name in names if common[name] == 1), names[0])


def _write(option: str, name: str) -> str:
    """Write an option with a name as it is typed."""
    return f"{option} {shlex.quote(name)}"
