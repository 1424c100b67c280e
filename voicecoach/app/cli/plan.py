"""The command ``plan``: show the timeline of a session."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app import values
from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, choice, flag, group, option
from voicecoach.app.cli.options import FORCE, JSON, GuidanceOptions, SessionOptions, VoiceOptions
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.cli.printing import (
    count,
    describe_length,
    name_check,
    print_json,
    print_notes,
    print_warnings,
    show_progress,
)
from voicecoach.app.cli.request import make_request
from voicecoach.system import folders, signals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voicecoach.app.request import Track


@dataclass(frozen=True, repr=False, eq=False)
class OutputOptions(Options):
    """What is printed or drawn."""

    TITLE: ClassVar[str] = "Output"
    as_json: bool = flag("--json", JSON)
    version: int | None = choice(
        "--json-version", "Print JSON of this version; 1 has no spans.", {"1": 1, "2": 2}, shown="2"
    )
    plot: Path | None = option("--plot", "Draw the plan: FILE.svg or FILE.png.", Parsed("FILE", values.read_picture))
    force: bool = flag("--force", FORCE)


@dataclass(frozen=True, repr=False, eq=False)
class PlanOptions(Options):
    """Everything that can be chosen about a session."""

    session: SessionOptions = group(SessionOptions)
    guidance: GuidanceOptions = group(GuidanceOptions)
    voice: VoiceOptions = group(VoiceOptions)
    output: OutputOptions = group(OutputOptions)


@define(
    "plan",
    PlanOptions,
    examples=(
        "voicecoach plan leg-stretch --breath 5-7",
        "voicecoach plan leg-stretch --side left --plot plan.svg",
    ),
)
def command(chosen: PlanOptions) -> None:
    """Show what is heard when, without making a file.

    ROUTINE is the name of a built-in routine or a YAML file; without it, leg-stretch is planned.
    """
    from voicecoach.app import session, targets

    picture = chosen.output.plot
    if picture:
        targets.check_named(picture, force=chosen.output.force)
    else:
        signals.note_reading()
    request = make_request(chosen.session, chosen.guidance, chosen.voice)
    with show_progress(f"Planning {request.routine}") as report, name_check(request):
        planned = session.plan(request, folders.find_cache(), report)
    print_warnings(planned, quiet=False)
    print_notes(planned.notes)
    (track,) = planned.tracks
    if picture:
        _draw(track, picture)
    if chosen.output.as_json or chosen.output.version:
        print_json(planned.as_json(track, chosen.output.version))
    else:
        _print_plan(track)
        if planned.breath_sound:
            click.echo("a breath sound goes with the guided breaths")


def _draw(track: Track, path: Path) -> None:
    from voicecoach.audio.writer import Extra, write_files
    from voicecoach.views import plot

    vector = path.suffix.lower() == ".svg"
    picture = (
        plot.plot_svg(track.timeline, track.title).encode() if vector else plot.plot_png(track.timeline, track.title)
    )
    write_files([], [Extra(path, "picture", picture)])


def _print_plan(track: Track) -> None:
    """Print the plan: on a terminal with colours and bars, elsewhere as plain text."""
    from voicecoach.views.cuesheet import write_table
    from voicecoach.views.terminal import MOST, show

    if sys.stdout.isatty() and len(track.timeline.cues) <= MOST:
        from rich.console import Console

        show(track.timeline, Console())
    else:
        click.echo("\n".join(write_table(track.timeline)))
    fitted = [str(track.fit)] if track.fit else []
    click.echo("\n" + "\n".join((describe_length(track), *_compare_turns(track), *fitted)))


def _compare_turns(track: Track) -> Iterator[str]:
    """Say how many turns each side has, if the numbers differ."""
    from voicecoach.views.cuesheet import count_turns

    counted = count_turns(track.timeline)
    if track.side is None and len(set(counted.values())) > 1:
        sides = (f"{side} {count(number, 'turn')}" for side, number in sorted(counted.items()))
        yield f"the sides differ: {', '.join(sides)}"
