"""What is heard when, worked out a second time in the simplest way, and held against `perform`.

The rules are written here in numbers of their own, so that a change of theirs in the code is noticed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given

from tests.fakes import CHIME_SECONDS, measure, perform, spoken_seconds
from tests.strategies import ramps, sessions
from voicecoach.core.breath import Breath, Kind, Pace, Phase, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.score import CueKind, Cycle, Offset, Overrun, Pause, Phrase, Seq, Slot, Sound, SpanKind, phrase
from voicecoach.errors import FitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.score import Score, Wording

GRID = Fraction(3, 125)


def on_grid(at: Fraction) -> Fraction:
    return math.floor(at / GRID + Fraction(1, 2)) * GRID


def whole(seconds: Fraction) -> Fraction:
    return math.ceil(seconds / GRID) * GRID


def room(seconds: Fraction) -> Fraction:
    """How long words may last in a phase or hold: nine tenths of it, and in short ones all but 0.15 s."""
    return seconds * Fraction(9, 10) if seconds > Fraction(3, 2) else seconds - Fraction(3, 20)


def taken(wording: Wording) -> Fraction:
    return whole(max(map(spoken_seconds, (wording.text, *wording.twins))))


def breath_of(pace: Pace, number: int, count: int) -> Breath:
    first, last = pace.points[0], pace.points[-1]
    share = Fraction(min(number, count - 1), count - 1) if count > 1 else Fraction(0)
    pairs = zip(first.phases, last.phases, strict=True)
    return Breath(tuple(Phase(a.kind, a.seconds * (1 - share) + b.seconds * share) for a, b in pairs))


@dataclass
class Expected:
    """What should happen: cues with their texts, phases with their kinds and breaths, and moves with their names."""

    pace: Pace
    count: int
    at: Fraction = Fraction(0)
    cues: list[tuple[Fraction, Fraction, str]] = field(default_factory=list)
    phases: list[tuple[Fraction, Fraction, Kind, int]] = field(default_factory=list)
    moves: list[tuple[Fraction, Fraction, str]] = field(default_factory=list)
    refused: bool = False

    def hear(self, at: Fraction, lasting: Fraction, text: str) -> None:
        self.cues.append((on_grid(at), on_grid(at) + lasting, text))

    def say(self, said: Phrase, at: Fraction, longest: Fraction) -> None:
        """Say the first wording that lasts no longer than it may."""
        fitting = next((each for each in said.wordings if taken(each) <= longest), None)
        if fitting:
            self.hear(at, spoken_seconds(fitting.text), fitting.text)
        elif said.otherwise:
            self.hear(at, CHIME_SECONDS, said.otherwise.name)
        else:
            self.refused = True

    def lay(self, part: Score) -> None:
        match part:
            case Pause(span=span):
                self.at += span.rest
            case Phrase(wordings):
                self.hear(self.at, spoken_seconds(wordings[0].text), wordings[0].text)
                self.at += taken(wordings[0])
            case Cycle():
                self.breathe(part)
            case Slot():
                self.hold(part)

    def breathe(self, part: Cycle) -> None:
        seen: list[str] = []
        number = len({each[3] for each in self.phases})
        for name, seconds, kind in self.phases_of(part):
            seen.append(name)
            words = [(Fraction(0), said) for each, nth, said in part.words if (each, nth) == (name, seen.count(name))]
            later = [(when, said) for each, nth, when, said in part.at if (each, nth) == (name, seen.count(name))]
            placed = [(when.part * seconds + when.seconds, when.least, said) for when, said in later]
            words += [(at, said) for at, least, said in placed if 0 <= at < seconds and at + (least or 0) <= seconds]
            self.place(words, seconds)
            if kind:
                self.phases.append((self.at, self.at + seconds, kind, number))
            if part.tempo and name in {each.name for each in part.tempo}:
                self.moves.append((self.at, self.at + seconds, name))
            self.at += seconds

    def phases_of(self, part: Cycle) -> Iterator[tuple[str, Fraction, Kind | None]]:
        """Each phase: its name, its length, and what is breathed in it."""
        own = breath_of(self.pace, part.beat, self.count)
        if any(each.kind for each in part.tempo) or not part.tempo:
            left = list(part.tempo)
            for phase in own.phases:
                named = [each for each in left if each.kind is phase.kind]
                if len(named) > 1:
                    left.remove(named[0])
                yield (named[0].name if named else phase.kind.value), phase.seconds, phase.kind
            return
        beat = part.beat
        for each in part.tempo:
            breaths = [breath_of(self.pace, beat + more, self.count) for more in range(each.span.breaths)]
            beat += each.span.breaths
            yield each.name, each.span.rest + sum(breath.seconds for breath in breaths), None

    def place(self, parts: list[tuple[Fraction, Score]], length: Fraction) -> None:
        """Say each part at its moment, with room up to the next moment."""
        parts = sorted(parts, key=lambda each: each[0])
        ends = [*(when for when, _ in parts[1:]), length]
        for (when, said), end in zip(parts, ends, strict=False):
            assert isinstance(said, Phrase)
            self.say(said, self.at + when, room(end - when))

    def hold(self, part: Slot) -> None:
        length = part.span.rest
        moments = [(offset.part * length + offset.seconds, said) for offset, said in part.at]
        starts = [when for when, _ in moments]
        if len(set(starts)) < len(starts) or not all(0 <= when < length for when in starts):
            self.refused = True
            return
        if any(when == 0 and isinstance(part.body, Phrase) for when in starts):
            self.refused = True
            return
        parts = sorted(
            [*([(Fraction(0), part.body)] if isinstance(part.body, Phrase) else []), *moments], key=lambda m: m[0]
        )
        ends = [*(when for when, _ in parts[1:]), length][: len(parts)]
        for (when, said), end in zip(parts, ends, strict=True):
            assert isinstance(said, Phrase)
            self.say(said, self.at + when, room(end - when))
        self.at += length


def expect(score: Seq, pace: Pace) -> Expected:
    expected = Expected(pace, sum(part.beats for part in score.parts if isinstance(part, Cycle)))
    for part in score.parts:
        expected.lay(part)
    return expected


IN_TWO = Seq(
    (Slot(Span(rest=Fraction(4)), phrase("In"), Overrun.REFUSE, ((Offset(Fraction(1), Fraction(0)), phrase("Up")),)),)
)
EXACT = Seq((Cycle(((Kind.INHALE, 1, phrase("ab" * 5, "a")),)),))
"""Ten letters take 0.9 s and so 0.912 s: they just fit a phase of 1.062 s; in a shorter one, one letter is said."""


@given(sessions, ramps())
@example(IN_TWO, Pace((read_breath("4-6"),)))
@example(EXACT, Pace((read_breath("1.062-2"),)))
@example(EXACT, Pace((read_breath("1.061-2"),)))
def test_all_is_heard_where_the_simplest_calculation_puts_it_or_refused(score: Seq, pace: Pace) -> None:
    expected = expect(score, pace)
    if expected.refused:
        with pytest.raises(FitError):
            perform(score, measure, pace)
        return
    timeline = perform(score, measure, pace)
    assert [(cue.start, cue.end, cue.text) for cue in timeline.cues] == sorted(expected.cues, key=lambda cue: cue[0])
    assert [(each.start, each.end, each.kind, each.breath) for each in timeline.phases] == expected.phases
    moves = [(each.start, each.end, each.name) for each in timeline.spans if each.kind is SpanKind.MOVE]
    assert moves == expected.moves
    last = max([expected.at, *(end for _, end, _ in expected.cues)])
    assert timeline.duration == whole(last)


@pytest.mark.parametrize(("seconds", "letters"), [("1.5", 16), ("1.4", 15), ("3", 37), ("6", 79)])
def test_words_leave_a_tenth_of_a_phase_and_at_least_150_ms(seconds: str, letters: int) -> None:
    """That many letters are the most that fit: one more is refused."""
    taken_breath = read_breath(f"{seconds}-9")
    perform(Seq((Cycle(((Kind.INHALE, 1, phrase("a" * letters)),)),)), measure, taken_breath)
    with pytest.raises(FitError):
        perform(Seq((Cycle(((Kind.INHALE, 1, phrase("a" * (letters + 1))),)),)), measure, taken_breath)


def test_a_sound_that_rings_over_later_ones_ends_the_session() -> None:
    score = Seq((Sound("bell", CueKind.CHIME), Pause(Span(rest=Fraction(1))), phrase("Up")))
    assert perform(score, measure, read_breath("4-6")).duration == whole(CHIME_SECONDS)
