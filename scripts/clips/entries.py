"""Encode and measure a session of the clips that come with the program, for ``audio_assets/prepared``."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import voicecoach
from voicecoach.system import prepared
from voicecoach.voices.shipped import ShippedClips

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.port import Voice

FILES = 2
"""Files of frames; each is decompressed when one of its entries is needed."""


@dataclass(frozen=True, slots=True)
class Reader:
    """A voice that says what comes with the program, and nothing else."""

    voice: Voice
    clips: ShippedClips

    @property
    def identity(self) -> str:
        """That of the voice whose clips they are."""
        return self.voice.identity

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Give the clip of each wording."""
        found = self.clips.find(self.voice, wordings)
        return (found[each] for each in wordings)


def make_entries(routine: str, voice: Voice, clips: Path) -> dict[str, bytes]:
    """Return files of all entries that a session of a routine reads, by name; the voice's clips are in a folder."""
    entries = list_entries(routine, Reader(voice, ShippedClips(clips)))
    runs = [name for name in entries if name.endswith(".run")]
    files = {name: f"{routine}-{number % FILES + 1}.xz" for number, name in enumerate(runs)}
    return prepared.pack(entries, {name: files.get(name, f"{routine}-levels.xz") for name in entries})


def list_entries(routine: str, voice: Reader) -> dict[str, bytes]:
    """Make a session, and return the encoded and the measured sound that is in the cache after it, by name."""
    with tempfile.TemporaryDirectory() as folder, prepared.leave_out():
        kept = Path(folder, "cache")
        session = voicecoach.Studio(voice=voice, cache=kept).plan(voicecoach.load(routine))
        session.write(Path(folder, f"{routine}.mp3"))
        found = (each for kind in ("run", "levels") for each in kept.rglob(f"*.{kind}"))
        return {each.name: each.read_bytes() for each in sorted(found, key=lambda each: each.name)}
