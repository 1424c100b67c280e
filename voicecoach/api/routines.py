"""Routines as values: read from a built-in name, a file or a text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.api.arguments import read_path, read_text
from voicecoach.core.score import Score
from voicecoach.errors import ArgumentTypeError, ChoiceError, quote

if TYPE_CHECKING:
    import os

    from voicecoach.routine.loader import LoadedRoutine as ReadRoutine

TEXT_NAME = "routine"
"""What a routine is called that was read from a text."""


@dataclass(frozen=True, slots=True)
class Routine:
    """A routine that was read and is valid; its file is not needed any more.

    >>> import voicecoach as vc
    >>> routine = vc.load("leg-stretch")
    >>> routine.name, routine.language, routine.breath
    ('leg-stretch', 'en', '4-6')

    Attributes:
        name: The name of its files.
        asked: The name or path by which it was loaded.
        code: The language that its translation was asked for; None for the routine as it is.
        is_file: Whether it was read from a file.
    """

    name: str
    asked: str
    code: str | None = None
    is_file: bool = True
    read: ReadRoutine = field(kw_only=True, compare=True, repr=False)

    def __hash__(self) -> int:
        """Hash how it was asked for, so that routines can be keys and members of sets."""
        return hash((self.name, self.asked, self.code, self.is_file))

    @property
    def title(self) -> str:
        """Its title."""
        return self.read.model.title

    @property
    def language(self) -> str:
        """The tag of its language, as "en" or "de-AT"."""
        return self.read.model.language

    @property
    def breath(self) -> str:
        """The breath that its author wrote, as "4-6"."""
        return str(self.read.model.breath)

    @property
    def summary(self) -> str:
        """What it is for, in a sentence; empty if its author wrote none."""
        return self.read.model.summary

    @property
    def area(self) -> tuple[str, ...]:
        """The parts of the body that it works on."""
        return tuple(map(str, self.read.model.area))

    @property
    def position(self) -> tuple[str, ...]:
        """The positions that it is done in."""
        return tuple(map(str, self.read.model.position))

    @property
    def level(self) -> str:
        """How hard it is: ``easy``, ``medium``, ``hard``, or empty if its author did not say."""
        return self.read.model.level or ""

    @property
    def needs(self) -> tuple[str, ...]:
        """What the listener needs."""
        return tuple(map(str, self.read.model.needs))

    @property
    def has_sides(self) -> bool:
        """Whether something in it is done for each side."""
        from voicecoach.routine.model import EachSide, walk_steps

        steps = (step for each in self.read.walk() for step in walk_steps(each.model.steps))
        return any(isinstance(step, EachSide) for step in steps)

    @property
    def greets(self) -> bool:
        """Whether it has a place for the name that ``with_name`` gives."""
        return self.read.model.greeting is not None

    @property
    def sounds(self) -> dict[str, bool]:
        """Which of ``breath_sound``, ``hold_tick``, ``sleep`` and ``clear`` its author chose; listeners may choose too.

        >>> import voicecoach as vc
        >>> vc.load("leg-stretch").sounds
        {'breath_sound': False, 'hold_tick': False, 'sleep': False, 'clear': False}
        """
        model = self.read.model
        return {name: getattr(model, name) for name in ("breath_sound", "hold_tick", "sleep", "clear")}

    @property
    def parts(self) -> dict[str, bool]:
        """The exercises that ``skip`` leaves out and ``with_`` adds, by name: True for those that must be added.

        >>> import voicecoach as vc
        >>> parts = vc.load("leg-stretch").parts
        >>> parts["sitting-leg-stretch"], parts["forward-lunge"]
        (False, True)
        """
        from voicecoach.script.exercises import list_parts

        return {names[0]: optional for names, optional, _ in list_parts(self.read)}

    @property
    def text(self) -> str:
        """What its file holds, as YAML; empty for one that was read from a text."""
        return self.read.path.read_text(encoding="utf-8") if self.is_file else ""

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters that ``set`` can change, and their values."""
        return {str(name): str(value) for name, value in self.read.model.parameters.items()}


def load(name: str | os.PathLike[str], language: str | None = None) -> Routine:
    """Read a routine: a built-in one by its name, or a YAML file by its path.

    >>> import voicecoach as vc
    >>> vc.load("sitting-leg-stretch", language="de").title
    'Beindehnung im Sitzen'

    Args:
        name: A built-in name, as "leg-stretch", or the path of a file.
        language: The language of a translation, as "de"; None for the routine as it is.

    Raises:
        RoutineError: With every problem in the file. `check` returns them as a list.
        UnknownNameError: If there is no such routine; a `ChoiceError`.
        ChoiceError: If it has no translation into this language.
    """
    from voicecoach.routine import loader

    asked = read_path("name", name)
    found = loader.load_routine(asked, None if language is None else read_text("language", language))
    return Routine(found.name, asked, language, read=found)


def read_routine(value: object) -> Routine:
    """Return what an argument ``routine`` stands for: a routine as it is, or one by its name or path.

    Raises:
        ChoiceError: If it is something else.
        VoicecoachError: As `load`.
    """
    if isinstance(value, Routine):
        return value
    if isinstance(value, Score):
        raise ArgumentTypeError("routine: this is a score; perform() is for scores")
    return load(read_path("routine", value))


def translate(routine: Routine, language: str | None) -> Routine:
    """Return the translation of a routine; without a language, the routine as it is.

    Raises:
        ChoiceError: If there is none.
    """
    if language is None or read_text("language", language) == routine.code:
        return routine
    if not routine.is_file:
        raise ChoiceError(f"language: {routine.name} was read from a text, so it has no translations")
    return load(routine.asked, language)


def read_schema() -> dict[str, Any]:
    """Return the JSON Schema of routine files, as ``voicecoach schema`` prints it: what can stand where, and what for.

    >>> import voicecoach as vc
    >>> vc.read_schema()["properties"]["title"]["description"]
    'Spoken as the name of the exercise, and kept in the file.'
    """
    from voicecoach.routine.authoring import FILE

    schema: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return schema


def loads(text: str, *, name: str = TEXT_NAME, folder: str | os.PathLike[str] | None = None) -> Routine:
    r"""Read a routine from a text, which is what a file would hold.

    >>> import voicecoach as vc
    >>> vc.loads("title: Rest\nsteps:\n  - say: Lie down.\n").title
    'Rest'

    Args:
        text: The routine, as YAML.
        name: The name of its files.
        folder: Where its sounds and the routines that it includes are; without it, only built-in ones are found.

    Raises:
        RoutineError: With every problem in the text.
        ChoiceError: If the name can't be that of a file.
    """
    from voicecoach.routine import loader

    text, name = read_text("text", text), read_path("name", name)
    if not name.strip() or Path(name).name != name or not name.isprintable():
        raise ChoiceError(f"name: {quote(name)} can't be the name of a file\nwrite a name without a folder")
    found = loader.parse_routine(text, name, Path(read_path("folder", folder)) if folder is not None else None)
    return Routine(name, name, is_file=False, read=found)
