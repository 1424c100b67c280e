"""How much a session stretches, against what is commonly advised: docs/dose.md has the sources."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.script.choices import LEFT_RIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.timeline import Timeline

SHORTEST = Fraction(10)
"""Seconds that a stretch should be held, at least."""
ENOUGH = Fraction(60)
"""Seconds for each leg in all."""


def note_dose(tracks: Iterable[Timeline], limb: str = "leg") -> str:
    """Say on one line what is short of the advice; nothing where nothing is, or nothing is a stretch.

    ``limb`` is what each side has: a leg, or just a side.

    >>> from voicecoach.core.timeline import Stretch, Timeline
    >>> note_dose([Timeline(Fraction(90), stretches=(Stretch(Fraction(0), Fraction(50)),))])
    'each leg is stretched 50 s in all; advised are 10 s or more, 60 s a leg: docs/dose.md'
    >>> note_dose([Timeline(Fraction(30))])
    ''
    """
    tracks = list(tracks)
    held = [each.end - each.start for track in tracks for each in track.stretches]
    legs = {side.value: max((track.stretched(side) for track in tracks), default=Fraction(0)) for side in LEFT_RIGHT}
    short = [*_holds(held), *_legs({side: time for side, time in legs.items() if 0 < time < ENOUGH}, limb)]
    return f"{', '.join(short)}; advised are 10 s or more, 60 s a {limb}: docs/dose.md" if short else ""


def _holds(held: list[Fraction]) -> Iterator[str]:
    if held and min(held) < SHORTEST:
        yield f"the shortest stretch is held {_seconds(min(held))}"


def _legs(short: dict[str, Fraction], limb: str) -> Iterator[str]:
    if len(short) == len(LEFT_RIGHT) and len(set(short.values())) == 1:
        yield f"each {limb} is stretched {_seconds(short['left'])} in all"
    else:
        yield from (f"the {side} {limb} is stretched {_seconds(time)} in all" for side, time in short.items())


def _seconds(time: Fraction) -> str:
    return f"{float(time):.1f}".removesuffix(".0") + " s"
