"""Entries of the cache that come with the program: what the first session would have to encode and to measure.

Each has the name that it has in the cache, a hash of all that it depends on, the encoder included. So an entry that
this machine would make in another way is not found. All entries of a file are compressed together, with a seal each.
"""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from voicecoach.system import parallel
from voicecoach.system.assets import find_prepared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

INDEX = "index.json"
"""The name of the index in the folder of the entries."""
VERSION = 1
"""Raised by whoever changes the form of the files."""
_LEFT_OUT: list[bool] = []
"""Not empty while nothing is to be found."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry is: its file, and its first byte and length in what the file holds."""

    file: str
    start: int
    length: int


@dataclass(frozen=True)
class PreparedEntries:
    """The entries in a folder; without an index there are none. A damaged file has no entries."""

    folder: Path = field(default_factory=find_prepared)
    _content: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, compare=False, repr=False)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Where each entry is, by its name."""
        try:
            found = json.loads((self.folder / INDEX).read_bytes())
            if found["version"] != VERSION:
                return {}
            rows = found["entries"].items()
            return {name: Place(str(file), int(start), int(length)) for name, (file, start, length) in rows}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def find(self, name: str) -> bytes | None:
        """Return an entry with its seal, as it would be in the cache; None if it is not there."""
        place = self.places.get(name)
        if place is None or min(place.start, place.length) < 0:
            return None
        return self._read(place.file)[place.start : place.start + place.length] or None

    def read_ahead(self, name: str) -> None:
        """Decompress the files that are named after a session, in another thread."""
        files = sorted({place.file for place in self.places.values() if place.file.rpartition("-")[0] == name})
        if files:
            parallel.run_in_thread(lambda: [self._read(file) for file in files])

    def _read(self, file: str) -> bytes:
        """Return what a file holds, decompressed once."""
        with self._reading:
            if file not in self._content:
                self._content[file] = _decompress(self.folder / file)
            return self._content[file]


def pack(entries: Mapping[str, bytes], files: Mapping[str, str]) -> dict[str, bytes]:
    """Return the index and the files of entries with their seals, by name; ``files`` gives the file of each entry."""
    import lzma

    index: dict[str, list[str | int]] = {}
    content: dict[str, bytes] = {}
    for name, entry in entries.items():
        file = files[name]
        before = content.get(file, b"")
        index[name] = [file, len(before), len(entry)]
        content[file] = before + entry
    rows = ",\n".join(f"{json.dumps(name)}:{json.dumps(place)}" for name, place in index.items())
    packed = {file: lzma.compress(each, preset=9 | lzma.PRESET_EXTREME) for file, each in content.items()}
    return {INDEX: f'{{"version":{VERSION},"entries":{{\n{rows}\n}}}}\n'.encode(), **packed}


def find_entry(name: str) -> bytes | None:
    """Return an entry that comes with the program, with its seal; None if there is none of this name."""
    return None if _LEFT_OUT else _ENTRIES.find(name)


def read_ahead(name: str) -> None:
    """Decompress the entries of a session meanwhile, in another thread: whoever finds them later need not wait."""
    if not _LEFT_OUT:
        _ENTRIES.read_ahead(name)


@contextmanager
def leave_out() -> Iterator[None]:
    """Find nothing in the block: everything is made anew."""
    _LEFT_OUT.append(True)
    try:
        yield
    finally:
        _LEFT_OUT.pop()


_ENTRIES = PreparedEntries()


def _decompress(path: Path) -> bytes:
    """Return what a compressed file holds; nothing if it is damaged, or if this Python has no LZMA."""
    try:
        import lzma
    except ImportError:
        return b""
    try:
        return lzma.decompress(path.read_bytes())
    except (OSError, EOFError, lzma.LZMAError):
        return b""
