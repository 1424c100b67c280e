"""The user's own defaults: a TOML file in the folder where the system keeps settings."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import click

from voicecoach.errors import ChoiceError, OutputError, near, shown
from voicecoach.system import folders, plain_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

LARGEST = 1_000_000
"""Bytes of a settings file."""
SPEAKING = "commands"
"""The table of commands that speak, in which each has a table of its own."""
FFMPEG = "ffmpeg"
"""The key of the ffmpeg that the user chose."""
_OTHERS = (SPEAKING, FFMPEG)


def defaults(commands: Mapping[str, click.Command]) -> dict[str, dict[str, Any]]:
    """Return the defaults of each command's options: a table ``[make]`` is for make, what is above it for all.

    The table ``[commands]`` and the key ``ffmpeg`` are no options: see `speaking` and `ffmpeg`.

    Raises:
        ChoiceError: When the file can't be read, or names an option that there is not.
    """
    path = file()
    table = _read(path)
    own = {name: value for name, value in table.items() if isinstance(value, dict) and name not in _OTHERS}
    shared = {name: value for name, value in table.items() if name not in {*own, *_OTHERS}}
    _check(path, own, list(commands), "command")
    every = {option for command in commands.values() for option in _options(command)}
    for name in (shared.keys() & commands.keys()) - every:
        raise ChoiceError(f"{path}: {name!r} is a command; write its options under [{name}]")
    _check(path, shared, sorted(every), "option")
    return {name: _mapped(path, command, shared, own.get(name, {})) for name, command in commands.items()}


def speaking() -> dict[str, object]:
    """Return the user's own commands that speak, by name, as they stand under ``[commands.NAME]``.

    Raises:
        ChoiceError: When the file can't be read, or has something else under that name.
    """
    path = file()
    found = _read(path).get(SPEAKING, {})
    if not isinstance(found, dict):
        raise ChoiceError(f"{path}: {SPEAKING!r} holds commands that speak; write them as tables, [{SPEAKING}.NAME]")
    return found


def ffmpeg() -> str | None:
    """Return the path of the ffmpeg that the user chose; None when the settings name none.

    Raises:
        ChoiceError: When the file can't be read, or has something else under that name.
    """
    path = file()
    found = _read(path).get(FFMPEG)
    if found is not None and not (isinstance(found, str) and found.strip()):
        raise ChoiceError(f'{path}: {FFMPEG!r} is not a path; write {FFMPEG} = "/usr/bin/ffmpeg", with the quotes')
    return found


def file() -> Path:
    """Return where the file is, or would be."""
    return folders.settings_file()


def save(name: str, value: str) -> Path:
    """Make a value the default of an option, for all commands that have it, and return the file.

    Everything else in the file stays as it is: order, comments, the ends of lines. The file is replaced whole, and made
    when there is none.

    Raises:
        ChoiceError: When the file can't be read, or has no place for the line.
        OutputError: When it can't be written; what was there stays.
    """
    path = file()
    try:
        old = _text(path)
        mark = old[: len(old) - len(_bare(old))]
        _write(path, mark + with_default(_bare(old), name, value))
    except ValueError as error:
        said = f"{name} = {json.dumps(value)}"
        raise ChoiceError(f"{path}: {error}; write {said} above its tables yourself") from None
    except OSError as error:
        raise OutputError(path, f"the settings can't be written: {(error.strerror or str(error)).lower()}") from error
    return path


def with_default(text: str, name: str, value: str) -> str:
    r"""Return the text of a settings file with one default set; a line that sets it is replaced, else one is added.

    >>> print(with_default('# mine\nbreath = "4-6"  # slow\n[make]\nrate = 120\n', "breath", "5-7"), end="")
    # mine
    breath = "5-7"  # slow
    [make]
    rate = 120

    Raises:
        ValueError: When neither gives a file that says this and otherwise the same.
    """
    wanted = _rest(text, name)
    for changed in _candidates(text, name, json.dumps(value)):
        if _parsed(changed).get(name) == value and _rest(changed, name) == wanted:
            return changed
    raise ValueError(f"there is no line of its own for {name!r} in it")


def overridden(name: str) -> list[str]:
    """Return the commands that have a default of their own for an option, which comes before that for all."""
    tables = ((command, own) for command, own in _read(file()).items() if isinstance(own, dict))
    return [command for command, own in tables if name in own and command != SPEAKING]


def _candidates(text: str, name: str, value: str) -> Iterator[str]:
    """Yield texts in which an option may be set: its line replaced, one added after the first keys, one at the top.

    Whether a line is what it looks like, or part of a text of several lines, is for a TOML reader to say.
    """
    lines = re.findall(r".*\n|.+", text)
    end = "\r\n" if "\r\n" in text else "\n"
    line = re.compile(rf"""(\s*(["']?){re.escape(name)}\2\s*=\s*)("[^"]*"|'[^']*'|[^\s#"']+)(\s*(?:#.*)?)""", re.DOTALL)
    for number, old in enumerate(lines):
        if match := line.fullmatch(old):
            yield "".join((*lines[:number], match[1], value, match[4], *lines[number + 1 :]))
    for number in (_after_keys(lines), 0):
        above = "".join(lines[:number])
        yield above + end * (above != "" and above[-1] != "\n") + f"{name} = {value}{end}" + "".join(lines[number:])


def _after_keys(lines: list[str]) -> int:
    """Return the number of the line after the last key above all tables."""
    tables = (number for number, line in enumerate(lines) if line.lstrip().startswith("["))
    head = lines[: next(tables, len(lines))]
    return max((number for number, line in enumerate(head, start=1) if line.split("#")[0].strip()), default=0)


def _rest(text: str, name: str) -> str:
    """Return all that a file says but for one key, to be compared: as text, in which even nan equals itself."""
    return repr([item for item in _parsed(text).items() if item[0] != name])


def _parsed(text: str) -> dict[str, Any]:
    """Parse a text of settings; what is not TOML says nothing."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _write(path: Path, text: str) -> None:
    """Replace the file that a path leads to: a link stays one, and permissions stay."""
    from voicecoach.system import drafts

    drafts.write(path, text.encode())


def _text(path: Path) -> str:
    """Return the text of the settings, if they can be read; nothing for a file that is not there."""
    _read(path)
    return plain_files.read(path, LARGEST).decode() if os.path.lexists(path) else ""


def _read(path: Path) -> dict[str, Any]:
    if not os.path.lexists(path):
        return {}
    import tomllib

    try:
        return tomllib.loads(plain_files.read(path, LARGEST).decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
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
    _check(path, own, list(options), "option", command.name)
    merged = {**{name: value for name, value in shared.items() if name in options}, **own}
    for name, value in merged.items():
        if not _is_fit(options[name], value):
            where = locate(name, command.name if name in own else None)
            raise ChoiceError(f"{where}: {_wrong(options[name], name, value)}")
    return {options[name].name or "": _typed(options[name], value) for name, value in merged.items()}


def _is_fit(option: click.Option, value: object) -> bool:
    """Tell whether a value is of a type that its option can have: a text, a number, or for a switch true or false."""
    every = value if option.multiple and isinstance(value, list) else [value]
    kinds: tuple[type, ...] = (str, bool) if option.is_flag else (str, int, float)
    return all(isinstance(each, kinds) and (option.is_flag or not isinstance(each, bool)) for each in every)


def _typed(option: click.Option, value: object) -> object:
    """Hand an option over as it would be typed; one that can be given several times may be a list."""
    if option.multiple:
        return [_typed_once(each) for each in (value if isinstance(value, list) else [value])]
    return _typed_once(value)


def _typed_once(value: object) -> object:
    return value if isinstance(value, (str, bool)) else str(value)


_KINDS = {"bool": "true or false", "int": "a number", "float": "a number", "list": "a list", "dict": "a table"}


def _wrong(option: click.Option, name: str, value: object) -> str:
    """Say what is wrong with a value's type, and how it is written."""
    if option.is_flag:
        return f"{name!r} is neither true nor false; write {name} = true"
    kind = _KINDS.get(type(value).__name__, f"a {type(value).__name__}")
    example = {"breath": "4-6", "length": "10m", "voice": "en-gb"}.get(name, "...")
    return f'the value of {name!r} is {kind}; write a text in quotes, as {name} = "{example}"'


def locate(option: str, command: str | None) -> str:
    """Return where an option's default stands, as ``FILE:LINE``: under ``[command]``, or above all tables for None.

    The command is looked for first, and then all; where no line sets it, the file alone is named.
    """
    path = file()
    try:
        lines = _bare(plain_files.read(path, LARGEST).decode()).splitlines()
    except (OSError, ValueError):
        return str(path)
    key = re.compile(rf"""\s*(["']?){re.escape(option)}\1\s*=""")
    table: str | None = None
    found: dict[str | None, int] = {}
    for number, line in enumerate(lines, start=1):
        if header := re.match(r"""\s*\[\s*["']?([^\]"']+?)["']?\s*\]""", line):
            table = header[1]
        elif key.match(line):
            found.setdefault(table, number)
    at = found.get(command) or found.get(None)
    return f"{path}:{at}" if at else str(path)


def _bare(text: str) -> str:
    """Leave out the mark that some editors put before all text."""
    return text.removeprefix("\ufeff")


def _check(path: Path, names: Mapping[str, Any], known: list[str], kind: str, table: str | None = None) -> None:
    for name in names:
        if name not in known:
            close = near(name, known)
            mend = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}"
            where = locate(name, table) if kind == "option" else path
            raise ChoiceError(f"{where}: no {kind} is called {shown(name)}; {mend}")
