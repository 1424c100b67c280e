"""The command ``list``: the built-in routines, and the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, flag, option
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.values import read_language
from voicecoach.core.notation import read_seconds
from voicecoach.system import signals

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from voicecoach.app.overview.table import Overview

NAME_WIDTH, LENGTH_WIDTH = 28, 7


@dataclass(frozen=True, repr=False, eq=False)
class ListOptions(Options):
    """Which routines are listed."""

    TITLE: ClassVar[str] = "Routines"
    area: str | None = option("--area", "Only those for this part of the body, such as legs.", Parsed("AREA", str))
    sides: bool = flag("--sides", "Only those that are done for each side.")
    language: str | None = option(
        "--language", "Only those in this language, such as de.", Parsed("CODE", read_language)
    )
    most: Fraction | None = option(
        "--max", "Only those that last at most this long, such as 10m.", Parsed("TIME", read_seconds)
    )
    as_json: bool = flag("--json", "Print JSON instead of text.")


@define("list", ListOptions, examples=("voicecoach list --area legs --max 10m", "voicecoach show leg-stretch"))
def command(chosen: ListOptions) -> None:
    """List the routines: what each is for, what it needs, and how long it lasts.

    Lengths are measured with the voice that comes with the program, at the routine's own breath. The routines in
    your own folder follow; their lengths are estimates.
    """
    signals.note_reading()
    from voicecoach.app import config
    from voicecoach.app.overview.table import Filter, list_overviews
    from voicecoach.routine.library import list_files

    wanted = Filter(chosen.area or "", chosen.sides, chosen.language or "", chosen.most)
    folder = config.find_routines()
    built_in, own = list_overviews(chosen.language or ""), _list_own(folder) if list_files(folder) else []
    found, found_own = wanted.select(built_in), wanted.select(own)
    if not (found or found_own):
        raise wanted.explain([*built_in, *own])
    if chosen.as_json:
        from voicecoach.app.cli.printing import print_json

        print_json({"built_in": [each.as_json() for each in found], "own": [each.as_json() for each in found_own]})
        return
    lines = [*_write(found), *([f"Yours, in {folder}:", *_write(found_own)] if found_own else [])]
    click.echo("\n".join(lines))


def _list_own(folder: Path) -> list[Overview]:
    """Describe the user's own routines; a cache keeps this quick."""
    from voicecoach.app.overview.own import list_own
    from voicecoach.system.folders import find_cache

    return list_own(folder, find_cache())


def _write(listed: Sequence[Overview]) -> Iterator[str]:
    """Yield two lines for each routine, or one if it can't be used."""
    from voicecoach.app.overview.table import format_length

    for each in listed:
        if each.problem:
            yield f"{each.name:<{NAME_WIDTH}}can't be used: {each.problem}"
            continue
        facts = (", ".join(each.area), ", ".join(each.position), each.level, " ".join(each.languages))
        length = f"{format_length(each):>{LENGTH_WIDTH}}"
        yield f"{each.name:<{NAME_WIDTH}}{length}  {'; '.join(filter(None, facts))}"
        needs = f"Needs: {'; '.join(each.needs)}." if each.needs else ""
        yield f"    {' '.join(filter(None, (each.summary, needs)))}".rstrip()
