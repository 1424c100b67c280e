"""File locks mark drafts, temporary folders and a mutex as in use, so that leftovers of killed processes are found.

The system releases a lock when its process ends, in whatever way. So the next process can remove whatever has no lock.
If a system or a disk has no locks, anything older than a day is a leftover.
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
"""Seconds between two attempts to get a lock."""
_UNLOCKED = -1
_WORK = re.compile(r"voicecoach-[0-9a-f]{16}\.work")


@contextmanager
def hold_folder() -> Iterator[Path]:
    """Make a private temporary folder for the block; remove it afterwards, and those that killed processes left.

    Raises:
        OSError: If it can't be made.
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
    """Lock the new file or folder that ``make`` creates, so that no other process takes it for a leftover."""
    handle = None
    while handle is None:
        path = make()
        with suppress(BlockingIOError, FileNotFoundError):  # another process removed it before it was locked
            handle = _lock(path)
    try:
        yield path
    finally:
        _release(handle)


def remove_leftovers(place: Path, named: re.Pattern[str]) -> None:
    """Remove our own files and folders with matching names that no process has locked."""
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
    """Lock a file that several processes use, which is created if necessary; wait while another process holds it.

    Yields True if we hold it; False if it disappeared while we waited; None if there are no locks. ``waited`` is called
    from time to time while another process holds the lock.

    Raises:
        OSError: If it can't be made.
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
    """Hold the mutex of a folder; if another process still holds it after ``patience`` seconds, go on without it."""
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
        BlockingIOError: If another process has locked it.
        FileNotFoundError: If it is not there (any more).
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
