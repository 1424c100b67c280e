"""ffmpeg for tests that ask the same of it again and again: what it writes to a pipe depends on its input alone."""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.system.process import Finished

_run = ffmpeg.run
_MOST_KEPT, _LARGEST_KEPT = 128, 3_000_000
"""Results that are kept, and the bytes of the largest: longer sounds are not asked for often."""
_kept: OrderedDict[object, Finished] = OrderedDict()
_changing = Lock()


def run_once(args: Sequence[str], *, what: str, data: bytes = b"", loglevel: str = "error") -> Finished:
    """Do what `ffmpeg.run` does, but the same work only once, if it reads and writes no files and does not fail."""
    if not data or any("/" in each for each in args):
        return _run(args, what=what, data=data, loglevel=loglevel)
    key = (ffmpeg.find_executable(), *args, sha256(data).digest(), loglevel)
    found = _kept.get(key)
    if found is None:
        found = _run(args, what=what, data=data, loglevel=loglevel)
        with _changing:
            if len(found.stdout) <= _LARGEST_KEPT:
                _kept[key] = found
            if len(_kept) > _MOST_KEPT:
                _kept.popitem(last=False)
    return found
