"""Longer waits for the hard of hearing: the pauses after words, and the times to settle."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.score import Overrun, Paced, Pause, Seq, Slot, SpanKind, Under

if TYPE_CHECKING:
    from voicecoach.core.breath import Span
    from voicecoach.core.score import Score

LONGER = Fraction(3, 2)
"""The factor by which waits are longer."""


def lengthen_waits(score: Score) -> Score:  # noqa: PLR0911 - one short branch for each node of the algebra
    """Return a score in which pauses and times to settle are half as long again; breaths, holds and rests stay.

    >>> from voicecoach.core.breath import Span
    >>> lengthen_waits(Pause(Span(rest=Fraction(2)))).span.rest
    Fraction(3, 1)
    """
    match score:
        case Pause(span):
            return replace(score, span=_lengthen(span))
        case Seq(parts):
            return replace(score, parts=tuple(lengthen_waits(part) for part in parts))
        case Paced(pace, body):
            return Paced(pace, lengthen_waits(body))
        case Under(body, under):
            return Under(lengthen_waits(body), under)
        case Slot(span, label=label) if label and label.kind is SpanKind.SETTLE:
            return replace(score, span=_lengthen(span))
        case Slot(body=body, overrun=overrun) if overrun is not Overrun.REFUSE:
            return replace(score, body=lengthen_waits(body))
        case _:
            return score


def _lengthen(span: Span) -> Span:
    """Return a longer wait: one in breaths by whole ones."""
    return replace(span, breaths=math.ceil(span.breaths * LONGER), rest=span.rest * LONGER)
