"""Loudness by BS.1770-4 and EBU R 128, measured by ffmpeg's ebur128, and loudness normalisation."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg, filters
from voicecoach.audio.clip import SAMPLE_RATE, Clip, amplify, fade, find_peak
from voicecoach.errors import EncodeError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

SPEECH = -19.0
"""The loudness of a session in one channel, in LUFS; in two channels the same speech is 3 LU louder."""

HOPS_A_SECOND = 10
HOP = SAMPLE_RATE // HOPS_A_SECOND
"""Samples from one block of BS.1770 to the next; each is 400 ms long, the last 300 of them shared with the next."""

FADE_SAMPLES = SAMPLE_RATE // 200
"""Samples over which the ends of a sound are faded: 5 ms."""

GATE = -70.0
"""LUFS; softer blocks don't count (the absolute gate)."""

_LEAST_PEAK = -110.31
"""The level of a tenth of a bit, in dBFS: it stands for silence, so that silence is a number, too."""


@dataclass(frozen=True, slots=True)
class Loudness:
    """The integrated loudness of a file in LUFS (None: silence), and its true peak in dBTP."""

    integrated: float | None
    true_peak: float

    def as_json(self) -> dict[str, float | None]:
        """Return the public form."""
        return {"integrated": self.integrated, "true_peak": self.true_peak}

    def __str__(self) -> str:
        """Write it as in the report of `make`."""
        loud = "nothing is heard" if self.integrated is None else f"{self.integrated:.1f} LUFS"
        return f"{loud}, peak {self.true_peak:.1f} dBTP"


@dataclass(frozen=True, slots=True)
class Blocks:
    """The loudness of the audible 400 ms blocks of a sound, in LUFS, and its true peak in dBTP."""

    levels: tuple[float, ...]
    true_peak: float

    def pack(self) -> bytes:
        """Return it in the form that the cache stores."""
        return json.dumps([self.true_peak, *self.levels]).encode()

    @classmethod
    def unpack(cls, kept: bytes) -> Blocks:
        """Read the result of ``packed``.

        Raises:
            ValueError: If it is something else.
        """
        found = json.loads(kept)
        if not isinstance(found, list) or not found or not all(isinstance(each, int | float) for each in found):
            raise ValueError("no blocks")
        return cls(tuple(map(float, found[1:])), float(found[0]))


def integrate(weighed: Sequence[tuple[float, int]]) -> float | None:
    """Return the integrated loudness of blocks, each with its number of repetitions, in LUFS; None if all are silent.

    >>> integrate([(-20.0, 2), (-60.0, 1), (-120.0, 5)])
    -20.0
    """
    heard = [(level, times) for level, times in weighed if level > GATE]
    if not heard:
        return None
    gate = _average(heard) - 10.0
    return round(_average([(level, times) for level, times in heard if level > gate]), 3)


def measure_file(path: Path) -> Loudness:
    """Measure a whole file, decoded.

    Raises:
        EncodeError: If it can't be decoded.
    """
    args = ["-i", ffmpeg.quote_path(path), *filters.measure_whole(SAMPLE_RATE)]
    said = ffmpeg.run(args, what=f"measuring {path.name}", loglevel="info").stderr
    peaks = re.findall(r"Peak level dB: (-?[\d.]+)", said)
    return Loudness(read_summary(said), round(float(peaks[-1]), 1) if peaks else GATE)


def read_summary(said: str) -> float | None:
    """Read the integrated loudness from the last messages of ebur128; None if it is silence.

    Raises:
        EncodeError: If it is not there.
    """
    loud = re.findall(r"\bI:\s+(-?[\d.]+|-inf|nan) LUFS", said)
    if not loud:
        raise EncodeError("measuring loudness: ffmpeg gave no result")
    level = float(loud[-1])
    return level if level > GATE else None


def normalise_sound(clip: Clip, target: float, ceiling: float) -> Clip:
    """Normalise somebody's sound to a loudness (LUFS), with its peak below a level (dBFS), and fade its ends.

    If it is too short or too soft for BS.1770, its peak is set to that level.

    Raises:
        EncodeError: If ffmpeg is missing or fails.
    """
    given = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
    args = [*given, "-af", filters.LOUDNESS, *filters.TO_NOWHERE]
    heard = read_summary(ffmpeg.run(args, what="levelling a sound", data=clip.pcm, loglevel="info").stderr)
    room = ceiling - to_decibels(find_peak(clip))
    wanted = room if heard is None else min(room, target - heard)
    return fade(amplify(clip, wanted), FADE_SAMPLES)


def measure_encoded(
    sounds: Sequence[bytes], given: Sequence[str], silence: bytes, lengths: Sequence[int]
) -> list[Blocks]:
    """Measure several encoded sounds in one run of ffmpeg; each has a result of its own.

    Args:
        sounds: The sounds, as bytes that can be joined.
        given: ffmpeg's input options for them.
        silence: Encoded silence of at least 400 ms, which keeps two sounds out of one block.
        lengths: The number of samples of each sound, and at the end that of the silence.

    Raises:
        EncodeError: If they can't be decoded.
    """
    *samples, apart = lengths
    data = silence + b"".join(sound + silence for sound in sounds)
    said = ffmpeg.run([*given, *filters.measure_blocks(SAMPLE_RATE, HOP)], what="measuring the sound", data=data)
    loud = [float(found) for found in re.findall(r"r128\.M=(\S+)", said.stderr)]
    peaks = [float(found) for found in re.findall(r"Peak_level=(\S+)", said.stdout.decode())]
    found = []
    at = apart
    for length in samples:
        first, end = at // HOP, (at + length + apart) // HOP
        heard = tuple(level for level in loud[first:end] if level > GATE)
        highest = max(peaks[first:end], default=-math.inf)
        found.append(Blocks(heard, round(highest, 2) if highest > _LEAST_PEAK else _LEAST_PEAK))
        at += length + apart
    return found


def to_decibels(sample: int) -> float:
    """Return the level of a sample value in dBFS; 0 counts as a tenth of a bit.

    >>> round(to_decibels(16_384), 2)
    -6.02
    """
    return round(20 * math.log10(max(sample, 0.1) / 32_768), 2)


def _average(weighed: Sequence[tuple[float, int]]) -> float:
    total = sum(times for _, times in weighed)
    return 10 * math.log10(sum(times * 10 ** (level / 10) for level, times in weighed) / total)
