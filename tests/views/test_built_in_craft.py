"""Every built-in routine, in every language, keeps the limits of good guidance and the ledger of the body.

Words last as long as they do in the table of the library. Until new words are measured, they last about as long as
Heart takes for them: the figures are fitted to the clips that come with the program.
"""

from __future__ import annotations

import json
import re
from fractions import Fraction
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_by_turns
from tests.fakes import CHIME_SECONDS, perform
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.core.notation import read_pace
from voicecoach.core.score import Sound
from voicecoach.errors import Where
from voicecoach.routine.library import BUILT_IN
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices
from voicecoach.script.ledger import is_tagged, lint_ledger
from voicecoach.views.craft import FILLED, STRETCH, lint_craft, measure_craft

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.routine.loader import LoadedRoutine

TOP = Path(__file__).parents[2]
BREATHS = ("3-4", "4-6", "6-8")
STILL = {"find-your-slow-breath"}
"""Built-in routines in which nothing but the breath moves: their steps need and make nothing of the body."""
SLACK = Fraction(1, 10)
"""How much more may be filled, and less stretch, at a breath that is not the routine's own."""
OWN = re.compile(r"^words fill|^the longest wording|^speech takes up|% of the session are stretch$")
"""Problems that are looked for at the routine's own breath alone."""

FILES = sorted(path.stem for path in BUILT_IN.glob("*.yaml"))


SPOKEN: dict[str, dict[str, int]] = json.loads((TOP / "scripts" / "spoken.json").read_text(encoding="utf-8"))
"""How many samples each wording lasts, by its language."""
QUICK = {"fr": Fraction(87, 100)}
"""How much of the time of English as many letters take in a language, where it is another."""


def measure(said: str | Sound, language: str = "en") -> Fraction:
    """Return how long words last."""
    if isinstance(said, Sound):
        return CHIME_SECONDS
    samples = SPOKEN.get(language, {}).get(said)
    return Fraction(samples, SAMPLE_RATE) if samples else estimate(said) * QUICK.get(language, 1)


@cache
def estimate(said: str) -> Fraction:
    """Return about how long Heart takes: 0.2 s off on the mean, over the words of six routines."""
    inner = said.rstrip(".!?")
    commas, stops = len(re.findall("[,:;]", inner)), len(re.findall("[.!?]", inner))
    letters, words = len(re.findall(r"\w", said)), len(re.findall(r"\w+", said))
    return Fraction(370 + 52 * letters + 141 * words + 589 * commas + 1179 * stops, 1000)


@cache
def load(file: str) -> LoadedRoutine:
    name, _, language = file.partition(".")
    return load_routine(name, language or None)


@pytest.mark.parametrize("file", FILES)
def test_a_built_in_keeps_the_limits_of_good_guidance(file: str) -> None:
    assert list(find_problems(file)) == []


def find_problems(file: str) -> Iterator[str]:
    routine = load(file)
    for breath in (None, *map(read_pace, choose_by_turns(BREATHS, FILES.index(file)))):
        choices = Choices(breath=breath)
        score = build(routine, choices)
        timeline = perform(score, partial(measure, language=routine.model.language), choose_pace(routine, choices))
        every = lint_craft(timeline, routine.words, Where(file, 1, 1))
        yield from (f"at {breath}: {each}" for each in every if not (breath and OWN.search(each.what)))
        figures = measure_craft(timeline, routine.words)
        if figures.filled > FILLED + SLACK or 0 < figures.stretch < STRETCH - SLACK:
            yield f"at {breath}: {float(figures.filled):.0%} filled, {float(figures.stretch):.0%} stretch"


@pytest.mark.parametrize("file", FILES)
def test_no_order_of_a_built_in_asks_for_what_the_body_can_not_do(file: str) -> None:
    routine = load(file)
    assert is_tagged(routine) or file in STILL
    assert list(map(str, lint_ledger(routine, Choices()))) == []


def test_the_words_last_about_as_long_as_heart_takes() -> None:
    """The lengths, in seconds, are those of the clips that come with the program."""
    heart = {
        "In": 0.51,
        "Last one in": 1.32,
        "Breathe in, and sit tall": 2.7,
    }
    errors = [float(estimate(text)) - seconds for text, seconds in heart.items()]
    assert max(map(abs, errors)) < 0.5
    assert abs(sum(errors)) / len(errors) < 0.15
