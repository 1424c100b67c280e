"""The command ``script``: print the words of a routine, or list what to record."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app import values
from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, choice, flag, group, option
from voicecoach.app.cli.options import FORCE, TRACKS, ExerciseOptions, WordOptions
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.cli.printing import name_check, print_notes
from voicecoach.app.cli.request import make_choices

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from voicecoach.views.prompts import Prompt


@dataclass(frozen=True, repr=False, eq=False)
class ListOptions(Options):
    """What is listed, and where."""

    TITLE: ClassVar[str] = "Files"
    tracks: bool = choice("--tracks", "The words of one file, or of one for each leg.", TRACKS, default="one")
    recording_list: Path | None = option(
        "--recording-list",
        "Write a list to record from: FILE.csv or FILE.md.",
        Parsed("FILE", values.read_recording_list),
    )
    missing: Path | None = option(
        "--missing", "List only words that have no recording in this folder yet.", Parsed("FOLDER", Path)
    )
    force: bool = flag("--force", FORCE)


@dataclass(frozen=True, repr=False, eq=False)
class ScriptOptions(Options):
    """Everything that decides which words there are."""

    exercise: ExerciseOptions = group(ExerciseOptions)
    words: WordOptions = group(WordOptions)
    files: ListOptions = group(ListOptions)


@define(
    "script",
    ScriptOptions,
    examples=(
        "voicecoach script leg-stretch --guidance brief",
        "voicecoach script leg-stretch --recording-list to-record.csv",
    ),
)
def command(chosen: ScriptOptions) -> None:
    """Print all sentences of a routine, or a list to record from.

    ROUTINE is the name of a built-in routine or a YAML file; the default is leg-stretch. A list names the file for
    each recording; 'voicecoach make --voice recorded:FOLDER' speaks with them.
    """
    from voicecoach.app import targets
    from voicecoach.app.config import read_commands
    from voicecoach.app.request import Request
    from voicecoach.routine.loader import load_routine
    from voicecoach.views import prompts

    exercise, files = chosen.exercise, chosen.files
    if files.recording_list:
        targets.check_named(files.recording_list, force=files.force)
    choices = make_choices(exercise, chosen.words)
    request = Request(exercise.routine, choices, files.tracks, language=chosen.words.language, commands=read_commands())
    routine = load_routine(request.routine, request.language)
    with name_check(request):
        found = prompts.list_prompts(routine, choices, split=files.tracks)
    listed = _list_unrecorded(found, files.missing) if files.missing else found
    if files.recording_list:
        _write_list(listed, files.recording_list, routine.model.title)
    else:
        click.echo(prompts.write_words(listed), nl=False)
    if files.missing:
        print_notes([f"{len(listed)} of {len(found)} wordings are not recorded in {files.missing}"])


def _list_unrecorded(found: Iterable[Prompt], folder: Path) -> tuple[Prompt, ...]:
    """Return the wordings that have no recording in a folder yet."""
    from voicecoach.system.folders import expand
    from voicecoach.voices.takes import Takes

    takes = Takes(expand(folder))
    return tuple(prompt for prompt in found if takes.find(prompt.said) is None)


def _write_list(found: Sequence[Prompt], path: Path, title: str) -> None:
    """Write a list to record from, in the format that its file's name asks for."""
    from voicecoach.audio.writer import Extra, write_files
    from voicecoach.views import prompts

    forms = {".csv": prompts.write_csv(found), ".md": prompts.write_markdown(found, title)}
    write_files([], [Extra(path, "recording list", forms[path.suffix.lower()])])
    click.echo(f"{path}  {len(found)} wordings to record")
