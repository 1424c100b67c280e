"""Chimes: where they ring, and that they leave both sides as long as each other."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_one_of_each
from tests.fakes import FRAME, measure, perform
from voicecoach.core.score import CueKind, Side, Sound
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from voicecoach.core.timeline import Cue, Timeline


def heard(text: str | Sound) -> Fraction:
    return Fraction(2) if isinstance(text, Sound) else measure(text)


def performed(name: str, choices: Choices) -> Timeline:
    routine = load_routine(name)
    return perform(build(routine, choices), heard, choose_pace(routine, choices))


def bells(timeline: Timeline) -> list[Cue]:
    return [cue for cue in timeline.cues if cue.kind is CueKind.CHIME]


@pytest.mark.parametrize(("chime", "ends"), [(None, ["chime-end"]), ("", []), ("soft", ["soft-end"])])
def test_a_session_ends_with_its_chime(chime: str | None, ends: list[str]) -> None:
    found = bells(performed("box-breathing", Choices(chime=chime)))
    assert [cue.text for cue in found if "end" in cue.text] == ends
    assert found == [] or found[-1].text in ends


@pytest.mark.many
def test_bells_ring_at_the_start_at_each_change_and_at_each_chapter_without_a_side() -> None:
    timeline = performed("leg-stretch", Choices(chime="bell"))
    found = bells(timeline)
    changes = [cue for cue in timeline.cues if cue.kind is CueKind.CHANGE]
    assert (found[0].text, float(found[0].start)) == ("bell-start", 0.0)
    before = [cue.start for cue in found if cue.text == "bell-change"]
    assert len(before) == len(changes)
    assert all(abs(word.start - at - Fraction("1.5")) <= FRAME for at, word in zip(before, changes, strict=True))
    named = {chapter.start for chapter in timeline.chapters[1:-1] if chapter.side is None}
    assert {cue.start for cue in found if cue.text == "bell-chapter"} == named
    assert found[-1].text == "bell-end"


def test_a_bell_has_a_moment_to_itself() -> None:
    timeline = performed("sitting-leg-stretch", Choices(chime="bell"))
    words = [cue.start for cue in timeline.cues if cue.track == "voice"]
    for bell in bells(timeline)[1:-1]:
        assert min(at - bell.start for at in words if at >= bell.start) >= Fraction("1.488")


@pytest.mark.many
@pytest.mark.parametrize(
    ("name", "chime"), choose_one_of_each([name for name in list_built_in() if "stretch" in name], ["soft", "bell"])
)
def test_the_tracks_of_both_sides_stay_equally_long(name: str, chime: str) -> None:
    choices = Choices(chime=chime)
    left, right = (performed(name, replace(choices, sides=(side,))) for side in (Side.LEFT, Side.RIGHT))
    assert left.duration == right.duration
    assert left.measure_stretch(Side.LEFT) == right.measure_stretch(Side.RIGHT)
