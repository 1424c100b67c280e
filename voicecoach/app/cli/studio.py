"""The command ``studio``: a page on the user's own machine."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module

import click

from voicecoach.app import values
from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, argument, flag, option
from voicecoach.app.cli.parameters import Parsed

SERVER = "voicecoach.studio.server"
"""Loaded by its name: the studio is above this package, and uses the public API alone."""


@dataclass(frozen=True, repr=False, eq=False)
class StudioOptions(Options):
    """What the page shows first, and where it is."""

    target: str = argument("ROUTINE|FILE|FOLDER", "")
    port: int | None = option(
        "--port", "Port of the page.", Parsed("N", values.whole_number(1024, 65_535)), shown="8420, or one that is free"
    )
    quiet: bool = flag("--no-browser", "Only print the address.")


@define("studio", StudioOptions, examples=("voicecoach studio", "voicecoach studio my-stretch.yaml"), variables=False)
def command(chosen: StudioOptions) -> None:
    """Open a page on this computer to hear, change and export sessions.

    Only this computer can open the page. Your own routines are the files in FOLDER, or in the current folder.
    Exports go there, too. Ctrl-C ends it.
    """
    from voicecoach.system import signals

    with suppress(KeyboardInterrupt):
        import_module(SERVER).serve(chosen.target or None, port=chosen.port, browse=not chosen.quiet, tell=_tell)
    signals.reset()  # it is the usual end
    click.echo("The studio has ended.")


def _tell(address: str) -> None:
    click.echo(f"The studio is open at {address}\nCtrl-C ends it.")
