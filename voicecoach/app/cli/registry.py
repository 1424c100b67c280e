"""The commands by name: the module of a command is imported only when the command is run or its help is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableMapping
from importlib import import_module

import click

from voicecoach import __version__
from voicecoach.app.cli.command import HELP_NAMES, write_examples, write_sections
from voicecoach.errors import ChoiceError

COMMANDS = {
    "make": "Make an audio file of a routine.",
    "play": "Play a routine or an audio file, and show the breath and the words.",
    "studio": "Open a page on this computer to hear, change and export sessions.",
    "list": "List the routines: what each is for, what it needs, and how long it lasts.",
    "plan": "Show what is heard when, without making a file.",
    "new": "Write a commented routine to start from.",
    "check": "Report every problem in routine files, and how to fix it.",
    "show": "Print the file of a routine.",
    "breath": "Measure your breath by tapping a key.",
    "voices": "List the voices, hear them, or get one.",
    "record": "Record a voice of your own.",
    "verify": "Decode audio files and compare them with their timelines.",
    "script": "Print all sentences of a routine, or a list to record from.",
    "doctor": "Check this machine, and make a trial session.",
    "cache": "Show how much speech is cached, or delete it.",
    "schema": "Print the JSON Schema of routine files, for editors.",
}
"""The commands in the order in which people need them, each with the first line of its help.

Each has a module of its name in this package, which defines ``command``.
"""

EXAMPLES = ("voicecoach make leg-stretch --breath 5-7", "voicecoach make --help")
"""The examples of the program's own help."""


class Registry(MutableMapping[str, click.Command]):
    """Commands by name, in order; a command's module is imported when the command is looked up."""

    def __init__(self, names: Iterable[str]) -> None:
        """Know the names; nothing is imported yet."""
        self._commands: dict[str, click.Command | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> click.Command:
        """Return a command."""
        known = self._commands[name]
        found: click.Command = known or import_module(f"{__package__}.{name}").command
        self._commands[name] = found
        return found

    def __setitem__(self, name: str, command: click.Command) -> None:
        """Add a command."""
        self._commands[name] = command

    def __delitem__(self, name: str) -> None:
        """Forget a command."""
        del self._commands[name]

    def __iter__(self) -> Iterator[str]:
        """Yield the names."""
        return iter(self._commands)

    def __len__(self) -> int:
        """Return the number of commands."""
        return len(self._commands)


class Program(click.Group):
    """The program: a group of commands that are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people need them."""
        del ctx
        return list(self.commands)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, none cut short, and the options."""
        with formatter.section("Commands"):
            formatter.write_dl([*COMMANDS.items()])
        write_sections(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        del ctx
        write_examples(EXAMPLES, formatter)


@click.group(
    cls=Program,
    commands=Registry(COMMANDS),
    invoke_without_command=True,
    context_settings={"help_option_names": HELP_NAMES},
)
@click.version_option(__version__, prog_name="voicecoach")
@click.pass_context
def cli(context: click.Context) -> None:
    """Make calm voice-guided exercise audio, paced to your own breath."""
    name = context.invoked_subcommand
    if name is None:
        click.echo(context.get_help())
        return
    from voicecoach.app import config
    from voicecoach.routine import library

    try:
        context.default_map = {name: config.read_defaults(cli.commands, name)}
        preferred, own = config.read_ffmpeg(), config.find_routines()
    except ChoiceError:
        if name != "doctor":  # it reports what is wrong with the settings, among other things
            raise
        preferred, own = None, None
    library.set_own_folder(own)
    context.call_on_close(lambda: library.set_own_folder(None))
    if preferred:
        from voicecoach.audio import ffmpeg_choice

        ffmpeg_choice.set_preference(preferred)
        context.call_on_close(lambda: ffmpeg_choice.set_preference(None))
