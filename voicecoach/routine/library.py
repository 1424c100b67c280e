"""Find routines: built-in ones by name, a listener's own files by path."""

from __future__ import annotations

import os
import re
from pathlib import Path

from voicecoach.errors import ChoiceError, UnknownNameError, quote
from voicecoach.language import list_languages, list_wider
from voicecoach.system import plain_files

BUILT_IN = Path(__file__).parents[1] / "routines"
ENDINGS = (".yaml", ".yml")
_OWN: list[Path] = []
"""The folder of the user's own routines, once it is set."""
_HEAD = re.compile(r"^(title|language|summary): (.+)$", re.MULTILINE)


def list_built_in() -> list[str]:
    """Return the names of the built-in routines; the name of a translation ends in its language.

    >>> {"sitting-leg-stretch", "sitting-leg-stretch.de"} <= set(list_built_in())
    True
    """
    return sorted(path.stem for path in BUILT_IN.glob("*.yaml"))


def set_own_folder(folder: Path | None) -> None:
    """Let the routines in a folder be found by their names, as built-in ones are; None for none."""
    _OWN[:] = [folder] if folder else []


def find_own(name: str) -> Path | None:
    """Return the file of a routine of the user's own by its name, if there is one."""
    return next((path for folder in _OWN for path in list_files(folder) if path.stem == name), None)


def list_files(folder: Path) -> list[Path]:
    """Return the routine files in a folder; none if there is no folder."""
    return [folder / name for name in list_beside(folder / "any")]


def find_routine(name: str) -> Path:
    """Return the file of a routine, given by its built-in name, by the name of one of the user's own, or by its path.

    Raises:
        UnknownNameError: If there is no such routine.
        ChoiceError: If the path is not a plain file, or a built-in routine and one of the user's have the same name.
    """
    own = find_own(name)
    if name in list_built_in():
        if own:
            what = f"{name} is a built-in routine, and you have one of that name: {own}"
            raise ChoiceError(f"{what}\nrename yours, or write its path")
        return BUILT_IN / f"{name}.yaml"
    if own:
        return own
    path = Path(name)
    if name and plain_files.is_file(path):
        if path.suffix.lower() in {".csv", ".tsv"}:
            raise ChoiceError(f"{quote(name)} is a table, not a routine\n'voicecoach new NAME' writes a routine")
        return path
    if name and plain_files.is_special(path):
        raise ChoiceError(f"{quote(name)} is not a plain file\nname a routine file, or a built-in routine")
    if name and os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a name is too long
        raise ChoiceError(f"{quote(name)} is a folder\nname a routine file in it, or a built-in routine")
    if os.path.islink(path):  # noqa: PTH114 - Path.is_symlink raises where a name is too long
        raise ChoiceError(f"{quote(name)} is a link that leads nowhere\nmend it, or name another routine file")
    if path.suffix in ENDINGS:
        remedy = "'voicecoach list' names the built-in routines; a path starts at the current folder"
        raise UnknownNameError("file", quote(name)[1:-1], list_beside(path), remedy)
    remedy = "'voicecoach list' names them; a file of yours ends in .yaml"
    known = [*list_built_in(), *(each.stem for folder in _OWN for each in list_files(folder))]
    raise UnknownNameError("routine", name, known, remedy)


def list_translations(path: Path) -> dict[str, Path]:
    """Return the translations in the folder of a routine's file, by language.

    >>> list(list_translations(find_routine("sitting-leg-stretch")))
    ['de', 'es', 'fr']
    """
    name = strip_language(path.stem)
    others = [path.with_name(each) for each in list_beside(path)]
    family = [each for each in others if strip_language(each.stem) == name and each.stem != name]
    return {find_language(each.stem).lower(): each for each in family}


def strip_language(name: str) -> str:
    """Return the name of a routine without the language that ends the name of a translation.

    >>> strip_language("sitting-leg-stretch.de"), strip_language("slower.v2")
    ('sitting-leg-stretch', 'slower.v2')
    """
    code = find_language(name)
    return name.removesuffix(f".{code}") if code else name


def find_language(name: str) -> str:
    """Return the language code at the end of a name, or an empty text."""
    rest, _, code = name.rpartition(".")
    return code if rest and list_wider(code)[-1] in list_languages() else ""


def read_head(path: Path) -> dict[str, str]:
    """Return the plain lines at the head of a built-in routine (title, language, summary) without checking the file.

    >>> sorted(read_head(find_routine("box-breathing")))
    ['language', 'summary', 'title']
    """
    head = path.read_text(encoding="utf-8").partition("\nsteps:")[0]
    return dict(_HEAD.findall(head))


def list_beside(path: Path) -> list[str]:
    """Return the names of the routine files in the folder of a path."""
    try:
        return sorted(each.name for each in path.parent.iterdir() if each.suffix in ENDINGS)
    except OSError:
        return []
