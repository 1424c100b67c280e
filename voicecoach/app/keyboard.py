"""Single keys from a terminal, without Enter and without echo; the terminal is left as it was found."""

from __future__ import annotations

import os
import sys
import time
from collections import deque
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

_ESCAPE = "\x1b"
_MOST = 32
"""Bytes that are read at once: more than any key sends."""
_LOOK = 0.02
"""Seconds between two checks of the console of Windows."""


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


@contextmanager
def poll_keys() -> Iterator[Callable[[float], str]]:
    """Give a function that waits some seconds for a key, and returns it, or nothing if none was pressed.

    It raises an `EOFError` if the terminal was closed. Inside, keys are not shown; Ctrl-C still interrupts.
    """
    if os.name == "nt":
        yield _poll_console
        return
    import select

    with read_keys():
        handle, waiting = sys.stdin.fileno(), deque[str]()

        def poll(seconds: float) -> str:
            if not waiting and select.select([handle], [], [], seconds)[0]:
                waiting.extend(_read_pressed(handle))
                if not waiting:
                    raise EOFError("the terminal was closed")
            return waiting.popleft() if waiting else ""

        yield poll


def read_terminal(handle: int) -> Iterator[str]:
    """Read from a terminal that passes on each key; an arrow or a function key, which sends several bytes, is one."""
    while keys := _read_pressed(handle):
        yield from keys


def _read_pressed(handle: int) -> Sequence[str]:
    """Wait for keys, and return them; none if the terminal was closed."""
    with suppress(OSError):
        keys = os.read(handle, _MOST).decode("latin-1")
        return [keys] if keys.startswith(_ESCAPE) else keys
    return ""


def _read_console() -> Iterator[str]:
    """Read from the console of Windows, which has no modes; Ctrl-C arrives as a key, and interrupts."""
    with suppress(EOFError):
        while True:
            yield click.getchar()


def _poll_console(seconds: float) -> str:  # pragma: no cover - Windows
    import msvcrt

    until = time.monotonic() + seconds
    while not msvcrt.kbhit():  # type: ignore[attr-defined,unused-ignore] # only on Windows
        if time.monotonic() >= until:
            return ""
        time.sleep(_LOOK)
    return click.getchar()
