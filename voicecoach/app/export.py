"""Writes a planned session: its tracks, and the files beside them; all of them or none."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.app.naming import drop_folders, name_file, tell_apart
from voicecoach.app.request import Made, check_bed
from voicecoach.app.targets import find_places
from voicecoach.errors import EncodeError, escape
from voicecoach.system import plain_files, timings
from voicecoach.views.cuesheet import write_cuesheet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction

    from voicecoach.app.request import PlannedSession, Report, Request, Track
    from voicecoach.audio.id3 import Tags
    from voicecoach.audio.loudness import Loudness
    from voicecoach.audio.render import Prepared, TrackPlan
    from voicecoach.audio.writer import Extra, Written
    from voicecoach.core.timeline import Cue

_Earlier = tuple[tuple[Path, "dict[str, Any] | None"], ...]
"""The files of the tracks, and the choices that those were made with which are there already and are ours."""


_Files = tuple[tuple["Track", "Written", "Loudness"], ...]
"""Each track, its file, and how loud it is."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where the files of a session go.

    Attributes:
        paths: The file of each track.
        whole: What the file would be called if there were only one.
        earlier: The files that are there already and will be replaced.
    """

    paths: tuple[Path, ...]
    whole: Path
    earlier: _Earlier


def find_destination(request: Request, output: Path | None, called: str) -> Destination:
    """Find where the files of a session go, and refuse what would be wrong after the work.

    Args:
        request: What is asked for.
        output: A file or a folder; None for the current folder.
        called: What the routine's files are called.

    Raises:
        ChoiceError: If the choices about the sound do not go together.
        TargetError: If there can be no file of this name.
        OutputError: If a file can't be written there, or is a person's own work.
    """
    request.sounding.check([side for side, _ in request.tracks])
    check_bed(request.sounding, clear=bool(request.choices.clear))
    paths, whole = find_places(request, output, name_file(called, request.chosen))
    named = output is not None and not plain_files.is_folder(output)
    return Destination(tuple(paths), whole, _check_replaceable(request, paths, whole, named=named))


@dataclass(frozen=True, slots=True)
class Attachments:
    """What the tracks carry besides their session: a picture each, and the date that goes with the routine's files.

    Attributes:
        covers: The picture of each track; empty for none.
        digests: The SHA-256 of the routine's files.
    """

    covers: Sequence[bytes]
    digests: Sequence[str]


def write_session(  # noqa: PLR0913, PLR0917 - what is written, where, and with what
    session: PlannedSession,
    request: Request,
    destination: Destination,
    attachments: Attachments,
    folder: Path,
    report: Report,
) -> Made:
    """Write a session's tracks and the files beside them; encoded sound is kept in ``folder``.

    Raises:
        EncodeError: If ffmpeg is missing or fails.
        OutputError: If a file can't be written.
    """
    from voicecoach.audio import render, tagging
    from voicecoach.audio.provenance import find_date_made

    request = replace(request, sounding=session.complete(request.sounding))
    paths = destination.paths
    made_with = sorted(request.describe_choices(session.voice, session.pace).items())
    date = find_date_made(folder, attachments.digests, session.title, made_with)
    parts = [
        replace(part, tags=replace(part.tags, date=date))
        for part in _parts(session, request, paths, attachments.covers)
    ]
    report("encoding", 0, len(paths))
    ready = render.prepare(parts, session.clip, request.sounding, folder, report)
    files, extras = _write(session, request, destination, ready, report)
    listed = (told for part in parts for told in tagging.describe_unlisted(request.sounding.form, part.tags.chapters))
    replaced = _note_replaced(destination.earlier, request, session)
    warnings = (*session.warnings, *dict.fromkeys(listed), *ready.problems, *replaced)
    return Made(replace(session, warnings=warnings), files, extras, {})


def _write(
    session: PlannedSession, request: Request, destination: Destination, ready: Prepared, report: Report
) -> tuple[_Files, tuple[Extra, ...]]:
    """Write all files, look at each before it takes its name, and find out how loud it is."""
    from voicecoach.audio import loudness
    from voicecoach.audio.writer import write_files

    paths = destination.paths
    extras = _list_extras(session, paths, request, destination.whole)
    loud = list(ready.loudness)

    def look(number: int, draft: Path) -> None:
        report("checking", number, len(paths))
        loud[number] = loud[number] or loudness.measure_file(draft)
        if request.verify:
            _verify(draft, paths[number])

    with timings.time_part("writing"):
        written = write_files(ready.recordings, extras, look)
    report("checking", len(paths), len(paths))
    measured = tuple(each for each in loud if each is not None)
    return tuple(zip(session.tracks, written, measured, strict=True)), extras


def _parts(
    session: PlannedSession, request: Request, paths: Sequence[Path], covers: Sequence[bytes]
) -> list[TrackPlan]:
    """Return the tracks with their metadata."""
    from voicecoach.audio.render import TrackPlan

    tracks = enumerate(zip(session.tracks, paths, request.per_track, covers, strict=True), start=1)
    return [
        TrackPlan(track.timeline, track.side, path, _tags(session, track, number, asked, cover))
        for number, (track, path, asked, cover) in tracks
    ]


def _verify(draft: Path, path: Path) -> None:
    """Compare a finished file with its plan.

    Raises:
        EncodeError: When it is not as planned.
    """
    from voicecoach.audio.verify import verify

    findings = verify(draft)
    if findings:
        more = f" (and {len(findings) - 1} more)" if len(findings) > 1 else ""
        raise EncodeError(f"{path} is not as planned: {findings[0]}{more}\nnothing was written; make it again")


def _list_extras(session: PlannedSession, paths: Iterable[Path], request: Request, whole: Path) -> tuple[Extra, ...]:
    """Make the files beside the tracks that were asked for."""
    if not request.extras:
        return ()
    from voicecoach.app.sidecars import SidecarTrack, make_extras

    spans = functools.cache(lambda cue: _find_sentences(session, cue))
    tracks = [
        SidecarTrack(path, track.title, track.timeline, track.timeline.duration, spans)
        for track, path in zip(session.tracks, paths, strict=True)
    ]
    return tuple(make_extras(request.extras, tracks, session.title, session.words, whole))


def _find_sentences(session: PlannedSession, cue: Cue) -> tuple[tuple[Fraction, Fraction], ...]:
    """Return when each sentence of a cue is heard, in seconds from its start; nothing for a single one."""
    from voicecoach.audio.pauses import find_sentences
    from voicecoach.views.captions import count_columns, split_sentences
    from voicecoach.views.text import one_line

    parts = split_sentences(one_line(cue.text))
    return find_sentences(session.clip(cue), [count_columns(part) for part in parts]) if len(parts) > 1 else ()


def _check_replaceable(request: Request, paths: Sequence[Path], whole: Path, *, named: bool) -> _Earlier:
    """Refuse to replace what a person made, and return what the tracks that are there were made with.

    A track whose name was typed (``named``) is replaced, whatever it is.
    """
    there = [path for path in paths if os.path.lexists(path)]
    if not there and not request.extras:
        return ()
    from voicecoach.audio import provenance

    if request.extras and not request.force:
        from voicecoach.app.sidecars import list_paths

        provenance.check_ours(list_paths(request.extras, paths, whole))
    earlier = tuple((path, provenance.read_choices(path) if path in there else None) for path in paths)
    if not (named or request.force):
        provenance.check_audio(path for path, choices in earlier if choices is None)
    return earlier


def _note_replaced(earlier: _Earlier, request: Request, session: PlannedSession) -> Iterator[str]:
    """Report files that were made from other choices and will be replaced."""
    for (path, kept), asked in zip(earlier, request.per_track, strict=False):
        other = tell_apart(kept, asked.describe_choices(session.voice, session.pace)) if kept else ""
        if other:
            yield f"{escape(path)} replaces an earlier session: {other}"


def _tags(session: PlannedSession, track: Track, number: int, request: Request, cover: bytes) -> Tags:
    from voicecoach.audio.id3 import ARTIST, GENRE, ChapterTag, Tags
    from voicecoach.views.captions import list_lyrics

    made_with = request.describe_choices(session.voice, session.pace)
    plan = {**session.as_json(track), "voice": drop_folders(session.voice)}
    carried = {**plan, "choices": made_with, "sound": request.sounding.as_json()}
    return Tags(
        title=track.title,
        album=session.title,
        track=number,
        tracks=len(session.tracks),
        language=session.words.code,
        comment=" ".join(session.notice),
        lyrics=write_cuesheet(track.timeline),
        chapters=tuple(ChapterTag(each.start, each.end, each.title) for each in track.timeline.chapters),
        timeline=carried,
        cover=cover,
        cover_type="image/png",
        synced=tuple(list_lyrics(track.timeline)),
        artist=request.artist or ARTIST,
        genre=GENRE,
        breath=str(session.pace) if session.pace and track.timeline.phases else "",
    )
