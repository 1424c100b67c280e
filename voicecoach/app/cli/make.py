"""The command ``make``: write audio files."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app.cli.command import define, list_typed
from voicecoach.app.cli.fields import Options, flag, group
from voicecoach.app.cli.options import (
    JSON,
    FileOptions,
    GuidanceOptions,
    SessionOptions,
    SoundOptions,
    VoiceOptions,
)
from voicecoach.app.cli.printing import (
    count,
    list_stretches,
    name_check,
    open_output,
    print_json,
    print_warnings,
    show_progress,
)
from voicecoach.app.cli.request import make_request, make_sounding
from voicecoach.errors import escape
from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from voicecoach.app.request import Made, Request


@dataclass(frozen=True, repr=False, eq=False)
class OutputOptions(Options):
    """What is printed."""

    TITLE: ClassVar[str] = "Output"
    as_json: bool = flag("--json", JSON)
    quiet: bool = flag("--quiet", "Print nothing but errors.")
    verbose: bool = flag("--verbose", "Also print the loudness, and how many phrases were synthesised.")
    timings: bool = flag("--timings", "Also print how long each stage took.")


@dataclass(frozen=True, repr=False, eq=False)
class MakeOptions(Options):
    """Everything that can be chosen about a session and its files."""

    session: SessionOptions = group(SessionOptions)
    guidance: GuidanceOptions = group(GuidanceOptions)
    voice: VoiceOptions = group(VoiceOptions)
    sound: SoundOptions = group(SoundOptions)
    files: FileOptions = group(FileOptions)
    output: OutputOptions = group(OutputOptions)

    def request(self, path: Path | None) -> Request:
        """Return the request for a session in the file ``path``."""
        return replace(
            make_request(self.session, self.guidance, self.voice),
            split=self.files.tracks,
            sounding=make_sounding(self.sound, self.files, path),
            extras=self.files.extras,
            verify=self.files.verify,
            artist=self.files.artist,
            force=self.files.force,
        )


@define(
    "make",
    MakeOptions,
    examples=(
        "voicecoach make leg-stretch --breath 5-7 --tracks sides",
        "voicecoach make thigh-burner --length 10m --voice en-gb -o evening.mp3",
    ),
)
def command(chosen: MakeOptions) -> None:
    """Make an audio file of a routine.

    ROUTINE is the name of a built-in routine or a YAML file; without it, leg-stretch is made.
    """
    started = time.process_time()  # until here there was nothing to wait for
    name, printed = chosen.session.routine, chosen.output
    with (
        open_output(chosen.files.output) as path,
        show_progress(f"Getting {name} ready", quiet=printed.quiet) as report,
    ):
        from voicecoach.app import session

        request = chosen.request(path)
        with name_check(request):
            made = session.make(request, path, folders.find_cache(), report)
    print_warnings(made.session, quiet=printed.quiet)
    if printed.timings:
        _print_timings(started, made.seconds)
    if printed.as_json:
        print_json(made.as_json())
    elif not printed.quiet:
        click.echo("\n".join(_summarise(made, verbose=printed.verbose)))


def _summarise(made: Made, *, verbose: bool) -> Iterator[str]:
    """Say in a line for each file what was made, and what can be done next."""
    from voicecoach.core.timeline import format_time

    for track, file, loudness in made.files:
        chapters = f", {count(file.chapters, 'chapter')}" if file.chapters else ""
        length = format_time(track.timeline.duration)
        yield f"{escape(file.path)} is ready: {length}, {format_size(file.size)}{chapters}."
        if verbose:
            yield ", ".join((f"  {loudness}", *list_stretches(track)))
    if made.extras:
        yield f"  beside it    {', '.join(escape(extra.path) for extra in made.extras)}"
    if verbose:
        yield f"  {count(made.session.synthesised, 'phrase')} synthesised, {made.session.reused} reused"
    yield from _suggest_next(made)


def _suggest_next(made: Made) -> Iterator[str]:
    """Say how to hear the session, and how to use one's own breath if none was chosen."""
    (track, file, _), *_more = made.files
    run = folders.name_program()
    yield f"  hear it      {run} play {folders.quote_argument(str(file.path))}"
    if made.session.asks_breath and track.timeline.phases:
        again = " ".join(map(folders.quote_word, ("make", *list_typed(), "--breath", "5-7")))
        yield f"  your breath  {run} breath, then: {run} {again}"


def format_size(size: int) -> str:
    """Return a file's size as people read it.

    >>> format_size(4_912_000), format_size(48_300)
    ('4.9 MB', '48 kB')
    """
    return f"{size / 1e6:.1f} MB" if size >= LEAST_MEGABYTES else f"{size / 1e3:.0f} kB"


LEAST_MEGABYTES = 100_000
"""The smallest size, in bytes, that is shown in megabytes."""


def _print_timings(started: float, seconds: Mapping[str, float]) -> None:
    """Print on stderr how long each stage took, in the order of the work."""
    parts = {"starting": started, **seconds, "total": started + seconds["total"]}
    for name, taken in parts.items():
        click.echo(f"{name:<10} {taken:8.3f} s {taken / parts['total']:5.0%}", err=True)
