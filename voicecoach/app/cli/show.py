"""The command ``show``: the file of a routine."""

from __future__ import annotations

from dataclasses import dataclass

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, argument
from voicecoach.app.cli.options import DEFAULT


@dataclass(frozen=True, repr=False, eq=False)
class ShowOptions(Options):
    """Which file is printed."""

    routine: str = argument("ROUTINE", DEFAULT)


@define(
    "show",
    ShowOptions,
    examples=("voicecoach show leg-stretch", "voicecoach show thigh-burner > mine.yaml"),
)
def command(chosen: ShowOptions) -> None:
    """Print the file of a routine.

    ROUTINE is the name of a built-in routine or a YAML file; without it, leg-stretch is printed. The file of a built-in
    routine is a good start for one of your own.
    """
    from voicecoach.routine.library import find_routine, list_built_in

    if chosen.routine not in list_built_in():  # those were checked before they were shipped
        from voicecoach.routine.loader import load_routine

        load_routine(chosen.routine)
    click.echo(find_routine(chosen.routine).read_text(encoding="utf-8"), nl=False)
