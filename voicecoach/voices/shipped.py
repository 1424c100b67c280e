"""Clips that come with the program: the words of the built-in routines, spoken once by a voice and compressed.

They are looked up before a voice is started, so that the first session of a new installation is quick. An index says
for each clip in which file it is, and where. All clips of a file are decoded by one run of ffmpeg.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import groupby
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE, Clip, fade
from voicecoach.errors import EncodeError
from voicecoach.system import parallel
from voicecoach.system.assets import find_clips
from voicecoach.voices.port import ShippedVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.voices.port import Voice

INDEX = "index.json"
"""The name of the index in the folder of the clips."""
VERSION = 1
"""Raised by whoever changes the form of the index."""
_FADE = SAMPLE_RATE // 250
"""Samples that are faded at both ends: a coder's error there would be a click."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a clip is: its file, its first sample, and its length in samples (48 kHz, one channel)."""

    file: str
    start: int
    samples: int

    @property
    def end(self) -> int:
        """The sample after its last."""
        return self.start + self.samples


@dataclass(frozen=True)
class ShippedClips:
    """The clips in a folder; without an index there are none.

    A damaged index or file is treated as missing: the voice then speaks the words itself.
    """

    folder: Path = field(default_factory=find_clips)

    @cached_property
    def places(self) -> dict[str, Place]:
        """Where each clip is, by its key."""
        try:
            content = json.loads((self.folder / INDEX).read_bytes())
            if content["version"] != VERSION:
                return {}
            found = content["clips"].items()
            return {key: Place(str(file), int(start), int(samples)) for key, (file, start, samples) in found}
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            return {}

    def find(self, voice: Voice, wordings: Iterable[str]) -> dict[str, Clip]:
        """Return the clips of those wordings that come with the program in this voice, at its settings.

        Only a `ShippedVoice` has clips here.
        """
        if not isinstance(voice, ShippedVoice):
            return {}
        places = {each: self.places.get(find_key(voice.shipped_identity_of(each), each)) for each in wordings}
        wanted = sorted(((place.file, each, place) for each, place in places.items() if place), key=lambda row: row[0])
        files = [
            (file, [(each, place) for _, each, place in rows]) for file, rows in groupby(wanted, lambda row: row[0])
        ]
        return dict(pair for found in parallel.map_parallel(self._cut, files) for pair in found)

    def _cut(self, wanted: tuple[str, Sequence[tuple[str, Place]]]) -> list[tuple[str, Clip]]:
        """Decode a file and cut the clips out of it; a clip that is not entirely in it is left out."""
        file, rows = wanted
        path = self.folder / file
        try:
            pcm = _AHEAD.pop(path, lambda: decode(path))()
        except EncodeError:
            return []
        return [
            (each, fade(Clip(pcm[place.start * SAMPLE_BYTES : place.end * SAMPLE_BYTES]), _FADE))
            for each, place in rows
            if 0 <= place.start < place.end <= len(pcm) // SAMPLE_BYTES
        ]


_AHEAD: dict[Path, Callable[[], bytes]] = {}
"""Files that are being decoded before anybody asked for their clips, and how to wait for their samples."""


@contextmanager
def read_ahead(routine: str) -> Iterator[None]:
    """Decode the clips of a built-in routine meanwhile, in other threads; whoever finds them after it need not wait.

    After an error in the block they are forgotten.
    """
    for path in _list_files(routine):
        _AHEAD[path] = parallel.run_in_thread(partial(decode, path))
    try:
        yield
    except BaseException:
        _AHEAD.clear()
        raise


def _list_files(routine: str) -> list[Path]:
    """Return the files that are named after a routine."""
    folder = find_clips()
    return [each for each in folder.iterdir() if each.stem.rpartition("-")[0] == routine] if folder.is_dir() else []


def find_key(identity: str, wording: str) -> str:
    """Return the key under which the index has the clip of a wording."""
    return hashlib.sha256(json.dumps([identity, wording]).encode()).hexdigest()[:32]


def decode(path: Path) -> bytes:
    """Return the samples of a file: 48 kHz, one channel, 16 bits; the same on all processors of a kind.

    With the instructions of newer processors, a few samples would differ by one.

    Raises:
        EncodeError: If ffmpeg can't read it.
    """
    wanted = ["-ar", str(SAMPLE_RATE), "-ac", "1", "-f", "s16le", "pipe:1"]
    return ffmpeg.run(
        ["-cpuflags", "0", "-i", ffmpeg.quote_path(path), *wanted], what="reading the clips of the program"
    ).stdout
