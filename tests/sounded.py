"""Short sessions of tones, written as real files."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from tests.fakes import FakeVoice
from tests.tagged import TAGS
from voicecoach.app.rehearsal import rehearse
from voicecoach.audio.render import TrackPlan, prepare
from voicecoach.audio.settings import Sounding
from voicecoach.audio.writer import Recording, write_files
from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.score import Pause, Score, Seq, breathe, phrase, seq
from voicecoach.views.exchange import to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voicecoach.audio.clip import Clip
    from voicecoach.audio.loudness import Loudness
    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.voices.port import Voice

CALM = read_breath("2-3")


def still(seconds: int) -> Score:
    return Pause(Span(rest=Fraction(seconds)))


def breaths(count: int) -> Score:
    return Seq(tuple(breathe({Kind.INHALE: phrase("In"), Kind.EXHALE: phrase("And out")}) for _ in range(count)))


WORDS = seq(still(1), phrase("Sit down on the floor"), still(1), breaths(2), still(1), phrase("Rest"), still(1))


class Spoken:
    """A session of tones: its timeline, and the clip of each text."""

    def __init__(self, score: Score = WORDS, voice: Voice | None = None) -> None:
        self.clips: dict[str, Clip] = {}
        self.timeline: Timeline = rehearse(score, CALM, voice or FakeVoice(), self.clips, lambda *_: None)

    def clip(self, cue: Cue) -> Clip:
        return self.clips[cue.said]

    def plan(self, sounding: Sounding) -> dict[str, Any]:
        """The timeline that its file carries."""
        shown = to_json(self.timeline, title=TAGS.title, language="en", voice="tones")
        return {**shown, "sound": sounding.as_json()}

    def recording(
        self, path: Path, sounding: Sounding, folder: Path, clip: Callable[[Cue], Clip] | None = None
    ) -> tuple[Recording, Loudness | None]:
        """What will write it, and how loud it is thought to be; if its clips are others, it does not tell of that."""
        chapters = tuple(each for each in TAGS.chapters if each.end <= self.timeline.duration)
        part = TrackPlan(self.timeline, None, path, replace(TAGS, chapters=chapters, timeline=self.plan(sounding)))
        ready = prepare([part], self.clip, sounding, folder, lambda *_: None)
        (recording,) = ready.recordings
        if clip:
            (other,) = prepare([part], clip, sounding, folder, lambda *_: None).recordings
            recording = replace(other, tags=recording.tags)
        return recording, ready.loudness[0]

    def write(
        self, path: Path, sounding: Sounding | None = None, clip: Callable[[Cue], Clip] | None = None
    ) -> Loudness | None:
        """Write it, as a file of the kind that is asked for, and return how loud it is thought to be."""
        recording, loud = self.recording(path, sounding or Sounding(), path.parent / "kept", clip)
        write_files([recording])
        return loud
