"""For tests: the checks that every voice has to pass, and a voice that needs no speech.

>>> import voicecoach as vc
>>> from voicecoach.testing import FakeVoice
>>> session = vc.plan("box-breathing", voice=FakeVoice())
>>> session.voice
'fake'
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.audio.clip import SAMPLE_RATE, Clip
from voicecoach.voices.testing import VoiceContract
from voicecoach.voices.testing import check as check_voice

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["FakeVoice", "VoiceContract", "check_voice", "measure_text"]

_START, _LETTER = Fraction(1, 4), Fraction(65, 1000)
_PERIOD = b"\x00\x10" * 25 + b"\x00\xf0" * 25
"""A square wave of 960 Hz. Its period does not divide an MP3 frame: ffmpeg may take equal frames for an MPEG-TS."""


def measure_text(text: str) -> Fraction:
    """Return how many seconds a `FakeVoice` takes for a text: about 135 words a minute.

    >>> float(measure_text("Breathe in"))
    0.9
    """
    return _START + len(text) * _LETTER


class FakeVoice:
    """A voice that beeps: for each text as long as `measure_text` says, always the same, and at once.

    Tests of programs are quick with it, and need neither speech nor files.

    >>> clip, = FakeVoice().speak(["Breathe in"])
    >>> float(clip.seconds)
    0.9

    Attributes:
        asked: The texts that it was asked for, a list for each time.
    """

    name = "fake"
    identity = "fake 1"

    def __init__(self) -> None:
        """Start without having been asked."""
        self.asked: list[list[str]] = []

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Beep for each wording, in order."""
        self.asked.append(list(wordings))
        for wording in wordings:
            whole, rest = divmod(round(measure_text(wording) * SAMPLE_RATE), len(_PERIOD) // 2)
            yield Clip(_PERIOD * whole + _PERIOD[: 2 * rest])
