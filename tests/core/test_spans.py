"""The spans of a timeline: holds, rests, changes and counts lie where the score has them, apart or one in another."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import measure, perform
from voicecoach.core.breath import Span
from voicecoach.core.notation import read_breath
from voicecoach.core.score import Label, Mark, Moment, Offset, Overrun, Score, Side, Slot, SpanKind, phrase, seq

if TYPE_CHECKING:
    from voicecoach.core.timeline import TimedSpan, Timeline

CALM = read_breath("4-6")
FRAME = Fraction(24, 1000)


def slot(seconds: Fraction | int, kind: SpanKind, *, grows: bool = False, at: tuple[int, ...] = ()) -> Slot:
    """A slot with counts in its last seconds."""
    counted = tuple(
        (
            Offset(Fraction(1), Fraction(-left)),
            Slot(Span(rest=Fraction(1)), label=Label(SpanKind.COUNT, None, str(left))),
        )
        for left in at
    )
    body = phrase("Rest a little while, and let your breath come and go as it likes")
    overrun = Overrun.GROW if grows else Overrun.REFUSE
    return Slot(Span(rest=Fraction(seconds)), body if grows else seq(), overrun, counted, label=Label(kind))


def told(timeline: Timeline) -> list[tuple[float, float, str]]:
    return [(float(each.start), float(each.end), each.kind) for each in timeline.spans]


def test_silent_holds_and_rests_are_spans() -> None:
    score = seq(slot(30, SpanKind.HOLD), slot(20, SpanKind.REST), slot(30, SpanKind.HOLD))
    assert told(perform(score, measure, CALM)) == [(0, 30, "hold"), (30, 50, "rest"), (50, 80, "hold")]


def test_a_span_has_the_side_and_the_name_of_its_label() -> None:
    label = Label(SpanKind.HOLD, Side.LEFT, "calf")
    (span,) = perform(Slot(Span(rest=Fraction(9)), label=label), measure, CALM).spans
    assert (span.side, span.name) == (Side.LEFT, "calf")


def test_a_slot_that_grows_is_a_span_of_its_real_length() -> None:
    timeline = perform(slot(1, SpanKind.REST, grows=True), measure, CALM)
    (span,) = timeline.spans
    assert span.end >= timeline.cues[0].end > 1


def test_a_slot_without_a_label_or_without_time_is_no_span() -> None:
    empty = Slot(Span(), overrun=Overrun.REFUSE, label=Label(SpanKind.SETTLE))
    assert perform(seq(Slot(Span(rest=Fraction(5))), empty), measure, CALM).spans == ()


@st.composite
def scores(draw: st.DrawFn) -> Score:
    """Slots one after the other, some with a countdown."""
    seconds = st.fractions(min_value=4, max_value=40, max_denominator=10)
    count = st.integers(0, 3).map(lambda most: tuple(range(most, 0, -1)))
    one = st.tuples(seconds, st.sampled_from([SpanKind.HOLD, SpanKind.REST]), st.booleans(), count).map(
        lambda each: slot(each[0], each[1], grows=each[2] and not each[3], at=each[3])
    )
    marks = [Mark(Moment.CHAPTER, str(number)) for number in range(3)]
    return seq(*marks[:1], *draw(st.lists(one, min_size=1, max_size=12)))


def contains(outer: TimedSpan, inner: TimedSpan) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


@given(scores())
def test_spans_are_within_the_session_in_order_and_apart_or_one_in_another(score: Score) -> None:
    timeline = perform(score, measure, CALM)
    assert all(0 <= each.start < each.end <= timeline.duration for each in timeline.spans)
    assert all(one.start <= other.start for one, other in pairwise(timeline.spans))
    for number, one in enumerate(timeline.spans):
        for other in timeline.spans[number + 1 :]:
            assert one.end <= other.start or contains(one, other) or contains(other, one)


@given(scores())
def test_the_outer_spans_of_a_session_without_anything_else_are_all_of_it(score: Score) -> None:
    timeline = perform(score, measure, CALM)
    outer = [each for each in timeline.spans if each.kind is not SpanKind.COUNT]
    assert outer[0].start == 0
    assert all(one.end == other.start for one, other in pairwise(outer))
    assert sum(each.end - each.start for each in outer) <= timeline.duration < outer[-1].end + FRAME
    counts = [each for each in timeline.spans if each.kind is SpanKind.COUNT]
    assert all(each.end - each.start == 1 and any(contains(one, each) for one in outer) for each in counts)


@given(scores(), st.fractions(0, 100, max_denominator=10), st.fractions(1, 100, max_denominator=10))
def test_a_part_of_a_session_has_the_spans_of_that_part(score: Score, start: Fraction, length: Fraction) -> None:
    whole = perform(score, measure, CALM)
    part = whole.since(start).until(length)
    first = whole.duration - whole.since(start).duration
    assert all(0 <= each.start < each.end <= part.duration for each in part.spans)
    there = [each for each in whole.spans if each.end > first and each.start < first + part.duration]
    assert [each.kind for each in part.spans] == [each.kind for each in there]
