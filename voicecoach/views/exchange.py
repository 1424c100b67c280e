"""The public form of a timeline, ``voicecoach-timeline/2``: `plan --json` prints it, and our files carry it.

Version 1, which has no spans, is written if it is asked for, and read. `SCHEMA` is the JSON Schema of version 2.

A text that is read may come from anywhere, so each value in it is checked.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind, Side
from voicecoach.core.timeline import format_time
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, TimedSpan, Timeline

FORMATS = {1: "voicecoach-timeline/1", 2: "voicecoach-timeline/2"}
"""The formats by their versions."""
VERSION = 2
"""The version that is written unless another one is asked for."""
SCHEMA = Path(__file__).parents[1] / "timeline.schema.json"
MOST_SECONDS = 1e6
"""The latest time that is accepted, in seconds."""


def to_json(timeline: Timeline, *, title: str, language: str, voice: str, version: int = VERSION) -> dict[str, Any]:
    """Return the public form of a timeline, with times as numbers of seconds; ``version`` is a key of `FORMATS`.

    >>> from fractions import Fraction
    >>> from voicecoach.core.timeline import Timeline
    >>> to_json(Timeline(Fraction(5, 2)), title="Rest", language="en", voice="en-gb")["duration"]
    2.5
    """
    spans = [
        _write(each, kind=each.kind, side=each.side, name=each.name or None)
        | ({} if each.number is None else {"move": each.number})
        for each in timeline.spans
    ]
    return {
        "format": FORMATS[version],
        "title": title,
        "language": language,
        "voice": voice,
        "duration": float(timeline.duration),
        "phases": [_write(each, kind=each.kind, side=each.side, breath=each.breath) for each in timeline.phases],
        **({"spans": spans} if version > 1 else {}),
        "cues": [_write_cue(each, version) for each in timeline.cues],
        "chapters": [_write(each, title=each.title, side=each.side) for each in timeline.chapters],
        "stretch": {side.value: float(timeline.measure_stretch(side)) for side in (Side.LEFT, Side.RIGHT)},
    }


def _write(each: PhaseSpan | TimedSpan | Chapter, **fields: object) -> dict[str, object]:
    return {"start": float(each.start), "end": float(each.end), **fields}


def _write_cue(cue: Cue, version: int) -> dict[str, object]:
    return {
        "start": float(cue.start),
        "end": float(cue.end),
        "track": cue.track,
        "kind": CueKind.BREATH if version == 1 and cue.kind is CueKind.MOVE else cue.kind,
        "text": cue.text,
        "side": cue.side,
        "wording": cue.wording,
        "wordings": cue.wordings,
    }


@dataclass(frozen=True, slots=True)
class PublicCue:
    """Words or a sound in the public form; the track is ``voice``, ``chime`` or ``tone``."""

    start: float
    end: float
    text: str
    track: str = "voice"


@dataclass(frozen=True, slots=True)
class PublicPhase:
    """A phase of a breath in the public form."""

    start: float
    end: float
    kind: Kind


@dataclass(frozen=True, slots=True)
class PublicSpan:
    """A hold, a rest or another named time in the public form; its kind can be one of a later version."""

    start: float
    end: float
    kind: str
    side: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class PublicChapter:
    """A chapter in the public form."""

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class PublicTimeline:
    """A recording's title and, if its file carries a timeline, its length and contents.

    Attributes:
        title: Its title.
        duration: Its length in seconds; None if it is not known.
        cues: Its words and sounds; like all spans here, they are in order of their starts.
        phases: The phases of guided breaths.
        chapters: Its chapters.
        sound: Facts about its sound that the file carries; None if the file carries none.
        spans: Its holds, rests and other named times; a timeline of version 1 has none.
    """

    title: str
    duration: float | None = None
    cues: tuple[PublicCue, ...] = field(default=(), repr=False)
    phases: tuple[PublicPhase, ...] = field(default=(), repr=False)
    chapters: tuple[PublicChapter, ...] = field(default=(), repr=False)
    sound: Mapping[str, Any] | None = field(default=None, repr=False)
    spans: tuple[PublicSpan, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        """Return the title and the length, if it is known.

        >>> print(PublicTimeline("Box breathing", 312))
        Box breathing  5:12
        """
        return self.title if self.duration is None else f"{self.title}  {format_time(self.duration)}"

    @property
    def words(self) -> tuple[PublicCue, ...]:
        """The spoken cues."""
        return tuple(cue for cue in self.cues if cue.track == "voice")

    @property
    def has_content(self) -> bool:
        """Whether any words, phases, spans or chapters are known."""
        return bool(self.words or self.phases or self.spans or self.chapters)


def read_timeline(data: bytes | str) -> PublicTimeline:
    """Read a timeline in its public form, of any version and from any source.

    >>> read_timeline('{"format": "voicecoach-timeline/2", "title": "Rest", "duration": 2.5, "cues": []}').duration
    2.5

    Raises:
        ValueError: When the text is not JSON of this form, or a time is negative, too large or in the wrong order.
    """
    try:
        document = json.loads(data, object_hook=_read_span)
        if document.get("format", FORMATS[VERSION]) not in FORMATS.values():
            raise ValueError(document["format"])  # noqa: TRY301 - one message for all faults
        return PublicTimeline(
            one_line(_read_text(document.get("title", ""))),
            _read_seconds(document["duration"]),
            _sort(document["cues"], PublicCue),
            _sort(document.get("phases", ()), PublicPhase),
            _sort(document.get("chapters", ()), PublicChapter),
            document.get("sound"),
            _sort(document.get("spans", ()), PublicSpan),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this is not a timeline of the format {' or '.join(FORMATS.values())}") from error


_Span = TypeVar("_Span", PublicCue, PublicPhase, PublicSpan, PublicChapter)


def _read_span(fields: dict[str, Any]) -> dict[str, Any] | PublicCue | PublicPhase | PublicSpan | PublicChapter:
    """Replace each span by a small object during parsing: the dictionaries of 12 hours would take 200 MB."""
    if "start" not in fields:
        return fields
    start, end = _read_seconds(fields["start"]), _read_seconds(fields["end"])
    if end < start or (end == start and "track" not in fields):
        raise ValueError("it ends before it starts")
    if "track" in fields:
        return PublicCue(start, end, sys.intern(_read_text(fields["text"])), sys.intern(_read_text(fields["track"])))
    if "kind" in fields and "name" in fields:
        texts = (_read_text(fields["kind"]), _read_label(fields.get("side")), _read_label(fields["name"]))
        return PublicSpan(start, end, *texts)
    if "kind" in fields:
        return PublicPhase(start, end, Kind(fields["kind"]))
    return PublicChapter(start, end, _read_text(fields["title"]))


def _sort(spans: Iterable[object], kind: type[_Span]) -> tuple[_Span, ...]:
    """Return spans, which must be of one kind, in order of their starts."""
    checked = [each for each in spans if isinstance(each, kind)]
    if len(checked) != len(list(spans)):
        raise TypeError(f"a span is not a {kind.__name__}")
    return tuple(sorted(checked, key=lambda each: each.start))


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("this is not a text")
    return value


def _read_label(value: object) -> str | None:
    return None if value is None else sys.intern(_read_text(value))


def _read_seconds(value: object) -> float:
    """Return a time or a length, in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SECONDS:
        raise ValueError("this is not a time in seconds")
    return float(value)
