"""A file held against the timeline it carries: its length, each cue sounding where it should, each gap quiet."""

from __future__ import annotations

import json
import math
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicecoach import ffmpeg, plain, tagging
from voicecoach.choices import ROOM_TONE
from voicecoach.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.errors import RunError, TargetError, shown
from voicecoach.live import MOST

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # from Python 3.13 on it is audioop-lts, which stays
    import audioop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

BLOCK = SAMPLE_RATE // 200
"""Samples that are looked at together: 5 ms."""

SOUNDING = -45.0
"""dBFS; the loudest 5 ms of a second of speech are above this, or it is not heard."""

LATE = 0.1
"""Seconds within which a cue is heard: a consonant that begins softly is heard late."""

NEAR = 0.05
"""Seconds around a cue in which nothing is asked of a gap: encoders spread sound by a frame or two."""

_QUIET = -66.0
_ROOM_MARGIN, _BED_MARGIN = 14.0, 20.0
"""dB by which 5 ms may be louder than a room tone, or a bed, is on the whole."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong with a file: where, in seconds, and what."""

    at: float
    what: str

    def __str__(self) -> str:
        """Write it with its time in front.

        >>> print(Finding(75.25, "'In' is not heard"))
        1:15.2: 'In' is not heard
        """
        minutes, seconds = divmod(self.at, 60)
        return f"{int(minutes)}:{math.floor(seconds * 10) / 10:04.1f}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Levels:
    """The level of each 5 ms of a file in dBFS (RMS), and how many samples it has."""

    blocks: Sequence[float]
    samples: int

    def highest(self, start: float, end: float) -> float:
        """Return the highest level between two times, in seconds."""
        return max(self.blocks[round(start * 200) : round(end * 200)], default=-math.inf)


def verify(path: Path, timeline: dict[str, Any] | None = None) -> list[Finding]:
    """Decode a file, and return what is wrong with it; nothing if it is as it was made.

    Args:
        path: The file.
        timeline: What it should be, in the form of ``plan --json``; None: what it carries itself.

    Raises:
        TargetError: When it can't be read, or carries no timeline.
    """
    carried = carrying(path)
    plan = timeline or carried
    if plan is None:
        raise TargetError(path, "it carries no timeline; give it one that 'plan --json' printed, with --timeline FILE")
    try:
        levels = _decoded(path)
    except RunError as error:
        return [Finding(0.0, f"it does not decode: {error.reason}")]
    sound = {**(carried or {}), **plan}.get("sound")
    found = [*_sealed(path, sound), *_length(levels, plan), *_cues(levels, plan), *_gaps(levels, plan, _allowed(sound))]
    return sorted(found, key=lambda finding: finding.at)


def read(path: Path) -> dict[str, Any]:
    """Read a timeline that ``plan --json`` printed.

    Raises:
        TargetError: When it is none.
    """
    try:
        return _read(plain.read(path))
    except plain.NotPlainError as error:
        raise TargetError(path, f"{error.strerror}; write a timeline with 'voicecoach plan ROUTINE --json'") from None
    except (OSError, ValueError):
        raise TargetError(path, "this is no timeline; write one with 'voicecoach plan ROUTINE --json'") from None


def carrying(path: Path) -> dict[str, Any] | None:
    """Return the timeline that a file carries, if it carries one.

    Raises:
        TargetError: When the file can't be read.
    """
    if plain.is_special(path):
        raise TargetError(path, "it is not a plain file; name an audio file")
    if not path.is_file():
        raise TargetError(path, "there is no such file")
    try:
        return _read(tagging.timeline(path))
    except ValueError:
        return None


def _read(data: str | bytes) -> dict[str, Any]:
    """Read as much of a timeline as is needed here, whoever wrote it.

    Raises:
        ValueError: When it is none.
    """
    try:
        plan = json.loads(data)
        cues = [{name: _second(each[name]) for name in ("start", "end")} | _named(each) for each in plan["cues"]]
        found = {"duration": _second(plan["duration"]), "cues": cues}
        return {**found, "sound": _heard(plan["sound"])} if "sound" in plan else found
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError("this is no timeline") from error


def _second(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        raise ValueError("it is no time")
    return float(value)


def _named(cue: dict[str, Any]) -> dict[str, str]:
    return {"track": str(cue["track"]), "text": str(cue["text"])}


def _heard(sound: dict[str, Any]) -> dict[str, Any]:
    """Read what a timeline tells of its sound: levels, and the digest of what was written."""
    levels: dict[str, Any] = {name: float(sound[name]) for name in ("room_tone", "bed") if name in sound}
    return {**levels, "sha256": str(sound.get("sha256", ""))}


def _decoded(path: Path) -> _Levels:
    """Decode a file strictly, and measure each 5 ms of it."""
    strict = ["-err_detect", "explode", "-i", ffmpeg.source(path), "-map", "0:a:0"]
    args = [*strict, "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]
    blocks: list[float] = []
    samples = 0
    size = BLOCK * SAMPLE_BYTES
    for piece in ffmpeg.decode_stream(args, what=path.name, size=200 * size):
        samples += len(piece) // SAMPLE_BYTES
        blocks += [_level(piece[at : at + size]) for at in range(0, len(piece), size)]
    return _Levels(blocks, samples)


def _level(pcm: bytes) -> float:
    return 20 * math.log10(max(audioop.rms(pcm, SAMPLE_BYTES), 0.5) / 32_768)


def _sealed(path: Path, sound: dict[str, Any] | None) -> Iterator[Finding]:
    """Compare the encoded sound with what was written, if that is known."""
    written = (sound or {}).get("sha256")
    if written and written != tagging.digest(path):
        yield Finding(0.0, "its sound is not the one that was written: it was cut, encoded again or edited")


def _length(levels: _Levels, plan: dict[str, Any]) -> Iterator[Finding]:
    planned = round(plan["duration"] * SAMPLE_RATE)
    if abs(levels.samples - planned) >= FRAME_SAMPLES:
        heard = levels.samples / SAMPLE_RATE
        yield Finding(heard, f"it lasts {heard:.3f} s and was planned to last {plan['duration']:.3f} s")


def _cues(levels: _Levels, plan: dict[str, Any]) -> Iterator[Finding]:
    """Listen to each spoken cue by the second: between two sentences, half a second of silence is right."""
    end = levels.samples / SAMPLE_RATE
    for cue in plan["cues"]:
        start, until, text = cue["start"], cue["end"], shown(cue["text"])
        if cue["track"] != "voice":
            if levels.highest(start, min(until, start + 0.5)) < SOUNDING:
                yield Finding(start, f"the {cue['track']} {text} is not heard")
            continue
        if start >= end:
            yield Finding(start, f"{text} is not there: the sound ends before")
            continue
        parts = max(1, int(until - start))
        length = (until - start) / parts
        silent = [k for k in range(parts) if levels.highest(start + k * length, start + (k + 1) * length) < SOUNDING]
        if len(silent) == parts:
            yield Finding(start, f"{text} is not heard")
        elif silent:
            yield Finding(start + silent[0] * length, f"a part of {text} is not heard")
        elif levels.highest(max(0.0, start - 0.01), min(until, start + LATE)) < SOUNDING:
            yield Finding(start, f"{text} is heard late")


def _gaps(levels: _Levels, plan: dict[str, Any], allowed: float) -> Iterator[Finding]:
    """Listen to what lies between the cues."""
    at = 0.0
    ends = [*((cue["start"], cue["end"]) for cue in sorted(plan["cues"], key=lambda cue: cue["start"]))]
    for start, end in [*ends, (plan["duration"], plan["duration"])]:
        first, last = at + NEAR, start - NEAR
        if last > first and (heard := levels.highest(first, last)) > allowed:
            loudest = next(k for k in range(round(first * 200), round(last * 200)) if levels.blocks[k] == heard)
            yield Finding(loudest / 200, f"the silence is at {heard:.0f} dBFS, and may be at {allowed:.0f}")
        at = max(at, end)


def _allowed(sound: dict[str, Any] | None) -> float:
    """Return the level that a gap may have, in dBFS; where nothing is known of the sound there may be a room tone."""
    known = {"room_tone": ROOM_TONE} if sound is None else sound
    room, bed = known.get("room_tone"), known.get("bed")
    levels = [_QUIET]
    if room is not None:
        levels.append(room + _ROOM_MARGIN)
    if bed is not None:
        levels.append(bed + _BED_MARGIN)
    return max(levels)
