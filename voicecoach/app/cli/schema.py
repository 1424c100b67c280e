"""The command ``schema``: the JSON Schema of routine files, and that of timelines."""

from __future__ import annotations

from dataclasses import dataclass

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, flag


@dataclass(frozen=True, repr=False, eq=False)
class SchemaOptions(Options):
    """Which schema is printed."""

    json: bool = flag("--json", "Print the schema of the output of 'plan --json' instead.")


@define("schema", SchemaOptions, examples=("voicecoach schema > routine.schema.json", "voicecoach schema --json"))
def command(chosen: SchemaOptions) -> None:
    """Print the JSON Schema of routine files, for editors."""
    from voicecoach.routine.authoring import FILE
    from voicecoach.views.exchange import SCHEMA

    click.echo((SCHEMA if chosen.json else FILE).read_text(encoding="utf-8"), nl=False)
