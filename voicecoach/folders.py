"""Where the system wants what is kept: speech, settings, voices; and what stands for it where there is no home."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

NOWHERE = Path(os.devnull) / "voicecoach"
"""A folder for those who have none: nothing is in it, and nothing can be put there."""

HOMELESS = "there is no home folder; set HOME"


def cache() -> Path:
    """Return the folder in which speech is kept."""
    from platformdirs import user_cache_path

    return _own(user_cache_path)


def settings() -> Path:
    """Return the folder of the user's own defaults."""
    from platformdirs import user_config_path

    return _own(user_config_path)


def data() -> Path:
    """Return the folder in which voices are installed."""
    from platformdirs import user_data_path

    return _own(user_data_path)


def expanded(path: Path | str) -> Path:
    """Let a folder that begins with ``~`` be below the user's own, if there is one."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _own(find: Callable[..., Path]) -> Path:
    """Return our folder where the system has such folders.

    A user without a home has none. What is found then is an error, or a path such as ``~/.cache``, or ``.cache``, which
    would be made in the current folder, and be trusted there whoever made it.
    """
    try:
        found = find("voicecoach", appauthor=False)
    except RuntimeError:
        return NOWHERE
    return found if found.is_absolute() else NOWHERE
