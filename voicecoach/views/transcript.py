"""A session as a document: what is heard under the titles of its chapters, with its silences."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from voicecoach.core.score import CueKind
from voicecoach.views.text import describe_cue, one_line

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language

SILENCE = Fraction(10)
"""Seconds; a silence that lasts longer is told, or one that lasts longer than the breath in it."""

SECONDS_ONLY = 120
"""Silences shorter than this are told in seconds, others in minutes as well."""

_IN_A_BREATH = {CueKind.BREATH, CueKind.TONE, CueKind.COUNT}


@dataclass(frozen=True, slots=True)
class _Line:
    """Something to read, and when; what has the same key stands on one line, if nothing stands between."""

    at: Fraction
    text: str
    key: Hashable = None


def write_transcript(timeline: Timeline, *, title: str, language: Language) -> str:
    """Return a session as a document: its title, its notice, then what is heard, chapter by chapter.

    The words of a breath stand on one line. A silence stands where it begins, and one that goes on in the next chapter
    is told in both.
    """
    notice = dict.fromkeys(one_line(cue.text) for cue in timeline.cues if cue.kind is CueKind.NOTICE)
    breaths = _breaths(timeline)
    sections = _sections(timeline)
    starts = [start for start, _ in sections]
    lines: list[list[_Line]] = [[] for _ in sections]
    heard = list(_describe(timeline, breaths, language))
    silences = list(_silences(timeline, breaths, starts, language))
    for line in sorted([*heard, *silences], key=lambda line: line.at):
        lines[bisect_right(starts, line.at) - 1].append(line)
    noticed = {bisect_right(starts, cue.start) - 1 for cue in timeline.cues if cue.kind is CueKind.NOTICE}
    chapters = (
        "\n".join((*filter(None, [one_line(name)]), *_join(section)))
        for number, ((_, name), section) in enumerate(zip(sections, lines, strict=True))
        if section or number not in noticed
    )
    return "\n\n".join(filter(None, (one_line(title), "\n".join(filter(None, notice)), *chapters))) + "\n"


def _sections(timeline: Timeline) -> list[tuple[Fraction, str]]:
    """Return where each chapter starts, and its title; what comes before the first has none."""
    chapters = sorted((chapter.start, chapter.title) for chapter in timeline.chapters)
    return [*([] if chapters and chapters[0][0] <= 0 else [(Fraction(0), "")]), *chapters]


def _describe(timeline: Timeline, breaths: _Breaths, language: Language) -> Iterator[_Line]:
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
class _Breaths:
    """The guided breaths, from when to when, in the order of time."""

    starts: tuple[Fraction, ...]
    ends: tuple[Fraction, ...]
    slack: Fraction
    """Seconds by which rounding can move a cue out of its breath."""

    def key(self, cue: Cue) -> Hashable:
        """Return which breath a word or tone belongs to; counts outside of breaths belong together."""
        if cue.kind not in _IN_A_BREATH:
            return None
        at = cue.start + self.slack
        number = bisect_right(self.starts, at) - 1
        return number if number >= 0 and at < self.ends[number] else (cue.kind if cue.kind is CueKind.COUNT else None)

    def outlasts(self, start: Fraction, end: Fraction) -> bool:
        """Tell whether a time is longer than the first breath in it."""
        number = bisect_right(self.ends, start)
        inside = number < len(self.starts) and self.starts[number] < end
        return inside and end - start > self.ends[number] - self.starts[number]

    def whole(self, start: Fraction, end: Fraction) -> int:
        """Count the breaths that are breathed from beginning to end in a time; as cues are rounded, nearly so."""
        first, last = bisect_left(self.starts, start - self.slack), bisect_right(self.ends, end + self.slack)
        return max(last - first, 0)


def _breaths(timeline: Timeline) -> _Breaths:
    spans: dict[int, tuple[Fraction, Fraction]] = {}
    for phase in timeline.phases:
        start, end = spans.get(phase.breath, (phase.start, phase.end))
        spans[phase.breath] = min(start, phase.start), max(end, phase.end)
    ordered = sorted(spans.values())
    return _Breaths(tuple(start for start, _ in ordered), tuple(end for _, end in ordered), timeline.grid / 2)


def _silences(timeline: Timeline, breaths: _Breaths, starts: list[Fraction], language: Language) -> Iterator[_Line]:
    """Yield the silences that are told, each in the chapters that it lasts in, if it lasts a second there."""
    for start, end in _gaps(timeline, language):
        if end - start <= SILENCE and not breaths.outlasts(start, end):
            continue
        edges = [start, *starts[bisect_right(starts, start) : bisect_right(starts, end)], end]
        for one, other in pairwise(edges):
            if other - one >= 1:
                yield _Line(one, _describe_silence(one, other, breaths, language))


def _gaps(timeline: Timeline, language: Language) -> Iterator[tuple[Fraction, Fraction]]:
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
    seconds, count = int(end - start + Fraction(1, 2)), breaths.whole(start, end)
    lasting = digits.say_count("seconds", seconds) if seconds < SECONDS_ONLY else digits.say_duration(Fraction(seconds))
    return f"[{digits.say_count('breaths', count)}, {lasting}]" if count else f"[{lasting}]"
