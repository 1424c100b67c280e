"""What is said of an author's words: those of this round, and those for listeners who ask for too much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind, Pause, seq
from voicecoach.routine.phase_steps import ByCount
from voicecoach.routine.values import Words
from voicecoach.script.context import SENTENCE_GAP

if TYPE_CHECKING:
    from voicecoach.core.score import Score
    from voicecoach.routine.phase_steps import ByRound
    from voicecoach.script.context import Context


def choose_words(words: Words | ByRound, part: Context) -> Words:
    """Return the words of this round: those of the first round, or those of all later ones."""
    if isinstance(words, Words):
        return words
    return words.again if part.again else words.first


def choose_counted(words: Words | ByRound | ByCount, count: int, part: Context) -> Words:
    """Return the words of a rest of so many breaths; 0 stands for a rest in seconds."""
    if isinstance(words, ByCount):
        return words.one if count == 1 else words.more
    return choose_words(words, part)


def write_past(words: Words, part: Context) -> Score:
    """Write what the author says to listeners who ask for more than is good."""
    return seq(part.phrase(words, CueKind.NOTICE), Pause(SENTENCE_GAP))
