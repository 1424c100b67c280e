"""The tempo of a movement: what is read, how it is written, and what is refused with the reason."""

from __future__ import annotations

import re
from fractions import Fraction
from string import ascii_lowercase

import pytest
from hypothesis import given

from tests.strategies import tempos
from voicecoach.core.breath import Kind, Span
from voicecoach.core.tempo import MOST_BREATHS, MOST_PHASES, NamedPhase, Tempo, read_beat, read_tempo
from voicecoach.errors import ChoiceError

SLOW = (NamedPhase("down", Span(rest=Fraction(3))), NamedPhase("up", Span(rest=Fraction(2))))


@pytest.mark.parametrize(
    "text", ["down 3, up 2", "3 down; 2s up", "DOWN: 3s, Up=2", "down 3s, hold 0, up 2 s", "down 3.0,up 2"]
)
def test_phases_have_a_name_and_seconds_in_any_order(text: str) -> None:
    assert read_tempo(text) == SLOW


def test_phases_last_minutes_breaths_or_a_phase_of_the_breath() -> None:
    assert read_tempo("hold 2m") == (NamedPhase("hold", Span(rest=Fraction(120))),)
    assert read_tempo("on 1 breath, off 4") == (
        NamedPhase("on", Span(breaths=1)),
        NamedPhase("off", Span(rest=Fraction(4))),
    )
    assert read_tempo("heels up in, heels down out") == (
        NamedPhase("heels up", kind=Kind.INHALE),
        NamedPhase("heels down", kind=Kind.EXHALE),
    )


@pytest.mark.parametrize(
    "text", ["heels up in, heels down out", "in in, stay hold, wait pause", "down 1.25, up 0.5", "on 2 breaths, off 3"]
)
def test_phases_are_written_in_the_usual_form(text: str) -> None:
    assert ", ".join(map(str, read_tempo(text))) == text


@given(tempos)
def test_a_tempo_is_written_as_it_is_read(tempo: Tempo) -> None:
    finely = tuple(each for each in tempo if each.kind or each.span.in_breaths or each.span.rest * 100 % 1 == 0)
    if finely:
        assert read_tempo(", ".join(map(str, finely))) == finely


def name_phases(count: int) -> str:
    return ", ".join(f"{letter}x 1" for letter in ascii_lowercase[:count])


def test_a_tempo_has_limits_and_may_reach_them() -> None:
    assert len(read_tempo(name_phases(MOST_PHASES))) == MOST_PHASES
    assert read_tempo("down 0.1")[0].span.rest == Fraction(1, 10)
    assert read_tempo("down 600")[0].span.rest == 600
    assert read_tempo(f"on {MOST_BREATHS} breaths")[0].span.breaths == MOST_BREATHS


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "'' is not a tempo\nwrite phases with their seconds, as down 3, up 2"),
        (name_phases(MOST_PHASES + 1), "has 21 phases; at most 20 are possible\nuse fewer"),
        ("down 3, up out", "has phases with lengths of their own and phases of the breath\nwrite"),
        ("down 0, up 0", "'down 0, up 0' has no length\nwrite"),
        ("down 0.09, up 2", "has a phase of less than 0.1 s\nwrite"),
        ("down 300, up 300.1", "lasts more than 600 s, which is the maximum\nwrite"),
        ("down 3,5, up 2", "is not a tempo: decimals take a point\nwrite"),
        ("down 3 up 2", "there is no comma between the phases of 'down 3 up 2'\nwrite"),
        ("3-2", "its phases have no names\nwrite"),
        ("down, up 2", "'down' has no length\nwrite"),
        ("down 3, up to 2 !", "'up to 2 !' is not a name with a length\nwrite"),
        ("down 3,, up 2", "a phase is empty\nwrite"),
        ("on 1.5 breaths", "whole breaths are possible, up to 100 in a phase\nwrite"),
        ("on 101 breaths", "whole breaths are possible, up to 100 in a phase\nwrite"),
        ("down 3 kg", "'kg' is not a unit\nwrite"),
        ("down 3h", "'h' is not a unit\nwrite"),
    ],
)
def test_what_is_not_a_tempo_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(ChoiceError, match=re.escape(message)):
        read_tempo(text)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("0.5s", Span(rest=Fraction(1, 2))),
        ("2", Span(rest=Fraction(2))),
        ("1m", Span(rest=Fraction(60))),
        ("2 breaths", Span(breaths=2)),
    ],
)
def test_a_beat_is_a_length(text: str, span: Span) -> None:
    assert read_beat(text) == (NamedPhase("beat", span),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("soon", "'soon' is not the time of a beat\nwrite 0.5s, or 1 breath"),
        ("down 3", "'down 3' is not the time of a beat"),
        ("0s", "'0s' has no length"),
        ("11m", "lasts more than 600 s"),
        ("2 kg", "'kg' is not a unit"),
    ],
)
def test_what_is_not_the_time_of_a_beat_is_refused(text: str, message: str) -> None:
    with pytest.raises(ChoiceError, match=re.escape(message)):
        read_beat(text)
