"""The user's own defaults: a TOML file in the folder where the system keeps settings."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from voicecoach.errors import ChoiceError, near, shown

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import click


def defaults(commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Return the defaults of each command's options: a table ``[make]`` is for make, what is above it for all.

    Raises:
        ChoiceError: When the file can't be read, or names an option that there is not.
    """
    path = file()
    table = _read(path)
    own = {name: value for name, value in table.items() if isinstance(value, dict)}
    shared = {name: value for name, value in table.items() if name not in own}
    _check(path, own, list(commands))
    every = {option for command in commands.values() for option in _options(command)}
    _check(path, shared, sorted(every))
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
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ChoiceError(f"{path}: the settings can't be read: {error}\nmend the file, or move it away") from error


def _options(command: click.Command) -> dict[str, str]:
    """Return the names of a command's options as they are typed, and as click calls them."""
    return {opt[2:]: param.name or "" for param in command.params for opt in param.opts if opt.startswith("--")}


def _mapped(path: Path, command: click.Command, shared: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    options = _options(command)
    _check(path, own, list(options))
    merged = {**{name: value for name, value in shared.items() if name in options}, **own}
    return {options[name]: _plain(value) for name, value in merged.items()}


def _plain(value: object) -> object:
    """Hand options over as they would be typed."""
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else value


def _check(path: Path, names: Mapping[str, Any], known: list[str]) -> None:
    for name in names:
        if name not in known:
            close = near(name, known)
            mend = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}"
            raise ChoiceError(f"{path}: no option is called {shown(name)}; {mend}")
