"""Sound as a value: 48 kHz, one channel, 16 bits, counted in samples and never in milliseconds."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.audio.pcm import audioop, make_segment
from voicecoach.errors import ArgumentTypeError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SAMPLE_RATE = 48_000
SAMPLE_BYTES = 2
_MILLISECOND = SAMPLE_RATE // 1000
INAUDIBLE = 33
"""A sound whose loudest sample is under this value (-60 dBFS) is silence."""
FRAME_SAMPLES = 1152
"""The samples of one MP3 frame (ISO 11172-3, Layer III): 24 ms at 48 kHz."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A stretch of sound: signed 16-bit little-endian samples at 48 kHz, one channel.

    >>> clip = make_silence(24_000)
    >>> clip.samples, clip.seconds
    (24000, Fraction(1, 2))
    """

    pcm: bytes = field(repr=False)
    known: str = field(default="", compare=False, repr=False)
    """Its digest, if that is known already."""

    def __post_init__(self) -> None:
        """Refuse what is not made of bytes, and half a sample."""
        if not isinstance(self.pcm, bytes | bytearray | memoryview):
            raise ArgumentTypeError(f"pcm: it must be bytes, not {type(self.pcm).__name__}")
        if len(self.pcm) % SAMPLE_BYTES:
            raise ValueError("a clip is made of whole samples of two bytes")

    def __repr__(self) -> str:
        """Show its length: its samples would fill the screen."""
        return f"<Clip {float(self.seconds):.3f} s>"

    @property
    def digest(self) -> str:
        """The SHA-256 of its samples."""
        return self.known or hashlib.sha256(self.pcm).hexdigest()

    @property
    def samples(self) -> int:
        """The number of its samples."""
        return len(self.pcm) // SAMPLE_BYTES

    @property
    def seconds(self) -> Fraction:
        """Its exact length in seconds."""
        return Fraction(self.samples, SAMPLE_RATE)

    def encode(self, form: str = "wav") -> bytes:
        """Return it as a file: ``wav``, ``flac``, ``opus``, ``m4a`` or ``mp3``.

        >>> len(make_silence(480).encode())
        1004

        Raises:
            ChoiceError: If there is no such format.
            EncodeError: If ffmpeg is missing or fails; ``wav`` needs none.
        """
        if form == "wav":
            made = io.BytesIO()
            make_segment(self.pcm, SAMPLE_RATE).export(made, format="wav")
            return made.getvalue()
        from voicecoach.audio.formats import encode_samples

        return encode_samples(self.pcm, SAMPLE_RATE, form)

    def __hash__(self) -> int:
        """Hash a part of it, in which clips differ; to hash all of it would take longer than to compare equal clips."""
        middle = len(self.pcm) // 2
        return hash((len(self.pcm), self.pcm[middle : middle + 64]))

    def __getitem__(self, samples: slice) -> Clip:
        """Cut out samples, such as ``clip[100:200]``; as lists do, without a step."""
        start, stop, _ = samples.indices(self.samples)
        return Clip(self.pcm[start * SAMPLE_BYTES : stop * SAMPLE_BYTES])


def make_silence(samples: int) -> Clip:
    """Return ``samples`` samples of digital silence."""
    return Clip(bytes(samples * SAMPLE_BYTES))


def read_wave(path: Path) -> Clip:
    """Read a WAV file of 48 kHz, one channel, 16 bits.

    Raises:
        ValueError: If it has another format.
    """
    import wave

    with wave.open(str(path), "rb") as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (SAMPLE_RATE, 1, SAMPLE_BYTES):
            raise ValueError(f"{path.name} is not 48 kHz, one channel, 16 bits")
        return Clip(file.readframes(file.getnframes()))


def join(clips: Iterable[Clip]) -> Clip:
    """Join clips without gaps.

    >>> join([make_silence(3), make_silence(4)]).samples
    7
    """
    return Clip(b"".join(clip.pcm for clip in clips))


def overlay(clip: Clip, over: Clip, at: int) -> Clip:
    r"""Mix ``over`` into ``clip`` from sample ``at`` on; the result is long enough for both.

    >>> overlay(make_silence(5), Clip(bytes([1, 0])), at=7).pcm[-2:]
    b'\x01\x00'
    """
    if clip.samples == over.samples and not at:
        return Clip(audioop.add(clip.pcm, over.pcm, SAMPLE_BYTES))
    samples = max(clip.samples, at + over.samples)
    whole = -(-samples // _MILLISECOND) * _MILLISECOND  # pydub mixes whole milliseconds only
    under, laid = _pad(clip, 0, whole), _pad(over, at, whole)
    return Clip(make_segment(under.pcm, SAMPLE_RATE).overlay(make_segment(laid.pcm, SAMPLE_RATE)).raw_data)[:samples]


def repeat(loop: Clip, samples: int) -> Clip:
    """Repeat a loop until it has ``samples`` samples.

    >>> repeat(Clip(bytes([1, 0, 2, 0])), 3).pcm.hex()
    '010002000100'
    """
    return Clip((loop.pcm * -(-samples // max(1, loop.samples)))[: samples * SAMPLE_BYTES])


def amplify(clip: Clip, decibels: float) -> Clip:
    """Change the gain of a clip by ``decibels``; samples beyond full scale are clipped."""
    return Clip(make_segment(clip.pcm, SAMPLE_RATE).apply_gain(decibels).raw_data)


def find_peak(clip: Clip) -> int:
    """Return the largest absolute sample value of a clip; 0 if it is empty."""
    return audioop.max(clip.pcm, SAMPLE_BYTES)


def is_audible(clip: Clip, least: int) -> bool:
    """Return whether any sample of a clip reaches the value ``least``; stops at the first one.

    >>> is_audible(make_silence(9), 1), is_audible(Clip(bytes(9000) + bytes([0, 1])), 256)
    (False, True)
    """
    window = SAMPLE_RATE * SAMPLE_BYTES
    pieces = (clip.pcm[at : at + window] for at in range(0, len(clip.pcm), window))
    return any(audioop.max(piece, SAMPLE_BYTES) >= least for piece in pieces)


def fade(clip: Clip, samples: int) -> Clip:
    """Fade the first and the last ``samples`` samples linearly, so that neither end clicks."""
    import array
    import sys

    values = array.array("h", clip.pcm)
    if sys.byteorder == "big":  # pragma: no cover
        values.byteswap()
    count = min(samples, len(values) // 2)
    for index in range(count):
        values[index] = values[index] * index // count
        values[-1 - index] = values[-1 - index] * index // count
    if sys.byteorder == "big":  # pragma: no cover
        values.byteswap()
    return Clip(values.tobytes())


def _pad(clip: Clip, before: int, samples: int) -> Clip:
    return join([make_silence(before), clip, make_silence(samples - before - clip.samples)])
