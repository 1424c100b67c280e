"""Measuring a breath by keys that a person taps on a terminal, or by a file of times."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.app import keyboard
from voicecoach.app.taps import ENOUGH, LAST, NEEDED, WITHIN, TapSeries, propose_ramp, read_times
from voicecoach.core.breath import Kind
from voicecoach.errors import ChoiceError, describe_unreadable
from voicecoach.system import plain_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from voicecoach.core.breath import Breath

BOUNCE = Fraction(3, 10)
"""Seconds within which a second key is the first one again, bouncing or held down."""
LARGEST = 1_000_000
"""The most bytes of a file of times: days of breaths."""
ENDS = frozenset("\r\nqQ\x04\x1b")
NAMED = {"i": Kind.INHALE, "o": Kind.EXHALE}
"""Keys that name their phase, for a person who lost count."""


def read_taps(name: str, *, phases: bool) -> TapSeries:
    """Read the times of taps from a file, or from the standard input for ``-``.

    Raises:
        ChoiceError: When it can't be read, or is not a file of times.
    """
    source = "standard input" if name == "-" else name
    content = _read_content(name, source)
    if len(content) > LARGEST:
        raise ChoiceError(f"{source}: more than {LARGEST / 1e6:g} MB is not a file of times")
    try:
        return read_times(content.decode("utf-8-sig"), source, phases=phases)
    except UnicodeDecodeError:
        raise ChoiceError(f"{source}: the times are not UTF-8 text\nwrite one a line, in seconds") from None


def record_taps(*, phases: bool) -> TapSeries:
    """Record taps on the terminal, and show the breath so far, until the taps agree or a key ends it.

    Raises:
        ChoiceError: When there is no terminal.
    """
    if not keyboard.has_terminal():
        raise ChoiceError("there is no terminal to tap on\ngive the times of the taps with --times FILE")
    with keyboard.read_keys() as keys, _display(phases=phases) as show:
        return measure(keys, time.monotonic, show, phases=phases)


def measure(
    keys: Iterable[str], clock: Callable[[], float], show: Callable[[TapSeries], None], *, phases: bool = False
) -> TapSeries:
    """Take each key as a tap, until the sample is complete, a key ends it or there are no more keys.

    Args:
        keys: The keys as they are pressed.
        clock: Returns the time in seconds; called once for each key.
        show: Called with the sample at the start and after each tap.
        phases: Whether inhales and exhales are tapped, in turn.
    """
    sample, before = TapSeries(), Fraction(0)
    show(sample)
    for key in keys:
        if key in ENDS:
            break
        at = Fraction(round(clock() * 1000), 1000)
        before, since = at, at - before
        if sample.taps and since < BOUNCE:
            continue
        sample = sample.add(_choose_phase(key, sample) if phases else Kind.INHALE, at)
        show(sample)
        if sample.complete:
            break
    return sample


def list_lines(sample: TapSeries, *, phases: bool) -> tuple[str, ...]:
    """List what is shown while a person taps: what to do, the breath so far, and whether the taps agree."""
    following = (f"next: {sample.following}   (i is an inhale, o an exhale)",) if phases else ()
    return (*_list_instructions(phases=phases), "", _describe_breath(sample), _describe_agreement(sample), *following)


def describe(sample: TapSeries, breath: Breath) -> tuple[str, ...]:
    """Say how a breath was measured, and which taps were left out."""
    said = f"{find_rate(breath):.1f} breaths a minute; the median of {len(sample.breaths.kept)} breaths"
    missed, extra = sample.breaths.missed, sample.breaths.extra
    left_out = (_count(missed, "missed tap") * bool(missed), f"{_count(extra, 'tap')} too many" * bool(extra))
    return (f"{said}, {_describe_end(sample)}", *(f"left out: {what}" for what in left_out if what))


def find_rate(breath: Breath) -> float:
    """Return breaths a minute."""
    return float(60 / breath.seconds)


def as_json(sample: TapSeries, breath: Breath) -> dict[str, Any]:
    """Return the measured breath for programs; lengths are in seconds."""
    phases = {str(phase.kind): float(phase.seconds) for phase in breath.phases}
    counts = {"breaths": len(sample.breaths.kept), "missed": sample.breaths.missed, "extra": sample.breaths.extra}
    whole = {"breath": str(breath), "seconds": float(breath.seconds), "per_minute": round(find_rate(breath), 2)}
    ramp = propose_ramp(breath)
    return {**whole, **phases, **counts, "agrees": sample.agrees, "slower": str(ramp) if ramp else None}


def propose_slower(breath: Breath) -> Iterator[str]:
    """Suggest a ramp to a slower breath, if the breath is not slow already."""
    ramp = propose_ramp(breath)
    if ramp:
        yield f"to slow down during a session: voicecoach make --breath {ramp}"


def _list_instructions(*, phases: bool) -> tuple[str, ...]:
    return (
        "Breathe as you would while stretching.",
        f"Tap the space bar at the start of each {'inhale and each exhale' if phases else 'inhale'}.",
        "It ends when the taps agree; Enter or q ends it earlier.",
    )


def _choose_phase(key: str, sample: TapSeries) -> Kind:
    return NAMED.get(key, sample.following)


def _describe_breath(sample: TapSeries) -> str:
    breaths = sample.breaths
    if not breaths.each:
        return f"{_count(len(sample.taps), 'tap')} so far"
    last, middle = float(breaths.each[-1]), breaths.median
    minute = f"{float(60 / middle):.1f} a minute"
    return f"{_count(len(breaths.each), 'breath')}   last {last:.1f} s   median {float(middle):.1f} s   {minute}"


def _describe_agreement(sample: TapSeries) -> str:
    if sample.agrees:
        return "the taps agree"
    return f"{sample.agreeing} of the last {LAST} agree; after {ENOUGH} breaths it ends in any case"


def _describe_end(sample: TapSeries) -> str:
    if len(sample.breaths.kept) < NEEDED:
        return "too few to know whether they agree"
    return f"the last {LAST} {'all' if sample.agrees else 'not all'} within {round(WITHIN * 100)} % of it"


def _count(number: int, what: str) -> str:
    """Count things.

    >>> _count(1, "tap"), _count(2, "tap")
    ('1 tap', '2 taps')
    """
    return f"{number} {what}" + "s" * (number != 1)


@contextmanager
def _display(*, phases: bool) -> Iterator[Callable[[TapSeries], None]]:
    """Show the sample on the terminal. Nothing ticks: people breathe in time with a clock that they see."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    console = Console(stderr=True)
    if console.is_dumb_terminal:  # it can not overwrite a line
        console.print(Text("\n".join(_list_instructions(phases=phases))))
        yield lambda sample: console.print(Text(_describe_breath(sample)))
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda sample: live.update(Text("\n".join(list_lines(sample, phases=phases))), refresh=True)


def _read_content(name: str, source: str) -> bytes:
    try:
        if name == "-":
            return sys.stdin.buffer.read(LARGEST + 1) if sys.stdin is not None else b""
        return plain_files.read_file(Path(name), LARGEST)
    except OSError as error:
        raise ChoiceError(f"{source}: the times can't be read: {describe_unreadable(error)}") from error
