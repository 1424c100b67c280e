"""Single keys from a terminal, without Enter and without echo; the terminal is left as it was found."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

_ESCAPE = "\x1b"
_MOST = 32
"""Bytes that are read at once: more than any key sends."""


def has_terminal() -> bool:
    """Return whether a person can press keys and see something beside the output."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


@contextmanager
def read_keys() -> Iterator[Iterator[str]]:
    """Read keys from the terminal, one by one, until it is closed.

    Inside, keys arrive as they are pressed and are not shown; Ctrl-C still interrupts. Afterwards the terminal is as it
    was, and keys that were typed but not read are dropped.
    """
    if os.name == "nt":
        yield _read_console()
        return
    # click.getchar would switch the terminal's mode for every single key, and lose a key that is pressed between two.
    import termios
    import tty

    handle = sys.stdin.fileno()
    found = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle, termios.TCSAFLUSH)
        yield read_terminal(handle)
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, found)


def read_terminal(handle: int) -> Iterator[str]:
    """Read from a terminal that passes on each key; an arrow or a function key, which sends several bytes, is one."""
    with suppress(OSError):  # the terminal was closed: nothing more will come
        while keys := os.read(handle, _MOST).decode("latin-1"):
            yield from [keys] if keys.startswith(_ESCAPE) else keys


def _read_console() -> Iterator[str]:
    """Read from the console of Windows, which has no modes; Ctrl-C arrives as a key, and interrupts."""
    with suppress(EOFError):
        while True:
            yield click.getchar()
