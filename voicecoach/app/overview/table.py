"""Routines at a glance: what each is for, what it needs, and how long it lasts. It reads a table, and no routine."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.core.timeline import format_time
from voicecoach.errors import ChoiceError, find_close, quote
from voicecoach.language import is_same_language
from voicecoach.routine.library import list_built_in, strip_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

TABLE = Path(__file__).parents[2] / "library.json"
"""What there is to say of each built-in routine, with its measured length: `python -m scripts.write_library`."""
ALIKE = 3
"""The fewest letters of an area that stand for all of it, as ``leg`` for ``legs``."""


@dataclass(frozen=True, slots=True)
class Overview:
    """A routine at a glance, as it is at its own choices.

    Attributes:
        name: What people type.
        title: Its title.
        language: The language of its words.
        summary: What it is, on one line.
        area: The parts of the body that it is for.
        position: The positions of the body.
        needs: The things that it needs.
        level: ``easy``, ``medium`` or ``hard``; empty if that is not known.
        sides: Whether it is done for each side.
        seconds: How long it lasts; None if that is not known.
        guessed: Whether that is a guess, because its words were never measured.
        languages: The languages that there are of it.
        file: The file of a routine of the user's own.
        problem: The reason why it can't be used, on one line.
    """

    name: str
    title: str = ""
    language: str = ""
    summary: str = ""
    area: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    level: str = ""
    sides: bool = False
    seconds: float | None = None
    guessed: bool = False
    languages: tuple[str, ...] = ()
    file: str = ""
    problem: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return its public form; what only routines of the user's own have is left out of others."""
        own = {"file", "guessed", "problem"} if not self.file else set[str]()
        return {key: getattr(self, key) for key in self.__slots__ if key not in own}


@dataclass(frozen=True, slots=True)
class Filter:
    """Which routines are wanted.

    Attributes:
        area: The part of the body that they are for; empty for any.
        sides: Whether they are done for each side.
        language: The language that there is of them; empty for any.
        most: The most seconds that they last; None for any number.
    """

    area: str = ""
    sides: bool = False
    language: str = ""
    most: Fraction | None = None

    def select(self, listed: Iterable[Overview]) -> list[Overview]:
        """Return the routines that are wanted."""
        return [each for each in listed if all(wanted.fits(each) for wanted in self.split())]

    def split(self) -> Iterator[Filter]:
        """Yield what is wanted, one by one."""
        if self.area:
            yield Filter(area=self.area)
        if self.sides:
            yield Filter(sides=True)
        if self.language:
            yield Filter(language=self.language)
        if self.most is not None:
            yield Filter(most=self.most)

    def fits(self, routine: Overview) -> bool:
        """Return whether a routine passes a filter with a single condition."""
        if self.area:
            return any(_is_alike(self.area, each) for each in routine.area)
        if self.sides:
            return routine.sides
        if self.language:
            return any(is_same_language(self.language, each) for each in routine.languages)
        return routine.seconds is not None and self.most is not None and round(routine.seconds) <= self.most

    def explain(self, listed: Sequence[Overview]) -> ChoiceError:
        """Return the error that nothing is wanted, with what there is."""
        for wanted in self.split():
            if not any(map(wanted.fits, listed)):
                return ChoiceError(f"no routine {wanted}\n{wanted.describe(listed)}")
        each = [str(wanted) for wanted in self.split()]
        return ChoiceError(f"no routine {' and '.join(each)}, all at once\nleave one of these options out")

    def describe(self, listed: Sequence[Overview]) -> str:
        """Describe what exists, if no routine meets a filter."""
        if self.area:
            areas = sorted({area for each in listed for area in each.area})
            close = find_close(self.area, areas, 1)
            return f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(areas)}"
        if self.language:
            return f"there are: {', '.join(sorted({code for each in listed for code in each.languages}))}"
        known = [each for each in listed if each.seconds is not None]
        shortest = min(known, key=lambda each: each.seconds or 0.0)
        return f"the shortest is {shortest.name}: {format_length(shortest)}"

    def __str__(self) -> str:
        """Describe a single filter."""
        if self.area:
            return f"is for {quote(self.area)}"
        if self.language:
            return f"is in {quote(self.language)}"
        return "has sides" if self.most is None else f"lasts {format_time(self.most)} or less"


def _is_alike(wanted: str, area: str) -> bool:
    wanted, area = wanted.casefold(), area.casefold()
    return wanted == area or (len(wanted) >= ALIKE and area.startswith(wanted))


def list_overviews(language: str = "") -> list[Overview]:
    """Return the built-in routines; one that has a translation in ``language`` as that is.

    A routine that is not in the table yet has only its name.
    """
    table = read_table()
    families: defaultdict[str, list[Overview]] = defaultdict(list)
    for name in list_built_in():
        families[strip_language(name)].append(table.get(name, Overview(name)))
    return [_choose(name, family, language) for name, family in families.items()]


def _choose(name: str, family: Sequence[Overview], language: str) -> Overview:
    """Return a routine in a language, if it has that; with the languages of all its translations."""
    codes = tuple(sorted((each.language for each in family), key=lambda code: code != family[0].language))
    found = next((each for each in family if language and is_same_language(language, each.language)), family[0])
    return replace(found, name=name, languages=codes)


def read_table() -> dict[str, Overview]:
    """Return the built-in routines by name, translations too."""
    table: dict[str, dict[str, Any]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return {name: read_overview(name, values) for name, values in table.items()}


def read_overview(name: str, values: dict[str, Any]) -> Overview:
    """Return a routine from its JSON form; keys that an overview does not have are left out."""
    known: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    return Overview(**{key: value for key, value in {**known, "name": name}.items() if key in Overview.__slots__})


def format_length(routine: Overview) -> str:
    """Write how long a routine lasts.

    >>> format_length(Overview("mine", seconds=304.2)), format_length(Overview("mine", seconds=60, guessed=True))
    ('5:04', '~1:00')
    """
    from fractions import Fraction

    if routine.seconds is None:
        return "?"
    return ("~" if routine.guessed else "") + format_time(Fraction(round(routine.seconds)))
