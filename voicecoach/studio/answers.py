"""What requests bring and what answers say, as JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

import voicecoach as vc

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request


class BadRequestError(Exception):
    """A request that is not in the form that it should have; the page never makes one."""


async def read_body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that a request brings.

    Raises:
        BadRequestError: If it brings none.
    """
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise BadRequestError("this is not JSON") from error
    if not isinstance(found, dict):
        raise BadRequestError("this is not a JSON object")
    return found


def read_field(body: Mapping[str, Any], name: str, kind: type, usual: Any = None) -> Any:  # noqa: ANN401 - JSON
    """Return a field of a body; ``usual`` if it is not there.

    >>> read_field({"text": "Legs"}, "text", str)
    'Legs'

    Raises:
        BadRequestError: If it is of another type.
    """
    value = body.get(name)
    if value is None:
        return usual
    if not isinstance(value, kind):
        raise BadRequestError(f"{name} is not of the type {kind.__name__}")
    return value


def read_known(body: Mapping[str, Any], name: str, kinds: Mapping[str, type]) -> dict[str, Any]:
    """Return the values of a field that is an object, one for each known key; None for a key that is not there.

    >>> read_known({"choices": {"breath": "4-6"}}, "choices", {"breath": str, "rounds": int})
    {'breath': '4-6', 'rounds': None}

    Raises:
        BadRequestError: If a key is unknown, or a value is of another type.
    """
    given = read_field(body, name, dict, {})
    if unknown := given.keys() - kinds.keys():
        raise BadRequestError(f"unknown choices: {', '.join(sorted(map(str, unknown)))}")
    return {key: read_field(given, key, kind) for key, kind in kinds.items()}


def describe_problem(problem: vc.Problem) -> dict[str, Any]:
    """Return a problem as the page reads it; ``lacks`` is in seconds, if words do not fit."""
    where, lacks = problem.where, getattr(problem, "lacks", None)
    return {
        "file": where.file,
        "line": where.line,
        "column": where.column,
        "what": problem.what,
        "remedy": problem.remedy or getattr(problem, "more_room", ""),
        "severity": problem.severity,
        "words": getattr(problem, "words", ""),
        "lacks": None if lacks is None else float(lacks),
    }


def describe_error(error: vc.VoicecoachError) -> list[dict[str, Any]]:
    """Return an error as problems: those of a routine have places, a choice that is impossible has none."""
    if isinstance(error, vc.RoutineError):
        return [describe_problem(each) for each in error.problems]
    what, _, remedy = str(error).partition("\n")
    goal = getattr(error, "goal", None)  # of a length that can't be had, whose remedies the page shows as buttons
    nowhere: dict[str, Any] = dict.fromkeys(("file", "line", "column", "lacks"))
    return [
        {
            **nowhere,
            "what": what,
            "remedy": remedy,
            "severity": "error",
            "words": "",
            "goal": None if goal is None else float(goal),
        }
    ]


def refuse(problems: Iterable[Mapping[str, Any]], status: int = 422) -> JSONResponse:
    """Answer with problems."""
    return JSONResponse({"problems": [*problems]}, status)
