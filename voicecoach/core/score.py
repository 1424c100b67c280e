"""The score: what should happen, in words and breaths, before any length is known.

Scores are small frozen values that are put together in sequence and in parallel, after Hudak, "An Algebraic Theory of
Polymorphic Temporal Media" (2004). A score holds the question ("three breaths, less this sentence"); `timeline.perform`
answers it for one breath and one voice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, assert_never

from voicecoach.core.tempo import count_beats as count_tempo_beats

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

    from voicecoach.core.breath import Kind, Pace, Span
    from voicecoach.core.tempo import Tempo
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
    MOVE = "move"
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


class SpanKind(StrEnum):
    """What a slot is for, as the timeline names it. In each of them something is done, or waited for, for its time."""

    HOLD = "hold"
    REST = "rest"
    CHANGE = "change"
    SETTLE = "settle"
    COUNT = "count"
    MOVE = "move"


class Moment(StrEnum):
    """What a mark marks: the start of a chapter or of a stretch, its release, what the body needs or is brought to."""

    CHAPTER = "chapter"
    STRETCH = "stretch"
    RELEASE = "release"
    NEEDS = "needs"
    MAKES = "makes"


@dataclass(frozen=True, slots=True)
class Wording:
    """One way to say something, as it is read and as it is said.

    Attributes:
        text: As it is read.
        twins: As it is said of the other side; room is kept for the longer.
        spoken: As it is said, if that differs.
    """

    text: str
    twins: tuple[str, ...] = ()
    spoken: str = ""

    @property
    def said(self) -> str:
        """What the voice is given."""
        return self.spoken or self.text


@dataclass(frozen=True, slots=True)
class Phrase:
    """Something said: its wordings from the longest to the shortest. It lasts as long as the one that is spoken.

    If no wording fits, ``otherwise`` is heard; without it, that is an error.
    """

    wordings: tuple[Wording, ...]
    kind: CueKind = CueKind.INSTRUCTION
    side: Side | None = None
    otherwise: Sound | None = None
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence; its breaths are those of the pace at ``beat``."""

    span: Span
    beat: int = 0


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound that comes with the program, by its name, or a file. It rings over what follows, and takes no time."""

    name: str
    kind: CueKind = CueKind.CHIME
    side: Side | None = None
    file: str = ""
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Mark:
    """An instant with a meaning; it takes no time.

    Attributes:
        moment: What it marks.
        title: The title of a chapter, or the words that go with what the body needs or is brought to.
        side: The side that it is for.
        part: A chapter's own title, without that of its exercise.
        body: Parts of the body, each with the states that will do, or with the one that it is brought to.
        where: Where it stands in its file.
    """

    moment: Moment
    title: str = ""
    side: Side | None = None
    part: str = ""
    body: tuple[tuple[str, tuple[str, ...]], ...] = ()
    where: Where | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Seq:
    """Scores one after the other."""

    parts: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Offset:
    """A moment in a slot: a part of it, and seconds after (or, negative, before) that.

    With ``least``, what starts there is left out unless the slot goes on for so many seconds more.

    >>> from fractions import Fraction
    >>> Offset(Fraction(1), Fraction(-4)).within(Fraction(30))
    Fraction(26, 1)
    """

    part: Fraction
    seconds: Fraction
    least: Fraction | None = None

    def is_reached(self, seconds: Fraction) -> bool:
        """Return whether a slot of ``seconds`` has this moment; one without ``least`` has to have it."""
        after = self.within(seconds)
        return self.least is None or 0 <= after < seconds >= after + self.least

    def within(self, seconds: Fraction) -> Fraction:
        """How many seconds after the start of a slot of ``seconds`` it is."""
        return self.part * seconds + self.seconds


@dataclass(frozen=True, slots=True)
class Label:
    """What a slot is on the timeline: its kind, the side that it is for, and the name that its author gave it."""

    kind: SpanKind
    side: Side | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A span of time that its body starts in; what the body leaves over is the slot's gap.

    A slot that refuses to grow may have more that starts in it, each ``at`` its moment. In one that grows, the phrase
    that opens it is said in the longest wording that fits; only what does not fit in any makes it grow.

    Attributes:
        span: How long it is.
        body: What starts in it.
        overrun: What it does when its body is longer.
        at: What starts later in it.
        beat: The breath of the pace that its breaths are, from 0.
        name: What messages call it.
        where: Where it stands in its file.
        label: What it is on the timeline; None if it is nothing there.
        longer: Its body with one, two, ... breaths more than its span, if its words count its breaths.
    """

    span: Span
    body: Score = field(default_factory=Seq)
    overrun: Overrun = Overrun.GROW
    at: tuple[tuple[Offset, Score], ...] = ()
    beat: int = 0
    name: str = "slot"
    where: Where | None = field(default=None, compare=False)
    label: Label | None = None
    longer: tuple[Score, ...] = ()


@dataclass(frozen=True, slots=True)
class Cycle:
    """One turn through phases: a breath, or a movement; each of its phases is a slot that refuses to grow.

    A phase has the name that ``tempo`` gives it, or else the kind of the breath's phase.

    Attributes:
        words: What starts with which phase: its name, its ordinal among phases of the same name (1-based), and what.
        side: The side that is worked on.
        sides: The sides of single phases that have their own.
        only: The one phase that is taken, of a breath that is not whole.
        beat: Which breath of the pace it is, from 0; for a movement of several breaths, the first of them.
        unworded: What starts with phases that only a listener's breath has, for which the author has no words.
        tempo: The phases of a movement; none for a breath.
        at: What starts later in which phase: its name, its ordinal, when, and what.
    """

    words: tuple[tuple[str, int, Score], ...] = ()
    side: Side | None = None
    sides: tuple[tuple[str, Side], ...] = ()
    only: Kind | None = None
    beat: int = 0
    unworded: tuple[tuple[Kind, Score], ...] = ()
    tempo: Tempo = ()
    at: tuple[tuple[str, int, Offset, Score], ...] = ()

    @property
    def beats(self) -> int:
        """How many breaths of the pace it takes."""
        return count_tempo_beats(self.tempo) if self.tempo else 1

    def find_words(self, name: str, kind: Kind | None, number: int) -> Score | None:
        """Return what starts with the ``number``th phase of this name, in which ``kind`` is breathed."""
        found = next((score for phase, nth, score in self.words if phase == name and nth == number), None)
        return found or next((score for phase, score in self.unworded if phase is kind), None)

    def list_later(self, name: str, number: int) -> Iterator[tuple[Offset, Score]]:
        """Yield what starts later in the ``number``th phase of this name, and when."""
        return ((when, score) for phase, nth, when, score in self.at if phase == name and nth == number)

    def side_of(self, name: str) -> Side | None:
        """Return the side that is worked on in a phase."""
        return dict(self.sides).get(name, self.side) if self.sides else self.side


@dataclass(frozen=True, slots=True)
class Paced:
    """A part with a pace of its own; the innermost one holds."""

    pace: Pace
    body: Score


@dataclass(frozen=True, slots=True)
class Under:
    """A body with something under it that starts with it; it lasts as long as its body."""

    body: Score
    under: Score


@dataclass(frozen=True, slots=True)
class Onset:
    """What is heard at the onset of whatever follows, as the release of a hold: it takes no time of its own.

    What speaks next waits until it is over, and ``gap`` after that; spans and breaths keep their times.

    Attributes:
        body: What is heard.
        gap: Seconds of silence after it.
        announces: Whether it belongs to the chapter that follows, if one begins here.
    """

    body: Phrase | Sound
    gap: Fraction
    announces: bool = False


Score = Phrase | Pause | Sound | Mark | Seq | Slot | Cycle | Paced | Under | Onset


def seq(*parts: Score) -> Seq:
    """Put scores one after the other, without nesting.

    >>> from voicecoach.core.breath import Span
    >>> seq(Pause(Span(1)), seq(Pause(Span(2)), seq())) == Seq((Pause(Span(1)), Pause(Span(2))))
    True
    """
    return Seq(tuple(inner for part in parts for inner in (part.parts if isinstance(part, Seq) else (part,))))


def breathe(words: Mapping[Kind, Score], side: Side | None = None) -> Cycle:
    """One breath with these words, e.g. ``breathe({Kind.EXHALE: phrase("Out")})``."""
    return Cycle(tuple((kind, 1, score) for kind, score in words.items()), side)


def phrase(*wordings: str, kind: CueKind = CueKind.INSTRUCTION, side: Side | None = None) -> Phrase:
    """Something said, from its longest wording to its shortest, e.g. ``phrase("And slowly out", "Out")``."""
    return Phrase(tuple(Wording(text) for text in wordings), kind, side)


def list_parts(score: Score) -> tuple[Score, ...]:  # noqa: PLR0911 - one short branch for each node of the algebra
    """Return the scores that one is made of, in order."""
    match score:
        case Seq(parts):
            return parts
        case Slot(body=body, at=at, longer=longer):
            return (body, *(part for _, part in at), *longer)
        case Cycle(words=words, at=later):
            return (*(part for *_, part in words), *(part for *_, part in later))
        case Paced(body=body):
            return (body,)
        case Under(body, under):
            return (body, under)
        case Onset(body=body):
            return (body,)
        case Phrase() | Pause() | Sound() | Mark():
            return ()
        case _:
            assert_never(score)


def list_phrases(score: Score) -> Iterator[Phrase]:
    """Yield every phrase of a score, in order.

    >>> from voicecoach.core.breath import Span
    >>> [each.wordings[0].text for each in list_phrases(seq(phrase("Sit"), Slot(Span(2), phrase("Rest"))))]
    ['Sit', 'Rest']
    """
    return (each for each in list_heard(score) if isinstance(each, Phrase))


def list_heard(score: Score) -> Iterator[Phrase | Sound]:
    """Yield all that sounds in a score, in order."""
    if isinstance(score, Phrase | Sound):
        yield score
    for part in list_parts(score):
        yield from list_heard(part)


def is_heard(score: Score) -> bool:
    """Return whether anything sounds in a score.

    >>> is_heard(seq(Mark(Moment.CHAPTER, "Rest"))), is_heard(seq(phrase("Rest")))
    (False, True)
    """
    return isinstance(score, Phrase | Sound) or any(map(is_heard, list_parts(score)))


def count_beats(score: Score) -> int:
    """Return how many breaths of its pace a score takes; a part with a pace of its own takes no breaths of it.

    >>> count_beats(seq(Cycle(beat=0), Cycle(beat=1)))
    2
    """
    own = score.beat + score.beats if isinstance(score, Cycle) and score.beats else 0
    parts = () if isinstance(score, Paced) else list_parts(score)
    return max([own, *map(count_beats, parts)])
