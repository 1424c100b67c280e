"""Cautions about unusual breaths. No breath is refused."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from voicecoach.core.breath import Kind
from voicecoach.core.spelling import write_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from voicecoach.core.timeline import Timeline

SHORTEST = 2
LONGEST = 30
"""Seconds of a breath; over 30 or under 2 breaths a minute get a caution. docs/breath.md has the sources."""
LONGEST_HOLD = 20
LONGEST_PAUSE = 15
"""Seconds of a hold after an inhale, and of a pause after an exhale; longer ones get a caution."""

_MORE = "docs/breath.md says why"


def list_cautions(timelines: Iterable[Timeline]) -> Iterator[str]:
    """Yield a caution for each unusual property of the breaths of a session, with its worst case.

    >>> from fractions import Fraction
    >>> from voicecoach.core.notation import read_breath
    >>> from voicecoach.core.score import Cycle
    >>> from voicecoach.core.perform import perform
    >>> timeline = perform(Cycle(), lambda _: Fraction(0), read_breath("0.5-0.5"), grid=Fraction(1, 1000))
    >>> list(list_cautions([timeline]))[0].split(":")[0]
    'a breath lasts 1 s, over 30 a minute'
    """
    breaths = [tuple(some) for each in timelines for _, some in groupby(each.phases, key=lambda span: span.breath)]
    whole = [some for some in breaths if {Kind.INHALE, Kind.EXHALE} <= {span.kind for span in some}]
    lengths = [some[-1].end - some[0].start for some in whole]
    if lengths and min(lengths) < SHORTEST:
        what = f"a breath lasts {write_number(min(lengths))} s, over {60 // SHORTEST} a minute"
        yield f"{what}: this can make you dizzy; breathe as you need to if it does ({_MORE})"
    if lengths and max(lengths) > LONGEST:
        what = f"a breath lasts {write_number(max(lengths))} s, under {60 // LONGEST} a minute"
        yield f"{what}: get there slowly over weeks, and breathe freely as soon as you want to ({_MORE})"
    for kind, most, what in ((Kind.HOLD, LONGEST_HOLD, "held"), (Kind.PAUSE, LONGEST_PAUSE, "held out")):
        holds = [span.end - span.start for some in breaths for span in some if span.kind is kind]
        if holds and max(holds) > most:
            how = "only at rest, never in an effort or in water; breathe as soon as you want to"
            yield f"the breath is {what} for {write_number(max(holds))} s: {how} ({_MORE})"
