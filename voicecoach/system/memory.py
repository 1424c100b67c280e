"""Too little memory is an error at once, because libraries hang or crash under a small limit."""

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
    """Refuse to start work under a limit on memory that is too small.

    Raises:
        MemoryLimitError: If the address space is limited to less than `MEMORY_NEEDED`.
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
    """Return whether a message says that there is not enough memory, or that no thread can start.

    >>> is_shortage("RuntimeError: can't start new thread")
    True
    """
    return any(sign in text.lower() for sign in _SIGNS)
