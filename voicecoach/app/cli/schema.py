"""The command ``schema``: the JSON Schema of routine files."""

from __future__ import annotations

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options


@define("schema", Options, examples=("voicecoach schema", "voicecoach schema > routine.schema.json"))
def command(_chosen: Options) -> None:
    """Print the JSON Schema of routine files, for editors."""
    from voicecoach.routine.authoring import FILE

    click.echo(FILE.read_text(encoding="utf-8"), nl=False)
