"""Captions of a session: WebVTT, SubRip and LRC files, and the lyrics that are kept in step inside an MP3.

All that is heard is captioned, sounds in brackets. One caption is shown at a time, in whole milliseconds: it starts
with what is heard, and is gone when the next one starts.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from voicecoach.plaintext import one_line, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.language import Language
    from voicecoach.timeline import Cue, Timeline

LINE = 42
"""Columns of a line; two lines make a caption."""

COMMA = 12
"""How many columns a line may be longer than it has to be, to end where a part of a sentence ends."""

SHORTEST = 1000
"""Milliseconds that a caption is shown at least, unless the next one comes sooner."""

SILENCE = Fraction(10)
"""Seconds of silence after which LRC takes the last line away."""

_LATIN = 0x300  # all before it is narrow, and stands alone
_SENTENCE, _CLAUSE = tuple(".!?…。！？؟۔।"), tuple(",;:–—、，；：،؛")  # noqa: RUF001 - marks of many scripts
_CLOSING = "\"')]”’»」"  # noqa: RUF001
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ROUND = str.maketrans("[]", "()")


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown from ``start`` to ``end``, in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


def vtt(timeline: Timeline, *, title: str, language: Language) -> str:
    """Return the captions as WebVTT, the web's form."""
    notes = (one_line(f"NOTE {text}").replace("-->", "→") for text in (title, f"Language: {language.code}"))
    return "\n\n".join(("WEBVTT", *notes, *_blocks(timeline, language, ".", _MARKUP))) + "\n"


def srt(timeline: Timeline, *, language: Language) -> str:
    """Return the captions as SubRip, which nearly every player and editor of video takes."""
    return "".join(f"{block}\n\n" for block in _blocks(timeline, language, ",", {}))


def lrc(timeline: Timeline, *, title: str, language: Language) -> str:
    """Return the words as LRC, which players of music show along with a track, a line a cue.

    Square brackets are the format's own, so those of sounds and texts are round. A silence starts with an empty line.
    """
    return "".join(f"{line}\n" for line in _timed(timeline, title, language))


def sylt(timeline: Timeline) -> list[tuple[str, int]]:
    """Return what is said with its milliseconds, as ID3's SYLT frame has it: type 1 (lyrics), format 2."""
    spoken = ((one_line(cue.text), milliseconds(cue.start)) for cue in _in_order(timeline) if cue.track == "voice")
    return [(text, at) for text, at in spoken if text]


def captions(timeline: Timeline, language: Language) -> Iterator[Caption]:
    """Yield the captions in the order of time; a long text is shared out among several."""
    heard = list(_together(timeline, language))
    for number, this in enumerate(heard):
        last = number + 1 == len(heard)
        until = max(milliseconds(timeline.duration), this.end, this.start + 1) if last else heard[number + 1].start
        yield from _shown(this, until)


def milliseconds(seconds: Fraction) -> int:
    """Round seconds to milliseconds, halves up, so that order is kept."""
    return _units(seconds, 1000)


def _units(seconds: Fraction, parts: int) -> int:
    return (2 * seconds.numerator * parts + seconds.denominator) // (2 * seconds.denominator)


def _in_order(timeline: Timeline) -> list[Cue]:
    return sorted(timeline.cues, key=lambda cue: cue.start)


# What is heard together


@dataclass(slots=True)
class _Heard:
    """Words, and the sounds that set in while they are said; or sounds alone."""

    start: int
    end: int
    words: list[str]
    voiced: bool

    def takes(self, start: int, *, voiced: bool) -> bool:
        """Tell whether something is captioned with this: it starts with it, or is a sound during the words."""
        return start == self.start or (self.voiced and not voiced and start < self.end)

    def add(self, start: int, end: int, words: Sequence[str], *, voiced: bool) -> None:
        """Add words after these; or a sound among them, as near to when it is heard as can be."""
        if self.voiced and not voiced:
            share = Fraction(start - self.start, max(self.end - self.start, 1))
            passed = list(accumulate(map(width, self.words), initial=0))
            at = min(range(len(passed)), key=lambda number: abs(passed[number] - share * passed[-1]))
            self.words[at:at] = words
            return
        self.words += words
        self.end = max(self.end, end) if self.voiced == voiced else end
        self.voiced = voiced


def _together(timeline: Timeline, language: Language) -> Iterator[_Heard]:
    now: _Heard | None = None
    for cue in _in_order(timeline):
        voiced, text = cue.track == "voice", told(cue, language)
        if not text:
            continue
        words = text.split(" ") if voiced else [f"[{text}]"]
        start, end = milliseconds(cue.start), milliseconds(cue.end)
        if now and now.takes(start, voiced=voiced):
            now.add(start, end, words, voiced=voiced)
            continue
        if now:
            yield now
        now = _Heard(start, end, words, voiced)
    if now:
        yield now


def _shown(heard: _Heard, until: int) -> Iterator[Caption]:
    """Share the time of what is heard together among its captions; they are fewer, and taller, where it is short."""
    room = until - heard.start
    pieces = broken(tuple(heard.words))
    count = max(1, min(len(pieces), room // SHORTEST))
    edges = [number * len(pieces) // count for number in range(count + 1)]
    shown = [sum(pieces[one:other], ()) for one, other in pairwise(edges)]
    span = min(max(heard.end - heard.start, count * SHORTEST), room)
    start = heard.start
    for lines, end in zip(shown, _shares(heard.start, span, [sum(map(width, lines)) for lines in shown]), strict=True):
        yield Caption(start, end, lines)
        start = end


def _shares(start: int, span: int, weights: Sequence[int]) -> list[int]:
    """Return where each part of a span ends, by their weights, but none shorter than need be."""
    least, total = min(SHORTEST, span // len(weights)), max(sum(weights), 1)
    ends = [start + span * weight // total for weight in accumulate(weights)]
    ends[-1] = start + span
    for number in range(len(ends) - 1):
        ends[number] = max(ends[number], (ends[number - 1] if number else start) + least)
    for number in reversed(range(len(ends) - 1)):
        ends[number] = min(ends[number], ends[number + 1] - least)
    return ends


# How texts are broken


@lru_cache(maxsize=1024)
def broken(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Break words into captions of at most two lines, where a sentence or a part of one ends, if it can be.

    >>> for lines in broken(tuple("Breathe in, and as you breathe out fold forward from the waist, slowly.".split())):
    ...     print(" / ".join(lines))
    Breathe in, and as you breathe out / fold forward from the waist, slowly.
    """
    parts = [part for word in words for part in _cut(word)]
    columns = list(accumulate((width(part) + 1 for part in parts), initial=0))
    pieces, first = [], 0
    while first < len(parts):
        last = _end(parts, columns, first)
        pieces.append(_lines(parts[first:last]))
        first = last
    return tuple(pieces)


def width(text: str) -> int:
    """Return how many columns a text takes: a wide letter, as in Chinese, takes two, a mark on a letter none.

    >>> width("ruhig"), width("慢慢"), width("e\u0301")
    (5, 4, 1)
    """
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(letter: str) -> int:
    if ord(letter) < _LATIN:
        return 1
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _cut(word: str) -> Iterator[str]:
    """Yield a word that is longer than a line in parts, with no mark parted from its letter."""
    if width(word) <= LINE:
        yield word
        return
    first = taken = 0
    for at, letter in enumerate(word):
        columns = _columns(letter)
        if taken + columns > LINE:  # never at a mark, which takes none
            yield word[first:at]
            first, taken = at, 0
        taken += columns
    yield word[first:]


def _end(parts: Sequence[str], columns: Sequence[int], first: int) -> int:
    """Return where the caption ends that begins with the part ``first``."""
    last = first
    for _ in range(2):
        begin = last
        while last < len(parts) and columns[last + 1] - columns[begin] - 1 <= LINE:
            last += 1
    if last == len(parts):
        return last
    later = range(last, first + (last - first) // 3, -1)
    for marks in (_SENTENCE, _CLAUSE):
        found = next((at for at in later if _ends(parts[at - 1], marks)), None)
        if found:
            return found
    left = columns[-1] - columns[first]
    even = Fraction(left, -(-left // (2 * LINE)))
    return next((at for at in range(first + 1, last) if columns[at] - columns[first] >= even), last)


def _lines(parts: Sequence[str]) -> tuple[str, ...]:
    """Put the parts of a caption on one line, or on two: as even as can be, but rather parted at a comma or so."""
    whole = " ".join(parts)
    if width(whole) <= LINE:
        return (whole,)
    pairs = ((" ".join(parts[:at]), " ".join(parts[at:])) for at in range(1, len(parts)))
    fitting = [pair for pair in pairs if max(map(width, pair)) <= LINE]
    return min(fitting, key=lambda pair: max(map(width, pair)) - (COMMA if _ends(pair[0], _SENTENCE + _CLAUSE) else 0))


def _ends(text: str, marks: tuple[str, ...]) -> bool:
    return text.rstrip(_CLOSING).endswith(marks)


# How they are written


def _blocks(timeline: Timeline, language: Language, point: str, markup: dict[int, str]) -> Iterator[str]:
    for number, caption in enumerate(captions(timeline, language), start=1):
        text = "\n".join(caption.lines).translate(markup).replace("-->", "→")
        yield f"{number}\n{_clock(caption.start, point)} --> {_clock(caption.end, point)}\n{text}"


def _clock(at: int, point: str) -> str:
    """Write a time in full.

    >>> _clock(36_061_001, ",")
    '10:01:01,001'
    """
    seconds, thousandths = divmod(at, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def _timed(timeline: Timeline, title: str, language: Language) -> Iterator[str]:
    seconds = _units(timeline.duration, 1)
    yield f"[ti:{one_line(title).translate(_ROUND)}]"
    yield f"[la:{language.code}]"
    yield f"[length:{seconds // 60:02}:{seconds % 60:02}]"
    until: Fraction | None = None
    for cue in _in_order(timeline):
        text = told(cue, language)
        if not text:
            continue
        if until is not None and cue.start - until > SILENCE:
            yield _tag(until)
        yield _tag(cue.start) + (text if cue.track == "voice" else f"({text})").translate(_ROUND)
        until = cue.end if until is None else max(until, cue.end)
    if until is not None and timeline.duration - until > SILENCE:
        yield _tag(until)


def _tag(at: Fraction) -> str:
    """Write a time as LRC does: its minutes go on counting after an hour.

    >>> _tag(Fraction(36_061))
    '[601:01.00]'
    """
    seconds, hundredths = divmod(_units(at, 100), 100)
    return f"[{seconds // 60:02}:{seconds % 60:02}.{hundredths:02}]"
