"""Playing a file with a program of the system, which is never left running."""

from __future__ import annotations

import os
import re
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.audio import tagging
from voicecoach.errors import ChoiceError, PlayerError, UnknownNameError, describe_unreadable, quote
from voicecoach.system import plain_files, process
from voicecoach.views.exchange import PublicTimeline, read_timeline
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Callable

SOUNDS = {".aac", ".aif", ".aiff", ".flac", ".m4a", ".m4b", ".mp3", ".oga", ".ogg", ".opus", ".wav", ".wma"}
"""The endings of files that can be played as they are."""
INSTALL = "install mpv or ffmpeg (ffplay)"
INSTEAD = "open the file in another player; 'voicecoach make' writes one of a routine"
DELAY = 0.3
"""Approximate seconds from the start of a player until its sound is heard."""
TICK = 0.05
"""Seconds between two checks of a player."""
_NO_DEVICE = re.compile(r"^.*audio open failed.*$", re.IGNORECASE | re.MULTILINE)
"""The message of ffplay when it can't open a sound device; its exit status is 0 all the same."""
_POWERSHELL = """
Add-Type -AssemblyName PresentationCore
$player = New-Object System.Windows.Media.MediaPlayer
$player.Open([uri]'{uri}')
foreach ($try in 1..100) {{ if (-not $player.NaturalDuration.HasTimeSpan) {{ Start-Sleep -Milliseconds 50 }} }}
if (-not $player.NaturalDuration.HasTimeSpan) {{ exit 1 }}
$player.Play()
Start-Sleep -Milliseconds $player.NaturalDuration.TimeSpan.TotalMilliseconds
$player.Close()
"""


@dataclass(frozen=True, slots=True)
class Player:
    """A program that plays a file and ends with it.

    ``before`` and ``named`` are its arguments: in ``named``, ``{path}`` is the file's path and ``{uri}`` its address,
    which has no quotes in it. ``endings`` are those of files that it plays, if not of all.
    """

    name: str
    before: tuple[str, ...] = ()
    named: str = "{path}"
    endings: tuple[str, ...] = ()
    windows: bool = False

    def plays(self, path: Path) -> bool:
        """Return whether it plays files with this ending, on this system."""
        return (not self.endings or path.suffix.lower() in self.endings) and (not self.windows or os.name == "nt")

    def command(self, program: str, path: Path) -> list[str]:
        """Return the command; an absolute path can't be taken for an option or an address."""
        whole = path.absolute()
        return [program, *self.before, self.named.format(path=whole, uri=whole.as_uri())]


PLAYERS = (
    Player("ffplay", ("-nodisp", "-autoexit", "-loglevel", "error"), "file:{path}"),
    # It would take keys from our terminal, and go on where it was stopped the last time.
    Player("mpv", ("--no-video", "--really-quiet", "--no-terminal", "--no-resume-playback", "--")),
    Player("afplay"),
    Player("mpg123", ("-q",), endings=(".mp3",)),
    Player("cvlc", ("--quiet", "--play-and-exit"), "{uri}"),
    Player("powershell", ("-NoProfile", "-NonInteractive", "-Command"), _POWERSHELL, windows=True),
)
"""The known players, best first."""


def find_sound(name: str) -> Path | None:
    """Return the path of an audio file, if the name is one of an audio file.

    Raises:
        UnknownNameError: When there is no such file.
    """
    path = Path(name)
    if path.suffix.lower() not in SOUNDS:
        return None
    if plain_files.is_special(path):
        raise ChoiceError(f"{quote(name)} is not a plain file\nname an audio file")
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a name is too long
        raise UnknownNameError("file", quote(name)[1:-1], sorted(_list_sounds(path.parent)))
    try:
        plain_files.check_readable(path)
    except OSError as error:
        raise ChoiceError(f"{quote(name)} can't be read: {describe_unreadable(error)}") from None
    return path


def read_recording(path: Path) -> PublicTimeline:
    """Return the timeline that an audio file carries; without one, at most its length is known."""
    try:
        return read_timeline(tagging.extract_timeline(path))
    except ValueError:
        return PublicTimeline(one_line(path.name), _find_length(path))


def find_command(path: Path, instead: str) -> list[str]:
    """Return the command that plays a file with the first player that is installed.

    Raises:
        PlayerError: When no player is installed; ``instead`` says what else to do.
    """
    for player in PLAYERS:
        program = shutil.which(player.name) if player.plays(path) else None
        if program:
            return player.command(program, path)
    raise PlayerError(f"no player is installed\n{INSTALL}; or {instead}")


def list_installed() -> list[str]:
    """Return the names of the installed players, best first."""
    return [each.name for each in PLAYERS if (os.name == "nt" or not each.windows) and shutil.which(each.name)]


def play(
    arguments: list[str], name: str, show: Callable[[float], None], clock: Callable[[], float] = time.monotonic
) -> None:
    """Run a player to its end; ``show`` is called regularly with the seconds that have been played.

    Raises:
        PlayerError: When the player can't be started or fails; ``name`` names what it plays.
    """
    try:
        with process.start_child(arguments, stderr=process.PIPE) as child:
            messages = process.Tail(child.stderr)
            status = _follow(child, show, clock)
    except process.NotStartedError as error:
        raise PlayerError(f"{_name_program(arguments)} could not be started: {error.strerror or error}") from None
    text = messages.text()
    no_device = _NO_DEVICE.search(text)
    if no_device:
        what = f"{quote(name)}: {_name_program(arguments)} finds no loudspeaker ({no_device[0].strip()})"
        raise PlayerError(f"{what}\nconnect one, or play the file on another device")
    if status:
        what = f"{quote(name)}: {_name_program(arguments)} failed (status {status})"
        reason = process.find_last_line(text)
        raise PlayerError("\n".join(filter(None, (what, reason, INSTEAD))))


def _follow(child: process.Child, show: Callable[[float], None], clock: Callable[[], float]) -> int:
    """Show how far a player is until it ends, and return its exit status."""
    began = clock() + DELAY
    while True:
        show(max(clock() - began, 0))
        if (status := child.wait_for(TICK)) is not None:
            return status


def _name_program(arguments: list[str]) -> str:
    return os.path.basename(arguments[0])  # noqa: PTH119 - the name alone


def _list_sounds(folder: Path) -> list[str]:
    """List the audio files of a folder; none if it can't be listed."""
    with suppress(OSError):
        return [str(each) for each in folder.iterdir() if each.suffix.lower() in SOUNDS]
    return []


def _find_length(path: Path) -> float | None:
    import mutagen

    with suppress(mutagen.MutagenError, OSError):
        found = mutagen.File(path)
        return float(found.info.length) or None if found is not None else None
    return None
