"""Exports: work that takes a while, told about while it goes on, and cancelled when nobody wants it any more."""

from __future__ import annotations

import itertools
import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread

import voicecoach as vc
from voicecoach.studio.answers import BadRequestError, describe_error, read_known

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from anyio.abc import TaskGroup

    from voicecoach.studio.sessions import Asked, Sessions

FILES = {
    "format": str,
    "bitrate": int,
    "bed": str,
    "bed_level": int,
    "breath_level": int,
    "captions": list,
    "chapters_json": bool,
    "playlist": bool,
    "pan": bool,
}
"""What a page can choose about files, with its types."""
MOST_JOBS = 50
"""Jobs that are remembered."""


class CancelledError(Exception):
    """A job that was cancelled."""


@dataclass(slots=True)
class Job:
    """An export.

    Attributes:
        number: Its name in requests.
        title: What is made.
        state: ``working``, ``done``, ``failed`` or ``cancelled``.
        stage: What is being done.
        done: How much of the stage is done, of ``total``.
        files: The files that were made.
        problems: Why there are none.
    """

    number: int
    title: str
    state: str = "working"
    stage: str = ""
    done: int = 0
    total: int = 0
    files: list[Path] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    stage_began: float = field(default_factory=time.monotonic)
    cancelled: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as the page shows it."""
        files = [{"name": each.name, "bytes": each.stat().st_size} for each in self.files if each.exists()]
        return {
            "id": self.number,
            "title": self.title,
            "state": self.state,
            "stage": self.stage,
            "done": self.done,
            "total": self.total,
            "left": self.guess_left(),
            "files": files,
            "folder": str(self.files[0].parent) if self.files else "",
            "problems": self.problems,
        }

    def guess_left(self) -> float | None:
        """Return the seconds that are left of its stage, by how long the part took that is done; None at its start."""
        if not self.done or not self.total:
            return None
        return round((time.monotonic() - self.stage_began) * (self.total - self.done) / self.done, 1)


class Jobs:
    """All exports; those that wait for news of them hear each change."""

    def __init__(self, sessions: Sessions) -> None:
        """Start with none."""
        self._sessions, self._numbers = sessions, itertools.count(1)
        self._changed: anyio.Event | None = None
        self.jobs: dict[int, Job] = {}
        self.tasks: TaskGroup | None = None

    def start(self, title: str, write: Callable[[Callable[[str, int, int], None]], vc.Files]) -> Job:
        """Begin an export in a thread of its own; ``write`` gets a function that it tells its progress."""
        if self.tasks is None:
            raise RuntimeError("the server has not started")
        job = Job(next(self._numbers), title)
        self.jobs[job.number] = job
        while len(self.jobs) > MOST_JOBS:
            del self.jobs[min(self.jobs)]
        self.tasks.start_soon(self._work, job, write)
        return job

    def cancel(self, number: int) -> bool:
        """End an export; return whether there is one of this number."""
        job = self.jobs.get(number)
        if job:
            job.cancelled = True
        return job is not None

    def cancel_all(self) -> None:
        """End all exports."""
        for number in self.jobs:
            self.cancel(number)

    async def listen(self) -> AsyncIterator[str]:
        """Yield all jobs as events of a stream, now and after each change."""
        while True:
            if self._changed is None or self._changed.is_set():
                self._changed = anyio.Event()
            changed = self._changed
            yield f"data: {json.dumps([job.as_json() for job in self.jobs.values()])}\n\n"
            await changed.wait()

    async def _work(self, job: Job, write: Callable[[Callable[[str, int, int], None]], vc.Files]) -> None:
        token = anyio.lowlevel.current_token()

        def _report(stage: str, done: int, total: int) -> None:
            if job.cancelled:
                raise CancelledError
            if stage != job.stage:
                job.stage_began = time.monotonic()
            if (stage, done) != (job.stage, job.done):
                job.stage, job.done, job.total = stage, done, total
                anyio.from_thread.run_sync(self._tell, token=token)

        try:
            made = await anyio.to_thread.run_sync(write, _report)
            job.files, job.state = [*made.paths], "done"
        except CancelledError:
            job.state = "cancelled"
        except vc.VoicecoachError as error:
            job.problems, job.state = describe_error(error), "failed"
        except Exception as error:  # noqa: BLE001 - it must not end the server
            said = str(getattr(error, "strerror", None) or f"internal error, please report it: {error!r}")
            job.problems, job.state = describe_error(vc.VoicecoachError(said)), "failed"
        self._tell()

    def _tell(self) -> None:
        """Wake those that wait."""
        if self._changed is not None:
            self._changed.set()


def read_files(body: Mapping[str, Any]) -> dict[str, Any]:
    """Read what a page chooses about files.

    Raises:
        BadRequestError: If a choice is unknown, or of another type.
    """
    found = read_known(body, "files", FILES)
    if found["bed"] not in {None, "none", *vc.list_beds()}:
        raise BadRequestError("there is no such background")
    return {name: value for name, value in found.items() if value is not None}


def export(
    sessions: Sessions,
    asked: Asked,
    choices: Mapping[str, Any],
    files: Mapping[str, Any],
    *,
    split: bool,
) -> Callable[[Callable[[str, int, int], None]], vc.Files]:
    """Return what writes the files of a session into the folder of the studio, as ``voicecoach make`` does.

    Args:
        sessions: What plans it.
        asked: The routine.
        choices: What is chosen about the session.
        files: What is chosen about the files.
        split: Whether each side gets a track of its own.
    """

    def _write(report: Callable[[str, int, int], None]) -> vc.Files:
        session = sessions.studio.plan(sessions.find_routine(asked), **{**choices, "progress": report})
        folder = sessions.folder.path
        if split:
            return session.write_sides(folder, **{**files, "progress": report})
        return session.write(folder, **{**files, "progress": report})

    return _write
