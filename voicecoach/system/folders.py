"""The folders of this user for cached speech, settings and voices; a stand-in if there is no home folder."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import OutputError, TargetError, escape
from voicecoach.system import plain_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NO_FOLDER = Path(os.devnull) / "voicecoach"
"""Stands for a folder if there is no home: it does not exist, and can't be created."""

HOMELESS = "there is no home folder; set HOME"


def find_cache() -> Path:
    """Return the folder for cached speech."""
    from platformdirs import user_cache_path

    return _find_own(user_cache_path)


def find_settings() -> Path:
    """Return the folder for the user's settings."""
    from platformdirs import user_config_path

    return _find_own(user_config_path)


def find_settings_file() -> Path:
    """Return the file of the user's settings, which need not exist."""
    return find_settings() / "config.toml"


def find_data() -> Path:
    """Return the folder for installed voices."""
    from platformdirs import user_data_path

    return _find_own(user_data_path)


def find_routines() -> Path:
    """Return the folder for the user's own routines, if no other one is chosen."""
    return find_data() / "routines"


def describe_missing(folder: Path) -> str:
    """Describe why there can be no file in a missing folder, and what to do.

    >>> describe_missing(Path("nowhere/there"))
    'there is no folder nowhere/there; make it first'
    """
    above = next((each for each in (folder, *folder.parents) if os.path.lexists(each)), folder)
    if plain_files.is_folder(above) or not os.path.lexists(above):
        return f"there is no folder {folder}; make it first"
    what = "leads nowhere" if above.is_symlink() and not plain_files.is_file(above) else "is a file, not a folder"
    return f"{above} {what}; choose another place"


def is_gone() -> bool:
    """Return whether the current folder was removed by somebody."""
    try:
        Path.cwd()
    except FileNotFoundError:
        return True
    return False


def expand(path: Path | str) -> Path:
    """Replace ``~`` at the start of a path by the home folder, if there is one."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def quote_argument(path: str) -> str:
    """Write a path as people type it in a shell; on Windows there are no single quotes.

    >>> quote_argument("calm.mp3"), quote_argument("-5.mp3")
    ('calm.mp3', './-5.mp3')
    """
    return quote_word(f"./{path}" if path.startswith("-") else path)


def quote_word(word: str) -> str:
    """Write a word of a command line, such as an option, as people type it in a shell.

    >>> quote_word("--title=My legs"), quote_word("5-7")
    ("'--title=My legs'", '5-7')
    """
    import shlex

    word = escape(word)
    return f'"{word}"' if os.name == "nt" and " " in word else shlex.quote(word)


def name_program() -> str:
    """Return what people type to run the program; the script of a checkout sets it to its own path."""
    return quote_argument(os.environ.get("VOICECOACH_COMMAND") or "voicecoach")


def name_commands(message: str) -> str:
    """Return a message in which all commands begin with what people type to run the program."""
    return message.replace("'voicecoach ", f"'{name_program()} ")


@contextmanager
def make_folder(path: Path) -> Iterator[None]:
    """Make a folder, and missing ones above it; if the block fails, they are removed again.

    Raises:
        TargetError: If there is a file with its name.
        OutputError: If it can't be created.
    """
    missing = [each for each in (path, *path.parents) if not os.path.lexists(each)]
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        there = next(each for each in (path, *path.parents) if os.path.lexists(each))
        raise TargetError(path, f"{there} is a file, so no folder can have this name; choose another") from None
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise OutputError(path, f"the folder can't be made: {what}; choose another with -o") from None
    try:
        yield
    except BaseException:
        with suppress(OSError):  # something else may be in it by now
            for each in missing:
                each.rmdir()
        raise


def _find_own(find: Callable[..., Path]) -> Path:
    """Return our folder among those of the system.

    A user without a home has none: platformdirs raises an error, or returns ``~/.cache`` or ``.cache``. Such a path
    would be created in the current folder, and a folder of another person would be trusted there.
    """
    try:
        found = find("voicecoach", appauthor=False)
    except RuntimeError:
        return NO_FOLDER
    return found if found.is_absolute() else NO_FOLDER
