"""How words become phrases where a step stands: values, nouns, numbers, guidance, pronunciation."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.core.breath import Kind, Pace, Span
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import CueKind, Phrase, Seq, Side, Sound, list_phrases
from voicecoach.errors import RoutineError, UnknownNameError, Where
from voicecoach.language import language
from voicecoach.routine.formulas.evaluation import Formula, measure_breath
from voicecoach.routine.loader import LoadedRoutine
from voicecoach.routine.model import RoutineModel
from voicecoach.routine.values import read_words
from voicecoach.script.builder import build
from voicecoach.script.choices import SPOKEN, Choices, Guidance
from voicecoach.script.context import Context
from voicecoach.script.pacing import Pacing
from voicecoach.script.tally import MOST_STEPS

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg"}}


def part(guidance: Guidance = Guidance.FULL, **values: str) -> Context:
    model = RoutineModel.model_validate(
        {
            "title": "X",
            "sides": SIDES,
            "steps": [{"each side": {"between": [{"change": "5s"}], "steps": [{"say": "hi"}]}}],
            "pronounce": {"asana": "ah-sa-na"},
            "words": {"change": "Other side."},
        }
    )
    routine = LoadedRoutine("x", "x.yaml", model)
    return Context(routine, language("en"), Choices(guidance=guidance), read_pace("4-6"), values=values)


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
        ("for {quiet}", "for two minutes and thirty seconds"),
        ("for {small}", "for eighteen breaths"),
        ("for {least}", "for three breaths"),
        ("for {more}", "for five breaths"),
        ("for {mixed}", "for two breaths and one minute"),
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
        "quiet": "2:30",
        "small": "3m in whole breaths",
        "least": "3 breaths, at least 20s",
        "more": "3 breaths, at least 41s",
        "mixed": "2 breaths + 1m",
    }
    assert part(Guidance.FULL, **values).fill(text, Side.LEFT) == expected


def test_a_value_of_a_name_that_there_is_not_is_told() -> None:
    with pytest.raises(UnknownNameError, match="no value is called 'm'; there are: n"):
        part(n="3").fill("{m}", None)
    with pytest.raises(UnknownNameError, match="no value is called 'm'"):
        part(n="see {m}").fill("{n}", None)


def test_words_of_a_side_keep_room_for_those_of_the_other() -> None:
    left = replace(part(), side=Side.LEFT).wording("Your {leg}")
    assert (left.text, left.twins) == ("Your left leg", ("Your right leg",))
    assert replace(part(), side=Side.BOTH).wording("Both").twins == ()
    assert part().wording("Both").twins == ()


def test_words_of_the_side_that_is_next_keep_room_for_the_other_and_values_take_its_nouns() -> None:
    there = replace(part(Guidance.FULL, **{"next move": "lift your {leg}"}), side=Side.LEFT, following=Side.RIGHT)
    coming = there.wording("{Next leg}, {leg}: {next move}")
    assert coming.text == "Right leg, left leg: lift your right leg"
    assert coming.twins == ("Left leg, right leg: lift your left leg",)
    ahead = replace(part(), following=Side.LEFT).wording("Next: {next leg}")
    assert (ahead.text, ahead.twins) == ("Next: left leg", ("Next: right leg",))
    with pytest.raises(UnknownNameError, match="no value is called 'next leg'"):
        replace(part(), side=Side.LEFT).wording("{next leg}")


def test_a_word_is_said_otherwise_than_it_is_read_but_only_whole() -> None:
    assert part().wording("Asana, not asanas").said == "ah-sa-na, not asanas"
    assert part().wording("Asana, not asanas").text == "Asana, not asanas"


def test_a_routine_says_its_own_words() -> None:
    own = build(part().routine, Choices())
    assert "Other side." in [wording.text for phrase in list_phrases(own) for wording in phrase.wordings]


@pytest.mark.parametrize("guidance", Guidance)
@pytest.mark.parametrize("kind", CueKind)
def test_each_level_of_guidance_says_what_it_should(guidance: Guidance, kind: CueKind) -> None:
    spoken = isinstance(part(guidance).phrase(read_words("Long words | Short"), kind), Phrase)
    assert spoken == (kind in SPOKEN[guidance])
    assert spoken or kind not in {CueKind.NOTICE, CueKind.CHANGE}, "these are said at every level"


def test_less_is_said_when_a_thing_was_done_before_and_brief_guidance_is_asked_for() -> None:
    def said(guidance: Guidance, kind: CueKind, *, again: bool) -> int:
        phrase = replace(part(guidance), again=again).phrase(read_words("Long words | Short"), kind)
        return len(phrase.wordings) if isinstance(phrase, Phrase) else 0

    assert said(Guidance.FULL, CueKind.INSTRUCTION, again=True) == 2
    assert said(Guidance.BRIEF, CueKind.INSTRUCTION, again=False) == 1
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
    assert part(Guidance.TONES).phrase(read_words("Words"), CueKind.BREATH, kind) == tone
    assert part(Guidance.CUES).phrase(read_words("~"), CueKind.BREATH, kind) == tone
    assert part().phrase(read_words("~"), CueKind.BREATH, kind) == tone
    toned = part().phrase(read_words("Words | ~"), CueKind.BREATH, kind)
    assert isinstance(toned, Phrase)
    assert (toned.otherwise, len(toned.wordings)) == (tone, 1)
    assert part(Guidance.TONES).phrase(read_words("Words"), CueKind.INSTRUCTION) == Seq()


def test_a_number_and_a_length_are_worked_out_and_bounded() -> None:
    there = part(n="3", hold="20s")
    assert there.count(Formula("{n} * 2")) == 6
    assert there.span(Formula("{hold} / 2")) == Span(rest=Fraction(10))
    assert there.breaths(Formula("{n}")) == 3
    assert there.breaths(Span(least=Fraction(25))) == 3
    for formula, told in (
        ("{n} - 3", "{n} - 3 is 0; from 1 to 10,000 are possible"),
        ("{n} / 2", "1.5 is not a whole number"),
        ("{hold}", "20s is not a whole number"),
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
    assert there.work_out_pace(Formula("{i}-{o}")) == Pacing(read_pace(f"{inhale}-{exhale}"))


def test_a_breath_that_can_not_be_breathed_is_told_at_its_place() -> None:
    assert part().work_out_pace(read_pace("2-3"), fixed=True) == Pacing(Pace((read_breath("2-3"),)), fixed=True)
    with pytest.raises(RoutineError, match=r"x\.yaml:2:1: '0-0' can't be breathed"):
        part(i="0").work_out_pace(Formula("{i}-{i}", Where("x.yaml", 2, 1)))
    with pytest.raises(RoutineError, match=r"\{j\} has no value"):
        part(i="0").work_out_pace(Formula("{i}-{j}"))


def test_a_session_has_only_so_many_steps() -> None:
    there = part()
    for _ in range(MOST_STEPS):
        there.add()
    with pytest.raises(RoutineError, match=r"x\.yaml:1:1: the breaths and steps of this session are more than 100,000"):
        replace(there, again=True).add()


@pytest.mark.parametrize("text", ["4-6", "3-3..5.5-5.5..3-3", "2-2..10-10", "4-6 +0.5s every 20s", "9-9..1-1..9-9"])
@pytest.mark.parametrize("seconds", [1, 19, 60, 600])
def test_a_length_in_whole_breaths_is_the_fewest_that_last_it_and_is_said_so(text: str, seconds: int) -> None:
    def lasting(count: int) -> Fraction:
        return sum((each.seconds for each in read_pace(text).breaths(count)), Fraction(0))

    there = replace(part(small=f"{seconds}s in whole breaths"), pace=read_pace(text))
    count = there.breaths(Formula("{small}"))
    assert lasting(count) >= seconds
    assert count == 1 or lasting(count - 1) < seconds
    assert there.fill("{small}", None) == language("en").say_count("breaths", count)


def test_breaths_that_grow_are_counted_from_where_they_are() -> None:
    there = replace(part(), pace=read_pace("4-6 +1s every 30s"))
    assert there.breaths(Span(least=Fraction(40))) == 4
    there.beats.taken = 3
    assert there.breaths(Span(least=Fraction(40))) == 4
    there.beats.taken = 30
    assert there.breaths(Span(least=Fraction(40))) == 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("in 1, out {i} * 2", "in 1, out 3"),
        ("{i} / 3-{o}", "0.5-4"),
        ("{i} * 2-{o}..4-6", "3-4..4-6"),
        ("{i} + 1-{o} + 2s", "2.5-6"),
        ("{i}+1 - {o}*2", "2.5-8"),
        ("({o} - 1)-({o}+1)", "3-5"),
        ("in {o} * 0.4, out {o} * 0.6..in 4, out 6", "1.6-2.4..4-6"),
        ("in {i}s and out {o}s", "1.5-4"),
        ("{i} in, max({o}, 5) out", "1.5-5"),
        ("{i}/{o}", "1.5-4"),
        ("{i} {o}", "1.5-4"),
        ("{o}-{none}-{o}", "4-4"),
        ("in {o}, hold {none}, out {o} * 2, pause 0", "4-8"),
        ("4-{none}-6..4-{o}-6", "4-0-6..4-4-6"),
        ("{o}/min", "4/min"),
        ("{o} breaths per minute {o}:{i}", "4/min 4:1.5"),
        ("{i}-{o} +{i}s every {o}m", "1.5-4 +1.5s every 4m"),
        ("{i}-{o} + 1s + 0.5s every 20s", "1.5-5 +0.5s every 20s"),
        ("{whole}", "in 1, in 2, out 3"),
        ("{whole}..{whole}", "in 1, in 2, out 3..in 1, in 2, out 3"),
    ],
)
def test_a_phase_may_be_worked_out(text: str, expected: str) -> None:
    there = part(i="1.5s", o="4", none="0", whole="in 1, in 2, out 3")
    found = there.work_out_pace(Formula(text))
    assert (found.own, found.follows) == (read_pace(expected), False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("in 1, out {i} - 3", "'{i} - 3' is less than zero"),
        ("{i}-{o} - 1", "put a difference into parentheses, as ({in} - 1)-{out}"),
        ("{i}", "it needs 2, 3 or 4 numbers"),
        ("{o}", "{o} has no value: write a whole breath"),
        ("{in}", "{in} is the length of a phase; write a whole breath, as {in}-{out} or {breath}"),
        ("in {i}, out", "'out' has no length, or no phase"),
        ("{i}-{i} breaths", "is 2 breaths, and a phase lasts seconds"),
        ("{i}--{i}", "a number is missing, or negative"),
        ("{deep}", "uses are more than 20 deep"),
    ],
)
def test_a_breath_that_can_not_be_worked_out_is_told(text: str, told: str) -> None:
    own = measure_breath(read_breath("4-6"))
    with pytest.raises(RoutineError) as caught:
        replace(part(), values={**own, "i": "2", "deep": "{deep}"}).work_out_pace(Formula(text))
    assert told.replace(": write", "; write") in str(caught.value)
