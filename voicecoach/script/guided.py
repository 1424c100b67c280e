"""Guided breaths and moves as scores: which words are said in which phase of which of them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, TypeVar

from voicecoach.core.breath import LONGEST_BREATH, NAMES, Kind, Span
from voicecoach.core.score import CueKind, Cycle, Mark, Moment, Seq, Side, is_heard, seq
from voicecoach.core.spelling import write_number
from voicecoach.core.tempo import BEAT, count_beats, fill_tempo, read_beat, read_tempo
from voicecoach.errors import ChoiceError
from voicecoach.routine.formulas.evaluation import Formula
from voicecoach.routine.phase_steps import Groups, Moves, Sounded, Spoken, find_key, name_breath, read_phase_key
from voicecoach.routine.values import TONE, Words
from voicecoach.script.copying import replace
from voicecoach.script.moments import measure_longest, write_heard, write_moments
from voicecoach.script.pacing import write_paced
from voicecoach.script.utterances import write_past

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping

    from voicecoach.core.score import Offset, Score
    from voicecoach.core.tempo import Tempo
    from voicecoach.routine.phase_steps import BreathePhases, ByRound, LonePhase
    from voicecoach.script.context import Context

_Kept = TypeVar("_Kept")
PhaseSides = tuple[tuple[str, Side], ...]
_FALLBACK = read_tempo("move 1")
"""The tempo where one can't be worked out, so that all problems are reported together."""


@dataclass(frozen=True, slots=True)
class Voicing:
    """How the phases of a step are known to its keys and to the score, and how long they are.

    Attributes:
        names: The names of phases in the score, by those in keys.
        tones: The kind of breath whose tone stands for the words of a phase, by its name in the score.
        longest: The most seconds of a phase, by its name in the score.
        breathed: What is breathed in a phase, by its name in the score.
        own: Whether the phases have lengths of their own, so that a moment has to be in its phase.
        sides: The sides of single phases.
    """

    names: Mapping[str, str]
    tones: Mapping[str, Kind]
    longest: Mapping[str, Fraction]
    breathed: Mapping[str, Kind]
    own: bool = False
    sides: PhaseSides = ()


def guide_breaths(step: BreathePhases, part: Context) -> Score:
    """Write guided breaths, at their own pace if they have one."""
    if step.breath:
        pacing = part.work_out_pace(step.breath, fixed=step.fixed)
        return write_paced(pacing, part, lambda inner: _write_breaths(step, inner))
    return _write_breaths(step, part)


def _write_breaths(step: BreathePhases, part: Context) -> Score:
    count, lines = _choose_count(step, part), Lines(step, part, voice_breaths(part, _list_phase_sides(step)))
    return _write_cycles(step, [_write_breath(number, count, part, lines) for number in range(count)], lines)


def _write_cycles(step: BreathePhases | Moves, taken: list[Cycle], lines: Lines) -> Score:
    """Write breaths or moves. If they are a stretch, it lasts to their end, or to the last phase of a name."""
    part, voicing = lines.part, lines.voicing
    past = _warn_past(step, part)
    if step.stretch is None:
        return seq(*taken, *past)
    stretch, release = (Mark(moment, side=part.side) for moment in (Moment.STRETCH, Moment.RELEASE))
    name = step.stretch.removeprefix("to last ")
    last = voicing.names.get(name, name)
    if step.stretch == "all" or last not in voicing.longest:  # a phase of no length is left out
        return seq(stretch, *taken, release, *past)
    return seq(stretch, *taken[:-1], *(_release_in(each, last, release) for each in taken[-1:]), *past)


def _release_in(taken: Cycle, phase: str, release: Mark) -> Cycle:
    """Let a stretch end where a phase begins."""
    last = next((each for each in taken.words if each[:2] == (phase, 1)), (phase, 1, Seq()))
    words = (*(each for each in taken.words if each != last), (phase, 1, seq(release, last[2])))
    return replace(taken, words=words)


def _warn_past(step: BreathePhases | Moves, part: Context) -> Iterator[Score]:
    """Write what the author says to listeners who ask for more than is good."""
    if step.past and step.most and _count_written(step, part) > part.count(step.most):
        yield write_past(step.past, part)


def _count_written(step: BreathePhases | Moves, part: Context) -> int:
    return part.count(step.move) if isinstance(step, Moves) else part.breaths(step.breathe)


def _choose_count(step: BreathePhases | Moves, part: Context) -> int:
    """Return how many breaths or moves there are: as written, or as many as a length needs, within the limits."""
    count = _count_written(step, part)
    if step.least is None and step.most is None:
        return count
    least = part.count(step.least) if step.least else count
    most = part.count(step.most) if step.most else count
    part.freedoms.guided.add("moves" if isinstance(step, Moves) else "guided breaths")
    return part.freedoms.breaths.bend(part.choices.amount.breaths, count, least, most)


def _write_breath(number: int, count: int, part: Context, lines: Lines) -> Cycle:
    part.add()
    words, later = tuple(lines.during(number, count)), tuple(lines.list_later(number, count))
    beat, unworded = part.beats.take(), lines.find_unworded(words)
    return Cycle(words, part.side, lines.voicing.sides, beat=beat, unworded=unworded, at=later)


def _list_phase_sides(step: BreathePhases) -> PhaseSides:
    if step.sides is None:
        return ()
    named = ((kind, getattr(step.sides, "in_" if name == "in" else name)) for name, kind in NAMES.items())
    return tuple((kind, Side(side)) for kind, side in named if side)


def voice_breaths(part: Context, sides: PhaseSides = ()) -> Voicing:
    """Return how the phases of a breath are known, at the pace of a part."""
    longest: dict[str, Fraction] = {}
    for phase in (phase for point in part.pace.points for phase in point.phases):
        longest[phase.kind] = max(longest.get(phase.kind, Fraction(0)), phase.seconds)
    grown = dict.fromkeys(longest, Fraction(LONGEST_BREATH))
    kinds = {str(kind): kind for kind in Kind}
    return Voicing(NAMES, kinds, grown if part.pace.every else longest, kinds, sides=sides)


def guide_moves(step: Moves, part: Context) -> Score:
    """Write a movement that is repeated, in its tempo."""
    tempo = work_out_tempo(step, part)
    count, lines = _choose_count(step, part), Lines(step, part, _voice_moves(step, tempo, part))
    taken = [_write_move(number, count, tempo, part, lines) for number in range(count)]
    return _write_cycles(step, taken, lines)


def _write_move(number: int, count: int, tempo: Tempo, part: Context, lines: Lines) -> Cycle:
    part.add()
    words, later = tuple(lines.during(number, count)), tuple(lines.list_later(number, count))
    taken = [part.beats.take() for _ in range(count_beats(tempo))]
    beat = taken[0] if taken else 0
    return Cycle(words, part.side, lines.voicing.sides, beat=beat, tempo=tempo, at=later)


def work_out_tempo(step: Moves, part: Context) -> Tempo:
    """Return the tempo of a movement; names in it stand for seconds or breaths.

    Raises:
        RoutineError: When it can't be worked out.
    """
    written, read = (step.tempo, read_tempo) if step.tempo is not None else (step.beat, read_beat)
    if not isinstance(written, Formula):
        return written or _FALLBACK

    def work_out(formula: str) -> str:
        found = part.evaluate(formula, timed=True)
        if isinstance(found, Span):
            return f"{found.breaths} breaths" if found.in_breaths else f"{write_number(found.rest)}s"
        return write_number(found)

    try:
        filled = fill_tempo(written.text, work_out) if step.tempo is not None else work_out(written.text)
        return read(filled)
    except ChoiceError as error:
        return part.report(written.where, "; ".join(str(error).splitlines()), _FALLBACK)


def _voice_moves(step: Moves, tempo: Tempo, part: Context) -> Voicing:
    """Return how the phases of a movement are known: by beats, the only one is said with `say`.

    A rising tone stands for the first phase, a falling one for the last, and a level one for all others; with the
    breath, the tones are those of its phases.
    """
    names = {name: BEAT if step.beat is not None else name for name in step.names}
    first, last = tempo[0].name, tempo[-1].name
    roles = {**dict.fromkeys(names.values(), Kind.HOLD)}
    if first != last:
        roles |= {first: Kind.INHALE, last: Kind.EXHALE}
    breathed = {each.name: each.kind for each in tempo if each.kind}
    breaths = voice_breaths(part).longest
    longest = {
        each.name: breaths.get(each.kind, Fraction(0)) if each.kind else measure_longest(each.span, part)
        for each in tempo
    }
    sides = tuple((name, Side(side)) for name, side in (step.sides or {}).items())
    own = not count_beats(tempo)
    part.tally.timed |= bool(step.at) and not own
    return Voicing(names, roles | breathed, longest, breathed, own, sides)


class Lines:
    """The words of the breaths or moves of a step. Those that stay the same from one to the next are written once."""

    def __init__(self, step: Spoken, part: Context, voicing: Voicing) -> None:
        """Take what the author wrote for each key, as it is in this round."""
        self.part, self.voicing = part, voicing
        self.phases, self.spoken = self._keep(step.spoken, step.pattern)
        self.later, self.at = self._keep(step.at, step.pattern)
        self.groups = Groups.of([*self.spoken, *self.at])
        self.written: dict[str, Score] = {}
        self.placed: dict[str, tuple[tuple[Offset, Score], ...]] = {}
        self.owned: dict[Kind, Score] = {}
        part.tally.timed |= bool(step.at) and not voicing.own

    def _keep(
        self, keyed: Mapping[str, _Kept], pattern: re.Pattern[str]
    ) -> tuple[list[tuple[str, str, int]], dict[str, _Kept]]:
        """Return the phases of keys, and what they are for; without those of phases that the author gave no length."""
        phases = {key: read_phase_key(key, pattern) for key in keyed}
        kinds = self.voicing.breathed
        left = {
            key: each
            for key, each in phases.items()
            if kinds.get(self.voicing.names.get(each[1], "")) not in self.part.emptied
        }
        return sorted({*left.values()}), {key: keyed[key] for key in left}

    def during(self, number: int, count: int) -> Iterator[tuple[str, int, Score]]:
        """Yield what is said as phases begin: of all words that are meant for it, those of the most specific key."""
        names = _list_names(number, count, self.groups)
        for phase, name, nth in self.phases:
            if (key := find_key(phase, names, self.spoken)) and (called := self._find_name(name)):
                yield called, nth, self.written[key] if key in self.written else self._write(key, called, number, count)

    def list_later(self, number: int, count: int) -> Iterator[tuple[str, int, Offset, Score]]:
        """Yield what is heard later in phases, and when: of all that is meant, that of the most specific key."""
        names = _list_names(number, count, self.groups) if self.later else ()
        for phase, name, nth in self.later:
            if (key := find_key(phase, names, self.at)) and (called := self._find_name(name)):
                placed = self.placed.get(key) or self._place(key, called, number, count)
                yield from ((called, nth, when, score) for when, score in placed)

    def _find_name(self, name: str) -> str:
        """Return the name of a phase in the score; nothing if the movement does not have the phase here."""
        called = self.voicing.names[name]
        return called if not self.voicing.own or called in self.voicing.longest else ""

    def find_unworded(self, words: Iterable[tuple[str, int, Score]]) -> tuple[tuple[Kind, Score], ...]:
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
            has: set[str] = {phase.kind for point in own.points for phase in point.phases}
            has |= {NAMES[name] for _, name, _ in self.phases}
            self.owned[kind] = Seq() if kind in has else _write_own(_AFTER[kind][1], kind, self.part)
        return self.owned[kind]

    def _place_of(self, name: str, number: int, count: int) -> Context:
        """Return the context of a phase of one breath or move: its side, and its numbers."""
        counted = self.part.with_values(count=str(number + 1), count_down=str(count - number))
        return replace(counted, side=dict(self.voicing.sides).get(name, self.part.side))

    def _write(self, key: str, name: str, number: int, count: int) -> Score:
        heard, part = self.spoken[key], self._place_of(name, number, count)
        kind = CueKind.BREATH if self.voicing.names is NAMES else CueKind.MOVE
        score = write_heard(heard, part, kind, self.voicing.tones[name])
        if not _is_counted(heard):
            self.written[key] = score
        return score

    def _place(self, key: str, name: str, number: int, count: int) -> tuple[tuple[Offset, Score], ...]:
        """Write what is heard at moments of a phase; one of the breath may be too short for some of them."""
        at, part = self.at[key], self._place_of(name, number, count)
        moments = write_moments(at, self.voicing.longest.get(name, Fraction(0)), part)
        least = None if self.voicing.own else Fraction(0)
        placed = tuple((when if when.least else replace(when, least=least), score) for when, score in moments)
        if not any(map(_is_counted, at.values())):
            self.placed[key] = placed
        return placed


@lru_cache(maxsize=4096)  # each round has the same breaths
def _list_names(number: int, count: int, groups: Groups) -> tuple[str, ...]:
    return tuple(name_breath(number, count, groups))


_AFTER = {Kind.HOLD: (Kind.INHALE, "hold"), Kind.PAUSE: (Kind.EXHALE, "empty")}
"""The phases that a listener's breath may have besides the author's: what each follows, and the program's words."""


def _is_counted(heard: Words | ByRound | Sounded) -> bool:
    """Return whether words may be different from one breath or move to the next."""
    words = [heard] if isinstance(heard, Words) else [] if isinstance(heard, Sounded) else [heard.first, heard.again]
    return any(each.blanks() & {"count", "count down"} for each in words)


def take_phase(step: LonePhase, part: Context) -> Score:
    """Write a single phase of a breath."""
    ((name, _, spoken),) = (lines := Lines(step, part, voice_breaths(part))).during(0, 1)
    later = tuple(lines.list_later(0, 1))
    return Cycle(((name, 1, spoken),), part.side, only=Kind(name), beat=part.beats.take(), at=later)


def _write_own(key: str, kind: Kind, part: Context) -> Score:
    """Turn the program's own words for a phase into a phrase; without words, or room for them, a tone is heard."""
    given = dict(part.words.words).get(key)
    return part.phrase(Words((*map(str.strip, given.split("|")), TONE) if given else (TONE,)), CueKind.BREATH, kind)
