"""Which routines were heard to the end of their notice, so that the next session can begin sooner."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from voicecoach.errors import VoicecoachError
from voicecoach.system import drafts, folders, plain_files

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

MOST_KEPT = 500
"""The most notices that are remembered; the oldest are forgotten first."""
_NAME = "heard.json"


def was_heard(notice: Sequence[str]) -> bool:
    """Return whether a session with exactly this notice was played before; one without a notice never was."""
    return bool(notice) and _digest(notice) in _read()


def note_heard(notice: Sequence[str]) -> None:
    """Remember that a notice was heard. If it can't be written, the notice is heard again next time."""
    if not notice or was_heard(notice):
        return
    kept = [*_read(), _digest(notice)][-MOST_KEPT:]
    try:
        path = _find_file()
        path.parent.mkdir(parents=True, exist_ok=True)
        drafts.write_file(path, json.dumps(kept).encode())
    except (OSError, VoicecoachError):
        return


def _read() -> list[str]:
    """Return the digests that are remembered; none if the file is missing or damaged."""
    try:
        kept = json.loads(plain_files.read_file(_find_file()))
    except (OSError, ValueError, RecursionError, VoicecoachError):
        return []
    return [each for each in kept if isinstance(each, str)] if isinstance(kept, list) else []


def _digest(notice: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(notice).encode()).hexdigest()[:16]


def _find_file() -> Path:
    return folders.find_data() / _NAME
