"""Bytes kept on disk under the hash of what they are: bounded, shared between processes, and checked when read.

A damaged entry is a miss. Nothing outside the folder is read, written or removed, whatever lies in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.system import drafts, folders
from voicecoach.system.drafts import remove

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAGIC = b"voicecoach 2\n"
LIMIT = 500_000_000
"""Bytes that the cache may hold."""

_PRIVATE = 0o600
"""The mode of an entry: nobody else should hear what somebody had spoken."""
_DIGEST = hashlib.sha256().digest_size
_STALE = 3600.0
"""Seconds after which an unfinished file belongs to a process that died."""
KINDS = ("clip", "run", "levels", "cover", "piece", "fact")
"""What an entry can be: the ending of its name."""

_SMALLEST = 4096
"""Bytes that even the smallest file takes of a disk."""
_SHELF = re.compile(r"[0-9a-f]{2}")
_KEPT = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(KINDS)})")
_WRITTEN: set[Path] = set()
"""The folders that were written into and not bounded since."""
_UNFINISHED = re.compile(rf"{_KEPT.pattern}\..*\.tmp")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many entries a cache holds, and the bytes of the disk that they take."""

    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    bytes: int
    used: float


def place(folder: Path, kind: str, *key: str) -> Path:
    """Return the file in which an entry of one of the `KINDS` is kept.

    >>> place(Path("cache"), "clip", "voice", "In").as_posix()
    'cache/24/24297b61c2ed6a8706623bbf3ab481becb975a6e26699c9b9eec80c81a4d27a3.clip'
    """
    if kind not in KINDS:
        raise ValueError(f"entries of the kind {kind} are never removed")
    name = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return folder / name[:2] / f"{name}.{kind}"


def usage(folder: Path) -> Usage:
    """Count what a cache holds; a folder that is not there holds nothing."""
    entries = list(_entries(folder, _KEPT))
    return Usage(len(entries), sum(entry.bytes for entry in entries))


def clear(folder: Path) -> Usage:
    """Empty a cache of what we put there, and of nothing else; return what was removed."""
    gone = [entry for entry in _entries(folder, _KEPT) if remove(entry.path)]
    for entry in _entries(folder, _UNFINISHED):
        remove(entry.path)
    for shelf in _shelves(folder):
        _remove_empty(shelf)
    return Usage(len(gone), sum(entry.bytes for entry in gone))


@contextmanager
def bounded() -> Iterator[None]:
    """Bring each cache that this process has written into under `LIMIT` at the end, whatever the end is.

    One that was only read is left alone: looking at every file is not free.
    """
    try:
        yield
    finally:
        for folder in tuple(_WRITTEN):  # other threads may write meanwhile
            _WRITTEN.discard(folder)
            prune(folder, LIMIT)


def prune(folder: Path, limit: int) -> None:
    """Remove the entries used longest ago until at most ``limit`` bytes are left, and what dead processes left."""
    for entry in _entries(folder, _UNFINISHED):
        if entry.used < time.time() - _STALE:
            remove(entry.path)
    entries = sorted(_entries(folder, _KEPT), key=lambda entry: entry.used)
    over = sum(entry.bytes for entry in entries) - limit
    for entry in entries:
        if over <= 0:
            break
        if remove(entry.path):
            over -= entry.bytes


def read(path: Path) -> bytes | None:
    """Return what is kept in a file, marked as used now; None when nothing sound is there."""
    found = digested(path)
    return found and found[0]


def digested(path: Path) -> tuple[bytes, str] | None:
    """Return what is kept in a file as `read` does, and its SHA-256, which had to be found out anyway."""
    try:
        # Looked at first: opening a pipe that lies in its place would wait for ever.
        facts = path.lstat()
        if _strange(path.parent) or not stat.S_ISREG(facts.st_mode) or facts.st_size > LIMIT:
            return None
        found = _unpacked(path.read_bytes(), path.name)
        if found is not None:
            _touch(path)
    except OSError:
        return None
    return found


def write(path: Path, content: bytes) -> None:
    """Keep bytes in a file of the cache, whole or not at all.

    Raises:
        OSError: When that can't be done.
    """
    if folders.NOWHERE in path.parents:
        raise OSError(folders.HOMELESS)
    if _strange(path.parent):
        raise OSError(f"{path.parent.name} in it is a link")
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    if path.is_symlink():  # even one that leads to itself gives way
        remove(path)
    _WRITTEN.add(path.parent.parent)
    _write(path, MAGIC + _seal(hashlib.sha256(content), path.name) + content)


def _write(path: Path, content: bytes) -> None:
    """Write an entry, whole or not at all; `prune` removes what a killed process leaves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = drafts.make_draft(path, f"{path.name}.{os.urandom(8).hex()}.tmp", _PRIVATE)
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except BaseException:
        remove(draft)
        raise


def _seal(digest: hashlib._Hash, name: str) -> bytes:
    """Return the digest of an entry's content and of its name: a whole one in the place of another is found out."""
    return hashlib.sha256(digest.digest() + name.encode()).digest()


def _unpacked(packed: bytes, name: str) -> tuple[bytes, str] | None:
    head = len(MAGIC)
    seal, content = packed[head : head + _DIGEST], packed[head + _DIGEST :]
    digest = hashlib.sha256(content)
    whole = packed.startswith(MAGIC) and _seal(digest, name) == seal
    return (content, digest.hexdigest()) if whole and content else None


def _strange(shelf: Path) -> bool:
    """Tell whether a folder of ours leads elsewhere: nothing outside the cache is read or written."""
    return shelf.is_symlink()


def _touch(path: Path) -> None:
    """Note the time of use; a cache that can be read but not written still serves."""
    with suppress(OSError):
        os.utime(path)


def _entries(folder: Path, named: re.Pattern[str]) -> Iterable[_Entry]:
    return (entry for shelf in _shelves(folder) for entry in _files(shelf, named))


def _shelves(folder: Path) -> list[Path]:
    return [
        Path(each) for each in _scanned(folder) if _SHELF.fullmatch(each.name) and each.is_dir(follow_symlinks=False)
    ]


def _files(shelf: Path, named: re.Pattern[str]) -> list[_Entry]:
    files = [each for each in _scanned(shelf) if named.fullmatch(each.name) and each.is_file(follow_symlinks=False)]
    return [entry for each in files if (entry := _entry(each)) is not None]


def _scanned(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _entry(found: os.DirEntry[str]) -> _Entry | None:
    try:
        facts = found.stat(follow_symlinks=False)
    except OSError:  # another process removed it
        return None
    return _Entry(Path(found.path), -(-facts.st_size // _SMALLEST) * _SMALLEST, facts.st_mtime)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()
