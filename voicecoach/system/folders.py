"""Where the system wants what is kept: speech, settings, voices; and what stands for it where there is no home."""

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
"""A folder for those who have none: nothing is in it, and nothing can be put there."""

HOMELESS = "there is no home folder; set HOME"


def find_cache() -> Path:
    """Return the folder in which speech is kept."""
    from platformdirs import user_cache_path

    return _find_own(user_cache_path)


def find_settings() -> Path:
    """Return the folder of the user's own defaults."""
    from platformdirs import user_config_path

    return _find_own(user_config_path)


def find_settings_file() -> Path:
    """Return the file of the user's own defaults, whether it exists or not."""
    return find_settings() / "config.toml"


def find_data() -> Path:
    """Return the folder in which voices are installed."""
    from platformdirs import user_data_path

    return _find_own(user_data_path)


def describe_missing(folder: Path) -> str:
    """Say what stands in the way of a file in a folder that is not there, and what to do.

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
    """Let a folder that begins with ``~`` be below the user's own, if there is one."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def quote_argument(path: str) -> str:
    """Write a path as it is typed in a shell; those of Windows know no single quotes.

    >>> quote_argument("calm.mp3"), quote_argument("-5.mp3")
    ('calm.mp3', './-5.mp3')
    """
    import shlex

    path = escape(f"./{path}" if path.startswith("-") else path)
    return f'"{path}"' if os.name == "nt" and " " in path else shlex.quote(path)


@contextmanager
def make_folder(path: Path) -> Iterator[None]:
    """Make a folder, and those above it that are missing; if what is done inside fails, they are removed again.

    Raises:
        TargetError: When there is a file in its way.
        OutputError: When it can't be made.
    """
    missing = [each for each in (path, *path.parents) if not os.path.lexists(each)]
    try:
        path.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        there = next(each for each in (path, *path.parents) if os.path.lexists(each))
        raise TargetError(path, f"{there} is a file, and no folder can have its name; choose another") from None
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
    """Return our folder where the system has such folders.

    A user without a home has none. What is found then is an error, or a path such as ``~/.cache``, or ``.cache``, which
    would be made in the current folder, and be trusted there whoever made it.
    """
    try:
        found = find("voicecoach", appauthor=False)
    except RuntimeError:
        return NO_FOLDER
    return found if found.is_absolute() else NO_FOLDER
