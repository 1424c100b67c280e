"""Beds, the background sounds, as values: for programs that play a session themselves."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass, field

from voicecoach.api.arguments import read_text
from voicecoach.errors import UnknownNameError

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
        from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE

        made = io.BytesIO()
        with wave.open(made, "wb") as file:
            file.setnchannels(CHANNELS)
            file.setsampwidth(SAMPLE_BYTES)
            file.setframerate(SAMPLE_RATE)
            file.writeframes(self.pcm)
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
