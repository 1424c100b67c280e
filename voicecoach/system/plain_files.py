"""Reads files that people name: plain files of limited size. A pipe would block, and a device fill the memory."""

from __future__ import annotations

import errno
import os
import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LARGEST_READ = 60_000_000
"""The largest size of a file in bytes if there is no other limit: ten minutes of sound, or ten hours of timeline."""


class NotPlainError(OSError):
    """A path leads to a folder, a pipe or a device, or to a file that is too large."""


def read_file(path: Path, most: int = LARGEST_READ) -> bytes:
    """Return the bytes of a plain file.

    Raises:
        NotPlainError: If it is not a plain file, or has more than ``most`` bytes.
        OSError: If it can't be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)  # without it, opening a pipe waits for a writer
    with os.fdopen(os.open(path, flags | getattr(os, "O_BINARY", 0)), "rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if not stat.S_ISREG(mode):
            what = "it is a folder" if stat.S_ISDIR(mode) else "it is not a plain file"
            raise NotPlainError(errno.EINVAL, what, str(path))
        content = file.read(most + 1)
    if len(content) > most:
        raise NotPlainError(errno.EFBIG, f"it is larger than {most:,} bytes", str(path))
    return content


def is_file(path: Path) -> bool:
    """Return whether a path leads to a plain file; False if we have no permission to look: `Path` raises an error."""
    return os.path.isfile(path)  # noqa: PTH113


def is_folder(path: Path) -> bool:
    """Return whether a path leads to a folder; False if we have no permission to look."""
    return os.path.isdir(path)  # noqa: PTH112


def check_readable(path: Path) -> None:
    """Open a plain file and close it again.

    Raises:
        OSError: If there is no permission to read it.
    """
    os.close(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))


def is_special(path: Path) -> bool:
    """Return whether a path leads to something other than a file or a folder: a pipe, a device, a socket."""
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - Path.stat may raise a ValueError
    except (OSError, ValueError):
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))
