"""Single keys from a terminal, without Enter and without echo; the terminal is left as it was found."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

INTERRUPT = "\x03"
_ESCAPE = b"\x1b"
_WIDE = ("\x00", "\xe0")
"""What Windows says before the code of a key that has no character, such as an arrow."""


def there() -> bool:
    """Tell whether somebody sits there: keys can be read, and something can be shown beside the output."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


@contextmanager
def keys() -> Iterator[Iterator[str]]:
    """Read keys from the terminal, one by one, until it is closed.

    Inside, keys come as they are pressed and are not shown; Ctrl-C still interrupts. Afterwards the terminal is as it
    was, and what was typed but not read is gone.
    """
    if os.name == "nt":
        yield windows_keys()
    else:
        handle = sys.stdin.fileno()
        with _unechoed(handle):
            yield posix_keys(handle)


def posix_keys(handle: int) -> Iterator[str]:
    """Read from a terminal that passes on each key; a key that sends several bytes is one."""
    while byte := _byte(handle):
        yield (byte + _rest(handle) if byte == _ESCAPE else byte).decode("latin-1")


def windows_keys() -> Iterator[str]:
    """Read from the console of Windows.

    Raises:
        KeyboardInterrupt: At Ctrl-C, which arrives as a key there.
    """
    console = import_module("msvcrt")
    while True:
        key: str = console.getwch()
        if key == INTERRUPT:
            raise KeyboardInterrupt
        yield key + console.getwch() if key in _WIDE else key


@contextmanager
def _unechoed(handle: int) -> Iterator[None]:
    import termios
    import tty

    found = termios.tcgetattr(handle)
    try:
        tty.setcbreak(handle, termios.TCSAFLUSH)
        yield
    finally:
        termios.tcsetattr(handle, termios.TCSAFLUSH, found)


def _byte(handle: int) -> bytes:
    try:
        return os.read(handle, 1)
    except OSError:  # the terminal was closed: nothing more will come
        return b""


def _rest(handle: int) -> bytes:
    """Return what an arrow or a function key sends after its escape."""
    import select

    rest = b""
    while select.select([handle], [], [], 0)[0] and (byte := _byte(handle)):
        rest += byte
    return rest
