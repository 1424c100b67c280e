"""The performance of a score: it is laid along time for one breath and one voice."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, assert_never

from voicecoach.core.breath import Breath, Pace
from voicecoach.core.layout import list_moments, list_phases, measure_air, place_moments
from voicecoach.core.misfits import (
    describe_growth,
    find_unsaid,
    report_at_once,
    report_outside,
    report_talking_over,
    report_too_long,
)
from voicecoach.core.scene import Happened, Marked, Pending, Room, Scene, Taken
from voicecoach.core.score import (
    Cycle,
    Mark,
    Moment,
    Onset,
    Overrun,
    Paced,
    Pause,
    Phrase,
    Seq,
    Slot,
    Sound,
    SpanKind,
    Under,
    count_beats,
    is_heard,
)
from voicecoach.core.timeline import Chapter, Cue, PhaseSpan, Stretch, TimedSpan, Timeline, ceil_to_grid, snap
from voicecoach.errors import ChoiceError, FitError, Problem, quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.layout import PhaseSlot
    from voicecoach.core.score import Score, Side
    from voicecoach.core.timeline import Measure

LONGEST = Fraction(12 * 3600)
"""Seconds that a session may last."""

MOST_CUES = 100_000
FEWER = "use fewer rounds or breaths"


def perform(score: Score, measure: Measure, pace: Pace | Breath, *, grid: Fraction) -> Timeline:
    """Lay a score along time at a ``pace`` of breathing, with speech as long as ``measure`` says.

    Cues start on multiples of ``grid`` seconds, and the timeline ends on one.

    >>> from voicecoach.core.breath import Kind
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.score import breathe, phrase, seq
    >>> score = breathe({Kind.INHALE: phrase("Breathe in"), Kind.EXHALE: phrase("And slowly out", "Out")})
    >>> timeline = perform(score, lambda text: Fraction(len(text), 8), read_breath("4-2"), grid=Fraction(24, 1000))
    >>> [(float(cue.start), cue.text) for cue in timeline.cues]
    [(0.0, 'Breathe in'), (4.008, 'And slowly out')]

    Raises:
        FitError: When a phrase does not fit in any of its wordings; the error names all of these phrases.
        ChoiceError: When it has more than 100,000 cues, or lasts over 12 hours; the performance stops there.
    """
    whole = pace if isinstance(pace, Pace) else Pace((pace,))
    scene = Scene(measure, grid, _list_breaths(whole, score))
    end = _lay(score, Fraction(0), scene)
    _check_size(end, scene.happened)
    return _collect(scene, ceil_to_grid(end, grid))


def _list_breaths(pace: Pace, score: Score) -> tuple[Breath, ...]:
    """Return the breaths of a score; a single one stands for all, since past the end the last one goes on."""
    return pace.points if pace.is_constant else pace.breaths(count_beats(score))


def _check_size(at: Fraction, happened: Happened) -> None:
    """Refuse a session that goes on for too long, as soon as it does."""
    if at > LONGEST:
        raise ChoiceError(f"this lasts more than {LONGEST / 3600} hours, which is the maximum\n{FEWER}")
    if len(happened.cues) > MOST_CUES:
        raise ChoiceError(f"this has more than {MOST_CUES:,} cues, which is the maximum\n{FEWER}")


def _lay(  # noqa: C901, PLR0911 - one short branch for each node of the algebra
    score: Score, at: Fraction, scene: Scene
) -> Fraction:
    """Add what happens from ``at`` on to the scene, and return when it is over."""
    match score:
        case Phrase():
            return _lay_phrase(score, at, scene)
        case Cycle():
            return _lay_cycle(score, at, scene)
        case Pause(span, beat):
            return at + span.seconds(scene.breath(beat))
        case Sound(name, kind, side, file, where):
            at = scene.happened.free(at)
            start = snap(at, scene.grid)
            scene.happened.cues.append(Cue(start, start + scene.measure(score), kind, name, side, file, where=where))
            return at
        case Mark():
            scene.happened.marks.append(Marked(_place_mark(score, at, scene), score))
            return at
        case Onset():
            return _lay_onset(score, at, scene)
        case Seq(parts):
            for part in parts:
                at = _lay(part, at, scene)
            return at
        case Slot():
            return _lay_slot(score, at, scene)
        case Paced(pace, body):
            return _lay(body, at, replace(scene, breaths=_list_breaths(pace, body)))
        case Under(body, under):
            _lay(under, at, scene)
            return _lay(body, at, scene)
        case _:
            assert_never(score)


def _place_mark(mark: Mark, at: Fraction, scene: Scene) -> Fraction:
    """Return where a mark stands: a chapter begins after the words that end what was before it."""
    ends = any(not each.announces for each in scene.happened.pending)
    return scene.happened.over(at) if mark.moment is Moment.CHAPTER and ends else at


def _lay_onset(onset: Onset, at: Fraction, scene: Scene) -> Fraction:
    """Let something be heard from ``at`` on, and note how long what follows has to wait with its own words."""
    happened = scene.happened
    begun = happened.free(at)
    end = _lay(onset.body, begun, replace(scene, room=None))
    if isinstance(onset.body, Sound):
        end += scene.measure(onset.body)
    said = onset.body if isinstance(onset.body, Phrase) else None
    happened.pending[:] = [Pending(end, end + onset.gap, said, onset.announces)]
    return at


def _lay_phrase(phrase: Phrase, at: Fraction, scene: Scene) -> Fraction:
    """Lay the longest wording that fits. If no wording fits, lay the sound instead of it, or else report a problem."""
    happened, room, last = scene.happened, scene.room, len(phrase.wordings) - 1
    soonest = happened.soonest(at)
    there = room.end - soonest if room else None
    for number, wording in enumerate(phrase.wordings):  # noqa: B007 - the last that is tried is said
        own, taken = scene.length(wording)
        fits = there is None or taken <= there
        if fits:
            break
    while room and room.grows and not fits:
        room = room.outer
        fits = room is None or taken <= room.end - soonest
    if room and not fits:
        if phrase.otherwise:
            return _sound_otherwise(phrase.otherwise, last + 1, at, scene)
        happened.problems.append(report_too_long(phrase, taken, at, room, happened))
    if happened.pending:
        at = max(soonest, min(happened.free(at), scene.room.end - taken)) if scene.room else happened.free(at)
    start, count = snap(at, scene.grid), last + 1 + bool(phrase.otherwise)
    cue = Cue(start, start + own, phrase.kind, wording.text, phrase.side, wording.spoken, number, count, phrase.where)
    scene.happened.cues.append(cue)
    return at + taken


def _sound_otherwise(sound: Sound, wording: int, at: Fraction, scene: Scene) -> Fraction:
    """Let a sound be heard in place of words: it is the last of their wordings."""
    end = _lay(sound, at, scene)
    cues = scene.happened.cues
    cues[-1] = replace(cues[-1], wording=wording, wordings=wording + 1)
    return end


def _lay_slot(slot: Slot, at: Fraction, scene: Scene) -> Fraction:
    """Lay what a slot holds, and return when it is over: after its span, or later if its words need that."""
    breath = scene.breath(slot.beat)
    written = slot.span.seconds(breath)
    slot = _lengthen(slot, at, scene)
    seconds = slot.span.seconds(breath)
    if slot.overrun is Overrun.REFUSE:
        _lay_hold(slot, at, seconds, scene)
        _note_span(slot, at, at + seconds, scene)
        return at + seconds
    room = Room(at + seconds - measure_air(seconds), slot.name, seconds, grows=True, outer=scene.room)
    opening, others = _part_opening(slot.body)
    end = _lay(others, _lay(opening, at, scene.inside(room)), scene)
    over = max(Fraction(0), scene.happened.over(end) - at - seconds)
    whole = breath.seconds if slot.span.in_breaths else over
    lasts = seconds + (math.ceil(over / whole) * whole if over else 0)
    _note_growth(slot, written, lasts, scene)
    _note_span(slot, at, at + lasts, scene)
    return at + lasts


def _lengthen(slot: Slot, at: Fraction, scene: Scene) -> Slot:
    """Give a slot whose words count its breaths as many as the words need, and the words for that number."""
    breath, soonest = scene.breath(slot.beat), scene.happened.soonest(at)
    for body in slot.longer:
        taken = scene.length(slot.body.wordings[-1])[1] if isinstance(slot.body, Phrase) else Fraction(0)
        if soonest + taken <= at + slot.span.seconds(breath):
            break
        slot = replace(slot, span=replace(slot.span, breaths=slot.span.count(breath) + 1), body=body)
    return slot


def _note_span(slot: Slot, start: Fraction, end: Fraction, scene: Scene) -> None:
    """Note the time of a slot that has a label, unless it lasts no time."""
    if slot.label and end > start:
        scene.happened.spans.append(TimedSpan(start, end, slot.label.kind, slot.label.side, slot.label.name))


def _part_opening(body: Score) -> tuple[Score, Score]:
    """Part the phrase that a slot's body opens with from what comes after it."""
    parts = body.parts if isinstance(body, Seq) else (body,)
    spoken = next((number for number, part in enumerate(parts) if not isinstance(part, Mark | Sound | Pause)), None)
    if spoken is None or not isinstance(parts[spoken], Phrase):
        return Seq(), body
    return Seq(parts[: spoken + 1]), Seq(parts[spoken + 1 :])


def _note_growth(slot: Slot, seconds: Fraction, lasts: Fraction, scene: Scene) -> None:
    """Note that a slot lasts longer than it is written; if it does so several times, note the longest."""
    known, grown = scene.happened.grown, lasts - seconds
    if grown and slot.where and known.get(slot.where, (Fraction(0),))[0] < grown:
        known[slot.where] = grown, describe_growth(slot, slot.where, seconds, lasts)


def _lay_hold(slot: Slot, at: Fraction, seconds: Fraction, scene: Scene) -> None:
    """Lay what a slot of fixed length holds: each part has room until the next one starts."""
    placed, _ = place_moments(slot.at, seconds)
    _lay_moments([(Fraction(0), slot.body), *placed], at, seconds, "hold", scene)


def _lay_moments(
    parts: Iterable[tuple[Fraction, Score]], at: Fraction, seconds: Fraction, name: str, scene: Scene
) -> None:
    """Lay parts, each so many seconds after ``at``, in a span that messages call ``name``."""
    placed, problems = list(parts), scene.happened.problems
    if len(placed) == 1 and seconds and not placed[0][0]:  # as in nearly all phases
        _lay(placed[0][1], at, scene.inside(Room(at + seconds - measure_air(seconds), name, seconds)))
        return
    problems.extend(report_outside([each for each in placed if not 0 <= each[0] < seconds], seconds, name))
    for after, end, part, until in list_moments([each for each in placed if 0 <= each[0] < seconds], seconds):
        length = end - after
        if until and not length and (unheard := list(report_at_once(part, until))):
            problems.extend(unheard)
            continue
        if after and is_heard(part):
            problems.extend(_find_talking_over(part, at + after, scene))
        _lay(part, at + after, scene.inside(Room(at + end - measure_air(length), name, length, after, until)))


def _find_talking_over(part: Score, at: Fraction, scene: Scene) -> Iterator[Problem]:
    """Report words of the onset that are still heard at a later moment of a hold; the moment itself never waits."""
    pending, happened = [*scene.happened.pending], scene.happened
    happened.pending.clear()
    for each in pending:
        if each.phrase and each.end > at:
            yield report_talking_over(each.phrase, each.end - at, part)


def _lay_cycle(taken: Cycle, at: Fraction, scene: Scene) -> Fraction:
    phases = list(list_phases(taken, scene.breaths))
    start = _find_start(phases, at, scene)
    if start > at:
        _delay_stretch(scene.happened.marks, at, start)
    at = start
    _check_size(at, scene.happened)
    for problem in find_unsaid(taken, phases, scene.breath(taken.beat)):
        scene.happened.unsaid.setdefault((problem.where, problem.what), problem)
    noted = Taken(at)
    scene.happened.breaths.append(noted)
    for phase in phases:
        if parts := phase.parts:
            _lay_moments(parts, at, phase.seconds, quote(phase.name) if phase.moved else phase.name, scene)
        end, side = at + phase.seconds, taken.side_of(phase.name)
        if phase.kind:
            noted.phases.append((at, end, phase.kind, side))
        if phase.moved:
            noted.moves.append((at, end, phase.name, side))
        at = end
    return at


def _find_start(phases: Iterable[PhaseSlot], at: Fraction, scene: Scene) -> Fraction:
    """Return when a cycle starts: late enough for its first words to be heard at their moment."""
    start, silent = scene.happened.free(at), Fraction(0)
    if start == at:
        return at
    for phase in phases:
        first = min((after for after, part in phase.parts if is_heard(part)), default=None)
        if first is not None:
            return max(at, start - silent - first)
        silent += phase.seconds
    return at


def _delay_stretch(marks: list[Marked], at: Fraction, start: Fraction) -> None:
    """Let a stretch begin with its first breath, if that had to wait."""
    if marks and marks[-1].start == at and marks[-1].mark.moment is Moment.STRETCH:
        marks[-1] = Marked(start, marks[-1].mark)


def _collect(scene: Scene, end: Fraction) -> Timeline:
    happened, grid = scene.happened, scene.grid
    if happened.problems:
        raise FitError(list(dict.fromkeys(happened.problems)))
    cues = sorted(happened.cues, key=lambda cue: cue.start)
    return Timeline(
        duration=max(end, ceil_to_grid(max((cue.end for cue in cues), default=end), grid)),
        phases=tuple(_number_breaths(happened.breaths)),
        cues=tuple(cues),
        chapters=tuple(_list_chapters(happened.marks, end, grid)),
        stretches=tuple(_pair_stretches(happened.marks)),
        unsaid=tuple(happened.unsaid.values()),
        grown=tuple(problem for _, problem in happened.grown.values()),
        grid=grid,
        spans=tuple(
            sorted([*happened.spans, *_number_moves(happened.breaths)], key=lambda span: (span.start, -span.end))
        ),
    )


def _number_breaths(taken: Iterable[Taken]) -> Iterator[PhaseSpan]:
    breaths = sorted((each for each in taken if each.phases), key=lambda each: each.start)
    for number, each in enumerate(breaths):
        for start, end, kind, side in each.phases:
            yield PhaseSpan(start, end, kind, side, number)


def _number_moves(taken: Iterable[Taken]) -> Iterator[TimedSpan]:
    moves = sorted((each for each in taken if each.moves), key=lambda each: each.start)
    for number, each in enumerate(moves):
        for start, end, name, side in each.moves:
            yield TimedSpan(start, end, SpanKind.MOVE, side, name, number)


def _list_chapters(marks: list[Marked], end: Fraction, grid: Fraction) -> Iterator[Chapter]:
    """Yield chapters, each until the next; they start on the grid, as cues do.

    One that would last no time gives way to the next, and neighbours with the same title and side are one.
    """
    begun = [marked for marked in marks if marked.mark.moment is Moment.CHAPTER]
    starts = [snap(marked.start, grid) for marked in begun]
    spans = zip(begun, starts, [*starts[1:], end], strict=False)
    lasting = ((marked.mark, start, until) for marked, start, until in spans if until > start)
    for (title, side), some in groupby(lasting, key=lambda each: (each[0].title, each[0].side)):
        (mark, start, until), *others = some
        yield Chapter(start, others[-1][2] if others else until, title, side, mark.part)


def _pair_stretches(marks: list[Marked]) -> Iterator[Stretch]:
    """Pair each release with the last stretch of its side."""
    begun: dict[Side | None, Fraction] = {}
    for marked in marks:
        if marked.mark.moment is Moment.STRETCH:
            begun[marked.mark.side] = marked.start
        elif marked.mark.moment is Moment.RELEASE:
            yield Stretch(begun.pop(marked.mark.side), marked.start, marked.mark.side)
