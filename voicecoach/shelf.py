"""Where routines stand: the built-in ones by their names, files of a listener's own by their paths."""

from __future__ import annotations

import os
from pathlib import Path

from voicecoach import plain
from voicecoach.errors import ChoiceError, UnknownNameError, shown

BUILT_IN = Path(__file__).parent / "routines"
ENDINGS = (".yaml", ".yml")


def built_in() -> list[str]:
    """Return the names of the built-in routines; those of translations end in their language.

    >>> {"sitting-leg-stretch", "sitting-leg-stretch.de"} <= set(built_in())
    True
    """
    return sorted(path.stem for path in BUILT_IN.glob("*.yaml"))


def find(name: str) -> Path:
    """Return the file of a built-in routine, or of a path.

    Raises:
        UnknownNameError: When it is neither.
        ChoiceError: When it is a folder.
    """
    if name in built_in():
        return BUILT_IN / f"{name}.yaml"
    path = Path(name)
    if name and is_file(path):
        return path
    if name and plain.is_special(path):
        raise ChoiceError(f"{shown(name)} is not a plain file\nname a routine file, or a built-in routine")
    if name and os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a name is too long
        raise ChoiceError(f"{shown(name)} is a folder\nname a routine file in it, or a built-in routine")
    if path.suffix in ENDINGS:
        mend = "'voicecoach list' names the built-in routines; a path starts at the current folder"
        raise UnknownNameError("file", shown(name)[1:-1], beside(path), mend)
    mend = "'voicecoach list' names them; a file of yours ends in .yaml"
    raise UnknownNameError("routine", name, built_in(), mend)


def beside(path: Path) -> list[str]:
    """Return the names of the routine files in the folder of a path."""
    try:
        return sorted(each.name for each in path.parent.iterdir() if each.suffix in ENDINGS)
    except OSError:
        return []


def is_file(path: Path) -> bool:
    """Tell whether there is a file, or a link to one."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises where a name is too long or a folder locked
