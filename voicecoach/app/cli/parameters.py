"""Parameters as click has them: types of values that functions of ours read, and options in sections of the help."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import click
from click.core import ParameterSource

from voicecoach.errors import VoicecoachError

if TYPE_CHECKING:
    from collections.abc import Callable

    _ParamType = click.ParamType[Any]
else:
    _ParamType = click.ParamType  # it takes no parameter before click 8.4

T = TypeVar("T")


class Parsed(_ParamType, Generic[T]):
    """A type of values that a function of ours reads from text."""

    def __init__(self, name: str, read: Callable[[str], T]) -> None:
        """Keep the name that the help shows, and the function."""
        self.name, self.read = name, read

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Read the value, or say what is wrong with it."""
        if not isinstance(value, str):
            return value
        try:
            return self.read(value)
        except VoicecoachError as error:
            self.fail(str(error), param, ctx)


class Option(click.Option):
    """An option that belongs to a section of the help, which also shows its default."""

    def __init__(self, names: list[str], *, section: str, shown: str, **rest: Any) -> None:  # noqa: ANN401 - click's
        """Keep the title of the section and the text of the default."""
        super().__init__(names, **rest)
        self.section, self.shown = section, shown

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option's names and its help with the default."""
        record = super().get_help_record(ctx)
        if record is None or not self.shown:
            return record
        return record[0], f"{record[1]}  [default: {self.shown}]"

    @property
    def longest(self) -> str:
        """The longest of its names, as ``--output``."""
        return max(self.opts, key=len)


def find_origin(context: click.Context, option: click.Parameter) -> str:
    """Say where the value of an option was set; nothing if it was typed."""
    variables = [option.envvar] if isinstance(option.envvar, str) else option.envvar or ()
    match context.get_parameter_source(option.name or ""):
        case ParameterSource.ENVIRONMENT:
            return f"is the value of {next(name for name in variables if os.environ.get(name))}"
        case ParameterSource.DEFAULT_MAP:
            from voicecoach.app import config

            name = max(option.opts, key=len).lstrip("-")
            return f"is set in {config.locate(name, context.command.name)}"
        case _:
            return ""


def is_typed(name: str) -> bool:
    """Return whether an option of the current command was typed; ``name`` is that of its field."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE


def is_default(name: str) -> bool:
    """Return whether an option was neither typed nor set anywhere; ``name`` is that of its field."""
    return click.get_current_context().get_parameter_source(name) is ParameterSource.DEFAULT


def describe_origin(error: click.ClickException) -> str:
    """Return a line that says where a wrong value was set; nothing if it was typed."""
    context, option = getattr(error, "ctx", None), getattr(error, "param", None)
    origin = find_origin(context, option) if context and option else ""
    return f"\nit {origin}" if origin else ""
