"""A listener's defaults: they give way if a routine can't be done with them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from voicecoach.errors import ChoiceError, RoutineError, SidelessError, TargetError
from voicecoach.script.choices import LEFT_RIGHT

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.app.request import Request

_Done = TypeVar("_Done")


SIDES = frozenset({"side", "first", "tracks"})
"""The options of sides."""


def try_with_defaults(request: Request, work: Callable[[Request], _Done]) -> tuple[_Done, tuple[str, ...]]:
    """Do some work; if the user's defaults make it fail, do it without them, with a note of each."""
    try:
        return _try_usual_breath(request, work)
    except SidelessError as error:
        usual = request.usual & SIDES
        if not usual:
            raise
        done, notes = _try_usual_breath(_drop_usual_sides(request), work)
        why, names = str(error).splitlines()[0], ", ".join(sorted(usual))
        return done, (f"your usual choice of {names} is not used: {why}", *notes)


def _drop_usual_sides(request: Request) -> Request:
    """Return a request without those choices of sides that are only defaults."""
    usual, choices = request.usual, request.choices
    return replace(
        request,
        split=request.split and "tracks" not in usual,
        choices=replace(
            choices,
            sides=LEFT_RIGHT if "side" in usual else choices.sides,
            first=None if "first" in usual else choices.first,
        ),
        usual=usual - SIDES,
    )


def _try_usual_breath(request: Request, work: Callable[[Request], _Done]) -> tuple[_Done, tuple[str, ...]]:
    """Do some work; if the user's default breath makes it fail, do it at the routine's own, with a note.

    A default was chosen for other routines: it must not make this one fail.
    """
    try:
        return work(request), ()
    except (RoutineError, ChoiceError) as error:
        breath = request.choices.breath
        if "breath" not in request.usual or breath is None or isinstance(error, TargetError):
            raise
        own = replace(request, choices=replace(request.choices, breath=None))
        done = work(own)  # a problem at any breath is raised as it is
        why = error.problems[0].what if isinstance(error, RoutineError) else str(error).splitlines()[0]
        return done, (f"your usual breath {breath} is replaced by the routine's own: {why}",)
