"""What the listener chooses about the sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.audio.formats import MP3, Format
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voicecoach.core.score import Side

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
            ChoiceError: If they don't.
        """
        self.form.bit_rate(self.bit_rate, self.channels)
        if self.pan and not all(sides):
            raise ChoiceError("only a leg's own track can be panned\nadd --tracks sides, or leave --pan out")
        if self.under < LEAST_UNDER:
            what = f"a bed {self.under:g} LU under the speech makes it hard to follow"
            raise ChoiceError(f"{what}\nwrite --bed-level {LEAST_UNDER:g} or more")
