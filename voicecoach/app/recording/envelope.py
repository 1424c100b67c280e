"""The envelope of a long take: its level and its zero crossings every 10 ms, and the stretches that have sound."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg
from voicecoach.audio.pcm import audioop

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

RATE = 16_000
BLOCKS_A_SECOND = 100
_BLOCK_BYTES = RATE // BLOCKS_A_SECOND * 2
_AT_ONCE = BLOCKS_A_SECOND * _BLOCK_BYTES
"""Bytes that are measured at once: a second."""

LOWEST = -96.0
"""dBFS of silence."""

ONLY_FILES = (
    "-protocol_whitelist",
    "file",
    "-format_whitelist",
    "wav,w64,aiff,caf,flac,mp3,aac,mov,ogg,matroska,asf,amr",
)
"""ffmpeg opens this file and nothing that it names, in a format of recordings."""
_CLEAN = "highpass=f=110,highpass=f=110"
"""What rumble and hum are taken away with before a level is measured."""

_WINDOW = 10 * BLOCKS_A_SECOND
"""Blocks around which the room's noise and the loudness of the speech are measured: both can change in a long take."""
_FLOOR_SHARE, _SPEECH_SHARE = 0.10, 0.95
_ABOVE_FLOOR, _BELOW_SPEECH = 9.0, 32.0
"""dB: sound is what is so much louder than the room, and at most so much softer than the speech around it."""
_LEAST_SPEECH = -60.0
"""dBFS that the loudest parts of a take have at least."""

_BRIDGED = 9
"""Blocks of the longest silence inside a word, before "p" or "t"."""
_SHORTEST = 5
"""Blocks of the shortest sound: a click is shorter."""
_BREATH = 20
"""Blocks of the shortest breath."""
_HISS, _LONG_HISS = -20.0, 40
"""dB under the speech around it, and blocks: an "s" is louder or shorter."""
_VOWEL = 4
"""Blocks of the shortest vowel."""
_SOFT, _FAINT = -9.0, -28.0
"""A sound without vowels is a breath if it is softer than speech by so many dB; any sound is noise if it is fainter."""
_VOICED_CROSSINGS = 0.22
"""Zero crossings for each sample: vowels have fewer, breaths and hisses more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of sound between two pauses.

    Attributes:
        start: Its first block of 10 ms.
        end: The block after its last one.
        level: The mean level of its loud blocks, in dB under the speech around it (0 or less).
        voiced: The longest run of blocks that sound like a vowel.
    """

    start: int
    end: int
    level: float = 0.0
    voiced: int = 100

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start) / BLOCKS_A_SECOND

    @property
    def is_noise(self) -> bool:
        """Whether it is probably a breath, a click or a rustle, and not a word."""
        return self.level < _FAINT or (self.voiced < _VOWEL and self.level < _SOFT)


@dataclass(frozen=True)
class Envelope:
    """The level (in dBFS) and the zero crossings (for each sample) of every 10 ms of a take."""

    levels: array[float]
    crossings: array[float]

    @property
    def seconds(self) -> float:
        """How long the take is."""
        return len(self.levels) / BLOCKS_A_SECOND

    @cached_property
    def loudest(self) -> float:
        """The level of its loud parts, in dBFS."""
        return _find_share(self.levels, 0.99)

    def find_pieces(self) -> tuple[Piece, ...]:
        """Return the stretches that have sound, in order: words and sentences, and breaths and coughs as well."""
        if self.loudest < _LEAST_SPEECH:
            return ()
        speech, floor = self._measure_around()
        loud = [
            level >= min(max(room + _ABOVE_FLOOR, near - _BELOW_SPEECH), near - _ABOVE_FLOOR)
            for level, room, near in zip(self.levels, floor, speech, strict=True)
        ]
        pieces = [self._describe(start, end, speech) for start, end in _find_runs(loud)]
        return tuple(piece for piece in self._bridge(pieces, speech) if piece.end - piece.start >= _SHORTEST)

    def _bridge(self, pieces: Sequence[Piece], speech: Sequence[float]) -> Sequence[Piece]:
        """Join stretches with short silences between them, but not a breath with a word."""
        joined: list[Piece] = []
        for piece in pieces:
            apart = piece.start - joined[-1].end > _BRIDGED if joined else True
            if apart or (_is_long_breath(piece) != _is_long_breath(joined[-1])):
                joined.append(piece)
            else:
                joined[-1] = self._describe(joined[-1].start, piece.end, speech)
        return joined

    def _measure_around(self) -> tuple[list[float], list[float]]:
        """Return for each block the level of the speech around it, and that of the room."""
        speech: list[float] = []
        floor: list[float] = []
        least = self.loudest - 20
        for at in range(0, len(self.levels), BLOCKS_A_SECOND):
            near = sorted(self.levels[max(0, at - _WINDOW) : at + BLOCKS_A_SECOND + _WINDOW])
            blocks = min(BLOCKS_A_SECOND, len(self.levels) - at)
            speech += [max(near[int(_SPEECH_SHARE * (len(near) - 1))], least)] * blocks
            floor += [near[int(_FLOOR_SHARE * (len(near) - 1))]] * blocks
        return speech, floor

    def _describe(self, start: int, end: int, speech: Sequence[float]) -> Piece:
        levels = sorted(self.levels[start:end])[(end - start) // 2 :]
        level = sum(levels) / len(levels) - speech[start]
        vowels = (each < _VOICED_CROSSINGS for each in self.crossings[start:end])
        voiced = max((len([*run]) for vowel, run in groupby(vowels) if vowel), default=0)
        return Piece(start, end, min(level, 0.0), voiced)


def read_envelope(path: Path) -> Envelope:
    """Decode a take once, from its start to its end, and measure it; of its sound, only a second is in memory.

    Raises:
        EncodeError: When ffmpeg is missing.
        RunError: When ffmpeg can't read it as sound.
    """
    form = ["-map", "0:a:0", "-ac", "1", "-af", _CLEAN, "-ar", str(RATE), "-f", "s16le", "pipe:1"]
    args = [*ONLY_FILES, "-i", ffmpeg.quote_path(path.absolute()), *form]
    return measure_chunks(ffmpeg.decode_stream(args, what=f"reading {path.name}", size=_AT_ONCE))


def measure_chunks(chunks: Iterable[bytes]) -> Envelope:
    """Measure 16-bit samples at 16 kHz; each chunk but the last has whole blocks.

    >>> measure_chunks([bytes(640)]).levels.tolist()
    [-96.0, -96.0]
    """
    levels, crossings = array("f"), array("f")
    for chunk in chunks:
        for at in range(0, len(chunk) - 1, _BLOCK_BYTES):
            block = chunk[at : at + _BLOCK_BYTES]
            block = block[: len(block) // 2 * 2]
            levels.append(_to_decibels(audioop.rms(block, 2)))
            crossings.append(audioop.cross(block, 2) / (len(block) // 2))
    return Envelope(levels, crossings)


def _is_long_breath(piece: Piece) -> bool:
    """Return whether a noise is a breath and not the "s" at the end of a word, which is louder or shorter."""
    length = piece.end - piece.start
    return piece.is_noise and length >= _BREATH and (piece.level < _HISS or length >= _LONG_HISS)


def _to_decibels(value: int) -> float:
    return 20 * math.log10(value / 32_768) if value else LOWEST


def _find_share(levels: Sequence[float], share: float) -> float:
    return sorted(levels)[int(share * (len(levels) - 1))] if levels else LOWEST


def _find_runs(loud: Sequence[bool]) -> list[tuple[int, int]]:
    """Return the stretches of loud blocks."""
    spans = []
    for sounds, run in groupby(enumerate(loud), key=lambda each: each[1]):
        blocks = [at for at, _ in run]
        if sounds:
            spans.append((blocks[0], blocks[-1] + 1))
    return spans
