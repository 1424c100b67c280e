"""What is counted while a script is written: breaths, steps, and how far rounds, rests and breaths can be bent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from voicecoach.core.score import Side, Wording
    from voicecoach.errors import Problem, Where
    from voicecoach.script.choices import Spread

MOST_STEPS = 100_000


@dataclass(slots=True)
class BreathCount:
    """Counts the breaths of a pace as they are written; the turns of a round go back to the same ones.

    Attributes:
        taken: How many are taken before this place.
        last: The breath that was taken last, from 0.
        total: How many the whole part has, if that is known; on a ramp, each is longer or shorter for it.
        most: How many the whole part has so far.
        counted: Whether some of them were counted by their length.
        cautious: Whether each is counted as if it was the shortest, so that they last long enough in any case.
    """

    taken: int = 0
    last: int = 0
    total: int | None = None
    most: int = 0
    counted: bool = False
    cautious: bool = False

    def take(self) -> int:
        """Take one more breath, and return which it is, from 0."""
        self.last = self.taken
        self.taken += 1
        self.most = max(self.most, self.taken)
        return self.last

    def go(self, taken: int, last: int | None = None) -> None:
        """Go to the breath after ``taken`` others; the one taken ``last`` is that before it, if nothing is given."""
        self.taken, self.last = taken, max(0, taken - 1) if last is None else last


@dataclass(slots=True)
class Tally:
    """Counts all that a session comes to, so that what multiplies without end is refused while it is small.

    Attributes:
        taken: How much it is so far.
        chapter: The chapter that it has come to: what it is called, and its side.
        behind: What was written last: an exercise that has ended, or something else; empty if there is nothing yet.
        begun: The files of the exercises that were begun so far.
        told: The benefits and tips that were said.
        names: What can be skipped, by its names in lower case; None if that is not asked for.
        problems: What can't be worked out, one for each place; None if the first problem is raised at once.
        timed: Whether anything in it depends on how long the listener's breaths last.
        heeding: The names of the exercises that use the lengths of the listener's breath.
        paces: The breaths of each part with a pace of its own, in order.
        totals: How many each of them has, as far as that is known; None if that can't be settled.
        tagged: Whether only the marks of what the body needs and is brought to are written.
        said: Whether these marks have the words that go with them, which take time to find.
        most: How much it may be, if that is less than for any session.
        spent: Characters that were read aloud or worked out so far, with `EACH` for each text.
        most_spent: How many there may be; 0 for any number.
        plain: The wordings without braces so far, by the routine that they are in (its ``id``), and their text.
    """

    taken: int = 0
    chapter: tuple[tuple[str, ...], Side | None] = ((), None)
    behind: Literal["", "exercise", "other"] = ""
    begun: set[str] = field(default_factory=set)
    told: set[str] = field(default_factory=set)
    names: dict[str, str] | None = None
    problems: dict[Where, Problem] | None = None
    timed: bool = False
    heeding: set[str] = field(default_factory=set)
    most: int = 0
    spent: int = 0
    most_spent: int = 0
    paces: list[BreathCount] = field(default_factory=list)
    totals: tuple[int, ...] | None = ()
    tagged: bool = False
    said: bool = False
    plain: dict[tuple[int, str], Wording] = field(default_factory=dict)

    @property
    def limit(self) -> int:
        """How much a session may be."""
        return self.most or MOST_STEPS

    def begin(self) -> BreathCount:
        """Begin to count the breaths of a part with a pace of its own."""
        known = (self.totals or ())[len(self.paces) :]
        self.paces.append(BreathCount(total=known[0] if known else None, cautious=self.totals is None))
        return self.paces[-1]


@dataclass(slots=True)
class Freedom:
    """Counts the places where a session can have more or less, and how far they go.

    Attributes:
        next: The number of the next place.
        count: How many there are so far.
        least: How many fewer (a number below 0) a place can have, at most.
        most: How many more a place can have, at most.
        bent: How many more, or fewer, they have in all.
    """

    next: int = 0
    count: int = 0
    least: int = 0
    most: int = 0
    bent: int = 0

    def bend(self, spread: Spread, own: int, least: int, most: int) -> int:
        """Return how many a place has: its own and what is spread, within its bounds."""
        given = min(max(own + spread.at(self.next), least), most)
        self.go(self.next + 1)
        self.note_reach(least - own, most - own)
        self.bent += given - own
        return given

    def go(self, place: int) -> None:
        """Go on from a place."""
        self.next, self.count = place, max(self.count, place)

    def note_reach(self, least: int, most: int) -> None:
        """Note how far a place goes."""
        self.least, self.most = min(self.least, least), max(self.most, most)


@dataclass(slots=True)
class Freedoms:
    """What the author of a session leaves to be chosen: rounds, rests, guided breaths and moves.

    Attributes:
        rounds: How far the rounds go.
        played: The rounds that each of these blocks has.
        rests: The rests that can be bent, in breaths.
        breaths: The guided breaths and moves that can be more or fewer; the sides of a round share their places.
        guided: What they are: guided breaths, moves, or both.
    """

    rounds: Freedom = field(default_factory=Freedom)
    played: list[int] = field(default_factory=list)
    rests: Freedom = field(default_factory=Freedom)
    breaths: Freedom = field(default_factory=Freedom)
    guided: set[str] = field(default_factory=set)

    @property
    def place(self) -> tuple[int, int]:
        """The next rest and the next guided breaths."""
        return self.rests.next, self.breaths.next

    def go(self, place: tuple[int, int]) -> None:
        """Go on from a place that is known already."""
        self.rests.go(place[0])
        self.breaths.go(place[1])

    def go_on(self) -> None:
        """Go on from the first place that was not known before."""
        self.go((self.rests.count, self.breaths.count))
