"""Sounds that a routine plays: those that come with the program, and files that lie beside a routine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE, Clip, read_wave
from voicecoach.errors import ChoiceError, RunError
from voicecoach.system import plain_files
from voicecoach.system.assets import find_asset, list_assets
from voicecoach.system.lru import Lru

if TYPE_CHECKING:
    from fractions import Fraction

    from voicecoach.core.score import Sound

SOUND_LOUDNESS, SOUND_CEILING = -22.0, -6.0
"""LUFS of a sound beside a routine, 3 under the speech, and the dBFS that no sample of it exceeds."""

LONGEST_SOUND = 600
"""Seconds that a sound beside a routine may last; all of it is held in memory."""

MOST_HELD = 128_000_000
"""Bytes of sounds that stay in memory: two of the longest."""

_HELD: Lru[tuple[str, int, int], Clip] = Lru(MOST_HELD)
"""Decoded sounds, by path, size and time of change."""


def read_sound(sound: str) -> Clip:
    """Return a sound: one that comes with the program, by its name, or a file, by its path.

    Recently used sounds stay in memory. A file that has changed is read again.

    Raises:
        ChoiceError: If a file is not a sound, or lasts more than ten minutes.
    """
    shipped = f"{sound}.wav"
    if shipped in list_assets():
        path = find_asset(shipped)
        return _HELD.find(_identify(path), lambda: read_wave(path), _weigh)
    path = Path(sound)
    return _HELD.find(_identify(path), lambda: _decode(path), _weigh)


def measure_sound(sound: Sound) -> Fraction:
    """Return how many seconds a sound of a score lasts."""
    return read_sound(sound.file or sound.name).seconds


def _identify(path: Path) -> tuple[str, int, int]:
    try:
        facts = path.stat()
    except OSError:  # reading it will report why
        return str(path), -1, -1
    return str(path), facts.st_size, facts.st_mtime_ns


def _weigh(clip: Clip) -> int:
    return len(clip.pcm)


def _decode(path: Path) -> Clip:
    """Read a sound file beside a routine. ffmpeg gets its bytes, and must not open files that they name."""
    from voicecoach.audio.loudness import normalise_sound

    form = ["-t", str(LONGEST_SOUND + 1), "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]
    only = ["-protocol_whitelist", "pipe", "-i", "pipe:0", "-map", "0:a:0"]
    try:
        clip = Clip(ffmpeg.run([*only, *form], what=path.name, data=plain_files.read_file(path)).stdout)
    except (RunError, OSError):
        raise ChoiceError(
            f"{path.name} is not sound that can be read\nreplace it with a WAV, FLAC, Ogg or MP3 file"
        ) from None
    if not 0 < clip.seconds <= LONGEST_SOUND:
        raise ChoiceError(f"{path.name} lasts {float(clip.seconds):.1f} s\na sound lasts up to {LONGEST_SOUND} s")
    return normalise_sound(clip, SOUND_LOUDNESS, SOUND_CEILING)
