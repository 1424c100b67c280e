"""Where the files of a session go, and what is wrong with such a place before the work starts."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.audio.formats import FORMATS, MP3
from voicecoach.errors import OutputError, TargetError
from voicecoach.system import plain_files
from voicecoach.system.folders import describe_missing, is_gone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voicecoach.app.request import Request
    from voicecoach.audio.formats import Format
    from voicecoach.core.score import Side


def find_places(request: Request, output: Path | None, name: str) -> tuple[list[Path], Path]:
    """Return the file of each track, and what it would be if they were one."""
    form, sides = request.sounding.form, [side for side, _ in request.tracks]
    paths = list_targets(output, name, sides, form, split=request.split)
    (whole,) = list_targets(output, name, [None], form, split=False)
    return paths, whole


def list_targets(
    output: Path | None, name: str, sides: Iterable[Side | None], form: Format = MP3, *, split: bool
) -> list[Path]:
    """Return the file of each track: ``output`` is a folder, a file name, or nothing for the current folder.

    >>> from voicecoach.core.score import Side
    >>> [str(path) for path in list_targets(Path("x.mp3"), "leg-stretch", [Side.LEFT, Side.RIGHT], split=True)]
    ['x-left.mp3', 'x-right.mp3']

    Raises:
        TargetError: When it can't be a file name for sound.
    """
    given = output is not None and not plain_files.is_folder(output)
    if output and plain_files.is_special(output):
        raise TargetError(output, _SPECIAL)
    base = output if output and given else (output or Path()) / f"{name}{form.suffix}"
    if base.suffix.lower() != form.suffix:
        raise TargetError(base, _explain_ending(base, form))
    paths = [base.with_stem(f"{base.stem}-{side}") if side and (split or not given) else base for side in sides]
    for path in paths:
        _check_target(path)
    return paths


def _explain_ending(base: Path, form: Format) -> str:
    """Say which endings the name of a file can have, and how a new folder is named."""
    *most, last = [each.suffix for each in FORMATS.values()]
    endings = form.suffix if form is not MP3 else f"{', '.join(most)} or {last}"
    what = f"there is no such folder, and a file's name ends in {endings}"
    return what if base.suffix else f"{what}\nwrite {base}/ to make the folder"


def check_named(path: Path, *, force: bool) -> None:
    """Refuse before the work to write a picture or a list where there can't be one, or over somebody's own.

    Raises:
        TargetError: If that is so.
    """
    if os.path.lexists(path) and not force:
        from voicecoach.audio.provenance import check_ours

        check_ours([path])
    if not plain_files.is_folder(path.parent):
        raise TargetError(path, describe_missing(path.parent))


_SPECIAL = "it is not a plain file; choose another name with -o"


def _check_target(path: Path) -> None:
    """Check a target before the work, so that it does not fail after it."""
    if plain_files.is_special(path):
        raise TargetError(path, _SPECIAL)
    if plain_files.is_folder(path):
        raise TargetError(path, "there is a folder of this name; choose another name with -o")
    if not plain_files.is_folder(path.parent):
        raise TargetError(path, describe_missing(path.parent))
    if not path.is_absolute() and is_gone():
        raise TargetError(path, "the current folder is gone; change into one that is there")
    if not os.access(path.parent, os.W_OK):
        raise OutputError(path, f"no permission to write to {path.parent}; choose another folder with -o")
