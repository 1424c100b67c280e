"""Long takes made of tones: each sentence swells once a syllable, so that it can be cut without any speech."""

from __future__ import annotations

import array
import math
import random
import wave
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from voicecoach.app.recording.envelope import RATE, Envelope, measure_chunks
from voicecoach.app.recording.syllables import count_syllables
from voicecoach.audio.pcm import audioop

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SYLLABLE, ATTACK = 0.2, 0.12
"""Seconds of a syllable, and of every sentence."""


@dataclass(frozen=True)
class LongTake:
    """The samples of a take at 16 kHz, and where each sentence is, in seconds."""

    pcm: bytes
    spans: tuple[tuple[float, float], ...]

    def measure(self) -> Envelope:
        return measure_chunks(self.pcm[at : at + 2 * RATE] for at in range(0, len(self.pcm), 2 * RATE))

    def write(self, path: Path) -> Path:
        with wave.open(str(path), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(self.pcm)
        return path


@cache
def hum(seconds: float, pitch: int = 200) -> bytes:
    """Return a tone that swells once a syllable; its pitch, in Hz, has whole waves in a syllable."""
    syllable, count = _hum_once(pitch), 2 * round(seconds * RATE)
    return (syllable * (count // len(syllable) + 1))[:count]


@cache
def _hum_once(pitch: int) -> bytes:
    swell = (0.25 + 0.75 * math.sin(math.pi * at / RATE / SYLLABLE) ** 2 for at in range(round(SYLLABLE * RATE)))
    values = (12_000 * each * math.sin(2 * math.pi * pitch * at / RATE) for at, each in enumerate(swell))
    return array.array("h", map(round, values)).tobytes()


@cache
def noise(seconds: float, level: float) -> bytes:
    """Return white noise of a level in dBFS."""
    drawn = random.Random(3).randbytes(round(seconds * RATE) * 2)  # noqa: S311 - noise
    return audioop.mul(drawn, 2, 10 ** ((level + 4.8) / 20))


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


def speak(text: str, gain: float = 1.0, stretch: float = 1.0) -> bytes:
    """Return a tone that is as long as a text."""
    sound = hum(round((ATTACK + SYLLABLE * count_syllables(text)) * stretch, 2), 180 + 5 * (len(text) % 11))
    return audioop.mul(sound, 2, gain)


def join(parts: Sequence[bytes | tuple[bytes, ...]], *, room: float | None = -62.0) -> LongTake:
    """Join sounds that are no sentences, and sentences, which are tuples; add the noise of a room."""
    pcm, spans = bytearray(), []
    for part in parts:
        sound = b"".join(part) if isinstance(part, tuple) else part
        if isinstance(part, tuple):
            spans.append((len(pcm) / 2 / RATE, (len(pcm) + len(sound)) / 2 / RATE))
        pcm += sound
    whole = bytes(pcm)
    if room is not None:
        second = noise(1.0, room)
        whole = audioop.add(whole, (second * (len(whole) // len(second) + 1))[: len(whole)], 2)
    return LongTake(whole, tuple(spans))


def read_aloud(texts: Sequence[str], pause: float = 0.8, *, room: float | None = -62.0) -> LongTake:
    """Return a take in which all texts are read in order."""
    parts: list[bytes | tuple[bytes, ...]] = [silence(pause)]
    for text in texts:
        parts += [(speak(text),), silence(pause)]
    return join(parts, room=room)
