"""The craft of guidance, measured on a performed session: is there time to move, is enough said, and not too much?

The limits come from how guidance is spoken and heard with closed eyes: docs/guidance.md explains each of them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind, SpanKind
from voicecoach.errors import Problem, quote
from voicecoach.script.choices import LEFT_RIGHT
from voicecoach.views.craft_words import count_words, join_patterns, lint_words
from voicecoach.views.cuesheet import name_phase, split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.errors import Where
    from voicecoach.language import Language
    from voicecoach.views.cuesheet import Line

FIRST_BREATH = Fraction(45)
"""The most seconds before the first guided breath, hold or movement."""
STRETCH = Fraction(7, 20)
"""The smallest part of a session of stretches that is stretch."""
SPEECH = Fraction(2, 5)
"""The largest part of a session of stretches in which somebody speaks."""
FILLED = Fraction(1, 2)
"""The largest part of the guided phases with words that speech fills, on the mean."""
QUIET = Fraction(12)
"""The most seconds without a sound that need no announcement; a whole breath needs none either."""
LONGEST_CUE = Fraction(12)
"""The most seconds of one instruction without time to do it."""
IN_A_ROW = 3
"""How often the same words may not be heard in a row, at phases of the same kind."""
SLOWEST, FASTEST = 90, 160
"""The fewest and the most words a minute, over all that is said in four words or more."""
LONG_ENOUGH = 4
"""The fewest words of a cue whose pace is measured."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What is measured on a session.

    Attributes:
        first_breath: Seconds to the first guided breath, hold or movement; None without one.
        stretch: The part of the session that is stretch, 0 to 1.
        speech: The part of the session in which somebody speaks.
        filled: The part of the guided phases with words that speech fills.
        pace: Words a minute as heard; 0 if no cue is long enough.
        quiet: The longest silence that was not announced, in seconds.
        longest: The longest instruction, in seconds.
    """

    first_breath: Fraction | None
    stretch: Fraction
    speech: Fraction
    filled: Fraction
    pace: Fraction
    quiet: Fraction
    longest: Fraction


def measure_craft(timeline: Timeline, words: Language) -> Figures:
    """Measure a session; ``words`` is the table of its language."""
    spoken = [cue for cue in timeline.cues if cue.track == "voice"]
    lines = [line for _, lines in split_lines(timeline) for line in lines if _is_guided(line)]
    long = [cue for cue in spoken if count_words(cue.text) >= LONG_ENOUGH]
    return Figures(
        first_breath=min(_list_guided(timeline), default=None),
        stretch=_divide(_measure_stretch(timeline), timeline.duration),
        speech=_divide(_add_up(spoken), timeline.duration),
        filled=_divide(_add_up(line.cue for line in lines), sum(map(_phase_length, lines), Fraction(0))),
        pace=_divide(Fraction(60 * sum(count_words(cue.text) for cue in long)), _add_up(long)),
        quiet=max((seconds for seconds, _ in _find_quiet(timeline, words)), default=Fraction(0)),
        longest=max((cue.end - cue.start for cue in spoken if cue.kind in _INSTRUCTIONS), default=Fraction(0)),
    )


def _list_guided(timeline: Timeline) -> Iterator[Fraction]:
    """Yield when each guided breath, hold and movement begins."""
    yield from (phase.start for phase in timeline.phases)
    yield from (span.start for span in timeline.spans if span.kind in {SpanKind.HOLD, SpanKind.MOVE})


_INSTRUCTIONS = frozenset({CueKind.INSTRUCTION, CueKind.TIP, CueKind.CHANGE, CueKind.REMINDER})


def lint_craft(timeline: Timeline, words: Language, where: Where) -> Iterator[Problem]:
    """Yield a problem for each place where a session at its own breath is outside the limits.

    ``where`` is the place of what belongs to no single step.
    """
    figures = measure_craft(timeline, words)
    yield from _lint_whole(figures, where)
    yield from _keep_first(_lint_cues(timeline, words, where))
    for seconds, before in _find_quiet(timeline, words):
        what = f"{float(seconds):.0f} s without a sound come unannounced" + (
            f" after {quote(before.text)}" if before else ""
        )
        place = before.where if before and before.where else where
        yield Problem(place, what, "say how long it will be quiet, or say something in it")
        break


def _lint_whole(figures: Figures, where: Where) -> Iterator[Problem]:
    if figures.first_breath is not None and figures.first_breath > FIRST_BREATH:
        what = f"the first guided breath, hold or movement comes after {float(figures.first_breath):.0f} s"
        yield Problem(where, what, f"say less before it: {FIRST_BREATH} s are enough")
    if 0 < figures.stretch < STRETCH:
        what = f"{float(figures.stretch):.0%} of the session are stretch"
        yield Problem(where, what, f"make the holds longer, or the words shorter, to reach {float(STRETCH):.0%}")
    if figures.stretch and figures.speech > SPEECH:
        what = f"speech takes up {float(figures.speech):.0%} of the session"
        yield Problem(where, what, f"say less from the second round on, to reach {float(SPEECH):.0%}")
    if figures.filled > FILLED:
        what = f"words fill {float(figures.filled):.0%} of the phases that they are in"
        yield Problem(where, what, f"use shorter words at the breath, for {float(FILLED):.0%} or less")
    if figures.pace and not SLOWEST <= figures.pace <= FASTEST:
        what = f"the words come at {float(figures.pace):.0f} a minute"
        yield Problem(where, what, f"choose a voice or a rate of {SLOWEST} to {FASTEST}")


def _lint_cues(timeline: Timeline, words: Language, where: Where) -> Iterator[Problem]:
    for cue in timeline.cues:
        if cue.track != "voice" or cue.where is None:
            continue
        if cue.kind in _INSTRUCTIONS and cue.end - cue.start > LONGEST_CUE:
            what = f"{quote(cue.text)} lasts {float(cue.end - cue.start):.0f} s without time to do it"
            yield Problem(cue.where, what, f"make several 'say' of it, each under {LONGEST_CUE} s, with a 'settle'")
    yield from lint_words(timeline, words)
    yield from _find_repeated(timeline)
    yield from _find_unnamed_sides(timeline, words, where)
    yield from _find_never_said(timeline)


def _keep_first(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems, but the same one of the same place only once."""
    seen: set[tuple[Where, str]] = set()
    for each in problems:
        if (each.where, each.what) not in seen:
            seen.add((each.where, each.what))
            yield each


def _find_quiet(timeline: Timeline, words: Language) -> list[tuple[Fraction, Cue | None]]:
    """Return the silences over `QUIET` and a breath that nothing announced, longest first, with the cue before each."""
    most = max(QUIET, _find_longest_breath(timeline))
    announces = join_patterns(words.announcing)
    found: list[tuple[Fraction, Cue | None]] = []
    end, last = Fraction(0), None
    for cue in (*timeline.cues, None):
        start = cue.start if cue else timeline.duration
        if start - end > most and not (last and announces.search(last.text)) and cue:
            found.append((start - end, last))
        if cue and cue.end > end:
            end = cue.end
        if cue and cue.track == "voice":
            last = cue
    return sorted(found, key=lambda each: -each[0])


def _find_longest_breath(timeline: Timeline) -> Fraction:
    """Return how long the longest guided breath lasts; 0 without one."""
    breaths = groupby(timeline.phases, key=lambda phase: phase.breath)
    return max((sum((each.end - each.start for each in some), Fraction(0)) for _, some in breaths), default=Fraction(0))


def _find_repeated(timeline: Timeline) -> Iterator[Problem]:
    """Find words, of two or more, that are heard several times in a row at phases of the same kind."""
    rows: dict[str, list[str]] = defaultdict(list)
    for _, lines in split_lines(timeline):
        for line in lines:
            if not _is_guided(line) or line.phase is None:
                continue
            row = rows[name_phase(line.phase)]
            if row and row[-1] != line.cue.text:
                row.clear()
            row.append(line.cue.text)
            if len(row) == IN_A_ROW and count_words(line.cue.text) > 1 and line.cue.where:
                what = f"{quote(line.cue.text)} is heard {IN_A_ROW} times in a row"
                yield Problem(line.cue.where, what, "say something else, or nothing, at one of them")


def _find_unnamed_sides(timeline: Timeline, words: Language, where: Where) -> Iterator[Problem]:
    """Find changes of side after which a breath or a hold begins before the side has been named."""
    if words.sided is None:
        return
    named = {side: _build_side_pattern(words, side) for side in LEFT_RIGHT}
    for before, after in pairwise(_list_sided_chapters(timeline)):
        if before[2] is after[2]:
            continue
        start, end, side = after
        first = min((phase.start for phase in timeline.phases if start <= phase.start < end), default=end)
        said = [cue for cue in timeline.cues if before[1] - 1 <= cue.start < first and cue.track == "voice"]
        if not any(named[side].search(cue.text.casefold()) for cue in said):
            place = next((cue.where for cue in said if cue.where), where)
            yield Problem(place, f"the change to the {side} is not named", "say which side and part comes now")
            return


def _list_sided_chapters(timeline: Timeline) -> list[tuple[Fraction, Fraction, Side]]:
    return [(each.start, each.end, each.side) for each in timeline.chapters if each.side in LEFT_RIGHT]


def _build_side_pattern(words: Language, side: Side) -> re.Pattern[str]:
    forms = words.sided
    own = (forms.left if side is LEFT_RIGHT[0] else forms.right) if forms else ()
    return re.compile(rf"(?<!\w)(?:{'|'.join(own)})(?!\w)")


def _find_never_said(timeline: Timeline) -> Iterator[Problem]:
    """Find phrases whose longest wording is never heard at the routine's own breath."""
    heard: dict[Where, set[int]] = defaultdict(set)
    last: dict[Where, Cue] = {}
    for cue in timeline.cues:
        if cue.where and cue.track == "voice" and cue.wordings > 1:
            heard[cue.where].add(cue.wording)
            last[cue.where] = cue
    for place, numbers in heard.items():
        if 0 not in numbers:
            what = f"the longest wording of {quote(last[place].text)} is never heard at the routine's own breath"
            yield Problem(place, what, "shorten it, or take it out")


def _is_guided(line: Line) -> bool:
    return line.phase is not None and line.cue.track == "voice" and line.cue.kind in _AT_BREATH


_AT_BREATH = frozenset({CueKind.BREATH, CueKind.COUNT})


def _phase_length(line: Line) -> Fraction:
    return line.phase.end - line.phase.start if line.phase else Fraction(0)


def _measure_stretch(timeline: Timeline) -> Fraction:
    """Return the seconds in which anything is stretched."""
    return _merge([(each.start, each.end) for each in timeline.stretches])


def _merge(spans: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    total, until = Fraction(0), Fraction(0)
    for start, end in sorted(spans):
        total += max(end - max(start, until), Fraction(0))
        until = max(until, end)
    return total


def _add_up(cues: Iterable[Cue]) -> Fraction:
    return sum((cue.end - cue.start for cue in cues), Fraction(0))


def _divide(part: Fraction, whole: Fraction) -> Fraction:
    return part / whole if whole else Fraction(0)
