"""The command ``breath``: measure a breath by taps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, flag, option, switch
from voicecoach.app.cli.options import JSON
from voicecoach.app.cli.parameters import Parsed, is_typed
from voicecoach.app.cli.printing import print_json, print_notes
from voicecoach.app.taps import compute_breath, read_ratio
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction


@dataclass(frozen=True, repr=False, eq=False)
class BreathOptions(Options):
    """How taps are taken, and what is done with the breath."""

    phases: bool = flag("--phases", "Tap twice a breath: at the start of each inhale and each exhale.")
    ratio: tuple[Fraction, Fraction] = option(
        "--ratio",
        "How to split a breath into inhale and exhale.",
        Parsed("IN:OUT", read_ratio),
        default="40:60",
    )
    times: str | None = option(
        "--times",
        "Read the times of the taps from a file, in seconds, one on each line; - reads stdin.",
        Parsed("FILE", str),
    )
    save: bool | None = switch("--save/--no-save", "Whether to make it your default breath.", shown="ask")
    as_json: bool = flag("--json", JSON)


@define(
    "breath",
    BreathOptions,
    examples=("voicecoach breath", "voicecoach breath --times taps.txt --ratio 1:2"),
    variables=False,
)
def command(chosen: BreathOptions) -> None:
    """Measure your breath by tapping a key.

    Tap the space bar at the start of each inhale, for about six breaths. The result is printed as --breath takes it.
    """
    from voicecoach.app import measuring

    phases, times = chosen.phases, chosen.times
    _check_ratio(phased=phases)
    sample = measuring.record_taps(phases=phases) if times is None else measuring.read_taps(times, phases=phases)
    _check_ratio(phased=sample.phased)
    breath = compute_breath(sample, chosen.ratio)
    print_notes((*measuring.describe(sample, breath), *measuring.propose_slower(breath)))
    if chosen.as_json:
        print_json(measuring.as_json(sample, breath))
    else:
        click.echo(str(breath))
    ask = chosen.save is None and times is None and not chosen.as_json
    if chosen.save or (ask and click.confirm("Make it your default breath?", err=True)):
        print_notes(_save(str(breath)))


def _check_ratio(*, phased: bool) -> None:
    if phased and is_typed("ratio"):
        raise ChoiceError("--ratio splits a breath of one tap; here its phases are tapped, so leave it out")


def _save(breath: str) -> Iterator[str]:
    """Make a breath the user's default; say where it is saved, and what still overrides it."""
    from voicecoach.app import config

    yield f"saved in {config.save('breath', breath)}"
    for name in config.list_overriding("breath"):
        yield f"[{name}] in it has its own breath, which overrides this"
    if os.environ.get("VOICECOACH_BREATH"):
        yield "the variable VOICECOACH_BREATH overrides it"
