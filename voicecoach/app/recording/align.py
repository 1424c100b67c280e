"""Assigns the sounds of a long take to the sentences that were read, by order, length and pauses.

Nothing is recognised: the sentences are in order, each takes about as long as its syllables, a speaker pauses longer
between sentences than inside them, and coughs and restarts are left out. Dynamic programming finds the cheapest
assignment. The tempo of the speaker and the length of the pauses are learned from the take, in a few rounds.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from voicecoach.app.recording.envelope import BLOCKS_A_SECOND

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.app.recording.envelope import Piece

ROUNDS = 4
"""How often the tempo and the pauses are learned again."""
MOST_PIECES, MOST_AT_COMMA = 8, 3
"""Sounds of a sentence, between the pauses inside it; and how many more for each comma."""

SPREAD = 0.22
"""How much lengths differ from their estimate: the standard deviation of their logarithm."""
ATTACK = 0.12
"""Seconds of a sentence that do not depend on its syllables."""
FAR = 4.5
"""A length costs no more than this many deviations."""

_PART_OF_PAUSE = 0.65
"""A pause inside a sentence is at most this part of the usual one between two."""

BEAM = 90.0
"""An assignment of the first sentences is dropped if it costs so much more than the best one of as many."""

_MOST_KEPT = 50_000
"""Lists of costs that are kept in memory, because they are needed several times."""

STEEP = 2.5
"""How fast a pause becomes less likely as it gets longer or shorter than the limit between both kinds of pauses."""
NEAR = 0.13
"""The part of a sentence within which a pause belongs to a comma."""
AT_COMMA, ELSEWHERE = 0.4, 1.0
"""A pause at a comma costs so much of what it would cost; elsewhere it costs so much more."""

SPEECH, SPEECH_SECOND = 1.6, 1.5
"""The cost of leaving out speech, and of each second of it."""
AGAIN, UNLIKE = 1.0, 4.0
"""The cost of leaving out an attempt that is repeated right after it, and more the less alike both attempts are."""
MISSING = 9.0
"""The cost of a sentence that was not read."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a sentence: its syllables, and where pauses can be, as parts of its length."""

    syllables: float
    commas: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The sounds of a sentence: the numbers of the first and of the last one.

    Attributes:
        first: The number of the first sound.
        last: The number of the last one.
        margin: How much more the next best assignment costs that gives the sentence other sounds.
        ratio: Its length, divided by the expected one.
        restarted: The sounds of a first attempt right before it.
    """

    first: int
    last: int
    margin: float = 0.0
    ratio: float = 1.0
    restarted: int = 0


@dataclass(frozen=True, slots=True)
class Tempo:
    """What is learned of a speaker: seconds for a syllable, and the pause between both kinds of pauses, in seconds."""

    syllable: float
    pause: float

    def expect(self, expected: Expected) -> float:
        """Return the seconds that a sentence takes without its pauses."""
        return ATTACK + self.syllable * expected.syllables


@dataclass(frozen=True)
class Take:
    """The sounds of a take, with what is known of each.

    Attributes:
        pieces: The sounds.
        restarts: For each, the attempts that begin with it and that are repeated: the number of their sounds, and how
            far they are from the repetition.
        noises: Breaths and clicks, which no sentence has.
    """

    pieces: Sequence[Piece]
    restarts: Sequence[Mapping[int, float]]
    noises: Sequence[Piece] = ()

    def gap(self, number: int) -> float:
        """Return the seconds of the pause before a sound; before the first one it is long."""
        return (self.pieces[number].start - self.pieces[number - 1].end) / BLOCKS_A_SECOND if number else math.inf

    def leave_out(self, number: int) -> float:
        """Return the cost of a sound that belongs to no sentence."""
        return SPEECH + SPEECH_SECOND * self.pieces[number].seconds


def align(expected: Sequence[Expected], take: Take) -> tuple[list[Match | None], Tempo]:
    """Return the sounds of each sentence, in order, or None if it was not read; and what was learned of the speaker."""
    tempo = _guess_tempo(expected, take)
    matches: list[Match | None] = []
    for _ in range(ROUNDS):
        before, matches = matches, _Lattice(expected, take, tempo).solve()
        if before == matches:
            break
        tempo = _learn_tempo(expected, take, matches, tempo)
    lattice = _Lattice(expected, take, tempo)
    return lattice.weigh(lattice.solve()), tempo


def _guess_tempo(expected: Sequence[Expected], take: Take) -> Tempo:
    """Estimate the tempo from all speech, and the limit of pauses from the number of sentences."""
    spoken = take.pieces
    seconds = sum(piece.seconds for piece in spoken) - ATTACK * len(expected)
    syllable = max(seconds, 0.0) / max(1.0, sum(each.syllables for each in expected))
    gaps = sorted(((two.start - one.end) / 100 for one, two in pairwise(spoken)), reverse=True)
    between, inside = gaps[: len(expected) - 1], gaps[len(expected) - 1 :]
    limit = math.sqrt(between[-1] * inside[0]) if between and inside else 1.0
    limit = min(limit, _PART_OF_PAUSE * median(between or [1.0]))
    return Tempo(min(max(syllable, 0.08), 0.6), min(max(limit, 0.15), 5.0))


def _learn_tempo(expected: Sequence[Expected], take: Take, matches: Sequence[Match | None], before: Tempo) -> Tempo:
    """Learn the tempo from the sentences as they were assigned."""
    found = [(each, match) for each, match in zip(expected, matches, strict=True) if match]
    if not found:
        return before
    rates = [(sum_seconds(take, match) - ATTACK) / each.syllables for each, match in found]
    inside = [take.gap(at) for _, match in found for at in range(match.first + 1, match.last + 1)]
    between = sorted(take.gap(match.first) for _, match in found if match.first)
    low = between[len(between) // 10] if between else 1.0
    high = sorted(inside)[len(inside) * 9 // 10] if inside else low / 3
    return Tempo(min(max(median(rates), 0.08), 0.6), min(max(math.sqrt(low * high), 0.15), 5.0))


def sum_seconds(take: Take, match: Match) -> float:
    """Return the seconds of the sounds of a sentence, without the pauses between them."""
    return sum(piece.seconds for piece in take.pieces[match.first : match.last + 1])


def find_left_out(take: Take, matches: Sequence[Match | None]) -> frozenset[int]:
    """Return the numbers of the sounds that belong to no sentence, first attempts aside."""
    used = {at for match in matches if match for at in range(match.first - match.restarted, match.last + 1)}
    return frozenset(range(len(take.pieces))) - used


class _Lattice:
    """All assignments and their costs: ``ahead[i][j]`` is the least cost of i sentences and j sounds from the start."""

    def __init__(self, expected: Sequence[Expected], take: Take, tempo: Tempo) -> None:
        self.expected, self.take, self.tempo = expected, take, tempo
        self.inside = [0.0, *(self._cost_of_pause(take.gap(at)) for at in range(1, len(take.pieces)))]
        self.between = [0.0, *(self._cost_of_boundary(take.gap(at)) for at in range(1, len(take.pieces)))]
        self.groups = lru_cache(_MOST_KEPT)(self._find_groups)
        self.left_out = [take.leave_out(at) for at in range(len(take.pieces))]

    def solve(self) -> list[Match | None]:
        """Return the cheapest assignment."""
        self._sweep()
        matches: list[Match | None] = [None] * len(self.expected)
        i, j = len(self.expected), len(self.take.pieces)
        while i or j:
            before, start = self.steps[i][j], self.starts[i][j]
            if start < 0:
                i, j = i - (before == j), before
                continue
            i, match = i - 1, Match(start, j - 1)
            ratio = sum_seconds(self.take, match) / self.tempo.expect(self.expected[i])
            matches[i], j = replace(match, ratio=ratio, restarted=start - before), before
        return matches

    def weigh(self, matches: Sequence[Match | None]) -> list[Match | None]:
        """Return the assignment with the margin of each sentence."""
        behind = self._sweep_back()
        best = behind[0][0]
        return [
            replace(match, margin=max(0.0, self._find_rival(i, match, behind) - best)) if match else None
            for i, match in enumerate(matches)
        ]

    def _find_rival(self, i: int, match: Match, behind: Sequence[Sequence[float]]) -> float:
        """Return the cost of the best assignment that gives a sentence other sounds."""
        rival = math.inf
        for j in self.alive[i]:
            ahead = self.ahead[i][j]
            rival = min(rival, ahead + MISSING + behind[i + 1][j])
            for start, end, cost in self._list_groups(i, j):
                if (start, end - 1) != (match.first, match.last):
                    rival = min(rival, ahead + cost + behind[i + 1][end])
        return rival

    def _sweep(self) -> None:
        """Find the least cost of each state, the state before it, and the first sound of the sentence between both."""
        sentences, pieces = len(self.expected), len(self.take.pieces)
        self.ahead = [array("d", [math.inf]) * (pieces + 1) for _ in range(sentences + 1)]
        self.steps = [array("i", [0]) * (pieces + 1) for _ in range(sentences + 1)]
        self.starts = [array("i", [-1]) * (pieces + 1) for _ in range(sentences + 1)]
        self.alive: list[list[int]] = []
        self.ahead[0][0] = 0.0
        for i in range(sentences + 1):
            self._leave_sounds_out(i)
            if i < sentences:
                for j in self.alive[i]:
                    self._step_ahead(i, j)

    def _leave_sounds_out(self, i: int) -> None:
        """Complete the costs of i sentences, and note which of these states are worth going on with."""
        row, steps, starts = self.ahead[i], self.steps[i], self.starts[i]
        limit = min(row) + BEAM
        for j, cost in enumerate(self.left_out):
            if row[j] + cost < row[j + 1]:
                row[j + 1], steps[j + 1], starts[j + 1] = row[j] + cost, j, -1
        self.alive.append([j for j, cost in enumerate(row) if cost <= limit])

    def _step_ahead(self, i: int, j: int) -> None:
        cost, following = self.ahead[i][j], self.ahead[i + 1]
        if cost + MISSING < following[j]:
            following[j], self.steps[i + 1][j], self.starts[i + 1][j] = cost + MISSING, j, -1
        for start, end, own in self._list_groups(i, j):
            if cost + own < following[end]:
                following[end], self.steps[i + 1][end], self.starts[i + 1][end] = cost + own, j, start

    def _sweep_back(self) -> list[array[float]]:
        """Return the least cost from each state to the end."""
        sentences, pieces = len(self.expected), len(self.take.pieces)
        behind = [array("d", [math.inf]) * (pieces + 1) for _ in range(sentences + 1)]
        behind[sentences][pieces] = 0.0
        for i in range(sentences, -1, -1):
            row = behind[i]
            if i < sentences:
                for j in self.alive[i]:
                    costs = (behind[i + 1][end] + cost for _, end, cost in self._list_groups(i, j))
                    row[j] = min(behind[i + 1][j] + MISSING, min(costs, default=math.inf))
            for j in range(pieces - 1, -1, -1):
                row[j] = min(row[j], row[j + 1] + self.left_out[j])
        return behind

    def _list_groups(self, i: int, j: int) -> Iterator[tuple[int, int, float]]:
        """Yield the sounds that sentence i can have if the sounds before j are taken: the first one, the end, the cost.

        The first one is sound j, or the one after an attempt that begins with j and is repeated.
        """
        if j == len(self.take.pieces):
            return
        for count, distance in ((0, 0.0), *self.take.restarts[j].items()):
            boundary = self.between[j] + (AGAIN + UNLIKE * distance if count else 0.0)
            yield from ((j + count, end, boundary + cost) for end, cost in self.groups(i, j + count))

    def _find_groups(self, i: int, j: int) -> list[tuple[int, float]]:
        """Return the ends of the sounds that sentence i can have from sound j on, each with its cost."""
        expected, pieces = self.expected[i], self.take.pieces
        due = self.tempo.expect(expected)
        most = min(MOST_PIECES + MOST_AT_COMMA * len(expected.commas), len(pieces) - j)
        seconds, found = 0.0, []
        for end in range(j + 1, j + most + 1):
            seconds += pieces[end - 1].seconds
            if seconds > due * 3 + 1:
                break
            off = min(abs(math.log(seconds / due)) / SPREAD, FAR)
            found.append((end, off * off / 2 + self._sum_pauses(expected, j, end - j, seconds)))
        return found

    def _sum_pauses(self, expected: Expected, j: int, count: int, seconds: float) -> float:
        cost, at = 0.0, 0.0
        for number in range(j + 1, j + count):
            at += self.take.pieces[number - 1].seconds / seconds
            near = any(abs(at - comma) <= NEAR for comma in expected.commas)
            cost += self.inside[number] * AT_COMMA if near else self.inside[number] + ELSEWHERE
        return cost

    def _cost_of_pause(self, gap: float) -> float:
        return _soften(STEEP * math.log(max(gap, 0.01) / self.tempo.pause))

    def _cost_of_boundary(self, gap: float) -> float:
        return _soften(-STEEP * math.log(max(gap, 0.01) / self.tempo.pause))


def _soften(value: float) -> float:
    """Return the value if it is large, and nearly 0 if it is far below 0."""
    return value if value > 30 else math.log1p(math.exp(value))  # noqa: PLR2004 - e to the 30 is far more than 1
