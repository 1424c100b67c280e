"""What belongs to one process while it lives: its drafts, its working folder, its turn. A killed one leaves them.

A lock that the system gives back when a process ends, however it ends, tells whether something is still held. The next
process removes what is not. Where a system or a disk has no locks, age tells: a day.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

if sys.platform != "win32":
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_AGE = 86_400.0
_LOOK = 0.05
"""Seconds between two looks whether it is our turn."""
_UNLOCKED = -1
_WORK = re.compile(r"voicecoach-[0-9a-f]{16}\.work")


@contextmanager
def hold_folder() -> Iterator[Path]:
    """Give a private folder for a while, in the system's place for such; those of killed processes go.

    Raises:
        OSError: When it can't be made.
    """
    import shutil
    import tempfile

    place = Path(tempfile.gettempdir())
    remove_leftovers(place, _WORK)
    with hold_lock(lambda: _make_work_folder(place)) as path:
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def hold_lock(make: Callable[[], Path]) -> Iterator[Path]:
    """Hold the new file or folder that ``make`` makes, so that no other process takes it for left behind."""
    handle = None
    while handle is None:
        path = make()
        with suppress(BlockingIOError, FileNotFoundError):  # another's broom came between; then a new one is made
            handle = _lock(path)
    try:
        yield path
    finally:
        _release(handle)


def remove_leftovers(place: Path, named: re.Pattern[str]) -> None:
    """Remove our own files and folders of such names that no process holds any more."""
    try:
        with os.scandir(place) as entries:
            found = [Path(each.path) for each in entries if named.fullmatch(each.name)]
    except OSError:
        return
    for path in found:
        with suppress(OSError):
            _remove_leftover(path)


@contextmanager
def wait_for_lock(path: Path, waited: Callable[[], object]) -> Iterator[bool | None]:
    """Hold a file that several processes may want, made if it is not there; wait until no other process holds it.

    Gives True when we hold it; False when it went away while we waited; None where there are no locks. ``waited`` is
    called from time to time while another process holds it.

    Raises:
        OSError: When it can't be made.
    """
    handle = None
    while handle is None:
        path.touch()
        try:
            handle = _lock(path)
        except BlockingIOError:
            waited()
            time.sleep(_LOOK)
            if not path.exists():
                break
        except FileNotFoundError:
            break
    try:
        yield None if handle == _UNLOCKED else handle is not None
    finally:
        if handle is not None:
            _release(handle)


@contextmanager
def hold_mutex(place: Path, patience: float) -> Iterator[None]:
    """Wait until no other process has its turn in a folder, ``patience`` seconds at most; then have it."""
    end = time.monotonic() + patience
    handle = _UNLOCKED
    while True:
        try:
            handle = _lock(place)
        except BlockingIOError:
            if time.monotonic() < end:
                time.sleep(_LOOK)
                continue
        except FileNotFoundError:
            pass
        break
    try:
        yield
    finally:
        _release(handle)


def _make_work_folder(place: Path) -> Path:
    path = place / f"voicecoach-{os.urandom(8).hex()}.work"
    path.mkdir(mode=0o700)
    return path


def _remove_leftover(path: Path) -> None:
    """Remove a file or a folder unless it is held, or another user's."""
    facts = path.lstat()
    if hasattr(os, "geteuid") and facts.st_uid != os.geteuid():
        return
    if not (stat.S_ISREG(facts.st_mode) or stat.S_ISDIR(facts.st_mode)):
        return
    handle = _lock(path)
    try:
        if handle == _UNLOCKED and facts.st_mtime > time.time() - _AGE:
            return
        if stat.S_ISDIR(facts.st_mode):
            import shutil

            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink()
    finally:
        _release(handle)


def _lock(path: Path) -> int:
    """Lock a file or a folder, and return what holds it; `_UNLOCKED` where there are no locks.

    Raises:
        BlockingIOError: When another process has locked it.
        FileNotFoundError: When it is not there (any more).
    """
    if sys.platform == "win32":
        return _UNLOCKED
    try:
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise
    except OSError:
        return _UNLOCKED
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        same = os.path.samestat(os.fstat(handle), path.stat())
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError | FileNotFoundError):
            raise
        return _UNLOCKED
    if not same:
        os.close(handle)
        raise FileNotFoundError(path)
    return handle


def _release(handle: int) -> None:
    if handle != _UNLOCKED:
        os.close(handle)
