"""The command ``doctor``: check the machine."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from voicecoach.app.cli.command import define
from voicecoach.app.cli.fields import Options, flag, option
from voicecoach.app.cli.options import JSON, VOICE
from voicecoach.app.cli.printing import print_json
from voicecoach.app.cli.registry import COMMANDS, Registry
from voicecoach.errors import ChoiceError
from voicecoach.system import folders, signals

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, repr=False, eq=False)
class DoctorOptions(Options):
    """What is tried."""

    voice: str | None = option("--voice", "Voice of the trial session.", VOICE, shown="the one that 'make' would use")
    as_json: bool = flag("--json", JSON)


@define("doctor", DoctorOptions, examples=("voicecoach doctor", "voicecoach doctor --json"))
def command(chosen: DoctorOptions) -> int:
    """Check this machine, and make a trial session.

    It reports what is installed, makes a session of a few seconds, and says what to do about each problem. The exit
    status is 0 if sessions can be made, otherwise 1.
    """
    signals.note_reading()
    from voicecoach.app import config, doctor, sampling
    from voicecoach.app.request import Request

    commands: Mapping[str, object] = {}
    with suppress(ChoiceError):  # one of the checks reports it
        commands = config.read_commands()
    request = Request(sampling.ROUTINE, voice=chosen.voice, commands=commands)
    checks = doctor.run_checks(request, Registry(COMMANDS), folders.find_cache())
    if chosen.as_json:
        print_json(doctor.as_json(checks))
    else:
        click.echo("\n".join(doctor.format_table(checks)))
    return 1 if any(each.status is doctor.Status.FAILS for each in checks) else 0
