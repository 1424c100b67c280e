"""Rests: how long they are within the author's limits, and words that say how many breaths they have."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from voicecoach.core.breath import Span
from voicecoach.core.score import CueKind, Phrase, Seq
from voicecoach.routine.model import list_value_words
from voicecoach.routine.phase_steps import ByCount
from voicecoach.script.choices import Spread
from voicecoach.script.copying import replace
from voicecoach.script.utterances import choose_counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

    from voicecoach.core.breath import Breath
    from voicecoach.core.score import Score
    from voicecoach.routine.model import Rest
    from voicecoach.script.context import Context

SLOWEST = 3
"""Characters a second of the slowest voices: words of a rest that are longer for them may need more breaths."""


def bend_rest(step: Rest, part: Context) -> Span:
    """Return how long a rest is: as written, with breaths more or fewer within the author's limits."""
    span = part.span(step.rest)
    if step.least is None and step.most is None:
        return span
    least = part.span(step.least) if step.least else span
    most = part.span(step.most) if step.most else span
    alike = all(each.in_breaths is span.in_breaths and not each.least for each in (span, least, most))
    part.tally.timed |= not alike or part.choices.amount.rests != Spread()
    if span.in_breaths:
        bounds = _count_in_breaths(least, part.shortest, math.ceil), _count_in_breaths(most, part.longest, math.floor)
        return replace(span, breaths=part.freedoms.rests.bend(part.choices.amount.rests, span.breaths, *bounds))
    breath = part.shortest.seconds
    fewer, more = span.rest - least.seconds(part.longest), most.seconds(part.shortest) - span.rest
    bent = part.freedoms.rests.bend(
        part.choices.amount.rests, 0, -math.floor(fewer / breath), math.floor(more / breath)
    )
    part.tally.timed |= bool(bent)
    return Span(rest=span.rest + bent * breath)


def _count_in_breaths(span: Span, breath: Breath, whole: Callable[[Fraction], int]) -> int:
    """Return a limit in breaths, so that a limit in seconds holds at any breath."""
    return span.count(breath) if span.in_breaths else whole(span.rest / breath.seconds)


def write_resting(step: Rest, span: Span, part: Context) -> Iterator[Score]:
    """Yield the words of a rest; if they count its breaths, then also those for as many more as they may need.

    Without words, what is yielded is empty.
    """
    if step.say is None:
        yield Seq()
        return
    if not isinstance(step.say, ByCount) and not any("count" in each.blanks() for each in list_value_words(step.say)):
        yield part.phrase(choose_counted(step.say, 0, part), CueKind.INSTRUCTION)
        return
    count, part.tally.timed = _count_breaths(step, span, part), True
    body = _write_counted(step, count, part)
    yield body
    while isinstance(body, Phrase) and count * part.shortest.seconds < len(body.wordings[-1].said) / SLOWEST:
        count += 1
        body = _write_counted(step, count, part)
        yield body


def _count_breaths(step: Rest, span: Span, part: Context) -> int:
    """Return how many breaths a rest has, as its words say it."""
    if not span.in_breaths or (span.least and len(part.pace.points) > 1):
        what = f"its words count the breaths of a rest of {span}: write it in breaths, as 2 breaths"
        return part.report(step.where, what, 1)
    return span.count(part.shortest)


def _write_counted(step: Rest, count: int, part: Context) -> Score:
    """Say the words of a rest of so many breaths; the routine's own value of ``count`` comes first."""
    assert step.say is not None  # noqa: S101 - it has words that count
    place = replace(part, values={"count": str(count), **part.values})
    return place.phrase(choose_counted(step.say, count, part), CueKind.INSTRUCTION)
