"""ffmpegs that fail: a script around the bundled one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg
from voicecoach.audio.ffmpeg_choice import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def break_ffmpeg(
    folder: Path, patch: pytest.MonkeyPatch, when: str, how: str = "echo 'No such filter' >&2; exit 8"
) -> Path:
    """Choose an ffmpeg that fails when its arguments contain ``when``, and does its work otherwise."""
    path = write_ffmpeg(folder, when, how)
    patch.setenv(VARIABLE, str(path))
    return path


def write_ffmpeg(folder: Path, when: str, how: str) -> Path:
    """Write a program that does ``how`` when its arguments contain ``when``, and is the real ffmpeg otherwise."""
    path = folder / "ffmpeg"
    path.write_text(f'#!/bin/sh\ncase "$*" in *{when}*) {how} ;; esac\nexec "{ffmpeg.find_executable()}" "$@"\n')
    path.chmod(0o755)
    return path
