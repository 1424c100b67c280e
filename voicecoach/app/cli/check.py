"""The command ``check``: find every problem of routine files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, arguments, flag, option, several
from voicecoach.app.cli.options import RATE, SETTING, VOICE
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.cli.printing import count, print_notes, show_progress
from voicecoach.core.notation import read_paces
from voicecoach.errors import VoiceError
from voicecoach.system import folders, signals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.app.review import Review
    from voicecoach.core.breath import Pace


@dataclass(frozen=True, repr=False, eq=False)
class CheckOptions(Options):
    """Which files are checked, and how."""

    files: tuple[str, ...] = arguments("FILE")
    breaths: tuple[Pace, ...] | None = option(
        "--breaths",
        "Try the routine at all breaths between two, such as 2-2,8-12, or at one breath.",
        Parsed("A,B", read_paces),
        shown="the routine's own breath only",
    )
    settings: tuple[tuple[str, str], ...] = several("--set", "Set a parameter; may be repeated.", SETTING)
    voice: str | None = option(
        "--voice", "Measure the words with this voice.", VOICE, shown="auto, the best for the language"
    )
    rate: int | None = option("--rate", "Measure the words at this many words a minute.", RATE, shown="the voice's own")
    craft: bool = flag(
        "--craft", "Also warn about things that make guidance hard to follow, such as a late first breath."
    )


@define(
    "check",
    CheckOptions,
    examples=("voicecoach check mine.yaml", "voicecoach check mine.yaml --breaths 3-3,6-8"),
)
def command(chosen: CheckOptions) -> int:
    """Report every problem in routine files, and how to fix it.

    Each problem is one line, FILE:LINE:COLUMN: what is wrong; how to fix it. Warnings are about things that work
    but are unwise, such as words that no listener can follow. The exit status is 2 if there are problems, and 0 if
    there are only warnings.
    """
    signals.note_reading()
    from voicecoach.app.config import read_commands
    from voicecoach.app.request import Request
    from voicecoach.app.review import review
    from voicecoach.script.choices import Choices

    reviews, choices = [], Choices(settings=dict(chosen.settings))
    for file in chosen.files:
        with show_progress(f"Checking {file}") as report:
            request = Request(file, choices, voice=chosen.voice, rate=chosen.rate, commands=read_commands())
            found = review(request, chosen.breaths or (), folders.find_cache(), report, craft=chosen.craft)
            reviews.append(found)
        _print_review(reviews[-1])
    print_notes(dict.fromkeys(filter(None, (each.voice_note for each in reviews))))
    return _conclude(reviews)


def _print_review(found: Review) -> None:
    for line in found.lines():
        click.echo(line)
    for note in found.notes:
        click.echo(note, err=True)
    if found.tried:
        click.echo(found.tried, err=True)


def _conclude(reviews: Sequence[Review]) -> int:
    """Return 2 if there are problems, and count the warnings, which are not a failure.

    Raises:
        VoiceError: When there are no problems, but words could not be measured.
    """
    if any(each.problems for each in reviews):
        return 2
    unmeasured = next((each.unmeasured for each in reviews if each.unmeasured), "")
    if unmeasured:
        raise VoiceError(f"the words could not be measured: {unmeasured}")
    warned = sum(len(each.warnings) for each in reviews)
    click.echo(f"{len(reviews)} checked, no problems" + (f", {count(warned, 'warning')}" if warned else ""), err=True)
    return 0
