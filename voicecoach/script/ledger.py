"""The ledger of the body: what each step needs and makes, followed through every order and side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING, TypeAlias

from voicecoach.core.score import Mark, Moment, Side, list_parts
from voicecoach.errors import Problem, TooManyError, VoicecoachError, Where, quote
from voicecoach.routine.model import Block, Ending, Repeat, Sided, find_block, is_collection, walk_steps
from voicecoach.routine.postures import list_tags
from voicecoach.script.builder import has_sides, wants_sleep, write_marks
from voicecoach.script.choices import LEFT_RIGHT
from voicecoach.script.exercises import find_played
from voicecoach.script.exercises import list_parts as list_exercises

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices

BODY = "body"
"""The part that is the position of the whole body: in another position, nothing is known of the other parts."""
ROUNDS = (1, 2, 3)
"""The rounds that are tried besides the author's."""
NIGHTS = ("awake", "sleep")
"""The values of `only` that depend on whether the session is to fall asleep to."""
MOST_WRITTEN = 10_000
"""The most steps of all sessions that are tried; it takes about a quarter of a second."""
NOWHERE = Where("", 1, 1)
"""The place of a step that is in no file."""


State: TypeAlias = "tuple[tuple[str, ...], Mark]"
"""What is known of a part: the states that it may be in, and since which mark."""


def find_faults(score: Score) -> Iterator[tuple[int, Problem]]:
    """Follow the body through a session, and yield what it is asked for and can't be in, each with the tag's number.

    What nothing has been said of yet may be as the first step needs it that names it.
    """
    ledger: dict[str, State] = {}
    for mark in list_marks(score):
        made = mark.moment is Moment.MAKES
        for number, (part, states) in enumerate(mark.body):
            known = ledger.get(part)
            if made:
                _bring(ledger, part, states, known)
            if made or known is None:
                ledger[part] = states, mark
            elif known[0] != states:
                both = tuple(each for each in known[0] if each in states)
                if not both:
                    yield number, _explain(mark, part, states, known)
                if both != known[0]:
                    ledger[part] = (both, known[1]) if both else (states, mark)


def _bring(ledger: dict[str, State], part: str, states: Iterable[str], known: State | None) -> None:
    """Forget all parts if the whole body goes somewhere else."""
    if part == BODY and known and set(known[0]).isdisjoint(states):
        ledger.clear()


def _explain(mark: Mark, part: str, states: Iterable[str], known: State) -> Problem:
    said, where = quote(mark.title) if mark.title else "this step", mark.where or NOWHERE
    before, place = known[1].title, known[1].where or NOWHERE
    file = "" if place.file == where.file else f"{PurePath(place.file).name}, "
    since = f"{quote(before) if before else 'the step before it'} ({file}line {place.line})"
    what = f"{said} needs {part}: {' or '.join(states)}, and since {since} it is {' or '.join(known[0])}"
    return Problem(where, what, "say how to get there first, or correct 'needs' and 'makes'")


def list_marks(score: Score) -> list[Mark]:
    """Return the marks of what the body needs and is brought to, in order."""
    if isinstance(score, Mark):
        return [score] if score.body else []
    return [mark for part in list_parts(score) for mark in list_marks(part)]


def is_tagged(routine: LoadedRoutine) -> bool:
    """Return whether any step of a routine, or of one that it includes, needs or makes anything of the body."""
    model = routine.model
    steps = [*walk_steps(model.steps), *model.between, *(each for each in model.closing if isinstance(each, Ending))]
    return any(map(list_tags, steps)) or any(map(is_tagged, routine.included.values()))


def lint_ledger(routine: LoadedRoutine, choices: Choices) -> Iterator[Problem]:
    """Yield each thing that the body can't do, in the first session that asks for it.

    Besides the session of ``choices`` these are: the other order, each side alone, one to three rounds, each without
    an exercise or a step that has a name, and none, or one, of the exercises that are optional.
    """
    if not is_tagged(routine):
        return
    found: set[tuple[Where, int]] = set()
    left, names = MOST_WRITTEN, dict[str, str]()
    for how, tried in _vary(routine, choices, names):
        try:
            score, written = write_marks(routine, tried, max(left, 1), None if how else names)
        except TooManyError:
            return
        except VoicecoachError:
            continue
        left -= written
        if not any(find_faults(score)):
            continue
        for number, fault in find_faults(write_marks(routine, tried, written, said=True).score):
            if (fault.where, number) not in found:
                found.add((fault.where, number))
                yield replace(fault, what=f"with {' '.join(how)}, {fault.what}" if how else fault.what)


def _vary(routine: LoadedRoutine, choices: Choices, names: dict[str, str]) -> Iterator[tuple[tuple[str, ...], Choices]]:
    """Yield sessions of a routine with their options; ``names`` is filled with what can be left out by the first."""
    yield (), choices
    played = [*find_played(routine, choices)]
    orders: list[tuple[tuple[str, ...], Choices]] = [((), choices)]
    if has_sides(played):
        orders.append((("--first right",), replace(choices, first=Side.RIGHT)))
        orders += [((f"--side {side.value}",), replace(choices, sides=(side,))) for side in LEFT_RIGHT]
    yield from orders[1:]
    repeated = any(isinstance(step, Repeat) for part in played for step in walk_steps(part.model.steps))
    for rounds in _choose_rounds(played) if len(orders) > 1 or repeated else ():
        several = orders[:1] if is_collection(routine.model.steps) else orders[:2]
        yield from (((*how, f"--rounds {rounds}"), replace(order, rounds=rounds)) for how, order in several)
    exercises = [name for each, *_ in list_exercises(routine) for name in each[:1]]
    for name in dict.fromkeys((*exercises, *names.values())):
        yield (f"--skip {quote(name)}",), replace(choices, skipped=choices.skipped | {name})
    if any(getattr(step, "only", None) in NIGHTS for part in played for step in walk_steps(part.model.steps)):
        asleep = not wants_sleep(routine, choices)
        yield ("--sleep" if asleep else "--no-sleep",), replace(choices, sleep=asleep)
    optional = dict.fromkeys(each[0] for each, extra, _ in list_exercises(routine) if extra)
    for added in (frozenset[str](), *(frozenset({name}) for name in optional)) if optional else ():
        how = ("--with " + ", ".join(added),) if added else ("without --with",)
        yield how, replace(choices, added=added)


def _choose_rounds(played: Iterable[LoadedRoutine]) -> list[int]:
    """Return the rounds that are worth a try: not those that all blocks have anyway."""
    blocks = (find_block(step) for part in played for step in walk_steps(part.model.steps))
    own = {block.rounds or 1 for block in blocks if isinstance(block, Block | Sided)}
    return [rounds for rounds in ROUNDS if own != {rounds}]
