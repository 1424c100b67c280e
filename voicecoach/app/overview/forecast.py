"""What a session will be, before its words are spoken: its length is a guess."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.app.speaker import SYSTEM
from voicecoach.audio.formats import GRID
from voicecoach.core.perform import perform
from voicecoach.core.score import Sound
from voicecoach.errors import VoicecoachError
from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voicecoach.app.progress import Heading
    from voicecoach.app.request import Request
    from voicecoach.app.speaker import Speaker
    from voicecoach.script.piece import Piece


def announce(tell: Callable[[Heading], None], request: Request, piece: Piece, voice: Speaker, folder: Path) -> None:
    """Show on a terminal what the session will be, before its words are spoken: its length is a guess."""
    from voicecoach.app.progress import Heading

    pace, seconds, breathed = piece.pacing.choose(request.choices.breath), request.length, True
    letter = Fraction(12, request.rate) if request.rate else GUESSED_LETTER
    with suppress(VoicecoachError):  # problems are reported when they are certain
        guessed = perform(piece.score, lambda said: guess(said, letter), pace, grid=GRID)
        pace = piece.pacing.find_main(request.choices.breath, guessed)
        guessed = guessed.preview(request.preview) if request.preview else guessed
        seconds, breathed = seconds or guessed.duration, bool(guessed.phases)
    exact, name = request.length is not None, voice.find_name(folder)
    advice = introduce(voice, name, piece.words.code) if request.voice is None and voice.kind else ""
    heading = Heading(request.title or piece.title, name, pace if breathed else None, seconds, exact)
    tell(replace(heading, voice="", advice=advice) if advice else heading)


def introduce(voice: Speaker, name: str, code: str) -> str:
    """Say which voice was chosen for a language, and how to choose another, on one line.

    If it is the system's and we know a better one, say how to get that, or why it can't speak here.
    """
    from voicecoach.voices.packages import NO_WHEELS, has_wheels
    from voicecoach.voices.recommended import describe_languages, find_recommended

    run = folders.name_program()
    if voice.kind != SYSTEM:
        spoken = describe_languages(voice.languages)
        named = f"{name} ({voice.kind})" + (f", {spoken}" if spoken else "")
        return f"Voice: {named}; choose another with --voice, hear them with '{run} voices try'"
    if find_recommended(code) is None:
        return f"Voice: {name} ({voice.kind}); choose another with --voice, '{run} voices' lists them"
    advice = f"for a natural one, '{run} voices get {code}'" if has_wheels() else NO_WHEELS
    return f"Voice: {name} ({voice.kind}); {advice}"


GUESSED_LETTER, GUESSED_SOUND = Fraction(1, 10), Fraction(4)
"""Seconds that a letter takes at the usual rate, 120 words a minute, and a sound."""


def guess(said: str | Sound, letter: Fraction = GUESSED_LETTER) -> Fraction:
    """Return how long something lasts, more or less, if each ``letter`` of it takes so many seconds."""
    return GUESSED_SOUND if isinstance(said, Sound) else len(said) * letter
