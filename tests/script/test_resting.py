"""Rests whose words say how many breaths they have: true at every breath, at every length, and with slow voices."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes import measure, perform
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, SpanKind
from voicecoach.errors import RoutineError
from voicecoach.language import language
from voicecoach.routine.loader import LoadedRoutine, parse_routine
from voicecoach.routine.model import RoutineModel
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Amount, Choices, Guidance, spread

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voicecoach.core.timeline import Timeline

EASY = {"one": "One easy breath.", "more": "{Count} easy breaths."}
LONG = {"one": "One easy breath, and nothing else to do in all of this time.", "more": "{Count} of them. | {Count}."}
NUMBERS = {language("en").number(number): number for number in range(1, 60)}


def routine(*steps: Mapping[str, Any], **keys: object) -> LoadedRoutine:
    return LoadedRoutine("x", "x.yaml", RoutineModel.model_validate({"title": "X", "steps": list(steps), **keys}))


def played(script: LoadedRoutine, choices: Choices, slower: Fraction = Fraction(1)) -> Timeline:
    score = build(script, choices)
    return perform(score, lambda said: measure(said) * slower, choose_pace(script, choices))


def said(script: LoadedRoutine, choices: Choices | None = None) -> list[str]:
    cues = played(script, choices or Choices()).cues
    return [cue.text for cue in cues if cue.kind is CueKind.INSTRUCTION and "breath" in cue.text]


def rests(timeline: Timeline) -> list[Fraction]:
    return [span.end - span.start for span in timeline.spans if span.kind is SpanKind.REST]


@pytest.mark.parametrize(
    ("more", "expected"), [(-1, "One easy breath."), (0, "Two easy breaths."), (3, "Five easy breaths.")]
)
def test_words_say_the_breaths_that_a_length_leaves(more: int, expected: str) -> None:
    script = routine({"rest": "2", "min": "1", "max": "9", "say": EASY})
    assert said(script, Choices(amount=Amount(rests=spread(more, 1)))) == [expected]


@given(
    st.integers(1, 4),
    st.sampled_from(["1-1", "0.7-1.3", "2-2", "4-6", "2-2..3-3"]),
    st.fractions(Fraction(1, 2), 3, max_denominator=10),
    st.sampled_from([EASY, LONG, "{Count} breaths of your own, to do whatever you like with"]),
)
@example(1, "1-1", Fraction(3), LONG)
def test_the_number_that_is_said_is_that_of_the_breaths(count: int, pace: str, slower: Fraction, words: object) -> None:
    script = routine({"breathe": 2, "in": "~", "out": "~"}, {"rest": str(count), "say": words}, {"breathe": 1})
    choices = Choices(breath=read_pace(pace))
    timeline = played(script, choices, slower)
    (lasts,) = rests(timeline)
    text = next(cue.text for cue in timeline.cues if cue.kind is CueKind.INSTRUCTION and cue.text != "X.")
    number = NUMBERS[text.split()[0].strip(".").lower()]
    assert lasts == number * sum(phase.end - phase.start for phase in timeline.phases if phase.breath == 1)
    assert number >= count


def test_a_rest_that_its_words_make_longer_is_reported() -> None:
    script = parse_routine(f"title: X\nbreath: 1-1\nsteps:\n  - rest: 1 breath\n    say: {LONG}\n", "x.yaml")
    (problem,) = played(script, Choices()).grown
    assert problem.what == "the rest of 2 s lasts 4 s, because its words need that"
    assert not played(script, Choices(breath=read_pace("4-6"))).grown


def test_at_least_so_many_seconds_are_counted_in_breaths() -> None:
    script = routine({"rest": "2 breaths, at least 15s", "say": EASY})
    assert said(script, Choices(breath=read_pace("2-2"))) == ["Four easy breaths."]
    with pytest.raises(RoutineError, match="count the breaths of a rest of 2 breaths, at least 15s"):
        said(script, Choices(breath=read_pace("2-2..4-4")))


def test_a_rest_that_comes_to_seconds_has_no_breaths_to_count() -> None:
    with pytest.raises(RoutineError, match="write it in breaths, as 2 breaths"):
        said(routine({"rest": "{stay}", "say": EASY}, parameters={"stay": "20s"}))


def test_a_value_of_the_routine_called_count_is_kept() -> None:
    script = routine({"rest": "2", "say": "{Count} breaths to come."}, parameters={"count": "12"})
    assert said(script) == ["Twelve breaths to come."]


def test_words_by_round_may_count_as_well() -> None:
    words = {"first": "{Count} breaths for you.", "again": "{Count} breaths more."}
    script = routine({"repeat": {"rounds": 2, "steps": [{"rest": "2", "say": words}]}})
    assert said(script) == ["Two breaths for you.", "Two breaths more."]


@pytest.mark.parametrize("guidance", [Guidance.CUES, Guidance.TONES])
def test_nothing_is_counted_where_nothing_is_said(guidance: Guidance) -> None:
    timeline = played(routine({"rest": "2", "say": LONG}, breath="1-1"), Choices(guidance=guidance))
    assert rests(timeline) == [4]


@pytest.mark.parametrize(
    ("step", "problem"),
    [
        ("{rest: 10s, say: '{count} breaths'}", "{count} counts breaths, but there are none here"),
        ("{rest: 2, say: {one: One.}}", "the key 'more' is missing here"),
        ("{rest: 2, say: {one: One., more: Two., first: Three.}}", "the key 'first' is not known here"),
        ("{rest: 2, say: {one: One., mor: More.}}", "the key 'mor' is not known here"),
        ("{hold: 20s, say: {one: One., more: More.}}", "the key 'one' is not known here"),
    ],
)
def test_words_that_can_not_count_are_reported(step: str, problem: str) -> None:
    with pytest.raises(RoutineError) as caught:
        parse_routine(f"title: X\nsteps:\n  - {step}\n", "x.yaml")
    assert problem in [each.what for each in caught.value.problems]


def test_words_of_a_voice_that_is_slower_than_any_still_end_in_their_rest() -> None:
    timeline = played(routine({"rest": "1", "say": LONG}, breath="2-2"), Choices(), Fraction(30))
    (lasts,) = rests(timeline)
    last = next(cue for cue in timeline.cues if cue.kind is CueKind.INSTRUCTION and cue.text != "X.")
    assert lasts % 4 == 0
    assert lasts >= last.end - last.start
