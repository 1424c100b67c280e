"""Samples of voices: the first words of a routine in a short file."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from voicecoach.app import speaker
from voicecoach.app.naming import drop_folders
from voicecoach.app.rehearsal import rehearse
from voicecoach.app.targets import list_targets
from voicecoach.audio import formats
from voicecoach.audio.id3 import Tags
from voicecoach.audio.render import TrackPlan, prepare
from voicecoach.audio.settings import Sounding
from voicecoach.audio.writer import write_files
from voicecoach.core.breath import Span
from voicecoach.core.score import CueKind, Pause, Phrase, list_phrases, seq
from voicecoach.routine.library import find_routine, list_translations
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices
from voicecoach.system import cache
from voicecoach.views.exchange import to_json
from voicecoach.voices import matching

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voicecoach.app.request import Report, Request
    from voicecoach.app.speaker import Speaker
    from voicecoach.audio.clip import Clip
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Timeline

ROUTINE = "sitting-leg-stretch"
"""The routine that is read by default; it has several translations."""

LEAST = 90
"""The fewest characters of a sample, if its routine has as many: about ten seconds, to the end of a sentence."""

MORE = "install more with the system's speech settings, or with 'voicecoach voices get NAME'"

PAUSE = Pause(Span(rest=Fraction(7, 10)))
"""The silence before, between and after the words of a sample."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample that was written: its file, its words, its length in seconds, the voice, and the routine's title."""

    path: Path
    language: str
    words: tuple[str, ...]
    seconds: float
    warnings: tuple[str, ...] = ()
    voice: str = ""
    title: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the public form."""
        said = {"path": str(self.path), "language": self.language, "words": [*self.words]}
        return {**said, "seconds": round(self.seconds, 3)}


@cache.enforce_limit()
def make_sample(request: Request, output: Path | None, folder: Path, report: Report) -> Sample:
    """Write a file with the first words of a routine, in a translation if the voice speaks only that language.

    Raises:
        ChoiceError: When there is no voice or routine of this name.
        VoiceError: When the voice fails.
        OutputError: When the file can't be written.
    """
    name = f"{re.sub(r'[^A-Za-z0-9+._-]+', '-', request.voice or 'voice').strip('-.')[:80] or 'voice'}-preview"
    (path,) = list_targets(output, name, [None], formats.choose_format(None, output), split=False)
    return record(request, choose_words, path, folder, report)


def record(
    request: Request, write: Callable[[LoadedRoutine], Score], path: Path, folder: Path, report: Report
) -> Sample:
    """Write a file with the score that ``write`` makes of a routine, and the timeline for verifying it.

    Raises:
        ChoiceError: As ``sample``.
        VoiceError: As ``sample``.
        EncodeError: When ffmpeg fails.
        OutputError: As ``sample``.
    """
    routine, found = _choose_routine(request, folder)

    def rehearse_with(voice: Speaker) -> tuple[Timeline, dict[str, Clip], Speaker]:
        clips: dict[str, Clip] = {}
        pace = choose_pace(routine, Choices())
        return rehearse(write(routine), pace, voice.voice, clips, report), clips, voice

    timeline, clips, spoken = speaker.speak_with(found, routine.words.word("calibration"), rehearse_with)
    code, named = routine.model.language, drop_folders(request.voice or spoken.id)
    title = f"{named}: {routine.model.title}"
    sounding = Sounding(formats.choose_format(None, path))
    plan = to_json(timeline, title=title, language=code, voice=named)
    carried = {**plan, "sound": sounding.as_json()}
    texts = tuple(cue.text for cue in timeline.cues)
    tags = Tags(title, "voicecoach", 1, 1, code, "", "\n".join(texts), (), carried)
    part = TrackPlan(timeline, None, path, tags)
    (written,) = write_files(prepare([part], lambda cue: clips[cue.said], sounding, folder, report).recordings)
    return Sample(
        path, code, texts, float(written.seconds), tuple(spoken.voice.problems), spoken.id, routine.model.title
    )


def choose_words(routine: LoadedRoutine) -> Score:
    """Return the first phrases of a routine after its notice, in their longest wordings, enough for a sample."""
    found: dict[str, Phrase] = {}
    for phrase in list_phrases(build(routine, Choices())):
        if phrase.kind is not CueKind.NOTICE:
            found[phrase.wordings[0].said] = replace(phrase, wordings=phrase.wordings[:1])
        if sum(map(len, found)) >= LEAST:
            break
    return seq(PAUSE, *(part for phrase in found.values() for part in (phrase, PAUSE)))


def _choose_routine(request: Request, folder: Path) -> tuple[LoadedRoutine, Speaker]:
    """Return the routine that is read, in a language that the voice speaks if there is one, and the voice."""
    routine = load_routine(request.routine, request.language)
    found = speaker.find_speaker(request, routine.words, folder)
    if (
        request.language is None
        and found.languages
        and not matching.speaks_language(found.languages, routine.model.language)
    ):
        there = [
            code
            for code in list_translations(find_routine(request.routine))
            if matching.speaks_language(found.languages, code)
        ]
        if there:
            routine = load_routine(request.routine, there[0])
            found = speaker.find_speaker(request, routine.words, folder)
    return routine, found
