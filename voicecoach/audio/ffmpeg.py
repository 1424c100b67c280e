"""ffmpeg: run to its end or fed with sound, never left running; its failures name it, its reason and the remedy."""

from __future__ import annotations

import errno
import os
import re
import signal
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from voicecoach.audio import ffmpeg_choice
from voicecoach.errors import EncodeError, RunError, remedy
from voicecoach.system import memory, signals

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Generator, Iterable, Sequence
    from pathlib import Path

_KEPT = 10_000
"""Bytes of what ffmpeg says that are kept: the last ones."""
_FULL = tuple(getattr(errno, name) for name in ("ENOSPC", "EFBIG", "EDQUOT") if hasattr(errno, name))
NO_ROOM = tuple(os.strerror(number).lower() for number in _FULL)
"""What the system says, in small letters, where a disk is full, or a file may not grow any more."""
_NO_ROOM_ENDS = {256 - number: os.strerror(number).lower() for number in _FULL}
"""The status that ffmpeg ends with then; or it is ended by the signal that says so."""
if hasattr(signal, "SIGXFSZ"):
    _NO_ROOM_ENDS[-signal.SIGXFSZ] = os.strerror(errno.EFBIG).lower()
_TELLING = re.compile(
    r"error|invalid|unknown|not found|no such|fail|unable|assert|can't|cannot|could not|denied|unrecognized|missing"
    r"|not supported",
    re.IGNORECASE,
)
"""What a line says that names a cause; the lines after it often only say that something failed."""


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run of ffmpeg left: its standard output, and what it said on the other."""

    stdout: bytes
    stderr: str


def executable() -> str:
    """Return the path of the ffmpeg that is used; `ffmpeg_choice` says which.

    Raises:
        ChoiceError: When a variable or the settings name a program that isn't there.
        EncodeError: When there is none that can be used.
    """
    return ffmpeg_choice.choose().path


def identity() -> str:
    """Return what tells the ffmpeg that is used from others, on one line: kept sound is known by it as well.

    Raises:
        ChoiceError: As ``executable``.
        EncodeError: As ``executable``.
    """
    return ffmpeg_choice.choose().identity


def source(path: Path | str) -> str:
    """Name a file so that ffmpeg takes it for a file, whatever it is called.

    >>> source("concat:-y")
    'file:concat:-y'
    """
    return f"file:{path}"


def run(args: Sequence[str], *, what: str, data: bytes = b"", loglevel: str = "error") -> Finished:
    """Run ffmpeg with ``args`` and ``data`` on its standard input, and wait for its end.

    Args:
        args: Options, inputs and outputs; ``pipe:0`` is ``data``, ``pipe:1`` comes back as ``stdout``.
        what: What is being done, as the start of an error's text: "encoding left.mp3".
        data: Bytes for its standard input.
        loglevel: How much it says on stderr; some filters print their results at "info".

    Raises:
        EncodeError: When ffmpeg is missing, can't be started or fails.
    """
    import subprocess

    with _started(_command(args, loglevel), what, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        out, err = process.communicate(data)
    said = err.decode(errors="replace")
    _check(process.returncode, said, what)
    return Finished(out, said)


def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
    """Run ffmpeg with ``args``, feeding ``chunks`` to its standard input (``pipe:0``) as they come.

    Raises:
        EncodeError: When ffmpeg is missing, can't be started, fails, or ends before all was written.
    """
    import subprocess

    with _started(_command(args, "error"), what, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        said = Said(process.stderr)
        broken = not _fed(process, chunks)
        status = process.wait()
        _check(status or int(broken), said.text(), what)


def decode_stream(args: Sequence[str], *, what: str, size: int) -> Generator[bytes]:
    """Run ffmpeg with ``args``, and yield what comes on its standard output (``pipe:1``), ``size`` bytes at a time.

    It is ended when the generator is closed. What it had decoded before it failed has been yielded by then.

    Raises:
        EncodeError: When ffmpeg is missing, can't be started or fails.
    """
    import subprocess

    with _started(_command(args, "error"), what, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        said = Said(process.stderr)
        _close(process.stdin)
        while process.stdout is not None and (piece := process.stdout.read(size)):
            yield piece
        status = process.wait()
        _check(status, said.text(), what)


class Said:
    """What a program says while it works, read by a thread: a pipe that nobody reads would fill and block it.

    A file would take it too, but not where the disk is full, which is what ffmpeg may have to say.
    """

    def __init__(self, pipe: IO[bytes] | None) -> None:
        """Start to read."""
        self._pipe, self._end = pipe, b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def text(self, seconds: float | None = None) -> str:
        """Return the end of it, once there is no more, or after some seconds."""
        self._thread.join(seconds)
        return self._end.decode(errors="replace")

    def _read(self) -> None:
        with suppress(OSError, ValueError):  # closed under our hands
            while self._pipe is not None and (piece := self._pipe.readline(_KEPT)):  # a line may have no end
                self._end = (self._end + piece)[-_KEPT:]


def apart() -> dict[str, Any]:
    """Return what keeps a child of ours out of the terminal's Ctrl-C, so that we alone decide how it ends."""
    import subprocess

    return {"process_group": 0, "creationflags": getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)}


def _command(args: Sequence[str], loglevel: str) -> list[str]:
    return [executable(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", loglevel, "-y", *args]


@contextmanager
def _started(
    command: list[str], what: str, *, stdout: int, stderr: IO[bytes] | int
) -> Generator[subprocess.Popen[bytes]]:
    import subprocess

    signals.check()
    process = None
    try:
        with signals.defer():
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=stdout, stderr=stderr, **apart())
        _running.add(process)
        yield process
    except BaseException as error:
        if process is not None:
            end(process)
        elif isinstance(error, OSError):
            raise _not_started(what, error) from None
        raise
    finally:
        _running.discard(process)
    with process:
        pass


_running: set[subprocess.Popen[bytes] | None] = set()


def end_all() -> None:
    """Kill every ffmpeg of ours that is still at work, in whichever thread; the threads that wait for them go on."""
    for process in tuple(_running):
        if process is not None:
            process.kill()


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process that is still there, and let go of it."""
    process.kill()
    process.wait()  # Popen's own way out does not wait after a KeyboardInterrupt
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):  # nor does it pass over what could not be written any more
            _close(pipe)


def _fed(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> bool:
    """Write all chunks and close; tell whether ffmpeg took them all."""
    for chunk in chunks:
        # Only the writing is guarded: an OSError of whoever makes the chunks is theirs.
        if not _taken(process, chunk):
            return False
    try:
        _close(process.stdin)
    except OSError:
        return False
    return True


def _taken(process: subprocess.Popen[bytes], chunk: bytes) -> bool:
    try:
        if process.stdin is not None:
            process.stdin.write(chunk)
    except OSError:
        return False
    return True


def _close(pipe: IO[bytes] | None) -> None:
    if pipe is not None:
        pipe.close()


def _not_started(what: str, error: OSError) -> EncodeError:
    found = ffmpeg_choice.choose()
    return EncodeError(
        f"{what}: {found} could not be started: {error.strerror or error}\n{remedy(error) or found.remedy}"
    )


def _check(status: int, said: str, what: str) -> None:
    """Raise an error that names the ffmpeg, its reason and the remedy, if it failed."""
    if not status:
        return
    if memory.is_shortage(said):
        raise EncodeError(f"{what}: {memory.SHORTAGE}")
    full = next((each for each in NO_ROOM if each in said.lower()), "") or _NO_ROOM_ENDS.get(status)
    found = ffmpeg_choice.choose()
    reason = full or cause(said)
    lines = [f"{what}: {found} failed ({_describe_end(status)})", reason, "" if full else found.remedy]
    message = "\n".join(filter(None, lines))
    raise RunError(message, reason) if status > 0 else EncodeError(message)


def _describe_end(status: int) -> str:
    """Say how a process ended: by its status, or by a signal."""
    if status >= 0:
        return f"status {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"


def cause(said: str) -> str:
    r"""Return the first line of what ffmpeg said that names a cause, without its addresses; else the last line.

    >>> cause("[fc#0 @ 0x55d0] Option 'latency' not found\nError initializing filters\nConversion failed!\n")
    "Option 'latency' not found"
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return gist(next((line for line in lines if _TELLING.search(line)), lines[-1] if lines else ""))


def gist(said: str) -> str:
    r"""Return the last thing that ffmpeg or a program like it said, without its addresses.

    >>> gist("[in#0 @ 0x55d0] Error opening input: No such file\n\n")
    'Error opening input: No such file'
    """
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return re.sub(r"^(\[[^\]]*@ 0x[0-9a-f]+\]\s*)+", "", lines[-1])[:300] if lines else ""
