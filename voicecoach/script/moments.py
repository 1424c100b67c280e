"""What is heard at moments of a hold or a phase: words, counts, tones and sounds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import LONGEST_BREATH, Breath, Kind, Phase, Span
from voicecoach.core.score import CueKind, Label, Offset, Overrun, Slot, Sound, SpanKind, Under
from voicecoach.errors import quote
from voicecoach.routine.formulas.evaluation import Formula
from voicecoach.routine.phase_steps import ByRound, Sounded
from voicecoach.routine.values import EVERY, SHORTEST_APART, TONE, Every, Words
from voicecoach.script.choices import SPOKEN
from voicecoach.script.utterances import choose_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.core.score import Score
    from voicecoach.script.context import Context

COUNTS = {"{count}", "{count down}", "{beat}"}
"""Wordings that count breaths, moves or beats."""

Heard = Words | ByRound | Sounded
When = Offset | Every | Formula


def write_moments(at: Mapping[When, Heard], longest: Fraction, part: Context) -> Iterator[tuple[Offset, Score]]:
    """Yield what is heard at moments of a span of at most ``longest`` seconds, and when.

    Of words that repeat, ``{beat}`` is the number of the moment, where the start of the span is one, and ``{passed}``
    the time up to it.
    """
    for when, heard in at.items():
        for offset, number in _list_offsets(when, longest, part):
            passed = f"{float(offset.seconds):g}s"
            place = part.with_values(beat=str(number + 1), passed=passed) if number else part
            score = write_heard(heard, place, CueKind.REMINDER, Kind.HOLD)
            yield offset, _label_count(score, heard, offset, number, place) if number else score


def _label_count(score: Score, heard: Heard, offset: Offset, number: int, part: Context) -> Score:
    """Let a count that repeats be a span on the timeline, up to the next one; anything else stays as it is."""
    if isinstance(heard, Sounded) or not offset.least or not _is_count(choose_words(heard, part), part):
        return score
    return write_count(score, offset.least, number + 1, part)


def write_count(score: Score, seconds: Fraction, number: int, part: Context) -> Score:
    """Let a count be a span on the timeline, of so many ``seconds``; its words have the room around it."""
    label = Label(SpanKind.COUNT, part.side, str(number))
    return Under(score, Slot(Span(rest=seconds), overrun=Overrun.REFUSE, label=label))


def _list_offsets(when: When, longest: Fraction, part: Context) -> Iterator[tuple[Offset, int]]:
    """Yield a moment with 0, or the moments of one that repeats, counted from 1."""
    apart = _find_apart(when, longest, part)
    if apart is None:
        assert not isinstance(when, Every)  # noqa: S101 - it has a time
        yield part.moment(when), 0
        return
    for number in range(1, int(longest / apart)):
        part.add()
        yield Offset(Fraction(0), number * apart, apart), number


def _find_apart(when: When, longest: Fraction, part: Context) -> Fraction | None:
    """Return the seconds from one moment to the next; None if it does not repeat."""
    if isinstance(when, Every):
        return when.seconds
    if not isinstance(when, Formula) or not when.text.strip().startswith(EVERY):
        return None
    apart = part.moment(replace(when, text=when.text.strip().removeprefix(EVERY))).seconds
    if apart >= SHORTEST_APART:
        return apart
    what = f"{quote(when.text)} is too often: at least {float(SHORTEST_APART):g}s is possible"
    return part.report(when.where, what, max(longest, SHORTEST_APART))


def write_heard(heard: Heard, part: Context, kind: CueKind, tone: Kind) -> Score:
    """Write words or a sound; at moments (reminders), only counts and tones of their own are heard as tones."""
    if isinstance(heard, Sounded):
        name = heard.sound
        return Sound(name.text, file=part.routine.sounds.get(name, ""), where=name.where)
    words = choose_words(heard, part)
    if kind is CueKind.REMINDER and not _is_count(words, part):
        return part.phrase(words, kind, tone if CueKind.REMINDER in SPOKEN[part.choices.guidance] else None)
    counted = kind is CueKind.REMINDER or not COUNTS.isdisjoint(map(str.lower, words.wordings))
    return part.phrase(words, CueKind.COUNT if counted else kind, tone)


def _is_count(words: Words, part: Context) -> bool:
    """Return whether words at a moment are a number, or a tone in place of one."""
    numbers = {number.casefold() for number in part.words.numbers}
    plain = [wording.casefold().rstrip(".!") for wording in words.wordings]
    return plain == [TONE] or any(each in COUNTS or each in numbers or each.isdecimal() for each in plain)


def measure_longest(span: Span, part: Context) -> Fraction:
    """Return how many seconds a length has at most, whichever breath of the pace it is counted in."""
    part.tally.timed |= span.in_breaths
    longest = Breath((Phase(Kind.HOLD, Fraction(LONGEST_BREATH)),)) if part.pace.every else part.longest
    return max(span.seconds(longest), span.seconds(part.shortest))
