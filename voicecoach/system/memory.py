"""Memory that is short: too small a limit is an error at once, since libraries would hang or crash under it."""

from __future__ import annotations

import sys

from voicecoach.errors import VoicecoachError

MEMORY_NEEDED = 280_000_000
"""Bytes of address space that a session needs, measured with ``ulimit -v``: ours, and ffmpeg's with its threads."""
ADVICE = "close other programs, or raise the limit on memory (ulimit -v)"
SHORTAGE = f"there is not enough memory for this\n{ADVICE}"
_SIGNS = (
    "cannot allocate memory",
    "can't start new thread",
    "failed to map segment",
    "pthread_create",
    "out of memory",
)
"""Parts of what libraries and programs report, in small letters, when memory or threads run out."""


class MemoryLimitError(VoicecoachError):
    """The limit on this program's memory is lower than what it needs."""


def check_limit() -> None:
    """Refuse to start work under a limit that is too small for it.

    Raises:
        MemoryLimitError: When the address space is limited to less than `MEMORY_NEEDED`.
    """
    if sys.platform == "win32":
        return
    import resource

    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < MEMORY_NEEDED:
        megabytes = (
            f"memory is limited to {limit // 1_000_000} MB, and about {MEMORY_NEEDED // 1_000_000} MB are needed"
        )
        raise MemoryLimitError(f"{megabytes}\n{ADVICE}")


def is_shortage(text: str) -> bool:
    """Tell whether an error's text is about memory, or threads, that ran out.

    >>> is_shortage("RuntimeError: can't start new thread")
    True
    """
    return any(sign in text.lower() for sign in _SIGNS)
