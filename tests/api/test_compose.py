"""Scores written in Python: the same laws hold as for routines."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

import voicecoach as vc
from tests import fakes
from voicecoach.api import compose
from voicecoach.core.breath import Pace
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import Cycle, Phrase, Score, Seq, Side, count_beats, list_parts, list_phrases
from voicecoach.errors import ChoiceError, FitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.core.breath import Breath
    from voicecoach.core.timeline import Timeline

CALM = read_breath("4-6")
RAMP = read_pace("3-4..6-8")


def perform(score: Score, pace: Breath | Pace) -> Timeline:
    return fakes.perform(score, fakes.measure, pace)


def breath_numbers(score: Score) -> Iterator[int]:
    if isinstance(score, Cycle):
        yield score.beat
    for part in list_parts(score):
        yield from breath_numbers(part)


def split(counts: list[int]) -> Score:
    """So many breaths each, put together in twos, with rests between them."""
    score: Score = vc.seq()
    for count in counts:
        score = vc.seq(score, vc.rest("1 breath"), vc.breathe(count))
    return score


@given(counts=st.lists(st.integers(1, 4), min_size=1, max_size=6))
def test_a_breath_that_changes_goes_on_through_all_parts(counts: list[int]) -> None:
    """However breaths are grouped, the paces of a session are those of its breaths in one go."""
    whole = split(counts)
    assert list(breath_numbers(whole)) == list(range(sum(counts))) == list(breath_numbers(vc.breathe(sum(counts))))
    spans = perform(whole, RAMP).phases
    together = perform(vc.breathe(sum(counts)), RAMP).phases
    assert [each.end - each.start for each in spans] == [each.end - each.start for each in together]


@given(inner=st.integers(1, 3), outer=st.integers(1, 3))
def test_a_part_with_a_breath_of_its_own_takes_none_of_the_others(inner: int, outer: int) -> None:
    score = vc.seq(vc.breathe(outer), vc.pace("2-2", vc.breathe(inner)), vc.breathe(outer))
    assert count_beats(score) == 2 * outer
    spans = perform(score, RAMP).phases
    assert [each.end - each.start for each in spans[2 * outer : 2 * (outer + inner)]] == [Fraction(2)] * (2 * inner)


WORDS = st.lists(st.sampled_from(["leg", "left", "slowly", "reach for the toes"]), min_size=1, max_size=6).map(" ".join)


@given(left=WORDS, right=WORDS, rounds=st.integers(1, 3), first=st.sampled_from(["left", "right"]))
def test_both_sides_last_equally_long_whatever_is_said(left: str, right: str, rounds: int, first: str) -> None:
    """Words have the room of the longer ones; both turns of a round breathe the same breaths."""
    said = {"left": left, "right": right}
    score = vc.each_side(
        lambda side: vc.seq(vc.say(said[side]), vc.breathe(2, inhale="In"), vc.hold(30, said[side])),
        rounds=rounds,
        first=first,  # type: ignore[arg-type] # one of the two
    )
    both = [perform(compose.choose_sides(score, [side]), RAMP) for side in (Side.LEFT, Side.RIGHT)]
    assert both[0].duration == both[1].duration
    lengths = [[each.end - each.start for each in timeline.phases] for timeline in both]
    assert lengths[0] == lengths[1]
    whole = perform(score, RAMP)
    sides = [cue.side for cue in whole.cues if cue.text in {left, right}]
    assert sides[:2] == [Side(first)] * 2
    assert count_beats(score) == 2 * rounds


def cues(timeline: Timeline) -> list[str]:
    return [cue.text for cue in timeline.cues]


def test_a_change_is_only_between_turns_of_different_sides() -> None:
    score = vc.each_side(vc.say, rounds=2, change="Change.", between=5)
    assert cues(perform(score, CALM)) == ["left", "Change.", "right", "Change.", "left", "Change.", "right"]
    assert cues(perform(compose.choose_sides(score, [Side.LEFT]), CALM)) == ["left", "left"]


def test_sides_are_found_and_chosen_at_any_depth() -> None:
    score = vc.seq(vc.say("Sit."), vc.pace("2-2", vc.each_side(vc.say)), vc.say("Rest."))
    assert compose.has_sides(score)
    assert not compose.has_sides(vc.say("Sit."))
    assert cues(perform(compose.choose_sides(score, [Side.RIGHT]), CALM)) == ["Sit.", "right", "Rest."]


def test_the_longest_wording_that_fits_is_said() -> None:
    score = vc.breathe(1, exhale="And out, a little further than before, slowly | And out | Out")
    found = [perform(score, Pace((read_breath(f"4-{seconds}"),))).cues[0].text for seconds in (10, 2, 0.8)]
    assert found == ["And out, a little further than before, slowly", "And out", "Out"]
    with pytest.raises(FitError):
        perform(score, Pace((read_breath("4-0.3"),)))


def test_wordings_are_texts_or_parts_of_one() -> None:
    one, other = vc.say("Sit tall. | Sit."), vc.say("Sit tall.", "Sit.")
    assert one == other
    assert [[each.text for each in phrase.wordings] for phrase in list_phrases(one)] == [["Sit tall.", "Sit."]]


def test_a_hold_is_exact_and_its_words_come_at_their_moments() -> None:
    timeline = perform(vc.hold("30s", "Hold.", at={15: "Half.", "25s": "Five."}), CALM)
    assert timeline.duration == 30
    assert [(round(cue.start), cue.text) for cue in timeline.cues] == [(0, "Hold."), (15, "Half."), (25, "Five.")]


def test_words_are_spoken_as_in_routines() -> None:
    """Units and ranges become words; the text stays as it is read."""
    from voicecoach.language import language
    from voicecoach.routine.text_normalisation import read_aloud

    score = compose.read_wordings(vc.say("Hold 10-15 s."), lambda text: read_aloud(text, language("en")))
    (phrase,) = list_phrases(score)
    assert (phrase.wordings[0].text, phrase.wordings[0].spoken) == ("Hold 10-15 s.", "Hold 10 to 15 seconds.")


@pytest.mark.parametrize(
    "make",
    [
        lambda: vc.say(""),
        vc.say,
        lambda: vc.say("Sit | "),
        lambda: vc.say("…"),
        lambda: vc.breathe(0),
        lambda: vc.breathe(-1),
        lambda: vc.breathe(10**9),
        lambda: vc.breathe(1, inhale="|"),
        lambda: vc.hold("soon"),
        lambda: vc.hold(-1),
        lambda: vc.rest("2 breathes too many"),
        lambda: vc.chime("gong"),
        lambda: vc.pace("0-0"),
        lambda: vc.each_side(vc.say, rounds=0),
        lambda: vc.each_side(vc.say, change=""),
    ],
)
def test_what_is_impossible_is_refused_when_it_is_written(make: object) -> None:
    with pytest.raises(ChoiceError) as caught:
        make()  # type: ignore[operator] # each is a function
    assert 1 <= len(str(caught.value).splitlines()) <= 3


def test_sides_with_different_steps_may_differ() -> None:
    """Only turns that are alike can be paired."""
    score = vc.each_side(lambda side: vc.say("One.") if side == "left" else vc.seq(vc.say("One."), vc.say("Two.")))
    assert cues(perform(score, CALM))[-2:] == ["One.", "Two."]


def test_scores_are_values() -> None:
    parts = vc.say("Sit."), vc.breathe(2, inhale="In"), vc.rest("2 breaths", "Rest."), vc.chime(), vc.hold(9)
    assert vc.seq(*parts) == vc.seq(*parts)
    assert hash(vc.seq(*parts)) == hash(vc.seq(*parts))
    assert isinstance(vc.seq(), Seq)
    assert {type(each) for each in list_phrases(vc.seq(*parts))} == {Phrase}
