"""What a session will be, before its words are spoken: its length is a guess."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.audio.formats import GRID
from voicecoach.core.perform import perform
from voicecoach.core.score import Sound
from voicecoach.errors import VoicecoachError

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.app.progress import Heading
    from voicecoach.app.request import Request
    from voicecoach.script.piece import Piece


def announce(tell: Callable[[Heading], None], request: Request, piece: Piece, voice: str) -> None:
    """Show on a terminal what the session will be, before its words are spoken: its length is a guess."""
    from voicecoach.app.progress import Heading

    pace, seconds, breathed = piece.pacing.choose(request.choices.breath), request.length, True
    letter = Fraction(12, request.rate) if request.rate else GUESSED_LETTER
    with suppress(VoicecoachError):  # problems are reported when they are certain
        guessed = perform(piece.score, lambda said: _guess(said, letter), pace, grid=GRID)
        pace = piece.pacing.find_main(request.choices.breath, guessed)
        guessed = guessed.preview(request.preview) if request.preview else guessed
        seconds, breathed = seconds or guessed.duration, bool(guessed.phases)
    exact = request.length is not None
    tell(Heading(request.title or piece.title, voice, pace if breathed else None, seconds, exact))


def _guess(said: str | Sound, letter: Fraction) -> Fraction:
    """Return how long something lasts, more or less, if each ``letter`` of it takes so many seconds."""
    return GUESSED_SOUND if isinstance(said, Sound) else len(said) * letter


GUESSED_LETTER, GUESSED_SOUND = Fraction(1, 10), Fraction(4)
"""Seconds that a letter takes at the usual rate, 120 words a minute, and a sound."""
