"""The tempo of a movement: its phases by name, in seconds, in breaths, or with the phases of the breath."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.core.breath import LONGEST_BREATH, NAMES, Kind, Span
from voicecoach.core.spelling import NUMBER, WORD, read_number, read_unit, round_finely, simplify, write_number
from voicecoach.errors import ChoiceError, quote

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST = Fraction(1, 10)
"""Seconds of the shortest phase of a movement."""
BEAT = "beat"
"""The name of the only phase of a movement that goes by beats."""
MOST_PHASES = 20
MOST_BREATHS = 100
"""The most breaths of a phase of a movement."""
WRITE = "write phases with their seconds, as down 3, up 2, or with the breath, as down in, up out"
WRITE_BEAT = "write 0.5s, or 1 breath"

NAME = rf"{WORD}(?: {WORD})*?"
"""The name of a phase: words without digits."""
_AMOUNT = rf"(?P<number>{NUMBER}) ?(?P<unit>{WORD}|''|['\"\u2032\u2033])?\.?"
_PARTS = re.compile(r" ?[,;](?![^()]*\)) ?")
_PHASE = re.compile(rf"(?P<name>{NAME})(?: ?[:=]? ?{_AMOUNT}| (?P<kind>in|hold|out|pause))")
_REVERSED = re.compile(rf"{_AMOUNT} (?P<name>{NAME})")
_CALCULATED = re.compile(rf"(?P<name>{NAME}) ?[:=]? ?(?P<formula>(?:(?:min|max|round) ?\()?[^\w]*[{{(\d].*)")
"""A phase whose length may be a formula."""


@dataclass(frozen=True, slots=True)
class NamedPhase:
    """A phase of a movement: its name, and how long it lasts.

    Attributes:
        name: What its author calls it, in lower case.
        span: How long it lasts; with ``kind``, that is not used.
        kind: The phase of the breath that it goes with, if it goes with one.
    """

    name: str
    span: Span = field(default_factory=Span)
    kind: Kind | None = None

    def __str__(self) -> str:
        """Write it as `read_tempo` reads it."""
        if self.kind is None:
            length = f"{self.span}" if self.span.in_breaths else write_number(self.span.rest)
            return f"{self.name} {length}"
        return f"{self.name} {next(name for name, kind in NAMES.items() if kind is self.kind)}"


Tempo = tuple[NamedPhase, ...]
"""The phases of a movement, in order."""


def read_tempo(text: str) -> Tempo:
    """Read the tempo of a movement; a phase of no length is left out.

    >>> [str(each) for each in read_tempo("down 3, hold 0, up 1.5s")]
    ['down 3', 'up 1.5']
    >>> [str(each) for each in read_tempo("heels up in; heels down out")]
    ['heels up in', 'heels down out']

    Raises:
        ChoiceError: When the text is not a tempo.
    """
    plain = simplify(text)
    phases = [_read_phase(text, part) for part in _PARTS.split(plain)] if plain else []
    if not phases:
        raise ChoiceError(f"{quote(text)} is not a tempo\n{WRITE}")
    if len(phases) > MOST_PHASES:
        raise ChoiceError(f"{quote(text)} has {len(phases)} phases; at most {MOST_PHASES} are possible\nuse fewer")
    if len({each.kind is None for each in phases}) > 1:
        what = "has phases with lengths of their own and phases of the breath"
        raise ChoiceError(f"{quote(text)} {what}\n{WRITE}")
    kept = tuple(each for each in phases if each.kind or each.span != Span())
    return check_lengths(text, kept)


def check_lengths(text: str, phases: Tempo, write: str = WRITE) -> Tempo:
    """Return the phases of a movement if they can be moved in; ``write`` says how they are written.

    Raises:
        ChoiceError: When they are too short or too long, or there are none.
    """
    if not phases:
        raise ChoiceError(f"{quote(text)} has no length\n{write}")
    timed = [each.span.rest for each in phases if each.kind is None and not each.span.in_breaths]
    if timed and min(timed) < SHORTEST:
        raise ChoiceError(f"{quote(text)} has a phase of less than {float(SHORTEST):g} s\n{write}")
    if sum(timed, Fraction(0)) > LONGEST_BREATH:
        raise ChoiceError(f"{quote(text)} lasts more than {LONGEST_BREATH} s, which is the maximum\n{write}")
    return phases


def read_beat(text: str) -> Tempo:
    """Read the time from one beat to the next, which is the tempo of a movement without phases.

    >>> [str(each) for each in (*read_beat("0.5s"), *read_beat("1 breath"))]
    ['beat 0.5', 'beat 1 breath']

    Raises:
        ChoiceError: When the text is not a length.
    """
    match = re.fullmatch(_AMOUNT, simplify(text))
    if match is None:
        raise ChoiceError(f"{quote(text)} is not the time of a beat\n{WRITE_BEAT}")
    span = _read_length(text, match["number"], match["unit"] or "s")
    return check_lengths(text, (NamedPhase(BEAT, span),) if span != Span() else (), WRITE_BEAT)


def list_names(text: str) -> list[str]:
    """Return the names of a tempo's phases, each once; also if their lengths are not known yet.

    >>> list_names("down {slow}, up max({slow} / 2, 1), hold 1")
    ['down', 'up', 'hold']
    """
    parts = [part for part in _PARTS.split(simplify(text)) if part]
    forms = (_CALCULATED, _PHASE, _REVERSED)
    found = (next(filter(None, (form.fullmatch(part) for form in forms)), None) for part in parts)
    return list(dict.fromkeys(match["name"].lower() for match in found if match))


def is_calculated(text: str) -> bool:
    """Return whether any length of a tempo is a calculation.

    >>> is_calculated("down {slow}, up 2"), is_calculated("down 2 * 1.5, up 2"), is_calculated("down 3, up 2s")
    (True, True, False)
    """
    return any(_is_calculated(part) for part in _PARTS.split(simplify(text)))


def _is_calculated(part: str) -> bool:
    plain = _PHASE.fullmatch(part) or _REVERSED.fullmatch(part)
    return not plain and bool(set("{*()+") & set(part)) and _CALCULATED.fullmatch(part) is not None


def fill_tempo(text: str, work_out: Callable[[str], str]) -> str:
    """Return a tempo whose lengths with names in braces are worked out.

    >>> fill_tempo("down {slow} * 2, up 1", lambda formula: "6s" if formula == "{slow} * 2" else "?")
    'down 6s, up 1'
    """
    parts = []
    for part in _PARTS.split(simplify(text)):
        match = _CALCULATED.fullmatch(part)
        parts.append(f"{match['name']} {work_out(match['formula'])}" if match and _is_calculated(part) else part)
    return ", ".join(parts)


def _read_phase(text: str, part: str) -> NamedPhase:
    match = _PHASE.fullmatch(part)
    if match and match["kind"]:
        return NamedPhase(match["name"].lower(), kind=NAMES[match["kind"]])
    match = match or _REVERSED.fullmatch(part)
    if match is None:
        comma = re.search(r"[0-9],[0-9]", text) and part.isdigit()
        why = "decimals take a point" if comma else _explain_part(part)
        raise ChoiceError(f"{quote(text)} is not a tempo: {why}\n{WRITE}")
    return NamedPhase(match["name"].lower(), _read_length(text, match["number"], match["unit"] or "s"))


def _read_length(text: str, number: str, unit: str) -> Span:
    named, amount = read_unit(unit), read_number(number)
    if named == "breaths":
        if amount.denominator != 1 or amount > MOST_BREATHS:
            what = f"is not a tempo: whole breaths are possible, up to {MOST_BREATHS} in a phase"
            raise ChoiceError(f"{quote(text)} {what}\n{WRITE}")
        return Span(breaths=int(amount))
    if named not in {"s", "m"}:
        raise ChoiceError(f"{quote(text)} is not a tempo: {quote(unit)} is not a unit\n{WRITE}")
    return Span(rest=round_finely(amount * (60 if named == "m" else 1)))


def _explain_part(part: str) -> str:
    if len(re.findall(rf"{WORD} ?{NUMBER}", part)) > 1:
        return f"there is no comma between the phases of {quote(part)}"
    if re.fullmatch(rf"{NUMBER}(?: ?[-/:] ?{NUMBER})*", part):
        return "its phases have no names"
    if re.fullmatch(rf"{WORD}(?: {WORD})*", part):
        return f"{quote(part)} has no length"
    return f"{quote(part)} is not a name with a length" if part else "a phase is empty"


def count_beats(phases: Tempo) -> int:
    """Return how many breaths a movement takes; 0 if it does not go with the breath.

    >>> [count_beats(read_tempo(text)) for text in ("down 3, up 2", "down in, up out", "on 2 breaths, off 1 breath")]
    [0, 1, 3]
    """
    return sum(each.span.breaths for each in phases) or int(any(each.kind for each in phases))
