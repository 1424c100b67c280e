"""The command ``cache``: the speech that is kept."""

from __future__ import annotations

from dataclasses import dataclass

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, flag
from voicecoach.system import folders


@dataclass(frozen=True, repr=False, eq=False)
class CacheOptions(Options):
    """What is done."""

    clear: bool = flag("--clear", "Delete all cached speech.")


@define("cache", CacheOptions, examples=("voicecoach cache", "voicecoach cache --clear"), variables=False)
def command(chosen: CacheOptions) -> None:
    """Show how much speech is cached, or delete it."""
    from voicecoach.system import cache

    folder = folders.find_cache()
    usage = cache.clear(folder) if chosen.clear else cache.measure_usage(folder)
    done = "deleted" if chosen.clear else "kept"
    click.echo(f"{usage.entries} entries, {usage.bytes / 1e6:.1f} MB {done} in {folder}")
