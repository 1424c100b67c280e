"""Beds: sound that goes on under a session, from any file that ffmpeg reads, of any length, looped without a seam."""

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
from voicecoach.errors import ChoiceError, EncodeError, RunError, find_close, quote
from voicecoach.system import plain_files
from voicecoach.system.assets import find_bed, list_beds

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

SHORTEST_BED = 1
"""Seconds of sound that a bed has at least."""

MEASURED = 600
"""Seconds from its beginning that tell how loud a bed is."""

LONGEST_IN_MEMORY = 60
"""Seconds of sound up to which a bed is decoded once and kept in memory; a longer one is decoded as it is played."""

CROSSFADE = 2.0
"""Seconds over which the end of a bed goes over into its beginning, at most; a bed of ours needs none."""

_SILENCE = ["-f", "s16le", "-ar", str(SAMPLE_RATE), "-ac", "1", "-i", "pipe:0"]
_FRAME = 2 * SAMPLE_BYTES
_PIECE = SAMPLE_RATE * _FRAME


@dataclass(frozen=True, slots=True)
class Bed:
    """A sound to lie under a session.

    Attributes:
        path: Its file.
        loudness: What it measures as it is, in LUFS, in two channels.
        seconds: How long it is heard to be, up to `MEASURED`.
        seamless: Whether its end goes on in its beginning by itself.
        problem: What is wrong with its end, if something is.
    """

    path: Path
    loudness: float
    seconds: float
    seamless: bool = False
    problem: str = ""

    def windows(self, samples: int) -> Generator[bytes]:
        """Yield it for ever, in windows of ``samples`` samples of two channels of 16 bits.

        Raises:
            EncodeError: If it can't be read any more.
        """
        size, held = samples * _FRAME, bytearray()
        for piece in self._looped():
            held += piece
            while len(held) >= size:
                yield bytes(held[:size])
                del held[:size]

    def _looped(self) -> Iterator[bytes]:
        seam = 0 if self.seamless else int(min(CROSSFADE, self.seconds / 4) * SAMPLE_RATE) * _FRAME
        kept = self._kept() if self.seconds <= LONGEST_IN_MEMORY or self.seamless else b""
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

    def _kept(self) -> bytes:
        """Return all of it. One that is seamless goes round three times, and the middle is kept: resampled whole."""
        turns = ["-stream_loop", "2"] if self.seamless else []
        decoded = b"".join(self._decoded(*turns))
        third = len(decoded) // 3 // _FRAME * _FRAME
        return decoded[third : 2 * third] if self.seamless else decoded

    def _pass(self, kept: bytes) -> Iterator[bytes]:
        return iter([kept]) if kept else self._decoded()

    def _seam(self, tail: bytes, kept: bytes) -> bytes:
        """Return how the end goes over into the beginning, at the same power all along."""
        if not tail:
            return b""
        head = b""
        for piece in self._pass(kept):
            head += piece
            if len(head) >= len(tail):
                break
        return crossfade(tail, head[: len(tail)])

    def _decoded(self, *options: str) -> Iterator[bytes]:
        """Yield all that can be decoded of it."""
        with suppress(RunError):  # a broken end was found, and told, when it was listened to
            args = [*options, *_decoding_options(self.path)]
            yield from ffmpeg.decode_stream(args, what=f"reading {self.path.name}", size=_PIECE)


def open_bed(name: str) -> Bed:
    """Return a bed: one of ours by its name, or a file; it is listened to, up to ten minutes of it.

    Raises:
        ChoiceError: If there is none of this name, or the file has no sound, or hardly any.
    """
    ours = name in list_beds()
    path = find_bed(name) if ours else Path(name)
    if not ours and plain_files.is_special(path):
        raise ChoiceError(
            f"{quote(name)} is not a plain file\nname a file with sound, or one of {', '.join(list_beds())}"
        )
    if not ours and not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a name is too long
        close = find_close(name, list_beds())
        hint = f"did you mean {close[0]!r}?" if close else f"write a file, or one of {', '.join(list_beds())}"
        raise ChoiceError(f"there is no bed or file {quote(name)}\n{hint}")
    try:
        plain_files.check_readable(path)
    except OSError as error:
        raise ChoiceError(f"{quote(name)} can't be read: {(error.strerror or str(error)).lower()}") from None
    try:
        said = _measure(["-t", str(MEASURED), *_decoding_options(path)[:-3]], f"reading {path.name}")
    except RunError:
        _measure(_SILENCE, "measuring the loudness of a bed", bytes(SAMPLE_RATE))  # if that fails, it isn't the file
        remedy = "give --bed a WAV, FLAC, Ogg, M4A or MP3 file"
        raise ChoiceError(f"{name} is no sound that can be read\n{remedy}") from None
    heard = read_summary(said)
    seconds = _read_seconds(said)
    if heard is None or seconds < SHORTEST_BED:
        what = "is silent" if seconds >= SHORTEST_BED else f"lasts {seconds:.1f} s"
        raise ChoiceError(f"the bed {name} {what}\ngive --bed a sound of a second or more")
    return Bed(path, heard, seconds, ours, _describe_problem(said, path.name))


def _measure(given: list[str], what: str, data: bytes = b"") -> str:
    """Return what ffmpeg says of the loudness of a sound."""
    graph = ["-af", f"aresample={SAMPLE_RATE},{filters.LOUDNESS}", *filters.TO_NOWHERE]
    return ffmpeg.run([*given, *graph], what=what, data=data, loglevel="info").stderr


def crossfade(tail: bytes, head: bytes) -> bytes:
    r"""Lay the start of a sound over the end of another, one fading as the other comes; 16-bit samples, two channels.

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
    """Return what ffmpeg is told to decode a file into two channels; it may open no other than this file."""
    given = ["-protocol_whitelist", "file", "-i", ffmpeg.quote_path(path), "-map", "0:a:0", "-vn"]
    return [*given, "-ac", "2", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]


def _read_seconds(said: str) -> float:
    """Return how much was decoded, by what ffmpeg says at its end."""
    found = re.findall(r"time=(\d+):(\d+):([\d.]+)", said)
    return sum(float(part) * unit for part, unit in zip(found[-1], (3600, 60, 1), strict=True)) if found else 0.0


def _describe_problem(said: str, name: str) -> str:
    told = (line for line in said.splitlines() if not line.startswith((" ", "Input #")))  # its tags, and its name
    broken = any(re.search(r"\b(error|invalid|corrupt|truncated|premature)", line, re.IGNORECASE) for line in told)
    return f"{name} can't be read to its end; what comes before is used" if broken else ""
