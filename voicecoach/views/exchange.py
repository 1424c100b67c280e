"""The public form of a timeline, ``voicecoach-timeline/1``: what `plan --json` prints and our files carry.

It is written from a timeline, and read from any source: whoever wrote it, each value is checked.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, TypeVar

from voicecoach.core.breath import Kind
from voicecoach.core.score import Side
from voicecoach.core.timeline import format_time
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Timeline

FORMAT = "voicecoach-timeline/1"
MOST_SECONDS = 1e6
"""A time after this is no time in a session."""

_CUE_FIELDS = ("kind", "text", "side", "wording", "wordings")


def to_json(timeline: Timeline, *, title: str, language: str, voice: str) -> dict[str, Any]:
    """Return the public form of a timeline, times in seconds as numbers.

    >>> from voicecoach.core.timeline import Timeline
    >>> to_json(Timeline(Fraction(5, 2)), title="Rest", language="en", voice="en-gb")["duration"]
    2.5
    """
    return {
        "format": FORMAT,
        "title": title,
        "language": language,
        "voice": voice,
        "duration": float(timeline.duration),
        "phases": [_write(each, kind=each.kind, side=each.side, breath=each.breath) for each in timeline.phases],
        "cues": [
            _write(each, track=each.track, **{name: getattr(each, name) for name in _CUE_FIELDS})
            for each in timeline.cues
        ],
        "chapters": [_write(each, title=each.title, side=each.side) for each in timeline.chapters],
        "stretch": {side.value: float(timeline.stretched(side)) for side in (Side.LEFT, Side.RIGHT)},
    }


def _write(each: PhaseSpan | Cue | Chapter, **fields: object) -> dict[str, object]:
    return {"start": float(each.start), "end": float(each.end), **fields}


@dataclass(frozen=True, slots=True)
class PublicCue:
    """A sounding span in the public form; its track is ``voice``, ``chime`` or ``tone``."""

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
class PublicChapter:
    """A chapter in the public form."""

    start: float
    end: float
    title: str


@dataclass(frozen=True, slots=True)
class PublicTimeline:
    """What is known of a recording: its title and, if it carries a timeline, its length and what is heard when.

    Attributes:
        title: Its title.
        duration: Seconds; None if they are not known.
        cues: What sounds, in the order of the starts, as all spans here.
        phases: The phases of guided breaths.
        chapters: Its chapters.
        sound: What its file tells of its sound; None if it tells nothing.
    """

    title: str
    duration: float | None = None
    cues: tuple[PublicCue, ...] = field(default=(), repr=False)
    phases: tuple[PublicPhase, ...] = field(default=(), repr=False)
    chapters: tuple[PublicChapter, ...] = field(default=(), repr=False)
    sound: Mapping[str, Any] | None = field(default=None, repr=False)

    def __str__(self) -> str:
        """Return its title and its length.

        >>> print(PublicTimeline("Box breathing", 312))
        Box breathing  5:12
        """
        return self.title if self.duration is None else f"{self.title}  {format_time(Fraction(self.duration))}"

    @property
    def words(self) -> tuple[PublicCue, ...]:
        """The cues that are spoken."""
        return tuple(cue for cue in self.cues if cue.track == "voice")

    @property
    def has_content(self) -> bool:
        """Whether it is known what is heard in it."""
        return bool(self.words or self.phases or self.chapters)


def read_timeline(data: bytes | str) -> PublicTimeline:
    """Read a timeline in its public form, which may come from anywhere.

    >>> read_timeline('{"format": "voicecoach-timeline/1", "title": "Rest", "duration": 2.5, "cues": []}').duration
    2.5

    Raises:
        ValueError: When it is not one: other JSON, or with times that are negative, huge or in the wrong order.
    """
    try:
        found = json.loads(data, object_hook=_read_span)
        if found.get("format", FORMAT) != FORMAT:
            raise ValueError(found["format"])  # noqa: TRY301 - one way out for all that is wrong
        return PublicTimeline(
            one_line(_read_text(found.get("title", ""))),
            _read_seconds(found["duration"]),
            _sort(found["cues"], PublicCue),
            _sort(found.get("phases", ()), PublicPhase),
            _sort(found.get("chapters", ()), PublicChapter),
            found.get("sound"),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"this is not a {FORMAT} timeline") from error


_Span = TypeVar("_Span", PublicCue, PublicPhase, PublicChapter)


def _read_span(found: dict[str, Any]) -> dict[str, Any] | PublicCue | PublicPhase | PublicChapter:
    """Keep of each span only what is needed, as it is read: as dictionaries, those of 12 hours would take 200 MB."""
    if "start" not in found:
        return found
    start, end = _read_seconds(found["start"]), _read_seconds(found["end"])
    if end < start or (end == start and "track" not in found):
        raise ValueError("it ends before it starts")
    if "track" in found:
        return PublicCue(start, end, sys.intern(_read_text(found["text"])), sys.intern(_read_text(found["track"])))
    if "kind" in found:
        return PublicPhase(start, end, Kind(found["kind"]))
    return PublicChapter(start, end, _read_text(found["title"]))


def _sort(spans: Iterable[object], kind: type[_Span]) -> tuple[_Span, ...]:
    """Return spans of one kind in the order of their starts."""
    checked = [each for each in spans if isinstance(each, kind)]
    if len(checked) != len(list(spans)):
        raise TypeError("it is something else")
    return tuple(sorted(checked, key=lambda each: each.start))


def _read_text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("it is not a text")
    return value


def _read_seconds(value: object) -> float:
    """Read a time, or a length, in seconds."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_SECONDS:
        raise ValueError("it is not a time")
    return float(value)
