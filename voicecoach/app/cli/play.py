"""The command ``play``: hear a session, and see it go by."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, flag, group
from voicecoach.app.cli.options import FileOptions, GuidanceOptions, SessionOptions, SoundOptions, VoiceOptions
from voicecoach.app.cli.parameters import Option, is_default, is_typed
from voicecoach.app.cli.playing import play_file
from voicecoach.app.cli.printing import name_check, print_warnings, show_progress
from voicecoach.app.cli.request import make_request, make_sounding
from voicecoach.errors import ChoiceError, VoicecoachError
from voicecoach.script.choices import Intro
from voicecoach.system import folders, signals

if TYPE_CHECKING:
    from voicecoach.app.request import Request


@dataclass(frozen=True, repr=False, eq=False)
class OutputOptions(Options):
    """What is shown."""

    TITLE: ClassVar[str] = "Output"
    quiet: bool = flag("--quiet", "Show nothing while it plays.")


@dataclass(frozen=True, repr=False, eq=False)
class PlayOptions(Options):
    """Everything that can be chosen about a session, if one is made."""

    session: SessionOptions = group(SessionOptions)
    guidance: GuidanceOptions = group(GuidanceOptions)
    voice: VoiceOptions = group(VoiceOptions)
    sound: SoundOptions = group(SoundOptions)
    output: OutputOptions = group(OutputOptions)


@define(
    "play",
    PlayOptions,
    examples=("voicecoach play leg-stretch --breath 5-7", "voicecoach play evening.mp3"),
)
def command(chosen: PlayOptions) -> None:
    """Play a routine or an audio file, and show the breath and the words.

    ROUTINE is the name of a built-in routine, a YAML file or an audio file; without it, leg-stretch is played. The
    full introduction is played the first time, and a short one later; --intro full plays it all again.
    """
    signals.note_reading()
    from voicecoach.app import player
    from voicecoach.routine.library import find_routine

    name, quiet = chosen.session.routine, chosen.output.quiet
    path = player.find_sound(name)
    if path:
        _check_no_choices()
        play_file(path, quiet=quiet)
        return
    find_routine(name)
    by_hand = f"run 'voicecoach make {folders.quote_argument(name)}', and open the file in any player"
    player.find_command(Path("session.mp3"), by_hand)  # before the work
    _play_session(chosen)


def _play_session(chosen: PlayOptions) -> None:
    """Make a session in a temporary folder, and play it."""
    from voicecoach.app import session
    from voicecoach.system import locks
    from voicecoach.system.heard import note_heard, was_heard

    quiet = chosen.output.quiet
    request = replace(
        make_request(chosen.session, chosen.guidance, chosen.voice),
        sounding=make_sounding(chosen.sound, FileOptions(), None),
    )
    notice = _find_notice(request)
    if is_default("intro") and was_heard(notice):
        request = replace(request, choices=replace(request.choices, intro=Intro.SHORT))
    with locks.hold_folder() as folder:
        with show_progress(f"Getting {request.routine} ready", quiet=quiet) as report, name_check(request):
            made = session.make(request, folder / "session.mp3", folders.find_cache(), report)
        print_warnings(made.session, quiet=quiet)
        note_heard(notice)
        signals.raise_pending()
        signals.reset()  # the file that was made is not one to keep
        signals.note_reading()
        play_file(made.files[0][1].path, quiet=quiet)


def _find_notice(request: Request) -> tuple[str, ...]:
    """Return the notice of a session that is asked for; none if it can't be made, which making it will explain."""
    from voicecoach.app.piece_cache import Source

    try:
        return Source(request.routine, request.language, folders.find_cache()).piece(request.choices).notice
    except VoicecoachError:
        return ()


def _check_no_choices() -> None:
    """Refuse options that would change how a session is made, as the file is already made."""
    for option in click.get_current_context().command.params:
        if isinstance(option, Option) and option.name and option.name != "quiet" and is_typed(option.name):
            raise ChoiceError(f"a file is played as it was made\nleave out {option.opts[0]}, or name a routine")
