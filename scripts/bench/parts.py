"""The parts of a cold run by themselves: speaking its words, levelling them, and one encode of their sound.

Each in a process of its own, as it would be without anything around it: ``python scripts/bench/parts.py PART FOLDER``.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicecoach.voices.polish import Raw

WORDS = "words.txt"
SPOKEN = "spoken.pcm"


def measured(times: int) -> dict[str, float]:
    """Return the median seconds of each part; what a process takes to start and to import is no part of it."""
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as folder:
        _run("words", folder)
        taken = [{part: _run(part, folder) for part in ("speaking", "levelling", "encoding")} for _ in range(times)]
    return {part: statistics.median(each[part] for each in taken) for part in taken[0]}


def _run(part: str, folder: str) -> float:
    done = subprocess.run([sys.executable, __file__, part, folder], check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def words(folder: Path) -> None:
    """List the distinct words of an hour, and before them the sentence by which a new voice is calibrated."""
    from voicecoach.app.request import Request
    from voicecoach.app.session import plan
    from voicecoach.script.choices import Choices

    planned = plan(Request("sitting-leg-stretch", Choices(rounds=23), voice="system"), folder, lambda *_: None)
    told = [planned.words.word("calibration"), *planned.clips]
    (folder / WORDS).write_text("\n".join(told), encoding="utf-8")


def speaking(folder: Path) -> float:
    """Speak them, one after the other, by a single worker; its start is part of it."""
    began = time.perf_counter()
    _spoken(folder)
    return time.perf_counter() - began


def levelling(folder: Path) -> float:
    """Level what was spoken."""
    from voicecoach.voices import polish

    raws = _spoken(folder)
    began = time.perf_counter()
    clips = polish.polish(raws[1:], polish.calibrate(raws[0]))
    took = time.perf_counter() - began
    (folder / SPOKEN).write_bytes(b"".join(clip.pcm for clip in clips))
    return took


def encoding(folder: Path) -> float:
    """Encode all of it as one sound, as the hand-written script does."""
    from voicecoach.audio import ffmpeg

    given = ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", ffmpeg.quote_path(folder / SPOKEN)]
    began = time.perf_counter()
    ffmpeg.run([*given, "-b:a", "64k", ffmpeg.quote_path(folder / "all.mp3")], what="encoding")
    return time.perf_counter() - began


def _spoken(folder: Path) -> list[Raw]:
    from voicecoach.voices.system import system_voice

    sentence = "This is how a calm voice sounds when it reads a longer sentence aloud."
    voice = system_voice(None, "en", calibration=sentence, folder=folder)
    return list(voice.raw((folder / WORDS).read_text(encoding="utf-8").splitlines()))


if __name__ == "__main__":
    print(globals()[sys.argv[1]](Path(sys.argv[2])) or 0)
