"""Stand-ins: a voice whose speech has a known length, so that sessions can be tested without any sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from voicecoach.audio import formats
from voicecoach.core import perform as performance
from voicecoach.core import timeline
from voicecoach.core.score import Sound
from voicecoach.errors import ChoiceError
from voicecoach.testing import FakeVoice
from voicecoach.testing import measure_text as spoken_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.core.breath import Breath, Pace
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Measure, Timeline
    from voicecoach.voices.port import Settings, VoiceInfo

__all__ = [
    "CHIME_SECONDS",
    "FRAME",
    "FakeKind",
    "FakeVoice",
    "NamedVoice",
    "QuickVoice",
    "ceil_to_frame",
    "measure",
    "perform",
    "snap",
    "spoken_seconds",
]

FRAME = formats.GRID
CHIME_SECONDS = Fraction(4)


@lru_cache(maxsize=8192)
def measure(said: str | Sound) -> Fraction:
    return CHIME_SECONDS if isinstance(said, Sound) else spoken_seconds(said)


def perform(score: Score, measure: Measure, pace: Pace | Breath) -> Timeline:
    """Perform a score on the grid of our files."""
    return performance.perform(score, measure, pace, grid=FRAME)


def snap(at: Fraction) -> Fraction:
    return timeline.snap(at, FRAME)


def ceil_to_frame(at: Fraction) -> Fraction:
    return timeline.ceil_to_grid(at, FRAME)


class QuickVoice(FakeVoice):
    """Speaks each wording in a quarter of the time, so that there is less to encode."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        return (clip[: clip.samples // 4] for clip in super().speak(wordings))


class NamedVoice(FakeVoice):
    """A fake voice that knows what it was asked for by."""

    def __init__(self, name: str, settings: Settings) -> None:
        super().__init__()
        self.name, self.settings = name, settings


@dataclass(frozen=True)
class FakeKind:
    """A kind of which all voices are fakes, but for "nobody"."""

    name: str
    voices: tuple[VoiceInfo, ...] = ()

    def list_voices(self, _settings: Settings) -> Sequence[VoiceInfo]:
        return self.voices

    def find_voice(self, name: str, settings: Settings) -> NamedVoice:
        if name == "nobody":
            raise ChoiceError("nobody is here")
        return NamedVoice(f"{self.name}:{name}", settings)
