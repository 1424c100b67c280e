"""The user's own defaults: a TOML file in the system's folder for settings."""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any

import click

from voicecoach.errors import ChoiceError, OutputError, describe_unreadable, find_close, quote
from voicecoach.system import folders, plain_files

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST = 1_000_000
"""The most bytes of a settings file."""
SPEAKING = "commands"
"""The table of commands that speak; each has its own table in it."""
FFMPEG = "ffmpeg"
"""The key of the ffmpeg that the user chose."""
ROUTINES = "routines"
"""The key of the folder with the user's own routines."""
ROUTINES_VARIABLE = "VOICECOACH_ROUTINES"
"""The variable that names this folder instead."""
_OTHERS = (SPEAKING, FFMPEG, ROUTINES)


def read_defaults(commands: Mapping[str, click.Command], name: str) -> dict[str, Any]:
    """Return the defaults of a command's options: from its own table, as ``[make]``, and from above all tables.

    All other keys of the file are checked too. A command is looked up only if the file has keys that it could have.
    The table ``[commands]`` and the keys ``ffmpeg`` and ``routines`` are not options: see `read_commands`,
    `read_ffmpeg` and `find_routines`.

    Raises:
        ChoiceError: When the file can't be read, or has a key that no option has.
    """
    path = file()
    table = _read(path)
    tables = {key: value for key, value in table.items() if isinstance(value, dict) and key not in _OTHERS}
    shared = {key: value for key, value in table.items() if key not in {*tables, *_OTHERS}}
    _check_names(path, tables, list(commands), "command")
    for each, own in tables.items():
        options = _list_options(commands[each])
        _check_names(path, own, list(options), "option", each)
        _check_values(own, options, each)
    if shared:
        _check_shared(path, shared, commands, name)
    if not (shared or name in tables):
        return {}
    options = _list_options(commands[name])
    merged = {**{key: value for key, value in shared.items() if key in options}, **tables.get(name, {})}
    return {options[key].name or "": _write_as_typed(options[key], value) for key, value in merged.items()}


def read_commands() -> dict[str, object]:
    """Return the user's own commands that speak, by name, from the tables ``[commands.NAME]``.

    Raises:
        ChoiceError: When the file can't be read, or ``commands`` is not a table.
    """
    path = file()
    found = _read(path).get(SPEAKING, {})
    if not isinstance(found, dict):
        raise ChoiceError(f"{path}: {SPEAKING!r} holds commands that speak; write them as tables, [{SPEAKING}.NAME]")
    return found


def read_ffmpeg() -> str | None:
    """Return the path of the ffmpeg that the user chose, if any.

    Raises:
        ChoiceError: When the file can't be read, or ``ffmpeg`` is not a path.
    """
    path = file()
    found = _read(path).get(FFMPEG)
    if found is not None and not (isinstance(found, str) and found.strip()):
        raise ChoiceError(f'{path}: {FFMPEG!r} is not a path; write {FFMPEG} = "/usr/bin/ffmpeg", with the quotes')
    return found


def find_routines() -> Path:
    """Return the folder with the user's own routines, which need not exist: by variable, by setting, or the usual one.

    Raises:
        ChoiceError: When the file can't be read, or ``routines`` is not a path.
    """
    from pathlib import Path

    if variable := os.environ.get(ROUTINES_VARIABLE):
        return folders.expand(Path(variable))
    path = file()
    found = _read(path).get(ROUTINES)
    if found is None:
        return folders.find_routines()
    if not (isinstance(found, str) and found.strip()):
        raise ChoiceError(f'{path}: {ROUTINES!r} is not a path; write {ROUTINES} = "~/routines", with the quotes')
    return path.parent / folders.expand(found)


def file() -> Path:
    """Return the path of the file, which may not exist yet."""
    return folders.find_settings_file()


def save(name: str, value: str) -> Path:
    """Make a value the default of an option, for all commands that have it, and return the file.

    The rest of the file stays as it is, with its comments and line ends. The file is replaced as a whole, and made if
    there is none.

    Raises:
        ChoiceError: When the file can't be read, or the line can't be put into it.
        OutputError: When it can't be written; the old file stays.
    """
    path = file()
    try:
        old = _text(path)
        mark = old[: len(old) - len(_strip_mark(old))]
        _write(path, mark + set_default(_strip_mark(old), name, value))
    except ValueError as error:
        line = f"{name} = {json.dumps(value)}"
        raise ChoiceError(f"{path}: {error}; write {line} above its tables yourself") from None
    except OSError as error:
        raise OutputError(path, f"the settings can't be written: {(error.strerror or str(error)).lower()}") from error
    return path


def set_default(text: str, name: str, value: str) -> str:
    r"""Return the text of a settings file with one default changed: in its own line, or in a new first line.

    >>> print(set_default('# mine\nbreath = "4-6"  # slow\n[make]\nrate = 120\n', "breath", "5-7"), end="")
    # mine
    breath = "5-7"  # slow
    [make]
    rate = 120

    Raises:
        ValueError: When that would not give a file with this default and otherwise the same settings.
    """
    setting, end = f"{name} = {json.dumps(value)}", "\r\n" if "\r\n" in text else "\n"
    line = re.compile(rf"""^(\s*(["']?){re.escape(name)}\2\s*=\s*)("[^"\n]*"|'[^'\n]*'|[^\s#"']+)""", re.MULTILINE)
    replaced = [f"{text[: old.start(3)]}{json.dumps(value)}{text[old.end(3) :]}" for old in line.finditer(text)]
    for changed in (*replaced, f"{setting}{end}{text}"):
        if _parse(changed).get(name) == value and _write_others(changed, name) == _write_others(text, name):
            return changed
    raise ValueError(f"{name!r} has no line of its own in it")


def _write_others(text: str, name: str) -> str:
    """Return all settings but one as text to be compared, in which even nan equals itself."""
    return repr([item for item in _parse(text).items() if item[0] != name])


def list_overriding(name: str) -> list[str]:
    """Return the commands with a default of their own for an option, which overrides that for all commands."""
    tables = ((command, own) for command, own in _read(file()).items() if isinstance(own, dict))
    return [command for command, own in tables if name in own and command != SPEAKING]


def _parse(text: str) -> dict[str, Any]:
    """Return the settings in a text; none if it is not TOML."""
    import tomllib

    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return {}


def _write(path: Path, text: str) -> None:
    """Replace the file that a path leads to: a link stays one, and permissions stay."""
    from voicecoach.system import drafts

    drafts.write_file(path, text.encode())


def _text(path: Path) -> str:
    """Return the text of the settings, if they can be read; nothing for a file that is not there."""
    _read(path)
    return plain_files.read_file(path, LARGEST).decode() if os.path.lexists(path) else ""


def _read(path: Path) -> dict[str, Any]:
    if not os.path.lexists(path):
        return {}
    import tomllib

    try:
        return tomllib.loads(plain_files.read_file(path, LARGEST).decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except OSError as error:
        raise ChoiceError(f"{path}: the settings can't be read: {describe_unreadable(error)}") from error
    except UnicodeDecodeError as error:
        raise ChoiceError(f"{path}: the settings are not UTF-8 text\nsave the file as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ChoiceError(f'{path}: the settings are not TOML: {error}\nwrite lines like breath = "4-6"') from error


def _list_options(command: click.Command) -> dict[str, click.Option]:
    """Return a command's options by the names that are typed."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    return {opt[2:]: option for option in options for opt in option.opts if opt.startswith("--")}


def _check_shared(path: Path, shared: Mapping[str, Any], commands: Mapping[str, click.Command], name: str) -> None:
    """Check the keys above all tables: each is an option of some command, and its value fits."""
    options: dict[str, click.Option] = {}
    for each in (name, *commands):
        options = {**_list_options(commands[each]), **options}
        if shared.keys() <= options.keys():
            break
    for key in shared:
        if key not in options and key in list(commands):
            raise ChoiceError(f"{path}: {key!r} is a command; write its options under [{key}]")
    _check_names(path, shared, sorted(options), "option")
    _check_values(shared, options, None)


def _check_values(values: Mapping[str, Any], options: Mapping[str, click.Option], table: str | None) -> None:
    for key, value in values.items():
        if not _fits(options[key], value):
            raise ChoiceError(f"{locate(key, table)}: {_explain_value(options[key], key, value)}")


def _fits(option: click.Option, value: object) -> bool:
    """Return whether a value has a type that its option can have: a text, a number, or for a flag true or false."""
    values = value if option.multiple and isinstance(value, list) else [value]
    kinds: tuple[type, ...] = (str, bool) if option.is_flag else (str, int, float)
    return all(isinstance(each, kinds) and (option.is_flag or not isinstance(each, bool)) for each in values)


def _write_as_typed(option: click.Option, value: object) -> object:
    """Return a value as it would be typed; an option that may be repeated may have a list."""
    if option.multiple:
        return [_write_value(each) for each in (value if isinstance(value, list) else [value])]
    return _write_value(value)


def _write_value(value: object) -> object:
    return value if isinstance(value, (str, bool)) else str(value)


_KINDS = {"bool": "true or false", "int": "a number", "float": "a number", "list": "a list", "dict": "a table"}


def _explain_value(option: click.Option, name: str, value: object) -> str:
    """Say what is wrong with a value's type, and how to write it."""
    if option.is_flag:
        return f"{name!r} is neither true nor false; write {name} = true"
    kind = _KINDS.get(type(value).__name__, f"a {type(value).__name__}")
    example = {"breath": "4-6", "length": "10m", "voice": "en-gb"}.get(name, "...")
    return f'the value of {name!r} is {kind}; write a text in quotes, as {name} = "{example}"'


def locate(option: str, command: str | None) -> str:
    """Return where an option's default is set, as ``FILE:LINE``: under ``[command]``, or else above all tables.

    If no line sets it, only the file is returned.
    """
    path = file()
    try:
        lines = _strip_mark(plain_files.read_file(path, LARGEST).decode()).splitlines()
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


def _strip_mark(text: str) -> str:
    """Remove the byte order mark that some editors put before all text."""
    return text.removeprefix("\ufeff")


def _check_names(path: Path, names: Mapping[str, Any], known: list[str], kind: str, table: str | None = None) -> None:
    """Refuse a name that is not known, and suggest those like it."""
    for name in names:
        if name not in known:
            close = find_close(name, known)
            hint = f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}"
            where = locate(name, table) if kind == "option" else path
            raise ChoiceError(f"{where}: no {kind} is called {quote(name)}; {hint}")
