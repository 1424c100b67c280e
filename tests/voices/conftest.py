"""What the tests of voices share."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.system.process import Finished

_run = ffmpeg.run
_MOST = 3_000_000
"""Bytes of input whose result is kept; longer sounds are not asked for often."""


@cache
def _run_once(_executable: str, args: tuple[str, ...], what: str, data: bytes, loglevel: str) -> Finished:
    return _run(args, what=what, data=data, loglevel=loglevel)


@pytest.fixture
def _levels_sounds_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let ffmpeg do the same work on the same sound only once: what it writes to a pipe depends on nothing else.

    The voices of these tests speak the same few sentences again and again, and each new voice measures its own level.
    """

    def run(args: Sequence[str], *, what: str, data: bytes = b"", loglevel: str = "error") -> Finished:
        if any("/" in each for each in args) or not 0 < len(data) <= _MOST:
            return _run(args, what=what, data=data, loglevel=loglevel)
        return _run_once(ffmpeg.find_executable(), tuple(args), what, data, loglevel)

    monkeypatch.setattr(ffmpeg, "run", run)
