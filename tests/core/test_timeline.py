"""The laws of the score, run on scores that nobody thought of."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fakes import FRAME, ceil_to_frame, measure, perform, snap, spoken_seconds
from tests.strategies import breaths, phrases, scores
from voicecoach.core.breath import Breath, Kind, Pace, Span
from voicecoach.core.layout import measure_air
from voicecoach.core.notation import read_breath
from voicecoach.core.perform import LONGEST
from voicecoach.core.score import (
    CueKind,
    Cycle,
    Mark,
    Moment,
    Offset,
    Overrun,
    Paced,
    Pause,
    Phrase,
    Score,
    Seq,
    Side,
    Slot,
    Sound,
    Under,
    Wording,
    breathe,
    phrase,
    seq,
)
from voicecoach.core.timeline import format_timestamp, round_time, to_milliseconds
from voicecoach.errors import ChoiceError, FitError

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

CALM = read_breath("4-6")


def test_the_breath_of_most_of_the_time_is_found() -> None:
    def found(*parts: tuple[str, int]) -> Breath | None:
        one = breathe({Kind.EXHALE: phrase("Out")})
        score = seq(*(Paced(Pace((read_breath(text),)), seq(*[one] * count)) for text, count in parts))
        return perform(score, measure, CALM).find_breath()

    assert found(("4-6", 1), ("4-4-4-4", 1), ("4-6", 1), ("4-4-4-4", 1)) == read_breath("4-4-4-4")
    assert found(("4-6", 2), ("5-5", 2)) is None
    assert found() is None


def exact_end(score: Score, at: Fraction, taken: Breath) -> Fraction:  # noqa: PLR0911 - one for each node
    """The duration as a fold of its own, to hold `perform` against."""
    match score:
        case Phrase(wordings):
            first = wordings[0]
            return at + ceil_to_frame(max(spoken_seconds(text) for text in (first.text, *first.twins)))
        case Pause(span=span):
            return at + span.seconds(taken)
        case Seq(parts):
            for part in parts:
                at = exact_end(part, at, taken)
            return at
        case Slot(span=span, body=body):
            length = span.seconds(taken)
            end = exact_end(shortened(body, length - max(Fraction(15, 100), length / 10), taken), at, taken)
            step = taken.seconds if span.breaths else Fraction(0)
            while step and at + length < end:
                length += step
            return max(end, at + length)
        case Paced(inner, body):
            return exact_end(body, at, inner.points[0])
        case Under(body):
            return exact_end(body, at, taken)
        case Mark() | Sound():
            return at
        case _:
            return at + taken.seconds


def shortened(body: Score, room: Fraction, taken: Breath) -> Score:
    """Leave the longest wording that ends within ``room`` of the phrase that opens a slot; if none does, the last."""
    match body:
        case Phrase(wordings):
            fitting = (each for each in wordings if exact_end(Phrase((each,)), Fraction(0), CALM) <= room)
            return Phrase((next(fitting, wordings[-1]),))
        case Seq((Mark(), *others)):
            return shortened(Seq(tuple(others)), room, taken)
        case Seq((Pause() as pause, *others)):
            return Seq((pause, shortened(Seq(tuple(others)), room - pause.span.seconds(taken), taken)))
        case Seq((Phrase() as first, *others)):
            return Seq((shortened(first, room, taken), *others))
        case _:
            return body


@given(scores, breaths)
def test_a_score_lasts_as_long_as_its_parts_say(score: Score, taken: Breath) -> None:
    timeline, end = perform(score, measure, taken), exact_end(score, Fraction(0), taken)
    assert timeline.duration == max([ceil_to_frame(end), *(ceil_to_frame(cue.end) for cue in timeline.cues)])


@given(scores, scores, scores, breaths)
def test_putting_scores_in_sequence_is_associative_and_nothing_is_its_unit(
    first: Score, second: Score, third: Score, taken: Breath
) -> None:
    flat = perform(seq(first, second, third), measure, taken)
    assert perform(seq(first, seq(second, third)), measure, taken) == flat
    assert perform(Seq((Seq((first, second)), Seq((third, Seq())))), measure, taken) == flat


@given(scores, breaths, breaths)
def test_the_innermost_pace_holds(score: Score, inner: Breath, outer: Breath) -> None:
    assert perform(Paced(Pace((inner,)), score), measure, outer) == perform(score, measure, inner)


def test_a_ramp_leads_through_the_breaths_that_are_its_own_and_through_no_others() -> None:
    own = Paced(Pace((read_breath("1-1"),)), seq(*(Cycle(beat=number) for number in range(5))))
    ramp = Pace((read_breath("2-2"), read_breath("4-4")))
    phases = perform(seq(Cycle(beat=0), own, Cycle(beat=1)), measure, ramp).phases
    assert [each.end - each.start for each in phases] == [2, 2, *[1] * 10, 4, 4]


@given(scores, breaths)
def test_speech_is_never_laid_over_speech_and_stays_on_frames(score: Score, taken: Breath) -> None:
    cues = perform(score, measure, taken).cues
    assert all(earlier.end <= later.start for earlier, later in pairwise(cues))
    assert all(cue.start % FRAME == 0 for cue in cues)
    assert all(cue.end - cue.start == spoken_seconds(cue.text) for cue in cues)


@given(st.lists(phrases, min_size=1, max_size=30), st.fractions(1, 30, max_denominator=997))
def test_nothing_drifts_however_long_the_session(said: list[Phrase], inhale: Fraction) -> None:
    """Each cue is at most half a frame from its exact onset, the last one as the first."""
    from voicecoach.core.breath import Phase

    taken = Breath((Phase(Kind.INHALE, inhale + 5), Phase(Kind.EXHALE, Fraction(17, 3))))
    score = seq(*(breathe({Kind.INHALE: phrase("In")}) for _ in range(len(said) * 5)))
    for number, cue in enumerate(perform(score, measure, taken).cues):
        assert abs(cue.start - number * taken.seconds) <= FRAME / 2


@given(phrases, st.sampled_from(["2-2", "4-6", "5.5-5.5", "10-20", "4-7-8", "4-4-4-4"]))
def test_words_in_a_phase_start_at_its_onset_and_leave_air_or_are_refused(said: Phrase, text: str) -> None:
    taken = read_breath(text)
    score = seq(Pause(Span(rest=Fraction(1, 7))), breathe({Kind.EXHALE: said}), Pause(Span(3)))
    room = next(phase.seconds for phase in taken.phases if phase.kind is Kind.EXHALE)
    fitting = [
        each
        for each in said.wordings
        if max(ceil_to_frame(spoken_seconds(every)) for every in (each.text, *each.twins)) <= room - measure_air(room)
    ]
    if not fitting:
        with pytest.raises(FitError, match="exhale"):
            perform(score, measure, taken)
        return
    timeline = perform(score, measure, taken)
    (cue,) = timeline.cues
    exhale = next(phase for phase in timeline.phases if phase.kind is Kind.EXHALE)
    assert cue.text == fitting[0].text
    assert cue.start == snap(exhale.start)
    assert cue.end <= exhale.end - measure_air(room) + FRAME / 2
    assert exhale.end - exhale.start == room


@given(st.integers(0, 900))
@example(302)  # 19.9 s: they end within the two breaths
@example(303)
@example(455)
@example(457)
def test_an_instruction_slot_in_breaths_grows_by_whole_breaths(letters: int) -> None:
    said = phrase("a" * (letters + 1))
    after = perform(seq(Slot(Span(2), said), breathe({})), measure, CALM).phases[0].start
    assert after % 10 == 0
    assert after == max(20, ceil_to_frame(spoken_seconds(said.wordings[0].text)) // 10 * 10 + 10)


def test_a_slot_that_refuses_keeps_its_length_or_tells() -> None:
    holds = Slot(Span(rest=Fraction(3)), phrase("Hold"), Overrun.REFUSE)
    assert perform(seq(holds, phrase("On")), measure, CALM).cues[1].start == 3
    with pytest.raises(FitError, match=r"'Hold it' needs 0\.72 s and the hold of 0\.5 s has 0\.35 s for it"):
        perform(Slot(Span(rest=Fraction(1, 2)), phrase("Hold it", "Hold it"), Overrun.REFUSE), measure, CALM)


@pytest.mark.parametrize(("phase", "hold", "named"), [("2", 9, "the inhale of 2 s"), ("9", 2, "the hold of 2 s")])
def test_of_two_spans_around_words_the_one_that_ends_first_holds(phase: str, hold: int, named: str) -> None:
    held = Slot(Span(rest=Fraction(hold)), phrase("a" * 30), Overrun.REFUSE)
    with pytest.raises(FitError, match=named):
        perform(breathe({Kind.INHALE: held}), measure, read_breath(f"{phase}-9"))
    assert perform(breathe({Kind.INHALE: held}), lambda _: Fraction(1), read_breath(f"{phase}-9")).cues[0].start == 0


def test_of_two_words_at_one_moment_of_a_hold_the_first_may_give_way_to_a_tone() -> None:
    start = (Offset(Fraction(0), Fraction(0)), phrase("Up"))
    low = Phrase((Wording("Low"),), CueKind.BREATH, None, Sound("tone-hold", CueKind.TONE))
    held = perform(Slot(Span(rest=Fraction(9)), low, Overrun.REFUSE, (start,)), measure, CALM)
    assert [cue.text for cue in held.cues] == ["tone-hold", "Up"]
    with pytest.raises(FitError, match="'Low' is said at the same moment as 'Up'"):
        perform(Slot(Span(rest=Fraction(9)), phrase("Low"), Overrun.REFUSE, (start,)), measure, CALM)


def test_every_phrase_that_does_not_fit_is_told_once() -> None:
    breaths = [breathe({Kind.INHALE: phrase("word " * 30), Kind.EXHALE: phrase("other " * 30)}) for _ in range(5)]
    with pytest.raises(FitError) as caught:
        perform(seq(*breaths), measure, CALM)
    assert len(caught.value.problems) == 2


@given(breaths, st.dictionaries(st.sampled_from(Kind), phrases, min_size=1), st.integers(1, 3))
def test_words_for_phases_that_a_breath_lacks_are_left_out_and_named(
    taken: Breath, words: dict[Kind, Phrase], number: int
) -> None:
    """The breath lasts as long as ever, and all other words are said."""
    short = {kind: Phrase((Wording("a"),), CueKind.BREATH) for kind in words}
    timeline = perform(Cycle(tuple((kind, number, said) for kind, said in short.items())), lambda _: FRAME, taken)
    there = {kind: sum(phase.kind is kind for phase in taken.phases) for kind in short}
    assert timeline.duration == ceil_to_frame(taken.seconds)
    assert len(timeline.cues) == sum(count >= number for count in there.values())
    assert len(timeline.unsaid) == sum(count < number for count in there.values())


def test_words_that_are_left_out_are_named_with_their_phase_and_breath() -> None:
    unsaid = perform(seq(*[breathe({Kind.HOLD: phrase("Hold")})] * 2), measure, CALM).unsaid
    assert [(each.what, each.remedy) for each in unsaid] == [
        ("'Hold' is left out: the breath 4-6 has no hold", "breathe with a hold to hear it")
    ]


def test_room_is_kept_for_the_other_side_so_that_both_take_the_same_time() -> None:
    left = Phrase((Wording("your left leg", ("your right leg",)),))
    right = Phrase((Wording("your right leg", ("your left leg",)),))
    after = [perform(seq(side, phrase("Now")), measure, CALM).cues[1].start for side in (left, right)]
    assert after[0] == after[1]


def test_stretch_is_counted_for_its_side_and_for_both_legs_where_it_has_none() -> None:
    def stretched(side: Side | None, breath_count: int) -> Seq:
        return seq(
            Mark(Moment.STRETCH, side=side),
            *(breathe({}, side) for _ in range(breath_count)),
            Mark(Moment.RELEASE, side=side),
        )

    timeline = perform(seq(stretched(Side.LEFT, 2), stretched(None, 1), stretched(Side.RIGHT, 3)), measure, CALM)
    assert timeline.measure_stretch(Side.LEFT) == 30
    assert timeline.measure_stretch(Side.RIGHT) == 40


def test_a_chime_rings_over_what_follows_and_is_never_cut() -> None:
    chime = Sound("bell")
    assert [cue.start for cue in perform(seq(chime, phrase("Rise")), measure, CALM).cues] == [0, 0]
    assert perform(seq(chime), measure, CALM).duration == ceil_to_frame(Fraction(4))


@given(scores, st.fractions(0, 60, max_denominator=100))
def test_a_preview_is_the_beginning_with_no_cue_cut(score: Score, end: Fraction) -> None:
    whole = perform(score, measure, CALM)
    part = whole.until(end)
    assert part.duration == min(whole.duration, ceil_to_frame(end))
    assert set(part.cues) <= set(whole.cues)
    assert all(cue.end <= part.duration for cue in part.cues if part != whole)
    assert all(phase.end <= part.duration for phase in part.phases)
    assert all(chapter.end <= part.duration for chapter in part.chapters)


@given(scores, st.fractions(0, 60, max_denominator=100))
def test_what_is_left_without_the_beginning_is_the_same_only_earlier(score: Score, start: Fraction) -> None:
    whole = perform(score, measure, CALM)
    part = whole.since(start)
    first = min(whole.duration, start // FRAME * FRAME)
    assert part.duration == whole.duration - first
    kept = [replace(cue, start=cue.start - first, end=cue.end - first) for cue in whole.cues if cue.start >= first]
    assert list(part.cues) == kept
    for before, after in ((whole.phases, part.phases), (whole.chapters, part.chapters)):
        assert [each.end + first for each in after] == [each.end for each in before if each.end > first]
        assert [each.start + first for each in after] == [max(each.start, first) for each in before if each.end > first]


@given(scores, st.fractions(1, 60, max_denominator=100))
def test_a_preview_has_ten_seconds_before_the_first_breath(score: Score, seconds: Fraction) -> None:
    whole = perform(score, measure, CALM)
    part = whole.preview(seconds)
    assert part.duration <= ceil_to_frame(seconds)
    if whole.phases and seconds > 10 + FRAME:
        first = whole.phases[0].start
        assert part.phases[0].start == first if first < 10 else 10 <= part.phases[0].start < 10 + FRAME
    if not whole.phases:
        assert part == whole.until(seconds)


def test_breaths_count_from_nought_and_their_phases_follow_without_a_gap() -> None:
    timeline: Timeline = perform(seq(*(breathe({}) for _ in range(50))), measure, read_breath("3.3-5.7"))
    assert [phase.breath for phase in timeline.phases] == [number // 2 for number in range(100)]
    assert all(earlier.end == later.start for earlier, later in pairwise(timeline.phases))


def test_a_session_that_goes_on_for_too_long_is_refused_with_the_limit_named(monkeypatch: pytest.MonkeyPatch) -> None:
    hours = seq(*[breathe({})] * 440)
    assert perform(hours, measure, read_breath("40-58")).duration < LONGEST
    with pytest.raises(ChoiceError, match="more than 12 hours"):
        perform(hours, measure, read_breath("40-60"))
    with pytest.raises(ChoiceError, match="more than 12 hours"):
        perform(Pause(Span(rest=LONGEST + 1)), measure, CALM)
    monkeypatch.setattr("voicecoach.core.perform.MOST_CUES", 20)
    words = breathe({Kind.INHALE: phrase("In")})
    assert len(perform(seq(*[words] * 20), measure, CALM).cues) == 20
    with pytest.raises(ChoiceError, match="more than 20 cues"):
        perform(seq(*[words] * 22), measure, CALM)


@pytest.mark.parametrize(
    ("milliseconds", "point", "written"),
    [
        (0, ".", "00:00:00.000"),
        (999, ",", "00:00:00,999"),
        (61_001, ",", "00:01:01,001"),
        (3_599_999, ".", "00:59:59.999"),
        (36_061_001, ",", "10:01:01,001"),
    ],
)
def test_a_timestamp_has_hours_minutes_seconds_and_thousandths(milliseconds: int, point: str, written: str) -> None:
    assert format_timestamp(milliseconds, point) == written


@given(st.fractions(0, 40_000, max_denominator=50_000), st.integers(1, 1000))
def test_a_time_is_rounded_to_the_nearest_part_and_halves_go_up(seconds: Fraction, parts: int) -> None:
    assert -Fraction(1, 2) < round_time(seconds, parts) - seconds * parts <= Fraction(1, 2)
    assert round_time(Fraction(2 * parts + 1, 2 * parts), parts) == parts + 1
    assert to_milliseconds(seconds) == round_time(seconds, 1000)
