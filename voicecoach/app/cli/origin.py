"""Where the value of an option comes from, if it was not typed."""

from __future__ import annotations

import os

import click
from click.core import ParameterSource


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
