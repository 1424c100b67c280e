"""Beds and the breath sound as values: for programs that play a session themselves."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voicecoach.api.arguments import read_text
from voicecoach.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

CHANNELS = 2


@dataclass(frozen=True, slots=True)
class Bed:
    """A background sound; its first sample can follow its last.

    Attributes:
        name: What ``bed=`` takes.
        pcm: Its samples: 16 bits, two channels, 48 kHz.
        loudness: Its own loudness, in LUFS.
    """

    name: str
    pcm: bytes = field(repr=False)
    loudness: float

    def gain(self, level: float = 24.0) -> float:
        """Return the factor that makes it ``level`` LU quieter than the speech; under words half of it is heard."""
        from voicecoach.audio.loudness import SPEECH
        from voicecoach.audio.render import IN_STEREO

        return float(10 ** ((SPEECH + IN_STEREO - level - self.loudness) / 20))

    def encode(self) -> bytes:
        """Return it as a WAV file."""
        return _encode(self.pcm, CHANNELS)


@dataclass(frozen=True, slots=True)
class Course:
    """How a phase sounds: a cross-fade of equal power from one colour to another, while its level changes evenly.

    Attributes:
        start: The number of the colour that it begins with.
        end: The number of the colour that it ends with.
        rise: The factors of its level at its start and at its end.
    """

    start: int
    end: int
    rise: tuple[float, float]


@dataclass(frozen=True, slots=True)
class BreathSound:
    """The soft sound under guided phases: its colours are loops that restart with each phase.

    Each phase is faded in and out for `edge` samples, or a quarter of it if that is less.

    Attributes:
        pcm: The samples of all colours: 16 bits, a channel for each colour, 48 kHz.
        colours: How many colours there are.
        courses: How each kind of phase sounds.
        edge: Samples of a fade.
    """

    pcm: bytes = field(repr=False)
    colours: int
    courses: Mapping[str, Course]
    edge: int

    def gain(self, level: float = 24.0) -> float:
        """Return the factor that makes it ``level`` LU quieter than the speech; under words half of it is heard."""
        from voicecoach.audio import breath_sound
        from voicecoach.audio.loudness import SPEECH

        return float(10 ** ((SPEECH - level - breath_sound.LOUDNESS) / 20))

    def encode(self) -> bytes:
        """Return it as a WAV file with a channel for each colour."""
        return _encode(self.pcm, self.colours)


def _encode(pcm: bytes, channels: int) -> bytes:
    from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE

    made = io.BytesIO()
    with wave.open(made, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(SAMPLE_BYTES)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm)
    return made.getvalue()


def list_beds() -> list[str]:
    """Return the names of the background sounds that come with the program.

    >>> import voicecoach as vc
    >>> vc.list_beds()
    ['brown', 'pad', 'rain', 'waves']
    """
    from voicecoach.system import assets

    return sorted(assets.list_beds())


def load_bed(name: str) -> Bed:
    """Read a background sound that comes with the program.

    >>> import voicecoach as vc
    >>> len(vc.load_bed("rain").pcm) % 4
    0

    Raises:
        UnknownNameError: If there is none of this name.
        EncodeError: If ffmpeg is missing or fails.
    """
    from voicecoach.audio.beds import open_bed

    if read_text("name", name) not in list_beds():
        raise UnknownNameError("background", name, list_beds())
    found = open_bed(name)
    return Bed(name, found.read_loop(), found.loudness)


def load_breath_sound() -> BreathSound:
    """Return the sound that ``breath_sound=True`` lays under guided phases.

    >>> import voicecoach as vc
    >>> sound = vc.load_breath_sound()
    >>> sorted(sound.courses), sound.colours
    (['exhale', 'hold', 'inhale', 'pause'], 5)
    """
    from voicecoach.audio.breath_sound import COURSES, EDGE, make_colour
    from voicecoach.audio.clip import SAMPLE_BYTES

    colours = list(dict.fromkeys(colour for each in COURSES.values() for colour in (each.start, each.end)))
    loops = [make_colour(colour) for colour in colours]
    count = len(loops) * SAMPLE_BYTES
    pcm = bytearray(sum(map(len, loops)))
    for channel, loop in enumerate(loops):
        for byte in range(SAMPLE_BYTES):
            pcm[channel * SAMPLE_BYTES + byte :: count] = loop[byte::SAMPLE_BYTES]
    courses = {
        str(kind): Course(colours.index(each.start), colours.index(each.end), each.rise)
        for kind, each in COURSES.items()
    }
    return BreathSound(bytes(pcm), len(loops), courses, EDGE)
