"""Cuts a long take into sentences, and says how sure each cut is."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.app.recording.align import Expected, Match, Take, align, find_left_out, sum_seconds
from voicecoach.app.recording.envelope import BLOCKS_A_SECOND
from voicecoach.app.recording.restarts import find_restarts
from voicecoach.app.recording.syllables import count_syllables, find_pauses

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.app.recording.align import Tempo
    from voicecoach.app.recording.envelope import Envelope

SURE = 2.5
"""The margin of a cut that is sure: the next best one is twelve times less likely."""
LONG, SHORT = 1.7, 0.55
"""A sentence is suspicious if it takes so many times as long as it should."""
NARROW = 0.2
"""Seconds of a pause beside a sentence that is so short that the cut may be inside a word."""

BEFORE, AFTER = 0.25, 0.40
"""Seconds that are kept around the words, or half of the pause; the voice trims them."""

HISS = 20
"""Blocks of 10 ms: a noise that begins so soon after the words is their last "s", and not a breath."""

ENOUGH = 0.5
"""The part of the sentences that has to be found at least; else it is another take."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a sentence is in a take.

    Attributes:
        start: Seconds from the start of the take; None if it was not found.
        end: Where it ends.
        sure: How sure that is, from 0 to 1.
        doubts: The reasons to listen to it; none if it is sure.
        notes: What else there is to know.
    """

    start: float | None = None
    end: float | None = None
    sure: float = 1.0
    doubts: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def found(self) -> bool:
        """Whether it was found."""
        return self.start is not None

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to listen to it."""
        return self.found and not self.doubts


def cut_take(texts: Sequence[str], envelope: Envelope) -> tuple[list[Cut], float]:
    """Return where each text is in a take, in which they were read in this order; and the seconds of other speech."""
    take = find_sounds(envelope)
    expected = [expect(text) for text in texts]
    matches, tempo = align(expected, take)
    left_out = sum(piece.seconds for piece in take.pieces) - sum(sum_seconds(take, match) for match in matches if match)
    return list(_make_cuts(expected, take, matches, tempo, envelope)), left_out


def find_sounds(envelope: Envelope) -> Take:
    """Return the sounds of a take that are not breaths or clicks."""
    found = envelope.find_pieces()
    pieces = tuple(piece for piece in found if not piece.is_noise)
    return Take(pieces, find_restarts(envelope, pieces), tuple(piece for piece in found if piece.is_noise))


def expect(text: str) -> Expected:
    """Return what is expected of a text.

    >>> expect("In, and out")
    Expected(syllables=3.0, commas=(0.3333333333333333,))
    """
    whole = count_syllables(text)
    return Expected(whole, tuple(min(1.0, count_syllables(text[:at]) / whole) for at in find_pauses(text)))


def _make_cuts(
    expected: Sequence[Expected], take: Take, matches: Sequence[Match | None], tempo: Tempo, envelope: Envelope
) -> Iterator[Cut]:
    left_out = find_left_out(take, matches)
    for each, match in zip(expected, matches, strict=True):
        if match is None:
            yield Cut(sure=0.0, doubts=("it was not found",))
            continue
        start, end, gaps = _find_span(take, match, envelope.seconds)
        doubts = [*_doubt(match, gaps, tempo.expect(each)), *_doubt_sounds(take, match, left_out)]
        notes = ["a first attempt before it was left out"] if match.restarted else []
        sure = 1 - math.exp(-match.margin / 1.5)
        yield Cut(
            round(start, 2), round(end, 2), round(min(sure, 0.5) if doubts else sure, 2), tuple(doubts), tuple(notes)
        )


def _find_span(take: Take, match: Match, seconds: float) -> tuple[float, float, tuple[float, float]]:
    """Return the start and the end of a sentence with some silence around it, and the pauses beside it."""
    first, last = take.pieces[match.first].start, take.pieces[match.last].end
    before = take.pieces[match.first - 1].end if match.first else 0
    after = take.pieces[match.last + 1].start if match.last + 1 < len(take.pieces) else seconds * BLOCKS_A_SECOND
    gaps = ((first - before) / BLOCKS_A_SECOND, (after - last) / BLOCKS_A_SECOND)
    breath = max((each.end for each in take.noises if before <= each.end <= first), default=before)
    next_breath = min((each.start for each in take.noises if last + HISS <= each.start <= after), default=after)
    start = first - min(BEFORE * BLOCKS_A_SECOND, (first - breath) / 2)
    end = last + min(AFTER * BLOCKS_A_SECOND, (next_breath - last) / 2)
    return max(0.0, start / BLOCKS_A_SECOND), end / BLOCKS_A_SECOND, gaps


def _doubt(match: Match, gaps: tuple[float, float], due: float) -> Iterator[str]:
    if match.margin < SURE:
        yield "another cut is nearly as likely"
    if match.ratio > LONG or match.ratio < SHORT:
        yield f"it lasts {due * match.ratio:.1f} s; about {due:.1f} s is expected"
    if min(gaps) < NARROW:
        yield f"the pause {'before' if gaps[0] < gaps[1] else 'after'} it is very short"


def _doubt_sounds(take: Take, match: Match, left_out: frozenset[int]) -> Iterator[str]:
    """Doubt a sentence that begins twice, or that is beside speech that no sentence has."""
    if any(match.first + count <= match.last for count in take.restarts[match.first]):
        yield "its beginning seems to occur twice"
    for number, where in ((match.first - 1, "before"), (match.last + 1, "after")):
        if number in left_out:
            at = take.pieces[number]
            yield f"{at.seconds:.1f} s of sound {where} it ({at.start / BLOCKS_A_SECOND:.1f} s) were left out"
