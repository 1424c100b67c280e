"""Recordings of one's own voice, phrase by phrase: a folder beside the routines, whose files requests name by ids.

A request names a list of phrases, which the page has asked for before, and a phrase in it. So nothing else can be
written, read or deleted; links are not followed.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import anyio.to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import voicecoach as vc
from voicecoach.studio.answers import read_body
from voicecoach.studio.files import NoFileError, read_plain
from voicecoach.studio.sessions import Kept, read_asked, read_choices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from starlette.requests import Request

    from voicecoach.studio.sessions import Asked, Sessions

ENDING = "-voice"
"""What the folder of a routine's recordings is called after the routine, as ``voicecoach record`` has it."""
LARGEST = 20_000_000
"""The bytes of the largest recording that is played back."""
MOST_LISTS = 32
"""The lists of phrases that are kept."""
KINDS = {".wav": "audio/wav", ".flac": "audio/flac", ".m4a": "audio/mp4", ".mp3": "audio/mpeg"}

_Value = TypeVar("_Value")


class Takes:
    """The recordings of routines."""

    def __init__(self, sessions: Sessions) -> None:
        """Use the routines of the sessions, and their folder."""
        self.sessions = sessions
        self._lists: Kept[vc.Recordings] = Kept(MOST_LISTS)

    def list_phrases(self, asked: Asked, choices: Mapping[str, Any]) -> dict[str, Any]:
        """Return what a session says, and which parts are recorded.

        Raises:
            VoicecoachError: If the routine or the choices are impossible.
            NoFileError: If there is no such routine, or its recordings would be behind a link.
        """
        routine = self.sessions.find_routine(asked)
        folder = self.sessions.folder.path / f"{self.sessions.find_name(asked)}{ENDING}"
        _refuse_link(folder)
        found = vc.Recordings(folder, routine, **choices)
        prompts = found.list_prompts()
        key = hashlib.sha256("\0".join((folder.name, *(each.id for each in prompts))).encode()).hexdigest()
        self._lists.find(key, lambda: found)
        phrases = [
            {
                "id": each.id,
                "words": each.words,
                "chapter": each.chapter,
                "sides": each.sides,
                "seconds": each.seconds,
                "recorded": each.path is not None,
            }
            for each in prompts
        ]
        return {"list": key, "folder": folder.name, "voice": found.voice, "phrases": phrases}

    def keep(self, key: str, phrase: str, sound: bytes) -> dict[str, Any]:
        """Write a recording; ``soft`` says that it should be louder.

        Raises:
            VoicecoachError: If it can't be used.
            NoFileError: If there is no such phrase, or a link is in its place.
            OSError: If it can't be written.
        """
        recordings = self._find(key, phrase)
        _refuse_link(recordings.folder / f"{phrase}.wav")
        advice = recordings.keep(phrase, sound)
        self.sessions.recorded += 1
        return {"kept": True, "soft": bool(advice)}

    def remove(self, key: str, phrase: str) -> None:
        """Delete a recording.

        Raises:
            NoFileError: If there is no such phrase.
            OSError: If it can't be deleted.
        """
        self._find(key, phrase).remove(phrase)
        self.sessions.recorded += 1

    def read(self, key: str, phrase: str) -> tuple[bytes, str]:
        """Return a recording, and its kind of content.

        Raises:
            NoFileError: If there is none, or it is behind a link.
        """
        path = self._find(key, phrase).find_prompt(phrase).path
        if path is None:
            raise NoFileError(phrase)
        return read_plain(path, LARGEST), KINDS[path.suffix.lower()]

    def _find(self, key: str, phrase: str) -> vc.Recordings:
        recordings = self._lists.find(key, partial(_refuse, key))
        _refuse_link(recordings.folder)
        try:
            recordings.find_prompt(phrase)
        except vc.UnknownNameError as error:
            raise NoFileError(phrase) from error
        return recordings


class TakeRoutes:
    """The handlers of the screen on which a voice of one's own is recorded."""

    def __init__(self, sessions: Sessions) -> None:
        """Use the routines of the sessions, and their folder."""
        self.takes = Takes(sessions)

    def list_routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/api/takes", self.list_phrases, methods=["POST"]),
            Route("/api/takes/{list}/{phrase}", self.read, methods=["GET"]),
            Route("/api/takes/{list}/{phrase}", self.keep, methods=["PUT"]),
            Route("/api/takes/{list}/{phrase}", self.remove, methods=["DELETE"]),
        ]

    async def list_phrases(self, request: Request) -> Response:
        """List what a session says."""
        body = await read_body(request)
        return JSONResponse(await _run(self.takes.list_phrases, read_asked(body), read_choices(body)))

    async def read(self, request: Request) -> Response:
        """Return a recording."""
        sound, kind = await _run(self.takes.read, *_name(request))
        return Response(sound, media_type=kind)

    async def keep(self, request: Request) -> Response:
        """Write a recording."""
        return JSONResponse(await _run(self.takes.keep, *_name(request), await request.body()))

    async def remove(self, request: Request) -> Response:
        """Delete a recording."""
        await _run(self.takes.remove, *_name(request))
        return Response(status_code=204)


def _name(request: Request) -> tuple[str, str]:
    return request.path_params["list"], request.path_params["phrase"]


async def _run(work: Callable[..., _Value], *given: object) -> _Value:
    return await anyio.to_thread.run_sync(partial(work, *given))


def _refuse(name: str) -> NoReturn:
    raise NoFileError(name)


def _refuse_link(path: Path) -> None:
    if path.is_symlink():
        raise NoFileError(path.name)
