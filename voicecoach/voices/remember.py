"""Small facts kept between runs as JSON, sealed: a damaged one is a miss, a folder that can't be written no fault."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from voicecoach.system import cache

if TYPE_CHECKING:
    from pathlib import Path


def recall(folder: Path | None, key: str) -> object | None:
    """Return what was kept under ``key``, or None when nothing (or nothing sound) is there."""
    if folder is None:
        return None
    kept = cache.read(_place(folder, key))
    return None if kept is None else json.loads(kept)["value"]


def keep(folder: Path | None, key: str, value: object) -> None:
    """Keep ``value``, anything JSON can hold, under ``key``; do nothing where the folder can't be written."""
    if folder is None:
        return
    with contextlib.suppress(OSError):
        cache.write(_place(folder, key), json.dumps({"key": key, "value": value}).encode())


def _place(folder: Path, key: str) -> Path:
    return cache.place(folder, "fact", key)
