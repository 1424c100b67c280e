"""Child processes: only this module starts them. Each can be stopped at any time, and leaves nothing behind.

A child runs in a process group of its own. The terminal's Ctrl-C does not reach it, so we alone decide how it ends.
When it ends, or when nobody needs it any more, its whole group is killed, and it is waited for: no zombie stays.
"""

from __future__ import annotations

import errno
import os
import re
import signal
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from voicecoach.system import signals

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

PIPE, NOTHING = -1, -3
"""What a stream of a child is connected to, if not to a file: `subprocess.PIPE` and `subprocess.DEVNULL`.

`subprocess` itself takes 5 ms to import, so this module imports it only when it starts a process."""

_TAIL = 10_000
"""Bytes of a child's messages that `Tail` keeps: the last ones."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.0005, 0.05
"""Seconds between two checks whether a child has ended: short at first, then longer."""

_FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EFBIG", "EDQUOT") if hasattr(errno, name))
DISK_FULL = tuple(os.strerror(number).lower() for number in _FULL)
"""The system's messages, in small letters, if a disk is full or a file has reached its largest size."""
_DISK_FULL_STATUS = {256 - number: os.strerror(number).lower() for number in _FULL}
"""The exit statuses of ffmpeg in this case; or a signal ends the process."""
if hasattr(signal, "SIGXFSZ"):
    _DISK_FULL_STATUS[-signal.SIGXFSZ] = os.strerror(errno.EFBIG).lower()

StreamTarget = int | IO[Any]


class NotStartedError(OSError):
    """The system could not start a program."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The result of a child: its exit status (negative: a signal ended it), its output, and its messages."""

    status: int
    stdout: bytes
    stderr: str


class Tail:
    """Reads a pipe in a thread and keeps the end: a pipe that nobody reads would fill, and block the child.

    A temporary file could fill the disk, or find it full, which may be just what the child reports.
    """

    def __init__(self, pipe: IO[bytes] | None) -> None:
        """Start to read."""
        self._pipe, self._end = pipe, b""
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def text(self, seconds: float | None = None) -> str:
        """Return the end of what the child wrote, once the pipe is closed or after some seconds."""
        self.thread.join(seconds)
        return self._end.decode(errors="replace")

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # another thread closed the pipe
            while self._pipe is not None and (piece := self._pipe.readline(_TAIL)):  # a line can be endless
                self._end = (self._end + piece)[-_TAIL:]


class Child:
    """A running program. `start_child` is the safe way to get one; whoever creates one directly must `close` it."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        stdin: StreamTarget = NOTHING,
        stdout: StreamTarget = NOTHING,
        stderr: StreamTarget = NOTHING,
        folder: Path | None = None,
    ) -> None:
        """Start a program, in ``folder`` if that is given.

        Raises:
            NotStartedError: If the system can't start it.
        """
        import subprocess

        apart = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        self._ending = threading.Lock()
        try:
            self._process: subprocess.Popen[bytes] = subprocess.Popen(
                [*command],
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                cwd=folder,
                process_group=0,
                creationflags=apart,
            )
        except OSError as error:
            raise NotStartedError(error.errno, error.strerror or str(error)) from None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def stdin(self) -> IO[bytes] | None:
        """Its standard input, if that is a pipe."""
        return self._process.stdin

    @property
    def stdout(self) -> IO[bytes] | None:
        """Its standard output, if that is a pipe."""
        return self._process.stdout

    @property
    def stderr(self) -> IO[bytes] | None:
        """Its standard error, if that is a pipe."""
        return self._process.stderr

    def write(self, content: bytes) -> bool:
        """Write to its standard input, at once; return whether it still reads."""
        try:
            if self.stdin is not None:
                self.stdin.write(content)
                self.stdin.flush()
        except OSError:
            return False
        return True

    def end_input(self) -> bool:
        """Close its standard input; return whether it has read everything up to now, as far as is known."""
        try:
            _close(self.stdin)
        except OSError:
            return False
        return True

    def communicate(self, content: bytes, seconds: float | None = None) -> tuple[bytes, bytes]:
        """Write ``content`` to its input, read its output and its messages to their ends, and wait for its end.

        Raises:
            TimeoutError: If it takes longer than ``seconds``.
        """
        import subprocess

        try:
            return self._process.communicate(content, timeout=seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"no answer in {seconds:g} s") from None

    def wait(self) -> int:
        """Wait for its end, kill what it leaves running, and return its exit status (negative: a signal ended it)."""
        self._has_ended(None)
        return self._bury()

    def wait_for(self, seconds: float) -> int | None:
        """Wait as `wait` does, but not longer than some seconds; return None if it still runs then."""
        return self._bury() if self._has_ended(seconds) else None

    def kill(self) -> None:
        """Kill it with all that it started, where the system has process groups; another thread may be waiting."""
        with self._ending:
            if self._process.returncode is None:  # its number still belongs to it
                self._kill_group()
                self._process.kill()

    def close(self) -> None:
        """Kill it if it still runs, wait for its end, and close its pipes."""
        self.kill()
        self._process.wait()  # the context manager of Popen does not wait after a KeyboardInterrupt
        for pipe in (self.stdin, self.stdout, self.stderr):
            with suppress(OSError):  # what was not written yet has no reader any more
                _close(pipe)

    def _has_ended(self, seconds: float | None) -> bool:
        """Wait for its end, but let it keep its number if possible, so that its group can be killed after it."""
        import subprocess

        if self._process.returncode is not None:
            return True
        if not hasattr(os, "waitid"):
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
            return self._process.returncode is not None
        with suppress(ChildProcessError):  # another thread waited for it
            return _wait_for_end(self._process.pid, seconds)
        return True

    def _bury(self) -> int:
        with self._ending:
            if self._process.returncode is None:
                self._kill_group()
            return self._process.wait()

    def _kill_group(self) -> None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)


@contextmanager
def start_child(
    command: Sequence[str],
    *,
    stdin: StreamTarget = NOTHING,
    stdout: StreamTarget = NOTHING,
    stderr: StreamTarget = NOTHING,
) -> Generator[Child]:
    """Start a program for this thread, and end it with the block, however the block is left.

    Raises:
        NotStartedError: If the system can't start it.
    """
    signals.raise_pending()
    child = None
    try:
        with signals.defer():
            child = Child(command, stdin=stdin, stdout=stdout, stderr=stderr)
        _running.add(child)
        yield child
    finally:
        if child is not None:
            _running.discard(child)
            child.close()


_running: set[Child] = set()
"""The children that threads of ours wait for."""


def kill_all() -> None:
    """Kill every child that `start_child` started and that still runs, in any thread; the threads that wait go on."""
    for child in tuple(_running):
        child.kill()


def run_child(command: Sequence[str], content: bytes = b"", seconds: float | None = None) -> Finished:
    """Run a program with ``content`` as its standard input, and return its result.

    Raises:
        NotStartedError: If the system can't start it.
        TimeoutError: If it takes longer than ``seconds``.
    """
    with start_child(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) as child:
        out, messages = child.communicate(content, seconds)
        return Finished(child.wait(), out, messages.decode(errors="replace"))


@dataclass(frozen=True, slots=True)
class Work:
    """What a process does: whether it could go on if a core were free, and the seconds of a core that it has had."""

    ready: bool
    seconds: float


def measure_work(pid: int) -> Work | None:
    """Return what a process does; None where the system does not tell that in /proc, or if it has ended.

    >>> found = measure_work(os.getpid())
    >>> found is None or found.ready
    True
    """
    folder = Path("/proc", str(pid))
    try:
        used = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()[11:13]
        threads = [each.read_text(errors="replace") for each in folder.glob("task/*/stat")]
        ticks = os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError):
        return None
    if len(used) < 2:  # noqa: PLR2004 - the time of the program, and that of the system for it
        return None
    return Work(any(each.rpartition(") ")[2][:1] in {"R", "D"} for each in threads), sum(map(int, used)) / ticks)


def describe_end(status: int) -> str:
    """Say how a child ended.

    >>> describe_end(3), describe_end(-9)
    ('ended with exit status 3', 'was killed by signal 9')
    """
    return f"was killed by signal {-status}" if status < 0 else f"ended with exit status {status}"


def find_full_disk(messages: str, status: int = 0) -> str:
    """Return the system's message for a full disk if a child reports it, in words or by its exit status; else nothing.

    >>> find_full_disk("av_interleaved_write_frame(): No space left on device"), find_full_disk("no such voice")
    ('no space left on device', '')
    """
    found = next((each for each in DISK_FULL if each in messages.lower()), "")
    return found or _DISK_FULL_STATUS.get(status, "")


def find_last_line(messages: str) -> str:
    r"""Return the last line that a child wrote, without addresses in memory, and not longer than 300 characters.

    >>> find_last_line("[in#0 @ 0x55d0] Error opening input: No such file\n\n")
    'Error opening input: No such file'
    """
    lines = [line.strip() for line in messages.splitlines() if line.strip()]
    return re.sub(r"^(\[[^\]]*@ 0x[0-9a-f]+\]\s*)+", "", lines[-1])[:300] if lines else ""


def _wait_for_end(pid: int, seconds: float | None) -> bool:
    """Wait for the end of a child without taking its exit status; return whether it has ended.

    Raises:
        ChildProcessError: If its exit status was taken already.
    """
    flags = os.WEXITED | os.WNOWAIT
    if seconds is None:
        os.waitid(os.P_PID, pid, flags)
        return True
    until, pause = time.monotonic() + seconds, _FIRST_PAUSE
    while os.waitid(os.P_PID, pid, flags | os.WNOHANG) is None:
        left = until - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(pause, left))
        pause = min(2 * pause, _LONGEST_PAUSE)
    return True


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        pipe.close()
