"""The script builder: a routine and a listener's choices become a score."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from voicecoach.core.breath import Span
from voicecoach.core.score import CueKind, Mark, Moment, Pause, seq
from voicecoach.errors import (
    MOST_NAMED,
    ChoiceError,
    RoutineError,
    SidelessError,
    UnknownNameError,
    find_close,
    order_problems,
)
from voicecoach.routine.model import EachSide, Ending, Repeat, is_collection, walk_steps
from voicecoach.routine.sidedness import OUTSIDE, find_misplaced, list_outside
from voicecoach.script.bells import add_bells, choose_end, choose_start
from voicecoach.script.choices import LAST_MINUTE, LEFT_RIGHT, Amount, Intro
from voicecoach.script.context import Context
from voicecoach.script.copying import replace
from voicecoach.script.exercises import find_played, list_parts, set_values
from voicecoach.script.opening import PART_GAP, collect_notice, write_opening, write_sentences
from voicecoach.script.pacing import Pacing
from voicecoach.script.piece import Piece
from voicecoach.script.steps import write_routine
from voicecoach.script.tags import mark_tags
from voicecoach.script.tally import Freedoms, Tally
from voicecoach.script.waits import lengthen_waits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.routine.values import Words
    from voicecoach.script.choices import Choices

GET_UP = Span(rest=Fraction(10))
MOST_COUNTS = 12
"""Tries to settle how many breaths a ramp has: how long they last depends on their number, and that on how long."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A score, how far it can be bent, and whether it depends on how long the listener's breaths last.

    ``heeding`` are the exercises that use the lengths of the listener's breath by name.
    """

    score: Score
    freedoms: Freedoms
    timed: bool = False
    heeding: frozenset[str] = frozenset()


class Marks(NamedTuple):
    """A session as the marks of what the body needs and is brought to, and how many steps were written for it."""

    score: Score
    written: int


def build(routine: LoadedRoutine, choices: Choices, most: int = 0, most_spent: int = 0) -> Score:
    """Write the score of a session, as `write_draft` does."""
    return write_draft(routine, choices, most, most_spent).score


def write_draft(routine: LoadedRoutine, choices: Choices, most: int = 0, most_spent: int = 0) -> Draft:
    """Write the score of a session: the notice, each exercise, the closing words and the chime.

    With ``most``, a session of more breaths and steps than that is refused (`TooManyError`), as a longer one always is;
    with ``most_spent``, one whose words have more characters, for all the times that it is written.
    It is to be performed at the listener's breath, or at the routine's; exercises with another breath bring it along.

    Raises:
        ChoiceError: When the choices do not go together with this routine.
        RoutineError: When a value can't be worked out, or the session would have more steps than it can have.
    """
    totals: tuple[int, ...] = ()
    spent = 0
    for _ in range(MOST_COUNTS):
        tally = Tally(problems={}, totals=totals, most=most, spent=spent, most_spent=most_spent)
        drafted = _write_once(routine, choices, tally)
        found = tuple(beats.most for beats in tally.paces)
        if found == totals or not any(beats.counted for beats in tally.paces):
            return drafted
        totals, spent = found, tally.spent
    tally = Tally(problems={}, totals=None, most=most, spent=spent, most_spent=most_spent)
    return _write_once(routine, choices, tally)


def _write_once(routine: LoadedRoutine, choices: Choices, tally: Tally) -> Draft:
    """Write the score of a session whose paces have the tally's totals of breaths, as far as they are known."""
    choices = replace(choices, sleep=wants_sleep(routine, choices), clear=wants_clear(routine, choices))
    played = list_exercises(routine, choices)
    involved = _find_leading(played, routine)
    whole = replace(_make_context(routine, choices), tally=tally, beats=tally.begin())
    _check(routine, involved, choices)
    before = write_opening(whole, involved)
    tally.behind = "other" if before else ""
    opening = (
        Mark(Moment.CHAPTER, whole.word("before")),
        choose_start(choices.chime),
        Pause(Span(rest=choices.lead_in)),
    )
    middle = write_routine(_set_rounds(whole, both=has_sides(involved)))
    rung = add_bells(middle, choices.chime) if choices.chime else middle
    spoken = seq(*before, rung)
    score = seq(*opening, lengthen_waits(spoken) if choices.clear else spoken, *_write_closing(whole))
    if whole.tally.problems:
        raise RoutineError(order_problems(whole.tally.problems.values()))
    return Draft(score, whole.freedoms, tally.timed, frozenset(tally.heeding))


def write_marks(
    routine: LoadedRoutine, choices: Choices, most: int, names: dict[str, str] | None = None, *, said: bool = False
) -> Marks:
    """Write only the marks of what each step needs and makes of the body; ``names`` fills with what can be left out.

    With ``said``, the marks have the words that go with them.

    Raises:
        ChoiceError: When no exercise is left, or there are more steps than ``most``.
        RoutineError: When a value can't be worked out.
    """
    tally = Tally(problems={}, most=most, names=names, tagged=True, said=said)
    choices = replace(choices, sleep=wants_sleep(routine, choices))
    whole = replace(_make_context(routine, choices), tally=tally, beats=tally.begin())
    played = tuple(find_played(routine, choices))
    if not played:
        raise ChoiceError("every exercise is skipped")
    middle = write_routine(_set_rounds(whole, both=has_sides(_find_leading(played, routine))))
    closing = () if choices.sleep else routine.model.closing
    endings = (each for each in closing if isinstance(each, Ending))
    return Marks(seq(middle, *(mark for each in endings for mark in mark_tags(each, whole))), tally.taken)


def write_piece(routine: LoadedRoutine, choices: Choices) -> Piece:
    """Write a session: its score, and everything else that is needed from its routine.

    Raises:
        ChoiceError: As `write_draft`.
        RoutineError: As `write_draft`.
    """
    drafted = write_draft(routine, choices)
    played = list_exercises(routine, choices)
    return Piece(
        routine.model.title,
        routine.words,
        collect_notice(_find_leading(played, routine)),
        drafted.score,
        Pacing(routine.model.breath, routine.model.fixed),
        _find_limb(routine),
        tuple(_list_unheeded(routine, [part for part in played if part.name not in drafted.heeding])),
        drafted.timed,
        breath_sound=routine.model.breath_sound,
        hold_tick=routine.model.hold_tick,
        sleep=wants_sleep(routine, choices),
        clear=wants_clear(routine, choices),
    )


def wants_sleep(routine: LoadedRoutine, choices: Choices) -> bool:
    """Return whether a session is to fall asleep to: by the listener's choice, or the routine's if there is none."""
    return routine.model.sleep if choices.sleep is None else choices.sleep


def wants_clear(routine: LoadedRoutine, choices: Choices) -> bool:
    """Return whether a session is for the hard of hearing: by the listener's choice, else by the routine's."""
    return routine.model.clear if choices.clear is None else choices.clear


def list_nights(routine: LoadedRoutine, choices: Choices) -> tuple[Choices, ...]:
    """Return choices as they are and for the other time, day or night, if a routine can have other words then."""
    steps = (step for part in routine.walk() for step in walk_steps(part.model.steps))
    differs = routine.model.sleep or any(getattr(step, "only", None) in {"awake", "sleep"} for step in steps)
    other = replace(choices, sleep=not wants_sleep(routine, choices))
    return (choices, other) if differs and choices.sleep is None else (choices,)


def choose_pace(routine: LoadedRoutine, choices: Choices) -> Pace:
    """Return the pace of a session: the listener's or the routine's."""
    return Pacing(routine.model.breath, routine.model.fixed).choose(choices.breath)


def list_exercises(routine: LoadedRoutine, choices: Choices) -> tuple[LoadedRoutine, ...]:
    """Return the exercises that are played, in order: the routine itself, or those that it includes.

    Raises:
        UnknownNameError: When an exercise to add, or an exercise or step to skip, is not in the routine.
        ChoiceError: When no exercise is left.
    """
    parts = list(list_parts(routine))
    optional = _join_names(names for names, extra, _ in parts if extra)
    remedy = "write one of these, or --with all" if optional else f"{routine.name} has none; leave --with out"
    _check_names("optional exercise", choices.added - {"all"}, optional, remedy)
    if choices.skipped:
        every = _join_names(names for names, _, _ in parts)
        _check_skipped(choices.skipped, every, _find_names(routine, choices, optional))
    if "all" in choices.added and not optional:
        raise ChoiceError(f"{routine.name} has no optional exercises to add\nleave --with out")
    played = tuple(find_played(routine, choices))
    if not played:
        raise ChoiceError("every exercise is skipped, so nothing is left to play\nleave out one --skip")
    return played


def _list_unheeded(routine: LoadedRoutine, played: Iterable[LoadedRoutine]) -> Iterator[str]:
    """Yield a note for each exercise in which the listener's breath changes nothing."""
    all_fixed = routine.model.fixed and is_collection(routine.model.steps)
    fixed = {part.name: part for part in played if part.model.fixed or all_fixed}
    for part in fixed.values():
        own = f"'voicecoach show {part.name}' shows what --set changes" if part.model.parameters else "it is fixed"
        yield f"{part.name} keeps its own breath, so --breath does not change it; {own}"


def _find_limb(routine: LoadedRoutine) -> str:
    """Say what is stretched on each side: a leg, unless the author's nouns are of something else."""
    parts = [routine, *routine.included.values()]
    nouns = {name for part in parts if part.model.sides for name in part.model.sides.left}
    return "leg" if not nouns or any("leg" in name for name in nouns) else "side"


def has_sides(played: Iterable[LoadedRoutine]) -> bool:
    """Return whether anything is done for each side."""
    return any(isinstance(step, EachSide) for part in played for step in walk_steps(part.model.steps))


def _has_one_side(played: Iterable[LoadedRoutine]) -> bool:
    """Return whether anything is done for one side alone."""
    sides = (getattr(step, "side", None) for part in played for step in walk_steps(part.model.steps))
    return any(side in LEFT_RIGHT for side in sides)


def _make_context(routine: LoadedRoutine, choices: Choices) -> Context:
    """Return the place at the beginning of a session, with its parameters' values."""
    values = set_values(routine, choices, {}, {})
    pace = choose_pace(routine, choices)
    return Context(routine, routine.words, choices, pace, values=values, tally=Tally(problems={}))


def _set_rounds(part: Context, *, both: bool) -> Context:
    """Return the place with the rounds of its outermost repeats, which can be chosen only if nothing has sides."""
    return part if both else replace(part, rounds=part.choices.rounds, more=part.choices.amount.rounds)


def _find_leading(played: Sequence[LoadedRoutine], routine: LoadedRoutine) -> list[LoadedRoutine]:
    """Return a routine and all inside it that lead to what is played."""
    inside = [found for part in routine.included.values() for found in _find_leading(played, part)]
    return [routine, *inside] if inside or any(routine is part for part in played) else []


def _join_names(parts: Iterable[Iterable[str]]) -> list[str]:
    """Return the names of exercises, each once, in the order of the routine."""
    return list(dict.fromkeys(name for names in parts for name in names))


def _find_names(routine: LoadedRoutine, choices: Choices, optional: Sequence[str]) -> dict[str, str]:
    """Return what can be skipped of a routine, by each of its names in lower case: a session without --skip has it."""
    tally, added = Tally(problems={}, names={}), frozenset({"all"} if optional else ())
    every = replace(choices, skipped=frozenset(), added=added, sides=LEFT_RIGHT, amount=Amount())
    with suppress(RoutineError):
        _write_once(routine, every, tally)
    return tally.names or {}


def _check_skipped(skipped: Iterable[str], exercises: Sequence[str], names: Mapping[str, str]) -> None:
    """Refuse a name to skip that nothing has."""
    every = [*dict.fromkeys((*exercises, *names.values()))]
    there = {*names, *(each.casefold() for each in exercises)}
    for name in sorted(name for name in skipped if name.casefold() not in there):
        known = every if find_close(name, every) or len(every) <= MOST_NAMED else exercises
        raise UnknownNameError("exercise in this routine", name, known)


def _check_names(kind: str, names: Iterable[str], known: Sequence[str], remedy: str = "") -> None:
    folded = {name.casefold() for name in known}
    for name in sorted(names):
        if name.casefold() not in folded:
            raise UnknownNameError(kind, name, known, remedy)


def _check(routine: LoadedRoutine, played: Sequence[LoadedRoutine], choices: Choices) -> None:
    """Refuse choices that the routines in ``played`` do not have: those that are heard, and those around them."""
    both = has_sides(played)
    if len(choices.sides) == 1 and not both and not _has_one_side(played):
        raise SidelessError(f"{routine.name} has no sides, so there is no track for one\nleave out --side or --tracks")
    if choices.first and not both:
        raise SidelessError(f"{routine.name} has no sides, so none of them can begin\nleave out --first")
    sides, begins = [side.value for side in choices.sides], choices.first.value if choices.first else None
    said = [(part, [*_list_head(part, choices, whole=part is routine)]) for part in played]
    if misplaced := [each for part, head in said for each in find_misplaced(part.model, sides, begins, head)]:
        raise RoutineError(misplaced)
    repeated = any(isinstance(step, Repeat) for part in played for step in walk_steps(part.model.steps))
    if choices.rounds is not None and not both and not repeated:
        raise ChoiceError(f"{routine.name} has no rounds that could be changed\nleave --rounds out")
    parameters = sorted({name for part in played for name in part.model.parameters})
    remedy = (
        f"'voicecoach show {routine.name}' shows them" if parameters else f"{routine.name} has none; leave --set out"
    )
    _check_names("parameter", choices.settings, parameters, remedy)


def _list_head(part: LoadedRoutine, choices: Choices, *, whole: bool) -> Iterable[Words]:
    """Return the texts of a head that this session speaks outside all turns; an included one has no closing."""
    keys = [
        *(OUTSIDE[:-1] if choices.intro is Intro.FULL else ()),
        *(OUTSIDE[-1:] if whole and not choices.sleep else ()),
    ]
    return list_outside(part.tree, keys) if part.tree is not None else ()


def _write_closing(whole: Context) -> list[Score]:
    """Say the closing words and ring the bell; for sleep, there are neither, but a minute in which all fades."""
    closing = whole.routine.model.closing or (whole.word("closing"),)
    texts = [each.say if isinstance(each, Ending) else each for each in closing]
    chapter = Mark(Moment.CHAPTER, whole.word("ending"))
    spoken = write_sentences(texts, CueKind.CLOSING, whole)
    if whole.choices.clear:
        spoken = [lengthen_waits(each) for each in spoken]
    last = Pause(Span(rest=whole.choices.amount.closing))
    if whole.choices.sleep:
        return [Pause(PART_GAP), chapter, last, Pause(Span(rest=LAST_MINUTE))]
    return [Pause(PART_GAP), chapter, *spoken, last, choose_end(whole.choices.chime), Pause(GET_UP)]
