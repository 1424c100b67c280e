"""The Info header of an MP3: a frame without sound that tells players the length, the delays and where to seek.

Its layout is that of "Mp3 Info Tag revision 1 specifications" by LAME, with all four optional fields.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_RATE
from voicecoach.audio.formats import MP3_RATES

if TYPE_CHECKING:
    from pathlib import Path

ENCODER_DELAY = 576
"""Samples by which LAME's sound is late, as the Info header states them; players add a decoder's own 529."""

_LEAST_RATE = 64_000
"""Bits a second of the smallest frame that has room for the header's 177 bytes."""
_LONGEST_FRAME = 960
"""The bytes of a frame at 320 kb/s and 48 kHz."""
_TABLE, _END = 16, 154
"""Where the seek table begins in the header, and where its checksum does."""


def make_frame_header(bit_rate: int) -> bytes:
    """Return the four bytes that begin a frame: MPEG-1 Layer III, 48 kHz, one channel, without CRC and padding.

    >>> make_frame_header(64_000).hex()
    'fffb54c4'
    """
    return bytes([0xFF, 0xFB, (MP3_RATES.index(bit_rate // 1000) + 1) << 4 | 4, 0xC4])


def compute_frame_size(bit_rate: int) -> int:
    """Return the bytes of a frame at 48 kHz.

    >>> compute_frame_size(64_000)
    192
    """
    return 144 * bit_rate // SAMPLE_RATE


@dataclass(frozen=True, slots=True)
class Info:
    """The content of an Info header: frames of sound, bytes of all frames, samples added before and after."""

    frames: int
    size: int
    delay: int
    padding: int

    @property
    def samples(self) -> int:
        """The number of samples that a player plays: without those that the encoder added.

        >>> Info(frames=10, size=0, delay=1105, padding=47).samples
        10368
        """
        return self.frames * FRAME_SAMPLES - self.delay - self.padding


def make_info_frame(frames: int, bit_rate: int) -> bytes:
    """Return the first frame of a track of so many frames; the checksum over the sound is left at 0.

    Players, ffmpeg among them, believe the delays only if they know the name of the encoder.
    """
    own_rate = max(bit_rate, _LEAST_RATE)
    whole = frames + 1
    padding = whole * FRAME_SAMPLES - frames * FRAME_SAMPLES - ENCODER_DELAY
    size = compute_frame_size(own_rate) + whole * compute_frame_size(bit_rate)
    seek = _make_seek_table(compute_frame_size(own_rate), whole * compute_frame_size(bit_rate))
    head = b"Info" + (15).to_bytes(4, "big") + whole.to_bytes(4, "big") + size.to_bytes(4, "big") + seek + bytes(4)
    lame = b"LAME3.100" + bytes([1]) + bytes(1 + 4 + 2 + 2 + 1) + bytes([min(255, bit_rate // 1000)])
    trims = (ENCODER_DELAY << 12 | padding).to_bytes(3, "big")
    tail = bytes(1 + 1 + 2) + size.to_bytes(4, "big") + bytes(2)
    frame = make_frame_header(own_rate) + bytes(17) + head + lame + trims + tail
    return (frame + _crc16(frame).to_bytes(2, "big")).ljust(compute_frame_size(own_rate), b"\0")


def read_info(start: bytes) -> Info:
    """Read the Info header from the start of an MP3 without tags.

    Raises:
        ValueError: If there is no Info header.
    """
    at = _find_header(start)
    header = start[at : at + 144]
    if header[:8] != b"Info\x00\x00\x00\x0f" or len(header) < 144:  # noqa: PLR2004 - the length sliced above
        raise ValueError("no Info header")
    trims = int.from_bytes(header[141:144], "big")
    frames, size = (int.from_bytes(header[at : at + 4], "big") for at in (8, 12))
    return Info(frames, size, delay=trims >> 12, padding=trims & 0xFFF)


def round_seek_table(path: Path) -> None:
    """Write the seek table of an MP3 without tags again, rounded to the nearest; ffmpeg rounds it down, twice.

    A file without an Info header, or with frames of several sizes, is left as it is.

    Raises:
        OSError: If the file can't be written.
    """
    with path.open("rb+") as file:
        start = file.read(1024)
        with suppress(ValueError):
            file.seek(0)
            file.write(_replace_table(start))


def _replace_table(start: bytes) -> bytes:
    """Return the start of an MP3 with a rounded seek table in its Info header, and with the header's new checksum.

    Raises:
        ValueError: If there is no Info header, or the frames have several sizes.
    """
    info, at = read_info(start), _find_header(start)
    sound = info.frames * compute_frame_size(MP3_RATES[(start[2] >> 4) - 1] * 1000)
    if not 0 < info.size - sound <= _LONGEST_FRAME:
        raise ValueError("frames of several sizes")
    table = _make_seek_table(info.size - sound, sound)
    stated = start[: at + _TABLE] + table + start[at + _TABLE + len(table) : at + _END]
    return stated + _crc16(stated).to_bytes(2, "big") + start[at + _END + 2 :]


def _make_seek_table(header: int, sound: int) -> bytes:
    """Return the place of each hundredth of the time, as the nearest 256th of all bytes; ``header`` counts as well.

    >>> list(_make_seek_table(192, 100 * 192))[:5]
    [3, 5, 8, 10, 13]
    """
    whole = 100 * (header + sound)
    places = (256 * (100 * header + percent * sound) for percent in range(100))
    return bytes(min(255, (2 * place + whole) // (2 * whole)) for place in places)


def _find_header(start: bytes) -> int:
    """Return where the Info header begins: after the side information of one channel, or of two."""
    return 4 + (17 if start[3:4] >= b"\xc0" else 32)


def _crc16(data: bytes) -> int:
    """Return the CRC-16/ARC, which ends the Info header.

    >>> hex(_crc16(b"123456789"))
    '0xbb3d'
    """
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0xA001 if crc & 1 else 0)
    return crc
