"""A session as a document: its words, sounds and silences, under the titles of its chapters."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind
from voicecoach.views.text import describe_cue, one_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from voicecoach.core.timeline import Cue, PhaseSpan, TimedSpan, Timeline
    from voicecoach.language import Language

SILENCE = Fraction(10)
"""Seconds; a silence is listed if it is longer than this, or longer than the breath or move in it."""

SECONDS_ONLY = 120
"""Seconds; a shorter silence is written in seconds only, a longer one in minutes and seconds."""

_IN_A_BREATH = {CueKind.BREATH, CueKind.MOVE, CueKind.TONE, CueKind.COUNT}


@dataclass(frozen=True, slots=True)
class _Line:
    """A text and its time in seconds; consecutive texts with the same key share one line."""

    at: Fraction
    text: str
    key: Hashable = None


def write_transcript(timeline: Timeline, *, title: str, language: Language) -> str:
    """Return a session as a document: its title, its notice, then its words and sounds, chapter by chapter.

    The words of a breath or move are on one line. A silence that crosses the border of a chapter is listed in both.
    """
    notice = dict.fromkeys(one_line(cue.text) for cue in timeline.cues if cue.kind is CueKind.NOTICE)
    breaths = _breaths(timeline)
    sections = _sections(timeline)
    starts = [start for start, _ in sections]
    lines: list[list[_Line]] = [[] for _ in sections]
    cues = list(_describe_cues(timeline, breaths, language))
    silences = list(_describe_silences(timeline, breaths, starts, language))
    for line in sorted([*cues, *silences], key=lambda line: line.at):
        lines[bisect_right(starts, line.at) - 1].append(line)
    with_notice = {bisect_right(starts, cue.start) - 1 for cue in timeline.cues if cue.kind is CueKind.NOTICE}
    chapters = (
        "\n".join((*filter(None, [one_line(name)]), *_join(section)))
        for number, ((_, name), section) in enumerate(zip(sections, lines, strict=True))
        if section or number not in with_notice
    )
    return "\n\n".join(filter(None, (one_line(title), "\n".join(filter(None, notice)), *chapters))) + "\n"


def _sections(timeline: Timeline) -> list[tuple[Fraction, str]]:
    """Return the start and title of each section: of each chapter, and an empty title for the time before them."""
    chapters = sorted((chapter.start, chapter.title) for chapter in timeline.chapters)
    return [*([] if chapters and chapters[0][0] <= 0 else [(Fraction(0), "")]), *chapters]


def _describe_cues(timeline: Timeline, breaths: _Breaths, language: Language) -> Iterator[_Line]:
    for cue in timeline.cues:
        text = describe_cue(cue, language)
        if text and cue.kind is not CueKind.NOTICE:
            yield _Line(cue.start, text if cue.track == "voice" else f"[{text}]", breaths.key(cue))


def _join(lines: Iterable[_Line]) -> Iterator[str]:
    last: _Line | None = None
    for line in lines:
        if last and last.key is not None and last.key == line.key:
            last = replace(last, text=f"{last.text} … {line.text}")
            continue
        if last:
            yield last.text
        last = line
    if last:
        yield last.text


@dataclass(frozen=True, slots=True)
class _Span:
    """A guided breath, or a move that does not go with the breath: its start and end in seconds.

    A ``beat`` is a move of one phase.
    """

    start: Fraction
    end: Fraction
    counted: str
    beat: bool = False


@dataclass(frozen=True, slots=True)
class _Breaths:
    """The guided breaths and the moves, in order of time."""

    spans: tuple[_Span, ...]
    starts: tuple[Fraction, ...]
    ends: tuple[Fraction, ...]
    slack: Fraction
    """The most seconds by which rounding can move a cue out of its breath."""

    def key(self, cue: Cue) -> Hashable:
        """Return the breath or move of a cue, as a key that its other cues share.

        Beats share a key, and so do counts outside of breaths and moves. The key is None for cues that have a line of
        their own.
        """
        if cue.kind not in _IN_A_BREATH:
            return None
        at = cue.start + self.slack
        number = bisect_right(self.starts, at) - 1
        if number >= 0 and at < self.ends[number]:
            return CueKind.MOVE if self.spans[number].beat else number
        return cue.kind if cue.kind is CueKind.COUNT else None

    def outlasts(self, start: Fraction, end: Fraction) -> bool:
        """Return whether a span is longer than the first breath or move in it."""
        number = bisect_right(self.ends, start)
        inside = number < len(self.starts) and self.starts[number] < end
        return inside and end - start > self.ends[number] - self.starts[number]

    def whole(self, start: Fraction, end: Fraction) -> Counter[str]:
        """Return how many whole breaths and moves are in a span, with a tolerance for the rounding of cues."""
        first, last = bisect_left(self.starts, start - self.slack), bisect_right(self.ends, end + self.slack)
        return Counter(span.counted for span in self.spans[first:last])


def _breaths(timeline: Timeline) -> _Breaths:
    breaths: dict[int, _Span] = {}
    for phase in timeline.phases:
        breaths[phase.breath] = _widen(breaths.get(phase.breath), phase, "breaths")
    moves: dict[int, _Span] = {}
    for span in timeline.spans:
        if span.number is not None:
            moves[span.number] = replace(_widen(moves.get(span.number), span, "moves"), beat=span.number not in moves)
    starts = sorted(each.start for each in breaths.values())
    ends = [Fraction(0), *sorted(each.end for each in breaths.values())]
    alone = (each for each in moves.values() if each.start >= ends[bisect_right(starts, each.start)])
    ordered = sorted((*breaths.values(), *alone), key=lambda each: each.start)
    return _Breaths(
        tuple(ordered), tuple(each.start for each in ordered), tuple(each.end for each in ordered), timeline.grid / 2
    )


def _widen(known: _Span | None, part: PhaseSpan | TimedSpan, counted: str) -> _Span:
    """Return the breath or move that a phase belongs to, with that phase."""
    start, end = (known.start, known.end) if known else (part.start, part.end)
    return _Span(min(start, part.start), max(end, part.end), counted)


def _describe_silences(
    timeline: Timeline, breaths: _Breaths, starts: list[Fraction], language: Language
) -> Iterator[_Line]:
    """Yield the silences to list, split by chapters; parts shorter than a second are left out."""
    for start, end in _find_gaps(timeline, language):
        if end - start <= SILENCE and not breaths.outlasts(start, end):
            continue
        edges = [start, *starts[bisect_right(starts, start) : bisect_right(starts, end)], end]
        for one, other in pairwise(edges):
            if other - one >= 1:
                yield _Line(one, _describe_silence(one, other, breaths, language))


def _find_gaps(timeline: Timeline, language: Language) -> Iterator[tuple[Fraction, Fraction]]:
    until = Fraction(0)
    for cue in sorted(timeline.cues, key=lambda cue: cue.start):
        if not describe_cue(cue, language):
            continue
        if cue.start > until:
            yield until, cue.start
        until = max(until, cue.end)
    if timeline.duration > until:
        yield until, timeline.duration


def _describe_silence(start: Fraction, end: Fraction, breaths: _Breaths, language: Language) -> str:
    digits = replace(language, numbers=())
    seconds, whole = int(end - start + Fraction(1, 2)), breaths.whole(start, end)
    length = digits.say_count("seconds", seconds) if seconds < SECONDS_ONLY else digits.say_duration(Fraction(seconds))
    known = dict(language.words)
    counts = [digits.say_count(key, whole[key]) for key in ("breaths", "moves") if whole[key] and key in known]
    return f"[{', '.join((*counts, length))}]"
