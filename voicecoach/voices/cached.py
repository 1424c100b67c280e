"""Clips kept on disk by what they say and how it sounds: spoken once, whatever is built from them later."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voicecoach.clip import SAMPLE_BYTES, Clip
from voicecoach.errors import VoiceError
from voicecoach.voices.remember import removed, write_whole

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence

    from voicecoach.voices import Voice

MAGIC = b"voicecoach clip 1\n"
LIMIT = 500_000_000
"""Bytes that the cache may hold."""

_DIGEST = hashlib.sha256().digest_size
_STALE = 3600.0
"""Seconds after which an unfinished file belongs to a process that died."""
_SHELF = re.compile(r"[0-9a-f]{2}")
_KEPT = re.compile(r"[0-9a-f]{64}\.clip")
_UNFINISHED = re.compile(r"(?:[0-9a-f]{64}\.clip|voice-[0-9a-f]{16}\.json)\..*\.tmp")
_FACT = re.compile(r"voice-[0-9a-f]{16}\.json")


@dataclass(frozen=True, slots=True)
class Usage:
    """How many clips a cache holds, and their bytes."""

    clips: int
    bytes: int


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    bytes: int
    used: float


class CachedVoice:
    """A voice that asks the one inside only for what is not in ``folder`` yet.

    A cache that can't be read or written is no reason to be silent: ``problems`` then says so, once.
    """

    def __init__(self, voice: Voice, folder: Path, *, limit: int = LIMIT) -> None:
        """Wrap ``voice``; ``folder`` is made when there is something to keep, and holds ``limit`` bytes at most."""
        self.voice, self.folder, self.limit = voice, folder, limit
        self.problems: list[str] = []
        self._fresh: set[str] = set()
        self._found: set[str] = set()
        self._pruned = False

    @property
    def identity(self) -> str:
        """The identity of the voice inside: a cache changes nothing to be heard."""
        return self.voice.identity

    @property
    def synthesised(self) -> int:
        """How many distinct wordings the voice inside had to speak."""
        return len(self._fresh)

    @property
    def reused(self) -> int:
        """How many distinct wordings were there already."""
        return len(self._found - self._fresh)

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Give a clip for each wording, in order; what is missing is spoken as one batch, each wording once.

        Raises:
            VoiceError: When the voice inside can't speak a wording.
        """
        places = {wording: place(self.folder, self.identity, wording) for wording in wordings}
        clips = {wording: clip for wording, path in places.items() if (clip := _read(path)) is not None}
        self._found |= clips.keys()
        missing = [wording for wording in places if wording not in clips]
        with _closing(self.voice.speak(missing) if missing else iter(())) as spoken:
            for wording in wordings:
                if wording not in clips:
                    clips[wording] = self._take(spoken, wording, places[wording])
                yield clips[wording]
        if missing:
            self._prune()

    def _take(self, spoken: Iterator[Clip], wording: str, path: Path) -> Clip:
        clip = next(spoken, None)
        if clip is None:
            raise VoiceError("the voice gave fewer clips than it was asked for")
        self._fresh.add(wording)
        try:
            _write(path, clip)
        except OSError as error:
            self._note(f"clips can't be kept in {self.folder}: {error.strerror or error}")
        return clip

    def _prune(self) -> None:
        """Bring the cache under its limit, once a run: looking at every file is not free."""
        if not self._pruned:
            self._pruned = True
            prune(self.folder, self.limit)

    def _note(self, problem: str) -> None:
        if not self.problems:
            self.problems.append(problem)


def place(folder: Path, identity: str, wording: str) -> Path:
    """Return the file in which a voice's clip of a wording is kept.

    >>> place(Path("cache"), "voice", "In").as_posix()
    'cache/24/24297b61c2ed6a8706623bbf3ab481becb975a6e26699c9b9eec80c81a4d27a3.clip'
    """
    name = hashlib.sha256(json.dumps([identity, wording]).encode()).hexdigest()
    return folder / name[:2] / f"{name}.clip"


def usage(folder: Path) -> Usage:
    """Count what a cache holds; a folder that is not there holds nothing."""
    entries = list(_entries(folder, _KEPT))
    return Usage(len(entries), sum(entry.bytes for entry in entries))


def clear(folder: Path) -> Usage:
    """Empty a cache of what we put there, and of nothing else; return what was removed."""
    gone = [entry for entry in _entries(folder, _KEPT) if removed(entry.path)]
    for entry in chain(_entries(folder, _UNFINISHED), _files(folder, _FACT), _files(folder, _UNFINISHED)):
        removed(entry.path)
    for shelf in _shelves(folder):
        _remove_empty(shelf)
    return Usage(len(gone), sum(entry.bytes for entry in gone))


def prune(folder: Path, limit: int) -> None:
    """Remove the clips used longest ago until at most ``limit`` bytes are left, and what dead processes left."""
    for entry in _entries(folder, _UNFINISHED):
        if entry.used < time.time() - _STALE:
            removed(entry.path)
    entries = sorted(_entries(folder, _KEPT), key=lambda entry: entry.used)
    over = sum(entry.bytes for entry in entries) - limit
    for entry in entries:
        if over <= 0:
            break
        if removed(entry.path):
            over -= entry.bytes


def _read(path: Path) -> Clip | None:
    """Return the clip in a file, marked as used now; None when there is no sound one."""
    try:
        # Looked at first: opening a pipe that lies in its place would wait for ever.
        if _strange(path.parent) or not stat.S_ISREG(path.lstat().st_mode):
            return None
        clip = _unpacked(path.read_bytes())
        if clip is not None:
            _touch(path)
    except OSError:
        return None
    return clip


def _unpacked(content: bytes) -> Clip | None:
    head = len(MAGIC)
    digest, pcm = content[head : head + _DIGEST], content[head + _DIGEST :]
    whole = content.startswith(MAGIC) and hashlib.sha256(pcm).digest() == digest
    return Clip(pcm) if whole and pcm and len(pcm) % SAMPLE_BYTES == 0 else None


def _write(path: Path, clip: Clip) -> None:
    if _strange(path.parent):
        raise OSError(f"{path.parent.name} in it is a link")
    if path.is_dir() and not path.is_symlink():
        path.rmdir()
    write_whole(path, MAGIC + hashlib.sha256(clip.pcm).digest() + clip.pcm)


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
    return _Entry(Path(found.path), facts.st_size, facts.st_mtime)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def _closing(spoken: Iterator[Clip]) -> Generator[Iterator[Clip]]:
    """End a voice that is a generator when its reader stops early: it may own a process."""
    if hasattr(spoken, "close"):
        with closing(cast("Generator[Clip]", spoken)):
            yield spoken
    else:
        yield spoken
