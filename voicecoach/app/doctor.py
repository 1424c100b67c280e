"""Checking a machine: what a session needs, what to do if something is missing, and a trial session."""

from __future__ import annotations

import os
import platform
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voicecoach import __version__
from voicecoach.app import config, player, sampling, speaker
from voicecoach.audio import ffmpeg_choice, verify
from voicecoach.core.score import Phrase, Wording, seq
from voicecoach.errors import ChoiceError, VoicecoachError, VoiceError
from voicecoach.language import language
from voicecoach.system import cache, folders, locks, plain_files, signals
from voicecoach.voices import espeak
from voicecoach.voices.listing import list_voices
from voicecoach.voices.packages import NO_WHEELS, has_wheels
from voicecoach.voices.recommended import find_recommended

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voicecoach.app.request import Request
    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.voices.port import VoiceInfo

NEWEST_PYTHON = (3, 14)
"""The newest Python that the tests run with."""


class Status(StrEnum):
    """The result of a check; only a failing one prevents sessions."""

    OK = "ok"
    WARNING = "warning"
    FAILS = "fails"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked: its name, the result, what was found, and what to do about it."""

    name: str
    status: Status
    found: str
    remedy: str = ""


def run_checks(request: Request, commands: Mapping[str, click.Command], folder: Path) -> list[Check]:
    """Check everything, and make a session of a few seconds in a temporary folder.

    Args:
        request: The voice and the commands that speak; its routine does not matter.
        commands: The program's commands, whose options the settings may name.
        folder: The cache.
    """
    voices, voice = check_voices(request, folder), check_voice(request, folder)
    return [
        check_python(),
        Check("voicecoach", Status.OK, f"{__version__}, {Path(__file__).parents[1]}"),
        check_settings(commands),
        check_ffmpeg(),
        check_speech(others=voices.status is Status.OK),
        voices,
        voice,
        check_players(),
        check_cache(folder),
        try_session(request),
    ]


def format_table(checks: Sequence[Check]) -> list[str]:
    r"""Return checks as lines, each remedy below its check, and a summary.

    >>> print(*format_table([Check("player", Status.WARNING, "none", "install mpv")]), sep="\n")
    warning  player      none
                         -> install mpv
    Sessions can be made here.
    """
    lines = []
    for check in checks:
        lines.append(f"{check.status:<9}{check.name:<12}{check.found}")
        lines.extend([f"{'':<21}-> {check.remedy}"] if check.remedy else [])
    failing = [check.name for check in checks if check.status is Status.FAILS]
    end = f"No session can be made here until this is fixed: {', '.join(failing)}."
    return [*lines, end if failing else "Sessions can be made here."]


def as_json(checks: Sequence[Check]) -> dict[str, Any]:
    """Return the public form of checks."""
    return {"ok": all(each.status is not Status.FAILS for each in checks), "checks": [asdict(each) for each in checks]}


def check_python() -> Check:
    """Check the version of Python."""
    found = f"{platform.python_version()}, {sys.executable}"
    if sys.version_info[:2] > NEWEST_PYTHON:
        newest = ".".join(map(str, NEWEST_PYTHON))
        return Check(
            "Python", Status.WARNING, found, f"it is newer than the tested versions; if something fails, try {newest}"
        )
    return Check("Python", Status.OK, found)


def check_settings(commands: Mapping[str, click.Command]) -> Check:
    """Read the settings file, with the value of each option in it."""
    path = config.file()
    try:
        for name, command in commands.items():
            _read_values(command, config.read_defaults(commands, name))
        config.read_ffmpeg()
        config.read_commands()
    except (ChoiceError, click.BadParameter) as error:
        said = error.format_message() if isinstance(error, click.BadParameter) else str(error)
        return _fail("settings", said, f"correct or remove that line in {path}")
    return Check("settings", Status.OK, str(path) if plain_files.is_file(path) else f"none; they would be in {path}")


def _read_values(command: click.Command, values: Mapping[str, object]) -> None:
    context = click.Context(command)
    for option in command.params:
        if option.name in values:
            option.type_cast_value(context, values[option.name])


def check_ffmpeg() -> Check:
    """Find the ffmpeg that would be used, and what it lacks."""
    found = ffmpeg_choice.examine()
    if found.fault:
        named = f"{found} {found.fault}" if found.path else found.fault
        return Check("ffmpeg", Status.FAILS, named, found.remedy if found.path else ffmpeg_choice.INSTALL_FFMPEG)
    said = f"{found.version}, {found.path} ({found.source})"
    if found.lacks:
        return Check("ffmpeg", Status.WARNING, f"{said}, without {', '.join(found.lacks)}", found.remedy)
    if found.note:
        return Check("ffmpeg", Status.WARNING, said, f"another one isn't used: {found.note}")
    return Check("ffmpeg", Status.OK, said)


def check_speech(*, others: bool) -> Check:
    """Find the speech of the system; without it, sessions can still be made if there are ``others``."""
    try:
        found = espeak.find()
    except VoiceError as error:
        failing = _fail("speech", str(error), "")
        return replace(failing, status=Status.WARNING) if others else failing
    return Check("speech", Status.OK, f"{found.version}, {found.path}" if found.path else found.version)


def check_voices(request: Request, folder: Path) -> Check:
    """Count the voices that are ready, by kind."""
    try:
        voices = list_voices(None, request.commands, folder)
    except VoicecoachError as error:
        return _fail("voices", str(error), "'voicecoach voices' lists them")
    ready = Counter(each.kind for each in voices if each.ready)
    if not ready:
        return Check("voices", Status.FAILS, "none is ready", _find_hint(voices))
    return Check("voices", Status.OK, ", ".join(f"{count} {kind}" for kind, count in ready.most_common()))


def check_voice(request: Request, folder: Path) -> Check:
    """Find the voice that would speak English, or the one that is asked for; it is not started."""
    try:
        found = speaker.find_speaker(request, language("en"), folder)
        voice = f"{found.find_name(folder)}, {found.id}"
    except VoicecoachError as error:
        return _fail("voice", str(error), "'voicecoach voices' lists them")
    if found.note:
        return Check("voice", Status.WARNING, voice, found.note)
    better = find_recommended("en") if found.kind == speaker.SYSTEM and request.voice is None else None
    if better:
        remedy = f"to get {better.id}, a natural voice, run 'voicecoach voices get en'" if has_wheels() else NO_WHEELS
        return Check("voice", Status.WARNING, voice, remedy)
    return Check("voice", Status.OK, f"{voice}, speaks English" if request.voice is None else voice)


def _find_hint(voices: Sequence[VoiceInfo]) -> str:
    return next((each.hint for each in voices if each.hint), sampling.MORE)


def check_players() -> Check:
    """Find programs that `play` can use."""
    found = player.list_installed()
    if not found:
        return Check("players", Status.WARNING, "none, so 'voicecoach play' does not work", player.INSTALL)
    return Check("players", Status.OK, ", ".join(found))


def check_cache(folder: Path) -> Check:
    """Check that the folder of the cache can be written to."""
    if folder == folders.NO_FOLDER:
        return Check("cache", Status.WARNING, "none, so everything is spoken each time", folders.HOMELESS)
    there = next(each for each in (folder, *folder.parents) if os.path.lexists(each))
    if not (plain_files.is_folder(there) and os.access(there, os.W_OK)):
        found = f"nothing can be written to {there}, so everything is spoken each time"
        return Check("cache", Status.WARNING, found, "give yourself permission to write there, or set XDG_CACHE_HOME")
    return Check("cache", Status.OK, f"{cache.measure_usage(folder).bytes / 1e6:.1f} MB in {folder}")


def try_session(request: Request) -> Check:
    """Speak, encode, decode and verify a few seconds, without the cache."""
    began = time.perf_counter()
    try:
        with locks.hold_folder() as folder:
            path = folder / "trial.mp3"
            made = sampling.record(request, _one_phrase, path, folder / "cache", lambda *_: None)
            signals.raise_pending()
            signals.reset()  # what was made is not a file to keep
            wrong = verify.verify(path)
    except VoicecoachError as error:
        return _fail("session", str(error), "fix what fails above, then try again")
    except OSError as error:
        said = f"no temporary file can be written: {error.strerror or error}"
        return Check("session", Status.FAILS, said, "make room there, or set TMPDIR to another folder")
    if wrong:
        return Check("session", Status.FAILS, f"it was made, but {wrong[0]}", "please report it, with this list")
    taken = time.perf_counter() - began
    said = f"{made.seconds:.1f} s were spoken, encoded, decoded and verified, in {taken:.1f} s"
    return Check("session", Status.WARNING if made.warnings else Status.OK, said, "; ".join(made.warnings))


def _one_phrase(routine: LoadedRoutine) -> Score:
    """Return a phrase that the program has in every language; no clip of it comes with the program."""
    words = Phrase((Wording(routine.words.word("calibration")),))
    return seq(sampling.PAUSE, words, sampling.PAUSE)


def _fail(name: str, said: str, remedy: str) -> Check:
    """Return a failing check: the first line says what is wrong; the others say what to do, or else ``remedy``."""
    what, *remedies = said.splitlines() or [""]
    return Check(name, Status.FAILS, what, "; ".join(remedies) or remedy)
