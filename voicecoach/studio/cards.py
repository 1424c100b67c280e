"""The cards of the library: what each routine is for, how long it is, and its picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import voicecoach as vc
from voicecoach.studio.answers import describe_error

if TYPE_CHECKING:
    from voicecoach.studio.files import Folder
    from voicecoach.studio.sessions import Asked, Sessions

FIRST = ("leg-stretch", "standing-leg-stretch", "sitting-leg-stretch")
"""The routines that come first; the others follow by their names."""


def list_cards(folder: Folder, opened: str) -> dict[str, Any]:
    """Return what the first screen shows at once: the built-in routines, and the files of the folder.

    Args:
        folder: Where the user's own routines are.
        opened: The id of the routine that the studio was started with; empty for none.
    """
    listed = {each.name: each for each in vc.list_routines()}
    heads = (_describe_head(listed[name]) for name in dict.fromkeys((*filter(listed.get, FIRST), *listed)))
    mine = ({"id": name_id, "title": folder.find_title(name)} for name_id, name in folder.list_files().items())
    return {"routines": [*heads], "mine": [*mine], "folder": folder.path.name, "opened": opened}


def _describe_head(head: vc.RoutineHead) -> dict[str, Any]:
    return {
        "id": head.name,
        "title": head.title,
        "summary": head.summary,
        "language": head.language,
        "languages": [head.language, *head.translations],
        "duration": head.seconds,
        "area": head.area,
        "position": head.position,
        "sides": head.has_sides,
    }


def describe_card(sessions: Sessions, asked: Asked) -> dict[str, Any]:
    """Return what a card shows later, when the routine was read and planned, and what can be chosen of it.

    Raises:
        NoFileError: If there is no such routine.
    """
    try:
        routine = sessions.find_routine(asked)
        duration: float | None = sessions.find_session(asked, {}).duration
        problems = []
    except vc.RoutineError as error:
        return {"id": asked.id, "problems": describe_error(error)}
    except vc.VoicecoachError as error:
        duration, problems = None, describe_error(error)
    return {
        "id": asked.id,
        "title": routine.title,
        "summary": routine.summary,
        "language": routine.language,
        "duration": duration,
        "area": routine.area,
        "position": routine.position,
        "level": routine.level,
        "needs": routine.needs,
        "sides": routine.has_sides,
        "breath": routine.breath,
        "parts": routine.parts,
        "parameters": routine.parameters,
        "greets": routine.greets,
        "sounds": routine.sounds,
        "file": sessions.find_file(asked),
        "problems": problems,
    }


def draw_picture(sessions: Sessions, asked: Asked) -> str:
    """Return the picture of a routine: its breath as hills.

    Raises:
        VoicecoachError: If it can't be planned.
        NoFileError: If there is no such routine.
    """
    return sessions.find_session(asked, {}).draw("cover", title="")
