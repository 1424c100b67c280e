"""The command ``list``: the built-in routines."""

from __future__ import annotations

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options


@define("list", Options, examples=("voicecoach list", "voicecoach show leg-stretch"))
def command(_chosen: Options) -> None:
    """List the built-in routines and their languages."""
    from voicecoach.routine.library import built_in, find, read_head, translations, untranslated

    for name in dict.fromkeys(map(untranslated, built_in())):
        head = read_head(find(name))
        codes = " ".join((head["language"], *translations(find(name))))
        click.echo(f"{name:<30}{codes:<15}{head['summary']}")
