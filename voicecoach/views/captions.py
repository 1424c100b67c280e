"""Captions of a session: WebVTT, SubRip and LRC files, and synchronised lyrics inside an MP3.

Captions cover all words and sounds; sounds are in brackets. Captions never overlap: each one starts with its first
word or sound, and ends at the latest when the next one starts. Their times are whole milliseconds.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from voicecoach.core.timeline import format_timestamp, round_time, to_milliseconds
from voicecoach.views.text import describe_cue, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language

LINE = 42
"""Columns of a line. A caption has two lines, or more if there is no time for another caption."""

COMMA = 12
"""How much wider than necessary a line may be, in columns, to break after punctuation."""

SHORTEST = 1000
"""Minimum milliseconds of a caption, unless the next one starts sooner."""

SILENCE = Fraction(10)
"""Seconds. A longer silence clears the last line in LRC."""

_LATIN = 0x300  # every character before it is narrow and is not a combining mark
_SENTENCE, _CLAUSE = tuple(".!?…。！？؟۔।"), tuple(",;:–—、，；：،؛")  # noqa: RUF001 - marks of many scripts
_CLOSING = "\"')]”’»」』）"  # noqa: RUF001
_TOKEN = re.compile(rf"[^ ]*?[。！？，、；：｡､]+[{re.escape(_CLOSING)}）」』》〉】]* *|[^ ]+ *")  # noqa: RUF001
"""Text that a line may end after: it ends with a space or, in scripts without spaces, with punctuation."""
_STICKS = frozenset("ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")
"""Letters that must not start a line, besides punctuation."""
_RIGHT_TO_LEFT = {"R", "AL"}
_RLM = "\u200f"
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ROUND = str.maketrans("[]", "()")


Spans = tuple[tuple[Fraction, Fraction], ...]
"""The start and end of each sentence of a cue, in seconds from the start of the cue."""


@dataclass(frozen=True, slots=True)
class Caption:
    """Lines of text, visible from ``start`` to ``end``, in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


class _Token(NamedTuple):
    """A piece of text that a line may end after, with the spaces after it, and its start in milliseconds."""

    text: str
    at: int


def no_spans(_cue: Cue) -> Spans:
    """Return no spans: the time of the cue is divided by the length of its text."""
    return ()


def write_vtt(timeline: Timeline, *, title: str, language: Language, spans: Callable[[Cue], Spans] = no_spans) -> str:
    """Return the captions as WebVTT, the format of web browsers.

    ``spans`` returns the times of the sentences of a cue, or an empty tuple if they are not known.
    """
    notes = (one_line(f"NOTE {text}").replace("-->", "→") for text in (title, f"Language: {language.code}"))
    blocks = _blocks(list_captions(timeline, language, spans), ".", _MARKUP)
    return "\n\n".join(("WEBVTT", *notes, *blocks)) + "\n"


def write_srt(timeline: Timeline, *, language: Language, spans: Callable[[Cue], Spans] = no_spans) -> str:
    """Return the captions as SubRip, which nearly every video player and editor reads.

    Lines of right-to-left text are enclosed in direction marks: without them, most players show the full stop of a
    right-to-left line at its beginning.
    """
    marked = (
        replace(each, lines=tuple(map(_mark_direction, each.lines)))
        for each in list_captions(timeline, language, spans)
    )
    return "".join(f"{block}\n\n" for block in _blocks(marked, ",", {}))


def write_lrc(timeline: Timeline, *, title: str, language: Language) -> str:
    """Return words and sounds as LRC, one line for each cue; music players show it along with a track.

    The format uses square brackets itself, so brackets in the text are round. An empty line starts a long silence.
    """
    return "".join(f"{line}\n" for line in _list_lines(timeline, title, language))


def list_lyrics(timeline: Timeline) -> list[tuple[str, int]]:
    """Return the spoken texts, each with its start in milliseconds, for ID3's SYLT frame: type 1 (lyrics), format 2."""
    spoken = ((one_line(cue.text), to_milliseconds(cue.start)) for cue in _in_order(timeline) if cue.track == "voice")
    return [(text, at) for text, at in spoken if text]


def list_captions(
    timeline: Timeline, language: Language, spans: Callable[[Cue], Spans] = no_spans
) -> Iterator[Caption]:
    """Yield the captions in order of time; a long text is divided among several captions."""
    groups = list(_group_cues(timeline, language, spans))
    for number, group in enumerate(groups):
        last = number + 1 == len(groups)
        end = max(to_milliseconds(timeline.duration), group.end, group.start + 1)
        yield from _share_time(group, end if last else groups[number + 1].start)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a one-line text, each with the spaces after it.

    >>> split_sentences("Sit down. Breathe.")
    ['Sit down. ', 'Breathe.']
    """
    sentences = [""]
    for token in _TOKEN.findall(text):
        if _ends(sentences[-1], _SENTENCE):
            sentences.append("")
        sentences[-1] += token
    return sentences


def _in_order(timeline: Timeline) -> list[Cue]:
    return sorted(timeline.cues, key=lambda cue: cue.start)


# Cues that share a caption


@dataclass(slots=True)
class _Group:
    """Cues that share captions: words and the sounds that start during them, or sounds alone."""

    start: int
    end: int
    tokens: list[_Token]
    voiced: bool

    def takes(self, start: int, *, voiced: bool) -> bool:
        """Return whether a cue belongs to this group: it starts at the same time, or is a sound during the words."""
        return start == self.start or (self.voiced and not voiced and start < self.end)

    def add(self, end: int, tokens: Sequence[_Token], *, voiced: bool) -> None:
        """Append words, or insert a sound next to the words that are nearest in time."""
        if self.tokens and not self.tokens[-1].text.endswith(" "):
            self.tokens[-1] = self.tokens[-1]._replace(text=self.tokens[-1].text + " ")
        if self.voiced and not voiced:
            times = [*(token.at for token in self.tokens), self.end]
            at = min(range(len(times)), key=lambda number: abs(times[number] - tokens[0].at))
            self.tokens[at:at] = tokens
            return
        self.tokens += tokens
        self.end = max(self.end, end) if self.voiced == voiced else end
        self.voiced = voiced


def _group_cues(timeline: Timeline, language: Language, spans: Callable[[Cue], Spans]) -> Iterator[_Group]:
    now: _Group | None = None
    for cue in _in_order(timeline):
        voiced, text = cue.track == "voice", describe_cue(cue, language)
        if not text:
            continue
        start, end = to_milliseconds(cue.start), to_milliseconds(cue.end)
        tokens = _split_cue(text, cue, spans(cue)) if voiced else [_Token(f"[{text}] ", start)]
        if now and now.takes(start, voiced=voiced):
            now.add(end, tokens, voiced=voiced)
            continue
        if now:
            yield now
        now = _Group(start, end, tokens, voiced)
    if now:
        yield now


def _split_cue(text: str, cue: Cue, spans: Spans) -> list[_Token]:
    """Split a cue's text into tokens, and estimate when each starts within its sentence."""
    parts = split_sentences(text) if len(spans) > 1 else [text]
    if len(parts) != len(spans):
        parts, spans = [text], ((Fraction(0), cue.end - cue.start),)
    tokens = []
    for part, (start, end) in zip(parts, spans, strict=True):
        pieces = [piece for token in _TOKEN.findall(part) for piece in _split_token(token)]
        passed = list(accumulate(map(count_columns, pieces), initial=0))
        share = (end - start) / max(passed[-1], 1)
        tokens += [
            _Token(piece, to_milliseconds(cue.start + start + share * before))
            for piece, before in zip(pieces, passed, strict=False)
        ]
    return tokens


def _share_time(group: _Group, until: int) -> Iterator[Caption]:
    """Divide the time of a group among its captions; if time is short, there are fewer captions with more lines."""
    room = until - group.start
    texts = tuple(token.text for token in group.tokens)
    begins = _break(texts)
    count = max(1, min(len(begins), room // SHORTEST))
    edges = [*begins, len(texts)]
    chosen = [number * len(begins) // count for number in range(count + 1)]
    span = min(max(group.end - group.start, count * SHORTEST), room)
    ends = _space_ends([group.tokens[edges[at]].at for at in chosen[1:-1]], group.start, span)
    start = group.start
    for (one, other), end in zip(pairwise(chosen), ends, strict=True):
        pieces = pairwise(edges[one : other + 1])
        yield Caption(start, end, tuple(line for first, last in pieces for line in _lines(texts[first:last])))
        start = end


def _space_ends(wanted: Sequence[int], start: int, span: int) -> list[int]:
    """Return the end of each part of a span: the wanted ends, moved so that no part is too short, and the last end."""
    least = min(SHORTEST, span // (len(wanted) + 1))
    ends = [*wanted, start + span]
    for number in range(len(ends) - 1):
        ends[number] = max(ends[number], (ends[number - 1] if number else start) + least)
    for number in reversed(range(len(ends) - 1)):
        ends[number] = min(ends[number], ends[number + 1] - least)
    return ends


# Line breaks


def break_text(text: str) -> list[tuple[str, ...]]:
    """Break a text into captions of at most two lines, if possible after a sentence or a clause.

    >>> for lines in break_text("Breathe in, and as you breathe out fold forward from the waist, slowly."):
    ...     print(" / ".join(lines))
    Breathe in, and as you breathe out / fold forward from the waist, slowly.
    """
    parts = tuple(piece for token in _TOKEN.findall(text) for piece in _split_token(token))
    return [_lines(parts[one:other]) for one, other in pairwise([*_break(parts), len(parts)])]


@lru_cache(maxsize=1024)
def _break(parts: tuple[str, ...]) -> tuple[int, ...]:
    """Return the indexes of the parts that start a caption."""
    columns = list(accumulate(map(count_columns, parts), initial=0))
    begins, first = [], 0
    while first < len(parts):
        begins.append(first)
        first = _end(parts, columns, first)
    return tuple(begins)


def count_columns(text: str) -> int:
    """Return the width of a text in columns: a wide letter, as in Chinese, has two, and a combining mark has zero.

    >>> count_columns("ruhig"), count_columns("慢慢"), count_columns("e\u0301")
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


def _split_token(token: str) -> Iterator[str]:
    """Yield a token, in pieces if it is longer than a line; combining marks stay with their letters."""
    word = token.rstrip(" ")
    if count_columns(word) <= LINE:
        yield token
        return
    first = taken = 0
    for at, letter in enumerate(word):
        columns = _columns(letter)
        if taken + columns > LINE:  # never at a combining mark, as it has no width
            cut = _find_joint(word, first, at)
            yield word[first:cut]
            first, taken = cut, count_columns(word[cut:at])
        taken += columns
    yield word[first:] + token[len(word) :]


def _find_joint(word: str, first: int, at: int) -> int:
    """Return the best index to cut a long word, at ``at`` or slightly before: in Japanese, after a particle."""
    earliest = first + (at - first) * 2 // 3
    allowed = [cut for cut in range(at, earliest, -1) if not _sticks(word[cut])]
    joints = (cut for cut in allowed if _is_hiragana(word[cut - 1]) and not _is_hiragana(word[cut]))
    return next(joints, allowed[0] if allowed else at)


def _sticks(letter: str) -> bool:
    return letter in _STICKS or unicodedata.category(letter)[0] in "MP" or _columns(letter) == 0


def _is_hiragana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u3096"


def _end(parts: Sequence[str], columns: Sequence[int], first: int) -> int:
    """Return the end, as an index of parts, of the caption that starts with the part ``first``."""
    last = first
    for _ in range(2):
        begin = last
        while last < len(parts) and columns[last + 1] - columns[begin] - parts[last].endswith(" ") <= LINE:
            last += 1
    if last == len(parts):
        return last
    later = range(last, first + (last - first) // 3, -1)
    for marks in (_SENTENCE, _CLAUSE):
        cut = next((at for at in later if _ends(parts[at - 1], marks)), None)
        if cut:
            return cut
    left = columns[-1] - columns[first]
    even = Fraction(left, -(-left // (2 * LINE)))
    return next((at for at in range(first + 1, last) if columns[at] - columns[first] >= even), last)


@lru_cache(maxsize=1024)
def _lines(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Put the parts of a caption on one line, or on two of similar width, preferably split after punctuation."""
    whole = "".join(parts).rstrip(" ")
    if count_columns(whole) <= LINE:
        return (whole,)
    pairs = (("".join(parts[:at]).rstrip(" "), "".join(parts[at:]).rstrip(" ")) for at in range(1, len(parts)))
    fitting = [pair for pair in pairs if max(map(count_columns, pair)) <= LINE]
    return min(
        fitting, key=lambda pair: max(map(count_columns, pair)) - (COMMA if _ends(pair[0], _SENTENCE + _CLAUSE) else 0)
    )


def _ends(text: str, marks: tuple[str, ...]) -> bool:
    return text.rstrip(f"{_CLOSING} ").endswith(marks)


def _mark_direction(line: str) -> str:
    """Enclose a line in right-to-left marks if its first letter with a direction is right-to-left."""
    strong = next((kind for kind in map(unicodedata.bidirectional, line) if kind in {*_RIGHT_TO_LEFT, "L"}), "L")
    return f"{_RLM}{line}{_RLM}" if strong in _RIGHT_TO_LEFT else line


# File formats


def _blocks(captions: Iterable[Caption], point: str, markup: dict[int, str]) -> Iterator[str]:
    for number, caption in enumerate(captions, start=1):
        text = "\n".join(caption.lines).translate(markup).replace("-->", "→")
        times = (format_timestamp(at, point) for at in (caption.start, caption.end))
        yield f"{number}\n{' --> '.join(times)}\n{text}"


def _list_lines(timeline: Timeline, title: str, language: Language) -> Iterator[str]:
    seconds = round_time(timeline.duration, 1)
    yield f"[ti:{one_line(title).translate(_ROUND)}]"
    yield f"[la:{language.code}]"
    yield f"[length:{seconds // 60:02}:{seconds % 60:02}]"
    until: Fraction | None = None
    for cue in _in_order(timeline):
        text = describe_cue(cue, language)
        if not text:
            continue
        if until is not None and cue.start - until > SILENCE:
            yield _tag(until)
        yield _tag(cue.start) + (text if cue.track == "voice" else f"({text})").translate(_ROUND)
        until = cue.end if until is None else max(until, cue.end)
    if until is not None and timeline.duration - until > SILENCE:
        yield _tag(until)


def _tag(at: Fraction) -> str:
    """Return a time as an LRC tag, whose minutes can go beyond 59.

    >>> _tag(Fraction(36_061))
    '[601:01.00]'
    """
    seconds, hundredths = divmod(round_time(at, 100), 100)
    return f"[{seconds // 60:02}:{seconds % 60:02}.{hundredths:02}]"
