"""Warnings about a performed session: phases that words or tones fill, and chapters without a readable name."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.errors import Problem, Where, quote
from voicecoach.views.cuesheet import name_phase, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.timeline import Timeline
    from voicecoach.views.cuesheet import Line

FULL = 3 / 4
"""The largest fraction of a phase that its shortest wording can fill without a warning."""
NEAR = Fraction(24, 1000)
"""Seconds by which rounding can part words from the start of their phase."""


def lint_session(timeline: Timeline, file: str) -> Iterator[Problem]:
    """Yield warnings about a session: phases that words or tones fill, and chapters without a readable name."""
    found: dict[Where | None, Problem] = {}
    for chapter, lines in split_lines(timeline):
        if not any(map(str.isalnum, chapter.part or chapter.title)):
            what = f"the chapter {quote(chapter.title)} has no readable name"
            found[None] = Problem(Where(file, 1, 1), what, "write letters or digits in the title, and under 'words'")
        for line in lines:
            if _is_full(line):
                found.setdefault(line.cue.where, _describe_full(line))
            elif _runs_on(line):
                found.setdefault(line.cue.where, _describe_long_tone(line))
    yield from found.values()


def _is_full(line: Line) -> bool:
    """Return whether the shortest wording of a phrase fills too much of its phase."""
    last = line.cue.wording == line.cue.wordings - 1
    onset = line.phase is not None and line.cue.start - line.phase.start < NEAR  # later words have other room
    return line.cue.where is not None and line.cue.track == "voice" and last and onset and line.fill > FULL


def _runs_on(line: Line) -> bool:
    """Return whether a tone is longer than its phase."""
    return line.cue.where is not None and line.cue.track == "tone" and line.fill > 1


def _describe_long_tone(line: Line) -> Problem:
    assert line.phase is not None  # noqa: S101 - a line with a fill has a phase
    assert line.cue.where is not None  # noqa: S101 - _runs_on checks this
    lasts, seconds = float(line.cue.end - line.cue.start), float(line.phase.end - line.phase.start)
    phase = f"{name_phase(line.phase)} of {seconds:g} s"
    what = f"the tone of {lasts:.2f} s is longer than the {phase}, and runs into the next"
    return Problem(line.cue.where, what, f"give the phase {lasts + 0.05:.1f} s, or leave the tone out")


def _describe_full(line: Line) -> Problem:
    assert line.phase is not None  # noqa: S101 - a line with a fill has a phase
    assert line.cue.where is not None  # noqa: S101 - _is_full checks this
    seconds = float(line.phase.end - line.phase.start)
    phase = f"{name_phase(line.phase)} of {seconds:g} s"
    what = f"{quote(line.cue.text)} leaves little air: it fills {line.fill:.0%} of the {phase}"
    return Problem(line.cue.where, what, "add a shorter wording after '|'")
