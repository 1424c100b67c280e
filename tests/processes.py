"""Processes that tests have started, and whether they are gone."""

from __future__ import annotations

import os
from pathlib import Path


def is_gone(pid: int) -> bool:
    """Return whether a process ends: the system takes a moment for one that is not a child of ours."""
    return any(_has_ended(pid) for _ in range(100_000))


def _has_ended(pid: int) -> bool:
    os.sched_yield()
    try:
        os.kill(pid, 0)
        return Path("/proc").is_dir() and ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return True
