"""Choices near those that are impossible: another breath, another length, an exercise more or fewer."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from voicecoach.api.keywords import read_breath
from voicecoach.core.breath import Breath, Kind, Phase
from voicecoach.errors import FitError, Misfit, VoicecoachError
from voicecoach.script.fit import LengthError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from voicecoach.core.breath import Pace

    Plan = Callable[[Mapping[str, Any]], object]

SLOWEST = 2
"""How much slower a whole breath may become for words in one of its phases."""

TRIES = 3
"""How many times a longer breath is tried: other words may not fit the one before."""


def list_suggestions(plan: Plan, written: Pace, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return choices that differ a little from impossible ones, and are possible; nothing if those are possible.

    Args:
        plan: Plans a session with keyword arguments.
        written: The breath of the routine.
        given: The choices.
    """
    try:
        plan(given)
    except LengthError as error:
        return [each for each in _list_lengths(error, given) if _find_problems(plan, given, each) is None]
    except FitError as error:
        pace = read_breath(given.get("breath")) or written
        if len(pace.points) > 1 or pace.every:
            return []
        ways = (_lengthen_phases, _slow_down)
        found = (_find_breath(plan, given, pace.points[0], error, way) for way in ways)
        return list({str(each): {"breath": str(each)} for each in found if each}.values())
    except VoicecoachError:
        return []
    return []


def _list_lengths(error: LengthError, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nearest lengths, and what to add or leave out."""
    yield from ({"length": _write(each.goal)} for each in (error.shorter, error.longer) if each)
    if error.choices:
        choices, seconds = error.choices
        others = {"with_": sorted(choices.added), "skip": sorted(choices.skipped), "intro": choices.intro.value}
        usual = {"with_": [], "skip": [], "intro": "full"}
        changed = {name: value for name, value in others.items() if value != given.get(name, usual[name])}
        yield {"length": _write(seconds), **changed}


def _write(seconds: Fraction) -> str:
    return f"{float(seconds):.6f}".rstrip("0").rstrip(".") + "s"


def _find_breath(
    plan: Plan, given: Mapping[str, Any], breath: Breath, error: FitError, way: Callable[[Breath, FitError], Breath]
) -> Breath | None:
    """Return a breath with which a session can be planned, if there is one."""
    found: FitError | None = error
    for _ in range(TRIES):
        longer = way(breath, found) if found else breath
        if longer == breath:
            return None
        breath = longer
        problem = _find_problems(plan, given, {"breath": str(breath)})
        if problem is None:
            return breath
        found = problem if isinstance(problem, FitError) else None
    return None


def _find_problems(plan: Plan, given: Mapping[str, Any], changes: Mapping[str, Any]) -> VoicecoachError | None:
    try:
        plan({**given, **changes})
    except VoicecoachError as error:
        return error
    return None


def _list_short(error: FitError) -> dict[str, Fraction]:
    """Return the seconds that phases would have to last, by their names."""
    short: dict[str, Fraction] = {}
    for each in error.problems:
        if isinstance(each, Misfit) and each.room in {*Kind}:
            short[each.room] = max(short.get(each.room, each.enough), each.enough)
    return short


def _lengthen_phases(breath: Breath, error: FitError) -> Breath:
    """Make the phases longer in which words do not fit."""
    short = _list_short(error)
    return Breath(
        tuple(Phase(each.kind, max(each.seconds, short.get(each.kind, each.seconds))) for each in breath.phases)
    )


def _slow_down(breath: Breath, error: FitError) -> Breath:
    """Make all phases longer by the same factor, in half seconds."""
    short = _list_short(error)
    factor = max((short[each.kind] / each.seconds for each in breath.phases if each.kind in short), default=Fraction(1))
    if not 1 < factor <= SLOWEST:
        return breath
    return Breath(tuple(Phase(each.kind, Fraction(math.ceil(each.seconds * factor * 2), 2)) for each in breath.phases))
