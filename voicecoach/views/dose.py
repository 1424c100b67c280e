"""The stretching time of a session, compared with common advice: docs/dose.md has the sources."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.script.choices import LEFT_RIGHT
from voicecoach.views.text import format_seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Timeline

SHORTEST = Fraction(10)
"""Minimum seconds of one stretch."""
ENOUGH = Fraction(60)
"""Minimum seconds of stretching for each leg in total."""


def note_dose(tracks: Iterable[Timeline], limb: str = "leg", sides: Iterable[Side] = LEFT_RIGHT) -> str:
    """Return one line about stretches that are shorter than advised; empty if there are none.

    ``limb`` is the word for the stretched part of each side: "leg", or only "side". ``sides`` are those played.

    >>> from voicecoach.core.timeline import Stretch, Timeline
    >>> note_dose([Timeline(Fraction(90), stretches=(Stretch(Fraction(0), Fraction(50)),))])
    'each leg is stretched 50 s in total; the advice is 10 s or more at a time, 60 s a leg: docs/dose.md'
    >>> note_dose([Timeline(Fraction(30))])
    ''
    """
    tracks = list(tracks)
    lengths = [each.end - each.start for track in tracks for each in track.stretches]
    legs = {side.value: max((track.measure_stretch(side) for track in tracks), default=Fraction(0)) for side in sides}
    low = {side: time for side, time in legs.items() if 0 < time < ENOUGH}
    short = [*_note_shortest(lengths), *_note_legs(low, limb)]
    return f"{', '.join(short)}; the advice is 10 s or more at a time, 60 s a {limb}: docs/dose.md" if short else ""


def _note_shortest(lengths: list[Fraction]) -> Iterator[str]:
    if lengths and min(lengths) < SHORTEST:
        yield f"the shortest stretch lasts {format_seconds(min(lengths))}"


def _note_legs(short: dict[str, Fraction], limb: str) -> Iterator[str]:
    if len(short) == len(LEFT_RIGHT) and len(set(short.values())) == 1:
        yield f"each {limb} is stretched {format_seconds(short['left'])} in total"
    else:
        yield from (f"the {side} {limb} is stretched {format_seconds(time)} in total" for side, time in short.items())
