"""Longer waits: pauses and times to settle grow by half, and nothing else does."""

from __future__ import annotations

from fractions import Fraction

import pytest

from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_pace
from voicecoach.core.score import (
    Label,
    Overrun,
    Paced,
    Pause,
    Score,
    Slot,
    SpanKind,
    Under,
    breathe,
    list_parts,
    phrase,
    seq,
)
from voicecoach.routine.loader import parse_routine
from voicecoach.script.builder import build, write_piece
from voicecoach.script.choices import Choices
from voicecoach.script.waits import lengthen_waits

TWO, THREE = Span(rest=Fraction(2)), Span(rest=Fraction(3))
WORDS = phrase("Sit")
BREATH = breathe({Kind.INHALE: phrase("In")})


def settle(span: Span) -> Slot:
    return Slot(span, overrun=Overrun.REFUSE, label=Label(SpanKind.SETTLE, None, ""))


@pytest.mark.parametrize(
    ("score", "expected"),
    [
        (Pause(TWO), Pause(THREE)),
        (settle(TWO), settle(THREE)),
        (settle(Span(breaths=1)), settle(Span(breaths=2))),
        (seq(WORDS, Pause(TWO), BREATH), seq(WORDS, Pause(THREE), BREATH)),
        (Paced(read_pace("4-6"), seq(Pause(TWO), BREATH)), Paced(read_pace("4-6"), seq(Pause(THREE), BREATH))),
        (Slot(TWO, seq(WORDS, Pause(TWO))), Slot(TWO, seq(WORDS, Pause(THREE)))),
        (Under(Pause(TWO), WORDS), Under(Pause(THREE), WORDS)),
    ],
)
def test_what_is_waited_grows_by_half(score: Score, expected: Score) -> None:
    assert lengthen_waits(score) == expected


@pytest.mark.parametrize("score", [WORDS, BREATH, Slot(TWO, seq(WORDS, Pause(TWO)), Overrun.REFUSE), Slot(TWO, WORDS)])
def test_breaths_holds_and_rests_stay(score: Score) -> None:
    assert lengthen_waits(score) == score


def test_for_the_hard_of_hearing_the_last_words_wait_longer_too() -> None:
    script = parse_routine("title: x\nclosing: [Rest now., Come back.]\nsteps: [breathe: 1]\n", "a")
    usual, clear = (add_pauses(build(script, Choices(clear=clear))) for clear in (False, True))
    assert clear > usual


def test_a_routine_can_be_for_the_hard_of_hearing_itself() -> None:
    text = "title: x\n{}closing: [Rest now., Come back.]\nsteps: [breathe: 1]\n"
    usual, clear = (parse_routine(text.format(head), "a") for head in ("", "clear: true\n"))
    longer = write_piece(usual, Choices(clear=True)).score
    assert write_piece(clear, Choices()).score == longer
    assert write_piece(clear, Choices(clear=False)).score == write_piece(usual, Choices()).score != longer
    assert [write_piece(clear, Choices(clear=each)).clear for each in (None, False)] == [True, False]


def add_pauses(score: Score) -> Fraction:
    own = score.span.rest if isinstance(score, Pause) else Fraction(0)
    return own + sum(map(add_pauses, list_parts(score)), Fraction(0))
