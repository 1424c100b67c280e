"""The context of a step: its exercise, side, round, values and pace, and how its words become phrases there."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from voicecoach.core.breath import Kind, Pace, Span
from voicecoach.core.score import CueKind, Mark, Moment, Offset, Phrase, Seq, Side, Sound, Wording
from voicecoach.errors import ChoiceError, Problem, RoutineError, TooManyError, UnknownNameError, Where, quote
from voicecoach.language import capitalise
from voicecoach.routine.formulas.evaluation import (
    BreathLength,
    Formula,
    Grown,
    MixedError,
    as_count,
    as_span,
    evaluate,
    is_plain,
)
from voicecoach.routine.formulas.missing_names import explain_value_name
from voicecoach.routine.formulas.paces import evaluate_pace, find_emptied
from voicecoach.routine.formulas.syntax import SyntaxSlipError
from voicecoach.routine.source import find_place
from voicecoach.routine.text_normalisation import read_aloud
from voicecoach.routine.values import BLANK, LAST, LONGEST_SPAN, MOST_BREATHS, TONE, Words
from voicecoach.script.choices import LEFT_RIGHT, SPOKEN, Guidance, fade, other_side
from voicecoach.script.copying import replace
from voicecoach.script.inclusion import Inclusion
from voicecoach.script.pacing import Pacing
from voicecoach.script.tally import BreathCount, Freedoms, Tally

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping

    from voicecoach.core.breath import Breath
    from voicecoach.core.score import Score
    from voicecoach.language import Language
    from voicecoach.routine.formulas.syntax import Quantity
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices

_Given = TypeVar("_Given")
_START = Offset(Fraction(0), Fraction(0))
EACH = 20
"""Characters that each text counts for, besides its own."""
SENTENCE_GAP = Span(rest=Fraction(3, 4))
ONE_BREATH = Span(breaths=1)
TONES = {Kind.INHALE: "tone-in", Kind.HOLD: "tone-hold", Kind.EXHALE: "tone-out", Kind.PAUSE: "tone-hold"}


@dataclass(frozen=True)  # without slots, so that it is copied quickly
class Context:
    """The context of a step.

    Attributes:
        routine: The exercise that it belongs to.
        words: The program's words, and those that the routine says instead.
        choices: The listener's choices.
        pace: The pace that is breathed here.
        written: The pace that the author wrote for here; None for that of the routine.
        emptied: The phases of that pace that come to no length.
        beats: The counter of the breaths of that pace.
        freedoms: What can be bent.
        rounds: The rounds that are to be played of the outermost repeats, if they are chosen.
        more: Rounds more, or fewer, of the outermost repeats; None if they stay as they are.
        side: The side whose turn it is.
        following: The side whose turn comes next, if there is one.
        between: Whether it comes before or between rounds, where a hold is a rest.
        titles: What the chapter that it is in is called, within its exercise.
        listed: The values of the lists that are gone through inside that chapter.
        marked: The chapter that it is in: its exercise and what is done in it, and its side.
        whole: Whether it is inside one chapter, in which blocks begin no others of themselves.
        ahead: Finds where a name has its next value, in a block that is still to come.
        mirrored: Whether all sides are the other ones, to measure what is said of them.
        item: What the round or turn that it is in is named after.
        round: The round it is in, from 0, and of how many.
        again: Whether this is a later round.
        outermost: Whether no round is around it.
        paced: Whether it is directly in a ``pace`` of its routine.
        inside: The includes that it is in.
        values: What names in braces stand for here, in lower case.
        varied: The round, from 0, that each varying name has its value from.
        tally: The counters of the whole session.
    """

    routine: LoadedRoutine
    words: Language
    choices: Choices
    pace: Pace
    written: Pace | None = None
    emptied: tuple[Kind, ...] = ()
    beats: BreathCount = field(default_factory=BreathCount)
    freedoms: Freedoms = field(default_factory=Freedoms)
    rounds: int | None = None
    more: int | None = None
    side: Side | None = None
    following: Side | None = None
    between: bool = False
    titles: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()
    marked: tuple[tuple[str, ...], Side | None] = ((), None)
    whole: bool = False
    ahead: Callable[[str], Context | None] | None = None
    mirrored: bool = False
    item: str = ""
    round: tuple[int, int] = (0, 1)
    again: bool = False
    outermost: bool = True
    paced: bool = False
    inside: Inclusion = field(default_factory=Inclusion)
    values: Mapping[str, str] = field(default_factory=dict)
    varied: Mapping[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)

    def with_values(self, **values: str) -> Context:
        """Return this context with values for more names; ``_`` in a name is a space."""
        return replace(self, values={**self.values, **{name.replace("_", " "): text for name, text in values.items()}})

    def word(self, key: str, **values: object) -> str:
        """Return one of the program's words."""
        return self.words.word(key, **values)

    def number(self, number: int) -> str:
        """Return a number as it is counted aloud."""
        return self.words.number(number)

    def count(self, value: int | Formula) -> int:
        """Work a number out.

        Raises:
            RoutineError: When it can't be worked out, or is not a whole number above 0.
        """
        if isinstance(value, int):
            return value
        try:
            found = as_count(self.evaluate(value.text))
        except ChoiceError as error:
            return self.report(value.where, self._explain(value, error), 1)
        if not 1 <= found <= MOST_BREATHS:
            what = f"{self._when(value)}{value.text} is {found:,}: from 1 to {MOST_BREATHS:,} are possible"
            return self.report(value.where, what, 1)
        return found

    def span(self, value: Span | Formula, *, empty: bool = False) -> Span:
        """Work a length out; one of no time is refused, unless it may be ``empty``.

        Raises:
            RoutineError: When it can't be worked out.
        """
        if isinstance(value, Span):
            return value
        try:
            span = as_span(self.evaluate(value.text))
        except ChoiceError as error:
            return self.report(value.where, self._explain(value, error), ONE_BREATH)
        if span == Span() and not empty:
            return self.report(value.where, self._explain_empty(value), ONE_BREATH)
        if span.breaths > MOST_BREATHS or max(span.rest, span.least) > LONGEST_SPAN:
            what = f"{value.text} lasts too long: at most {MOST_BREATHS:,} breaths or 24h are possible"
            return self.report(value.where, what, ONE_BREATH)
        return span

    def breaths(self, value: Span | Formula) -> int:
        """Return how many breaths a length has here, at this pace.

        Raises:
            RoutineError: When it can't be worked out, or is not counted in breaths.
        """
        span = self.span(value)
        if not span.in_breaths:
            where, text = (value.where, value.text) if isinstance(value, Formula) else (None, str(span))
            return self.report(where, f"{quote(text)} is {span}: write how many breaths, or 30s in whole breaths", 1)
        return self._count(span)

    def _count(self, span: Span) -> int:
        """Return how many breaths a span has, and note if that depends on how long they last."""
        self.tally.timed |= bool(span.rest or span.least)
        self.beats.counted |= bool(span.least) and len(self.pace.points) > 1
        if self.beats.cautious and self.beats.counted:
            return max(span.breaths, math.ceil(span.least / self.shortest.seconds))
        return self.pace.count(span, self.beats.taken, self.beats.total)

    def evaluate(self, text: str, *, timed: bool = False) -> Quantity:
        """Return the value of a calculation; where it is ``timed``, plain numbers beside lengths are seconds.

        Raises:
            ChoiceError: If it has none.
        """
        ahead = {name: self.look_ahead(name) for name in Formula(text).names() - {*self.values}} if self.ahead else {}
        coming = {name: found.values[name.removeprefix("next ")] for name, found in ahead.items() if found}
        values = {**self.values, **coming} if coming else self.values
        return evaluate(text, values, self._note_evaluated, timed=timed)

    def look_ahead(self, name: str) -> Context | None:
        """Return where a name after ``next`` has its next value, if that is not in the next round of this block."""
        found = self.ahead(name.removeprefix("next ")) if self.ahead and name.startswith("next ") else None
        return replace(found, side=other_side(found.side)) if found and self.mirrored else found

    def _note_evaluated(self, text: str) -> None:
        """Count a text that is evaluated, and note if it is a length of the listener's breath."""
        self.spend(len(text))
        if isinstance(text, BreathLength):
            self.tally.timed = True
            self.tally.heeding.add(self.routine.name)

    def work_out_pace(self, value: Pace | Formula, *, fixed: bool = False) -> Pacing:
        """Return the pace of a part; in one with names or signs, plain numbers are seconds.

        Raises:
            RoutineError: When it can't be worked out, or is not a pace then.
        """
        if isinstance(value, Pace):
            return Pacing(value, fixed)
        used: list[str] = []
        try:
            found = evaluate_pace(value.text, self.values, self.listener, used.append)
        except ChoiceError as error:
            return Pacing(self.report(value.where, self._explain(value, error), self.pace))
        for text in used:
            self._note_evaluated(text)
        follows = any(isinstance(text, BreathLength) for text in used)
        return Pacing(found, fixed, follows, tuple(find_emptied(value.text, found)))

    @property
    def listener(self) -> Pace:
        """The breath that the listener chose; without a choice, the author's."""
        return self.choices.breath or self.routine.model.breath

    def _explain(self, value: Formula, error: ChoiceError) -> str:
        """Return why a value can't be worked out, and in which round if only some can't."""
        when = "" if isinstance(error, MixedError) else self._when(value)
        return f"{when}{'; '.join(str(error).splitlines())}"

    def _explain_empty(self, value: Formula) -> str:
        """Say that a length is 0, and what would make it longer."""
        when = self._when(value)
        used = ((name, self.values.get(name)) for name in sorted(value.names()))
        lacking = next((name for name, text in used if isinstance(text, BreathLength) and not text.seconds), "")
        if lacking:
            what = f"{{{lacking}}} is 0, because the breath {self.listener} has no {lacking}"
            return f"{what}: give {lacking!r} a value under 'parameters', or use max({value.text}, 2s)"
        return f"{when}{value.text} is 0: {'let it start higher, or shrink less' if when else 'give it more than 0'}"

    def moment(self, value: Offset | Formula) -> Offset:
        """Work a moment of a hold or a phase out: a time after its beginning, or after ``last`` before its end.

        Raises:
            RoutineError: When it can't be worked out, or is counted in breaths.
        """
        if isinstance(value, Offset):
            return value
        after = value.text.strip().removeprefix(LAST)
        span = self.span(replace(value, text=after), empty=True)
        if span.in_breaths:
            return self.report(value.where, f"{quote(value.text)} is {span}: write a time, as 10s", _START)
        if after != value.text.strip():
            return Offset(Fraction(1), -span.rest)
        return Offset(Fraction(0), span.rest)

    def _when(self, value: Formula) -> str:
        """Name the round of a value that varies."""
        rounds = [self.varied[name] for name in value.names() if name in self.varied]
        return f"in round {max(rounds) + 1} " if rounds else ""

    def add(self) -> None:
        """Count one more breath, step or round.

        Raises:
            RoutineError: When there are more than a session can have.
        """
        self.tally.taken += 1
        if self.tally.taken > self.tally.limit:
            what = f"the breaths and steps of this session are more than {self.tally.limit:,}"
            raise TooManyError(self.make_error(None, f"{what}: use fewer rounds or breaths").problems)

    def spend(self, characters: int) -> None:
        """Count what is read aloud or worked out.

        Raises:
            TooManyError: When it is more than is asked for; a session that is made has no limit.
        """
        self.tally.spent += characters + EACH
        if 0 < self.tally.most_spent < self.tally.spent:
            raise TooManyError(self.make_error(None, "the words of this session are too many: use fewer").problems)

    def report(self, where: Where | None, what: str, instead: _Given) -> _Given:
        """Note what can't be worked out, and go on with something else, so that all problems are reported together.

        Raises:
            RoutineError: If only the first problem is wanted.
        """
        error = self.make_error(where, what)
        if self.tally.problems is None:
            raise error
        for problem in error.problems:
            self.tally.problems.setdefault(problem.where, problem)
        return instead

    def make_error(self, where: Where | None, what: str) -> RoutineError:
        """Return the error that says ``what``, and after its last colon what would mend it."""
        told, _, remedy = what.rpartition(": ")
        place = where or Where(self.routine.file, 1, 1)
        found = (f"{told}{self.inside.describe_values()}", remedy) if told else (remedy, "")
        return RoutineError([Problem(place, *found)])

    @property
    def shortest(self) -> Breath:
        """The shortest breath of the pace."""
        return min(self.pace.points, key=lambda point: point.seconds)

    @property
    def longest(self) -> Breath:
        """The longest breath of the pace."""
        return max(self.pace.points, key=lambda point: point.seconds)

    def phrase(self, words: Words, kind: CueKind, tone: Kind | None = None) -> Score:
        """Turn words into a phrase of this turn, as much of it as is to be said; the other side's words are its twins.

        ``tone`` is the phase the words belong to, where a tone may be heard instead of them.
        """
        if self.tally.tagged:
            return Seq()
        sound = Sound(TONES[tone], CueKind.TONE, self.side, where=words.where) if tone else None
        if kind not in SPOKEN[self.guidance]:
            return sound if sound and self.guidance is Guidance.TONES else Seq()
        wordings = [wording for text in words.wordings if text != TONE and (wording := self._try_wording(text, words))]
        if not wordings:
            return sound or Seq()
        kept = wordings[-1:] if self._is_short(kind) else wordings
        return Phrase(tuple(kept), kind, self.side, sound if words.toned else None, words.where)

    @property
    def guidance(self) -> Guidance:
        """How much is said here."""
        return fade(self.choices.guidance, self.round[0] if self.again else None)

    def _is_short(self, kind: CueKind) -> bool:
        """Return whether only the shortest wording is said here."""
        return self.guidance in {Guidance.BRIEF, Guidance.CUES} and kind is not CueKind.NOTICE

    def sentence(self, text: str, kind: CueKind) -> Score:
        """Say a sentence of the routine's head."""
        return self.phrase(Words((text,)), kind)

    def _try_wording(self, text: str, words: Words) -> Wording | None:
        """Fill a wording; one that says what comes next is left out if nothing does, as what comes was skipped."""
        try:
            return self.wording(text)
        except UnknownNameError as error:
            if not error.name.startswith("next "):  # a side's word in a value, in a place that has no side
                self.report(words.where, explain_value_name(error.name, itself=error.name in self.values), None)
            return None

    def wording(self, text: str) -> Wording:
        """Fill a wording's braces for this side; what is said of the other side is its twin."""
        if "{" not in text:
            return self._read_plain(text)
        own = self.fill(text, self.side)
        self.spend(len(own))
        spoken = twin = self._pronounce(own)
        if BLANK.search(text) and (self.ahead or {self.side, self.following} & {*LEFT_RIGHT}):  # else it is the same
            mirrored = replace(self, side=other_side(self.side), following=other_side(self.following), mirrored=True)
            twin = self._pronounce(mirrored.fill(text, mirrored.side))
        return Wording(own, (twin,) if twin != spoken else (), "" if spoken == own else spoken)

    def _read_plain(self, text: str) -> Wording:
        """Return a wording without braces, which is the same each time."""
        self.spend(len(text))
        if (key := (id(self.routine), text)) not in self.tally.plain:
            self.tally.plain[key] = Wording(text, (), "" if (read := self._pronounce(text)) == text else read)
        return self.tally.plain[key]

    def fill(self, text: str, side: Side | None) -> str:
        """Fill the braces of a text, capitalised as the name in them is."""

        def _fill_blank(match: re.Match[str]) -> str:
            name = match[1]
            found = self._noun(name.lower(), side)
            return capitalise(found, self.routine.model.language) if name[0].isupper() else found

        return BLANK.sub(_fill_blank, text)

    def begin(self) -> Context:
        """Return the context of what is in a chapter of its own."""
        return replace(self, marked=((self.routine.model.title, *self.titles), self.side))

    def chapter(self) -> Mark:
        """Begin the chapter that this place is in, named after the exercise and what is done in it."""
        (name, *titles), side = self.tally.chapter = self.marked
        part = ", ".join(titles)
        return Mark(Moment.CHAPTER, self.word("titled", title=name, part=part) if part else name, side, part)

    def _noun(self, name: str, side: Side | None) -> str:
        """Return what a name stands for: a noun of this side, of a side named with it or that is next, or a value."""
        sides = self.routine.model.sides
        if sides is not None:
            which, _, rest = name.partition(" ")
            nouns = {Side.LEFT: sides.left, Side.RIGHT: sides.right}
            if side in nouns and name in nouns[side]:
                return nouns[side][name]
            if which in {"left", "right"} and rest in sides.left:
                return nouns[Side(which)][rest]
            if which == "next" and rest in sides.left and self.following in nouns:
                return nouns[self.following][rest]
        if name not in self.values and (coming := self.look_ahead(name)):
            return coming.fill(f"{{{name.removeprefix('next ')}}}", coming.side)
        if name not in self.values:
            raise UnknownNameError("value", name, sorted(self.values))
        return self._say_value(name, self.following if name.startswith("next ") and self.following else side)

    def _say_value(self, name: str, side: Side | None) -> str:
        """Say a value: a number or a length in words, any other text as it stands, with the names in it filled."""
        text = self.values[name]
        try:
            found = self.evaluate(f"{{{name}}}") if not is_plain(text) else None
        except SyntaxSlipError:
            found = None
        except ChoiceError as error:
            return self.report(self._find_value(name), self._explain(Formula(f"{{{name}}}"), error), text)
        if found is None:
            return self._fill_value(name, text, side)
        if isinstance(found, Fraction):
            return self.words.number(found)
        breaths = [self.words.say_count("breaths", self._count(found))] if found.in_breaths else []
        times = [self.words.say_duration(found.rest)] if found.rest or not breaths else []
        return self.words.join_durations(*breaths, *times)

    def _find_value(self, name: str) -> Where | None:
        """Return the place of a value in the routine's file."""
        text, tree = self.values[name], self.routine.tree
        if isinstance(text, Grown):
            return text.where
        return find_place(tree, ("parameters", name)) if tree and name in self.routine.model.parameters else None

    def _fill_value(self, name: str, text: str, side: Side | None) -> str:
        """Return a value that is a text, with the names in it filled; a name of the next round has others of it."""
        others = {other: value for other, value in self.values.items() if other != name}
        if name.startswith("next "):
            coming = {other.removeprefix("next "): value for other, value in others.items() if "next " in other}
            others = {**others, **coming}
        return replace(self, values=others).fill(text, side)

    def _pronounce(self, text: str) -> str:
        return read_aloud(text, self.words, tuple(self.routine.model.pronounce.items()))
