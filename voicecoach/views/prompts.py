"""Prompts: every wording that may be spoken in a session, as a list to record from."""

from __future__ import annotations

import csv
import io
import math
import re
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING

from voicecoach.core.layout import find_breath, list_moments, list_phases, measure_air
from voicecoach.core.score import Breathe, Mark, Moment, Overrun, Paced, Phrase, Side, Slot, count_beats, list_parts
from voicecoach.language import as_written
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import LEFT_RIGHT
from voicecoach.system.file_names import name_recording
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from voicecoach.core.breath import Breath, Pace
    from voicecoach.core.score import Score
    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices

HEAD = ("file", "words", "say it as", "where", "side", "seconds at most")
_CHAPTERS = 3
"""Chapters that a row names."""

_FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001 - some spreadsheets read the wide ones as well
_MARKUP = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A wording to record.

    Attributes:
        said: As it is said, which is what a recording is named after.
        words: As it is read.
        chapters: The titles of the chapters that it may be heard in.
        sides: The sides that it is said of.
        room: The fewest seconds that a phase or a hold has for it; None where it may take its time.
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
    """Return every wording that may be spoken in a session, in the order in which they first come.

    With ``split``, those of each side's own track.

    Raises:
        ChoiceError: When the choices do not go together with this routine.
        RoutineError: When a value of it can't be worked out.
    """
    tracks = [replace(choices, sides=(side,)) for side in choices.sides] if split else [choices]
    return merge_uses(use for track in tracks for use in find_uses(build(routine, track), choose_pace(routine, track)))


def write_words(listed: Iterable[Prompt]) -> str:
    """Return wordings as plain text, one a line."""
    return "".join(f"{one_line(prompt.words)}\n" for prompt in listed)


def write_csv(listed: Iterable[Prompt]) -> bytes:
    """Return a list as CSV that spreadsheets open: UTF-8 with a mark, and no cell that they would work out."""
    text = io.StringIO(newline="")
    rows = csv.writer(text)
    rows.writerow(HEAD)
    rows.writerows([_guard(cell) for cell in _cells(prompt)] for prompt in listed)
    return text.getvalue().encode("utf-8-sig")


def write_markdown(listed: Iterable[Prompt], title: str) -> bytes:
    """Return a list as Markdown, a table for each chapter."""
    lines = [f"# {_escape(title)}: what to record", "", *_ADVICE]
    for chapter, some in groupby(listed, key=lambda prompt: prompt.chapters[:1]):
        heading = [f"## {_escape(chapter[0])}", ""] if chapter else []
        head = ["| words | file | side | seconds at most |", "| --- | --- | --- | --- |"]
        lines += ["", *heading, *head, *(_row(prompt) for prompt in some)]
    return ("\n".join(lines) + "\n").encode()


_ADVICE = (
    "Record each wording into a file of its name; FLAC, MP3 and M4A will do as well as WAV. Silence around the words",
    "is cut off, and all of them are brought to one loudness. What is longer than its seconds at most may not fit.",
)


@dataclass(frozen=True, slots=True)
class Use:
    """A place in which a wording may be said: as it is read and said, its chapter, its side, and its room.

    ``twin`` tells that it is only measured there: the other side's words, for which room is kept.
    """

    said: str
    words: str
    chapter: str
    side: Side | None
    room: Fraction | None
    twin: bool = False


def merge_uses(places: Iterable[Use]) -> tuple[Prompt, ...]:
    """Return what is said in places, each wording once; the other side's where nothing else brings it."""
    every = list(places)
    own = {use.said for use in every if not use.twin}
    found: dict[str, list[Use]] = {}
    twins: dict[str, list[Use]] = {}
    for use in every:
        (twins if use.twin and use.said in own else found).setdefault(use.said, []).append(use)
    return tuple(_prompt(some, twins.get(said, ())) for said, some in found.items())


def _prompt(places: Sequence[Use], twins: Sequence[Use]) -> Prompt:
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
    """Yield the places in which something may be said, in order, for someone who breathes at ``pace``."""
    chapter = ""
    for heard, room in _walk(score, pace.breaths(count_beats(score)), None):
        if isinstance(heard, Mark):
            chapter = heard.title
            continue
        for wording in heard.wordings:
            yield Use(wording.said, wording.text, chapter, heard.side, room)
            for twin in wording.twins:
                yield Use(twin, as_written(twin), chapter, _other(heard.side), room, twin=True)


def _walk(
    score: Score, breaths: Sequence[Breath], room: Fraction | None
) -> Iterator[tuple[Phrase | Mark, Fraction | None]]:
    """Yield phrases, each with its room, and the beginnings of chapters, in order."""
    match score:
        case Phrase():
            yield score, room
        case Mark(moment=Moment.CHAPTER):
            yield score, None
        case Paced(pace=own, body=body):
            yield from _walk(body, own.breaths(count_beats(body)), room)
        case Breathe():
            for phase, write_words in list_phases(score, find_breath(breaths, score.beat)):
                if write_words:
                    yield from _walk(write_words, breaths, _least(room, phase.seconds))
        case Slot(overrun=Overrun.REFUSE):
            seconds = score.span.seconds(find_breath(breaths, score.beat))
            later = [(at.within(seconds), part) for at, part in score.at]
            for start, end, part, _ in list_moments(score.body, later, seconds):
                yield from _walk(part, breaths, _least(room, max(end - start, Fraction(0))))
        case _:
            for part in list_parts(score):
                yield from _walk(part, breaths, room)


def _least(room: Fraction | None, seconds: Fraction) -> Fraction:
    own = max(seconds - measure_air(seconds), Fraction(0))
    return own if room is None else min(room, own)


def _other(side: Side | None) -> Side | None:
    left, right = LEFT_RIGHT
    return {left: right, right: left}.get(side, side) if side else side


def _cells(prompt: Prompt) -> tuple[str, ...]:
    read, said = one_line(prompt.words), one_line(as_written(prompt.said))
    return prompt.file, read, "" if said == read else said, _where(prompt), ", ".join(prompt.sides), _seconds(prompt)


def _where(prompt: Prompt) -> str:
    more = len(prompt.chapters) - _CHAPTERS
    named = "; ".join(map(one_line, prompt.chapters[:_CHAPTERS]))
    return f"{named}; and {more} more" if more > 0 else named


def _seconds(prompt: Prompt) -> str:
    return "" if prompt.room is None else f"{math.floor(prompt.room * 10) / 10:.1f}"


def _guard(cell: str) -> str:
    """Keep a spreadsheet from taking words for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _row(prompt: Prompt) -> str:
    file, read, said, _, side, seconds = _cells(prompt)
    told = f"{_escape(read)} (say: {_escape(said)})" if said else _escape(read)
    return f"| {told} | `{file}` | {side} | {seconds} |"


def _escape(text: str) -> str:
    return _MARKUP.sub(r"\\\1", one_line(text))
