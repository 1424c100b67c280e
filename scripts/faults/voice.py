"""The voice at fault: a real worker that misbehaves at random, and one that is killed while a session is made.

Every phrase has to end as an honest worker speaks it, to the byte, or as an error of at most three lines after two
tries; no process may be left, and nothing wrong may be kept. What nobody can tell from the truth without listening
(noise as long as a phrase may be, other words) is counted as such.
"""

from __future__ import annotations

import hashlib
import os
import random
import re
import signal
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.faults.lying_worker import UNSEEN, noted
from scripts.faults.running import MARK, Outcome, Place, contents
from voicecoach.errors import VoiceError, quote
from voicecoach.language import language
from voicecoach.system import cache
from voicecoach.voices.cached import CachedVoice, locate_clip
from voicecoach.voices.system import SystemVoice

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

USUAL = 500
A_SESSION = 10
"""Of so many faults, one is a worker that is killed while a session is made."""
PATIENCE = 0.7
"""Seconds that a worker is waited for, beside a tenth for each letter: those that hang shall cost little."""
AT_ONCE = 24
"""Phrases that are asked for together, so that two workers share them."""
LIFE = 0.4
"""Seconds of a worker's life in a session in which it is killed."""
BEYOND = 20
"""Seconds after which nothing of a run may be left: a copy that speaks ends by itself by then."""
LIAR = (sys.executable, "-P", str(Path(__file__).with_name("lying_worker.py")))
MOST_LINES = 3
"""Lines that an error may have."""
OFTEN = 3
"""A worker that is killed more often has had no chance."""
VOICE = "gmw/en-us"
SESSION = ("make", "box-breathing", "-o", "made.mp3")
BEGINNINGS = ("Breathe in", "And out", "Sit tall", "Let your shoulders sink", "Hold your breath", "Now the other leg")


def campaign(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Have phrases spoken by a worker that lies, and sessions made while the worker is killed."""
    sessions = max(1, count // A_SESSION)
    yield from _phrases(count - sessions, seed, folder)
    yield from _sessions(sessions, seed, folder)


@dataclass(frozen=True, slots=True)
class _Stage:
    """A voice that is spoken by a lying worker, what the honest one says, and where they work."""

    folder: Path
    seed: int

    @property
    def state(self) -> Path:
        """Where the lying worker notes what it did."""
        return self.folder / "state"

    @property
    def cache(self) -> Path:
        """Where the clips of the lying voice are kept."""
        return self.folder / "clips"

    @property
    def lying(self) -> SystemVoice:
        """The voice that misbehaves; what it sounds like is what the honest one does."""
        command = (*LIAR, str(self.state), str(self.seed))
        return SystemVoice(VOICE, _calibration(), folder=self.folder / "facts", command=command, patience=PATIENCE)

    @property
    def honest(self) -> SystemVoice:
        """The voice as it is."""
        return SystemVoice(VOICE, _calibration(), folder=self.folder / "facts")

    def tries(self, wording: str) -> list[str]:
        """What the lying worker did at each try of a phrase."""
        note = noted(self.state, wording)
        return note.read_text(encoding="utf-8").splitlines() if note.exists() else []


def _phrases(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    wordings = [
        f"{BEGINNINGS[number % len(BEGINNINGS)]}, {'and on, ' * (number % 5)}{number}." for number in range(count)
    ]
    stage = _Stage(folder, seed)
    place_ = Place(folder / "cache", folder / "tmp", folder / "out", f"voice-{seed}-{os.getpid()}").made()
    stage.state.mkdir()
    before = tempfile.tempdir, os.environ.get(MARK)
    tempfile.tempdir, os.environ[MARK] = str(place_.temporary), place_.mark
    try:
        honest = {each: _digest(clip.pcm) for each, clip in zip(wordings, stage.honest.speak(wordings), strict=True)}
        came = {wording: result for some in _parts(wordings) for wording, result in _spoken(stage, some)}
        left = place_.gone(0.0) is None or list(place_.temporary.iterdir())
    finally:
        tempfile.tempdir = before[0]
        os.environ.pop(MARK, None)
    for wording in wordings:
        yield _judged(stage, wording, honest[wording], came[wording])
    yield from _kept(stage, honest)
    yield Outcome("after all phrases", "nothing is left", f"processes or files are left, seed {seed}" if left else "")
    if not any(came[each] == honest[each] for each in wordings):
        yield Outcome("all phrases", "none was spoken", "the lying worker never speaks, so nothing was tried")


def _parts(wordings: Sequence[str]) -> Iterator[list[str]]:
    waiting = iter(wordings)
    while some := list(islice(waiting, AT_ONCE)):
        yield some


def _spoken(stage: _Stage, wordings: list[str]) -> Iterator[tuple[str, str | Exception]]:
    """Have phrases spoken; go on behind each that fails, as somebody would who leaves it out."""
    while wordings:
        voice = CachedVoice(stage.lying, stage.cache)
        done = 0
        try:
            for wording, clip in zip(list(wordings), voice.speak(wordings), strict=True):
                done += 1
                yield wording, _digest(clip.pcm)
        except Exception as error:  # noqa: BLE001 - which one is looked at below
            yield wordings[done], error
            done += 1
        wordings = wordings[done:]


def _judged(stage: _Stage, wording: str, honest: str, came: str | Exception) -> Outcome:
    """Say what came of a phrase."""
    tries = stage.tries(wording)
    fault = "speaks as it should" if tries[:1] == ["honest"] else f"{tries[0]}" if tries else "ends before it is asked"
    again = f"{stage.seed}, {wording!r}, {' then '.join(tries)}"
    if isinstance(came, Exception):
        lines = str(came).splitlines()
        plain = (
            isinstance(came, VoiceError)
            and 1 <= len(lines) <= MOST_LINES
            and not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", str(came))
        )
        named = lines[:1] == [f"the voice could not say {quote(wording)}, twice"]
        return Outcome(
            fault,
            "refused after two tries",
            "" if plain and named else f"{type(came).__name__}: {str(came)[:300]!r}: {again}",
        )
    if came == honest:
        again = "at another try" if tries[:1] != ["honest"] else "when it was asked for anew, as another one had failed"
        return Outcome(fault, "spoken right" if len(tries) == 1 else f"spoken right {again}")
    unseen = bool(tries) and tries[-1] in UNSEEN
    return Outcome(fault, "taken for speech" if unseen else "WRONG SOUND", "" if unseen else f"wrong sound: {again}")


def _kept(stage: _Stage, honest: Mapping[str, str]) -> Iterator[Outcome]:
    """Read every clip that was kept, and hold it against the honest one."""
    identity = stage.lying.identity
    for wording, digest in honest.items():
        kept = cache.fetch(locate_clip(stage.cache, identity, wording))
        unseen = (stage.tries(wording) or [""])[-1] in UNSEEN
        if kept is not None and not unseen:
            yield Outcome(
                "a clip that was kept",
                "is right",
                "" if _digest(kept) == digest else f"wrong in the cache: {wording!r}",
            )
    entries, known = (
        cache.measure_usage(stage.cache).entries,
        sum(locate_clip(stage.cache, identity, each).exists() for each in honest),
    )
    if entries != known:
        yield Outcome(
            "a clip that was kept", "nobody asked for", f"{entries} clips are kept, and {known} were asked for"
        )


def _digest(content: bytes) -> str:
    """Return what stands for a clip, of which some hundred would fill the memory."""
    return hashlib.sha256(content).hexdigest()


def _calibration() -> str:
    return language("en").word("calibration")


def _sessions(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Kill the real worker while a session is made with it, at random."""
    if not Path("/proc/self/environ").exists():
        yield from [
            Outcome("killed while a session is made", "skipped: this system does not tell of processes")
        ] * count
        return
    whole = _place(folder, "whole")
    status, _, err = whole.run(*SESSION)
    assert status == 0, err  # noqa: S101 - there is nothing to compare with otherwise
    made = contents(whole.output)
    for number in range(count):
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - the same each time
        yield _made(_place(folder, f"session-{seed}-{number}"), chance, made)


def _place(folder: Path, name: str) -> Place:
    inside = folder / name
    return Place(inside / "cache", inside / "tmp", inside / "out", f"{name}-{os.getpid()}").made()


def _made(place_: Place, chance: random.Random, right: Mapping[str, bytes]) -> Outcome:
    """Make a session, and kill workers while it is made: one, or one after the other."""
    killings = chance.choice([1, 1, 2, 3, 50])
    process = place_.start(*SESSION)
    while process.poll() is None and _worker(place_, chance) is None:  # how long the start takes is no matter
        time.sleep(0.002)
    time.sleep(chance.uniform(0, LIFE))
    killed = 0
    while process.poll() is None and killed < killings:
        if worker := _worker(place_, chance):
            with suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
                killed += 1
        time.sleep(chance.uniform(0, 0.05))
    _, err = process.communicate(timeout=300)
    status, lines = process.returncode, err.strip().splitlines()
    fault = "killed as often as it starts" if killed > OFTEN else f"killed {killed} times"
    again = f"{place_.mark}: status {status}, {lines}"
    left = "" if place_.gone(BEYOND) is not None else f"processes are left: {again}"
    litter = f"temporary files are left: {again}" if any(place_.temporary.iterdir()) else ""
    if status == 0:
        same = contents(place_.output) == right
        return Outcome(
            f"a session, {fault}", "made all the same", left or litter or ("" if same else f"another file: {again}")
        )
    told = status == 1 and 1 <= len(lines) <= MOST_LINES and "Traceback" not in err and not contents(place_.output)
    return Outcome(f"a session, {fault}", "refused with status 1", left or litter or ("" if told else again))


def _worker(place_: Place, chance: random.Random) -> int | None:
    """Return one of the worker's processes, if one runs: itself, or a copy of it that speaks."""
    found = []
    for each in place_.alive():
        with suppress(OSError):
            if b"worker.py" in Path(f"/proc/{each}/cmdline").read_bytes():
                found.append(each)
    return chance.choice(found) if found else None
