"""Options as fields of dataclasses: one declaration makes the option that people type and the type that mypy checks."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, overload

import click
from click.core import ParameterSource

from voicecoach.app.cli.parameters import Option

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from dataclasses import Field

    from voicecoach.app.cli.parameters import Parsed

T = TypeVar("T")
_DECLARED = "voicecoach"
"""The key of a field's metadata that holds its declaration."""


@dataclass(frozen=True, repr=False, eq=False)
class Options:
    """The root of all dataclasses of options; ``TITLE`` heads their section in the help.

    They have no ``repr`` and no ``eq``: nobody compares options, and every generated method slows the start.
    """

    TITLE: ClassVar[str] = "Options"


Group = TypeVar("Group", bound=Options)


@dataclass(frozen=True, repr=False, eq=False)
class _Declaration:
    """How a field gets its value: from a click parameter, from a group of further fields, or from the context.

    Attributes:
        make: Makes the parameter for the name of the field and the title of its group.
        convert: Makes the field's value from the parameter's.
        group: The dataclass of the further fields.
        read: Reads the value from the context.
    """

    make: Callable[[str, str], click.Parameter] | None = None
    convert: Callable[[Any], object] | None = None
    group: type[Options] | None = None
    read: Callable[[click.Context], object] | None = None


def group(kind: type[Group]) -> Group:
    """Declare a group of options in a dataclass of several."""
    return field(default_factory=kind, metadata={_DECLARED: _Declaration(group=kind)})


def argument(name: str, default: str) -> str:
    """Declare an argument with a default."""

    def make(key: str, _title: str) -> click.Parameter:
        return click.Argument([key], default=default, required=False, metavar=f"[{name}]")

    return field(default=default, metadata={_DECLARED: _Declaration(make)})


def require(name: str) -> str:
    """Declare an argument that must be given."""
    return field(
        default="",
        metadata={_DECLARED: _Declaration(lambda key, _: click.Argument([key], metavar=name, required=True))},
    )


def arguments(name: str) -> tuple[str, ...]:
    """Declare arguments of which at least one must be given."""

    def make(key: str, _title: str) -> click.Parameter:
        return click.Argument([key], nargs=-1, required=True, metavar=f"{name}...")

    return field(default=(), metadata={_DECLARED: _Declaration(make)})


@overload
def option(names: str, text: str, kind: Parsed[T], *, default: str) -> T: ...
@overload
def option(names: str, text: str, kind: Parsed[T], *, shown: str = "") -> T | None: ...
def option(names: str, text: str, kind: Parsed[T], *, default: str | None = None, shown: str = "") -> T | None:
    """Declare an option with a value.

    Args:
        names: All its names, as ``-o --output``.
        text: What it does.
        kind: How the value is read.
        default: The default value, as it would be typed.
        shown: What the help shows as the default of an option that has none.
    """
    made = {"type": kind, "metavar": kind.name, "default": default, "help": text, "shown": default or shown}
    return _field(names, made, lambda: None if default is None else kind.read(default))


@overload
def choice(names: str, text: str, values: Mapping[str, T], *, default: str) -> T: ...
@overload
def choice(names: str, text: str, values: Mapping[str, T], *, shown: str = "") -> T | None: ...
def choice(names: str, text: str, values: Mapping[str, T], *, default: str | None = None, shown: str = "") -> T | None:
    """Declare an option that takes one of a few words; its value is the one that belongs to the word."""

    def convert(word: str | None) -> T | None:
        return None if word is None else values[word]

    made = {"type": click.Choice([*values]), "default": default, "help": text, "shown": default or shown}
    return _field(names, made, lambda: convert(default), convert)


def several(names: str, text: str, kind: Parsed[T]) -> tuple[T, ...]:
    """Declare an option that may be given several times."""
    made = {"type": kind, "metavar": kind.name, "multiple": True, "help": text, "shown": ""}
    return _field(names, made, tuple[T, ...])


def flag(names: str, text: str) -> bool:
    """Declare an option without a value."""
    return _field(names, {"is_flag": True, "default": False, "help": text, "shown": ""}, bool)


def switch(names: str, text: str, *, shown: str) -> bool | None:
    """Declare an option that is switched on or off, as ``--save/--no-save``, or left open."""
    return _field(names, {"default": None, "help": text, "shown": shown}, _leave_open)


def from_settings(*names: str) -> frozenset[str]:
    """Declare a field that holds which of these options come from the settings or a variable and were not typed."""

    def read(context: click.Context) -> frozenset[str]:
        usual = {ParameterSource.DEFAULT_MAP, ParameterSource.ENVIRONMENT}
        options = {each.longest.lstrip("-"): each.name for each in context.command.params if isinstance(each, Option)}
        return frozenset(name for name in names if context.get_parameter_source(options.get(name) or "") in usual)

    return field(default=frozenset(), metadata={_DECLARED: _Declaration(read=read)})


def list_parameters(kind: type[Options]) -> Iterator[click.Parameter]:
    """Yield the click parameters of a dataclass of options, those of its groups too."""
    for each, declared in _list_declarations(kind):
        if declared.group:
            yield from list_parameters(declared.group)
        elif declared.make:
            yield declared.make(each.name, kind.TITLE)


def collect(kind: type[Group], context: click.Context) -> Group:
    """Return the dataclass of options with the values that click has read."""
    values = {each.name: _find_value(each.name, declared, context) for each, declared in _list_declarations(kind)}
    return kind(**values)


def _find_value(name: str, declared: _Declaration, context: click.Context) -> Any:  # noqa: ANN401 - as click has it
    if declared.group:
        return collect(declared.group, context)
    if declared.read:
        return declared.read(context)
    value = context.params[name]
    return declared.convert(value) if declared.convert else value


def _list_declarations(kind: type[Options]) -> Iterator[tuple[Field[Any], _Declaration]]:
    return ((each, each.metadata[_DECLARED]) for each in fields(kind))


def _leave_open() -> bool | None:
    return None


def _field(
    names: str, made: dict[str, Any], default: Callable[[], T], convert: Callable[[Any], object] | None = None
) -> T:
    def make(name: str, title: str) -> click.Parameter:
        return Option([*names.split(), name], section=title, **made)

    return field(default_factory=default, metadata={_DECLARED: _Declaration(make, convert)})
