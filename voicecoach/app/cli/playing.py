"""Playing a file, with a display of the breath and the words on a terminal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


def play_file(path: Path, *, quiet: bool) -> None:
    """Play a file; show it on a terminal, and elsewhere print in one line what is played.

    Raises:
        PlayerError: When no player is installed, or it fails.
    """
    from voicecoach.app import player

    recording = player.read_recording(path)
    arguments = player.find_command(path, f"open {path} in any player")
    if quiet or not sys.stdout.isatty():
        if not quiet:
            click.echo(recording)
        player.play(arguments, recording.title, lambda _seconds: None)
        return
    from rich.console import Console

    from voicecoach.views.live import display

    with display(recording, Console()) as show:
        player.play(arguments, recording.title, show)
