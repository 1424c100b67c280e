"""What the fault campaigns share: what came of one fault, and how the program is run and its files are looked at."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PROGRAM = (sys.executable, "-m", "voicecoach")
MARK = "VOICECOACH_FAULT"
"""What the environment of a run, and of all that it starts, has a word of its own in."""
LONGEST = 300
"""Seconds after which a run is taken to hang."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one fault.

    Attributes:
        fault: The kind of fault, as a row of the table: "killed while encoding".
        came: What came of it, as a column: "the old file", "the new file", "refused", "made all the same".
        wrong: What promise was broken and how to repeat it; nothing if none was.
    """

    fault: str
    came: str
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders that belong to one run, or to several in a row: its cache, its temporary files, and what it makes.

    ``mark`` is the word by which all processes of its runs are known.
    """

    cache: Path
    temporary: Path
    output: Path
    mark: str

    def made(self) -> Place:
        """Make the folders that are not there, and give the place."""
        for folder in (self.cache, self.temporary, self.output):
            folder.mkdir(parents=True, exist_ok=True)
        return self

    @property
    def environment(self) -> Mapping[str, str]:
        """The environment of a run: its cache folder, and the voice that starts soonest."""
        own = {"XDG_CACHE_HOME": str(self.cache), "TMPDIR": str(self.temporary), MARK: self.mark}
        return {**os.environ, **own, "XDG_CONFIG_HOME": str(self.cache / "none"), "VOICECOACH_VOICE": "system"}

    @property
    def kept(self) -> Path:
        """Where the program keeps what it has spoken."""
        return self.cache / "voicecoach"

    def start(self, *arguments: str, program: Sequence[str] = PROGRAM) -> subprocess.Popen[str]:
        """Start the program, with the folder for what it makes as its current one."""
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*program, *arguments], cwd=self.output, env=self.environment, stdout=pipe, stderr=pipe, text=True
        )

    def run(self, *arguments: str) -> tuple[int | None, str, str]:
        """Run the program to its end; return its status and its two outputs."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=LONGEST)
        return process.returncode, out, err

    def alive(self) -> list[int]:
        """Return the processes that its runs have left; none where the system does not tell (it has no /proc)."""
        word = f"{MARK}={self.mark}".encode()
        return [int(each.name) for each in Path("/proc").glob("[0-9]*") if word in _surroundings(each)]

    def gone(self, patience: float) -> float | None:
        """Wait until no process is left, and return the seconds that took; None if some stay, which are ended then."""
        began = time.monotonic()
        while left := self.alive():
            if time.monotonic() > began + patience:
                self.kill(left)
                return None
            time.sleep(0.01)
        return time.monotonic() - began

    def kill(self, processes: Sequence[int]) -> None:
        """Kill processes of its runs."""
        for each in processes:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)


def _surroundings(process: Path) -> list[bytes]:
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended, or is another user's
        return []


def contents(folder: Path) -> dict[str, bytes]:
    """Return the files of a folder, by their names."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
