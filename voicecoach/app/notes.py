"""What the listener or the author should know about a planned session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.core.score import Side
from voicecoach.core.ticks import SHORTEST, TICK
from voicecoach.core.timeline import format_time
from voicecoach.routine.library import list_built_in
from voicecoach.system.folders import quote_argument

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from voicecoach.app.piece_cache import Source
    from voicecoach.app.request import Request
    from voicecoach.core.timeline import Timeline
    from voicecoach.errors import Problem
    from voicecoach.script.piece import Piece


def note_unspeakable(piece: Piece, timelines: Iterable[Timeline]) -> Iterator[str]:
    """Report words that are not spoken as intended; `check` shows where they are."""
    cues = (cue for timeline in timelines for cue in timeline.cues if cue.track == "voice")
    spoken = dict.fromkeys((cue.text, cue.said) for cue in cues)
    for known in piece.speakable:
        spoken.pop(known, None)
    if not spoken:
        return
    from voicecoach.routine.speakable import check_spoken  # what it looks for are dozens of patterns

    found = (each for text, said in spoken for each in check_spoken(text, said, piece.words))
    told = dict.fromkeys(f"{what}; {remedy}" for what, remedy in found)
    first, *more = told or [""]
    where = "" if piece.warnings else "; 'voicecoach check' shows where"  # else the next line says it
    if first:
        yield first + (f" (and {len(more)} more{where})" if more else "")


def report_first(problems: Iterable[Problem]) -> Iterator[str]:
    """Report the first of several like problems, and how many more there are; each place counts once."""
    every = {problem.where: problem for problem in problems}
    first, *more = every.values() or [None]
    if first:
        yield f"{first}" + (f" (and {len(more)} more like it)" if more else "")


def note_grown(request: Request, timelines: Iterable[Timeline]) -> Iterator[str]:
    """Report to an author what lasts longer than it is written; nobody can change what is built in."""
    if request.routine not in list_built_in():
        yield from report_first(problem for timeline in timelines for problem in timeline.grown)


def note_unbreathed(request: Request, timelines: Iterable[Timeline]) -> Iterator[str]:
    """Report a wish for a breath sound in a session that guides no breath."""
    if request.breath_sound and not any(timeline.phases for timeline in timelines):
        yield "no breath is guided in this session; --breath-sound has no effect"


def note_unticked(request: Request, timelines: Iterable[Timeline]) -> Iterator[str]:
    """Report a wish for ticks in a session without a hold that has one."""
    if request.hold_tick and not any(cue.text == TICK.name for timeline in timelines for cue in timeline.cues):
        yield f"no hold in this session lasts {SHORTEST} s without a count at its end; --hold-tick has no effect"


def note_unequal(timelines: Mapping[Side | None, Timeline], source: Source) -> Iterator[str]:
    """Report that the sides' tracks do not last as long as each other, by how many seconds, and because of which step.

    Something that the listener skips on one side has no place in the file.
    """
    lengths = {side: timeline.duration for side, timeline in timelines.items() if side}
    if len(set(lengths.values())) > 1:
        from voicecoach.routine.sidedness import explain_unequal, list_one_sided

        tenths = len({format_time(length) for length in lengths.values()}) == 1
        told = ", ".join(f"{side} {format_time(length, tenths=tenths)}" for side, length in lengths.items())
        causes = [*dict.fromkeys(each for part in source.routine.walk() for each in list_one_sided(part.model))]
        why = explain_unequal(lengths[Side.LEFT], lengths[Side.RIGHT], causes)
        yield f"the sides differ: {told}; {why or '--skip leaves something out on one side alone'}"


def count_warnings(warnings: int, source: Source) -> Iterator[str]:
    """Say how many warnings `check` has for a routine's file, if it has any."""
    if warnings:
        file = quote_argument(source.name if source.code is None else source.routine.file)
        yield f"{warnings} warning{'s' if warnings > 1 else ''}; 'voicecoach check {file}' lists them"
