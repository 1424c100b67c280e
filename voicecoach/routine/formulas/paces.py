"""Breaths that are calculated: phases, breaths per minute and the ends of ramps, from names and formulas."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from voicecoach.core.breath import NAMES, ORDERS, Kind, Pace, Phase
from voicecoach.core.notation import A_MINUTE, USUAL_RATIO, WRITE, divide_minute, join_breaths, read_pace
from voicecoach.core.spelling import WORD, put_commas, read_phase, write_number
from voicecoach.errors import ChoiceError, quote
from voicecoach.routine.formulas.evaluation import BreathLength, as_seconds, evaluate, measure_breath, measure_phases
from voicecoach.routine.formulas.syntax import DEEPEST, NAME, SyntaxSlipError, parse, simplify_outside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from fractions import Fraction

_OUTSIDE = re.compile(r"[^{}]+(?![^{}]*\})")
_POINTS = re.compile(r" ?\.{2,} ?")
_STEP = re.compile(r"(.+)\+(.+?)\bevery\b(.+)")
_RATE = re.compile(rf"(?i)(.+?) ?{A_MINUTE}(?: (.+))?")
_DASH, _SLASH, _SPACE = re.compile(r" ?- ?"), re.compile(r" ?/ ?"), re.compile(r"(?<=_) (?=[_\d])|(?<=\d) (?=_)")
_ALL = tuple(ORDERS[4])


@dataclass(frozen=True, slots=True)
class Point:
    """A breath of a pace: a name that stands for a whole breath, breaths per minute with a ratio, or phases.

    Attributes:
        text: As it is written.
        name: The name of a whole breath; empty if there is none.
        rate: The breaths per minute, and the parts of their ratio.
        phases: The kinds of the phases, each with the calculation of its length.
    """

    text: str
    name: str = ""
    rate: tuple[str, ...] = ()
    phases: tuple[tuple[Kind, str], ...] = ()


@dataclass(frozen=True, slots=True)
class PaceFormula:
    """A pace as it is written: its points, and by how much, and how often, its phases get longer."""

    points: tuple[Point, ...]
    longer: str = ""
    every: str = ""


@dataclass(frozen=True, slots=True)
class _Listener:
    """The listener's pace, and the values of names."""

    pace: Pace
    values: Mapping[str, str]
    watch: Callable[[str], None] | None = None


@lru_cache(maxsize=256)
def parse_pace(text: str) -> PaceFormula:
    """Return the parts of a pace that is calculated.

    >>> [point.phases for point in parse_pace("{in}-{out} + 2s").points]
    [((<Kind.INHALE: 'inhale'>, '{in}'), (<Kind.EXHALE: 'exhale'>, '{out} + 2s'))]

    Raises:
        ChoiceError: If it is not a pace; the message says what to write.
    """
    plain = simplify_outside(text)
    steps = _STEP.fullmatch(plain)
    whole, longer, every = (part.strip() for part in steps.groups()) if steps else (plain, "", "")
    for each in filter(None, (longer, every)):
        parse(each)
    points = tuple(_parse_point(text, each) for each in _split(whole, _POINTS))
    return PaceFormula(points, longer, every)


def find_slip(text: str) -> SyntaxSlipError | None:
    """Return what is wrong with the syntax of a value that is neither a calculation nor a breath; None if it is one."""
    try:
        parse(text)
    except SyntaxSlipError as error:
        with suppress(ChoiceError):
            parse_pace(text)
            return None
        return error
    return None


def evaluate_pace(
    text: str, values: Mapping[str, str], listener: Pace | None = None, watch: Callable[[str], None] | None = None
) -> Pace:
    """Return a pace whose names have these values; a point that names the listener's breath follows all of its ramp.

    >>> from voicecoach.core.notation import read_breath
    >>> own = read_pace("3-4..4-6")
    >>> values = measure_breath(own.points[0])
    >>> print(evaluate_pace("{in}-{out} + 2s", values, own), evaluate_pace("{breath}..5-7", values, own))
    3-6..4-8 3-4..4-6..5-7

    Raises:
        ChoiceError: If it can't be calculated, or breathed.
    """
    found, heard = parse_pace(text), _Listener(listener or read_pace("4-6"), values, watch)
    points, follows = _list_breaths(found, heard, 0)
    pace = join_breaths(_write_points(text, points), _align(points) if follows else points)
    if found.longer:
        longer, every = (_find_seconds(each, heard) for each in (found.longer, found.every))
        if not every:
            raise ChoiceError(f"{quote(text)} is not a pace: a step is taken after some time\nwrite 4-6 +0.3s every 5m")
        return Pace(pace.points[:1], longer, every) if len(pace.points) == 1 else _refuse_steps(text)
    keeps = follows and len(points) == len(found.points) == 1
    return Pace(pace.points, heard.pace.longer, heard.pace.every) if keeps else pace


def find_emptied(text: str, pace: Pace) -> Iterator[Kind]:
    """Yield the phases that a pace is written with and that come to no length in all of its breaths.

    >>> [str(kind) for kind in find_emptied("4-{hold}-6", read_pace("4-6"))]
    ['hold']
    """
    there = {phase.kind for breath in pace.points for phase in breath.phases}
    written = {kind for point in parse_pace(text).points for kind, _ in point.phases}
    yield from (kind for kind in _ALL if kind in written - there)


def _refuse_steps(text: str) -> Pace:
    raise ChoiceError(f"{quote(text)} is not a pace: it has a ramp and steps\nwrite one of them")


def _list_breaths(found: PaceFormula, heard: _Listener, deep: int) -> tuple[list[list[Phase]], bool]:
    """Return the breaths that a pace leads through, and whether the listener's breath decides about them."""
    listed = [_work_out(point, heard, deep) for point in found.points]
    return [breath for breaths, _ in listed for breath in breaths], any(follows for _, follows in listed)


def _work_out(point: Point, heard: _Listener, deep: int) -> tuple[list[list[Phase]], bool]:
    """Return the breaths of a point: several if it follows a ramp of the listener."""
    if point.name:
        return _find_whole(point, heard, deep)
    used: list[str] = []
    found = [_find_phases(point, _Listener(heard.pace, heard.values, used.append))]
    if heard.watch:
        for text in used:
            heard.watch(text)
    follows = any(isinstance(text, BreathLength) for text in used)
    for each in heard.pace.points[1:] if follows else ():
        lengths = measure_breath(each)
        own = {name: lengths[name] if isinstance(text, BreathLength) else text for name, text in heard.values.items()}
        found.append(_find_phases(point, _Listener(heard.pace, own)))
    return found, follows


def _find_whole(point: Point, heard: _Listener, deep: int) -> tuple[list[list[Phase]], bool]:
    """Return the breaths that a single name stands for: the listener's, or those of its value."""
    text = heard.values.get(point.name)
    if isinstance(text, BreathLength) and point.name == "breath":
        if heard.watch:
            heard.watch(text)
        return [list(each.phases) for each in heard.pace.points], True
    if text is None or isinstance(text, BreathLength):
        what = "is the length of a phase" if text else "has no value"
        raise ChoiceError(f"{{{point.name}}} {what}: write a whole breath, as {{in}}-{{out}} or {{breath}}")
    if deep > DEEPEST:
        raise ChoiceError(f"the names that {{{point.name}}} uses are more than {DEEPEST} deep: write a breath there")
    return _list_breaths(parse_pace(text), heard, deep + 1)


def _find_phases(point: Point, heard: _Listener) -> list[Phase]:
    if point.rate:
        rate, *ratio = (_find_seconds(each, heard) for each in point.rate)
        return divide_minute(point.text, rate, ":".join(map(write_number, ratio)) or USUAL_RATIO)
    return [Phase(kind, _find_seconds(text, heard)) for kind, text in point.phases]


def _find_seconds(text: str, heard: _Listener) -> Fraction:
    return as_seconds(text, evaluate(text, heard.values, heard.watch, timed=True))


def _align(points: Sequence[Sequence[Phase]]) -> Sequence[Sequence[Phase]]:
    """Give breaths the same phases: one of each kind, without length if a breath lacks it."""
    if len({tuple(phase.kind for phase in point) for point in points}) == 1:
        return points
    lengths = [measure_phases(point) for point in points]
    return [[Phase(kind, each[kind]) for kind in _ALL] for each in lengths]


def _write_points(text: str, points: Sequence[Sequence[Phase]]) -> str:
    """Write what a pace comes to, as messages quote it."""
    rows = [[write_number(phase.seconds) for phase in point] for point in points]
    return text if len(rows) > 3 else "..".join(map("-".join, rows))  # noqa: PLR2004 - more would be a long line


def _mask(text: str) -> str:
    """Return a text of the same length with ``_`` for what is in braces or parentheses."""
    depth, masked = 0, []
    for character in text:
        depth += character in "{("
        masked.append("_" if depth > 0 else character)
        depth -= character in "})" and depth > 0
    return "".join(masked)


def _split(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Split a text where a pattern is outside of braces and parentheses."""
    edges = [0, *(edge for match in pattern.finditer(_mask(text)) for edge in match.span()), len(text)]
    return [text[start:end].strip() for start, end in list(pairwise(edges))[::2]]


def _parse_point(text: str, written: str) -> Point:
    """Read one breath of a pace."""
    if match := NAME.fullmatch(written):
        return Point(written, match[1].lower())
    if match := _RATE.fullmatch(_mask(written)):
        return _parse_rate(written, match)
    plain = _OUTSIDE.sub(lambda part: put_commas(part[0]), written)
    named = [match for match in re.finditer(WORD, _mask(plain)) if read_phase(match[0])]
    phases = _parse_named(text, plain, named) if named else _parse_row(text, plain)
    for _, each in phases:
        parse(each)
    return Point(written, phases=tuple(phases))


def _parse_rate(written: str, match: re.Match[str]) -> Point:
    ratio = _split(written[slice(*match.span(2))], re.compile(":")) if match[2] else []
    parts = (written[slice(*match.span(1))], *ratio)
    for each in parts:
        parse(each)
    return Point(written, rate=parts)


def _parse_row(text: str, written: str) -> list[tuple[Kind, str]]:
    """Return the phases of lengths in a row; their number decides which phases they are."""
    dashes = {match[0] for match in _DASH.finditer(_mask(written))}
    if {"-", " - "} <= dashes:
        remedy = "put a difference into parentheses, as ({in} - 1)-{out}"
        raise ChoiceError(f"{quote(text)} is not a breath: its dashes are signs or part phases: {remedy}")
    parts = next((some for some in (_split(written, each) for each in (_DASH, _SLASH, _SPACE)) if len(some) > 1), [])
    if "" in parts:
        raise ChoiceError(f"{quote(text)} is not a breath: a number is missing, or negative\n{WRITE}")
    if len(parts) not in ORDERS:
        raise ChoiceError(f"{quote(text)} is not a breath: it needs 2, 3 or 4 numbers\n{WRITE}")
    return list(zip(ORDERS[len(parts)], parts, strict=True))


def _parse_named(text: str, written: str, named: Sequence[re.Match[str]]) -> list[tuple[Kind, str]]:
    """Return phases that are named, each before its length or each after it."""
    edges = [edge for match in named for edge in match.span()]
    first = not written[: edges[0]].strip()
    bounds = [*edges[1:], len(written)] if first else [0, *edges[:-1]]
    parts = [written[start:end].strip(" ,;/+&-:=") for start, end in list(pairwise(bounds))[::2]]
    rest = written[edges[-1] :].strip() if not first else ""
    if rest or not all(parts):
        wrong = rest or named[parts.index("")][0]
        raise ChoiceError(f"{quote(text)} is not a breath: {quote(wrong)} has no length, or no phase\n{_PHASES}")
    return [(NAMES[read_phase(match[0])], part) for match, part in zip(named, parts, strict=True)]


_PHASES = "write phases as in 2, in 1, out {out} + 2s"
