"""What the page asks the server: thin handlers over sessions, files, cards and exports."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import anyio
import anyio.to_thread
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

import voicecoach as vc
from voicecoach.studio import cards, jobs
from voicecoach.studio.answers import BadRequestError, read_body, read_field, refuse
from voicecoach.studio.files import Folder, NoFileError, StaleError
from voicecoach.studio.sessions import Asked, Sessions, SupersededError, read_asked, read_choices
from voicecoach.studio.takes import TakeRoutes
from voicecoach.studio.voices import VoiceRoutes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

_Value = TypeVar("_Value")

FOR_EVER = "private, max-age=31536000, immutable"
"""How long a browser may keep what is named by its content."""


class Routes:
    """The handlers, and what they share."""

    def __init__(self, folder: Folder, opened: str, make_studio: Callable[[], vc.Studio]) -> None:
        """Serve a folder; ``opened`` is the id of the routine that is shown first, empty for none."""
        self.folder, self.opened = folder, opened
        self.sessions = Sessions(folder, make_studio)
        self.jobs = jobs.Jobs(self.sessions)
        self._planning, self._drawing = anyio.CapacityLimiter(2), anyio.CapacityLimiter(1)

    def list_routes(self) -> list[Route]:
        """Return the routes."""
        return [
            Route("/api/library", self.library),
            Route("/api/card/{id}", self.card),
            Route("/api/picture/{id}", self.picture),
            Route("/api/plan", self.plan, methods=["POST"]),
            Route("/api/suggest", self.suggest, methods=["POST"]),
            Route("/api/heard", self.note_heard, methods=["POST"]),
            Route("/api/check", self.check, methods=["POST"]),
            Route("/api/clip/{digest}", self.clip),
            Route("/api/routine/{id}", self.read_routine),
            Route("/api/routine/{id}", self.write_routine, methods=["PUT"]),
            Route("/api/routines", self.add_routine, methods=["POST"]),
            Route("/api/schema", self.schema),
            *VoiceRoutes(self.sessions).list_routes(),
            *TakeRoutes(self.sessions).list_routes(),
            Route("/api/bed/{name}", self.bed),
            Route("/api/breath-sound", self.breath_sound),
            Route("/api/export", self.export, methods=["POST"]),
            Route("/api/jobs", self.follow_jobs),
            Route("/api/jobs/{number:int}", self.cancel_job, methods=["DELETE"]),
            Route("/api/made/{number:int}/{index:int}", self.made),
        ]

    async def library(self, _request: Request) -> Response:
        """List all routines."""
        return JSONResponse(await self._run(cards.list_cards, self.folder, self.opened))

    async def card(self, request: Request) -> Response:
        """Describe a routine."""
        asked = _read_path(request)
        return JSONResponse(await self._run(cards.describe_card, self.sessions, asked, limiter=self._planning))

    async def picture(self, request: Request) -> Response:
        """Draw a routine."""
        drawn = await self._run(cards.draw_picture, self.sessions, _read_path(request), limiter=self._drawing)
        return Response(drawn, media_type="image/svg+xml", headers={"cache-control": "private, max-age=60"})

    async def plan(self, request: Request) -> Response:
        """Plan a session; an older request of the same page gives up."""
        body = await read_body(request)
        asked, choices, check = read_asked(body), read_choices(body), self._take_ticket(body, "plan")
        remember = read_field(body, "remember", bool, usual=False)
        work = partial(self.sessions.plan, remember=remember)
        found = await self._run(work, asked, choices, check, limiter=self._planning)
        return Response(found, media_type="application/json") if isinstance(found, bytes) else refuse(found)

    async def suggest(self, request: Request) -> Response:
        """Suggest what to choose in place of choices that are impossible; an older request gives up."""
        body = await read_body(request)
        asked, choices, check = read_asked(body), read_choices(body), self._take_ticket(body, "suggest")
        found = await self._run(self.sessions.suggest, asked, choices, check, limiter=self._planning)
        return JSONResponse({"suggestions": found})

    async def note_heard(self, request: Request) -> Response:
        """Remember that the full introduction of a session was heard."""
        body = await read_body(request)
        await self._run(self.sessions.note_heard, read_asked(body), read_choices(body), limiter=self._planning)
        return Response(status_code=204)

    async def check(self, request: Request) -> Response:
        """Check a routine; an older request of the same page gives up."""
        body = await read_body(request)
        asked, voice = read_asked(body), read_field(body, "voice", str)
        check = self._take_ticket(body, "check")
        found = await self._run(self.sessions.check, asked, voice, check, limiter=self._planning)
        return JSONResponse({"problems": found})

    async def clip(self, request: Request) -> Response:
        """Return the sound of a phrase."""
        found = self.sessions.studio.clip(request.path_params["digest"])
        if found is None:
            return JSONResponse({"missing": True}, 404)
        sound = await self._run(found.encode, "wav")
        return Response(sound, media_type="audio/wav", headers={"cache-control": FOR_EVER})

    async def read_routine(self, request: Request) -> Response:
        """Return the text of a routine, with its digest as the tag."""
        asked = _read_path(request)
        if asked.id.startswith("file-"):
            found = await self._run(self.folder.read, asked.id)
            about = {"name": self.folder.find_name(asked.id), "text": found.text, "own": True}
            return JSONResponse(about, headers={"etag": f'"{found.digest}"'})
        routine = await self._run(self.sessions.find_routine, asked)
        return JSONResponse({"name": routine.name, "text": routine.text, "own": False})

    async def write_routine(self, request: Request) -> Response:
        """Replace the text of a routine, unless it is not what the page has read."""
        body = await read_body(request)
        text, tag = read_field(body, "text", str), request.headers.get("if-match", "").strip('"')
        if text is None or not tag:
            raise BadRequestError("a text and If-Match are needed")
        try:
            written = await self._run(self.folder.write, request.path_params["id"], text, tag)
        except StaleError as error:
            both = {"theirs": error.found.text, "yours": text}
            return JSONResponse(both, 412, headers={"etag": f'"{error.found.digest}"'})
        return JSONResponse({"saved": True}, headers={"etag": f'"{written.digest}"'})

    async def add_routine(self, request: Request) -> Response:
        """Write a new routine into the folder."""
        body = await read_body(request)
        title, text = read_field(body, "title", str, ""), read_field(body, "text", str, "")
        return JSONResponse({"id": await self._run(self.folder.add, title, text)}, 201)

    async def schema(self, _request: Request) -> Response:
        """Return what can stand where in a routine."""
        return JSONResponse(await self._run(vc.read_schema))

    async def bed(self, request: Request) -> Response:
        """Return a background sound; the header ``gain`` is its factor at a level below the speech."""
        level = _read_level(request)
        found = await self._run(vc.load_bed, request.path_params["name"])
        headers = {"cache-control": "no-cache", "gain": f"{found.gain(level):.6f}"}
        return Response(await self._run(found.encode), media_type="audio/wav", headers=headers)

    async def breath_sound(self, request: Request) -> Response:
        """Return the colours of the breath sound; headers say how phases sound, and its factor at a level."""
        level, found = _read_level(request), await self._run(vc.load_breath_sound)
        courses = {kind: [each.start, each.end, *each.rise] for kind, each in found.courses.items()}
        about = {"courses": json.dumps(courses), "edge": str(found.edge), "gain": f"{found.gain(level):.6f}"}
        sound = await self._run(found.encode)
        return Response(sound, media_type="audio/wav", headers={"cache-control": "no-cache", **about})

    async def export(self, request: Request) -> Response:
        """Begin to write files."""
        body = await read_body(request)
        asked, choices, files = read_asked(body), read_choices(body), jobs.read_files(body)
        title = (await self._run(self.sessions.find_routine, asked)).title
        split = read_field(body, "split", bool, usual=False)
        job = self.jobs.start(title, jobs.export(self.sessions, asked, choices, files, split=split))
        return JSONResponse({"job": job.number}, 202)

    async def follow_jobs(self, _request: Request) -> Response:
        """Tell of all exports, as a stream of events."""
        return StreamingResponse(self.jobs.listen(), media_type="text/event-stream")

    async def cancel_job(self, request: Request) -> Response:
        """End an export."""
        return Response(status_code=204 if self.jobs.cancel(request.path_params["number"]) else 404)

    async def made(self, request: Request) -> Response:
        """Return a file that was exported."""
        number, index = request.path_params["number"], request.path_params["index"]
        job = self.jobs.jobs.get(number)
        files = job.files if job else []
        if index >= len(files) or not files[index].is_file():
            return JSONResponse({"missing": True}, 404)
        return FileResponse(files[index], filename=files[index].name, content_disposition_type="inline")

    def _take_ticket(self, body: Mapping[str, Any], kind: str) -> Callable[..., None]:
        return self.sessions.tickets.take(f"{kind} {read_field(body, 'page', str, '')}")

    async def _run(
        self, work: Callable[..., _Value], *given: object, limiter: anyio.CapacityLimiter | None = None
    ) -> _Value:
        """Run what takes time in a thread, so that other requests are answered meanwhile."""
        return await anyio.to_thread.run_sync(partial(work, *given), limiter=limiter)


def _read_level(request: Request) -> float:
    level = request.query_params.get("level", "24")
    if not level.isdecimal():
        raise BadRequestError("level is not a number")
    return float(level)


def _read_path(request: Request) -> Asked:
    return Asked(request.path_params["id"], language=request.query_params.get("language", ""))


async def answer_error(_request: Request, error: Exception) -> Response:
    """Answer an error that a handler did not."""
    match error:
        case SupersededError():
            return JSONResponse({"superseded": True}, 409)
        case NoFileError():
            return JSONResponse({"missing": True}, 404)
        case vc.VoicecoachError():
            from voicecoach.studio.answers import describe_error

            missing = isinstance(error, vc.UnknownNameError)
            return refuse(describe_error(error), 404 if missing else 422)
        case OSError():
            return JSONResponse({"failed": error.strerror or str(error)}, 507)
        case _:
            return JSONResponse({"error": str(error)}, 400)


ERRORS: dict[Any, Any] = dict.fromkeys(
    (SupersededError, NoFileError, BadRequestError, vc.VoicecoachError, OSError), answer_error
)
"""The errors that are answered."""
