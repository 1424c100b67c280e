"""Runs ffmpeg, to its end or as a stream; an error names the ffmpeg, its reason and the remedy."""

from __future__ import annotations

import os
import re
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg_choice
from voicecoach.errors import EncodeError, RunError, suggest_remedy
from voicecoach.system import memory, process
from voicecoach.system.process import NOTHING, PIPE, Tail

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.system.process import Child, Finished, StreamTarget

_CAUSE = re.compile(
    r"error|invalid|unknown|not found|no such|fail|unable|assert|can't|cannot|could not|denied|unrecognized|missing"
    r"|not supported",
    re.IGNORECASE,
)
"""Words in a line that names a cause; the lines after it often only say that something failed."""


def find_executable() -> str:
    """Return the path of the ffmpeg that is used; `ffmpeg_choice` says which.

    Raises:
        ChoiceError: If a variable or the settings name a program that isn't there.
        EncodeError: If there is none that can be used.
    """
    return ffmpeg_choice.choose_ffmpeg().path


def identify() -> str:
    """Return what distinguishes this ffmpeg from others, on one line; it is part of the keys of cached sound.

    Raises:
        ChoiceError: As ``find_executable``.
        EncodeError: As ``find_executable``.
    """
    return ffmpeg_choice.choose_ffmpeg().identity


def quote_path(path: Path | str) -> str:
    """Write a path so that ffmpeg reads it as a file, whatever its name looks like.

    >>> quote_path("concat:-y")
    'file:concat:-y'
    """
    return f"file:{path}"


def run(args: Sequence[str], *, what: str, data: bytes = b"", loglevel: str = "error") -> Finished:
    """Run ffmpeg with ``args`` and ``data`` on its standard input, and wait for its end.

    Args:
        args: Options, inputs and outputs; ``pipe:0`` is ``data``, ``pipe:1`` is ``stdout`` of the result.
        what: The work, as the start of an error's text: "encoding left.mp3".
        data: Bytes for its standard input.
        loglevel: How much it writes to stderr; some filters print their results at "info".

    Raises:
        EncodeError: If ffmpeg is missing, can't be started or fails.
    """
    try:
        finished = process.run_child(_command(args, loglevel), data)
    except process.NotStartedError as error:
        raise _explain_start(what, error) from None
    _check(finished.status, finished.stderr, what)
    return finished


def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
    """Run ffmpeg with ``args``, and write ``chunks`` to its standard input (``pipe:0``) as they come.

    Raises:
        EncodeError: If ffmpeg is missing, can't be started, fails, or ends before it has read everything.
    """
    with _start(args, what, stdout=NOTHING) as child:
        messages = Tail(child.stderr)
        # An OSError of whoever makes the chunks is not ffmpeg's, and is passed on.
        complete = all(child.write(chunk) for chunk in chunks) and child.end_input()
        status = child.wait()
        _check(status or int(not complete), messages.text(), what)


def decode_stream(args: Sequence[str], *, what: str, size: int) -> Generator[bytes]:
    """Run ffmpeg with ``args``, and yield its standard output (``pipe:1``), ``size`` bytes at a time.

    ffmpeg ends when the generator is closed. If it fails, everything before the failure was yielded.

    Raises:
        EncodeError: If ffmpeg is missing, can't be started or fails.
    """
    with _start(args, what, stdout=PIPE) as child:
        messages = Tail(child.stderr)
        child.end_input()
        while child.stdout is not None and (piece := child.stdout.read(size)):
            yield piece
        status = child.wait()
        _check(status, messages.text(), what)


def convert_stream(args: Sequence[str], chunks: Iterator[bytes], *, what: str, size: int) -> Generator[bytes]:
    """Run ffmpeg with ``args``; write ``chunks`` to its input as they come, and yield its output as it comes.

    A thread writes. If the generator is closed, ffmpeg and the thread end, and ``chunks`` is closed.

    Raises:
        EncodeError: If ffmpeg is missing, can't be started or fails.
        Exception: What ``chunks`` raises.
    """
    failed: list[BaseException] = []
    with _start(args, what, stdout=PIPE) as child:
        messages = Tail(child.stderr)
        writer = threading.Thread(target=_feed, args=(child, chunks, failed), daemon=True)
        writer.start()
        try:
            while child.stdout is not None and (piece := os.read(child.stdout.fileno(), size)):
                yield piece
            status = child.wait()
        finally:
            child.kill()  # the writer fails at once if it still writes
            writer.join()
        if failed:
            raise failed[0]
        _check(status, messages.text(), what)


def _feed(child: Child, chunks: Iterator[bytes], failed: list[BaseException]) -> None:
    """Write chunks to a child's input until it does not read any more, and note what goes wrong with them."""
    try:
        complete = all(child.write(chunk) for chunk in chunks) and child.end_input()
        if not complete:
            child.kill()
    except BaseException as error:  # noqa: BLE001 - whoever reads the output raises it
        failed.append(error)
        child.kill()
    finally:
        close = getattr(chunks, "close", None)
        if close:
            close()


def _command(args: Sequence[str], loglevel: str) -> list[str]:
    return [find_executable(), "-nostdin", "-hide_banner", "-nostats", "-loglevel", loglevel, "-y", *args]


@contextmanager
def _start(args: Sequence[str], what: str, *, stdout: StreamTarget) -> Generator[Child]:
    try:
        with process.start_child(_command(args, "error"), stdin=PIPE, stdout=stdout, stderr=PIPE) as child:
            yield child
    except process.NotStartedError as error:
        raise _explain_start(what, error) from None


def _explain_start(what: str, error: OSError) -> EncodeError:
    found = ffmpeg_choice.choose_ffmpeg()
    return EncodeError(
        f"{what}: {found} could not be started: {error.strerror or error}\n{suggest_remedy(error) or found.remedy}"
    )


def _check(status: int, messages: str, what: str) -> None:
    """Raise an error that names the ffmpeg, its reason and the remedy, if it failed."""
    if not status:
        return
    if memory.is_shortage(messages):
        raise EncodeError(f"{what}: {memory.SHORTAGE}")
    full = process.find_full_disk(messages, status)
    found = ffmpeg_choice.choose_ffmpeg()
    reason = full or find_cause(messages)
    lines = [f"{what}: {found} failed ({_describe_end(status)})", reason, "" if full else found.remedy]
    message = "\n".join(filter(None, lines))
    raise RunError(message, reason) if status > 0 else EncodeError(message)


def _describe_end(status: int) -> str:
    """Describe a status in brackets, with the name of a signal."""
    if status >= 0:
        return f"status {status}"
    try:
        return f"ended by {signal.Signals(-status).name}"
    except ValueError:
        return f"ended by signal {-status}"


def find_cause(messages: str) -> str:
    r"""Return the first of ffmpeg's messages that names a cause, without addresses in memory; else the last one.

    >>> find_cause("[fc#0 @ 0x55d0] Option 'latency' not found\nError initializing filters\nConversion failed!\n")
    "Option 'latency' not found"
    """
    return process.find_last_line(next((line for line in messages.splitlines() if _CAUSE.search(line)), messages))
