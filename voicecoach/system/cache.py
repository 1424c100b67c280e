"""The cache: bytes on disk under the hash of what they depend on. Limited, shared by processes, checked when read.

A damaged entry is a miss, and so is an entry that is not a regular file of limited size. Nothing outside the folder is
written or removed.
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

from voicecoach.system import folders, prepared
from voicecoach.system.drafts import remove

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LIMIT = 500_000_000
"""The largest size of a cache, in bytes."""
ENTRY_KINDS = ("clip", "run", "levels", "cover", "piece", "fact")
"""The kinds of entries: the suffix of a file's name. An entry of another kind would never be removed."""

_MAGIC = b"voicecoach 2\n"
_PRIVATE = 0o600
"""The mode of an entry: other users must not hear what somebody had spoken."""
_DIGEST = hashlib.sha256().digest_size
_STALE = 3600.0
"""Seconds after which an unfinished file belongs to a dead process."""
_BLOCK = 4096
"""Bytes of the disk that even the smallest file uses."""
_SHELF = re.compile(r"[0-9a-f]{2}")
_ENTRY = re.compile(rf"[0-9a-f]{{64}}\.(?:{'|'.join(ENTRY_KINDS)})")
_UNFINISHED = re.compile(rf"{_ENTRY.pattern}\..*\.tmp")
_WRITTEN: set[Path] = set()
"""The caches that this process has written to since it last enforced their limit."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The number of entries in a cache, and the bytes of the disk that they use."""

    entries: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    bytes: int
    used: float


def locate_entry(folder: Path, kind: str, *key: str) -> Path:
    """Return the file for an entry of one of the `ENTRY_KINDS`.

    >>> locate_entry(Path("cache"), "clip", "voice", "In").as_posix()
    'cache/24/24297b61c2ed6a8706623bbf3ab481becb975a6e26699c9b9eec80c81a4d27a3.clip'
    """
    if kind not in ENTRY_KINDS:
        raise ValueError(f"entries of the kind {kind} are never removed")
    name = hashlib.sha256(json.dumps(key).encode()).hexdigest()
    return folder / name[:2] / f"{name}.{kind}"


def fetch(path: Path) -> bytes | None:
    """Return the content of an entry, and mark it as used now; None if there is no undamaged entry.

    An entry that comes with the program is as good as one in the cache, and is kept there from now on.
    """
    found = fetch_with_digest(path)
    return found[0] if found else _fetch_prepared(path)


def fetch_with_digest(path: Path) -> tuple[bytes, str] | None:
    """Return the content of an entry as `fetch` does, and its SHA-256, which the check has to compute anyway."""
    try:
        facts = path.lstat()  # before it is opened: to open a pipe would wait for ever
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LIMIT:
            return None
        found = _unpack(path.read_bytes(), path.name)
        if found is not None:
            with suppress(OSError):  # a cache that is not writable is still useful
                os.utime(path)
    except OSError:
        return None
    return found


def measure_entry(path: Path) -> int:
    """Return the bytes of an entry's content without reading it, and mark it as used now; 0 if there is no entry.

    Damage is only found by `fetch`; an entry that was damaged has its length in all but the oddest cases.
    """
    try:
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > LIMIT:
            return 0
        with suppress(OSError):
            os.utime(path)
    except OSError:
        return 0
    return max(0, facts.st_size - len(_MAGIC) - _DIGEST)


def _fetch_prepared(path: Path) -> bytes | None:
    """Return the content of an entry that comes with the program, if there is one of this name."""
    packed = prepared.find_entry(path.name)
    found = packed and _unpack(packed, path.name)
    if not found:
        return None
    with suppress(OSError):  # it can be found again
        store(path, found[0])
    return found[0]


def store(path: Path, content: bytes) -> None:
    """Write an entry, whole or not at all.

    Raises:
        OSError: If that is not possible.
    """
    if folders.NO_FOLDER in path.parents:
        raise OSError(folders.HOMELESS)
    if path.parent.is_symlink():
        raise OSError(f"{path.parent.name} in it is a link")
    _WRITTEN.add(path.parent.parent)
    _write(path, _MAGIC + _seal(hashlib.sha256(content), path.name) + content)


def recall(folder: Path | None, key: str) -> object | None:
    """Return the small fact that `remember` stored under a key; None if there is none, or no folder."""
    kept = fetch(locate_entry(folder, "fact", key)) if folder else None
    return None if kept is None else json.loads(kept)["value"]


def remember(folder: Path | None, key: str, value: object) -> None:
    """Store a small fact, anything that JSON can hold; do nothing if there is no folder, or it is not writable."""
    if folder:
        with suppress(OSError):
            store(locate_entry(folder, "fact", key), json.dumps({"key": key, "value": value}).encode())


def measure_usage(folder: Path) -> Usage:
    """Count the entries of a cache; a folder that does not exist has none."""
    entries = list(_list_entries(folder, _ENTRY))
    return Usage(len(entries), sum(entry.bytes for entry in entries))


def has_entries(folder: Path, kind: str) -> bool:
    """Return whether a cache has any entry of a kind; a folder that does not exist has none."""
    return any(entry.name.endswith(f".{kind}") for shelf in _list_shelves(folder) for entry in _scan(shelf))


def clear(folder: Path) -> Usage:
    """Remove all entries of a cache, and nothing else; return what was removed."""
    gone = [entry for entry in _list_entries(folder, _ENTRY) if remove(entry.path)]
    for entry in _list_entries(folder, _UNFINISHED):
        remove(entry.path)
    for shelf in _list_shelves(folder):
        with suppress(OSError):  # something else is in it
            shelf.rmdir()
    return Usage(len(gone), sum(entry.bytes for entry in gone))


@contextmanager
def enforce_limit() -> Iterator[None]:
    """At the end of the block, bring each cache that this process has written to under `LIMIT`, even after an error.

    A cache that was only read is left alone, because it takes time to look at every file.
    """
    try:
        yield
    finally:
        for folder in tuple(_WRITTEN):  # other threads may write meanwhile
            _WRITTEN.discard(folder)
            prune(folder, LIMIT)


def prune(folder: Path, limit: int) -> None:
    """Remove leftovers of dead processes, and the least recently used entries until ``limit`` bytes are left."""
    for entry in _list_entries(folder, _UNFINISHED):
        if entry.used < time.time() - _STALE:
            remove(entry.path)
    entries = sorted(_list_entries(folder, _ENTRY), key=lambda entry: entry.used)
    over = sum(entry.bytes for entry in entries) - limit
    for entry in entries:
        if over <= 0:
            break
        if remove(entry.path):
            over -= entry.bytes


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.urandom(8).hex()}.tmp")
    try:
        draft.touch(_PRIVATE, exist_ok=False)
        draft.write_bytes(content)
        draft.replace(path)
    except BaseException:
        remove(draft)
        raise


def _seal(digest: hashlib._Hash, name: str) -> bytes:
    """Return the digest of an entry's content and of its name, so that an entry under another's name is found out."""
    return hashlib.sha256(digest.digest() + name.encode()).digest()


def _unpack(packed: bytes, name: str) -> tuple[bytes, str] | None:
    head = len(_MAGIC)
    seal, content = packed[head : head + _DIGEST], packed[head + _DIGEST :]
    digest = hashlib.sha256(content)
    whole = packed.startswith(_MAGIC) and _seal(digest, name) == seal
    return (content, digest.hexdigest()) if whole and content else None


def _list_entries(folder: Path, named: re.Pattern[str]) -> Iterable[_Entry]:
    return (entry for shelf in _list_shelves(folder) for entry in _list_files(shelf, named))


def _list_shelves(folder: Path) -> list[Path]:
    found = _scan(folder)
    return [Path(each) for each in found if _SHELF.fullmatch(each.name) and each.is_dir(follow_symlinks=False)]


def _list_files(shelf: Path, named: re.Pattern[str]) -> list[_Entry]:
    files = [each for each in _scan(shelf) if named.fullmatch(each.name) and each.is_file(follow_symlinks=False)]
    return [entry for each in files if (entry := _examine(each)) is not None]


def _scan(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return sorted(entries, key=lambda entry: entry.name)
    except OSError:
        return []


def _examine(found: os.DirEntry[str]) -> _Entry | None:
    try:
        facts = found.stat(follow_symlinks=False)
    except OSError:  # another process removed it
        return None
    return _Entry(Path(found.path), -(-facts.st_size // _BLOCK) * _BLOCK, facts.st_mtime)
