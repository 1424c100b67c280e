"""What several commands print: JSON, notes, warnings, progress, lengths of tracks; and where their files go."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from voicecoach.core.score import Side
from voicecoach.errors import RoutineError
from voicecoach.system.folders import name_commands

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from voicecoach.app.request import PlannedSession, Report, Request, Track
    from voicecoach.app.values import Output


def print_json(value: object) -> None:
    """Print a value as JSON, in ASCII, which every pipe can carry."""
    import json

    click.echo(json.dumps(value, indent=2))


def print_notes(notes: Iterable[str]) -> None:
    """Print notes on stderr, a line each."""
    for note in notes:
        click.echo(f"voicecoach: {name_commands(note)}", err=True)


def print_warnings(session: PlannedSession, *, quiet: bool) -> None:
    """Print the warnings of a session, unless only errors are wanted."""
    print_notes(() if quiet else filter(None, (*session.warnings, session.dose)))


@contextmanager
def show_progress(first: str, *, quiet: bool = False) -> Iterator[Report]:
    """Show progress on a terminal, beginning with the line ``first``; elsewhere show nothing."""
    from voicecoach.app import progress

    with progress.show_progress(first, shown=not quiet) as report:
        yield report


@contextmanager
def name_check(request: Request) -> Iterator[None]:
    """Let an error with many problems name the command that lists them all, if there is one."""
    try:
        yield
    except RoutineError as error:
        from voicecoach.app.review import find_check_command

        raise error.for_command_line(find_check_command(request)) from error


@contextmanager
def open_output(output: Output | None) -> Iterator[Path | None]:
    """Yield where files go; a folder that is asked for exists meanwhile."""
    if output is None:
        yield None
        return
    with output.open() as path:
        yield path


def count(number: int, noun: str) -> str:
    """Count things.

    >>> count(1, "chapter"), count(0, "chapter")
    ('1 chapter', '0 chapters')
    """
    return f"{number} {noun}" + ("" if number == 1 else "s")


def describe_length(track: Track) -> str:
    """Say how long a track is, and how long each side is stretched in it."""
    from voicecoach.core.timeline import format_time

    return ", ".join((format_time(track.timeline.duration), *list_stretches(track)))


def list_stretches(track: Track) -> list[str]:
    """Say for each side how long it is stretched, if it is."""
    stretched = {side: track.timeline.measure_stretch(side) for side in (Side.LEFT, Side.RIGHT)}
    return [f"{side} {track.limb} stretched {round(float(time), 1):g} s" for side, time in stretched.items() if time]
