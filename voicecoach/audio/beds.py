"""Beds: background sound under a session, from any file that ffmpeg reads, of any length, looped without a seam."""

from __future__ import annotations

import array
import math
import os
import re
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg, filters
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.audio.loudness import read_summary
from voicecoach.errors import ChoiceError, EncodeError, RunError, describe_unreadable, find_close, quote
from voicecoach.system import plain_files
from voicecoach.system.assets import find_bed, list_beds

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

SHORTEST_BED = 1
"""Seconds of the shortest bed."""

MEASURED = 600
"""Seconds from the start of a bed by which its loudness is measured."""

LONGEST_IN_MEMORY = 60
"""Seconds of a bed that is decoded once and kept in memory; a longer one is decoded again on each pass."""

CROSSFADE = 2.0
"""Seconds of the crossfade from the end of a bed to its beginning, at most; our own beds need none."""

_SILENCE = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
_FRAME = 2 * SAMPLE_BYTES
_PIECE = SAMPLE_RATE * _FRAME


@dataclass(frozen=True, slots=True)
class Bed:
    """A sound to play under a session.

    Attributes:
        path: Its file.
        loudness: Its own loudness in two channels, in LUFS.
        seconds: Its length, as far as it was measured (`MEASURED`).
        seamless: Whether its first sample can follow its last one.
        problem: A problem with its end, if there is one.
    """

    path: Path
    loudness: float
    seconds: float
    seamless: bool = False
    problem: str = ""

    def windows(self, samples: int) -> Generator[bytes]:
        """Yield it again and again, in windows of ``samples`` samples of two channels of 16 bits.

        Raises:
            EncodeError: If it can no longer be read.
        """
        size, held = samples * _FRAME, bytearray()
        for piece in self._loop():
            held += piece
            while len(held) >= size:
                yield bytes(held[:size])
                del held[:size]

    def read_loop(self) -> bytes:
        """Return all of it, once, as `windows` yields it; the first sample of a seamless one can follow its last.

        Raises:
            EncodeError: If it can no longer be read.
        """
        return self._keep()

    def _loop(self) -> Iterator[bytes]:
        seam = 0 if self.seamless else int(min(CROSSFADE, self.seconds / 4) * SAMPLE_RATE) * _FRAME
        kept = self._keep() if self.seconds <= LONGEST_IN_MEMORY or self.seamless else b""
        over = b""
        while True:
            start = len(over)
            tail, heard = b"", False
            for piece in self._pass(kept):
                heard = True
                skipped = min(start, len(piece))
                start -= skipped
                both = tail + piece[skipped:]
                yield both[: max(0, len(both) - seam)]
                tail = both[max(0, len(both) - seam) :]
            if not heard:
                raise EncodeError(f"reading {self.path.name}: there is no sound in it any more")
            over = over or self._seam(tail, kept)
            yield over

    def _keep(self) -> bytes:
        """Return all of it. A seamless one is decoded three times in a row, and the middle one is kept."""
        turns = ["-stream_loop", "2"] if self.seamless else []
        decoded = b"".join(self._decode(*turns))
        third = len(decoded) // 3 // _FRAME * _FRAME
        return decoded[third : 2 * third] if self.seamless else decoded

    def _pass(self, kept: bytes) -> Iterator[bytes]:
        return iter([kept]) if kept else self._decode()

    def _seam(self, tail: bytes, kept: bytes) -> bytes:
        """Return the crossfade from the end to the beginning, with constant power."""
        if not tail:
            return b""
        head = b""
        for piece in self._pass(kept):
            head += piece
            if len(head) >= len(tail):
                break
        return crossfade(tail, head[: len(tail)])

    def _decode(self, *options: str) -> Iterator[bytes]:
        """Yield everything of it that can be decoded."""
        with suppress(RunError):  # a broken end was reported when the bed was measured
            args = [*options, *_decoding_options(self.path)]
            yield from ffmpeg.decode_stream(args, what=f"reading {self.path.name}", size=_PIECE)


def open_bed(name: str) -> Bed:
    """Return a bed, one of ours by its name or a file; up to ten minutes of it are measured.

    Raises:
        ChoiceError: If there is no such bed or file, or it has no sound, or less than a second of it.
    """
    ours = name in list_beds()
    path = find_bed(name) if ours else Path(name)
    if not ours and plain_files.is_special(path):
        raise ChoiceError(
            f"{quote(name)} is not a plain file\nname a file with sound, or one of {', '.join(list_beds())}"
        )
    if not ours and plain_files.is_folder(path):
        raise ChoiceError(
            f"{quote(name)} is a folder\nname a file with sound in it, or one of {', '.join(list_beds())}"
        )
    if not ours and not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a name is too long
        close = find_close(name, list_beds())
        hint = f"did you mean {close[0]!r}?" if close else f"write a file, or one of {', '.join(list_beds())}"
        raise ChoiceError(f"there is no bed or file {quote(name)}\n{hint}")
    try:
        plain_files.check_readable(path)
    except OSError as error:
        raise ChoiceError(f"{quote(name)} can't be read: {describe_unreadable(error)}") from None
    try:
        said = _measure(["-t", str(MEASURED), *_decoding_options(path)[:-3]], f"reading {path.name}")
    except RunError:
        _measure(_SILENCE, "measuring the loudness of a bed", bytes(SAMPLE_RATE))  # if that fails, it isn't the file
        remedy = "give --bed a WAV, FLAC, Ogg, M4A or MP3 file"
        raise ChoiceError(f"{name} is not sound that can be read\n{remedy}") from None
    heard = read_summary(said)
    seconds = _read_seconds(said)
    if heard is None or seconds < SHORTEST_BED:
        what = "is silent" if seconds >= SHORTEST_BED else f"lasts {seconds:.1f} s"
        raise ChoiceError(f"the bed {name} {what}\ngive --bed a sound of a second or more")
    return Bed(path, heard, seconds, ours, _describe_problem(said, path.name))


def _measure(given: list[str], what: str, data: bytes = b"") -> str:
    """Return ffmpeg's messages about the loudness of a sound."""
    graph = ["-af", f"aresample={SAMPLE_RATE},{filters.LOUDNESS}", *filters.TO_NOWHERE]
    return ffmpeg.run([*given, *graph], what=what, data=data, loglevel="info").stderr


def crossfade(tail: bytes, head: bytes) -> bytes:
    r"""Crossfade the end of a sound with the start of another, of equal length; 16-bit samples, two channels.

    >>> crossfade(bytes(8), bytes(8)) == bytes(8)
    True
    """
    old, new = array.array("h", tail), array.array("h", head)
    if sys.byteorder == "big":  # pragma: no cover
        old.byteswap()
        new.byteswap()
    frames = len(old) // 2
    for frame in range(frames):
        turn = (frame + 0.5) / frames * math.pi / 2
        out, into = math.cos(turn), math.sin(turn)
        for at in (2 * frame, 2 * frame + 1):
            old[at] = max(-32_768, min(32_767, round(old[at] * out + new[at] * into)))
    if sys.byteorder == "big":  # pragma: no cover
        old.byteswap()
    return old.tobytes()


def _decoding_options(path: Path) -> list[str]:
    """Return ffmpeg's options that decode a file into two channels; ffmpeg must not open any other file."""
    given = ["-protocol_whitelist", "file", "-i", ffmpeg.quote_path(path), "-map", "0:a:0", "-vn"]
    return [*given, "-ac", "2", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]


def _read_seconds(said: str) -> float:
    """Return how many seconds were decoded, by ffmpeg's last message."""
    found = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)
    return sum(float(part) * unit for part, unit in zip(found[-1], (3600, 60, 1), strict=True)) if found else 0.0


def _describe_problem(said: str, name: str) -> str:
    told = (line for line in said.splitlines() if not line.startswith((" ", "Input #")))  # its tags, and its name
    broken = any(re.search(r"\b(error|invalid|corrupt|truncated|premature)", line, re.IGNORECASE) for line in told)
    return f"{name} can't be read to its end; what comes before is used" if broken else ""
