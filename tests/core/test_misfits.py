"""What does not fit is reported with its numbers, in words that fit every user; the command line adds its options."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.fakes import FRAME, measure, perform, spoken_seconds
from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.score import Offset, Onset, Overrun, Phrase, Slot, Sound, breathe, phrase, seq
from voicecoach.errors import FitError, Misfit, Where, name_options

CALM = read_breath("4-6")
LONG = "And now let go of it all, a little more with every breath that you take"


def refuse(score: Slot) -> Misfit:
    with pytest.raises(FitError) as caught:
        perform(score, measure, CALM)
    (problem,) = caught.value.problems
    assert isinstance(problem, Misfit)
    return problem


def test_words_that_do_not_fit_a_phase_carry_what_they_lack() -> None:
    with pytest.raises(FitError) as caught:
        perform(breathe({Kind.INHALE: phrase(f"{LONG}, and more", LONG)}), measure, CALM)
    (problem,) = caught.value.problems
    assert isinstance(problem, Misfit)
    assert problem.words == LONG
    assert problem.lacks == pytest.approx(Fraction(1272, 1000))
    assert problem.what.endswith("needs 4.88 s and the inhale of 4 s has 3.60 s for it")
    assert problem.remedy == "add a shorter wording, or give the inhale 5.5 s"
    assert name_options(problem).remedy == "add a shorter wording after '|', raise --rate, or give the inhale 5.5 s"


@pytest.mark.parametrize(
    ("said_at", "remedy"),
    [(Fraction(0), "leave 5.5 s up to 'Rest'"), (Fraction(6), "say it 5.5 s before the hold ends")],
)
def test_words_of_a_hold_that_do_not_fit_name_what_comes_next(said_at: Fraction, remedy: str) -> None:
    moments = {said_at: LONG, Fraction(4): "Rest"}
    at = tuple((Offset(Fraction(0), seconds), phrase(text)) for seconds, text in moments.items())
    problem = refuse(Slot(Span(rest=Fraction(8)), overrun=Overrun.REFUSE, at=at))
    assert problem.more_room == remedy


@pytest.mark.parametrize(
    ("before", "named"), [(phrase(LONG), f"'{LONG[:60]}…'"), (Sound("bell-end"), "the sound before it")]
)
def test_words_that_have_to_wait_name_what_comes_first_and_a_length_that_is_enough(
    before: Phrase | Sound, named: str
) -> None:
    held = Slot(Span(rest=Fraction(4)), phrase("Up"), Overrun.REFUSE, name="hold")
    with pytest.raises(FitError) as caught:
        perform(seq(Onset(before, Fraction(0)), held), measure, CALM)
    (problem,) = caught.value.problems
    assert isinstance(problem, Misfit)
    assert problem.what.endswith(f"the hold of 4 s has 0.00 s for it, since {named} comes first")
    longer = replace(held, span=Span(rest=problem.enough))
    assert [cue.text for cue in perform(seq(Onset(before, Fraction(0)), longer), measure, CALM).cues][1:] == ["Up"]


def test_words_without_a_place_lack_no_room() -> None:
    at = ((Offset(Fraction(0), Fraction(9)), phrase("Rest")),)
    problem = refuse(Slot(Span(rest=Fraction(8)), overrun=Overrun.REFUSE, at=at))
    assert (problem.words, problem.lacks, problem.more_room) == ("Rest", Fraction(0), "")
    assert name_options(problem) == problem


def test_a_rest_that_lasts_longer_than_it_is_written_is_noted_once_with_its_longest_time() -> None:
    short, where = "And now let go of it all", Where("x.yaml", 3, 5)
    rest = Slot(Span(rest=Fraction(3, 2)), phrase(short), name="rest", where=where)
    needs = [spoken_seconds(text) for text in (short, LONG)]
    assert Fraction(3, 2) < needs[0] < needs[1] < 5, "neither fits"
    more = replace(rest, body=phrase(LONG))
    timeline = perform(seq(rest, more, rest), measure, CALM)
    (problem,) = timeline.grown
    assert problem.what == f"the rest of 1.5 s lasts {float(needs[1]):.1f} s, because its words need that"
    assert (problem.where, problem.remedy) == (where, "give it 5s, or shorten the words")
    assert timeline.duration >= 2 * needs[0] + needs[1] - 3 * FRAME


def test_a_rest_that_grows_by_little_is_noted_with_two_decimals() -> None:
    rest = Slot(Span(rest=Fraction(6, 5)), phrase("And two, slowly"), name="rest", where=Where("x.yaml", 3, 5))
    (problem,) = perform(rest, measure, CALM).grown
    assert problem.what == "the rest of 1.2 s lasts 1.25 s, because its words need that"


def test_a_rest_in_breaths_grows_by_whole_ones_and_one_that_is_long_enough_is_not_noted() -> None:
    where = Where("x.yaml", 3, 5)
    free = Slot(Span(breaths=1), phrase(LONG), name="rest", where=where)
    assert perform(free, measure, CALM).grown == ()
    (problem,) = perform(free, measure, read_breath("1-2")).grown
    assert problem.what == "the rest of 3 s lasts 6 s, because its words need that"
