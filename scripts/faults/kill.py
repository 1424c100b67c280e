"""Campaign "kill": the program killed at any moment of a run, as when memory runs out, and run again.

Nothing of a killed run may be taken for what it is not: its files, its processes, what it kept, what it left lying.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.faults.running import Outcome, Place, contents
from voicecoach.system import cache

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping

USUAL = 200

ROUTINE = """\
title: Short stretch
language: en
breath: 2-3
sides:
  left: {leg: left leg}
  right: {leg: right leg}
steps:
  - say: Sit on the floor, and stretch out both legs.
  - each side:
      rounds: 1
      steps:
        - breathe: 1
          in: Breathe in, long {leg} | In
          out: Breathe out, and fold | Fold | Out
        - breathe: 1
          in: In
          out: Slowly up | Up
"""
SORTS = {
    "one track": ["-o", "made.mp3"],
    "a track for each side, and captions": ["-o", "made.mp3", "--tracks", "sides", "--captions", "vtt"],
    "an M4A, which ffmpeg writes": ["-o", "made.m4a"],
}
"""What is made; its options."""
EARLIER = ["--breath", "3-4"]
"""What makes the files that were there before others than the new ones."""

PATIENCE = 10.0
"""Seconds in which all that a killed run had started has to end."""
CHILDREN_TOO = 3
"""One run of so many is killed with all that it has started."""

_DRAFT = re.compile(r"\.voicecoach-[0-9a-f]{16}(\.[a-z0-9]+)?")
_WORK = re.compile(r"voicecoach-[0-9a-f]{16}\.work")
_ENTRIES = ("clip", "run", "levels", "cover", "fact")


@dataclass(frozen=True, slots=True)
class Known:
    """What undisturbed runs make of one sort: the files of before, the new ones, and the seconds they take.

    ``naming`` is how long the drafts are there.
    """

    arguments: tuple[str, ...]
    old: Mapping[str, bytes]
    new: Mapping[str, bytes]
    cold: float
    warm: float
    naming: float


@dataclass(frozen=True, slots=True)
class Attempt:
    """One kill: when, of which sort, with or without its children."""

    number: int
    fault: str
    known: Known
    cold: bool
    moment: float
    naming: bool
    children: bool
    replaces: bool

    def __str__(self) -> str:
        """Say how it is repeated."""
        after = "its first draft" if self.naming else "its start"
        return f"kill {self.number}, {self.fault}, {self.moment:.3f} s after {after}"


@dataclass(slots=True)
class Seen:
    """What all kills together came to."""

    longest: float = 0.0
    left: Counter[str] = field(default_factory=Counter)


def campaign(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Kill runs of sorts in turn; each is run again, and what it made and kept is held against an undisturbed run."""
    routine = folder / "short.yaml"
    routine.write_text(ROUTINE, encoding="utf-8")
    warm = Place(folder / "warm", folder / "tmp", folder / "made", f"warm-{os.getpid()}").made()
    known = [_known(sort, str(routine), folder, warm) for sort in SORTS]
    fresh = _kept(warm.kept)
    seen = Seen()
    for number in range(count):
        attempt = _attempt(number, known, random.Random(f"{seed} {number}"))  # noqa: S311 - chance, not a secret
        own = folder / "cold" / str(number) if attempt.cold else warm.cache
        place = replace(warm, cache=own, mark=f"{number}-{os.getpid()}").made()
        came, wrong = _killed(attempt, place, seen)
        if attempt.cold and not wrong:
            wrong = _compared(_kept(place.kept), fresh)
            seen.left["unfinished entries of the caches"] += len(list(place.kept.glob("*/*.tmp")))
            shutil.rmtree(own)
        yield Outcome(attempt.fault, came, f"{attempt}: {wrong}" if wrong else "")
    wrong = _compared(_kept(warm.kept), fresh)
    yield Outcome("the warm cache, read through at the end", f"{len(fresh)} entries as in a fresh one", wrong)
    if Path("/proc/self/environ").exists():
        took = f"all gone, the last after {seen.longest:.2f} s"
    else:
        took = "skipped: this system does not tell which processes are whose"
    yield Outcome("what the killed runs had started", took)
    for what, number in seen.left.items():
        yield Outcome(f"left by kills: {what}", f"{number} in all")


def _known(sort: str, routine: str, folder: Path, warm: Place) -> Known:
    """Make a sort undisturbed: cold, warm, and as what was there before."""
    alone = replace(warm, cache=folder / "alone" / sort, output=folder / "alone" / sort / "made").made()
    arguments = ("make", routine, "--quiet", *SORTS[sort])
    cold, _ = _timed(alone, arguments)
    new = contents(alone.output)
    lasting, naming = _timed(alone, arguments)
    if contents(alone.output) != new:
        raise SystemExit("two undisturbed runs made other bytes: nothing can be told")
    _timed(alone, (*arguments, *EARLIER))
    old = contents(alone.output)
    for each in (arguments, (*arguments, *EARLIER)):
        _timed(warm, each)
    return Known(arguments, old, new, cold, lasting, naming)


def _timed(place: Place, arguments: tuple[str, ...]) -> tuple[float, float]:
    """Run to the end; return the seconds it took, and those in which there were drafts."""
    began = time.monotonic()
    process = place.start(*arguments)
    drafted = _drafted(place, process) or time.monotonic()
    _, err = process.communicate()
    ended = time.monotonic()
    if process.returncode:
        raise SystemExit(f"an undisturbed run failed: {err}")
    return ended - began, ended - drafted


def _drafted(place: Place, process: subprocess.Popen[str]) -> float | None:
    """Return when the first draft was there; None if the run ended before it was seen."""
    while process.poll() is None:
        if any(_DRAFT.fullmatch(name) for name in os.listdir(place.output)):  # noqa: PTH208 - it is looked at often
            return time.monotonic()
        time.sleep(0.001)
    return None


def _attempt(number: int, known: list[Known], chance: random.Random) -> Attempt:
    """Draw a kill: of five, two are in cold runs, one in a warm one, and two while files are written and named."""
    kind = number % 5
    sort, one = chance.choice(list(zip(SORTS, known, strict=True)))
    children = chance.randrange(CHILDREN_TOO) == 0
    cold, naming = kind < 2, kind > 2  # noqa: PLR2004 - as the docstring says
    lasts = one.naming if naming else one.cold if cold else one.warm
    when = "while files are written and named" if naming else "cold run" if cold else "warm run"
    whom = "with its children" if children else "alone"
    fault = f"{when}, {whom}: {sort}"
    return Attempt(number, fault, one, cold, chance.uniform(0, lasts), naming, children, replaces=chance.random() < 0.5)  # noqa: PLR2004


def _killed(attempt: Attempt, place: Place, seen: Seen) -> tuple[str, str]:
    """Kill one run, look at what it left, and run again; return what came, and what was wrong."""
    old = attempt.known.old if attempt.replaces or not attempt.cold else {}
    _lay(place.output, old)
    process = place.start(*attempt.known.arguments)
    began = _drafted(place, process) if attempt.naming else time.monotonic()
    if began is not None:
        _sleep_until(began + attempt.moment)
    ended = process.poll() is not None
    process.kill()
    if attempt.children:
        place.kill(place.alive())
    process.communicate()
    lasted = place.gone(PATIENCE)
    if lasted is None:
        return "a process stayed", f"what it had started was still there after {PATIENCE:.0f} s"
    seen.longest = max(seen.longest, lasted)
    left = contents(place.output)
    drafts, works = _litter(place)
    seen.left["drafts beside the files"] += drafts
    seen.left["working folders"] += works
    came = _came(left, old, attempt.known.new)
    wrong = "" if came else f"neither the old file nor the new one: {sorted(left)}"
    again = wrong or _strangers(place, left, attempt.known.new) or _again(attempt, place)
    return ("it had ended before" if ended else came or "a third thing"), again


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _lay(folder: Path, old: Mapping[str, bytes]) -> None:
    for path in folder.iterdir():
        path.unlink()
    for name, content in old.items():
        (folder / name).write_bytes(content)


def _came(left: Mapping[str, bytes], old: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    """Tell what is there: each file is the one of before, or missing as before, or the new one."""
    olds = [left.get(name) == old.get(name) for name in new]
    news = [left.get(name) == new[name] for name in new]
    if all(olds):
        return "the old file" if old else "no file"
    if all(news):
        return "the new file"
    return "some old, some new, each whole" if all(a or b for a, b in zip(olds, news, strict=True)) else ""


def _strangers(place: Place, left: Mapping[str, bytes], new: Mapping[str, bytes]) -> str:
    """Tell of files that should not be there, such as a listener would take for a track."""
    beside = [name for name in left if name not in new and not _DRAFT.fullmatch(name)]
    temporary = [path.name for path in place.temporary.iterdir() if not _WORK.fullmatch(path.name)]
    return f"it left {', '.join(beside + temporary)}" if beside + temporary else ""


def _litter(place: Place) -> tuple[int, int]:
    """Count the drafts and the working folders that lie about."""
    drafts = sum(bool(_DRAFT.fullmatch(path.name)) for path in place.output.iterdir())
    return drafts, sum(bool(_WORK.fullmatch(path.name)) for path in place.temporary.iterdir())


def _again(attempt: Attempt, place: Place) -> str:
    """Run once more, undisturbed; tell what was not as ever.

    A working folder may stay until a run that has something to say: there is one at most.
    """
    status, _, err = place.run(*attempt.known.arguments)
    if status:
        return f"the next run failed: {err}"
    drafts, works = _litter(place)
    if contents(place.output) != attempt.known.new:
        return "the next run made other bytes, or left a draft"
    return f"the next run left {drafts} drafts and {works} working folders" if drafts or works > 1 else ""


def _kept(folder: Path) -> dict[str, bytes | None]:
    """Return what a cache holds, read as the program does: None for what it would not believe."""
    found = [path for path in folder.glob("*/*") if path.suffix.removeprefix(".") in _ENTRIES]
    return {path.relative_to(folder).as_posix(): cache.fetch(path) for path in found}


def _compared(kept: Mapping[str, bytes | None], fresh: Mapping[str, bytes | None]) -> str:
    """Tell of entries that are not whole, or other than in a cache that nothing was done to."""
    other = [name for name, content in kept.items() if content is None or fresh.get(name, content) != content]
    unknown = [name for name in kept if name not in fresh]
    return f"not as in a fresh cache: {', '.join(other + unknown)}" if other or unknown else ""
