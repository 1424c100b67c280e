"""Recordings as WAV files that carry their own words, as the title that many players show."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path
    from typing import BinaryIO

_TITLE = b"INAM"
_MOST_CHUNKS, _LONGEST_LIST = 32, 100_000
"""The parts of a file, and the bytes of a list of facts, that are looked at."""


def encode_wave(pcm: bytes, rate: int, words: str) -> bytes:
    """Return 16-bit samples of one channel as a WAV file whose title is the words.

    >>> encode_wave(bytes(4), 48_000, "In")[:4]
    b'RIFF'
    """
    form = struct.pack("<HHIIHH", 1, 1, rate, 2 * rate, 2, 16)
    title = words.encode("utf-8", "replace") + b"\0"
    facts = b"INFO" + _write_chunk(_TITLE, title)
    body = b"WAVE" + _write_chunk(b"fmt ", form) + _write_chunk(b"LIST", facts) + _write_chunk(b"data", pcm)
    return _write_chunk(b"RIFF", body)


def read_title(path: Path) -> str:
    """Return the words that a WAV file carries; nothing if it carries none, or is another kind of file."""
    try:
        with path.open("rb") as file:
            return _read_title(file)
    except (OSError, struct.error, UnicodeDecodeError):
        return ""


def _read_title(file: BinaryIO) -> str:
    head = file.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WAVE":
        return ""
    for _ in range(_MOST_CHUNKS):
        kind, size = struct.unpack("<4sI", file.read(8))
        if kind == b"LIST" and size <= _LONGEST_LIST:
            return _find_title(file.read(size))
        file.seek(size + size % 2, 1)
    return ""


def _find_title(facts: bytes) -> str:
    at = 4
    while facts[:4] == b"INFO" and at + 8 <= len(facts):
        kind, size = struct.unpack_from("<4sI", facts, at)
        if kind == _TITLE:
            return facts[at + 8 : at + 8 + size].split(b"\0")[0].decode()
        at += 8 + size + size % 2
    return ""


def _write_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + bytes(len(content) % 2)
