"""The command ``voices``: list the voices, hear them, or get one."""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import click

from voicecoach.app import values
from voicecoach.app.cli.command import HELP_NAMES, add_variables, define, make_callback, write_examples, write_sections
from voicecoach.app.cli.fields import Options, argument, collect, flag, list_parameters, option, require
from voicecoach.app.cli.options import FORCE, JSON, LANGUAGE, NAME, OUTPUT, PITCH, RATE
from voicecoach.app.cli.parameters import Parsed, is_typed
from voicecoach.app.cli.playing import play_file
from voicecoach.app.cli.printing import count, open_output, print_json, print_notes, show_progress
from voicecoach.errors import ChoiceError, PlayerError, escape, quote
from voicecoach.system import folders, signals

if TYPE_CHECKING:
    from voicecoach.app.request import Request


@dataclass(frozen=True, repr=False, eq=False)
class VoicesOptions(Options):
    """What is listed, or heard."""

    language: str | None = option("--language", "List only voices that speak this language, such as de.", LANGUAGE)
    every: bool = flag("--all", "List all voices, not only those that are worth hearing.")
    preview: str | None = option("--preview", "Make a short sample of this voice, and play it on a terminal.", NAME)
    output: values.Output | None = option(
        "-o --output", "File of the sample, or a folder for it.", OUTPUT, shown="NAME-preview.mp3 here"
    )
    rate: int | None = option("--rate", "Words a minute of the sample, as heard.", RATE, shown="the voice's own")
    pitch: int | None = option("--pitch", "Pitch of the sample; 50 is the voice's natural pitch.", PITCH, shown="50")
    as_json: bool = flag("--json", JSON)


@dataclass(frozen=True, repr=False, eq=False)
class GetOptions(Options):
    """Which voice is installed."""

    name: str = require("LANGUAGE|NAME")
    index: str | None = option("--index", "Address of a list of Piper's voices.", Parsed("URL", str), shown="Piper's")


@dataclass(frozen=True, repr=False, eq=False)
class TryOptions(Options):
    """Which voices are heard, and in whose words."""

    routine: str = argument("ROUTINE", "")
    language: str | None = option(
        "--language",
        "Only voices that speak this language, such as de.",
        LANGUAGE,
        shown="all languages of the routine",
    )
    output: values.Output | None = option(
        "-o --output", "File of the page, or a folder for it.", OUTPUT, shown="voices.html here"
    )
    rate: int | None = option("--rate", "Words a minute, as heard.", RATE, shown="each voice's own")
    force: bool = flag("--force", FORCE)


def _get(chosen: GetOptions) -> None:
    """Install a voice: the recommended one for a language, or one by its name.

    The size and the licence are printed before the download begins. NAME is the name of a voice in the list of
    'voicecoach voices', or in Piper's list, such as en_US-amy-medium.
    """
    from voicecoach.voices import installing
    from voicecoach.voices.finding import data_folder
    from voicecoach.voices.port import Settings

    settings = Settings("en", "", folders.find_cache(), data=data_folder())
    offer = installing.find_offer(chosen.name, settings, chosen.index)
    if not offer.is_needed:
        click.echo(f"{offer.voice.id} is ready already: --voice {offer.voice.id}")
        return
    click.echo(offer)
    with show_progress(f"Getting {offer.voice.id}") as report:
        name = installing.install(offer, settings, report, chosen.index)
    click.echo(installing.describe_ready(name, settings))


get = define(
    "get",
    GetOptions,
    examples=("voicecoach voices get de", "voicecoach voices get en_US-amy-medium"),
    variables=False,
)(_get)
install = define("install", GetOptions, examples=tuple(get.examples), variables=False)(_get)
install.hidden = True  # the earlier name of `get`


@define(
    "try",
    TryOptions,
    examples=("voicecoach voices try", "voicecoach voices try box-breathing --language en -o voices.html"),
    variables=False,
)
def try_voices(chosen: TryOptions) -> None:
    """Make a page where you can hear and compare voices.

    Each voice that is ready reads the first words of ROUTINE. The page is a single file that opens in any browser.
    """
    from voicecoach.app import sampling, voice_page
    from voicecoach.app.config import read_commands
    from voicecoach.app.request import Request

    request = Request(
        chosen.routine or sampling.ROUTINE, rate=chosen.rate, language=chosen.language, commands=read_commands()
    )
    with open_output(chosen.output) as output, show_progress("Sampling the voices") as report:
        path = voice_page.choose_path(output, force=chosen.force)
        made = voice_page.make_page(request, path, folders.find_cache(), report)
    print_notes(made.problems)
    for each in made.heard:
        click.echo(f"  {each.voice.id}  {each.voice.name}  {each.sample.seconds:.1f} s")
    click.echo(f"{escape(made.path)} is ready: open it in a browser to hear {count(len(made.heard), 'voice')}.")


class Voices(click.Group):
    """A group that without a command lists voices, and with ``--preview NAME [ROUTINE]`` makes a sample of one."""

    EXAMPLES: ClassVar[tuple[str, ...]] = ("voicecoach voices --language de", "voicecoach voices try")

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
    """List the voices, hear them, or get one.

    The list has the voices worth hearing, and the names that --voice takes. --preview NAME makes a sample of that
    voice; name a routine after it to hear the words of that routine.
    """
    context = click.get_current_context()
    if context.invoked_subcommand is not None:
        return
    if chosen.preview:
        context.invoke(_sample, routine=None)
        return
    _check_listing(chosen)
    signals.note_reading()
    from voicecoach.app import config
    from voicecoach.voices import listing

    code, commands, folder = chosen.language, config.read_commands(), folders.find_cache()
    if chosen.as_json:
        offered = listing.list_offered(code, commands, folder)
        if not offered:
            raise _explain_none(code)
        print_json(listing.list_as_json(offered))
        return
    if chosen.every:
        lines = [*listing.write_table(listing.list_voices(code, commands, folder))]
    else:
        lines = [*listing.write_choice(listing.pick_worthwhile(listing.list_offered(code, commands, folder), code))]
    if not lines:
        raise _explain_none(code)
    click.echo("\n".join(lines))
    if not chosen.every:
        run = folders.name_program()
        click.echo(f"\nHear them: {run} voices try. Get one: {run} voices get LANGUAGE. List all: {run} voices --all.")


def _check_listing(chosen: VoicesOptions) -> None:
    """Refuse options of a sample if no sample is asked for."""
    for name, field in {"-o": "output", "--rate": "rate", "--pitch": "pitch"}.items():
        if is_typed(field):
            raise ChoiceError(f"{name} is about a sample\nadd --preview NAME, or leave {name} out")
    if chosen.preview is not None:
        raise ChoiceError("the name after --preview is empty\n'voicecoach voices' lists the names")


def _explain_none(language: str | None) -> ChoiceError:
    from voicecoach.app.sampling import MORE

    return ChoiceError(f"no voice here speaks {quote(language)}\n{MORE}" if language else f"there is no voice\n{MORE}")


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
        voice=None if chosen.preview is None else values.read_voice(chosen.preview),
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
for each in (get, try_voices, install):
    command.add_command(each)
