"""Problems of a routine as values, from the checks of ``voicecoach check``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeGuard

from voicecoach.api.arguments import read_path, read_switch, read_text
from voicecoach.api.keywords import make_request
from voicecoach.api.routines import TEXT_NAME, Routine, load, loads, translate
from voicecoach.core.notation import read_paces
from voicecoach.errors import ArgumentTypeError, ChoiceError, VoiceError, order_problems
from voicecoach.routine.library import find_routine

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping

    from voicecoach.app.request import Environment
    from voicecoach.core.breath import Pace
    from voicecoach.errors import Problem
    from voicecoach.routine.loader import LoadedRoutine as ReadRoutine


def check_routine(
    routine: Routine | str | os.PathLike[str], given: Mapping[str, Any], environment: Environment
) -> list[Problem]:
    """Return every problem of a routine.

    Raises:
        VoiceError: If there are none, but the words could not be measured.
        ChoiceError: If there is no such routine or voice.
    """
    from voicecoach.app.review import review_routine

    name, warnings = _name(routine), read_switch("warnings", given.get("warnings"))
    if not isinstance(routine, Routine) and not _is_text(routine):
        find_routine(name)
    request = make_request(name, None, {key: given.get(key) for key in ("voice", "rate", "set")})
    language = given.get("language")
    if language is not None:
        read_text("language", language)
    found = review_routine(
        lambda: _read(routine, language),
        request,
        _read_breaths(given.get("breaths")),
        environment,
    )
    if found.unmeasured and not found.problems:
        raise VoiceError(f"the words could not be measured: {found.unmeasured}")
    unwise = found.warnings if warnings else ()
    return order_problems([*found.problems, *(replace(each, severity="warning") for each in unwise)])


def _read(routine: Routine | str | os.PathLike[str], language: str | None) -> ReadRoutine:
    if isinstance(routine, Routine):
        return translate(routine, language).read
    return (translate(loads(routine), language) if _is_text(routine) else load(routine, language)).read


def _read_breaths(value: object) -> tuple[Pace, ...]:
    if value is None or value == "":
        return ()
    try:
        return tuple(read_paces(read_text("breaths", value)))
    except ArgumentTypeError:
        raise
    except ChoiceError as error:
        raise ChoiceError(f"breaths: {error}") from None


def _name(routine: Routine | str | os.PathLike[str]) -> str:
    if isinstance(routine, Routine):
        return routine.asked
    return f"{TEXT_NAME}.yaml" if _is_text(routine) else read_path("routine", routine)


def _is_text(routine: str | os.PathLike[str]) -> TypeGuard[str]:
    return isinstance(routine, str) and "\n" in routine
