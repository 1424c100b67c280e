"""What the notes of the built-in routines propose, as `--set hold=2`, is possible and does what it is proposed for."""

from __future__ import annotations

import re
import shlex
from itertools import pairwise

import pytest

from tests.goldens import performed
from voicecoach.core.score import Side
from voicecoach.routine.library import BUILT_IN, list_built_in
from voicecoach.routine.loader import load_routine
from voicecoach.script.choices import Choices

OPTIONS = re.compile(r"`((?:--(?:set|skip|rounds) [^`]+))`")


NAMES = [name for name in list_built_in() if OPTIONS.search((BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"))]


def list_proposed(name: str) -> list[tuple[str, str]]:
    """Return the options that the notes of a built-in propose, each with the word before it, as "Easier"."""
    parts = re.split(r"(Easier|Harder|Shorter|Longer|left out|leaves out)", load_routine(name).model.notes or "")
    return [(options, word) for word, part in pairwise(["", *parts]) for options in OPTIONS.findall(part)]


def read_choices(options: str) -> Choices:
    written = shlex.split(options)
    pairs = list(zip(written[::2], written[1::2], strict=True))
    rounds = [int(value) for option, value in pairs if option == "--rounds"]
    return Choices(
        settings=dict(value.split("=") for option, value in pairs if option == "--set"),
        skipped=frozenset(value for option, value in pairs if option == "--skip"),
        rounds=rounds[0] if rounds else None,
    )


@pytest.mark.many
@pytest.mark.parametrize("name", NAMES)
def test_what_notes_propose_is_possible(name: str) -> None:
    own, proposed = performed(name, Choices()), list_proposed(name)
    assert proposed
    for options, word in proposed:
        other = performed(name, read_choices(options))
        assert other.duration != own.duration, options
        if word in {"Easier", "Shorter", "left out", "leaves out"}:
            assert other.duration < own.duration, options
            assert other.measure_stretch(Side.LEFT) <= own.measure_stretch(Side.LEFT), options
        if word in {"Harder", "Longer"}:
            assert other.duration > own.duration, options
            assert other.measure_stretch(Side.LEFT) >= own.measure_stretch(Side.LEFT), options
