"""What the listener chooses about a session."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.audio.formats import MP3, Format
from voicecoach.core.score import CueKind, Side
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from voicecoach.core.breath import Pace

LEFT_RIGHT = (Side.LEFT, Side.RIGHT)


class Guidance(StrEnum):
    """How much is said: everything, less after the first round, breath words only, or tones in their place."""

    FULL = "full"
    BRIEF = "brief"
    CUES = "cues"
    TONES = "tones"


SPOKEN = {
    Guidance.FULL: frozenset(CueKind),
    Guidance.BRIEF: frozenset(CueKind),
    Guidance.CUES: frozenset({CueKind.NOTICE, CueKind.CHANGE, CueKind.BREATH, CueKind.COUNT}),
    Guidance.TONES: frozenset({CueKind.NOTICE, CueKind.CHANGE}),
}
"""What is spoken at each level; the notice and the changes of side always are."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Breaths more (or, negative, fewer) at each of several places, as even as whole breaths can be.

    Attributes:
        each: Breaths more at each place.
        spared: The first so many places have one breath less than that.
    """

    each: int = 0
    spared: int = 0

    def at(self, place: int) -> int:
        """How many breaths more a place has; places count from 0."""
        return self.each - (place < self.spared)


def spread(breaths: int, places: int) -> Spread:
    """Spread breaths over places; those that come later have more.

    >>> [spread(4, 3).at(place) for place in range(3)], [spread(-1, 3).at(place) for place in range(3)]
    ([1, 1, 2], [-1, 0, 0])
    """
    each = -(-breaths // places)
    return Spread(each, each * places - breaths)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much of a session there is, where its author leaves room for it.

    Attributes:
        rounds: Rounds more or fewer in each block whose rounds can be chosen, within its ``min`` and ``max``.
        rests: Breaths more or fewer in the rests, within their ``min`` and ``max``.
        breaths: Breaths more or fewer in the guided breaths, within their ``min`` and ``max``.
        closing: Seconds of rest before the closing words.
    """

    rounds: int = 0
    rests: Spread = Spread()
    breaths: Spread = Spread()
    closing: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Choices:
    """What the listener chooses.

    Attributes:
        breath: The listener's pace; None for the author's.
        rounds: Rounds of each side's block, or else of the outermost repeats; None for the author's.
        sides: The sides that are played; one alone is that side's track, without changes of side.
        first: The side that begins; None for the author's.
        added: Optional exercises that are played, or ``all``.
        skipped: Exercises and named steps that are left out.
        lead_in: Seconds before the first word.
        guidance: How much is said.
        settings: Values of the routine's parameters.
        amount: How much of it, where its author leaves room.
        chime: The set of chimes that is heard; empty for none, None for a chime at the end alone.
    """

    breath: Pace | None = None
    rounds: int | None = None
    sides: tuple[Side, ...] = LEFT_RIGHT
    first: Side | None = None
    added: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    lead_in: Fraction = Fraction(3)
    guidance: Guidance = Guidance.FULL
    settings: Mapping[str, str] = field(default_factory=dict)
    amount: Amount = field(default_factory=Amount)
    chime: str | None = None


LEAST_UNDER = 20.0
"""How many LU a bed is under the speech, at least: so much does WCAG 2.2, 1.4.7 ask for."""

ROOM_TONE = -60.0
"""The level of the room tone, in dBFS."""

USUAL_UNDER = 24.0
"""How many LU a bed is under the speech if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """What a listener chooses about the sound.

    Attributes:
        form: The kind of file.
        bit_rate: Its kb/s; None for the usual.
        bed: What lies under the session: the name of a bed of ours, or a file.
        under: How many LU the bed is under the speech.
        room_tone: Whether silence is filled with a faint noise.
        pan: Whether a leg's own track is a little towards its side.
    """

    form: Format = MP3
    bit_rate: int | None = None
    bed: str | None = None
    under: float = USUAL_UNDER
    room_tone: bool = True
    pan: bool = False

    @property
    def channels(self) -> int:
        """How many channels a file has."""
        return 2 if self.bed or self.pan else 1

    def as_json(self) -> dict[str, object]:
        """Return what a file tells of its sound: levels in dBFS of what is heard when nobody speaks."""
        room: dict[str, object] = {"room_tone": ROOM_TONE} if self.room_tone else {}
        return {**room, "bed": -16.0 - self.under} if self.bed else room

    def check(self, sides: Iterable[Side | None]) -> None:
        """Refuse choices that do not go together, before any work; ``sides`` are those of the tracks.

        Raises:
            ChoiceError: When they don't.
        """
        self.form.bit_rate(self.bit_rate, self.channels)
        if self.pan and not all(sides):
            raise ChoiceError("only a leg's own track can be panned\nadd --tracks sides, or leave --pan out")
        if self.under < LEAST_UNDER:
            what = f"a bed {self.under:g} LU under the speech makes it hard to follow"
            raise ChoiceError(f"{what}\nwrite --bed-level {LEAST_UNDER:g} or more")
