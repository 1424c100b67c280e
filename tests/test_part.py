"""How words become phrases where a step stands: values, nouns, numbers, guidance, pronunciation."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.breath import Kind, Span, breath, pace
from voicecoach.choices import SPOKEN, Choices, Guidance
from voicecoach.errors import RoutineError, UnknownNameError, Where
from voicecoach.formula import Formula
from voicecoach.language import language
from voicecoach.part import MOST_STEPS, Part
from voicecoach.routine import Routine
from voicecoach.score import CueKind, Phrase, Seq, Side, Sound
from voicecoach.sheet import Sheet
from voicecoach.texts import words

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg"}}


def part(guidance: Guidance = Guidance.FULL, **values: str) -> Part:
    sheet = Sheet.model_validate(
        {
            "title": "X",
            "sides": SIDES,
            "steps": [{"say": "hi"}],
            "pronounce": {"asana": "ah-sa-na"},
            "words": {"change": "Other side."},
        }
    )
    routine = Routine("x", "x.yaml", sheet)
    return Part(routine, language("en"), Choices(guidance=guidance), pace("4-6"), values=values)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{n} times", "three times"),
        ("{N} times", "Three times"),
        ("for {hold}", "for twenty seconds"),
        ("for {once}", "for one second"),
        ("{free} to rest", "two breaths to rest"),
        ("for {half}", "for 1.5 seconds"),
        ("{move}", "squats"),
        ("{Move}", "Squats"),
        ("{lift}", "lift your left leg"),
        ("{sum}", "eight"),
        ("{leg}, {right leg}", "left leg, right leg"),
        ("{LEG}", "Left leg"),
    ],
)
def test_names_are_filled_with_nouns_numbers_lengths_and_texts(text: str, expected: str) -> None:
    values = {
        "n": "3",
        "hold": "20s",
        "once": "1s",
        "half": "1.5s",
        "free": "2 breaths",
        "move": "squats",
        "lift": "lift your {leg}",
        "sum": "{n} + 5",
    }
    assert part(Guidance.FULL, **values).filled(text, Side.LEFT) == expected


def test_a_value_of_a_name_that_there_is_not_is_told() -> None:
    with pytest.raises(UnknownNameError, match="no value is called 'm'; there are: n"):
        part(n="3").filled("{m}", None)
    with pytest.raises(UnknownNameError, match="no value is called 'm'"):
        part(n="see {m}").filled("{n}", None)


def test_words_of_a_side_keep_room_for_those_of_the_other() -> None:
    left = replace(part(), side=Side.LEFT).wording("Your {leg}")
    assert (left.text, left.twins) == ("Your left leg", ("Your right leg",))
    assert replace(part(), side=Side.BOTH).wording("Both").twins == ()
    assert part().wording("Both").twins == ()


def test_a_word_is_said_otherwise_than_it_is_read_but_only_whole() -> None:
    assert part().wording("Asana, not asanas").said == "ah-sa-na, not asanas"
    assert part().wording("Asana, not asanas").text == "Asana, not asanas"


def test_a_routine_says_its_own_words() -> None:
    assert part().word("change") == "Other side."
    assert part().word("round", number=2) == "round 2"


@pytest.mark.parametrize("guidance", Guidance)
@pytest.mark.parametrize("kind", CueKind)
def test_each_level_of_guidance_says_what_it_should(guidance: Guidance, kind: CueKind) -> None:
    spoken = isinstance(part(guidance).phrase(words("Long words | Short"), kind), Phrase)
    assert spoken == (kind in SPOKEN[guidance])
    assert spoken or kind not in {CueKind.NOTICE, CueKind.CHANGE}, "these are said at every level"


def test_less_is_said_when_a_thing_was_done_before_and_brief_guidance_is_asked_for() -> None:
    def said(guidance: Guidance, kind: CueKind, *, again: bool) -> int:
        phrase = replace(part(guidance), again=again).phrase(words("Long words | Short"), kind)
        return len(phrase.wordings) if isinstance(phrase, Phrase) else 0

    assert said(Guidance.FULL, CueKind.INSTRUCTION, again=True) == 2
    assert said(Guidance.BRIEF, CueKind.INSTRUCTION, again=False) == 2
    assert said(Guidance.BRIEF, CueKind.INSTRUCTION, again=True) == 1
    assert said(Guidance.BRIEF, CueKind.NOTICE, again=True) == 2
    assert said(Guidance.CUES, CueKind.BREATH, again=False) == 1
    assert said(Guidance.CUES, CueKind.INSTRUCTION, again=False) == 0


@pytest.mark.parametrize(
    ("kind", "name"),
    [(Kind.INHALE, "tone-in"), (Kind.EXHALE, "tone-out"), (Kind.HOLD, "tone-hold"), (Kind.PAUSE, "tone-hold")],
)
def test_tones_are_heard_in_place_of_the_words_of_a_phase(kind: Kind, name: str) -> None:
    tone = Sound(name, CueKind.TONE)
    assert part(Guidance.TONES).phrase(words("Words"), CueKind.BREATH, kind) == tone
    assert part(Guidance.CUES).phrase(words("~"), CueKind.BREATH, kind) == tone
    assert part().phrase(words("~"), CueKind.BREATH, kind) == tone
    toned = part().phrase(words("Words | ~"), CueKind.BREATH, kind)
    assert isinstance(toned, Phrase)
    assert (toned.otherwise, len(toned.wordings)) == (tone, 1)
    assert part(Guidance.TONES).phrase(words("Words"), CueKind.INSTRUCTION) == Seq()


def test_a_number_and_a_length_are_worked_out_and_bounded() -> None:
    there = part(n="3", hold="20s")
    assert there.count(Formula("{n} * 2")) == 6
    assert there.span(Formula("{hold} / 2")) == Span(rest=Fraction(10))
    assert there.breaths(Formula("{n}")) == 3
    assert there.breaths(Span(least=Fraction(25))) == 3
    for formula, told in (
        ("{n} - 3", "{n} - 3 is 0; from 1 to 10,000 are possible"),
        ("{n} / 2", "1.5 is no whole number"),
        ("{hold}", "20s is no whole number"),
        ("{m}", "{m} has no value; give it one under 'parameters'"),
        ("{n} * 10000", "from 1 to 10,000 are possible"),
    ):
        with pytest.raises(RoutineError) as caught:
            there.count(Formula(formula, Where("x.yaml", 3, 7)))
        assert str(caught.value).startswith("x.yaml:3:7: ")
        assert told in str(caught.value)
    with pytest.raises(RoutineError, match="lasts too long; at most 10,000 breaths or 24h are possible"):
        there.span(Formula("{hold} * 10000"))
    with pytest.raises(RoutineError, match="is 20s; write how many breaths, or 30s in whole breaths"):
        there.breaths(Formula("{hold}"))


@given(st.integers(1, 60), st.integers(1, 60))
def test_a_breath_may_be_made_of_values(inhale: int, exhale: int) -> None:
    there = part(i=f"{inhale}", o=f"{exhale}s")
    assert there.own_pace(Formula("{i}-{o}")) == pace(f"{inhale}-{exhale}")


def test_a_breath_that_can_not_be_breathed_is_told_at_its_place() -> None:
    assert part().own_pace(pace("2-3")).points == (breath("2-3"),)
    with pytest.raises(RoutineError, match=r"x\.yaml:2:1: '0-0' can't be breathed"):
        part(i="0").own_pace(Formula("{i}-{i}", Where("x.yaml", 2, 1)))
    with pytest.raises(RoutineError, match=r"\{j\} has no value"):
        part(i="0").own_pace(Formula("{i}-{j}"))


def test_a_session_has_only_so_many_steps() -> None:
    there = part()
    for _ in range(MOST_STEPS):
        there.add()
    with pytest.raises(RoutineError, match=r"x\.yaml:1:1: the breaths and steps of this session are more than 100,000"):
        replace(there, again=True).add()
