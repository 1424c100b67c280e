"""Signals that stop the program: each is remembered, so that it is not lost if a library drops an exception.

A handler raises `Stopped` in the main thread, but not inside an import or a callback of pydantic. There an exception
can leave Python's import lock taken for ever, or it is dropped; so the handler tries again a little later. Other
libraries can drop an exception, too. So the work calls `raise_pending` at its milestones, the last time just before
files get their names.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

STOPPING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))
"""The signals that ask a program to stop; Windows has no SIGHUP."""


class Stopped(KeyboardInterrupt):
    """A signal asked the program to stop; a ``KeyboardInterrupt``, so that libraries pass it on like Ctrl-C."""


_FRAGILE = ("<frozen importlib", "/pydantic/")
"""Parts of the file names of code in which no exception must be raised."""
_AGAIN = 0.05
"""Seconds until the handler tries again if the signal came in this code."""


class _State:
    def __init__(self) -> None:
        self.received = 0
        self.complete = False
        self.kept = ""
        self.writes = True
        self.deferred = 0
        self.installed = False


_state = _State()


def install_handlers(handler: Callable[[int, FrameType | None], object] | None = None) -> None:
    """Handle the signals that stop the program, with ``handler`` or in the way of this module.

    A SIGHUP that is ignored when the program starts stays ignored, because ``nohup`` works in this way.
    """
    _state.installed = True
    for number in STOPPING:
        if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT:
            signal.signal(number, handler or _stop)


def raise_pending() -> None:
    """Raise `Stopped` again if a signal was received and its exception was lost.

    Raises:
        Stopped: If a signal was received, and this is the main thread.
    """
    if _state.received and threading.current_thread() is threading.main_thread():
        raise Stopped


def find_exit_status() -> int:
    """Return the exit status for the received signal, 128 plus its number; 0 if there was none."""
    return 128 + _state.received if _state.received else 0


def mark_complete() -> None:
    """Note that all files of this run are in place: after this, the message for a signal says so."""
    _state.complete = True


def note_kept(kept: str) -> None:
    """Note what stays if the run is stopped from here on: after this, the message for a signal says it."""
    _state.kept = kept


def note_reading() -> None:
    """Note that this run writes no files that somebody asked for: after this, the message for a signal names none."""
    _state.writes = False


def is_complete() -> bool:
    """Return whether all files of this run are in place."""
    return _state.complete


def describe_stop() -> str:
    """Describe what a stopped run leaves behind."""
    if _state.kept:
        return f"stopped; {_state.kept}"
    if not _state.writes:
        return "stopped"
    return "stopped; the files were already complete" if _state.complete else "stopped; nothing was written"


def reset() -> None:
    """Forget signals and complete files, for a new run in the same process."""
    _state.received, _state.complete, _state.kept, _state.writes = 0, False, "", True


@contextmanager
def defer() -> Generator[None]:
    """Hold signals back while something is done that must not be cut in two, such as starting a process.

    Only if `install_handlers` was called: a program that uses the package as a library handles its signals itself.
    """
    if not _state.installed or threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    _state.deferred += 1
    before = {number: signal.signal(number, lambda number, _: came.append(number)) for number in STOPPING}
    try:
        yield
    finally:
        _state.deferred -= 1
        for number, handler in before.items():
            signal.signal(number, handler)
        for number in came:
            signal.raise_signal(number)


def _stop(number: int, frame: FrameType | None) -> None:
    _state.received = number
    _raise_or_try_again(number, frame)


def _raise_or_try_again(_number: int, frame: FrameType | None) -> None:
    if not _state.deferred and not _is_fragile(frame):
        raise Stopped
    if hasattr(signal, "setitimer"):  # without it, the next `raise_pending` finds the signal
        signal.signal(signal.SIGALRM, _raise_or_try_again)
        signal.setitimer(signal.ITIMER_REAL, _AGAIN)


def _is_fragile(frame: FrameType | None) -> bool:
    while frame is not None:
        name = frame.f_code.co_filename.replace("\\", "/")
        if any(part in name for part in _FRAGILE) or frame.f_code.co_name == "__del__":
            return True
        frame = frame.f_back
    return False
