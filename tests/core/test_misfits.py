"""What does not fit is reported with its numbers, in words that fit every user; the command line adds its options."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.fakes import measure, perform
from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_breath
from voicecoach.core.score import Offset, Overrun, Slot, breathe, phrase
from voicecoach.errors import FitError, Misfit, name_options

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


def test_words_without_a_place_lack_no_room() -> None:
    at = ((Offset(Fraction(0), Fraction(9)), phrase("Rest")),)
    problem = refuse(Slot(Span(rest=Fraction(8)), overrun=Overrun.REFUSE, at=at))
    assert (problem.words, problem.lacks, problem.more_room) == ("Rest", Fraction(0), "")
    assert name_options(problem) == problem
