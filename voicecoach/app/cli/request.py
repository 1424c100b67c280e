"""From options to the request for a session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from voicecoach.audio.formats import choose_format
from voicecoach.audio.settings import Sounding
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.app.cli.options import (
        ExerciseOptions,
        FileOptions,
        GuidanceOptions,
        SessionOptions,
        SoundOptions,
        VoiceOptions,
        WordOptions,
    )
    from voicecoach.app.request import Request


def make_choices(exercise: ExerciseOptions, words: WordOptions) -> Choices:
    """Return what a listener chooses about the words and breaths of a session."""
    return Choices(
        breath=exercise.breath,
        rounds=exercise.rounds,
        sides=exercise.side,
        first=exercise.first,
        added=frozenset(exercise.added),
        skipped=frozenset(exercise.skipped),
        guidance=words.guidance,
        intro=words.intro,
        listener=words.listener or "",
        settings=dict(exercise.settings),
    )


def make_request(session: SessionOptions, guidance: GuidanceOptions, voice: VoiceOptions) -> Request:
    """Return the request for a session, with the usual sound and files."""
    from voicecoach.app.config import read_commands
    from voicecoach.app.request import Request

    choices = replace(make_choices(session, guidance), lead_in=session.lead_in, chime=guidance.chime)
    choices = replace(choices, sleep=guidance.sleep, clear=guidance.clear)
    return Request(
        session.routine,
        choices,
        voice=voice.voice,
        rate=voice.rate,
        title=session.title,
        preview=session.preview,
        language=guidance.language,
        length=session.length,
        fall=voice.fall,
        variation=voice.variation,
        pitch=voice.pitch,
        breath_sound=guidance.breath_sound,
        hold_tick=guidance.hold_tick,
        commands=read_commands(),
        usual=session.usual,
    )


def make_sounding(sound: SoundOptions, files: FileOptions, path: Path | None) -> Sounding:
    """Return how a session sounds in a file.

    Raises:
        ChoiceError: When the file's name and its format do not go together.
    """
    return Sounding(
        choose_format(files.form.name if files.form else None, path),
        files.bitrate,
        None if sound.bed == "none" else sound.bed,
        float(sound.under),
        sound.room_tone,
        sound.pan,
        breath_under=float(sound.breath_under),
    )
