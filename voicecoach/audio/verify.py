"""Compares a file with its timeline: its length, the sound of each cue, and the silence of each gap."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from voicecoach.audio import ffmpeg, tagging
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.audio.levels import (
    LEVEL_SAMPLES,
    LEVELS_A_SECOND,
    find_missing,
    find_onset,
    is_packed,
    measure_levels,
    measure_speech,
    to_dbfs,
)
from voicecoach.audio.settings import ROOM_TONE
from voicecoach.core.timeline import format_time
from voicecoach.errors import RunError, TargetError, describe_unreadable, quote
from voicecoach.system import plain_files
from voicecoach.views.exchange import read_timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

SOUNDING = -45.0
"""The least level of the loudest 4 ms of a second of speech, in dBFS."""

LATE = 0.1
"""Seconds after which a cue must be audible; a clip that begins more softly has until its own onset."""

GUARD = 0.05
"""Seconds around a cue that do not count as a gap: encoders spread sound by a frame or two."""

_QUIET = -66.0
_ROOM_MARGIN, _BED_MARGIN = 14.0, 20.0
"""dB by which 4 ms can be louder than the average of a room tone, or of a bed."""

_AT_ONCE = 1000 * LEVEL_SAMPLES * SAMPLE_BYTES
"""Bytes that are measured at once: 4 s."""


@dataclass(frozen=True, slots=True)
class Deviation:
    """A difference between a file and its timeline, with its time in seconds."""

    at: float
    what: str

    def __str__(self) -> str:
        """Write it after its time.

        >>> print(Deviation(3675.25, "'In' is not heard"))
        1:01:15.2: 'In' is not heard
        """
        return f"{format_time(self.at, tenths=True)}: {self.what}"


class _Cue(NamedTuple):
    """The parts of a cue that are needed here; ``levels`` are those of its speech, if they are known."""

    start: float
    end: float
    track: str
    text: str
    levels: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a timeline that are needed here; ``sound`` is None if nothing is known about the sound."""

    duration: float
    cues: Sequence[_Cue]
    sound: Mapping[str, Any] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Levels:
    """The measured level of each 4 ms of a file, of all its sound and of the band of speech; and its samples."""

    blocks: bytes
    speech: bytes
    samples: int

    def highest(self, start: float, end: float) -> float:
        """Return the highest level between two times, in seconds."""
        found = self.blocks[round(start * LEVELS_A_SECOND) : round(end * LEVELS_A_SECOND)]
        return to_dbfs(max(found)) if found else -math.inf


def verify(path: Path, timeline: Plan | None = None) -> list[Deviation]:
    """Decode a file, and return its differences from its timeline; none if it is as it was made.

    Args:
        path: The file.
        timeline: What it should be, as `read_plan` returns it; None: what it carries itself.

    Raises:
        TargetError: If it can't be read, or carries no timeline.
    """
    plan = _choose_plan(timeline, read_carried_plan(path))
    if plan is None:
        raise TargetError(path, "there is no timeline in it; name one that 'plan --json' printed, with --timeline FILE")
    try:
        levels = _decode(path)
    except RunError as error:
        return [Deviation(0.0, f"it does not decode: {error.reason}")]
    allowed = _find_allowed(plan.sound)
    found = [
        *_check_digest(path, plan.sound),
        *_check_length(levels, plan),
        *_check_cues(levels, plan),
        *_check_gaps(levels, plan, allowed),
    ]
    return sorted(found, key=lambda finding: finding.at)


def _choose_plan(given: Plan | None, carried: Plan | None) -> Plan | None:
    """Return a given timeline, with the facts about the sound from the file's own timeline."""
    if given is None or carried is None or given.sound is not None:
        return given or carried
    levels = {cue[:-1]: cue.levels for cue in carried.cues}
    return replace(
        given, cues=[cue._replace(levels=levels.get(cue[:-1], "")) for cue in given.cues], sound=carried.sound
    )


def read_plan(path: Path) -> Plan:
    """Read a timeline that ``plan --json`` printed.

    Raises:
        TargetError: If it is none.
    """
    try:
        return _read_json(plain_files.read_file(path))
    except plain_files.NotPlainError as error:
        raise TargetError(path, f"{error.strerror}; write a timeline with 'voicecoach plan ROUTINE --json'") from None
    except FileNotFoundError:
        raise TargetError(path, "there is no such file; write one with 'voicecoach plan ROUTINE --json'") from None
    except OSError as error:
        raise TargetError(path, f"it can't be read: {describe_unreadable(error)}") from None
    except ValueError:
        raise TargetError(path, "this is not a timeline; write one with 'voicecoach plan ROUTINE --json'") from None


def read_carried_plan(path: Path) -> Plan | None:
    """Return the timeline inside a file, if there is one.

    Raises:
        TargetError: If the file can't be read.
    """
    if plain_files.is_special(path):
        raise TargetError(path, "it is not a plain file; name an audio file")
    if plain_files.is_folder(path):
        raise TargetError(path, "it is a folder; name an audio file in it")
    if not plain_files.is_file(path):
        raise TargetError(path, "there is no such file; a path starts at the current folder")
    try:
        plain_files.check_readable(path)
    except OSError as error:
        raise TargetError(path, f"it can't be read: {describe_unreadable(error)}") from None
    try:
        return _read_json(tagging.extract_timeline(path))
    except ValueError:
        return None


def _read_json(data: str | bytes) -> Plan:
    """Read the parts of a timeline that are needed here, whoever wrote it.

    Raises:
        ValueError: If it is none.
    """
    try:
        found = read_timeline(data)
        plan = Plan(found.duration or 0.0, [_Cue(cue.start, cue.end, cue.track, cue.text) for cue in found.cues])
        return plan if found.sound is None else _add_sound(plan, found.sound)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise ValueError("this is not a timeline") from error


def _add_sound(plan: Plan, sound: Mapping[str, Any]) -> Plan:
    """Read the facts about the sound in a timeline: its levels, and its digest."""
    known: dict[str, Any] = {
        name: float(sound[name]) for name in ("room_tone", "bed", "breath_sound", "softer") if name in sound
    }
    known["sha256"] = str(sound.get("sha256", ""))
    if "levels" not in sound:
        return replace(plan, sound=known)
    speech, levels = sound["levels"], [str(each) for each in sound["levels"]["sounds"]]
    known["within"] = float(speech["within"])
    if not all(map(is_packed, levels)):
        raise ValueError("these are no levels")
    numbers = zip(plan.cues, speech["cues"], strict=True)
    cues = [cue if number is None else cue._replace(levels=levels[number]) for cue, number in numbers]
    return replace(plan, cues=cues, sound=known)


def _decode(path: Path) -> _Levels:
    """Decode a file strictly, and measure each 4 ms of it."""
    strict = ["-err_detect", "explode", "-i", ffmpeg.quote_path(path), "-map", "0:a:0"]
    args = [*strict, "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]
    blocks, speech = bytearray(), bytearray()
    samples = 0
    for piece in ffmpeg.decode_stream(args, what=path.name, size=_AT_ONCE):
        samples += len(piece) // SAMPLE_BYTES
        blocks += measure_levels(piece)
        speech += measure_speech(piece)
    return _Levels(bytes(blocks), bytes(speech), samples)


def _check_digest(path: Path, sound: Mapping[str, Any] | None) -> Iterator[Deviation]:
    """Compare the digest of the encoded sound with that in the timeline, if there is one."""
    written = (sound or {}).get("sha256")
    if written and written != tagging.digest_sound(path):
        yield Deviation(0.0, "its sound has changed since it was written: it was cut, re-encoded or edited")


def _check_length(levels: _Levels, plan: Plan) -> Iterator[Deviation]:
    planned = round(plan.duration * SAMPLE_RATE)
    if abs(levels.samples - planned) >= FRAME_SAMPLES:
        heard = levels.samples / SAMPLE_RATE
        yield Deviation(heard, f"it lasts {heard:.3f} s and was planned to last {plan.duration:.3f} s")


def _check_cues(levels: _Levels, plan: Plan) -> Iterator[Deviation]:
    end, known = levels.samples / SAMPLE_RATE, plan.sound or {}
    least = SOUNDING - known.get("softer", 0.0)
    for cue in plan.cues:
        if cue.track != "voice":
            if levels.highest(cue.start, min(cue.end, cue.start + 0.5)) < least:
                yield Deviation(cue.start, f"the {cue.track} {quote(cue.text)} is not heard")
        elif cue.start >= end:
            yield Deviation(cue.start, f"{quote(cue.text)} is missing: the sound ends before it")
        else:
            within = known.get("within", math.inf)
            yield from _check_by_seconds(levels, cue, least) or _check_by_levels(levels, cue, within)


def _check_by_seconds(levels: _Levels, cue: _Cue, least: float) -> list[Deviation]:
    """Check a spoken cue by the second: half a second of silence between two sentences is normal."""
    text, parts = quote(cue.text), max(1, int(cue.end - cue.start))
    length = (cue.end - cue.start) / parts
    starts = [cue.start + number * length for number in range(parts)]
    silent = [start for start in starts if levels.highest(start, start + length) < least]
    if len(silent) == parts:
        return [Deviation(cue.start, f"{text} is not heard")]
    if silent:
        return [Deviation(silent[0], f"a part of {text} is not heard")]
    if levels.highest(max(0.0, cue.start - 0.01), min(cue.end, _find_latest(cue))) < least:
        return [Deviation(cue.start, f"{text} is heard late")]
    return []


def _find_latest(cue: _Cue) -> float:
    """Return when a cue must be audible at the latest: soon after the onset of its own sound, if that is known."""
    onset = find_onset(cue.levels, SOUNDING) / LEVELS_A_SECOND
    return cue.start + max(LATE, onset + GUARD)


def _check_by_levels(levels: _Levels, cue: _Cue, within: float) -> list[Deviation]:
    """Compare a spoken cue with the levels in its timeline, by 20 ms, to find missing onsets, ends and syllables."""
    first = round(cue.start * LEVELS_A_SECOND)
    heard = levels.speech[first : first + len(cue.levels)]
    return [
        Deviation(
            (first + start) / LEVELS_A_SECOND,
            f"{_name_part(start, end, len(heard))} of {quote(cue.text)} are not heard",
        )
        for start, end in find_missing(cue.levels, heard, within)
    ]


def _name_part(start: int, end: int, blocks: int) -> str:
    """Name a part of a cue.

    >>> _name_part(0, 5, 500), _name_part(40, 60, 500)
    ('the first 20 ms', '80 ms')
    """
    length = (end - start) * 1000 // LEVELS_A_SECOND
    edge = LEVELS_A_SECOND // 40
    if start <= edge:
        return f"the first {end * 1000 // LEVELS_A_SECOND} ms"
    return f"the last {length} ms" if blocks - end <= edge else f"{length} ms"


def _check_gaps(levels: _Levels, plan: Plan, allowed: float) -> Iterator[Deviation]:
    """Check the silence between the cues."""
    at = 0.0
    ends = [(cue.start, cue.end) for cue in sorted(plan.cues)]
    for start, end in [*ends, (plan.duration, plan.duration)]:
        first, last = at + GUARD, start - GUARD
        if last > first and (heard := levels.highest(first, last)) > allowed:
            begin, until = round(first * LEVELS_A_SECOND), round(last * LEVELS_A_SECOND)
            loudest = levels.blocks.index(max(levels.blocks[begin:until]), begin)
            yield Deviation(
                loudest / LEVELS_A_SECOND, f"the silence is at {heard:.0f} dBFS; the limit is {allowed:.0f}"
            )
        at = max(at, end)


def _find_allowed(sound: Mapping[str, Any] | None) -> float:
    """Return the limit for the level of a gap, in dBFS; if nothing is known about the sound, with a room tone."""
    known = {"room_tone": ROOM_TONE} if sound is None else sound
    room, bed, breath = known.get("room_tone"), known.get("bed"), known.get("breath_sound")
    levels = [_QUIET]
    if room is not None:
        levels.append(room + _ROOM_MARGIN)
    if bed is not None:
        levels.append(bed + _BED_MARGIN)
    if breath is not None:
        levels.append(breath + _BED_MARGIN)
    return max(levels)
