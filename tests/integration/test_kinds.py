"""The same session with each kind of voice: the same breaths, whoever speaks."""

from __future__ import annotations

import importlib.util
import sys
import wave
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from tests import tinymodel
from tests.spoken import VOICE
from voicecoach.app.request import PlannedSession, Request
from voicecoach.app.session import make, plan
from voicecoach.core.score import Side
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices
from voicecoach.views import prompts

if TYPE_CHECKING:
    from pathlib import Path

ROUTINE = """\
title: Legs
breath: 4-6
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - each side:
      rounds: 1
      steps: [{say: "Stretch your {leg}."}, {breathe: 2, stretch: all, in: In, out: Out}]
closing: Rest.
"""

# Hums for 60 ms a letter, like a voice of 170 words a minute.
HUM = """
import array, math, sys, wave
text, out = sys.argv[1:]
period = [round(8000 * math.sin(2 * math.pi * at / 100)) for at in range(100)]  # 220 Hz
with wave.open(out, "wb") as file:
    file.setparams((1, 2, 22050, 0, "NONE", ""))
    file.writeframes(array.array("h", period * 13 * len(text)).tobytes())
"""


def quiet(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def recorded(folder: Path, routine: str, system: PlannedSession) -> str:
    """Lay the system's own clips into a folder, as somebody's recordings; what was not spoken is left out."""
    folder.mkdir()
    for prompt in prompts.list_prompts(load_routine(routine), Choices()):
        clip = system.clips.get(prompt.said)
        if clip:
            with wave.open(str(folder / prompt.file), "wb") as file:
                file.setparams((1, 2, 48_000, 0, "NONE", ""))
                file.writeframes(clip.pcm)
    return f"recorded:{folder}"


def command(folder: Path) -> dict[str, object]:
    (folder / "hum.py").write_text(HUM, encoding="utf-8")
    return {"hum": {"run": [sys.executable, str(folder / "hum.py"), "{text}", "{out}"]}}


def test_each_kind_of_voice_guides_the_same_breaths(tmp_path: Path, kept: Path) -> None:
    commands, path = command(tmp_path), tmp_path / "legs.yaml"
    path.write_text(ROUTINE, encoding="utf-8")

    def planned(voice: str) -> PlannedSession:
        """Plan a session, and hold the first sounds of its file against its plan."""
        request = Request(str(path), voice=voice, commands=commands)
        make(replace(request, preview=Fraction(20), verify=True), tmp_path / "a.mp3", kept, quiet)
        return plan(request, kept, quiet)

    system = planned(VOICE)
    voices = [recorded(tmp_path / "takes", str(path), system), "command:hum"]
    if importlib.util.find_spec("piper"):
        voices.append(f"piper:{tinymodel.write_model(tmp_path)}")
    expected = system.tracks[0].timeline
    others = [planned(voice).tracks[0].timeline for voice in voices]
    for voice, other in zip(voices, others, strict=True):
        assert [(each.kind, each.end - each.start, each.side, each.breath) for each in other.phases] == [
            (each.kind, each.end - each.start, each.side, each.breath) for each in expected.phases
        ], voice
        assert [other.measure_stretch(side) for side in (Side.LEFT, Side.RIGHT)] == [20, 20]
        assert [chapter.title for chapter in other.chapters] == [chapter.title for chapter in expected.chapters]
    own = others[0].cues
    assert [cue.text for cue in own] == [cue.text for cue in expected.cues]
    assert max(abs(one.start - other.start) for one, other in zip(own, expected.cues, strict=True)) < 1
