"""The score: what should happen, in words and breaths, before any length is known.

Scores are small frozen values that are put together in sequence and in parallel, after Hudak, "An Algebraic Theory of
Polymorphic Temporal Media" (2004). A score holds the question ("three breaths, less this sentence"); `timeline.perform`
answers it for one breath and one voice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.breath import Breath, Kind, Span
    from voicecoach.errors import Where


class Side(StrEnum):
    """Which side of the body is meant."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class CueKind(StrEnum):
    """What a cue is for."""

    NOTICE = "notice"
    TIP = "tip"
    INSTRUCTION = "instruction"
    BREATH = "breath"
    COUNT = "count"
    REMINDER = "reminder"
    CHANGE = "change"
    CLOSING = "closing"
    CHIME = "chime"
    TONE = "tone"


class Overrun(StrEnum):
    """What a slot does when its body is longer than it: it grows (by whole breaths, or as needed), or it refuses."""

    GROW = "grow"
    REFUSE = "refuse"


class Moment(StrEnum):
    """What a mark marks: the start of a chapter, the start of a stretch, its release."""

    CHAPTER = "chapter"
    STRETCH = "stretch"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say something; room is kept for its twins too, which say it of the other side."""

    text: str
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something said: its wordings from the longest to the shortest. It lasts as long as the one that is spoken."""

    wordings: tuple[Wording, ...]
    kind: CueKind = CueKind.INSTRUCTION
    side: Side | None = None
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence."""

    span: Span


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound of the shipped ones, by name. It rings over what follows, and takes no time of its own."""

    name: str
    kind: CueKind = CueKind.CHIME


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant with a meaning; it takes no time."""

    moment: Moment
    title: str = ""
    side: Side | None = None


@dataclass(frozen=True, slots=True)
class Seq:
    """Scores one after the other."""

    parts: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time that its body starts in; what the body leaves over is the slot's gap."""

    span: Span
    body: Score = field(default_factory=Seq)
    overrun: Overrun = Overrun.GROW


@dataclass(frozen=True, slots=True)
class Breathe:
    """One breath: each of its phases is a slot that refuses to grow, and `words` says what starts in which."""

    words: tuple[tuple[Kind, Score], ...] = ()
    side: Side | None = None

    def during(self, kind: Kind) -> Score:
        """Return what starts with the phase of this kind."""
        return next((score for phase, score in self.words if phase is kind), Seq())


@dataclass(frozen=True, slots=True)
class Paced:
    """A part with a breath of its own; the innermost one holds."""

    breath: Breath
    body: Score


@dataclass(frozen=True, slots=True)
class Under:
    """A body with something under it that starts with it; it lasts as long as its body."""

    body: Score
    under: Score


Score = Phrase | Pause | Sound | Mark | Seq | Slot | Breathe | Paced | Under


def seq(*parts: Score) -> Seq:
    """Put scores one after the other, without nesting.

    >>> from voicecoach.breath import Span
    >>> seq(Pause(Span(1)), seq(Pause(Span(2)), seq()))
    Seq(parts=(Pause(span=Span(breaths=1, rest=Fraction(0, 1))), Pause(span=Span(breaths=2, rest=Fraction(0, 1)))))
    """
    return Seq(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Seq) else (part,))))


def breathe(words: Mapping[Kind, Score], side: Side | None = None) -> Breathe:
    """One breath with these words, e.g. ``breathe({Kind.EXHALE: phrase("Out")})``."""
    return Breathe(tuple(words.items()), side)


def phrase(*wordings: str, kind: CueKind = CueKind.INSTRUCTION, side: Side | None = None) -> Phrase:
    """Something said, from its longest wording to its shortest, e.g. ``phrase("And slowly out", "Out")``."""
    return Phrase(tuple(Wording(text) for text in wordings), kind, side)


def phrases(score: Score) -> Iterator[Phrase]:
    """Yield every phrase of a score, in order.

    >>> from voicecoach.breath import Span
    >>> [each.wordings[0].text for each in phrases(seq(phrase("Sit"), Slot(Span(2), phrase("Rest"))))]
    ['Sit', 'Rest']
    """
    match score:
        case Phrase():
            yield score
        case Seq(parts):
            for part in parts:
                yield from phrases(part)
        case Breathe(words):
            for _, part in words:
                yield from phrases(part)
        case Slot(body=body) | Paced(body=body):
            yield from phrases(body)
        case Under(body, under):
            yield from phrases(body)
            yield from phrases(under)
        case Pause() | Sound() | Mark():
            pass
        case _:
            assert_never(score)
