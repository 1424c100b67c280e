"""What was measured already, by what it was measured on: a second run measures only what changed."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Ledger:
    """Results in a file with one line for each, written at once: an interrupted run loses nothing."""

    def __init__(self, path: Path) -> None:
        """Read the file; a line that is cut short or damaged is measured again."""
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, Any] = {}
        self.measured = 0
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.exists() else []
        for line in lines:
            try:
                key, value = json.loads(line)
                self._known[str(key)] = value
            except (ValueError, TypeError):
                continue

    def find(self, key: str, measure: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is measured
        """Return what is known by this key, or measure it and keep it."""
        if key not in self._known:
            value = measure()
            with self._lock:
                self._path.parent.mkdir(parents=True, exist_ok=True)
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(f"{json.dumps([key, value], ensure_ascii=False)}\n")
                self._known[key] = value
                self.measured += 1
        return self._known[key]
