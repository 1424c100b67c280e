"""Speak the words of some built-in routines, as they are at their default choices, and compress them.

What is encoded and measured for the first of them is made, too: see ``entries``.
Run it with ``scripts/make_clips``. The same versions of hibari, onnxruntime, numpy and ffmpeg (those of
``scripts/requirements.txt``) make the same bytes. ``--check`` writes nothing and tells whether all is up to date.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import voicecoach
from scripts.clips.entries import make_entries
from voicecoach.app.request import Request
from voicecoach.app.speaker import choose_voice
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.errors import ChoiceError, VoicecoachError
from voicecoach.language import language
from voicecoach.voices.port import ShippedVoice
from voicecoach.voices.shipped import INDEX, VERSION, find_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.port import Voice

FOLDER = Path(__file__).resolve().parents[2] / "audio_assets"
CLIPS, PREPARED = "clips", "prepared"
"""The folders in it that are made here."""
VOICE = "hibari:heart"
FIRST = "leg-stretch"
"""The default session: all of its words are in one file, so that only one has to be read."""
ROUTINES = (FIRST, "box-breathing", "four-seven-eight", "resonance-breathing", "cyclic-sigh")
"""The routines whose words come with the program: its default, and those that people breathe to every day."""
LONGEST = 140
"""Seconds of speech in a file, about: files are read by all cores at once."""
BIT_RATE = 64_000
"""Bits a second for which Opus is asked."""
BANDWIDTH = 12_000
"""Hz; the voice has nothing above it, and bits for it would be lost."""
FORM = ("-cutoff", str(BANDWIDTH), "-application", "lowdelay", "-frame_duration", "20")
GRID = SAMPLE_RATE * 20 // 1000
"""Samples of a packet; each clip starts with one, and one of silence follows."""


@dataclass
class Recorder:
    """A voice that remembers what it was asked to say."""

    voice: Voice
    clips: dict[str, Clip] = field(default_factory=dict)

    @property
    def identity(self) -> str:
        """That of the voice inside."""
        return self.voice.identity

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording once."""
        missing = [each for each in dict.fromkeys(wordings) if each not in self.clips]
        self.clips |= zip(missing, self.voice.speak(missing), strict=True)
        return (self.clips[each] for each in wordings)


def main() -> int:
    """Make the clips, or compare them with what is there; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/make_clips", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; tell whether the clips are up to date")
    chosen = parser.parse_args()
    try:
        files = make_files()
    except VoicecoachError as error:
        parser.exit(error.exit_status, f"{error}\n")
    if chosen.check:
        stale = [name for name, content in files.items() if _read(FOLDER / name) != content]
        print(f"to be made again: {', '.join(stale)}" if stale else "all clips are up to date")
        return bool(stale)
    write_files(files)
    print(f"{len(files)} files, {sum(map(len, files.values())) / 1e6:.2f} MB in {FOLDER}")
    return 0


def make_files() -> dict[str, bytes]:
    """Return the content of all files by their names in `FOLDER`."""
    with tempfile.TemporaryDirectory() as folder:
        voice, _ = choose_voice(Request(FIRST, voice=VOICE), language("en"), Path(folder))
        if not isinstance(voice, ShippedVoice):
            raise ChoiceError(f"no clips of {VOICE} come with the program\nname another voice in this file")
        clips = make_clips(voice)
        for name, content in clips.items():
            Path(folder, name).write_bytes(content)
        prepared = make_entries(FIRST, voice, Path(folder))
    return {
        **{f"{CLIPS}/{name}": content for name, content in clips.items()},
        **{f"{PREPARED}/{name}": content for name, content in prepared.items()},
    }


def make_clips(voice: ShippedVoice) -> dict[str, bytes]:
    """Return the content of the clips' files by name: the index, and a file of new clips for each routine."""
    recorder, index, files = Recorder(voice), dict[str, list[str | int]](), dict[str, bytes]()
    for name in ROUTINES:
        routine = voicecoach.load(name)
        print(f"{name} ...", flush=True)
        known = set(recorder.clips)
        with tempfile.TemporaryDirectory() as folder:
            voicecoach.Studio(voice=recorder, cache=folder).plan(routine)
        new = {each: clip for each, clip in recorder.clips.items() if each not in known}
        for number, some in enumerate(_share(new), start=1):
            file = f"{name}-{number}.opus"
            files[file], starts = encode(list(some.values()))
            for (wording, clip), start in zip(some.items(), starts, strict=True):
                index[find_key(voice.shipped_identity_of(wording), wording)] = [file, start, clip.samples]
    return {INDEX: _write_index(index), **files}


def _share(clips: dict[str, Clip]) -> Iterator[dict[str, Clip]]:
    """Yield the clips in turns, so that no file is much longer than `LONGEST`."""
    number = math.ceil(sum(clip.seconds for clip in clips.values()) / LONGEST)
    for first in range(number):
        yield dict(list(clips.items())[first::number])


def encode(clips: Sequence[Clip]) -> tuple[bytes, list[int]]:
    """Return all clips as one Opus file, and the first sample of each.

    Opus' other two ways of coding ("audio", "voip") may switch to a speech model, which changes levels by up to 0.3 dB.
    """
    pieces: list[bytes] = []
    starts: list[int] = []
    at = GRID
    for clip in clips:
        starts.append(at)
        packets = -(-clip.samples // GRID) + 1
        pieces.append(clip.pcm.ljust(packets * GRID * SAMPLE_BYTES, b"\0"))
        at += packets * GRID
    pcm = bytes(GRID * SAMPLE_BYTES) + b"".join(pieces)
    given = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
    coder = ["-c:a", "libopus", "-b:a", str(BIT_RATE), *FORM]
    exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "opus", "pipe:1"]
    return ffmpeg.run([*given, *coder, *exact], what="compressing the clips", data=pcm).stdout, starts


def write_files(files: dict[str, bytes]) -> None:
    """Write the files, and remove those of before."""
    for folder in (CLIPS, PREPARED):
        (FOLDER / folder).mkdir(exist_ok=True)
        for path in (FOLDER / folder).iterdir():
            if f"{folder}/{path.name}" not in files:
                path.unlink()
    for name, content in files.items():
        (FOLDER / name).write_bytes(content)


def _write_index(index: dict[str, list[str | int]]) -> bytes:
    rows = ",\n".join(f"{json.dumps(key)}:{json.dumps(place)}" for key, place in index.items())
    return f'{{"version":{VERSION},"clips":{{\n{rows}\n}}}}\n'.encode()


def _read(path: Path) -> bytes | None:
    with suppress(OSError):
        return path.read_bytes()
    return None
