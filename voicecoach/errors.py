"""The errors, as values: each has fields, and a message of one to three lines that says how to fix it."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, ClassVar, Literal, Self

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path


class VoicecoachError(Exception):
    """The root of all errors that voicecoach raises on purpose; ``exit_status`` is the status of the command line."""

    exit_status: ClassVar[int] = 1

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the message and the fields in a pickle or a copy, so that an error can come from another process."""
        return _restore, (type(self), self.args), self.__dict__


def _restore(kind: type[VoicecoachError], args: tuple[object, ...]) -> VoicecoachError:
    """Make an error without its ``__init__``, which takes fields."""
    return kind.__new__(kind, *args)


class ChoiceError(VoicecoachError):
    """A choice that does not exist, or choices that can't be combined."""

    exit_status = 2


class ArgumentTypeError(ChoiceError, TypeError):
    """An argument of the API of a wrong type; a `TypeError` as well, as everywhere in Python."""


class SidelessError(ChoiceError):
    """A choice of a side for a routine without sides."""


MOST_NAMED = 12
"""The most names that a message lists: what fits on a line or two."""


class UnknownNameError(ChoiceError):
    """The name of a routine, exercise or voice that does not exist, with the names most like it.

    >>> print(UnknownNameError("routine", "leg-strech", ["leg-stretch", "thigh-burner"]))
    no routine is called 'leg-strech'; did you mean 'leg-stretch'?
    >>> print(UnknownNameError("voice", "zzz", ["en-us", "de"]))
    no voice is called 'zzz'; there are: en-us, de
    """

    def __init__(self, kind: str, name: str, known: Sequence[str], remedy: str = "") -> None:
        """Keep the fields; ``known`` are all names that exist, ``near`` those that are most like ``name``."""
        name = str(name)  # programs pass other types, too
        self.kind, self.name, self.known = kind, name, tuple(known)
        self.near = tuple(find_close(name, known))
        super().__init__(self._describe() + (f"\n{remedy}" if remedy else ""))

    def _describe(self) -> str:
        missing = f"no {self.kind} is called {quote(self.name)}"
        if self.near:
            return f"{missing}; did you mean {' or '.join(map(repr, self.near))}?"
        if self.known and len(self.known) <= MOST_NAMED:
            return f"{missing}; there are: {', '.join(self.known)}"
        return missing


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a file; lines and columns count from 1.

    >>> print(Where("my.yaml", 3, 7))
    my.yaml:3:7
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        """Return it as compilers write it: ``FILE:LINE:COLUMN``; control characters in the name are escaped."""
        return f"{escape(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong at one place, and how to fix it.

    Attributes:
        where: The place: its file, line and column.
        what: What is wrong.
        remedy: What to do about it.
        severity: ``error`` if the routine can't be used, or ``warning`` if it is only unwise.

    >>> print(Problem(Where("my.yaml", 3, 7), "a breath can't be negative", "write 4-6"))
    my.yaml:3:7: a breath can't be negative; write 4-6
    """

    where: Where
    what: str
    remedy: str = ""
    severity: Literal["error", "warning"] = field(default="error", kw_only=True)

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.where}: {self.what}" + (f"; {self.remedy}" if self.remedy else "")


@dataclass(frozen=True, slots=True)
class Misfit(Problem):
    """Words that do not fit where they are said.

    Attributes:
        words: The shortest wording.
        lacks: Seconds that are missing; 0 if there is no place for the words at all.
        more_room: What would make room for the words; empty if room is not what they lack.
        room: The name of the phase or slot that would have to be longer; empty if that is not what they lack.
        enough: The seconds that it would have to last.
    """

    words: str = ""
    lacks: Fraction = Fraction(0)
    more_room: str = ""
    room: str = ""
    enough: Fraction = Fraction(0)


def name_options(problem: Problem) -> Problem:
    """Return a problem as the command line reports it: its remedy names the options and signs that people type.

    >>> print(name_options(Misfit(Where("a.yaml", 3, 7), "'Out' needs 2.00 s", more_room="give the exhale 3 s")))
    a.yaml:3:7: 'Out' needs 2.00 s; add a shorter wording after '|', raise --rate, or give the exhale 3 s
    """
    if not isinstance(problem, Misfit) or not problem.more_room:
        return problem
    return replace(problem, remedy=f"add a shorter wording after '|', raise --rate, or {problem.more_room}")


class RoutineError(VoicecoachError):
    """A routine that can't be used, with every problem found in it, in the order of the file."""

    exit_status = 2
    SHOWN: ClassVar[int] = 2

    def __init__(self, problems: Sequence[Problem], command: str = "") -> None:
        """Keep all problems; the message shows two, the number of the others, and the command that lists all."""
        self.problems, self.command = tuple(problems), command
        lines = [str(problem) for problem in self.problems[: self.SHOWN]]
        more = len(self.problems) - len(lines)
        if more:
            lines.append(f"and {more} more" + (f": '{command}' lists them all" if command else ""))
        super().__init__("\n".join(lines))

    def for_command_line(self, command: str) -> Self:
        """Return this error as the command line reports it; ``command`` lists all problems."""
        return type(self)(list(map(name_options, self.problems)), command)


class TooManyError(RoutineError):
    """A session with too many breaths and steps."""


class FitError(RoutineError):
    """Words that do not fit their breath in any of their wordings."""


class VoiceError(VoicecoachError):
    """A voice that could not speak: its library is missing, or its worker failed, hung or returned no sound."""


class EncodeError(VoicecoachError):
    """ffmpeg is missing or failed."""


class RunError(EncodeError):
    """ffmpeg ended with an error, which its input may have caused; ``reason`` is its message, on one line."""

    def __init__(self, message: str, reason: str) -> None:
        """Keep the fields."""
        self.reason = reason
        super().__init__(message)


class PlayerError(VoicecoachError):
    """No program that plays sound is installed, or it failed."""


class MicrophoneError(VoicecoachError):
    """No microphone can be used: the package or the device is missing, or the device failed."""


LONGEST_PATH = 150
"""The longest path, in characters, that a message shows in full."""


class OutputError(VoicecoachError):
    """A file that could not be written; existing files are unchanged."""

    def __init__(self, path: Path | str, what: str) -> None:
        """Keep the path and say what is wrong with it."""
        self.path, self.what = path, what
        named = escape(path)
        super().__init__(f"{named if len(named) <= LONGEST_PATH else f'{named[:80]}…{named[-40:]}'}: {what}")


class TargetError(OutputError, ChoiceError):
    """A path where no file can be written: its folder is missing, or it is a folder itself."""


_REMEDIES = {
    errno.ENAMETOOLONG: "choose a shorter name",
    errno.EMFILE: "allow more open files, for example with 'ulimit -n 256'",
    errno.ENFILE: "close other programs: the system can't open more files",
    errno.ENOSPC: "make room on this disk, or choose another folder",
    errno.EROFS: "choose a folder that can be written to",
}


def suggest_remedy(error: OSError) -> str:
    """Return what to do about an error of the system; nothing if that is unknown.

    >>> suggest_remedy(OSError(errno.ENAMETOOLONG, "File name too long"))
    'choose a shorter name'
    """
    return _REMEDIES.get(error.errno or 0, "")


_READABLE = {
    errno.EACCES: "change its permissions, or choose another",
    errno.EPERM: "change its permissions, or choose another",
    errno.EISDIR: "put a file in its place, or choose another",
    errno.ENOTDIR: "choose a folder",
    errno.ENOENT: "check the name; a path starts at the current folder",
}


def describe_unreadable(error: OSError) -> str:
    r"""Say on two lines why a file or a folder can't be read, and what to do.

    >>> describe_unreadable(IsADirectoryError(errno.EISDIR, "Is a directory"))
    'is a directory\nput a file in its place, or choose another'
    """
    remedy = _READABLE.get(error.errno or 0) or suggest_remedy(error) or "mend it, or choose another"
    return f"{(error.strerror or str(error)).lower()}\n{remedy}"


MOST_PROBLEMS = 100
"""The most problems of a file that are reported at once; the others are reported when these are fixed."""


@dataclass(frozen=True, slots=True)
class More(Problem):
    """The number of further problems, in place of these."""

    count: int = 0


def cut(problems: Sequence[Problem], unseen: int = 0) -> list[Problem]:
    """Return at most `MOST_PROBLEMS` problems, and the number of the others in their place.

    ``unseen`` is the number of problems that were not even put into words.

    >>> where = Where("my.yaml", 1, 1)
    >>> print(cut(cut([Problem(where, str(number)) for number in range(1000)]))[-1])
    my.yaml:1:1: there are 900 more problems from here on; fix those above first
    """
    reported = [each for each in problems if not isinstance(each, More)]
    unseen = max(unseen, 0) + sum(each.count for each in problems if isinstance(each, More))
    kept, left = reported[:MOST_PROBLEMS], reported[MOST_PROBLEMS:]
    count = len(left) + unseen
    if count:
        what = f"there are {count} more problems from here on"
        kept.append(More((left[0] if left else reported[-1]).where, what, "fix those above first", count))
    return kept


def order_problems(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order of the file, each once."""
    return sorted(dict.fromkeys(problems), key=lambda each: (each.where.file, each.where.line, each.where.column))


def find_close(name: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Return the names most like ``name``, best first, up to ``most``.

    >>> find_close("thigh-burn", ["leg-stretch", "thigh-burner"])
    ['thigh-burner']
    """
    inside = [each for each in known if name and name.lower() in each.lower()]
    from difflib import get_close_matches

    alike = get_close_matches(name.lower()[:200], known, n=most, cutoff=0.6)
    return list(dict.fromkeys(alike + inside))[:most]


def escape(path: object) -> str:
    """Return a path on one line, with control characters escaped.

    >>> escape("calm.mp3"), escape(chr(27) + "[2J.mp3").isprintable()
    ('calm.mp3', True)
    """
    text = str(path)
    return text if text.isprintable() else repr(text)[1:-1]


def quote(text: object, most: int = 60) -> str:
    """Quote a text for a message: on one line, with control characters escaped, cut after ``most`` characters.

    >>> quote("four" * 30)
    "'fourfourfourfourfourfourfourfourfourfourfourfourfourfourfour…'"
    """
    text = str(text)
    return repr(text if len(text) <= most else text[:most] + "…")
