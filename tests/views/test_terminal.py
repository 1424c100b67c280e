"""The plan on a terminal has the same content as the plain table."""

from __future__ import annotations

import io
from fractions import Fraction

import pytest
from rich.console import Console

from tests.goldens import performed
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, PhaseSpan
from voicecoach.script.choices import Choices
from voicecoach.views import cuesheet
from voicecoach.views.terminal import KINDS, PHASE, PHASES, draw_bar, show


def render(width: int, breath: str) -> str:
    stream = io.StringIO()
    show(performed("sitting-leg-stretch", Choices(breath=read_pace(breath))), Console(file=stream, width=width))
    return stream.getvalue()


def words(text: str) -> list[str]:
    return sorted(text.replace("─", " ").split())


@pytest.mark.parametrize("breath", ["4-6", "2-2"])
def test_it_has_the_same_words_in_it_as_the_plain_table(breath: str) -> None:
    timeline = performed("sitting-leg-stretch", Choices(breath=read_pace(breath)))
    assert words(render(140, breath)) == words("\n".join(cuesheet.write_table(timeline)))


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_it_stays_within_the_terminal(width: int) -> None:
    lines = render(width, "4-6").splitlines()
    assert max(map(len, lines)) <= width
    assert not [line for line in lines if "…" in line]


def test_a_phase_is_shaded_as_far_as_its_words_fill_it() -> None:
    phase = PhaseSpan(Fraction(0), Fraction(4), Kind.INHALE, None, 0)
    cue = Cue(Fraction(0), Fraction(2), CueKind.BREATH, "In")
    drawn = draw_bar(cuesheet.Line(cue, phase))
    assert drawn.plain == "inhale    4 s  50%"
    assert [(span.start, span.end) for span in drawn.spans] == [(0, PHASE // 2)]
    assert draw_bar(cuesheet.Line(cue)).plain == ""


def test_every_kind_of_cue_and_phase_has_its_style() -> None:
    assert set(KINDS) == {kind.value for kind in CueKind}
    assert set(PHASES) == {*(kind.value for kind in Kind), "move"}
