"""Lists for players: the chapters of a session for podcast apps, and playlists of tracks."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from voicecoach.core.timeline import to_milliseconds
from voicecoach.errors import ChoiceError, quote
from voicecoach.views.text import one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from fractions import Fraction

    from voicecoach.core.timeline import Timeline

_MISREAD = re.compile(r"[#\s\ufeff]|[a-z][a-z0-9+.-]*:", re.IGNORECASE)
"""The start of a name that players would skip as a comment, trim, or take for a web address."""

_UNNAMEABLE = re.compile(r"[\r\n\ud800-\udfff]")


def write_chapters(timeline: Timeline, *, title: str) -> str:
    """Return the chapters as JSON of Podcasting 2.0, version 1.2.0, with times in seconds."""
    chapters = [
        {"startTime": _round_seconds(each.start), "endTime": _round_seconds(each.end), "title": one_line(each.title)}
        for each in sorted(timeline.chapters, key=lambda each: each.start)
    ]
    document = {"version": "1.2.0", "title": one_line(title), "chapters": chapters}
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def write_playlist(tracks: Iterable[tuple[str, Fraction, str]], title: str) -> str:
    """Return an M3U8 playlist. A track is its path relative to the playlist, its length in seconds, and its title.

    >>> from fractions import Fraction
    >>> print(write_playlist([("#1.mp3", Fraction(601, 2), "Left leg")], "Leg stretch"), end="")
    #EXTM3U
    #PLAYLIST:Leg stretch
    #EXTINF:300.500,Left leg
    ./#1.mp3

    Raises:
        ChoiceError: When a path has a line break, or bytes that are not text.
    """
    return "".join(f"{line}\n" for line in _list_lines(tracks, title))


def _list_lines(tracks: Iterable[tuple[str, Fraction, str]], title: str) -> Iterator[str]:
    yield "#EXTM3U"
    yield f"#PLAYLIST:{one_line(title)}"
    for path, seconds, name in tracks:
        if _UNNAMEABLE.search(path):
            raise ChoiceError(f"a playlist can't name the file {quote(path)}\ngive it a name of plain letters with -o")
        yield f"#EXTINF:{_round_seconds(seconds):.3f},{one_line(name)}"
        yield f"./{path}" if _MISREAD.match(path) else path


def _round_seconds(seconds: Fraction) -> float:
    return to_milliseconds(seconds) / 1000
