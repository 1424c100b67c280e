"""Where in a session a step stands: its exercise, side, round, values and pace; and how its words become phrases."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.breath import Kind, Span
from voicecoach.choices import LEFT_RIGHT, SPOKEN, Guidance
from voicecoach.errors import ChoiceError, Problem, RoutineError, Where
from voicecoach.formula import Formula, as_count, as_span, worked_out
from voicecoach.language import fill
from voicecoach.score import CueKind, Mark, Moment, Phrase, Seq, Side, Sound, Wording
from voicecoach.texts import BLANK, TONE, Words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voicecoach.breath import Pace
    from voicecoach.choices import Choices
    from voicecoach.formula import Quantity
    from voicecoach.language import Language
    from voicecoach.routine import Routine
    from voicecoach.score import Score

TONES = {Kind.INHALE: "tone-in", Kind.HOLD: "tone-hold", Kind.EXHALE: "tone-out", Kind.PAUSE: "tone-hold"}


@dataclass(slots=True)
class Beats:
    """Counts the breaths of a pace as they are written; the turns of a round go back to the same ones."""

    taken: int = 0

    @property
    def last(self) -> int:
        """The breath that was taken last, from 0."""
        return max(0, self.taken - 1)


@dataclass(frozen=True, slots=True)
class Part:
    """Where a step stands.

    Attributes:
        routine: The exercise that it belongs to.
        words: The program's own words.
        choices: The listener's.
        pace: The pace that is breathed here.
        beats: The breaths of that pace, counted.
        rounds: The rounds that are to be played of the outermost repeats, if they are chosen.
        side: The side whose turn it is.
        round: The round it is in, from 0, and of how many.
        again: Whether it was done before.
        outermost: Whether no round is around it.
        values: What names in braces stand for here, in lower case.
    """

    routine: Routine
    words: Language
    choices: Choices
    pace: Pace
    beats: Beats = field(default_factory=Beats)
    rounds: int | None = None
    side: Side | None = None
    round: tuple[int, int] = (0, 1)
    again: bool = False
    outermost: bool = True
    values: Mapping[str, str] = field(default_factory=dict)

    def having(self, **values: str) -> Part:
        """Return this place with more that names stand for; ``_`` in a name is a space."""
        return replace(self, values={**self.values, **{name.replace("_", " "): text for name, text in values.items()}})

    def word(self, key: str, **values: object) -> str:
        """Return one of the program's words; a routine may say another."""
        own = self.routine.sheet.words.get(key)
        return fill(own, **values) if own is not None else self.words.word(key, **values)

    def number(self, number: int) -> str:
        """Return a number as it is counted aloud."""
        return self.words.number(number)

    def count(self, value: int | Formula) -> int:
        """Work a number out.

        Raises:
            RoutineError: When it can't be worked out, or is no whole number above 0.
        """
        if isinstance(value, int):
            return value
        try:
            found = as_count(self._quantity(value))
        except ChoiceError as error:
            raise self._refused(value, str(error)) from error
        if not 1 <= found <= MOST:
            raise self._refused(value, f"{value.text} is {found:,}: from 1 to {MOST:,} are possible")
        return found

    def span(self, value: Span | Formula) -> Span:
        """Work a length out.

        Raises:
            RoutineError: When it can't be worked out.
        """
        if isinstance(value, Span):
            return value
        try:
            return as_span(self._quantity(value))
        except ChoiceError as error:
            raise self._refused(value, str(error)) from error

    def breaths(self, span: Span) -> int:
        """How many breaths a span has here, at the shortest breath of the pace."""
        shortest = min(self.pace.points, key=lambda point: point.seconds)
        return span.count(shortest)

    def phrase(self, words: Words, kind: CueKind, tone: Kind | None = None) -> Score:
        """Turn words into a phrase of this turn, as much of it as is to be said; the other side's words are its twins.

        ``tone`` is the phase the words belong to, where a tone may be heard instead of them.
        """
        sound = Sound(TONES[tone], CueKind.TONE, self.side) if tone else None
        if kind not in SPOKEN[self.choices.guidance]:
            return sound if sound and self.choices.guidance is Guidance.TONES else Seq()
        wordings = [self.wording(text) for text in words.wordings if text != TONE]
        if not wordings:
            return sound or Seq()
        short = self.choices.guidance is Guidance.CUES or (self.choices.guidance is Guidance.BRIEF and self.again)
        kept = wordings[-1:] if short and kind in {CueKind.INSTRUCTION, CueKind.BREATH} else wordings
        return Phrase(tuple(kept), kind, self.side, sound if words.toned else None, words.where)

    def sentence(self, text: str, kind: CueKind) -> Score:
        """Say a sentence of the routine's head."""
        return self.phrase(Words((text,)), kind)

    def wording(self, text: str) -> Wording:
        """Fill a wording's braces for this side; what is said of the other side is its twin."""
        own = self.filled(text, self.side)
        twins: set[str] = set()
        if self.side in LEFT_RIGHT:
            twins = {self._pronounced(self.filled(text, side)) for side in LEFT_RIGHT} - {self._pronounced(own)}
        spoken = self._pronounced(own)
        return Wording(own, tuple(sorted(twins)), "" if spoken == own else spoken)

    def filled(self, text: str, side: Side | None) -> str:
        """Fill the braces of a text, capitalised as the name in them is."""

        def _found(match: re.Match[str]) -> str:
            name = match[1]
            found = self._noun(name.lower(), side)
            return found[:1].upper() + found[1:] if name[0].isupper() else found

        return BLANK.sub(_found, text)

    def chapter(self, title: str, side: Side | None = None) -> Mark:
        """Begin a chapter, named after the exercise and what is done in it."""
        name = self.routine.sheet.title
        return Mark(Moment.CHAPTER, self.word("titled", title=name, part=title) if title else name, side)

    def _noun(self, name: str, side: Side | None) -> str:
        """Return what a name stands for: a noun of this side, of a side named with it, or a value."""
        sides = self.routine.sheet.sides
        if sides is not None:
            which, _, rest = name.partition(" ")
            nouns = {Side.LEFT: sides.left, Side.RIGHT: sides.right}
            if side in nouns and name in nouns[side]:
                return nouns[side][name]
            if which in {"left", "right"} and rest in sides.left:
                return nouns[Side(which)][rest]
        return self._told(self.values[name])

    def _told(self, text: str) -> str:
        """Say a value: a number or a length in words, any other text as it stands."""
        try:
            found = worked_out(text, self.values)
        except ChoiceError:
            return text
        if isinstance(found, Fraction):
            return self.number(int(found)) if found.denominator == 1 else f"{float(found):g}"
        if found.in_breaths:
            return self.word("breaths", number=self.number(found.breaths))
        return self.word("seconds", number=self.number(int(found.rest)))

    def _pronounced(self, text: str) -> str:
        for name, sound in self.routine.sheet.pronounce.items():
            whole_word = rf"(?<!\w){re.escape(name)}(?!\w)"
            text = re.sub(whole_word, sound.replace("\\", r"\\"), text, flags=re.IGNORECASE)
        return text

    def _quantity(self, value: Formula) -> Quantity:
        return worked_out(value.text, self.values)

    def _refused(self, value: Formula, what: str) -> RoutineError:
        first, _, mend = what.partition(": ")
        return RoutineError([Problem(value.where or Where(self.routine.file, 1, 1), first, mend)])


MOST = 10_000
