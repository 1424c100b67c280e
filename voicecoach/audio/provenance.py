"""Tells the files of voicecoach, which are replaced, from the files of other people, which stay."""

from __future__ import annotations

import json
import os
import re
import time
import unicodedata
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from voicecoach.audio import tagging
from voicecoach.audio.formats import FORMATS
from voicecoach.errors import ChoiceError, TargetError, quote
from voicecoach.system import cache, plain_files
from voicecoach.views import prompt_lists
from voicecoach.views.text import MARK

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

REMEDY = "choose another name, or add --force to replace it"

LARGEST_TEXT = 20_000_000
"""The largest text that is read, in bytes: captions of twelve hours are smaller."""

_HEAD = 4096
"""Bytes at the start of a picture or a page that contain our mark."""
_MARKED = {".svg", ".png", ".html", ".htm"}
_HEADS = {
    ".vtt": r"WEBVTT\n\nNOTE .*\n\nNOTE Language: .+\n",
    ".lrc": r"\[ti:.*\]\n\[la:.+\]\n\[length:[0-9]{2,}:[0-9]{2}\]\n",
    ".m3u8": r"#EXTM3U\n#PLAYLIST:.*\n(?:#EXTINF:[0-9]+\.[0-9]{3},.*\n.+\n)+",
}
"""The first lines of our captions and playlists; no other program is known to write them in this order."""
_CHAPTERS = ".chapters.json"
_BLOCK = re.compile(r"[0-9]+\n[0-9:,]{12,} --> [0-9:,]{12,}\n((?:.+\n)*)\n")
_BRACKETS = re.compile(r"\[[^\]]*\]")


def check_ours(paths: Iterable[Path]) -> None:
    """Refuse to replace a picture, a page, a list, or a file beside a track, if another person made it.

    Raises:
        TargetError: For the first file that is not ours, with the number of further ones.
    """
    foreign = [path for path in paths if _is_filled(path) and not is_ours(path)]
    if foreign:
        more = f" (and {len(foreign) - 1} more)" if len(foreign) > 1 else ""
        raise TargetError(foreign[0], f"voicecoach did not make this file, so it stays{more}\n{REMEDY}")


def check_audio(paths: Iterable[Path]) -> None:
    """Refuse to replace other people's music or speech under a name that nobody typed.

    Raises:
        TargetError: For the first such file.
    """
    for path in paths:
        if _is_filled(path) and read_choices(path) is None and _is_audio(path):  # the last one asks all of mutagen
            raise TargetError(path, f"voicecoach did not make this recording, so it stays\n{REMEDY}")


def find_date_made(folder: Path, *session: object) -> str:
    """Return the day on which a session was first made, as ``2026-11-28``, so that the same session is the same file.

    It is cached in ``folder`` under everything that the session is made of; without a cache it is today.
    SOURCE_DATE_EPOCH (seconds since 1970, in UTC) comes first.

    Raises:
        ChoiceError: If SOURCE_DATE_EPOCH is not a time.
    """
    asked = os.environ.get("SOURCE_DATE_EPOCH", "")
    if asked:
        try:
            return time.strftime(DAY, time.gmtime(int(asked)))
        except (ValueError, OverflowError, OSError):
            what = f"SOURCE_DATE_EPOCH is {quote(asked)}, which is not a time"
            raise ChoiceError(f"{what}\nset it to seconds since 1970, or to nothing") from None
    key = f"made {session!r}"
    kept = cache.recall(folder, key)
    if isinstance(kept, str) and _DAY.fullmatch(kept):
        return kept
    today = time.strftime(DAY)
    cache.remember(folder, key, today)
    return today


DAY = "%Y-%m-%d"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _is_filled(path: Path) -> bool:
    """Return whether a path is a plain file that is not empty."""
    with suppress(OSError):
        return path.is_file() and path.stat().st_size > 0
    return False


def read_choices(track: Path) -> dict[str, Any] | None:
    """Return the choices from which a track was made; None if it is not one of ours."""
    timeline = _read_timeline(track)
    if timeline is None:
        return None
    choices = timeline.get("choices")
    return choices if isinstance(choices, dict) else {}


def _is_audio(path: Path) -> bool:
    import mutagen

    with suppress(mutagen.MutagenError, OSError):
        return mutagen.File(path) is not None
    return False


def is_ours(path: Path) -> bool:
    """Return whether voicecoach wrote a picture, a page, a list to record from, or a file beside a track."""
    with suppress(OSError, ValueError, RecursionError, TypeError, KeyError):
        if path.suffix.lower() in _MARKED:
            with path.open("rb") as file:
                return MARK.encode() in file.read(_HEAD)
        return _has_our_form(path, plain_files.read_file(path, LARGEST_TEXT).decode("utf-8-sig"))
    return False


def _has_our_form(path: Path, text: str) -> bool:
    """Return whether a text has the form of our files; captions need the words of a track beside them, too."""
    if path.name.endswith(_CHAPTERS):
        return _is_chapters(text)
    head = _HEADS.get(path.suffix.lower())
    if head:
        return re.match(head, text) is not None
    beside = {".srt": _matches_captions, ".txt": _matches_transcript}.get(path.suffix.lower())
    if beside:
        return any(beside(text, track) for track in _find_tracks_beside(path))
    matches = {".csv": prompt_lists.is_csv, ".md": prompt_lists.is_markdown}.get(path.suffix.lower())
    return matches is not None and matches(text)


def _is_chapters(text: str) -> bool:
    """Return whether a list of chapters has exactly the keys of ours."""
    listed = json.loads(text)
    keys = ["startTime", "endTime", "title"]
    return list(listed) == ["version", "title", "chapters"] and all(list(each) == keys for each in listed["chapters"])


def _find_tracks_beside(path: Path) -> list[dict[str, Any]]:
    """Return the timelines of the tracks with the same name."""
    found = (_read_timeline(path.with_suffix(form.suffix)) for form in FORMATS.values())
    return [each for each in found if each is not None]


def _read_timeline(track: Path) -> dict[str, Any] | None:
    if plain_files.is_special(track):  # opening a pipe would wait for its other end
        return None
    with suppress(ValueError, OSError, RecursionError):
        found = json.loads(tagging.extract_timeline(track))
        return found if isinstance(found, dict) else None
    return None


def _matches_captions(text: str, track: dict[str, Any]) -> bool:
    """Return whether all words of SubRip captions are in a track."""
    if not text or _BLOCK.sub("", text):
        return False
    known = "".join(_squeeze(cue["text"]) for cue in track.get("cues", []))
    return all(_squeeze(_BRACKETS.sub("", said)) in known for said in _BLOCK.findall(text))


def _matches_transcript(text: str, track: dict[str, Any]) -> bool:
    """Return whether a transcript has a track's title, and all of its words are in the track."""
    known = {_squeeze(each["text"]) for each in track.get("cues", [])}
    known |= {_squeeze(each["title"]) for each in track.get("chapters", [])}
    title, *lines = text.splitlines()
    parts = (part for line in lines for part in _BRACKETS.sub("", line).split(" … "))
    return _squeeze(title) == _squeeze(track.get("title", "")) and all(
        not part or part in known for part in map(_squeeze, parts)
    )


def _squeeze(text: str) -> str:
    """Return a text without spaces and invisible characters, and with arrows as in captions."""
    kept = (each for each in text.replace("-->", "→") if not each.isspace() and unicodedata.category(each) != "Cf")
    return "".join(kept)
