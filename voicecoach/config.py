"""The user's own defaults: a TOML file in the folder where the system keeps settings."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import click

from voicecoach.errors import ChoiceError, near, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def defaults(commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Return the defaults of each command's options: a table ``[make]`` is for make, what is above it for all.

    Raises:
        ChoiceError: When the file can't be read, or names an option that there is not.
    """
    path = file()
    table = _read(path)
    own = {name: value for name, value in table.items() if isinstance(value, dict)}
    shared = {name: value for name, value in table.items() if name not in own}
    _check(path, own, list(commands), "command")
    for name in shared.keys() & commands.keys():
        raise ChoiceError(f"{path}: {name!r} is a command; write its options under [{name}]")
    every = {option for command in commands.values() for option in _options(command)}
    _check(path, shared, sorted(every), "option")
    return {name: _mapped(path, command, shared, own.get(name, {})) for name, command in commands.items()}


def file() -> Path:
    """Return where the file is, or would be."""
    from platformdirs import user_config_path

    return user_config_path("voicecoach", appauthor=False) / "config.toml"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise ChoiceError(f"{path}: the settings can't be read: {(error.strerror or str(error)).lower()}") from error
    except UnicodeDecodeError as error:
        raise ChoiceError(f"{path}: the settings are not UTF-8 text\nsave the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ChoiceError(f'{path}: the settings are not TOML: {error}\nwrite lines such as breath = "4-6"') from error


def _options(command: click.Command) -> dict[str, click.Option]:
    """Return a command's options by their names as they are typed."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    return {opt[2:]: option for option in options for opt in option.opts if opt.startswith("--")}


def _mapped(path: Path, command: click.Command, shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    options = _options(command)
    _check(path, own, list(options), "option")
    merged = {**{name: value for name, value in shared.items() if name in options}, **own}
    return {options[name].name or "": _typed(path, options[name], name, value) for name, value in merged.items()}


def _typed(path: Path, option: click.Option, name: str, value: object) -> object:
    """Hand an option over as it would be typed; one that can be given several times may be a list.

    Raises:
        ChoiceError: When it is neither a text, nor a number, nor true or false.
    """
    if option.multiple:
        return [_typed_once(path, name, each) for each in (value if isinstance(value, list) else [value])]
    return _typed_once(path, name, value)


def _typed_once(path: Path, name: str, value: object) -> object:
    if isinstance(value, (bool, str)):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    raise ChoiceError(f"{path}: the value of {shown(name)} is a {type(value).__name__}; write a text in quotes")


def _check(path: Path, names: Mapping[str, Any], known: list[str], kind: str) -> None:
    for name in names:
        if name not in known:
            close = near(name, known)
            mend = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}"
            raise ChoiceError(f"{path}: no {kind} is called {shown(name)}; {mend}")
