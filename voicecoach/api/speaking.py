"""Single phrases, spoken as the session of a routine says them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.api.arguments import read_text
from voicecoach.core.score import list_phrases
from voicecoach.errors import ChoiceError
from voicecoach.routine.source import CONTROL
from voicecoach.routine.text_normalisation import read_aloud

if TYPE_CHECKING:
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.piece import Piece

LONGEST = 10_000
"""Characters of a text, as in a routine."""


def find_spoken(text: str, piece: Piece, routine: LoadedRoutine) -> str:
    """Return the spoken form of a text: that of the phrase with these words, or as the routine would read it.

    Raises:
        ChoiceError: If it is empty or too long, or has characters without a sound.
    """
    words = " ".join(read_text("text", text).split())
    if not words:
        raise ChoiceError("text: it is empty\nwrite some words")
    if len(words) > LONGEST:
        raise ChoiceError(f"text: it has {len(words):,} characters\nwrite at most {LONGEST:,}")
    if CONTROL.search(words):
        raise ChoiceError("text: it has control characters in it\ntake them out")
    wordings = (wording for phrase in list_phrases(piece.score) for wording in phrase.wordings)
    known = next((wording.said for wording in wordings if wording.text == words), None)
    return known or read_aloud(words, piece.words, tuple(routine.model.pronounce.items()))
