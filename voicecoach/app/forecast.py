"""What a session will be, before its words are spoken: its length is a guess."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.app.speaker import SYSTEM, voice_settings
from voicecoach.audio.formats import GRID
from voicecoach.core.perform import perform
from voicecoach.core.score import Sound
from voicecoach.errors import VoicecoachError
from voicecoach.system import folders
from voicecoach.voices.finding import list_others

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from voicecoach.app.progress import Heading
    from voicecoach.app.request import Request
    from voicecoach.app.speaker import Speaker
    from voicecoach.script.piece import Piece
    from voicecoach.voices.port import VoiceInfo


def announce(tell: Callable[[Heading], None], request: Request, piece: Piece, voice: Speaker, folder: Path) -> None:
    """Show on a terminal what the session will be, before its words are spoken: its length is a guess."""
    from voicecoach.app.progress import Heading

    pace, seconds, breathed = piece.pacing.choose(request.choices.breath), request.length, True
    letter = Fraction(12, request.rate) if request.rate else GUESSED_LETTER
    with suppress(VoicecoachError):  # problems are reported when they are certain
        guessed = perform(piece.score, lambda said: _guess(said, letter), pace, grid=GRID)
        pace = piece.pacing.find_main(request.choices.breath, guessed)
        guessed = guessed.preview(request.preview) if request.preview else guessed
        seconds, breathed = seconds or guessed.duration, bool(guessed.phases)
    exact, name = request.length is not None, voice.find_name(folder)
    advice = ""
    if request.voice is None and voice.kind:
        advice = introduce(voice, name, piece.words.code, list_others(voice_settings(request, piece.words, folder)))
    heading = Heading(request.title or piece.title, name, pace if breathed else None, seconds, exact)
    tell(replace(heading, voice="", advice=advice) if advice else heading)


def introduce(voice: Speaker, name: str, code: str, listed: Iterable[VoiceInfo] = ()) -> str:
    """Say which voice was chosen for a language, and how to choose another, on one line.

    If it is the system's and we know a better one, say how to get that, or why it does not speak, as its kind
    ``listed`` it.
    """
    from voicecoach.voices.recommended import describe_languages, find_recommended

    run = folders.name_program()
    better = find_recommended(code) if voice.kind == SYSTEM else None
    if better is None:
        spoken = describe_languages(voice.languages)
        named = f"{name} ({voice.kind})" + (f", {spoken}" if spoken and voice.kind != SYSTEM else "")
        return f"Voice: {named}; choose another with --voice, hear them with '{run} voices try'"
    reason = next((each.hint for each in listed if each.id == better.id and not each.ready and each.hint), "")
    remedy = f"{better.id}: {reason}" if reason else f"'{run} voices get {code}'"
    return f"Voice: {name} ({voice.kind}); for a natural one, {remedy}"


def _guess(said: str | Sound, letter: Fraction) -> Fraction:
    """Return how long something lasts, more or less, if each ``letter`` of it takes so many seconds."""
    return GUESSED_SOUND if isinstance(said, Sound) else len(said) * letter


GUESSED_LETTER, GUESSED_SOUND = Fraction(1, 10), Fraction(4)
"""Seconds that a letter takes at the usual rate, 120 words a minute, and a sound."""
