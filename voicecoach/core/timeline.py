"""The timeline: a score performed for one breath and one voice. Flat, absolute, printable.

Times are exact seconds (`Fraction`). Phases stay where the breath puts them; a cue starts on the nearest frame of
24 ms, rounded once from its exact position, so that nothing drifts. Speech takes up whole frames.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

from voicecoach.core.breath import Breath, Pace, Phase
from voicecoach.core.score import (
    Breathe,
    CueKind,
    Mark,
    Moment,
    Onset,
    Overrun,
    Paced,
    Pause,
    Phrase,
    Seq,
    Side,
    Slot,
    Sound,
    Under,
    Wording,
    beats,
    is_heard,
    phrases,
)
from voicecoach.errors import ChoiceError, FitError, Misfit, Problem, Where, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.breath import Kind
    from voicecoach.core.score import Score

NOWHERE = Where("score", 0, 0)
LONGEST = Fraction(12 * 3600)
"""Seconds that a session may last."""

MOST_CUES = 100_000
FEWER = "use fewer rounds or breaths"
FRAME = Fraction(24, 1000)
"""The grid of cues: one MP3 frame at 48 kHz, in seconds."""

LEAST_GAP = Fraction(1, 4)
"""Seconds between words at an onset and those after them, where these would not fit otherwise."""

Measure = Callable[[str | Sound], Fraction]
"""How many seconds a text takes to say, or a sound to ring."""


@dataclass(frozen=True, slots=True)
class Cue:
    """A sounding span: what is heard from ``start`` to ``end``.

    Attributes:
        start: Seconds from the beginning, on a frame.
        end: Seconds from the beginning.
        kind: What it is for.
        text: As it is read; the name of a sound.
        side: The side that is meant.
        spoken: As it is said, where that is not as it is read; the path of a sound that is a file.
        wording: Which of its phrase's wordings it is, from 0, the longest.
        wordings: How many there are.
        where: Where they stand in their file.
        fall: How many steps the voice has sunk by then.
    """

    start: Fraction
    end: Fraction
    kind: CueKind
    text: str
    side: Side | None = None
    spoken: str = ""
    wording: int = 0
    wordings: int = 1
    where: Where | None = field(default=None, compare=False, repr=False)
    fall: int = 0

    @property
    def said(self) -> str:
        """What the voice is given; for a sound, its path or its name."""
        return self.spoken or self.text

    @property
    def track(self) -> str:
        """``voice``, ``chime`` or ``tone``."""
        return self.kind.value if self.kind in {CueKind.CHIME, CueKind.TONE} else "voice"

    @property
    def source(self) -> tuple[str, str, int]:
        """What its sound is known by: a spoken word may have the name of a bell, and a voice sinks."""
        return self.track, self.said, self.fall


@dataclass(frozen=True, slots=True)
class PhaseSpan:
    """A phase of a guided breath; breaths count from 0."""

    start: Fraction
    end: Fraction
    kind: Kind
    side: Side | None
    breath: int


@dataclass(frozen=True, slots=True)
class Chapter:
    """A named part of the session, as players show it; ``part`` is what tells it from others of its exercise."""

    start: Fraction
    end: Fraction
    title: str
    side: Side | None = None
    part: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A span that counts as stretch; without a side, or with both, it counts for each leg."""

    start: Fraction
    end: Fraction
    side: Side | None = None


_Cuttable = TypeVar("_Cuttable", PhaseSpan, Chapter, Stretch)
_Timed = TypeVar("_Timed", PhaseSpan, Chapter, Stretch, Cue)


@dataclass(frozen=True, slots=True)
class Timeline:
    """What is heard when.

    Attributes:
        duration: Seconds in all.
        phases: The phases of guided breaths.
        cues: What sounds.
        chapters: Its parts, as players show them.
        stretches: What counts as stretch.
        unsaid: The words that are left out, since this breath does not have their phase.
        grown: The rests and changes that last longer than they are written, since their words do.
    """

    duration: Fraction
    phases: tuple[PhaseSpan, ...] = ()
    cues: tuple[Cue, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    unsaid: tuple[Problem, ...] = ()
    grown: tuple[Problem, ...] = ()

    def stretched(self, side: Side) -> Fraction:
        """How many seconds this leg is stretched in all."""
        return sum(
            (each.end - each.start for each in self.stretches if each.side in {side, None, Side.BOTH}), Fraction(0)
        )

    def find_breath(self) -> Breath | None:
        """Return the breath that more than half of the guided time goes to; None if no breath has so much."""
        lasting: dict[tuple[Phase, ...], Fraction] = {}
        for _, spans in groupby(self.phases, key=lambda each: each.breath):
            phases = tuple(Phase(each.kind, each.end - each.start) for each in spans)
            lasting[phases] = lasting.get(phases, Fraction(0)) + sum(phase.seconds for phase in phases)
        most = max(lasting, key=lambda phases: lasting[phases], default=())
        return Breath(most) if most and 2 * lasting[most] > sum(lasting.values()) else None

    def until(self, end: Fraction) -> Timeline:
        """Keep only the beginning, up to ``end`` seconds; a cue that would be cut is left out."""
        if end >= self.duration:
            return self
        last = ceil_to_frame(end)
        cues = tuple(cue for cue in self.cues if cue.end <= last)
        phases, chapters, stretches = _cut(self.phases, last), _cut(self.chapters, last), _cut(self.stretches, last)
        return replace(self, duration=last, phases=phases, cues=cues, chapters=chapters, stretches=stretches)

    def since(self, start: Fraction) -> Timeline:
        """Leave out the beginning, up to the frame of ``start`` seconds, from which all times are counted then.

        A cue that would be cut is left out.
        """
        first = min(_frames(int(start / FRAME)), self.duration)
        cues = tuple(_move_back(cue, first) for cue in self.cues if cue.start >= first)
        spans = (
            _drop_start(self.phases, first),
            cues,
            _drop_start(self.chapters, first),
            _drop_start(self.stretches, first),
        )
        return Timeline(self.duration - first, *spans)

    def preview(self, seconds: Fraction) -> Timeline:
        """Return so many seconds from `BEFORE_BREATH` seconds before the first guided breath, or from the beginning."""
        breath = min((phase.start for phase in self.phases), default=Fraction(0))
        return self.since(max(breath - BEFORE_BREATH, Fraction(0))).until(seconds)


BEFORE_BREATH = Fraction(10)
"""Seconds of a preview before its first guided breath."""


def _cut(spans: Iterable[_Cuttable], end: Fraction) -> tuple[_Cuttable, ...]:
    return tuple(replace(span, end=min(span.end, end)) for span in spans if span.start < end)


def _drop_start(spans: Iterable[_Cuttable], start: Fraction) -> tuple[_Cuttable, ...]:
    return tuple(_move_back(span, start) for span in spans if span.end > start)


def _move_back(span: _Timed, by: Fraction) -> _Timed:
    """Move a span, but not to before the beginning."""
    return replace(span, start=max(span.start - by, Fraction(0)), end=span.end - by)


def as_json(timeline: Timeline, *, title: str, language: str, voice: str) -> dict[str, Any]:
    """Return the public form of a timeline, ``voicecoach-timeline/1``, times in seconds as numbers."""
    return {
        "format": "voicecoach-timeline/1",
        "title": title,
        "language": language,
        "voice": voice,
        "duration": float(timeline.duration),
        "phases": [_span(each, kind=each.kind, side=each.side, breath=each.breath) for each in timeline.phases],
        "cues": [
            _span(each, track=each.track, **{name: getattr(each, name) for name in _OF_CUES}) for each in timeline.cues
        ],
        "chapters": [_span(each, title=each.title, side=each.side) for each in timeline.chapters],
        "stretch": {side.value: float(timeline.stretched(side)) for side in (Side.LEFT, Side.RIGHT)},
    }


_OF_CUES = ("kind", "text", "side", "wording", "wordings")


def _span(each: PhaseSpan | Cue | Chapter, **fields: object) -> dict[str, object]:
    return {"start": float(each.start), "end": float(each.end), **fields}


def perform(score: Score, measure: Measure, pace: Pace | Breath) -> Timeline:
    """Lay a score along time for someone who breathes at ``pace``, with speech as long as ``measure`` says.

    >>> from voicecoach.core.breath import Kind, breath
    >>> from voicecoach.core.score import breathe, phrase, seq
    >>> score = breathe({Kind.INHALE: phrase("Breathe in"), Kind.EXHALE: phrase("And slowly out", "Out")})
    >>> for cue in perform(score, lambda text: Fraction(len(text), 8), breath("4-2")).cues:
    ...     print(float(cue.start), cue.text)
    0.0 Breathe in
    4.008 And slowly out

    Raises:
        FitError: When a phrase fits in none of its wordings; it names all such phrases.
        ChoiceError: When it has more than 100,000 cues, or lasts over 12 hours; it is not performed further than that.
    """
    whole = pace if isinstance(pace, Pace) else Pace((pace,))
    scene = _Scene(measure, whole.breaths(beats(score)))
    end = _lay(score, Fraction(0), scene)
    scene.check(end)
    return _collect(scene.happened, ceil_to_frame(end))


def snap(at: Fraction) -> Fraction:
    """Round a position to the nearest frame, halves up.

    >>> snap(Fraction(12, 1000)), snap(Fraction(11, 1000))
    (Fraction(3, 125), Fraction(0, 1))
    """
    whole, part = at.numerator * FRAME.denominator, at.denominator * FRAME.numerator
    return _frames((2 * whole + part) // (2 * part))  # in whole numbers, since every cue of a session comes by here


def ceil_to_frame(at: Fraction) -> Fraction:
    """Round a length up to whole frames."""
    return _frames(-(-at.numerator * FRAME.denominator // (at.denominator * FRAME.numerator)))


def _frames(count: int) -> Fraction:
    return Fraction(count * FRAME.numerator, FRAME.denominator)


@lru_cache
def air(seconds: Fraction) -> Fraction:
    """Return the silence that speech leaves at the end of a phase: a tenth of it, and at least 0.15 s."""
    return max(Fraction(15, 100), seconds / 10)


@dataclass(frozen=True, slots=True)
class _Room:
    """Where words have to end; ``name`` and ``seconds`` are those of the phase or slot that says so.

    In a hold, ``after`` is when they are said, and ``until`` what is said next. One that ``grows`` is only preferred:
    words that do not fit in it have to end in the room around it, ``outer``, if there is one.
    """

    end: Fraction
    name: str
    seconds: Fraction
    after: Fraction = Fraction(0)
    until: Score | None = None
    grows: bool = False
    outer: _Room | None = None


@dataclass(frozen=True, slots=True)
class _Pending:
    """What is heard at the onset of what follows: when it ends, and when the next words may start.

    ``phrase`` is what is said; ``announces`` is as in `Onset`.
    """

    end: Fraction
    free: Fraction
    phrase: Phrase | None = None
    announces: bool = False


@dataclass(frozen=True, slots=True)
class _Taken:
    """A breath was taken: where its phases start and end, in order; they are numbered when all are known."""

    start: Fraction
    phases: list[tuple[Fraction, Fraction, Kind, Side | None]]


@dataclass(frozen=True, slots=True)
class _Marked:
    start: Fraction
    mark: Mark


@dataclass(frozen=True, slots=True)
class _Happened:
    """What happens in a performance, as it is laid."""

    cues: list[Cue] = field(default_factory=list)
    breaths: list[_Taken] = field(default_factory=list)
    marks: list[_Marked] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unsaid: dict[tuple[Where | None, str], Problem] = field(default_factory=dict)
    grown: dict[Where, tuple[Fraction, Problem]] = field(default_factory=dict)
    pending: list[_Pending] = field(default_factory=list)

    def free(self, at: Fraction) -> Fraction:
        """Return the earliest time, from ``at`` on, at which the next words may start."""
        return max([at, *(each.free for each in self.pending)]) if self.pending else at

    def soonest(self, at: Fraction) -> Fraction:
        """Return the earliest time for words that would not fit otherwise."""
        return max([at, *(min(each.free, each.end + LEAST_GAP) for each in self.pending)]) if self.pending else at

    def over(self, at: Fraction) -> Fraction:
        """Return when all that is heard at this onset is over; ``at`` if it is silent."""
        return max([at, *(each.end for each in self.pending)])


@dataclass(frozen=True, slots=True)
class _Scene:
    """What holds while a part of the score is laid, and what has happened so far."""

    measure: Measure
    breaths: tuple[Breath, ...]
    room: _Room | None = None
    happened: _Happened = field(default_factory=_Happened)
    lengths: dict[Wording, tuple[Fraction, Fraction]] = field(default_factory=dict)

    def breath(self, beat: int) -> Breath:
        """Return a breath of the pace; past its end, the last."""
        return self.breaths[min(beat, len(self.breaths) - 1)]

    def within(self, at: Fraction, seconds: Fraction, name: str) -> _Scene:
        """Return the scene inside a span that refuses to grow."""
        return self.inside(_Room(at + seconds - air(seconds), name, seconds))

    def inside(self, room: _Room) -> _Scene:
        """Return the scene where words have to end; of two such places, the one that comes first holds."""
        inside = self.room and self.room.end <= room.end
        return self if inside else _Scene(self.measure, self.breaths, room, self.happened, self.lengths)

    def check(self, at: Fraction) -> None:
        """Refuse a session that goes on for too long, as soon as it does."""
        if at > LONGEST:
            raise ChoiceError(f"this lasts more than {LONGEST / 3600} hours, the most there can be\n{FEWER}")
        if len(self.happened.cues) > MOST_CUES:
            raise ChoiceError(f"this has more than {MOST_CUES:,} cues, the most there can be\n{FEWER}")

    def length(self, wording: Wording) -> tuple[Fraction, Fraction]:
        """How long a wording lasts, and how long it lasts with its twins, in whole frames."""
        found = self.lengths.get(wording)
        if found is None:
            own, *others = (self.measure(text) for text in (wording.said, *wording.twins))
            found = self.lengths[wording] = own, ceil_to_frame(max([own, *others]))
        return found


def _lay(  # noqa: C901, PLR0911 - one short branch for each node of the algebra
    score: Score, at: Fraction, scene: _Scene
) -> Fraction:
    """Tell the scene what happens from ``at`` on, and return when it is over."""
    match score:
        case Phrase():
            return _say(score, at, scene)
        case Breathe():
            return _breathe(score, at, scene)
        case Pause(span, beat):
            return at + span.seconds(scene.breath(beat))
        case Sound(name, kind, side, file, where):
            at = scene.happened.free(at)
            start = snap(at)
            scene.happened.cues.append(Cue(start, start + scene.measure(score), kind, name, side, file, where=where))
            return at
        case Mark():
            scene.happened.marks.append(_Marked(_place_mark(score, at, scene), score))
            return at
        case Onset():
            return _begin(score, at, scene)
        case Seq(parts):
            for part in parts:
                at = _lay(part, at, scene)
            return at
        case Slot():
            return _fill(score, at, scene)
        case Paced(pace, body):
            return _lay(body, at, replace(scene, breaths=pace.breaths(beats(body))))
        case Under(body, under):
            _lay(under, at, scene)
            return _lay(body, at, scene)
        case _:
            assert_never(score)


def _place_mark(mark: Mark, at: Fraction, scene: _Scene) -> Fraction:
    """Return where a mark stands: a chapter begins after the words that end what was before it."""
    ends = any(not each.announces for each in scene.happened.pending)
    return scene.happened.over(at) if mark.moment is Moment.CHAPTER and ends else at


def _begin(onset: Onset, at: Fraction, scene: _Scene) -> Fraction:
    """Let something be heard from ``at`` on, and note how long what follows has to wait with its own words."""
    happened = scene.happened
    begun = happened.free(at)
    end = _lay(onset.body, begun, replace(scene, room=None))
    if isinstance(onset.body, Sound):
        end += scene.measure(onset.body)
    said = onset.body if isinstance(onset.body, Phrase) else None
    happened.pending[:] = [_Pending(end, end + onset.gap, said, onset.announces)]
    return at


def _say(phrase: Phrase, at: Fraction, scene: _Scene) -> Fraction:
    """Say the longest wording that fits; if none does, what is heard otherwise, or the shortest, and report it."""
    soonest, room, last = scene.happened.soonest(at), scene.room, len(phrase.wordings) - 1
    for number, wording in enumerate(phrase.wordings):  # noqa: B007 - the last that is tried is said
        own, taken = scene.length(wording)
        if room is None or taken <= room.end - soonest:
            break
    while room and room.grows and taken > room.end - soonest:
        room = room.outer
    if room and taken > room.end - soonest:
        if phrase.otherwise:
            return _sound_otherwise(phrase.otherwise, last + 1, at, scene)
        scene.happened.problems.append(_too_long(phrase, taken, room.end - soonest, room))
    at = max(soonest, min(scene.happened.free(at), scene.room.end - taken)) if scene.room else scene.happened.free(at)
    start, count = snap(at), last + 1 + bool(phrase.otherwise)
    cue = Cue(start, start + own, phrase.kind, wording.text, phrase.side, wording.spoken, number, count, phrase.where)
    scene.happened.cues.append(cue)
    return at + taken


def _sound_otherwise(sound: Sound, wording: int, at: Fraction, scene: _Scene) -> Fraction:
    """Let a sound be heard in place of words: it is the last of their wordings."""
    end = _lay(sound, at, scene)
    cues = scene.happened.cues
    cues[-1] = replace(cues[-1], wording=wording, wordings=wording + 1)
    return end


def _fill(slot: Slot, at: Fraction, scene: _Scene) -> Fraction:
    """Lay what a slot holds, and return when it is over: after its span, or later if its words need that."""
    breath = scene.breath(slot.beat)
    seconds = slot.span.seconds(breath)
    if slot.overrun is Overrun.REFUSE:
        _hold(slot, at, seconds, scene)
        return at + seconds
    room = _Room(at + seconds - air(seconds), slot.name, seconds, grows=True, outer=scene.room)
    opening, others = _part_opening(slot.body)
    end = _lay(others, _lay(opening, at, scene.inside(room)), scene)
    over = max(Fraction(0), scene.happened.over(end) - at - seconds)
    whole = breath.seconds if slot.span.in_breaths else over
    lasts = seconds + (math.ceil(over / whole) * whole if over else 0)
    _note_growth(slot, seconds, lasts, scene)
    return at + lasts


def _part_opening(body: Score) -> tuple[Score, Score]:
    """Part the phrase that a slot's body opens with from what comes after it."""
    parts = body.parts if isinstance(body, Seq) else (body,)
    spoken = next((number for number, part in enumerate(parts) if not isinstance(part, Mark | Sound | Pause)), None)
    if spoken is None or not isinstance(parts[spoken], Phrase):
        return Seq(), body
    return Seq(parts[: spoken + 1]), Seq(parts[spoken + 1 :])


def _note_growth(slot: Slot, seconds: Fraction, lasts: Fraction, scene: _Scene) -> None:
    """Note that a slot lasts longer than it is written; of several times, the longest."""
    known, grown = scene.happened.grown, lasts - seconds
    if grown and slot.where and known.get(slot.where, (Fraction(0),))[0] < grown:
        what = f"the {slot.name} of {_tenths(seconds)} s lasts {_tenths(lasts)} s, since its words need that"
        mend = f"give it {math.ceil(lasts)}s, or shorten the words"
        known[slot.where] = grown, Problem(slot.where, what, mend)


def _tenths(seconds: Fraction) -> str:
    return f"{round(float(seconds), 1):g}"


def _hold(slot: Slot, at: Fraction, seconds: Fraction, scene: _Scene) -> None:
    """Lay what a slot of fixed length holds: each part has room until the next one starts."""
    placed = [(offset.within(seconds), part) for offset, part in slot.at]
    scene.happened.problems.extend(_outside([each for each in placed if not 0 <= each[0] < seconds], seconds))
    inside = [(after, part) for after, part in placed if 0 <= after < seconds]
    parts = sorted([(Fraction(0), slot.body), *inside], key=lambda part: part[0])
    following: list[tuple[Fraction, Score | None]] = [*parts[1:], (seconds, None)]
    for (after, part), (end, until) in zip(parts, following, strict=True):
        length = end - after
        if until and not length and (at_once := list(_at_once(part, until))):
            scene.happened.problems.extend(at_once)
        elif is_heard(part):
            scene.happened.problems.extend(_talks_over(part, at + after, scene) if after else ())
            _lay(part, at + after, scene.inside(_Room(at + end - air(length), "hold", length, after, until)))


def _talks_over(part: Score, at: Fraction, scene: _Scene) -> Iterator[Problem]:
    """Report words of the onset that are still heard at a later moment of a hold; the moment itself never waits."""
    pending, happened = [*scene.happened.pending], scene.happened
    happened.pending.clear()
    for each in pending:
        if each.phrase and each.end > at:
            text = each.phrase.wordings[-1].text
            missing = math.ceil((each.end - at) * 100) / 100
            what = f"{shown(text)} is {missing:.2f} s too long to end before {_first(part) or 'the next sound'}"
            yield Misfit(
                each.phrase.where or NOWHERE, what, "shorten it, or give the hold more time", text, each.end - at
            )


def _breathe(taken: Breathe, at: Fraction, scene: _Scene) -> Fraction:
    breath = scene.breath(taken.beat)
    start = _breath_start(taken, breath, at, scene)
    if start > at:
        _put_off(scene.happened.marks, at, start)
    at = start
    scene.check(at)
    for problem in _find_unsaid(taken, breath):
        scene.happened.unsaid.setdefault((problem.where, problem.what), problem)
    noted = _Taken(at, [])
    scene.happened.breaths.append(noted)
    numbers: dict[Kind, int] = {}
    for phase in breath.phases:
        if taken.only not in {None, phase.kind}:
            continue
        numbers[phase.kind] = number = numbers.get(phase.kind, 0) + 1
        words = taken.during(phase.kind, number)
        if words:
            _lay(words, at, scene.within(at, phase.seconds, phase.kind.value))
        end = at + phase.seconds
        noted.phases.append((at, end, phase.kind, taken.side_of(phase.kind)))
        at = end
    return at


def _breath_start(taken: Breathe, breath: Breath, at: Fraction, scene: _Scene) -> Fraction:
    """Return when a breath starts: late enough for its first words to be heard at the onset of their phase."""
    start, silent = scene.happened.free(at), Fraction(0)
    if start == at:
        return at
    numbers: dict[Kind, int] = {}
    for phase in breath.phases:
        if taken.only in {None, phase.kind}:
            numbers[phase.kind] = number = numbers.get(phase.kind, 0) + 1
            if is_heard(taken.during(phase.kind, number) or Seq()):
                return max(at, start - silent)
            silent += phase.seconds
    return at


def _put_off(marks: list[_Marked], at: Fraction, start: Fraction) -> None:
    """Let a stretch begin with its first breath, where that had to wait."""
    if marks and marks[-1].start == at and marks[-1].mark.moment is Moment.STRETCH:
        marks[-1] = _Marked(start, marks[-1].mark)


def _collect(happened: _Happened, end: Fraction) -> Timeline:
    if happened.problems:
        raise FitError(list(dict.fromkeys(happened.problems)))
    cues = sorted(happened.cues, key=lambda cue: cue.start)
    return Timeline(
        duration=max(end, ceil_to_frame(max((cue.end for cue in cues), default=end))),
        phases=tuple(_phases(happened.breaths)),
        cues=tuple(cues),
        chapters=tuple(_chapters(happened.marks, end)),
        stretches=tuple(_stretches(happened.marks)),
        unsaid=tuple(happened.unsaid.values()),
        grown=tuple(problem for _, problem in happened.grown.values()),
    )


def _phases(taken: Iterable[_Taken]) -> Iterator[PhaseSpan]:
    for number, each in enumerate(sorted(taken, key=lambda each: each.start)):
        for start, end, kind, side in each.phases:
            yield PhaseSpan(start, end, kind, side, number)


def _chapters(marks: list[_Marked], end: Fraction) -> Iterator[Chapter]:
    """Yield chapters, each until the next; they start on frames, as cues do.

    One that would last no time gives way to the next, and neighbours with the same title and side are one.
    """
    begun = [marked for marked in marks if marked.mark.moment is Moment.CHAPTER]
    starts = [snap(marked.start) for marked in begun]
    spans = zip(begun, starts, [*starts[1:], end], strict=False)
    lasting = ((marked.mark, start, until) for marked, start, until in spans if until > start)
    for (title, side), some in groupby(lasting, key=lambda each: (each[0].title, each[0].side)):
        (mark, start, until), *others = some
        yield Chapter(start, others[-1][2] if others else until, title, side, mark.part)


def _stretches(marks: list[_Marked]) -> Iterator[Stretch]:
    """Pair each release with the last stretch of its side."""
    begun: dict[Side | None, Fraction] = {}
    for marked in marks:
        if marked.mark.moment is Moment.STRETCH:
            begun[marked.mark.side] = marked.start
        elif marked.mark.moment is Moment.RELEASE:
            yield Stretch(begun.pop(marked.mark.side), marked.start, marked.mark.side)


def _too_long(phrase: Phrase, needed: Fraction, there: Fraction, room: _Room) -> Problem:
    """Say where, what, how much is missing, and how long the phase would have to be."""
    enough = math.ceil(max(needed + Fraction(15, 100), needed * Fraction(10, 9)) * 10) / 10
    needs, has = math.ceil(needed * 100) / 100, math.floor(max(there, Fraction(0)) * 100) / 100
    text, following = phrase.wordings[-1].text, _first(room.until)
    if following:
        place, more = f"has {has:.2f} s", f"leave {enough:g} s up to {following}"
        place += f" up to {following}"
    elif room.after:
        place, more = f"{has:.2f} s are left of the hold", f"say it {enough:g} s before the hold ends"
    else:
        place = f"the {room.name} of {float(room.seconds):g} s has {has:.2f} s for it"
        more = f"give the {room.name} {enough:g} s"
    return Misfit(
        phrase.where or NOWHERE,
        f"{shown(text)} needs {needs:.2f} s and {place}",
        f"add a shorter wording after '|', raise --rate, or {more}",
        text,
        needed - there,
    )


def _first(score: Score | None) -> str:
    """Quote the words that a part of a hold begins with."""
    return next((shown(phrase.wordings[0].text) for phrase in phrases(score)), "") if score else ""


def _outside(placed: Iterable[tuple[Fraction, Score]], seconds: Fraction) -> Iterator[Problem]:
    """Tell of moments that are not in their hold; of a countdown, once."""
    spoken = [(after, phrase) for after, part in placed for phrase in phrases(part)]
    counts = [(after, phrase) for after, phrase in spoken if phrase.kind is CueKind.COUNT]
    for after, phrase in [*(each for each in spoken if each not in counts), *counts[:1]]:
        text, hold = phrase.wordings[0].text, f"{float(seconds):g} s"
        what = f"{shown(text)} is said at {float(after):g} s, and the hold lasts {hold}"
        mend = "name a moment within it"
        if phrase.kind is CueKind.COUNT:
            what = f"a countdown of {float(seconds - after):g} s is longer than the hold of {hold}"
            mend = "count from a smaller number, or give it more time"
        yield Misfit(phrase.where or NOWHERE, what, mend, text)


def _at_once(part: Score, other: Score) -> Iterator[Problem]:
    """Tell of words that can't be heard, since others are said at the same moment of a hold."""
    for phrase in phrases(part):
        if _first(other) and not phrase.otherwise:
            text = phrase.wordings[0].text
            what = f"{shown(text)} is said at the same moment as {_first(other)}"
            yield Misfit(phrase.where or NOWHERE, what, "give one of them another moment, or leave it out", text)


def _find_unsaid(taken: Breathe, breath: Breath) -> Iterator[Problem]:
    """Report the words for a phase that the breath does not have: they are left out."""
    for kind, number, body in taken.words:
        there = sum(phase.kind is kind for phase in breath.phases)
        for phrase in phrases(body) if number > there else ():
            has = f"only {there} {kind}{'s' if there > 1 else ''}" if there else f"no {kind}"
            what = f"{shown(phrase.wordings[0].text)} is left out: the breath {breath} has {has}"
            mend = f"breathe with {_some(kind) if number == 1 else f'{number} {kind}s'} to hear it"
            yield Problem(phrase.where or NOWHERE, what, mend)


def _some(kind: Kind) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"
