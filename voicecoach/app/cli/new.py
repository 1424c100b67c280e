"""The command ``new``: a routine to start from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, require
from voicecoach.system.folders import name_program, quote_argument


@dataclass(frozen=True, repr=False, eq=False)
class NewOptions(Options):
    """What the routine is called."""

    name: str = require("NAME")


@define("new", NewOptions, examples=("voicecoach new my-stretch", "voicecoach plan my-stretch.yaml"))
def command(chosen: NewOptions) -> None:
    """Write a commented routine to start from.

    It is written to NAME.yaml in the current folder, and can be played as it is.
    """
    from voicecoach.routine.authoring import create_template

    path = create_template(chosen.name, Path())
    click.echo(f"{path}  '{name_program()} plan {quote_argument(str(path))}' shows what is heard when")
