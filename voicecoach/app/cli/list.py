"""The command ``list``: the built-in routines."""

from __future__ import annotations

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options


@define("list", Options, examples=("voicecoach list", "voicecoach show leg-stretch"))
def command(_chosen: Options) -> None:
    """List the built-in routines and their languages."""
    from voicecoach.routine.library import find_routine, list_built_in, list_translations, read_head, strip_language

    for name in dict.fromkeys(map(strip_language, list_built_in())):
        head = read_head(find_routine(name))
        codes = " ".join((head["language"], *list_translations(find_routine(name))))
        click.echo(f"{name:<30}{codes:<15}{head['summary']}")
