"""A command of the command line: made of a function and a dataclass of options, with help in sections."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import click

from voicecoach.app.cli.fields import Group, collect, list_parameters
from voicecoach.app.cli.parameters import Option, find_origin
from voicecoach.errors import ChoiceError, quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

HELP_NAMES = ["-h", "--help"]
_TYPED = "voicecoach.typed"


class Command(click.Command):
    """A command whose help has its options in sections and ends with examples."""

    def __init__(self, name: str, examples: Sequence[str], **rest: Any) -> None:  # noqa: ANN401 - click's
        """Keep the examples: whole command lines."""
        super().__init__(name, context_settings={"help_option_names": HELP_NAMES}, **rest)
        self.examples = examples

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed, for what to type next."""
        ctx.meta[_TYPED] = tuple(args)
        return super().parse_args(ctx, args)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, a section for each group."""
        write_sections(self, ctx, formatter)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples."""
        del ctx
        write_examples(self.examples, formatter)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an error that is about options also says which of them come from the settings."""
        try:
            return super().invoke(ctx)
        except ChoiceError as error:
            for option in self.params:
                note_origin(error, option, ctx)
            raise


def define(
    name: str, options: type[Group], *, examples: Sequence[str], variables: bool = True
) -> Callable[[Callable[[Group], int | None]], Command]:
    """Make a command of a function that takes a dataclass of options and may return an exit status.

    Args:
        name: What people type.
        options: The dataclass.
        examples: Whole command lines for the help.
        variables: Whether options also come from ``VOICECOACH_NAME_OPTION`` and ``VOICECOACH_OPTION``.
    """

    def make(run: Callable[[Group], int | None]) -> Command:
        params = [*list_parameters(options)]
        if variables:
            add_variables(name, params)
        return Command(name, examples, params=params, callback=make_callback(run, options), help=run.__doc__)

    return make


def list_typed() -> tuple[str, ...]:
    """Return the words that were typed after the name of the current command."""
    typed: tuple[str, ...] = click.get_current_context().meta[_TYPED]
    return typed


def make_callback(run: Callable[[Group], int | None], options: type[Group]) -> Callable[..., None]:
    """Return what click calls: it hands over the options as a dataclass, and ends with the exit status."""

    def call(**_: object) -> None:
        context = click.get_current_context()
        status = run(collect(options, context))
        if status:
            context.exit(status)

    return call


def add_variables(command: str, params: Sequence[click.Parameter]) -> None:
    """Let options also come from variables: ``VOICECOACH_MAKE_BREATH``, or for all commands ``VOICECOACH_BREATH``."""
    for option in (each for each in params if isinstance(each, Option)):
        name = option.longest.lstrip("-").replace("-", "_").upper()
        option.envvar = [f"VOICECOACH_{command.upper()}_{name}", f"VOICECOACH_{name}"]


def write_sections(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    """Write the options of a command: a section for each group, and one for the rest."""
    sections: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx) if isinstance(param, click.Option) else None
        if record:
            sections[param.section if isinstance(param, Option) else "Help"].append(record)
    for title, records in sections.items():
        with formatter.section(title):
            formatter.write_dl(records)


def write_examples(examples: Sequence[str], formatter: click.HelpFormatter) -> None:
    """Write command lines, each whole on a line."""
    with formatter.section("Examples"):
        formatter.write("".join(f"{'':{formatter.current_indent}}{example}\n" for example in examples))


def note_origin(error: ChoiceError, option: click.Parameter, ctx: click.Context) -> None:
    """Note on an error where an option that it speaks of was set, if it was not typed."""
    name, value = max(option.opts, key=len), ctx.params.get(option.name or "")
    values = value if isinstance(value, tuple) else (value,)
    named = re.search(rf"{name}\b(?!-)", str(error)) or any(quote(each) in str(error) for each in values)
    if named and (origin := find_origin(ctx, option)):
        error.add_note(f"{name} {origin}")
