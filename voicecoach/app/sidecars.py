"""The files beside a track: captions, a transcript, a list of chapters, a playlist. All come from its timeline."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.audio.writer import Extra
from voicecoach.views import captions, chapters, transcript

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from fractions import Fraction
    from pathlib import Path

    from voicecoach.core.timeline import Cue, Timeline
    from voicecoach.language import Language

CHAPTERS, PLAYLIST = "chapters_json", "playlist"


@dataclass(frozen=True, slots=True)
class SidecarTrack:
    """A track that gets files beside it.

    Attributes:
        path: The file of the track.
        title: Its title.
        timeline: What is heard in it.
        seconds: How long it is.
        spans: Returns when the sentences of a cue are heard.
    """

    path: Path
    title: str
    timeline: Timeline
    seconds: Fraction
    spans: Callable[[Cue], captions.Spans] = captions.no_spans


def list_paths(kinds: Sequence[str], tracks: Sequence[Path], whole: Path) -> list[Path]:
    """Return the paths of the files beside tracks, as `make_extras` writes them.

    >>> from pathlib import Path
    >>> [path.name for path in list_paths(["srt", "playlist"], [Path("a-left.mp3")], Path("a.mp3"))]
    ['a-left.srt', 'a.m3u8']
    """
    found = [_find_path(kind, track) for kind in kinds if kind != PLAYLIST for track in tracks]
    return [*found, _find_playlist(whole)] if PLAYLIST in kinds else found


def make_extras(
    kinds: Sequence[str], tracks: Sequence[SidecarTrack], album: str, language: Language, whole: Path
) -> list[Extra]:
    """Make the files beside tracks; ``whole`` is the path that a single file of all tracks would have."""
    found = [extra for kind in kinds if kind != PLAYLIST for track in tracks for extra in _make(kind, track, language)]
    if PLAYLIST in kinds:
        folder = whole.parent
        listed = [(os.path.relpath(track.path, folder), track.seconds, track.title) for track in tracks]
        found.append(Extra(_find_playlist(whole), PLAYLIST, chapters.write_playlist(listed, album).encode()))
    return found


def _make(kind: str, track: SidecarTrack, language: Language) -> Iterator[Extra]:
    if kind == CHAPTERS:
        content = chapters.write_chapters(track.timeline, title=track.title)
        yield Extra(_find_path(kind, track.path), kind, content.encode())
    elif kind == "srt":
        yield _make_text(kind, track, captions.write_srt(track.timeline, language=language, spans=track.spans))
    elif kind == "vtt":
        content = captions.write_vtt(track.timeline, title=track.title, language=language, spans=track.spans)
        yield _make_text(kind, track, content)
    else:
        written = {"lrc": captions.write_lrc, "txt": transcript.write_transcript}[kind]
        yield _make_text(kind, track, written(track.timeline, title=track.title, language=language))


def _make_text(kind: str, track: SidecarTrack, content: str) -> Extra:
    return Extra(_find_path(kind, track.path), kind, content.encode())


def _find_path(kind: str, track: Path) -> Path:
    return track.with_suffix(".chapters.json" if kind == CHAPTERS else f".{kind}")


def _find_playlist(whole: Path) -> Path:
    return whole.with_suffix(".m3u8")
