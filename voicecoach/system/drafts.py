"""Whole files: each is written as a hidden draft beside its place, and renamed when it is complete.

A new file has the mode of the umask. A file that replaces another keeps the mode of that file, and its owner and group
if the system allows it; until then, only people who can read that file can read the draft.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import TargetError
from voicecoach.system import locks

if TYPE_CHECKING:
    from collections.abc import Iterator

_DRAFT = re.compile(r"\.voicecoach-[0-9a-f]{16}(?:\..{0,9})?", re.DOTALL)
_NEW = 0o666
"""The mode of a new file, before the umask."""


def write_file(path: Path, content: bytes) -> None:
    """Write a file, whole or not at all; create its folder if necessary.

    Raises:
        TargetError: If the path leads to something that is not a plain file.
        OSError: If the file can't be written; then nothing is left behind.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with hold_draft(path) as draft:
        draft.write_bytes(content)
        sync(draft)
        put(draft, path)


@contextmanager
def hold_draft(path: Path) -> Iterator[Path]:
    """Hold an empty draft of a file during the block; remove it afterwards unless it was put in place.

    Drafts that killed processes left in the folder are removed first.

    Raises:
        TargetError: If the path leads to something that is not a plain file.
        OSError: If no file can be created there.
    """
    target = find_target(path)
    locks.remove_leftovers(target.parent, _DRAFT)

    def made() -> Path:
        return make_draft(target, f".voicecoach-{os.urandom(8).hex()}{path.suffix[:10]}")

    with locks.hold_lock(made) as draft:
        try:
            yield draft
        finally:
            remove(draft)


def make_draft(target: Path, name: str) -> Path:
    """Create an empty file of this name beside its target, which need not exist yet.

    Raises:
        OSError: If it can't be created.
    """
    draft = target.with_name(name)
    mode = _read_mode(target)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _NEW if mode is None else mode | stat.S_IRWXU & _NEW)
    os.close(opened)
    return draft


def put(draft: Path, path: Path) -> None:
    """Rename a draft to its file; it gets the mode and the owner of the file that it replaces.

    Raises:
        TargetError: If the path leads to something that is not a plain file.
        OSError: If it can't be renamed.
    """
    target = find_target(path)
    with suppress(FileNotFoundError):
        _keep_rights(draft, target.stat())
    draft.replace(target)


def find_target(path: Path) -> Path:
    """Return the file that a path leads to, which need not exist yet: a link is kept, and its target is replaced.

    Raises:
        TargetError: If it leads to something that is not a plain file, such as a folder or a device.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if not stat.S_ISREG(mode):
        what = "it is a folder" if stat.S_ISDIR(mode) else "it is not a plain file"
        raise TargetError(path, f"{what}; choose another name")
    return target


def sync(path: Path) -> None:
    """Wait until the content of a file is on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def remove(path: Path) -> bool:
    """Remove a file; return whether that worked."""
    try:
        path.unlink()
    except OSError:
        return False
    return True


def _read_mode(target: Path) -> int | None:
    """Return the permissions of a file; None if it does not exist."""
    try:
        return target.stat().st_mode & 0o777
    except FileNotFoundError:
        return None


def _keep_rights(draft: Path, facts: os.stat_result) -> None:
    """Give a draft the owner, the group and the permissions of a file, as far as the system allows it."""
    own = draft.stat()
    if hasattr(os, "chown") and (own.st_uid, own.st_gid) != (facts.st_uid, facts.st_gid):
        for user, group in ((facts.st_uid, -1), (-1, facts.st_gid)):
            with suppress(OSError):
                os.chown(draft, user, group)
    with suppress(OSError):
        draft.chmod(facts.st_mode & 0o777)
