"""The values of options, read from text: lengths of time, names of files, kinds of captions."""

from __future__ import annotations

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.core.notation import read_seconds
from voicecoach.core.spelling import NUMBER, read_number, simplify
from voicecoach.errors import ChoiceError, quote
from voicecoach.system import plain_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from fractions import Fraction

CAPTIONS = ("vtt", "srt", "lrc", "txt")
"""Kinds of captions, named by the endings of their files; ``txt`` is the transcript."""
LONGEST_LEAD_IN = 600
"""Seconds."""
LONGEST_NAME = 40
"""Characters of a listener's name."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where ``-o`` puts a file: a path, and whether it is written as the path of a folder."""

    path: Path
    is_folder: bool = False

    @contextmanager
    def open(self) -> Iterator[Path]:
        """Yield the path. A missing folder is made, and removed again if the work inside fails."""
        if not self.is_folder or plain_files.is_folder(self.path):
            yield self.path
            return
        from voicecoach.system.folders import make_folder

        with make_folder(self.path):
            yield self.path


def read_output(text: str) -> Output:
    """Read where a file goes; a path that ends in a slash is a folder.

    >>> read_output("new/").is_folder, read_output("x.mp3").is_folder
    (True, False)

    Raises:
        ChoiceError: When the text is empty, for example because a shell variable is not set.
    """
    if not text.strip():
        raise ChoiceError("the name is empty; write a file or a folder, or leave -o out")
    return Output(Path(text), is_folder_name(text))


def is_folder_name(text: str) -> bool:
    """Return whether a path is written as the path of a folder: it ends in a slash, ``.`` or ``..``."""
    return os.path.basename(text) in {"", ".", ".."}  # noqa: PTH119 - pathlib drops the slash


def read_language(text: str) -> str:
    """Read the code of a language.

    >>> read_language("de")
    'de'

    Raises:
        ChoiceError: When the text is empty, for example because a shell variable is not set.
    """
    if not text.strip():
        raise ChoiceError("the language is empty; write a code such as de, or leave the option out")
    return text


def read_voice(name: str) -> str | None:
    """Return the name of a voice; None for "auto", which leaves the choice to the program.

    >>> read_voice("amy"), read_voice("Auto ")
    ('amy', None)
    """
    from voicecoach.voices.matching import is_auto

    return None if is_auto(name) else name


def read_line(text: str) -> str:
    """Read a text for screens and tags: one line, without control characters.

    >>> read_line("  My  legs ")
    'My legs'

    Raises:
        ChoiceError: When the text is empty or contains control characters or overrides of the writing direction.
    """
    from voicecoach.routine.source import CONTROL

    if _UNREADABLE.search(text):  # what Python makes of bytes on a command line that are not UTF-8
        raise ChoiceError(f"{quote(text)} is not UTF-8\nwrite it in UTF-8, or leave its odd signs out")
    if CONTROL.search(text):
        raise ChoiceError(f"{quote(text)} has control characters in it\ntake them out")
    found = " ".join(text.split())
    if not found:
        raise ChoiceError("there is no text in it\nwrite a text, or leave the option out")
    return found


_UNREADABLE = re.compile("[\ud800-\udfff]")


def read_listener(text: str) -> str:
    """Read the name of a listener, to greet by: some letters.

    >>> read_listener(" Ana  María ")
    'Ana María'

    Raises:
        ChoiceError: When it is too long, or is no name.
    """
    name = read_line(text)
    if len(name) > LONGEST_NAME or not any(map(str.isalpha, name)) or set("{}|/[]<>") & set(name):
        raise ChoiceError(f"{quote(name)} is not a name to greet by\nwrite up to {LONGEST_NAME} letters, as Ana")
    return name


def read_duration(text: str) -> Fraction:
    """Read a length of time, in seconds; a plain number is seconds.

    >>> read_duration("2.5"), read_duration("1:30")
    (Fraction(5, 2), Fraction(90, 1))
    """
    plain = simplify(text)
    return read_seconds(f"{plain}s" if re.fullmatch(NUMBER, plain) else text)


def read_lead_in(text: str) -> Fraction:
    """Read the silence before the first word: up to ten minutes."""
    taken = read_duration(text)
    if taken > LONGEST_LEAD_IN:
        raise ChoiceError(f"{quote(text)} is more than {LONGEST_LEAD_IN} s")
    return taken


def read_preview(text: str) -> Fraction:
    """Read the length of a preview: more than zero."""
    taken = read_duration(text)
    if not taken:
        raise ChoiceError("nothing is left of the session; write how much of it you want, as 60s")
    return taken


def read_captions(text: str) -> tuple[str, ...]:
    """Read kinds of captions, separated by commas.

    >>> read_captions("vtt, srt")
    ('vtt', 'srt')

    Raises:
        ChoiceError: When a kind is unknown.
    """
    kinds = tuple(dict.fromkeys(kind.strip().lower() for kind in text.split(",")))
    unknown = [kind for kind in kinds if kind not in CAPTIONS]
    if unknown:
        known = ", ".join(CAPTIONS)
        raise ChoiceError(f"{quote(unknown[0])} is not a kind of captions; write {known}, or several with commas")
    return kinds


def read_setting(text: str) -> tuple[str, str]:
    """Read the value of a routine's parameter.

    >>> read_setting("Hold = 45s")
    ('hold', '45s')
    """
    name, equals, value = text.partition("=")
    if not (name.strip() and equals and value.strip()):
        raise ChoiceError(f"{quote(text)} sets nothing\nwrite a parameter's name and its value, as --set hold=45s")
    return name.strip().lower(), value.strip()


def read_picture(text: str) -> Path:
    """Read the name of a picture's file."""
    return _check_ending(text, (".svg", ".png"), "a picture's name ends in .svg or .png")


def read_recording_list(text: str) -> Path:
    """Read the name of a file that lists what to record."""
    return _check_ending(text, (".csv", ".md"), "a list's name ends in .csv or .md")


def _check_ending(text: str, endings: tuple[str, ...], rule: str) -> Path:
    path = Path(text)
    if is_folder_name(text) or path.suffix.lower() not in endings:
        raise ChoiceError(f"{quote(text)}: {rule}")
    return path


_MOST_NUMBERS = 10_000


def read_numbers(text: str) -> tuple[int, ...]:
    """Read numbers of a list, from 1: single ones and ranges, separated by commas.

    >>> read_numbers("3, 7-9")
    (3, 7, 8, 9)

    Raises:
        ChoiceError: When it is something else.
    """
    found: dict[int, None] = {}
    for part in simplify(text).split(","):
        match = re.fullmatch(r"\s*([0-9]{1,5})\s*(?:-\s*([0-9]{1,5})\s*)?", part)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 0 < first <= last <= _MOST_NUMBERS:
            raise ChoiceError(f"{quote(text)} are not numbers of sentences; write 3, or 3,7-9")
        found |= dict.fromkeys(range(first, last + 1))
    return tuple(found)


def whole_number(least: int, most: int) -> Callable[[str], int]:
    """Return a reader of whole numbers from ``least`` to ``most``.

    >>> whole_number(1, 9)("3")
    3
    """

    def read(text: str) -> int:
        plain = simplify(text)
        if not re.fullmatch(r"[0-9]+", plain) or not least <= read_number(plain) <= most:
            raise ChoiceError(f"{quote(text)} is not a whole number from {least} to {most}")
        return int(read_number(plain))

    return read
