"""One short session made by the real program in a process of its own, and how its end is judged."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

TOP = Path(__file__).resolve().parent.parent
PATIENCE = 120.0
"""Seconds after which a session that takes three counts as hanging."""
SHORT = 60.0

MADE, REFUSED, SKIPPED = "made right all the same", "refused", "skipped"
NOBODY = ("--user", "--map-user=4242", "--map-group=4242")
ROUTINE = """title: Short
breath: 2-2
sides:
  left: {leg: left leg}
  right: {leg: right leg}
steps:
  - say: Sit down.
  - breathe: 1
    in: In
    out: Out
  - each side:
      steps:
        - say: Now the {leg}.
"""
_FAILED = {1, 2}
_LINES = 3

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: its status (None: it did not, and was killed), and what it printed."""

    status: int | None
    printed: str
    said: str

    def wrong(self) -> str:
        """Say what is wrong with how it ended, but for what it made; nothing where it failed as it should."""
        lines = self.said.strip().splitlines()
        if self.status is None:
            return "it hangs"
        if "Traceback" in self.said or "internal error" in self.said:
            return f"it fell over: {lines[-1] if lines else ''}"
        if self.status and self.status not in _FAILED:
            return f"it ended with status {self.status}"
        if self.status and not 1 <= len(lines) <= _LINES:
            return f"its error has {len(lines)} lines"
        return ""


@dataclass(frozen=True, slots=True)
class Run:
    """A run of ``make``, from a folder of its own.

    Attributes:
        folder: The current folder; the routine is put into it.
        output: The file that it makes, from there.
        options: More of its options.
        environment: Variables that are other than ours; None takes one away.
        prefix: What starts the program, such as ``unshare``.
        before: What is done in the process before the program begins.
        stdout: Where it prints, if that is not read.
        while_running: What is done to it meanwhile, again and again until it ends.
    """

    folder: Path
    output: str = "short.mp3"
    options: Sequence[str] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    prefix: Sequence[str] = ()
    before: Callable[[], None] | None = None
    stdout: IO[bytes] | int = subprocess.PIPE
    while_running: Callable[[], None] | None = None

    def ended(self) -> Ended:
        """Run it to its end; what hangs is killed."""
        routine = self.folder / "short.yaml"
        if not routine.exists():
            routine.write_text(ROUTINE, encoding="utf-8")
        program = [sys.executable, "-W", "ignore", "-m", "voicecoach"]
        asked = ["make", "short.yaml", "-o", self.output, "--json", "--quiet", *self.options]
        with _running([*self.prefix, *program, *asked], self) as process:
            while self.while_running and process.poll() is None:
                self.while_running()
            try:
                printed, said = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                return Ended(None, "", "")
        return Ended(process.returncode, (printed or b"").decode(), said.decode(errors="replace"))


@contextmanager
def _running(command: Sequence[str], run: Run) -> Iterator[subprocess.Popen[bytes]]:
    changed = {**_own(), **run.environment}
    environment = {name: value for name, value in changed.items() if value is not None}
    process = subprocess.Popen(
        command,
        cwd=run.folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=run.stdout,
        stderr=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=run.before,  # noqa: PLW1509 - limits of a process have no other way
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        with process:
            pass


def _own() -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not re.match("VOICECOACH_|XDG_", name)}
    return {**ours, "PYTHONPATH": str(TOP), "PYTHONDONTWRITEBYTECODE": "1"}


def files(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder but the routine: plain files with their bytes, anything else as what it is."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.name != "short.yaml":
            found[path.name] = path.read_bytes() if path.is_file() else b"no plain file"
    return found


def told(ended: Ended) -> dict[str, object]:
    """Return what a run said of its files, times left out."""
    return {"files": json.loads(ended.printed)["files"]} if ended.printed else {}


@cache
def mere() -> tuple[str, ...] | None:
    """Return what starts a program as a user whom permissions stop; None where there is no such way.

    That user has no entry among the system's users, where that is possible, and owns the same files.
    """
    ways: list[tuple[str, ...]] = [
        ("unshare", *NOBODY),
        ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all"),
        (),
    ]
    test = "import os, sys, tempfile; f = tempfile.mkdtemp(); os.chmod(f, 0); ok = os.access(f, os.W_OK); os.rmdir(f)"
    return next((way for way in ways if _works([*way, sys.executable, "-c", f"{test}; sys.exit(ok)"])), None)


def nobody() -> tuple[str, ...] | None:
    """Return what starts a program as a user without an entry among the system's users, if that is possible."""
    return found if (found := mere()) and found[0] == "unshare" else None


def _works(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=SHORT).returncode == 0
    except OSError:
        return False


def at_once(work: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Do some work on items, one on each core, and yield what comes of it, in order."""
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        yield from threads.map(work, items)
