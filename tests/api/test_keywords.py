"""Keyword arguments: texts and values mean the same, and what is impossible is refused by the argument's name."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.api.keywords import PlanKeywords, check_names, list_extras, make_request, make_sounding
from voicecoach.audio.settings import Sounding
from voicecoach.core.breath import Pace
from voicecoach.core.notation import read_breath
from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance

CALM = read_breath("4-6")


def asked(**given: Any) -> Any:  # noqa: ANN401 - whatever is tried
    return make_request("x.yaml", None, given)


@pytest.mark.parametrize("value", ["4-6", CALM, Pace((CALM,))])
def test_a_breath_is_a_text_or_a_value(value: object) -> None:
    assert asked(breath=value).choices.breath == Pace((CALM,))


@given(seconds=st.integers(1, 600_000_000).map(lambda millionths: Fraction(millionths, 1_000_000)))
def test_seconds_are_a_text_or_a_number(seconds: Fraction) -> None:
    for value in (seconds, float(seconds), f"{float(seconds):.6f}s"):
        assert asked(length=value).length == seconds
        assert asked(preview=value).preview == seconds
    assert asked(preview=f"{float(seconds):.6f}").preview == seconds


def test_a_length_that_is_a_text_has_a_unit_as_on_the_command_line() -> None:
    with pytest.raises(ChoiceError, match=r"^length: '10' has no unit: write 10s for seconds, or 10m"):
        asked(length="10")
    assert asked(length=10).length == 10


def test_without_arguments_it_is_what_the_command_does() -> None:
    assert asked().choices == Choices()
    assert make_sounding({}, None) == Sounding()
    assert list_extras({}) == ()


def test_the_choices_of_a_command_are_arguments() -> None:
    found = asked(
        rounds=3,
        side="left",
        first=Side.RIGHT,
        guidance="brief",
        with_="all",
        skip=["a", "b"],
        set={"Hold": "45s", "count": 3},
        chime="none",
        lead_in=0,
        rate=120,
        pitch="40",
    )
    chosen = found.choices
    assert (chosen.rounds, chosen.sides, chosen.first, chosen.guidance) == (
        *(3, (Side.LEFT,), Side.RIGHT, Guidance.BRIEF),
    )
    assert (chosen.added, chosen.skipped) == (frozenset({"all"}), frozenset({"a", "b"}))
    assert (chosen.settings, chosen.chime, chosen.lead_in) == ({"hold": "45s", "count": "3"}, "", 0)
    assert (found.rate, found.pitch) == (120, 40)
    assert asked(side="both").choices.sides == LEFT_RIGHT


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"breath": "4/x"}, "breath: "),
        ({"breath": 46}, "breath: it must be a text, not int"),
        ({"rounds": 0}, "rounds: '0' is not a whole number from 1 to 1000"),
        ({"rounds": 2.5}, "rounds: '2.5' is not a whole number"),
        ({"rate": 50}, "rate: '50' is not a whole number from 105 to 400"),
        ({"length": "soon"}, "length: "),
        ({"length": "-5"}, "length: "),
        ({"length": -5}, "length: "),
        ({"preview": 0}, "preview: nothing is left"),
        ({"lead_in": 601}, "lead_in: '601' is more than 600 s"),
        ({"side": "up"}, "no value of side is called 'up'; there are: left, right, both"),
        ({"guidance": "ful"}, "no value of guidance is called 'ful'; did you mean 'full'?"),
        ({"chime": "gong"}, "no value of chime is called 'gong'; there are: none, soft, bell"),
        ({"title": " "}, "title: there is no text in it"),
        ({"skip": 3}, "skip: it must be texts, not int"),
    ],
)
def test_what_is_impossible_is_refused_by_name(given: dict[str, object], told: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        asked(**given)
    assert str(caught.value).startswith(told)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_length_is_finite(value: float) -> None:
    with pytest.raises(ChoiceError, match="length: "):
        asked(length=value)


def test_an_argument_that_does_not_exist_is_a_type_error_as_in_any_function() -> None:
    with pytest.raises(TypeError, match=r"plan\(\) got an unexpected keyword argument 'breth'; did you mean 'breath'"):
        check_names("plan", {"breth": "4-6"}, PlanKeywords)
    with pytest.raises(TypeError, match=r"it takes: breath, rounds"):
        check_names("plan", {"zzz": 1}, PlanKeywords)


def test_sound_and_files_are_arguments() -> None:
    found = make_sounding({"bed": "rain", "bed_level": 30, "room_tone": "none", "bitrate": 96}, Path("x.opus"))
    assert (found.form.name, found.bed, found.under, found.room_tone, found.bit_rate) == ("opus", "rain", 30, False, 96)
    assert make_sounding({"bed": "none", "room_tone": False}, None) == Sounding(room_tone=False)
    assert list_extras({"captions": "vtt, srt", "playlist": True}) == ("vtt", "srt", "playlist")
    assert list_extras({"captions": ["lrc"], "chapters_json": True}) == ("lrc", "chapters_json")
    for wrong, told in (({"captions": "doc"}, "captions: "), ({"format": "ogg"}, "no value of format is called 'ogg'")):
        with pytest.raises(ChoiceError, match=told):
            _ = list_extras(wrong) or make_sounding(wrong, None)
