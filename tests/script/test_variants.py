"""What the notes of the built-in routines propose, as `--set hold=2`, is possible and does what it is proposed for."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.goldens import performed
from voicecoach.core.score import Side
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices

OPTIONS = re.compile(r"`((?:--(?:set|skip|rounds) [^`]+))`")


def list_proposed() -> list[tuple[str, str, str]]:
    """Return the built-ins with the options that their notes propose, and the word before them, as "Easier"."""
    proposed = []
    for name in list_built_in():
        word = ""
        for part in re.split(
            r"(Easier|Harder|Shorter|Longer|left out|leaves out)", load_routine(name).model.notes or ""
        ):
            proposed += [(name, options, word) for options in OPTIONS.findall(part)]
            word = part
    return proposed


def read_choices(options: str) -> Choices:
    written = shlex.split(options)
    pairs = list(zip(written[::2], written[1::2], strict=True))
    rounds = [int(value) for option, value in pairs if option == "--rounds"]
    return Choices(
        settings=dict(value.split("=") for option, value in pairs if option == "--set"),
        skipped=frozenset(value for option, value in pairs if option == "--skip"),
        rounds=rounds[0] if rounds else None,
    )


@pytest.mark.parametrize(("name", "options", "word"), list_proposed())
def test_what_notes_propose_is_possible(name: str, options: str, word: str) -> None:
    own, other = performed(name, Choices()), performed(name, read_choices(options))
    assert other.duration != own.duration
    if word in {"Easier", "Shorter", "left out", "leaves out"}:
        assert other.duration < own.duration
        assert other.measure_stretch(Side.LEFT) <= own.measure_stretch(Side.LEFT)
    if word in {"Harder", "Longer"}:
        assert other.duration > own.duration
        assert other.measure_stretch(Side.LEFT) >= own.measure_stretch(Side.LEFT)
