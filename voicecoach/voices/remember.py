"""Small facts kept between runs as JSON files: a damaged file is a miss, a folder that can't be written no fault."""

from __future__ import annotations

import contextlib
import hashlib
import json
from typing import TYPE_CHECKING

from voicecoach.store import write_whole

if TYPE_CHECKING:
    from pathlib import Path

_MOST_BYTES = 1_000_000


def recall(folder: Path | None, key: str) -> object | None:
    """Return what was kept under ``key``, or None when nothing (or nothing sound) is there."""
    if folder is None:
        return None
    try:
        with _place(folder, key).open("rb") as file:
            kept = json.loads(file.read(_MOST_BYTES))
    except (OSError, ValueError, RecursionError):
        return None
    return kept.get("value") if isinstance(kept, dict) and kept.get("key") == key else None


def keep(folder: Path | None, key: str, value: object) -> None:
    """Keep ``value``, anything JSON can hold, under ``key``; do nothing where the folder can't be written."""
    if folder is None:
        return
    with contextlib.suppress(OSError):
        write_whole(_place(folder, key), json.dumps({"key": key, "value": value}).encode())


def _place(folder: Path, key: str) -> Path:
    return folder / f"voice-{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"
