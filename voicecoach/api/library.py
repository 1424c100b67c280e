"""The built-in routines as a list: what each is called, what it is for, and how long it lasts; no file is read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RoutineHead:
    """A built-in routine, as a list shows it.

    Attributes:
        name: What `load` takes.
        title: Its title.
        language: The tag of its language.
        summary: What it is for, in a sentence.
        translations: The tags of the languages that it is translated into.
        area: The parts of the body that it works on.
        position: The positions that it is done in.
        needs: What the listener needs.
        level: ``easy``, ``medium`` or ``hard``; empty if its author did not say.
        has_sides: Whether something in it is done for each side.
        seconds: How long it lasts with the default voice; None if that was not measured.
    """

    name: str
    title: str
    language: str
    summary: str
    translations: tuple[str, ...] = ()
    area: tuple[str, ...] = ()
    position: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    level: str = ""
    has_sides: bool = False
    seconds: float | None = None


def list_routines() -> list[RoutineHead]:
    """Return the built-in routines in the order of their names; a translation is named by its routine.

    >>> import voicecoach as vc
    >>> stretch = next(each for each in vc.list_routines() if each.name == "sitting-leg-stretch")
    >>> stretch.translations, stretch.has_sides
    (('de', 'es', 'fr'), True)
    """
    from voicecoach.app.overview.table import list_overviews

    return [
        RoutineHead(
            each.name,
            each.title or each.name,
            each.language or "en",
            each.summary,
            tuple(code for code in each.languages if code != each.language),
            each.area,
            each.position,
            each.needs,
            each.level,
            each.sides,
            each.seconds,
        )
        for each in list_overviews()
    ]
