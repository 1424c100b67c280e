"""Describes routines at a glance: built-in ones for the table, and the user's own, which may be wrong."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from voicecoach import __version__
from voicecoach.app.overview.table import Overview, read_overview
from voicecoach.errors import FitError, RoutineError, VoicecoachError
from voicecoach.routine.library import list_files, list_translations, strip_language
from voicecoach.system import cache, plain_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from voicecoach.routine.loader import LoadedRoutine

LEVELS = ("easy", "medium", "hard")
"""The levels, in order."""


def describe(routine: LoadedRoutine) -> Overview:
    """Describe a routine; what it does not say itself, the exercises say that it plays."""
    from voicecoach.script.builder import has_sides, list_exercises
    from voicecoach.script.choices import Choices

    played = list_exercises(routine, Choices())
    model, others = routine.model, [part.model for part in played]
    levels = [model.level] if model.level else [each.level for each in others if each.level]
    return Overview(
        routine.name,
        model.title,
        model.language,
        model.summary,
        area=tuple(model.area or _join(each.area for each in others)),
        position=tuple(model.position or _join(each.position for each in others)),
        needs=_join([model.needs, *(each.needs for each in others)]),
        level=max(levels, key=LEVELS.index, default=""),
        sides=has_sides(played),
    )


def _join(lists: Iterable[Iterable[str]]) -> tuple[str, ...]:
    """Return the items of several lists, each once."""
    return tuple(dict.fromkeys(item for items in lists for item in items))


def list_own(folder: Path, kept: Path) -> list[Overview]:
    """Describe the routines in a folder of the user's, in the order of their names; one that is wrong has a problem.

    What was found is kept in the cache ``kept``, as long as no file of the folder changes.
    """
    files = list_files(folder)
    if not files:
        return []
    key = f"own routines {_hash(files)}"
    found = cache.recall(kept, key)
    if not isinstance(found, dict):
        found = {path.stem: _describe_file(path).as_json() for path in files if strip_language(path.stem) == path.stem}
        cache.remember(kept, key, found)
    return [read_overview(name, values) for name, values in found.items()]


def _hash(files: Iterable[Path]) -> str:
    """Return the digest of all that may change what is said of some files; one that can't be read counts as empty."""
    digest = hashlib.sha256(__version__.encode())
    for path in files:
        content = b""
        with suppress(OSError):
            content = plain_files.read_file(path)
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _describe_file(path: Path) -> Overview:
    """Describe a routine of the user's own; its length is a guess, because its words were not spoken."""
    from voicecoach.routine.loader import load_routine

    try:
        routine = load_routine(str(path))
        seconds = _guess_length(routine)
        found = describe(routine)
    except VoicecoachError as error:
        return Overview(path.stem, file=str(path), problem=_write_problem(error).replace(str(path), path.name))
    codes = (found.language, *list_translations(path))
    return replace(found, name=path.stem, languages=codes, file=str(path), seconds=seconds, guessed=True)


def _write_problem(error: VoicecoachError) -> str:
    """Say on one line why a routine can't be used: its first problem, and how many more there are."""
    problems = error.problems if isinstance(error, RoutineError) else [str(error).splitlines()[0]]
    return str(problems[0]) + (f"; and {len(problems) - 1} more" if len(problems) > 1 else "")


def _guess_length(routine: LoadedRoutine) -> float | None:
    """Return how long a routine lasts, more or less; None if that can't be guessed, as its words hardly fit."""
    from voicecoach.app.overview.forecast import guess
    from voicecoach.audio.formats import GRID
    from voicecoach.core.perform import perform
    from voicecoach.script.builder import build, choose_pace
    from voicecoach.script.choices import Choices

    score, pace = build(routine, Choices()), choose_pace(routine, Choices())
    with suppress(FitError):
        return float(round(perform(score, guess, pace, grid=GRID).duration))
    return None
