"""Exactly ten minutes: how many rounds, how long the rests, how many breaths make a session as long as it is to be.

What is chosen keeps the author's limits. Time buys what counts: first rounds, as many as there is time for; then
guided breaths; then rests. If that is not enough, one round more is made to fit: rests are cut first, and then guided
breaths. A closing rest, after the last words, takes what is less than a breath. Phases, words and times to settle stay
as they are.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from voicecoach.core.perform import perform
from voicecoach.core.timeline import ceil_to_grid, format_time
from voicecoach.errors import ChoiceError, RoutineError
from voicecoach.script.builder import choose_pace, write_draft
from voicecoach.script.choices import Amount, Choices, Spread, spread

if TYPE_CHECKING:
    from voicecoach.core.breath import Pace
    from voicecoach.core.score import Score
    from voicecoach.core.timeline import Measure, Timeline
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.tally import Freedom, Freedoms

NEVER = Fraction(10**9)
"""Seconds that stand for a session that can't be performed: more than any session has."""
NAMED = 4
"""Lengths on each side that are tried, at most, to name the nearest."""
WIDER = 4
"""Other numbers of rounds to try, if neither of the two that enclose a length can be bent to it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A session as it would be.

    Attributes:
        seconds: How long it lasts, in whole steps of the grid.
        breath: Seconds of its longest breath.
        freedoms: What of it can be bent, and how far it was.
    """

    seconds: Fraction
    breath: Fraction
    freedoms: Freedoms

    def longest(self, grid: Fraction) -> Fraction:
        """Return the longest length that a closing rest of less than a breath makes of it: in whole seconds, if any."""
        end = self.seconds + self.breath
        last = Fraction(math.ceil(end) - 1)
        named = last if ceil_to_grid(last, grid) < end else last - 1
        return max(named, self.seconds)

    def shortest(self, grid: Fraction) -> Fraction:
        """Return the shortest length that can be made of it: in whole seconds, if any."""
        first = Fraction(math.ceil(self.seconds))
        return first if ceil_to_grid(first, grid) < self.seconds + self.breath else self.seconds


Attempt = Callable[[Amount], Trial | None]
"""Tries a session with an amount; None if that is not possible."""
Performed = dict[Amount, "tuple[Score, Timeline]"]
"""The score of each session that was tried, and how it went."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A session that was fitted: the seconds that were asked for, and what was chosen."""

    goal: Fraction
    amount: Amount
    trial: Trial

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amount that was chosen."""
        return (self.amount,)

    def as_json(self) -> dict[str, Any]:
        """Return the public form of what was chosen: rounds of each block, more or fewer than written, and seconds."""
        freedoms = self.trial.freedoms
        return {
            "rounds": freedoms.played,
            "more_rounds": self.amount.rounds,
            "more_breaths_in_rests": freedoms.rests.bent,
            "more_guided_breaths": freedoms.breaths.bent,
            "closing_rest": float(self.amount.closing),
        }

    def __str__(self) -> str:
        """Say it on one line."""
        freedoms = self.trial.freedoms
        rounds = f"rounds: {', '.join(map(str, dict.fromkeys(freedoms.played)))} ({_write_more(self.amount.rounds)}), "
        rests, guided = _write_more(freedoms.rests.bent), _write_more(freedoms.breaths.bent)
        named = " and ".join(sorted(freedoms.guided)) or "guided breaths"
        bent = f"breaths in rests: {rests}, {named}: {guided}"
        closing = f"closing rest: {float(self.amount.closing):g} s"
        return f"fitted to {write_length(self.goal)}; {rounds if freedoms.played else ''}{bent}, {closing}"


class LengthError(ChoiceError):
    """A length that a session can't have.

    Attributes:
        goal: The seconds that were asked for.
        shorter: How the nearest shorter length that it can have is met; None if no shorter length is possible.
        longer: How the nearest longer one is.
        advice: What to add or leave out to come nearer, on one line; empty if there is nothing.
        choices: The listener's choices with what is added or left out, and the length that is possible then.
    """

    def __init__(
        self,
        goal: Fraction,
        shorter: Fit | None,
        longer: Fit | None,
        advice: str = "",
        choices: tuple[Choices, Fraction] | None = None,
    ) -> None:
        """Say what would be possible."""
        self.goal, self.shorter, self.longer, self.advice, self.choices = goal, shorter, longer, advice, choices
        lengths = [write_length(each.goal) for each in (shorter, longer) if each]
        near = f"nearest possible: {' and '.join(lengths)}"
        what = f"this session can't last {write_length(goal)}: its rounds, rests and breaths can't be adjusted to that"
        super().__init__("\n".join([what, *([near] if lengths else []), *([advice] if advice else [])]))

    @property
    def amounts(self) -> tuple[Amount, ...]:
        """The amounts of the lengths that it names."""
        return tuple(each.amount for each in (self.shorter, self.longer) if each)


def prepare_attempt(
    routine: LoadedRoutine, choices: Choices, measure: Measure, grid: Fraction, kept: Performed | None = None
) -> Attempt:
    """Return a function that builds and performs a session with an amount; it returns None if the words do not fit.

    Each session that it performs is noted in ``kept`` by its amount.
    """
    breathed = choose_pace(routine, choices)

    def attempt(amount: Amount) -> Trial | None:
        try:
            drafted = write_draft(routine, replace(choices, amount=amount))
            timeline = perform(drafted.score, measure, breathed, grid=grid)
        except (RoutineError, ChoiceError):
            return None
        if kept is not None:
            kept[amount] = drafted.score, timeline
        return Trial(timeline.duration, _find_longest(timeline, breathed), drafted.freedoms)

    return attempt


def fit_length(attempt: Attempt, seconds: Fraction, grid: Fraction) -> Fit:
    """Choose the amount of a session that lasts exactly ``seconds``, rounded up to a multiple of ``grid``.

    The work is a few attempts for each number of rounds that is looked at, whatever the length.

    Raises:
        LengthError: When no amount fits; it names the nearest possible lengths.
    """
    search = _Search(attempt, grid, ceil_to_grid(seconds, grid))
    fit = _meet(search, seconds)
    if fit is None:
        raise search.make_error(seconds)
    return fit


def _meet(search: _Search, seconds: Fraction) -> Fit | None:
    """Find an amount, and try it with its closing rest."""
    amount = search.find()
    trial = search.attempt(amount) if amount else None
    if amount and trial and trial.seconds < search.goal:  # a sound rang on past the end, and took no time of its own
        amount = replace(amount, closing=amount.closing + search.goal - trial.seconds)
        trial = search.attempt(amount)
    return Fit(seconds, amount, trial) if amount and trial and trial.seconds == search.goal else None


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for an amount that makes a session last ``goal`` seconds, and remembers what it tried."""

    attempt: Attempt
    grid: Fraction
    goal: Fraction
    tried: dict[Amount, Trial | None] = field(default_factory=dict)

    def trial(self, amount: Amount) -> Trial | None:
        if amount not in self.tried:
            self.tried[amount] = self.attempt(amount)
        return self.tried[amount]

    def seconds(self, amount: Amount) -> Fraction:
        trial = self.trial(amount)
        return trial.seconds if trial else NEVER

    def within(self, amount: Amount) -> bool:
        return self.seconds(amount) <= self.goal

    def close(self, amount: Amount) -> Amount | None:
        """Leave the remainder to the closing rest; return None if it is a breath or more."""
        trial = self.trial(amount)
        if trial is None or not 0 <= self.goal - trial.seconds < trial.breath:
            return None
        return replace(amount, closing=self.goal - trial.seconds)

    def find(self) -> Amount | None:
        """Find an amount, of as many rounds as there is time for; if that is not possible, of one more or of others."""
        return next((amount for rounds in self.list_rounds() if (amount := self.bend(rounds))), None)

    def list_rounds(self) -> list[int]:
        """Return how many rounds more to look at: the most that there is time for, and then those around them."""
        freedoms = self.find_freedoms(0)
        low, high = (freedoms.rounds.least, freedoms.rounds.most) if freedoms else (0, 0)
        start = next((rounds for rounds in (low, 0) if self.within(Amount(rounds))), None)
        most = low - 1 if start is None else self.find_farthest(Amount, start, high)
        away = [step for number in range(1, WIDER // 2 + 1) for step in (-number, number + 1)]
        return [most + step for step in (0, 1, *away) if low <= most + step <= high]

    def find_freedoms(self, rounds: int) -> Freedoms | None:
        trial = self.trial(Amount(rounds))
        return trial.freedoms if trial else None

    def bend(self, rounds: int) -> Amount | None:
        """Bend a session of so many rounds: add guided breaths and then rests, or take rests and then breaths."""
        freedoms = self.find_freedoms(rounds)
        if freedoms is None:
            return None
        if self.within(Amount(rounds)):
            return self.lengthen(rounds, freedoms)
        return self.bend_rests(Amount(rounds)) or self.shorten(rounds, freedoms)

    def lengthen(self, rounds: int, freedoms: Freedoms) -> Amount | None:
        """Add guided breaths as long as there is time, then rests; or one breath more, and shorter rests."""
        _, high = _reach(freedoms.breaths)
        breaths = self.find_farthest(lambda count: _breathe(rounds, count, freedoms), 0, high, enough=True)
        most = _breathe(rounds, breaths, freedoms)
        found = self.close(most) or self.bend_rests(most)
        return found or (self.bend_rests(_breathe(rounds, breaths + 1, freedoms)) if breaths < high else None)

    def shorten(self, rounds: int, freedoms: Freedoms) -> Amount | None:
        """Take all from the rests that their author allows, then guided breaths; the rests absorb any overshoot."""
        low, _ = _reach(freedoms.breaths)
        least = _spread_rests(freedoms.rests, _reach(freedoms.rests)[0])

        def bend(breaths: int) -> Amount:
            return replace(_breathe(rounds, breaths, freedoms), rests=least)

        if self.within(bend(0)) or not self.within(bend(low)):
            return None
        breaths = self.find_farthest(bend, low, -1, enough=True)
        return self.close(bend(breaths)) or self.bend_rests(_breathe(rounds, breaths, freedoms))

    def bend_rests(self, amount: Amount) -> Amount | None:
        """Bend the rests of a session until it fits, starting from what its author wrote."""
        freedoms = self.find_freedoms(amount.rounds)
        low, high = _reach(freedoms.rests) if freedoms else (0, 0)

        def bend(breaths: int) -> Amount:
            return replace(amount, rests=_spread_rests(freedoms.rests, breaths)) if freedoms else amount

        start, end = (0, high) if self.within(amount) else (low, 0)
        return self.close(bend(self.find_farthest(bend, start, end, enough=True))) if self.within(bend(start)) else None

    def find_farthest(self, amount: Callable[[int], Amount], low: int, high: int, *, enough: bool = False) -> int:
        """Return the last number whose amount is within the goal; that of ``low`` is, and they grow.

        It goes ahead as far as the last step promises, and then halves what is left. With ``enough``, less than a
        breath is near enough, and each number is taken for a breath at first.
        """
        step, beyond = self.breaths(amount(low)) if enough else 1, high + 1
        while low + 1 < beyond and not (enough and self.close(amount(low))):
            probe = min(low + max(1, step), beyond - 1)
            if self.within(amount(probe)):
                took = (self.seconds(amount(probe)) - self.seconds(amount(low))) / (probe - low)
                step = int((self.goal - self.seconds(amount(probe))) / took) if took else 2 * step
                low = probe
            else:
                beyond, step = probe, (probe - low) // 2
        return low

    def breaths(self, amount: Amount) -> int:
        """How many breaths there are from an amount to the goal."""
        trial = self.trial(amount)
        return int((self.goal - trial.seconds) / trial.breath) if trial else 0

    def make_error(self, goal: Fraction) -> LengthError:
        """Return the error that names the nearest lengths; each is looked for as if it were asked for."""
        trials = [trial for trial in self.tried.values() if trial]
        below = sorted((trial.longest(self.grid) for trial in trials if trial.seconds <= self.goal), reverse=True)
        above = sorted(trial.shortest(self.grid) for trial in trials if trial.seconds > self.goal)
        shorter, longer = (next(filter(None, map(self.find_possible, named[:NAMED])), None) for named in (below, above))
        return LengthError(goal, shorter, longer)

    def find_possible(self, seconds: Fraction) -> Fit | None:
        """Return how a length near the goal is met, if it is."""
        goal = ceil_to_grid(seconds, self.grid)
        return _meet(_Search(self.attempt, self.grid, goal, self.tried), seconds)


def _spread_rests(places: Freedom, breaths: int) -> Spread:
    return spread(breaths, places.count) if breaths else Spread()


def _breathe(rounds: int, breaths: int, freedoms: Freedoms) -> Amount:
    """Return an amount with guided breaths more or fewer, and the rests that its author wrote."""
    return Amount(rounds, breaths=spread(breaths, freedoms.breaths.count) if breaths else Spread())


def _reach(places: Freedom) -> tuple[int, int]:
    """How many breaths fewer and more there can be in all, at most."""
    return places.least * places.count, places.most * places.count


def _find_longest(timeline: Timeline, pace: Pace) -> Fraction:
    """Return the length of the longest guided breath; without one, of the longest breath of the pace."""
    lengths: defaultdict[int, Fraction] = defaultdict(Fraction)
    for phase in timeline.phases:
        lengths[phase.breath] += phase.end - phase.start
    return max(lengths.values(), default=max(point.seconds for point in pace.points))


def _write_more(count: int) -> str:
    """Say how many more there are than the author wrote.

    >>> _write_more(2), _write_more(-1), _write_more(0)
    ('2 more', '1 fewer', 'as written')
    """
    return f"{abs(count)} {'more' if count > 0 else 'fewer'}" if count else "as written"


def write_length(seconds: Fraction) -> str:
    """Write a length as it can be asked for.

    >>> write_length(Fraction(630)), write_length(Fraction(93624, 1000))
    ('10:30', '93.624s')
    """
    return format_time(seconds) if seconds.denominator == 1 else f"{float(seconds):.6f}".rstrip("0") + "s"
