"""Guided breaths as scores: which words are said in which phase of which breath."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voicecoach.core.breath import NAMES, Kind
from voicecoach.core.score import CueKind, Cycle, Mark, Moment, Seq, Side, is_heard, seq
from voicecoach.routine.phase_keys import Groups, find_key, name_breath, read_phase_key
from voicecoach.script.context import Context, choose_words, write_paced, write_past

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from voicecoach.core.score import Score
    from voicecoach.routine.model import BreathePhases, ByRound, LonePhase
    from voicecoach.routine.values import Words

PhaseSides = tuple[tuple[Kind, Side], ...]


def guide_breaths(step: BreathePhases, part: Context) -> Score:
    """Write guided breaths, at their own pace if they have one."""
    if step.breath:
        pacing = part.work_out_pace(step.breath, fixed=step.fixed)
        return write_paced(pacing, part, lambda inner: _write_breaths(step, inner))
    return _write_breaths(step, part)


def _write_breaths(step: BreathePhases, part: Context) -> Score:
    """Write guided breaths. If they are a stretch, it lasts to their end, or to the exhale that returns."""
    spoken = {key: words for key, words in step.spoken.items() if read_phase_key(key)[1] not in part.emptied}
    count, lines = _choose_count(step, part), Lines(spoken, part, _list_phase_sides(step))
    taken = [_write_breath(step, number, count, part, lines) for number in range(count)]
    past = _warn_past(step, part)
    if step.stretch is None:
        return seq(*taken, *past)
    stretch, release = (Mark(moment, side=part.side) for moment in (Moment.STRETCH, Moment.RELEASE))
    return seq(stretch, *taken, *([release] if step.stretch == "all" else []), *past)


def _warn_past(step: BreathePhases, part: Context) -> Iterator[Score]:
    """Write what the author says to listeners who ask for more breaths than are good."""
    if step.past and step.most and part.breaths(step.breathe) > part.count(step.most):
        yield write_past(step.past, part)


def _choose_count(step: BreathePhases, part: Context) -> int:
    if step.least is None and step.most is None:
        return part.breaths(step.breathe)
    return part.freedoms.breaths.bend(part.choices.amount.breaths, *_read_bounds(step, part))


def _read_bounds(step: BreathePhases, part: Context) -> tuple[int, int, int]:
    """Return how many breaths are written, the fewest and the most."""
    count = part.breaths(step.breathe)
    least = part.count(step.least) if step.least else count
    return count, least, part.count(step.most) if step.most else count


def _write_breath(step: BreathePhases, number: int, count: int, part: Context, lines: Lines) -> Score:
    part.add()
    words = list(lines.during(number, count))
    if number == count - 1 and step.stretch == "to last out":
        release = Mark(Moment.RELEASE, side=part.side)
        last = next((each for each in words if each[:2] == (Kind.EXHALE, 1)), (Kind.EXHALE, 1, Seq()))
        words = [*(each for each in words if each != last), (Kind.EXHALE, 1, seq(release, last[2]))]
    beat = part.beats.take()
    return Cycle(tuple(words), part.side, lines.sides, beat=beat, unworded=lines.find_unworded(words))


def _list_phase_sides(step: BreathePhases) -> PhaseSides:
    if step.sides is None:
        return ()
    named = ((kind, getattr(step.sides, "in_" if name == "in" else name)) for name, kind in NAMES.items())
    return tuple((kind, Side(side)) for kind, side in named if side)


class Lines:
    """The words of the breaths of a step. Words that stay the same from breath to breath are written once."""

    def __init__(self, spoken: Mapping[str, Words | ByRound], part: Context, sides: PhaseSides = ()) -> None:
        """Take what the author wrote for each key, as it is in this round."""
        self.spoken = {key: choose_words(words, part) for key, words in spoken.items()}
        self.part, self.sides = part, sides
        self.phases, self.groups = sorted({read_phase_key(key) for key in spoken}), Groups.of(spoken)
        self.written: dict[str, Score] = {}
        self.owned: dict[Kind, Score] = {}

    def during(self, number: int, count: int) -> Iterator[tuple[Kind, int, Score]]:
        """Yield what is said in a breath: of all words that are meant for it, those of the most specific key."""
        names = tuple(name_breath(number, count, self.groups))
        for phase, kind, nth in self.phases:
            key = find_key(phase, names, self.spoken)
            if key:
                yield kind, nth, self.written[key] if key in self.written else self._write(key, kind, number, count)

    def find_unworded(self, words: Iterable[tuple[Kind, int, Score]]) -> tuple[tuple[Kind, Score], ...]:
        """Return what is said in phases that only the listener's breath has: nobody can see them with closed eyes.

        Only after a phase that has words in this breath; if the author is silent, so is the program.
        """
        worded = {kind for kind, _, score in words if is_heard(score)}
        return tuple(
            (kind, self._own(kind)) for kind, (before, _) in _AFTER.items() if before in worded and self._own(kind)
        )

    def _own(self, kind: Kind) -> Score:
        """Return the program's words for a kind of phase; nothing if the author's breath or words have it."""
        if kind not in self.owned:
            own = self.part.written or self.part.routine.model.breath
            has = {phase.kind for point in own.points for phase in point.phases} | {each for _, each, _ in self.phases}
            self.owned[kind] = Seq() if kind in has else self.part.own_phrase(_AFTER[kind][1], kind)
        return self.owned[kind]

    def _write(self, key: str, kind: Kind, number: int, count: int) -> Score:
        words, part = self.spoken[key], self.part
        counted = part.with_values(count=str(number + 1), count_down=str(count - number))
        side = dict(self.sides).get(kind, part.side)
        score = replace(counted, side=side).phrase(words, _find_kind(words), tone=kind)
        if words.blanks().isdisjoint(counted.values):
            self.written[key] = score
        return score


_AFTER = {Kind.HOLD: (Kind.INHALE, "hold"), Kind.PAUSE: (Kind.EXHALE, "empty")}
"""The phases that a listener's breath may have besides the author's: what each follows, and the program's words."""


def _find_kind(words: Words) -> CueKind:
    counted = {"{count}", "{count down}"}
    return CueKind.COUNT if counted & {wording.lower() for wording in words.wordings} else CueKind.BREATH


def take_phase(step: LonePhase, part: Context) -> Score:
    """Write a single phase of a breath."""
    ((kind, _, spoken),) = Lines(step.spoken, part).during(0, 1)
    return Cycle(((kind, 1, spoken),), part.side, only=kind, beat=part.beats.take())
