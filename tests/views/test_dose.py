"""The note about stretching time: one line, and only if a stretch is short."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from tests.goldens import performed
from voicecoach.core.notation import read_pace
from voicecoach.core.score import Side
from voicecoach.core.timeline import Stretch, Timeline
from voicecoach.script.choices import Choices
from voicecoach.views.dose import ENOUGH, SHORTEST, note_dose

if TYPE_CHECKING:
    from pathlib import Path


def track(*held: tuple[float, Side | None]) -> Timeline:
    spans = tuple(Stretch(Fraction(0), Fraction(seconds), side) for seconds, side in held)
    return Timeline(Fraction(600), stretches=spans)


def test_only_the_sides_that_are_played_are_looked_at() -> None:
    timeline = track((60, Side.LEFT), (48, Side.BOTH))
    assert note_dose([timeline], "side", (Side.LEFT,)) == ""
    assert note_dose([timeline], "side").startswith("the right side is stretched 48 s in total")
    assert note_dose([timeline], "side", (Side.RIGHT,)) == note_dose([timeline], "side")


def test_what_is_advised_needs_no_note() -> None:
    assert note_dose([track((10, Side.LEFT), (50, Side.LEFT), (60, Side.RIGHT))]) == ""
    assert note_dose([track((60, None))]) == ""


def test_a_short_stretch_is_told() -> None:
    note = note_dose([track((9.5, None), (60, None))])
    assert note == "the shortest stretch lasts 9.5 s; the advice is 10 s or more at a time, 60 s a leg: docs/dose.md"


def test_a_leg_with_little_is_told_by_its_side() -> None:
    assert note_dose([track((59, Side.LEFT), (60, Side.RIGHT))]).startswith("the left leg is stretched 59 s in total; ")


def test_tracks_of_the_sides_are_one_session() -> None:
    sides = [track((60, Side.LEFT)), track((60, Side.RIGHT))]
    assert note_dose(sides) == ""
    assert note_dose([track((30, None)), track((30, None))]).startswith("each leg is stretched 30 s in total; ")


def test_a_session_for_one_leg_says_nothing_of_the_other() -> None:
    assert note_dose([track((60, Side.LEFT))]) == ""


@pytest.mark.parametrize("name", ["sitting-leg-stretch", "leg-stretch", "thigh-burner"])
def test_the_built_in_routines_stretch_enough_or_not_at_all(name: str) -> None:
    assert note_dose([performed(name, Choices())]) == ""


def test_quick_breaths_make_little_stretch() -> None:
    assert "each leg is stretched 28 s in total" in note_dose(
        [performed("sitting-leg-stretch", Choices(breath=read_pace("2-2")))]
    )


def test_the_page_it_names_is_there_with_its_figures(request: pytest.FixtureRequest) -> None:
    root: Path = request.config.rootpath
    page = (root / "docs" / "dose.md").read_text(encoding="utf-8")
    assert f"{SHORTEST} s" in page
    assert f"{ENOUGH} s" in page
