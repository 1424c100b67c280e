"""A piece: a routine as a listener chose it, with all that a session needs to know of it besides its score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicecoach.core.score import Score
    from voicecoach.language import Language
    from voicecoach.script.pacing import Pacing


@dataclass(frozen=True, slots=True)
class Piece:
    """What the script builder makes of a routine; its file is not needed any more.

    Attributes:
        title: What it is called.
        words: The words of its language, and its own.
        notice: The sentences of its notice.
        score: What should happen.
        pacing: The pace that its author wrote.
        limb: What is stretched on each side: a leg, or a side.
        unheeded: What to tell a listener whose breath changes nothing in some exercise.
        speakable: Its wordings that were looked over and are read out as they should be: as read, and as said.
        breath_sound: Whether its author wants a soft sound with each guided phase.
        hold_tick: Whether its author wants a tick in the last second of each hold.
        sleep: Whether it is to fall asleep to.
        clear: Whether it is for the hard of hearing.
        warnings: How many things `check` would warn of in its file.
        one_sided: Whether a step of its file is for one side alone, or differs by side.
        timed: Whether the score depends on how long the listener's breaths last.
    """

    title: str
    words: Language
    notice: tuple[str, ...]
    score: Score
    pacing: Pacing
    limb: str
    unheeded: tuple[str, ...]
    timed: bool
    speakable: tuple[tuple[str, str], ...] = ()
    warnings: int = 0
    breath_sound: bool = False
    hold_tick: bool = False
    sleep: bool = False
    clear: bool = False
    one_sided: bool = False
