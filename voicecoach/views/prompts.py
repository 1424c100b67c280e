"""Prompts: every wording that can be spoken in a session, as a list to record from."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from voicecoach.core.layout import find_breath, list_moments, list_phases, measure_air, place_moments
from voicecoach.core.score import Cycle, Mark, Moment, Overrun, Paced, Phrase, Side, Slot, count_beats, list_parts
from voicecoach.language import as_written
from voicecoach.script.builder import build, choose_pace, list_nights
from voicecoach.script.choices import LEFT_RIGHT
from voicecoach.system.file_names import name_recording
from voicecoach.views.prompt_lists import ADVICE, HEAD, TABLE
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.breath import Breath, Pace
    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices

_CHAPTERS = 3
"""The maximum number of chapters that a row names."""

_FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001 - some spreadsheets read the wide ones as well
_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A wording to record.

    Attributes:
        said: Its spoken form, which gives the recording its name.
        words: Its written form.
        chapters: The titles of the chapters that it can occur in.
        sides: The sides that it is spoken for.
        room: The seconds that the shortest phase or hold has for it; None if it has no limit.
    """

    said: str
    words: str
    chapters: tuple[str, ...] = ()
    sides: tuple[Side, ...] = ()
    room: Fraction | None = None

    @property
    def file(self) -> str:
        """The name of its recording, as WAV."""
        return f"{name_recording(as_written(self.said))}.wav"


def list_prompts(routine: LoadedRoutine, choices: Choices, *, split: bool = False) -> tuple[Prompt, ...]:
    """Return every wording that can be spoken in a session, by day and by night, in the order of its first occurrence.

    With ``split``, return the wordings of the separate tracks of each side.

    Raises:
        ChoiceError: When the choices do not fit this routine.
        RoutineError: When a value in the routine cannot be evaluated.
    """
    tracks = [replace(choices, sides=(side,)) for side in choices.sides] if split else [choices]
    tracks = [each for track in tracks for each in list_nights(routine, track)]
    return merge_uses(use for track in tracks for use in find_uses(build(routine, track), choose_pace(routine, track)))


def write_words(listed: Iterable[Prompt]) -> str:
    """Return the wordings as plain text, one on each line."""
    return "".join(f"{one_line(prompt.words)}\n" for prompt in listed)


def write_csv(listed: Iterable[Prompt]) -> bytes:
    """Return the prompts as CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that is a formula."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEAD)
    rows.writerows([_guard(cell) for cell in _cells(prompt)] for prompt in listed)
    return text.getvalue().encode("utf-8-sig")


def write_markdown(listed: Iterable[Prompt], title: str) -> bytes:
    """Return the prompts as Markdown in UTF-8, with a table for each chapter."""
    lines = [f"# {_escape(title)}: what to record", "", *ADVICE]
    for chapter, some in groupby(listed, key=lambda prompt: prompt.chapters[:1]):
        heading = [f"## {_escape(chapter[0])}", ""] if chapter else []
        lines += ["", *heading, *TABLE, *(_row(prompt) for prompt in some)]
    return ("\n".join(lines) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Use:
    """A place in a session where a wording can be spoken.

    Attributes:
        said: The spoken form.
        words: The written form.
        chapter: The title of the chapter; empty before the first one.
        side: The side that it is spoken for.
        room: The seconds of its phase or hold; None if it has no limit.
        twin: Whether these are the other side's words: they are only measured here, so that both sides last as long.
    """

    said: str
    words: str
    chapter: str
    side: Side | None
    room: Fraction | None
    twin: bool = False


def merge_uses(places: Iterable[Use]) -> tuple[Prompt, ...]:
    """Return a prompt for each wording; one that is only a twin is included if no other place has it."""
    uses = list(places)
    own = {use.said for use in uses if not use.twin}
    by_wording: dict[str, list[Use]] = {}
    twins: dict[str, list[Use]] = {}
    for use in uses:
        (twins if use.twin and use.said in own else by_wording).setdefault(use.said, []).append(use)
    return tuple(_make_prompt(some, twins.get(said, ())) for said, some in by_wording.items())


def _make_prompt(places: Sequence[Use], twins: Sequence[Use]) -> Prompt:
    first = places[0]
    rooms = [use.room for use in (*places, *twins) if use.room is not None]
    return Prompt(
        first.said,
        first.words,
        tuple(dict.fromkeys(use.chapter for use in places if use.chapter)),
        tuple(dict.fromkeys(use.side for use in places if use.side)),
        min(rooms, default=None),
    )


def find_uses(score: Score, pace: Pace) -> Iterator[Use]:
    """Yield the places where wordings can be spoken, in order, for a listener who breathes at ``pace``."""
    chapter = ""
    for part, room in _walk(score, pace.breaths(count_beats(score)), None):
        if isinstance(part, Mark):
            chapter = part.title
            continue
        for wording in part.wordings:
            yield Use(wording.said, wording.text, chapter, part.side, room)
            for twin in wording.twins:
                yield Use(twin, as_written(twin), chapter, _other(part.side), room, twin=True)


def _walk(
    score: Score, breaths: Sequence[Breath], room: Fraction | None
) -> Iterator[tuple[Phrase | Mark, Fraction | None]]:
    """Yield phrases, each with its room in seconds, and the starts of chapters, in order."""
    match score:
        case Phrase():
            yield score, room
        case Mark(moment=Moment.CHAPTER):
            yield score, None
        case Paced(pace=own, body=body):
            yield from _walk(body, own.breaths(count_beats(body)), room)
        case Cycle():
            for phase in list_phases(score, breaths):
                yield from _walk_moments(phase.parts, phase.seconds, breaths, room)
        case Slot(overrun=Overrun.REFUSE):
            seconds = score.span.seconds(find_breath(breaths, score.beat))
            later, _ = place_moments(score.at, seconds)
            yield from _walk_moments([(Fraction(0), score.body), *later], seconds, breaths, room)
        case _:
            for part in list_parts(score):
                yield from _walk(part, breaths, room)


def _walk_moments(
    parts: Iterable[tuple[Fraction, Score]], seconds: Fraction, breaths: Sequence[Breath], room: Fraction | None
) -> Iterator[tuple[Phrase | Mark, Fraction | None]]:
    """Yield the phrases that start at moments of a span, each with its room up to the next moment."""
    for start, end, part, _ in list_moments(parts, seconds):
        yield from _walk(part, breaths, _limit_room(room, max(end - start, Fraction(0))))


def _limit_room(room: Fraction | None, seconds: Fraction) -> Fraction:
    own = max(seconds - measure_air(seconds), Fraction(0))
    return own if room is None else min(room, own)


def _other(side: Side | None) -> Side | None:
    left, right = LEFT_RIGHT
    return {left: right, right: left}.get(side, side) if side else side


def _cells(prompt: Prompt) -> tuple[str, ...]:
    written, spoken = one_line(prompt.words), one_line(as_written(prompt.said))
    chapters, sides = _write_chapters(prompt), ", ".join(prompt.sides)
    return prompt.file, written, "" if spoken == written else spoken, chapters, sides, _write_room(prompt)


def _write_chapters(prompt: Prompt) -> str:
    more = len(prompt.chapters) - _CHAPTERS
    titles = "; ".join(map(one_line, prompt.chapters[:_CHAPTERS]))
    return f"{titles}; and {more} more" if more > 0 else titles


def _write_room(prompt: Prompt) -> str:
    return "" if prompt.room is None else f"{math.floor(prompt.room * 10) / 10:.1f}"


def _guard(cell: str) -> str:
    """Prevent a spreadsheet from reading words as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(prompt: Prompt) -> str:
    file, written, spoken, _, side, seconds = _cells(prompt)
    words = f"{_escape(written)} (say: {_escape(spoken)})" if spoken else _escape(written)
    return f"| {words} | `{file}` | {side} | {seconds} |"


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", one_line(text))
