"""The choices of the listener about sound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.audio.formats import MP3, Format
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voicecoach.core.score import Side

LEAST_UNDER = 20.0
"""The least difference between a bed or a breath sound and the speech, in LU: WCAG 2.2, 1.4.7 asks for it."""

MOST_UNDER = 60
"""The greatest: nobody hears a softer one."""

ROOM_TONE = -60.0
"""The level of the room tone, in dBFS."""

MOST_TAKES = 4
"""How many takes of the same words there are, at most."""

SINKING = 12.0
"""The dB by which a session to fall asleep to gets softer."""

USUAL_UNDER = 24.0
"""The default difference between a bed or a breath sound and the speech, in LU."""


@dataclass(frozen=True, slots=True)
class Sounding:
    """The choices of a listener about sound.

    Attributes:
        form: The format of the file.
        bit_rate: Its kb/s; None for the default.
        bed: The background sound: the name of one of our beds, or a file.
        under: How much softer than the speech the bed is, in LU.
        room_tone: Whether silence is filled with a faint noise.
        pan: Whether the track of a side is a little louder on that side.
        breath: Whether a soft sound goes with each guided phase.
        breath_under: How much softer than the speech it is, in LU.
        sleep: Whether all sound sinks through the session, and fades in its last minute.
    """

    form: Format = MP3
    bit_rate: int | None = None
    bed: str | None = None
    under: float = USUAL_UNDER
    room_tone: bool = True
    pan: bool = False
    breath: bool = False
    breath_under: float = USUAL_UNDER
    sleep: bool = False

    @property
    def channels(self) -> int:
        """The number of channels of the file."""
        return 2 if self.bed or self.pan else 1

    def as_json(self) -> dict[str, object]:
        """Return the levels of room tone, bed and breath sound in dBFS, and by how many dB all sinks, for files."""
        room: dict[str, object] = {"room_tone": ROOM_TONE} if self.room_tone else {}
        bed = {"bed": -16.0 - self.under} if self.bed else {}
        breath = {"breath_sound": -16.0 - self.breath_under} if self.breath else {}
        sleep = {"softer": SINKING} if self.sleep else {}
        return {**room, **bed, **breath, **sleep}

    def check(self, sides: Iterable[Side | None]) -> None:
        """Refuse choices that can't be combined, before any work; ``sides`` are those of the tracks.

        Raises:
            ChoiceError: If they can't.
        """
        self.form.bit_rate(self.bit_rate, self.channels)
        if self.pan and not all(sides):
            raise ChoiceError("only a leg's own track can be panned\nadd --tracks sides, or leave --pan out")
        for name, what, under in (("bed", "a bed", self.under), ("breath", "a breath sound", self.breath_under)):
            if under < LEAST_UNDER:
                why = f"{what} {under:g} LU quieter than the speech would make it hard to follow"
                raise ChoiceError(f"{why}\nwrite --{name}-level {LEAST_UNDER:g} or more")
