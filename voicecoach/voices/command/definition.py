"""Commands of the user's settings that speak, [commands.NAME]: read and checked."""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError, find_close, quote
from voicecoach.language import TAG
from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


RATE = 130
"""Default value of ``{rate}``, in words per minute."""


RATES = range(20, 1001)


TIMEOUT = 30.0
"""Seconds that a phrase may take."""


LONGEST_TIMEOUT = 600.0


PLACES = ("text", "out", "rate", "language")


KEYS = ("run", "languages", "rate", "timeout")


_PLACE = re.compile(r"\{([a-z]+)\}")


_TEXT = re.compile(r"(--?[A-Za-z][\w-]*=)?\{text\}")


_SHELLS = {"ash", "bash", "busybox", "cmd", "csh", "dash", "fish", "ksh", "powershell", "pwsh", "sh", "tcsh", "zsh"}


_OPTION_LIKE = ("-", "+", "/", "@")


Check = tuple[str, str]
"""A problem and its remedy."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A command of the user's settings, ``[commands.NAME]``.

    Attributes:
        name: What it is called.
        run: The program and its arguments; ``{text}``, ``{out}``, ``{rate}`` and ``{language}`` are replaced by values.
        languages: What it speaks.
        rate: Words a minute, for ``{rate}``.
        timeout: Seconds that a phrase may take.
    """

    name: str
    run: tuple[str, ...]
    languages: tuple[str, ...] = ()
    rate: int = RATE
    timeout: float = TIMEOUT

    def has(self, place: str) -> bool:
        """Return whether an argument has a place for this value."""
        return any(f"{{{place}}}" in argument for argument in self.run)

    @property
    def program(self) -> str | None:
        """The path of its program; None if it is not installed."""
        found = shutil.which(folders.expand(self.run[0]))
        return str(Path(found).absolute()) if found else None

    def arguments(self, values: Mapping[str, str]) -> list[str]:
        """Return its arguments, with values in their places; each stays one argument, whatever is in it.

        >>> Definition("x", ("say", "-r{rate}", "{text}")).arguments({"rate": "130", "text": "-o x; rm"})
        ['-r130', ' -o x; rm']
        """
        return [_fill(argument, values) for argument in self.run[1:]]


def read_definition(name: str, commands: Mapping[str, object]) -> Definition:
    """Read a command of the settings.

    Raises:
        UnknownNameError: When no command has this name.
        ChoiceError: When its definition is wrong.
    """
    if name not in commands:
        example = 'run = ["flite", "-t", "{text}", "-o", "{out}"]'
        remedy = f"define it in {folders.find_settings_file()}, as\n[commands.NAME] with {example}"
        raise UnknownNameError("command", name, sorted(commands), remedy)
    given = commands[name]
    for what, remedy in _check_definition(given):
        raise ChoiceError(f"{folders.find_settings_file()}: [commands.{name}]: {what}\n{remedy}")
    assert isinstance(given, dict)  # noqa: S101 - it was checked
    rate, timeout = given.get("rate", RATE), float(given.get("timeout", TIMEOUT))
    return Definition(name, tuple(given["run"]), tuple(given.get("languages", ())), rate, timeout)


def _check_definition(given: object) -> Iterator[Check]:
    """Yield what is wrong with a definition."""
    example = 'write run = ["flite", "-t", "{text}", "-o", "{out}"]'
    if not isinstance(given, dict):
        yield "it is not a table", example
        return
    for key in given:
        if key not in KEYS:
            close = find_close(str(key), KEYS)
            yield (
                f"unknown key {quote(key)}",
                f"did you mean {close[0]}?" if close else f"use {', '.join(KEYS)}",
            )
    run = given.get("run")
    if isinstance(run, str):
        yield "run is a single text, and no shell splits it", f"write run = {json.dumps(_split_words(run))}"
    elif not isinstance(run, list) or not run or not all(isinstance(each, str) and "\0" not in each for each in run):
        yield "run is not a list of texts", example
    else:
        yield from _check_run(run)
    yield from _check_values(given)


def _check_run(run: Sequence[str]) -> Iterator[Check]:
    for place in (place for argument in run for place in _PLACE.findall(argument)):
        if place not in PLACES:
            yield f"{{{place}}} is not a placeholder", f"use {', '.join(f'{{{each}}}' for each in PLACES)}"
    if not run[0].strip() or _PLACE.search(run[0]):
        yield "run does not begin with a program", "write its name or its path as the first text of run"
    texts = [argument for argument in run if "{text}" in argument]
    if any(not _TEXT.fullmatch(argument) for argument in texts):
        yield (
            "{text} is part of a longer argument",
            'make "{text}" a separate argument, or leave it out: the text is also on stdin',
        )
    if texts and any(_is_shell(argument) for argument in run):
        yield "a shell would run the words of a routine", 'leave "{text}" out: the text is also on stdin'


def _check_values(given: Mapping[str, object]) -> Iterator[Check]:
    languages, rate, timeout = given.get("languages", []), given.get("rate", RATE), given.get("timeout", TIMEOUT)
    if not isinstance(languages, list) or not all(isinstance(tag, str) and TAG.fullmatch(tag) for tag in languages):
        yield "languages is not a list of languages", 'write languages = ["en"]'
    if not isinstance(rate, int) or isinstance(rate, bool) or rate not in RATES:
        yield "rate is not a whole number of words per minute", f"write rate = {RATE}"
    number = isinstance(timeout, (int, float)) and not isinstance(timeout, bool)
    if not number or not 0 < float(str(timeout)) <= LONGEST_TIMEOUT:
        yield f"timeout is not a number of seconds up to {LONGEST_TIMEOUT:g}", f"write timeout = {TIMEOUT:g}"


def _split_words(run: str) -> list[str]:
    try:
        return shlex.split(run)
    except ValueError:
        return run.split()


def _is_shell(argument: str) -> bool:
    """Return whether an argument names a shell, or a script that Windows hands to one."""
    named = argument.replace("\\", "/").rsplit("/", 1)[-1].lower()
    return named.removesuffix(".exe") in _SHELLS or named.endswith((".bat", ".cmd"))


def _fill(argument: str, values: Mapping[str, str]) -> str:
    filled = _PLACE.sub(lambda match: values.get(match[1], match[0]), argument)
    if argument == "{text}" and filled.startswith(_OPTION_LIKE):
        return f" {filled}"  # words are not an option, whatever they begin with
    return str(folders.expand(filled)) if argument.startswith("~/") else filled


def find_program(found: Definition) -> str:
    """Return the path of a command's program.

    Raises:
        VoiceError: When it is not installed.
    """
    program = found.program
    if program is None:
        remedy = f"install it, or write its path under [commands.{found.name}] in {folders.find_settings_file()}"
        raise VoiceError(f"the command {found.name!r} needs {quote(found.run[0])}, which is not installed\n{remedy}")
    return program
