"""Edge cases of the core that no law draws often enough."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.fakes import CHIME_SECONDS, FRAME, measure, perform, spoken_seconds
from voicecoach.core.breath import Kind, Span
from voicecoach.core.notation import read_breath, read_pace, read_span
from voicecoach.core.score import (
    CueKind,
    Cycle,
    Mark,
    Moment,
    Offset,
    Onset,
    Overrun,
    Pause,
    Seq,
    Side,
    Slot,
    Sound,
    Under,
    breathe,
    list_parts,
    phrase,
    seq,
)
from voicecoach.errors import ChoiceError, FitError

CALM = read_breath("4-6")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("4-6 to 5-7", "two dots stand between two breaths\nwrite 4-6..5-7"),
        ("4-6 -> 5-7", "write 4-6..5-7"),
        ("4-6..4-2-6", "its breaths have different phases"),
        ("4-6 +1s every 0s", "a step is taken after some time"),
    ],
)
def test_what_is_not_a_pace_is_refused_with_how_it_is_written(text: str, message: str) -> None:
    with pytest.raises(ChoiceError, match=message.replace("+", r"\+")):
        read_pace(text)


def test_a_phase_of_no_length_in_a_single_breath_of_a_pace_is_left_out() -> None:
    assert read_pace("4-6..5-0-7") == read_pace("4-6..5-7")
    assert read_pace("4-0-6-0..5-7") == read_pace("4-6..5-7")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0/min", "write breaths a minute as 6/min, with their ratio as 6/min 40:60"),
        ("6/min 0:0", "write breaths a minute as 6/min"),
        ("4:6", "may be seconds or a ratio\nwrite 4-6 for seconds, or 6/min 4:6 for a ratio"),
        ("4,6", "may be a decimal or two numbers\nwrite 4-6; decimals take a point"),
        ("4,5-6,5", "decimals take a point, as in 4.5-6.5"),
        ("four-six", "its numbers are words\nwrite 4-6"),
        ("4--6", "a number is missing, or negative"),
        ("4-x", "'x' is not a number of seconds"),
    ],
)
def test_what_is_not_a_breath_is_refused_with_how_it_is_written(text: str, message: str) -> None:
    with pytest.raises(ChoiceError, match=message):
        read_breath(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("2,5s", "decimals take a point, write 2.5s"),
        ("3 breaths at least 20s", "has no comma: write 3 breaths, at least 20s"),
        ("two breaths", "write 2 breaths"),
        ("3 breths", "write 3 breaths"),
        ("3 times", "write 3 breaths"),
        ("3 elephants", "write breaths as 2 breaths"),
        ("soon", "write breaths as 2 breaths"),
    ],
)
def test_what_is_not_a_length_is_refused_with_how_it_is_written(text: str, message: str) -> None:
    with pytest.raises(ChoiceError, match=message):
        read_span(text)


def test_what_is_under_a_score_is_heard_at_its_start_and_takes_no_time() -> None:
    score = Under(seq(phrase("One"), Pause(Span(rest=Fraction(3)))), Sound("chime-end"))
    timeline = perform(score, measure, CALM)
    assert [(cue.text, cue.track, float(cue.start)) for cue in timeline.cues] == [
        ("chime-end", "chime", 0.0),
        ("One", "voice", 0.0),
    ]
    assert list_parts(score) == (score.body, score.under)
    assert timeline.cues[0].end == CHIME_SECONDS


def test_words_at_the_onset_of_a_hold_that_are_heard_at_its_next_moment_do_not_fit() -> None:
    long = Onset(phrase("These are a great many words to say at once"), Fraction(0))
    later = (Offset(Fraction(0), Fraction(1)), phrase("two"))
    held = Slot(Span(rest=Fraction(9)), Seq(), Overrun.REFUSE, at=(later,))
    with pytest.raises(FitError, match="s too long to end before 'two'; shorten it, or give the hold more time"):
        perform(seq(long, held), measure, CALM)


RELEASE = Onset(phrase("And let it go"), Fraction(0))


def test_after_a_release_a_breath_waits_until_its_first_words_can_be_heard() -> None:
    free = spoken_seconds("And let it go")

    def start(taken: Cycle) -> Fraction:
        return perform(seq(RELEASE, taken), measure, CALM).phases[0].start

    assert free <= start(breathe({Kind.INHALE: phrase("In")})) <= free + FRAME
    assert start(breathe({Kind.EXHALE: phrase("Out")})) == 0, "the words come after 4 silent seconds"
    assert start(Cycle(())) == 0
    only = replace(breathe({Kind.EXHALE: phrase("Out")}), only=Kind.EXHALE)
    assert free <= start(only) <= free + FRAME


def test_a_stretch_begins_with_its_first_breath_also_if_that_has_to_wait() -> None:
    one = breathe({Kind.INHALE: phrase("In")}, Side.LEFT)
    score = seq(RELEASE, Mark(Moment.STRETCH, side=Side.LEFT), one, Mark(Moment.RELEASE, side=Side.LEFT))
    assert perform(score, measure, CALM).measure_stretch(Side.LEFT) == 10


def test_a_cue_is_known_by_its_track_what_is_said_and_how_far_the_voice_has_sunk() -> None:
    said, rung = perform(seq(phrase("bell-end"), Sound("bell-end")), measure, CALM).cues
    assert said.kind is not CueKind.CHIME
    assert (said.source, rung.source) == (("voice", "bell-end", 0, 0), ("chime", "bell-end", 0, 0))


@pytest.mark.parametrize("text", ["3 breaths, at least 20s", "2 breaths", "90s"])
def test_a_length_is_written_as_it_is_read(text: str) -> None:
    assert str(read_span(text)) == text
    assert read_span("30s in whole breaths") == Span(least=Fraction(30))
