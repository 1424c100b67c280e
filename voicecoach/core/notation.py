"""How people write breaths, paces and lengths of time: a text is read, or refused with the way to write it."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from fractions import Fraction
from itertools import accumulate, compress, pairwise, product
from typing import TYPE_CHECKING

from voicecoach.core.breath import LONGEST_BREATH, NAMES, ORDERS, Breath, Kind, Pace, Phase, Span
from voicecoach.core.spelling import (
    NUMBER,
    WORD,
    drop_unit,
    put_commas,
    put_digits,
    read_number,
    read_phase,
    read_unit,
    round_finely,
    simplify,
)
from voicecoach.errors import ChoiceError, find_close, quote

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SHORTEST_PHASE = Fraction(1, 10)
"""Seconds."""

USUAL_RATIO = "40:60"
"""How breaths per minute are divided if nothing else is written."""
WRITE = "write seconds: in-out as 4-6, in-hold-out as 4-7-8, in-hold-out-pause as 4-4-4-4; decimals as 5.5-5.5"
_WRITE_PHASES = "write phases as in 2, in 1, out 6"
# Patterns are texts here, which `re` compiles, and keeps, when they are first used: most runs need few of them.
A_MINUTE = r"(?:bpm|(?:breaths? ?)?(?:/|per|a) ?min(?:utes?)?\.?)"
"""The words after a number of breaths per minute."""
_RATE = rf"(?i)({NUMBER}) ?{A_MINUTE}(?: ({NUMBER}(?::{NUMBER})+))?"
_ROW = rf"{NUMBER}(?:(?: ?[-/] ?| ){NUMBER})*"
_NUMBER = NUMBER
_GAP = r"(?:^|[-/]) ?(?:[-/]|$)"
_AMBIGUOUS = rf"{NUMBER}(?: ?([:,]) ?{NUMBER}){{1,3}}"
_COMMA = r"(?<=[0-9]),(?=[0-9])"
_NAMED = (re.compile(rf"({WORD}) ?[:=]? ?({NUMBER})"), re.compile(rf"({NUMBER}) ?({WORD})"))
"""A phase before its number, and after it."""
_POINTS = r" ?\.{2,} ?"
_RAMP = r"(.+?) ?(?:->|=>|\u2192|\bto\b) ?(.+)"
_STEP = rf"([^+]+?) ?\+ ?({NUMBER} ?{WORD}) every (.+)"
_SPAN = rf"([0-9]+)(?: ?({WORD})(?: ?, ?at least (.+))?)?"
_NO_COMMA = r"([^,]*\bbreaths?) (at least .+)"
WHOLE = re.compile(r"(.+?)\s+in\s+whole\s+breaths")
LEAST = re.compile(r"(.+?)\s*,\s*at\s+least\s+(.+)")
"""How the whole of a length, or breaths and how long they last at least, are written."""
_CLOCK = r"([0-9]{1,4}):([0-5][0-9])(?::([0-5][0-9]))?"
_UNIT = rf"(?:{WORD}|''|['\"\u2032\u2033])"
_AMOUNT = rf"({NUMBER}) ?({_UNIT})\.?"
_AMOUNTS = rf"({NUMBER} ?{_UNIT}\.?(?: ?,? ?{NUMBER} ?{_UNIT}\.?)*)(?: ?([0-5][0-9]))?"
_COUNTED = ("cycles", "reps", "repetitions", "rounds", "times")
"""Other words for breaths in counts."""
_SECONDS = {"h": 3600, "m": 60, "s": 1}


def read_breath(text: str) -> Breath:
    """Read a breath: its seconds, its phases by name, or breaths a minute with a ratio.

    In-out, in-hold-out or in-hold-out-pause as seconds; a hold or pause of 0 is left out. Dashes of all kinds, slashes
    or spaces may part them, and a unit may follow each. Phases are rounded to millionths of a second.

    >>> [str(phase.kind) for phase in read_breath("4-0-6-2").phases]
    ['inhale', 'exhale', 'pause']
    >>> [str(phase.kind) for phase in read_breath("in 2, in 1, out 6").phases]
    ['inhale', 'inhale', 'exhale']
    >>> print(read_breath("6/min 40:60"), read_breath("6 bpm"), read_breath("4 s / 6 s"), read_breath("4 in 6 out"))
    4-6 4-6 4-6 4-6

    Raises:
        ChoiceError: When the text is not a breath that can be breathed.
    """
    return make_breath(text, _read_all_phases(text))


def _read_all_phases(text: str) -> list[Phase]:
    """Return the phases of a breath as they are written, also those of no length."""
    plain = drop_unit(simplify(text), "s")
    if match := re.fullmatch(_RATE, plain):
        return divide_minute(text, read_number(match[1]), match[2] or USUAL_RATIO)
    if _is_named(plain):
        return _read_named(text, plain)
    if not re.fullmatch(_ROW, plain):
        raise ChoiceError(f"{quote(text)} {_explain_breath(plain)}")
    return _read_phases(text, plain)


def read_pace(text: str) -> Pace:
    """Read a pace: a breath, breaths joined by ``..``, or a breath that grows.

    >>> print(read_pace("3-4 .. 4-6 .. 3-4"))
    3-4..4-6..3-4
    >>> print(read_pace("4-6 +0.3s every 5m"))
    4-6 +0.3s every 300s

    Raises:
        ChoiceError: When the text is not a pace, or its breaths have different phases.
    """
    plain = simplify(text)
    if (match := re.fullmatch(_RAMP, plain)) and all(re.fullmatch(_ROW, part) for part in match.groups()):
        what = f"{quote(text)} is not a pace: two dots stand between two breaths"
        raise ChoiceError(f"{what}\nwrite {'..'.join(match.groups())}")
    if match := re.fullmatch(_STEP, plain):
        longer, every = read_seconds(match[2]), read_seconds(match[3])
        if not every:
            raise ChoiceError(f"{quote(text)} is not a pace: a step is taken after some time\nwrite 4-6 +0.3s every 5m")
        return Pace((read_breath(match[1]),), longer, every)
    if not re.search(_POINTS, plain):
        return Pace((read_breath(text),))
    return join_breaths(text, [_read_all_phases(part) for part in re.split(_POINTS, plain)])


def join_breaths(text: str, points: Sequence[Sequence[Phase]]) -> Pace:
    """Return the pace that leads through these breaths; a phase can grow from no length, or shrink to it.

    >>> [str(each) for each in read_pace("4-0-6..4-2-6").breaths(3)]
    ['4-6', '4-1-6', '4-2-6']

    Raises:
        ChoiceError: When one can't be breathed, or they have different phases.
    """
    breaths = [make_breath(text, point) for point in points]
    if len(points) == 1:
        return Pace((breaths[0],))
    if len({tuple(phase.kind for phase in point) for point in points}) == 1:
        lasting = [any(phase.seconds for phase in some) for some in zip(*points, strict=True)]
        return Pace(tuple(Breath(tuple(compress(point, lasting))) for point in points))
    if len({tuple(phase.kind for phase in each.phases) for each in breaths}) > 1:
        raise ChoiceError(f"{quote(text)} is not a pace: its breaths have different phases\n{WRITE}")
    return Pace(tuple(breaths))


def read_paces(text: str, most: int = 400) -> tuple[Pace, ...]:
    """Read what is to be tried: one pace, or two breaths, parted by a comma, with those between them.

    >>> [str(each) for each in read_paces("2-2,3-2")]
    ['2-2', '2.5-2', '3-2']

    Raises:
        ChoiceError: When it is neither, or the two have different phases.
    """
    parts = text.split(",")
    alone = any(re.fullmatch(_NUMBER, simplify(part)) for part in parts)
    if len(parts) != 2 or alone or _is_named(simplify(text)):  # noqa: PLR2004 - a first and a last
        return (read_pace(text),)
    one, other = map(read_breath, parts)
    if [phase.kind for phase in one.phases] != [phase.kind for phase in other.phases]:
        raise ChoiceError(f"{quote(text)} have different phases, so there are no breaths between them\n{WRITE}")
    return tuple(Pace((each,)) for each in list_breaths_between(one, other, most))


def list_breaths_between(one: Breath, other: Breath, most: int) -> Iterator[Breath]:
    """Yield two breaths of the same phases, and those between: each phase in steps of half a second.

    Where that would make more than about ``most``, the steps are longer; the shortest and the longest are always there.
    """
    kinds = [phase.kind for phase in one.phases]
    pairs = zip(one.phases, other.phases, strict=True)
    ranges = [sorted((start.seconds, end.seconds)) for start, end in pairs]
    step = Fraction(1, 2)
    while math.prod(math.ceil((last - first) / step) + 1 for first, last in ranges) > most:
        step *= 2
    for lengths in product(*(_list_steps(first, last, step) for first, last in ranges)):
        found = Breath(tuple(map(Phase, kinds, lengths)))
        if found.seconds <= LONGEST_BREATH:
            yield found


def _list_steps(first: Fraction, last: Fraction, step: Fraction) -> list[Fraction]:
    return [*(first + number * step for number in range(math.ceil((last - first) / step))), last]


def _is_named(plain: str) -> bool:
    return any(map(read_phase, re.findall(WORD, plain)))


def _read_phases(text: str, plain: str) -> list[Phase]:
    """Return the phases that a row of numbers stands for, by how many there are."""
    found = [read_number(each) for each in re.findall(_NUMBER, plain)]
    if len(found) not in ORDERS:
        raise ChoiceError(f"{quote(text)} is not a breath: it needs 2, 3 or 4 numbers\n{WRITE}")
    return [Phase(kind, round_finely(each)) for kind, each in zip(ORDERS[len(found)], found, strict=True)]


def _read_named(text: str, plain: str) -> list[Phase]:
    """Return phases that are named, each before its number or each after it."""
    bare = put_commas(plain)
    for number_at, form in ((2, _NAMED[0]), (1, _NAMED[1])):
        if re.fullmatch(rf"{form.pattern}(?: ?[-,;/+&]? ?{form.pattern})*", bare):
            pairs = [(match[3 - number_at], match[number_at]) for match in form.finditer(bare)]
            wrong = next((name for name, _ in pairs if not read_phase(name)), None)
            if wrong:
                raise ChoiceError(f"{quote(text)} is not a breath: {quote(wrong)} is not a phase\n{_WRITE_PHASES}")
            return [Phase(NAMES[read_phase(name)], round_finely(read_number(length))) for name, length in pairs]
    wrong = next((part.strip() for part in bare.split(",") if not _is_pair(part.strip())), bare)
    why = "decimals take a point" if re.search(_COMMA, plain) else f"{quote(wrong)} is not a phase"
    raise ChoiceError(f"{quote(text)} is not a breath: {why}\n{_WRITE_PHASES}")


def _is_pair(text: str) -> bool:
    return any(form.fullmatch(text) for form in _NAMED) and _is_named(text)


def divide_minute(text: str, rate: Fraction, ratio: str) -> list[Phase]:
    """Return the phases of so many breaths a minute; their ends are rounded, so that the breath keeps its length.

    Raises:
        ChoiceError: When the ratio is not one of 2, 3 or 4 numbers.
    """
    parts = _read_phases(text, ratio.replace(":", "-"))
    total = sum((phase.seconds for phase in parts), Fraction(0))
    if not rate or not total:
        raise ChoiceError(
            f"{quote(text)} is not a breath\nwrite breaths a minute as 6/min, with their ratio as 6/min 40:60"
        )
    upto = accumulate((phase.seconds for phase in parts), initial=Fraction(0))
    edges = [round_finely(60 / rate * each / total) for each in upto]
    return [Phase(part.kind, end - start) for part, (start, end) in zip(parts, pairwise(edges), strict=True)]


def read_seconds(text: str) -> Fraction:
    """Read a length of time: ``5s``, ``1.5 s``, ``2m``, ``1m30s``, ``1:30`` (minutes and seconds).

    Units may be words of any language that has a table; a number after hours or minutes is of the next smaller unit.

    >>> [float(read_seconds(text)) for text in ("1:30", "1.5s", "1 min 30 s", "2 Minuten", "1h30")]
    [90.0, 1.5, 90.0, 120.0, 5400.0]

    Raises:
        ChoiceError: When the text is not a length of time.
    """
    plain = simplify(text)
    if re.search("[0-9]", plain):  # to look for joining words reads the tables of all languages
        plain = put_commas(plain)
    if match := re.fullmatch(_CLOCK, plain):
        total = 0
        for part in match.groups():
            total = total if part is None else total * 60 + int(part)
        return Fraction(total)
    if (match := re.fullmatch(_AMOUNTS, plain)) and (found := _add_amounts(match[1], match[2] or "")) is not None:
        return round_finely(found)
    if re.fullmatch(_NUMBER, plain):
        raise ChoiceError(f"{quote(text)} has no unit: write {plain}s for seconds, or {plain}m for minutes")
    how = _suggest_point(plain) or "write seconds as 5s or 1.5s, minutes as 2m or 1:30"
    raise ChoiceError(f"{quote(text)} is not a length of time: {how}")


def _add_amounts(amounts: str, last: str) -> Fraction | None:
    """Return the sum of amounts whose units get smaller, and of a number without a unit after them."""
    found = [(read_number(match[1]), read_unit(match[2])) for match in re.finditer(_AMOUNT, amounts)]
    names = "".join(name if name in _SECONDS else "?" for _, name in found)
    if names not in {"h", "m", "s", "hm", "hs", "ms", "hms"} or (last and names[-1] == "s"):
        return None
    smaller = Fraction(_SECONDS[names[-1]], 60)
    return sum((each * _SECONDS[name] for each, name in found), int(last or 0) * smaller)


def _suggest_point(plain: str) -> str:
    """Say how a length of time is written that has a comma in place of its point; nothing for any other text."""
    if len(re.findall(_COMMA, plain)) == 1 and re.fullmatch(_AMOUNT, pointed := re.sub(_COMMA, ".", plain)):
        return f"decimals take a point, write {pointed}"
    return ""


def read_span(text: str) -> Span:
    """Read a length in breaths or in time.

    >>> print(read_span("2 breaths"), "or", read_span("1:30"))
    2 breaths or 90s
    >>> print(read_span("3 breaths, at least 20s"), "or", read_span("30s in whole breaths"))
    3 breaths, at least 20s or 0 breaths, at least 30s

    Raises:
        ChoiceError: When the text is not a length.
    """
    plain = simplify(text)
    found = _find_span(plain)
    if found is not None:
        return found
    if how := _suggest_point(plain):
        raise ChoiceError(f"{quote(text)} is not a length: {how}")
    if match := re.fullmatch(_NO_COMMA, plain):
        raise ChoiceError(f"{quote(text)} has no comma: write {match[1]}, {match[2]}")
    if guess := _suggest_length(plain):
        raise ChoiceError(f"{quote(text)} is not a length: write {guess}")
    raise ChoiceError(
        f"{quote(text)} is not a length: write breaths as 2 breaths, seconds as 5s, or 3 breaths, at least 20s"
    )


def find_span(text: str) -> Span | None:
    """Return a length, as `read_span`; None if a text is none: to say why takes the tables of all languages.

    >>> print(find_span("2 breaths"), find_span("Forward lunge"))
    2 breaths None
    """
    with suppress(ChoiceError):
        return _find_span(simplify(text))
    return None


def _find_span(plain: str) -> Span | None:
    """Return the length that a simplified text is, or None.

    Raises:
        ChoiceError: When it is a number of breaths that last at least something that is not a length of time.
    """
    if (match := re.fullmatch(_SPAN, plain)) and (match[2] is None or read_unit(match[2]) == "breaths"):
        return Span(int(read_number(match[1])), least=read_seconds(match[3]) if match[3] else Fraction(0))
    with suppress(ChoiceError):
        if match := WHOLE.fullmatch(plain):
            return Span(least=read_seconds(match[1]))
        return Span(rest=read_seconds(plain))
    return None


def _suggest_length(plain: str) -> str:
    """Return how a length is written whose number is a word, or whose unit is misspelt; nothing for any other text."""
    guess = put_digits(plain)
    match = re.fullmatch(rf"({NUMBER}) ?({WORD})", guess)
    if match and not read_unit(match[2]):
        close = find_close(match[2], ("breaths", "seconds", "minutes"), 1) or ["breaths"] * (match[2] in _COUNTED)
        guess = f"{match[1]} {close[0]}" if close else guess
    if guess == plain:
        return ""
    with suppress(ChoiceError):
        read_span(guess)
        return guess
    return ""


def _explain_breath(plain: str) -> str:
    """Say what is wrong with numbers that are not a row, and how it is written."""
    numbers = re.findall(_NUMBER, plain)
    if (match := re.fullmatch(_AMBIGUOUS, plain)) and len(set(re.findall("[:,]", plain))) == 1:
        if match[1] == ":":
            rate = ":".join(numbers)
            found = "may be seconds or a ratio", f"write {'-'.join(numbers)} for seconds, or 6/min {rate} for a ratio"
        else:
            found = "may be a decimal or two numbers", f"write {'-'.join(numbers)}; decimals take a point, as in 4.5-6"
        return "\n".join(found)
    if re.fullmatch(_ROW, pointed := re.sub(_COMMA, ".", plain)):
        return f"is not a breath: decimals take a point, as in {pointed}\n{WRITE}"
    if re.fullmatch(_ROW, digits := put_digits(plain)):
        return f"is not a breath: its numbers are words\nwrite {digits}"
    if not plain or re.search(_GAP, plain):
        return f"is not a breath: a number is missing, or negative\n{WRITE}"
    wrong = next((part for part in re.split(r" ?[-/] ?| ", plain) if not re.fullmatch(_NUMBER, part)), plain)
    return f"is not a breath: {quote(wrong)} is not a number of seconds\n{WRITE}"


def make_breath(text: str, phases: Sequence[Phase]) -> Breath:
    """Return a breath of these phases, without those of no length.

    Raises:
        ChoiceError: When it can't be breathed.
    """
    kept = tuple(phase for phase in phases if phase.seconds)
    taken = Breath(kept)
    missing = [kind for kind in (Kind.INHALE, Kind.EXHALE) if kind not in {phase.kind for phase in kept}]
    if missing:
        raise ChoiceError(
            f"{quote(text)} can't be breathed: nothing is left of its {' and its '.join(missing)}\n{WRITE}"
        )
    if min(phase.seconds for phase in kept) < SHORTEST_PHASE:
        raise ChoiceError(
            f"{quote(text)} can't be breathed: a phase lasts less than {float(SHORTEST_PHASE):g} s\n{WRITE}"
        )
    if taken.seconds > LONGEST_BREATH:
        raise ChoiceError(f"{quote(text)} lasts more than {LONGEST_BREATH} s a breath, which is the maximum\n{WRITE}")
    return taken
