"""The command ``voices``: list the voices, hear one, or install one."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app.cli.command import HELP_NAMES, add_variables, define, make_callback, write_examples, write_sections
from voicecoach.app.cli.fields import Options, collect, flag, list_parameters, option, require
from voicecoach.app.cli.options import JSON, LANGUAGE, NAME, OUTPUT, PITCH, RATE
from voicecoach.app.cli.parameters import Parsed
from voicecoach.app.cli.playing import play_file
from voicecoach.app.cli.printing import open_output, print_json, print_notes, show_progress
from voicecoach.errors import PlayerError, quote
from voicecoach.system import folders

if TYPE_CHECKING:
    from voicecoach.app import values
    from voicecoach.app.request import Request


@dataclass(frozen=True, repr=False, eq=False)
class VoicesOptions(Options):
    """What is listed, or heard."""

    language: str | None = option("--language", "List only voices that speak this language, as de.", LANGUAGE)
    preview: str | None = option("--preview", "Make a short sample of this voice, and play it on a terminal.", NAME)
    output: values.Output | None = option(
        "-o --output", "File of the sample, or a folder for it.", OUTPUT, shown="NAME-preview.mp3 here"
    )
    rate: int | None = option("--rate", "Words a minute of the sample, as heard.", RATE, shown="the voice's own")
    pitch: int | None = option("--pitch", "Pitch of the sample; 50 is the voice's natural pitch.", PITCH, shown="50")
    as_json: bool = flag("--json", JSON)


@dataclass(frozen=True, repr=False, eq=False)
class InstallOptions(Options):
    """Which voice is installed."""

    name: str = require("NAME")
    index: str | None = option("--index", "Address of a list of voices.", Parsed("URL", str), shown="Piper's")


@define(
    "install",
    InstallOptions,
    examples=("voicecoach voices install en_US-amy-medium", "voicecoach voices --preview piper:en_US-amy-medium"),
    variables=False,
)
def install(chosen: InstallOptions) -> None:
    """Download a voice of Piper.

    NAME is a name in Piper's list of voices, as en_US-amy-medium.
    """
    from voicecoach.voices import download
    from voicecoach.voices.finding import data_folder

    with show_progress(f"Looking for {chosen.name}") as report:

        def report_megabytes(done: int, total: int) -> None:
            report("downloading", done // 1_000_000, -(-total // 1_000_000))

        path = download.install(chosen.name.removeprefix("piper:"), data_folder(), report_megabytes, chosen.index)
    click.echo(f"{path.stem} is ready: --voice piper:{path.stem}")


class Voices(click.Group):
    """A group that without a command lists voices, and with ``--preview NAME [ROUTINE]`` makes a sample of one."""

    EXAMPLES: ClassVar[tuple[str, ...]] = ("voicecoach voices --language de", "voicecoach voices --preview en-gb")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Take all options as the group's own, unless one of its commands is named."""
        ctx.allow_interspersed_args = not self.commands.keys() & set(args)
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that words name; with ``--preview`` they are a routine."""
        return (_sample.name, _sample, args) if ctx.params["preview"] else super().resolve_command(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options and the commands."""
        write_sections(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        del ctx
        write_examples(self.EXAMPLES, formatter)


def _list_voices(chosen: VoicesOptions) -> None:
    """List the voices, hear one, or install one.

    The list has the names that --voice takes. With --preview NAME, a sample of that voice is made, in the words of the
    routine that follows, if any.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        return
    if chosen.preview:
        context.invoke(_sample, routine=None)
        return
    from voicecoach.app import config
    from voicecoach.voices import listing

    found = listing.list_voices(chosen.language, config.read_commands(), folders.find_cache())
    if chosen.as_json:
        print_json(listing.list_as_json(found))
        return
    click.echo("\n".join(listing.table(found)), nl=bool(found))
    if not found:
        _report_none(chosen.language)


def _report_none(language: str | None) -> None:
    from voicecoach.app.sampling import MORE

    print_notes([f"no voice here speaks {quote(language)}; {MORE}"])


@click.command()
@click.argument("routine", required=False)
@click.pass_context
def _sample(context: click.Context, routine: str | None) -> None:
    """Make a sample of a voice in the words of ROUTINE."""
    group = context if context.command is command else context.parent or context
    _make_sample(collect(VoicesOptions, group), routine)


def _make_sample(chosen: VoicesOptions, routine: str | None) -> None:
    from voicecoach.app import sampling

    request = _request(chosen, routine or sampling.ROUTINE)
    with open_output(chosen.output) as path, show_progress(f"Getting {chosen.preview} ready") as report:
        made = sampling.make_sample(request, path, folders.find_cache(), report)
    print_notes(made.warnings)
    if chosen.as_json:
        print_json(made.as_json())
        return
    click.echo(f"{made.path}  {made.seconds:.1f} s")
    if sys.stdout.isatty():
        with suppress(PlayerError):  # the file is there, and any player opens it
            play_file(made.path, quiet=True)


def _request(chosen: VoicesOptions, routine: str) -> Request:
    from voicecoach.app.config import read_commands
    from voicecoach.app.request import Request

    return Request(
        routine,
        voice=chosen.preview,
        rate=chosen.rate,
        language=chosen.language,
        pitch=chosen.pitch,
        commands=read_commands(),
    )


command = Voices(
    "voices",
    params=[*list_parameters(VoicesOptions)],
    callback=make_callback(_list_voices, VoicesOptions),
    help=_list_voices.__doc__,
    invoke_without_command=True,
    context_settings={"help_option_names": HELP_NAMES},
)
"""Made by hand, since it is both a command and a group of one."""
add_variables("voices", command.params)
command.add_command(install)
