"""Bells at the start of chapters and at changes of side; they ring over what follows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import Span
from voicecoach.core.score import CueKind, Mark, Moment, Paced, Pause, Phrase, Seq, Slot, Sound, Under, seq

if TYPE_CHECKING:
    from voicecoach.core.score import Score

HEARD = Pause(Span(rest=Fraction(3, 2)))
"""What a bell has to itself before anybody speaks."""

DEFAULT_END = Sound("chime-end")


def choose_start(name: str | None) -> Seq:
    """Return what is heard at the start of a session: the bell of a set, if one was chosen."""
    return seq(Sound(f"{name}-start")) if name else seq()


def choose_end(name: str | None) -> Seq:
    """Return what is heard at the end of a session: a bell, unless the listener chose no bells (an empty name)."""
    if name is None:
        return seq(DEFAULT_END)
    return seq(Sound(f"{name}-end")) if name else seq()


def add_bells(score: Score, name: str) -> Score:
    """Put the bells of a set into a score: before the words that change sides, and at chapters that have no side.

    Of chapters that begin at once, the last has the bell.

    >>> from voicecoach.core.score import phrase
    >>> said = seq(Mark(Moment.CHAPTER, "Sit"), phrase("Sit down"))
    >>> [each.name for each in add_bells(said, "bell").parts if isinstance(each, Sound)]
    ['bell-chapter']
    """
    match score:
        case Seq(parts):
            return seq(*(_put(part, after, name) for part, after in zip(parts, (*parts[1:], None), strict=False)))
        case Slot(body=body):
            return replace(score, body=add_bells(body, name))
        case Paced(pace, body):
            return Paced(pace, add_bells(body, name))
        case Under(body, under):
            return Under(add_bells(body, name), under)
        case _:
            return _put(score, None, name)


def _put(part: Score, after: Score | None, name: str) -> Score:
    if isinstance(part, Phrase) and part.kind is CueKind.CHANGE:
        return seq(Sound(f"{name}-change", side=part.side), HEARD, part)
    if _begins(part) and not _begins(after):
        return seq(part, Sound(f"{name}-chapter"), HEARD)
    return part if isinstance(part, Phrase | Mark) else add_bells(part, name) if _holds(part) else part


def _begins(part: Score | None) -> bool:
    """Return whether a chapter without a side begins."""
    return isinstance(part, Mark) and part.moment is Moment.CHAPTER and part.side is None


def _holds(part: Score) -> bool:
    return isinstance(part, Seq | Slot | Paced | Under)
