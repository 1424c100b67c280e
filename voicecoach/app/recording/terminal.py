"""Recording sentence by sentence on a terminal."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import click

from voicecoach.app import keyboard, player
from voicecoach.app.recording.dialogue import Dialogue
from voicecoach.errors import ChoiceError
from voicecoach.system import locks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from voicecoach.app.recording.dialogue import Poll
    from voicecoach.app.recording.microphone import Microphone
    from voicecoach.app.recording.sentences import Sentence

_WIDTH, _LOWEST = 30, -60.0
"""Characters of the bar of levels, and the dBFS at its left end."""
_LOUD = -1.0
"""dBFS of a peak that is too loud."""
_CLEAR = "\r\x1b[K"


class TerminalScreen:
    """Lines on stderr; the level is shown in place of the last one, unless the terminal can't do that."""

    def __init__(self) -> None:
        """Look at the terminal."""
        from rich.console import Console

        self._moves = not Console(stderr=True).is_dumb_terminal

    def say(self, line: str) -> None:
        """Show a line."""
        click.echo(line, err=True)

    def show_level(self, peak: float, seconds: float) -> None:
        """Show the level as a bar."""
        if self._moves:
            click.echo(f"{_CLEAR}   {draw_level(peak)}  {seconds:.1f} s", err=True, nl=False)

    def clear_level(self) -> None:
        """Remove the bar."""
        if self._moves:
            click.echo(_CLEAR, err=True, nl=False)


def draw_level(peak: float) -> str:
    """Draw a level (dBFS) as a bar.

    >>> draw_level(-30.0)
    '[###############               ]'
    """
    filled = round(_WIDTH * (1 - max(peak, _LOWEST) / _LOWEST))
    return f"[{'#' * min(filled, _WIDTH):<{_WIDTH}}]" + ("  too loud" if peak > _LOUD else "")


def record_sentences(
    sentences: Sequence[Sentence], total: int, folder: Path, recorded: Mapping[int, Path], microphone: Microphone
) -> set[int]:
    """Record sentences one by one, and return the numbers of those that were kept.

    Raises:
        ChoiceError: When there is no terminal.
        MicrophoneError: When the microphone fails; what was kept stays.
        OSError: When a recording can't be written.
    """
    if not keyboard.has_terminal():
        raise ChoiceError("there is no terminal to press keys on\nrecord one long take instead: --take FILE")
    with locks.hold_folder() as drafts, keyboard.poll_keys() as poll:
        dialogue = Dialogue(
            sentences,
            total,
            folder,
            microphone,
            poll,
            lambda path: play_until_key(path, poll),
            TerminalScreen(),
            drafts,
            dict(recorded),
        )
        with suppress(EOFError):  # the terminal was closed
            dialogue.run()
        return dialogue.kept


class _StoppedError(Exception):
    """A key was pressed."""


def play_until_key(path: Path, poll: Poll) -> None:
    """Play a file to its end, or until a key is pressed.

    Raises:
        PlayerError: When no player is installed, or it fails.
    """

    def look(_seconds: float) -> None:
        if poll(0):
            raise _StoppedError

    arguments = player.find_command(path, "listen to the recordings later")
    with suppress(_StoppedError):
        player.play(arguments, path.name, look)
