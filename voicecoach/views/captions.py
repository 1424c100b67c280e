"""Captions of a session: WebVTT, SubRip and LRC files, and the lyrics that are kept in step inside an MP3.

All that is heard is captioned, sounds in brackets. One caption is shown at a time, in whole milliseconds: it starts
with what is heard, and is gone when the next one starts.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, NamedTuple

from voicecoach.views.text import describe_cue, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language

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
_CLOSING = "\"')]”’»」』）"  # noqa: RUF001
_TOKEN = re.compile(rf"[^ ]*?[。！？，、；：｡､]+[{re.escape(_CLOSING)}）」』》〉】]* *|[^ ]+ *")  # noqa: RUF001
"""What a line may end after: a space, and in scripts without spaces a mark of punctuation."""
_STICKS = frozenset("ーゝゞ々ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ")
"""Letters that no line starts with, besides marks of punctuation."""
_RIGHT_TO_LEFT = {"R", "AL"}
_RLM = "\u200f"
_MARKUP = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_ROUND = str.maketrans("[]", "()")


Spans = tuple[tuple[Fraction, Fraction], ...]
"""When each sentence of a cue is heard: its start and end, in seconds from the start of the cue."""


@dataclass(frozen=True, slots=True)
class Caption:
    """What is shown from ``start`` to ``end``, in milliseconds."""

    start: int
    end: int
    lines: tuple[str, ...]


class _Token(NamedTuple):
    """A piece of text that a line may end after, with the space that follows it, and the millisecond it is heard at."""

    text: str
    at: int


def no_spans(_cue: Cue) -> Spans:
    """Know nothing about the sentences of a cue: its time is shared out by the length of its text."""
    return ()


def write_vtt(timeline: Timeline, *, title: str, language: Language, spans: Callable[[Cue], Spans] = no_spans) -> str:
    """Return the captions as WebVTT, the web's form; ``spans`` knows when the sentences of a cue are heard."""
    notes = (one_line(f"NOTE {text}").replace("-->", "→") for text in (title, f"Language: {language.code}"))
    blocks = _blocks(list_captions(timeline, language, spans), ".", _MARKUP)
    return "\n\n".join(("WEBVTT", *notes, *blocks)) + "\n"


def write_srt(timeline: Timeline, *, language: Language, spans: Callable[[Cue], Spans] = no_spans) -> str:
    """Return the captions as SubRip, which nearly every player and editor of video takes.

    Lines of right-to-left text are put between marks of their direction: most players lay all lines out from the left,
    and would show the full stop of such a line at its beginning.
    """
    marked = (
        replace(each, lines=tuple(map(_mark_direction, each.lines)))
        for each in list_captions(timeline, language, spans)
    )
    return "".join(f"{block}\n\n" for block in _blocks(marked, ",", {}))


def write_lrc(timeline: Timeline, *, title: str, language: Language) -> str:
    """Return the words as LRC, which players of music show along with a track, a line a cue.

    Square brackets are the format's own, so those of sounds and texts are round. A silence starts with an empty line.
    """
    return "".join(f"{line}\n" for line in _list_lines(timeline, title, language))


def list_lyrics(timeline: Timeline) -> list[tuple[str, int]]:
    """Return what is said with its milliseconds, as ID3's SYLT frame has it: type 1 (lyrics), format 2."""
    spoken = ((one_line(cue.text), to_milliseconds(cue.start)) for cue in _in_order(timeline) if cue.track == "voice")
    return [(text, at) for text, at in spoken if text]


def list_captions(
    timeline: Timeline, language: Language, spans: Callable[[Cue], Spans] = no_spans
) -> Iterator[Caption]:
    """Yield the captions in the order of time; a long text is shared out among several."""
    heard = list(_group(timeline, language, spans))
    for number, this in enumerate(heard):
        last = number + 1 == len(heard)
        until = max(to_milliseconds(timeline.duration), this.end, this.start + 1) if last else heard[number + 1].start
        yield from _share_time(this, until)


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text on one line, with the spaces that follow them.

    >>> split_sentences("Sit down. Breathe.")
    ['Sit down. ', 'Breathe.']
    """
    found = [""]
    for token in _TOKEN.findall(text):
        if _ends(found[-1], _SENTENCE):
            found.append("")
        found[-1] += token
    return found


def to_milliseconds(seconds: Fraction) -> int:
    """Round seconds to milliseconds, halves up, so that order is kept."""
    return _round_to(seconds, 1000)


def _round_to(seconds: Fraction, parts: int) -> int:
    return (2 * seconds.numerator * parts + seconds.denominator) // (2 * seconds.denominator)


def _in_order(timeline: Timeline) -> list[Cue]:
    return sorted(timeline.cues, key=lambda cue: cue.start)


# What is heard together


@dataclass(slots=True)
class _Heard:
    """Words, and the sounds that set in while they are said; or sounds alone."""

    start: int
    end: int
    tokens: list[_Token]
    voiced: bool

    def takes(self, start: int, *, voiced: bool) -> bool:
        """Tell whether something is captioned with this: it starts with it, or is a sound during the words."""
        return start == self.start or (self.voiced and not voiced and start < self.end)

    def add(self, end: int, tokens: Sequence[_Token], *, voiced: bool) -> None:
        """Add words after these; or a sound among them, as near to when it is heard as can be."""
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


def _group(timeline: Timeline, language: Language, spans: Callable[[Cue], Spans]) -> Iterator[_Heard]:
    now: _Heard | None = None
    for cue in _in_order(timeline):
        voiced, text = cue.track == "voice", describe_cue(cue, language)
        if not text:
            continue
        start, end = to_milliseconds(cue.start), to_milliseconds(cue.end)
        tokens = _tokens(text, cue, spans(cue)) if voiced else [_Token(f"[{text}] ", start)]
        if now and now.takes(start, voiced=voiced):
            now.add(end, tokens, voiced=voiced)
            continue
        if now:
            yield now
        now = _Heard(start, end, tokens, voiced)
    if now:
        yield now


def _tokens(text: str, cue: Cue, spans: Spans) -> list[_Token]:
    """Cut a cue's text where a line may end, and place each piece in time within its sentence."""
    parts = split_sentences(text) if len(spans) > 1 else [text]
    if len(parts) != len(spans):
        parts, spans = [text], ((Fraction(0), cue.end - cue.start),)
    found = []
    for part, (start, end) in zip(parts, spans, strict=True):
        pieces = [piece for token in _TOKEN.findall(part) for piece in _split_token(token)]
        passed = list(accumulate(map(count_columns, pieces), initial=0))
        share = (end - start) / max(passed[-1], 1)
        found += [
            _Token(piece, to_milliseconds(cue.start + start + share * before))
            for piece, before in zip(pieces, passed, strict=False)
        ]
    return found


def _share_time(heard: _Heard, until: int) -> Iterator[Caption]:
    """Share the time of what is heard together among its captions; they are fewer, and taller, where it is short."""
    room = until - heard.start
    texts = tuple(token.text for token in heard.tokens)
    begins = _break(texts)
    count = max(1, min(len(begins), room // SHORTEST))
    edges = [*begins, len(texts)]
    chosen = [number * len(begins) // count for number in range(count + 1)]
    span = min(max(heard.end - heard.start, count * SHORTEST), room)
    ends = _room_for_each([heard.tokens[edges[at]].at for at in chosen[1:-1]], heard.start, span)
    start = heard.start
    for (one, other), end in zip(pairwise(chosen), ends, strict=True):
        pieces = pairwise(edges[one : other + 1])
        yield Caption(start, end, tuple(line for first, last in pieces for line in _lines(texts[first:last])))
        start = end


def _room_for_each(wanted: Sequence[int], start: int, span: int) -> list[int]:
    """Return where each part of a span ends, as is wanted of all but the last, but none shorter than need be."""
    least = min(SHORTEST, span // (len(wanted) + 1))
    ends = [*wanted, start + span]
    for number in range(len(ends) - 1):
        ends[number] = max(ends[number], (ends[number - 1] if number else start) + least)
    for number in reversed(range(len(ends) - 1)):
        ends[number] = min(ends[number], ends[number + 1] - least)
    return ends


# How texts are broken


def break_text(text: str) -> list[tuple[str, ...]]:
    """Break a text into captions of at most two lines, where a sentence or a part of one ends, if it can be.

    >>> for lines in break_text("Breathe in, and as you breathe out fold forward from the waist, slowly."):
    ...     print(" / ".join(lines))
    Breathe in, and as you breathe out / fold forward from the waist, slowly.
    """
    parts = tuple(piece for token in _TOKEN.findall(text) for piece in _split_token(token))
    return [_lines(parts[one:other]) for one, other in pairwise([*_break(parts), len(parts)])]


@lru_cache(maxsize=1024)
def _break(parts: tuple[str, ...]) -> tuple[int, ...]:
    """Return which of some parts begin a caption."""
    columns = list(accumulate(map(count_columns, parts), initial=0))
    begins, first = [], 0
    while first < len(parts):
        begins.append(first)
        first = _end(parts, columns, first)
    return tuple(begins)


def count_columns(text: str) -> int:
    """Return how many columns a text takes: a wide letter, as in Chinese, takes two, a mark on a letter none.

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
    """Yield a token that is longer than a line in parts, with no mark parted from its letter."""
    word = token.rstrip(" ")
    if count_columns(word) <= LINE:
        yield token
        return
    first = taken = 0
    for at, letter in enumerate(word):
        columns = _columns(letter)
        if taken + columns > LINE:  # never at a mark, which takes none
            cut = _find_joint(word, first, at)
            yield word[first:cut]
            first, taken = cut, count_columns(word[cut:at])
        taken += columns
    yield word[first:] + token[len(word) :]


def _find_joint(word: str, first: int, at: int) -> int:
    """Return where a long word is best cut, at ``at`` or somewhat earlier: in Japanese, where a particle ends."""
    earliest = first + (at - first) * 2 // 3
    allowed = [cut for cut in range(at, earliest, -1) if not _sticks(word[cut])]
    joints = (cut for cut in allowed if _is_hiragana(word[cut - 1]) and not _is_hiragana(word[cut]))
    return next(joints, allowed[0] if allowed else at)


def _sticks(letter: str) -> bool:
    return letter in _STICKS or unicodedata.category(letter)[0] in "MP" or _columns(letter) == 0


def _is_hiragana(letter: str) -> bool:
    return "\u3041" <= letter <= "\u3096"


def _end(parts: Sequence[str], columns: Sequence[int], first: int) -> int:
    """Return where the caption ends that begins with the part ``first``."""
    last = first
    for _ in range(2):
        begin = last
        while last < len(parts) and columns[last + 1] - columns[begin] - parts[last].endswith(" ") <= LINE:
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


@lru_cache(maxsize=1024)
def _lines(parts: tuple[str, ...]) -> tuple[str, ...]:
    """Put the parts of a caption on one line, or on two: as even as can be, but rather parted at a comma or so."""
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
    """Put a line whose first letter is of a right-to-left script between two marks of that direction."""
    strong = next((kind for kind in map(unicodedata.bidirectional, line) if kind in {*_RIGHT_TO_LEFT, "L"}), "L")
    return f"{_RLM}{line}{_RLM}" if strong in _RIGHT_TO_LEFT else line


# How they are written


def _blocks(shown: Iterable[Caption], point: str, markup: dict[int, str]) -> Iterator[str]:
    for number, caption in enumerate(shown, start=1):
        text = "\n".join(caption.lines).translate(markup).replace("-->", "→")
        yield f"{number}\n{_clock(caption.start, point)} --> {_clock(caption.end, point)}\n{text}"


def _clock(at: int, point: str) -> str:
    """Write a time in full.

    >>> _clock(36_061_001, ",")
    '10:01:01,001'
    """
    seconds, thousandths = divmod(at, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def _list_lines(timeline: Timeline, title: str, language: Language) -> Iterator[str]:
    seconds = _round_to(timeline.duration, 1)
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
    """Write a time as LRC does: its minutes go on counting after an hour.

    >>> _tag(Fraction(36_061))
    '[601:01.00]'
    """
    seconds, hundredths = divmod(_round_to(at, 100), 100)
    return f"[{seconds // 60:02}:{seconds % 60:02}.{hundredths:02}]"
