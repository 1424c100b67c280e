"""The standard streams: open even if the caller closed them; an error of the standard output names it."""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Buffer

STANDARD_OUTPUT = "standard output"
"""The file name in errors of the standard output."""


def open_streams() -> None:
    """Open the streams that the caller closed, and let errors of the standard output name it.

    So no file of ours gets the number of a closed stream. Messages on a closed stderr are lost. Output on a closed
    stdout is an error, because somebody asked for it.
    """
    # A closed stdout is opened for reading alone, so that printing on it fails.
    for number, (name, flags) in enumerate((("stdin", os.O_RDONLY), ("stdout", os.O_RDONLY), ("stderr", os.O_WRONLY))):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - stays open
    if not sys.stdout.isatty():
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Output(1, "w", closefd=False)), encoding=sys.stdout.encoding)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_output() -> None:
    """Discard output that was not written yet, so that Python does not try again when it exits, and print an error."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def describe_failure(error: OSError) -> str:
    """Describe why the standard output can't be written.

    >>> describe_failure(OSError(errno.EBADF, "Bad file descriptor", STANDARD_OUTPUT))
    "standard output can't be written: it is closed"
    """
    reason = "it is closed" if error.errno == errno.EBADF else (error.strerror or str(error)).lower()
    return f"{STANDARD_OUTPUT} can't be written: {reason}"


class _Output(io.FileIO):
    def write(self, data: Buffer, /) -> int | None:  # type: ignore[override] # typeshed asks for its own protocol
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, STANDARD_OUTPUT) from None
