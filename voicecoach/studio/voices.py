"""Voices for the page: single phrases in any voice, and the pronunciations of a routine."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

import voicecoach as vc
from voicecoach.studio.answers import BadRequestError, read_body, read_field
from voicecoach.studio.sessions import read_asked, read_choices

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from voicecoach.studio.sessions import Asked, Sessions

LONGEST = 1_000
"""The characters of a text that can be heard by itself: about a minute."""


class VoiceRoutes:
    """The handlers of the screen on which voices are compared."""

    def __init__(self, sessions: Sessions) -> None:
        """Use the voices of the sessions."""
        self.sessions, self._speaking = sessions, anyio.CapacityLimiter(1)

    def list_routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/api/voices", self.voices),
            Route("/api/speak", self.speak, methods=["POST"]),
            Route("/api/warm", self.warm_up, methods=["POST"]),
            Route("/api/pronunciations", self.pronunciations, methods=["POST"]),
        ]

    async def voices(self, request: Request) -> Response:
        """List the voices that speak a language, and those that a command installs."""
        language = request.query_params.get("language") or None
        found = await anyio.to_thread.run_sync(self.sessions.studio.list_voices, language)
        names = ("id", "name", "kind", "languages", "ready", "hint", "licence", "megabytes")
        return JSONResponse({"voices": [{name: getattr(each, name) for name in names} for each in found]})

    async def speak(self, request: Request) -> Response:
        """Speak a phrase of a routine, or any other words; an older request of the same page gives up."""
        body = await read_body(request)
        asked, choices, text = read_asked(body), read_choices(body), read_field(body, "text", str, "")
        check = self.sessions.tickets.take(f"speak {read_field(body, 'page', str, '')}")
        clip = await anyio.to_thread.run_sync(
            partial(speak, self.sessions, asked, choices, text, check), limiter=self._speaking
        )
        return JSONResponse({"clip": clip.digest, "samples": clip.samples})

    async def warm_up(self, request: Request) -> Response:
        """Start the voice that will speak what is written, so that the first changed phrase is heard soon."""
        body = await read_body(request)
        asked, voice = read_asked(body), read_field(body, "voice", str)
        await anyio.to_thread.run_sync(self.sessions.warm_up, asked, voice, limiter=self._speaking)
        return Response(status_code=204)

    async def pronunciations(self, request: Request) -> Response:
        """Return the pronunciations of a routine; with ``entries``, its text with these."""
        body = await read_body(request)
        asked, entries = read_asked(body), read_entries(body)
        return JSONResponse(await anyio.to_thread.run_sync(pronounce, self.sessions, asked, entries))


def speak(
    sessions: Sessions, asked: Asked, choices: Mapping[str, Any], text: str, check: Callable[..., None]
) -> vc.Clip:
    """Return the sound of words as the session of a routine has it; ``check`` may end the work before it begins.

    Raises:
        VoicecoachError: If they are too long, or can't be spoken.
    """
    check()
    if len(text) > LONGEST:
        raise vc.ChoiceError(f"the text has {len(text):,} characters\nwrite at most {LONGEST:,} to hear them")
    return sessions.studio.speak(sessions.find_routine(asked), text, **choices)


def pronounce(sessions: Sessions, asked: Asked, entries: Mapping[str, str] | None) -> dict[str, Any]:
    """Return the pronunciations in the text of a routine, and the text: with these ``entries``, if there are any.

    Raises:
        VoicecoachError: If the text is not YAML, or can't be changed so.
    """
    text = read_source(sessions, asked)
    if entries is not None:
        text = vc.write_pronunciations(text, entries)
    return {"text": text, "entries": [*vc.read_pronunciations(text).items()]}


def read_source(sessions: Sessions, asked: Asked) -> str:
    """Return the text of a routine: what the page has, or what its file holds.

    Raises:
        NoFileError: If there is no such routine.
    """
    if asked.text is not None:
        return asked.text
    is_own = asked.id.startswith("file-")
    return sessions.folder.read(asked.id).text if is_own else sessions.find_routine(asked).text


def read_entries(body: Mapping[str, Any]) -> dict[str, str] | None:
    """Read pronunciations as pairs of a word and its sound, in their order.

    >>> read_entries({"entries": [["psoas", "so-as"]]})
    {'psoas': 'so-as'}

    Raises:
        BadRequestError: If they are anything else.
    """
    pairs = read_field(body, "entries", list)
    if pairs is None:
        return None
    if not all(isinstance(each, list) and [*map(type, each)] == [str, str] for each in pairs):
        raise BadRequestError("entries are not pairs of texts")
    return dict(pairs)
