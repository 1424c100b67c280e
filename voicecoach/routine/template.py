"""A routine to start from: a commented file that can be played as it is."""

from __future__ import annotations

import re
from pathlib import Path

from voicecoach.errors import ChoiceError, OutputError, TargetError, quote, suggest_remedy
from voicecoach.language import fill
from voicecoach.routine.authoring import FILE as SCHEMA

TEMPLATE = Path(__file__).parents[1] / "template.yaml"
_NAME = re.compile(r"[^\W_][\w -]{0,80}(?<! )")


def started(name: str, folder: Path) -> Path:
    """Write a routine of this name into a folder, and return its path; a file that is there is left alone.

    Raises:
        ChoiceError: When the name can't be one.
        TargetError: When there is a file of this name.
        OutputError: When it can't be written.
    """
    stem = name.removesuffix(".yaml")
    if not _NAME.fullmatch(stem):
        raise ChoiceError(f"{quote(name)} can't be a routine's name\nwrite letters, digits, - and _, as my-stretch")
    path = folder / f"{stem}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text(stem))
    except FileExistsError as error:
        raise TargetError(path, "there is a file of this name; choose another name, or move it away") from error
    except FileNotFoundError as error:
        raise TargetError(path, "the folder is gone; change into one that is there") from error
    except PermissionError as error:
        raise OutputError(path, "no permission to write here; change into another folder") from error
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise OutputError(quote(path)[1:-1], "; ".join(filter(None, (what, suggest_remedy(error))))) from error
    return path


def text(name: str) -> str:
    """Return the file of a routine of this name; its editor finds the schema that is installed with the program.

    >>> print(text("my-stretch").splitlines()[6].split("#")[0].strip())
    title: My stretch
    """
    title = re.sub("[-_ ]+", " ", name).strip()
    return fill(
        TEMPLATE.read_text(encoding="utf-8"), SCHEMA=SCHEMA.as_uri(), NAME=name, TITLE=title[:1].upper() + title[1:]
    )
