"""The command ``verify``: compare files with their timelines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, arguments, flag, option
from voicecoach.app.cli.options import JSON
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.cli.printing import print_json
from voicecoach.system import signals

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voicecoach.audio.verify import Deviation


@dataclass(frozen=True, repr=False, eq=False)
class VerifyOptions(Options):
    """Which files are verified, and by what."""

    files: tuple[str, ...] = arguments("FILE")
    timeline: Path | None = option(
        "--timeline",
        "Compare with this timeline, as printed by 'plan --json'.",
        Parsed("FILE", Path),
        shown="the one in the file",
    )
    as_json: bool = flag("--json", JSON)


@define(
    "verify",
    VerifyOptions,
    examples=("voicecoach verify evening.mp3", "voicecoach verify --json left.mp3 right.mp3"),
    variables=False,
)
def command(chosen: VerifyOptions) -> int:
    """Decode audio files and compare them with their timelines.

    Every file that voicecoach makes contains its timeline. The exit status is 0 if all files match their timelines,
    otherwise 1.
    """
    signals.note_reading()
    from voicecoach.audio.verify import read_plan, verify

    plan = read_plan(chosen.timeline) if chosen.timeline else None
    found = {file: verify(Path(file), plan) for file in chosen.files}
    if chosen.as_json:
        print_json({file: [{"at": each.at, "what": each.what} for each in some] for file, some in found.items()})
    else:
        _print_findings(found)
    return 1 if any(found.values()) else 0


def _print_findings(found: Mapping[str, Sequence[Deviation]]) -> None:
    for file, findings in found.items():
        for line in [*map(str, findings)] or ["as it was made"]:
            click.echo(f"{file}: {line}")
