"""The built-in routines as a list: what each is called and what it is for, read without checking the files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoutineHead:
    """What a list shows of a built-in routine.

    Attributes:
        name: What `load` takes.
        title: Its title.
        language: The tag of its language.
        summary: What it is for, in a sentence.
        translations: The tags of the languages that it is translated into.
    """

    name: str
    title: str
    language: str
    summary: str
    translations: tuple[str, ...]


def list_routines() -> list[RoutineHead]:
    """Return the built-in routines in the order of their names; a translation is named by its routine.

    >>> import voicecoach as vc
    >>> next(each for each in vc.list_routines() if each.name == "sitting-leg-stretch").translations
    ('de', 'es', 'fr')
    """
    from voicecoach.routine.library import find_routine, list_built_in, list_translations, read_head, strip_language

    heads = []
    for name in dict.fromkeys(map(strip_language, list_built_in())):
        path = find_routine(name)
        head = read_head(path)
        codes = tuple(list_translations(path))
        heads.append(RoutineHead(name, head["title"], head["language"], head["summary"], codes))
    return heads
