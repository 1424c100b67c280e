"""Campaign "crowd": eight processes at once make sessions of the same words, into one cold cache or one file.

Each session must be as if it had been made alone. How often a wording was spoken is counted by listening to the cache
of the real program, from within.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scripts.faulty import LONGEST, Outcome, Place, contents
from voicecoach.voices.cached import PATIENCE

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

USUAL = 5

ROUTINE = """\
title: Short stretch
language: en
breath: 2-3
sides:
  left: {leg: left leg, hand: right hand}
  right: {leg: right leg, hand: left hand}
steps:
  - say: Sit on the floor, and stretch out both legs.
  - each side:
      rounds: 1
      steps:
        - say: Your {leg} stays long. Rest your {hand} on your thigh.
        - breathe: 1
          in: Breathe in, long {leg} | Breathe in | In
          out: Breathe out, and fold over your {leg} | Breathe out, and fold | Fold | Out
        - breathe: 2
          in: Breathe in | In
          out: And out, a little further | And out | Out
        - breathe: 1
          in: One last breath in | In
          out: Breathe out, slowly up | Slowly up | Up
  - say: Lie back, and rest as long as you like.
"""
SESSIONS = (
    (),
    ("--breath", "3-4"),
    ("--breath", "4-6", "--rounds", "2"),
    ("--breath", "2.5-3.5", "--side", "left"),
    ("--breath", "5-5", "--side", "right"),
    ("--rounds", "3"),
    ("--guidance", "brief", "--breath", "3-3"),
    ("--guidance", "cues", "--breath", "2-4"),
)
"""What the eight of a crowd ask for: the same words, at other breaths, rounds and sides, and more or fewer of them."""

LISTENING = """\
import json, os, sys
from voicecoach.voices import cached
taken, heard = cached.CachedVoice._take, sys.argv.pop(1)
def noted(self, spoken, wording, path):
    clip = taken(self, spoken, wording, path)
    with open(heard, "ab", buffering=0) as file:
        file.write(json.dumps(wording).encode() + b"\\n")
    return clip
cached.CachedVoice._take = noted
from voicecoach.__main__ import main
main()
"""
"""The program, noting each wording that it had to have spoken."""


@dataclass(frozen=True, slots=True)
class Ended:
    """One of a crowd, at its end."""

    status: int
    out: str
    err: str

    @property
    def synthesised(self) -> int:
        """How many wordings it says that it had spoken."""
        return int(json.loads(self.out)["synthesised"]) if self.status == 0 else 0


def campaign(count: int, seed: int, folder: Path) -> Iterator[Outcome]:
    """Let so many crowds make sessions, and as many make one file; the seed turns the order in which they start."""
    routine = folder / "short.yaml"
    routine.write_text(ROUTINE, encoding="utf-8")
    alone = [_alone(folder / "alone" / str(number), str(routine), own) for number, own in enumerate(SESSIONS)]
    for number in range(count):
        first = (seed + number) % len(SESSIONS)
        order = [*range(first, len(SESSIONS)), *range(first)]
        yield from _own_files(folder / "crowd" / str(number), str(routine), order, alone)
        yield _same_file(folder / "same" / str(number), str(routine), order, alone)


def _place(folder: Path) -> Place:
    return Place(folder / "cache", folder / "tmp", folder / "made", f"{folder.name}-{os.getpid()}").made()


def _alone(folder: Path, routine: str, own: Sequence[str]) -> bytes:
    """Make a session by itself, with a cache of its own."""
    place = _place(folder)
    status, _, err = place.run("make", routine, "--quiet", "-o", "alone.mp3", *own)
    if status:
        raise SystemExit(f"a session could not be made alone: {err}")
    return (place.output / "alone.mp3").read_bytes()


def _own_files(folder: Path, routine: str, order: Sequence[int], alone: Sequence[bytes]) -> Iterator[Outcome]:
    """Make eight sessions at once, each into a file of its own, from one cold cache."""
    place = _place(folder)
    began = time.monotonic()
    processes = {each: _started(place, routine, each, f"{each}.mp3") for each in order}
    ended = {each: _ended(process) for each, process in processes.items()}
    lasted = time.monotonic() - began
    for each in order:
        wrong = _wrong(place, f"{each}.mp3", ended[each], alone[each])
        yield Outcome("one of eight sessions at once", "as if made alone" if not wrong else "wrong", wrong)
    heard = _heard(place)
    most = max(heard.values())
    told = sum(each.synthesised for each in ended.values())
    wrong = "" if told == sum(heard.values()) else f"{told} wordings were told as spoken, {sum(heard.values())} were"
    if most > len(order) or (most > 1 and lasted < PATIENCE):
        wrong = f"a wording was spoken {most} times"
    times = "once" if most == 1 else f"{most} times at most"
    yield Outcome("the words of eight sessions", f"{len(heard)} wordings, each spoken {times}", wrong)


def _same_file(folder: Path, routine: str, order: Sequence[int], alone: Sequence[bytes]) -> Outcome:
    """Make eight sessions at once into one file, which is looked at all the while."""
    place = _place(folder)
    processes = [_started(place, routine, each, "one.mp3") for each in order]
    path = place.output / "one.mp3"
    looks, torn = 0, False
    while any(process.poll() is None for process in processes):
        if path.exists():
            looks, torn = looks + 1, torn or path.read_bytes() not in alone
        time.sleep(0.005)
    failed = [each.err for each in map(_ended, processes) if each.status]
    wrong = failed[0] if failed else "it was seen as none of the eight" if torn or not looks else ""
    if not wrong and contents(place.output) not in [{"one.mp3": each} for each in alone]:
        wrong = f"at the end there was {', '.join(contents(place.output))}, or another file than any of the eight"
    return Outcome("eight sessions into one file", "one of the eight, whole, whenever it was looked at", wrong)


def _started(place: Place, routine: str, session: int, name: str) -> subprocess.Popen[str]:
    heard = place.temporary.parent / f"heard-{session}"
    own = replace(place, mark=f"{place.mark}-{session}")
    arguments = ("make", routine, "--json", "-o", name, *SESSIONS[session])
    return own.start(str(heard), *arguments, program=(sys.executable, "-c", LISTENING))


def _ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=LONGEST)
    return Ended(process.returncode, out, err)


def _wrong(place: Place, name: str, ended: Ended, alone: bytes) -> str:
    """Tell what is wrong with one of a crowd."""
    if ended.status:
        return f"{name}: it failed: {ended.err}"
    if contents(place.output).get(name) != alone:
        return f"{name}: other bytes than when it is made alone"
    status, out, err = place.run("verify", name)
    return f"{name}: verify says {out}{err}" if status else ""


def _heard(place: Place) -> Mapping[str, int]:
    """Return how often each wording was spoken, by all of a crowd."""
    notes = place.temporary.parent.glob("heard-*")
    return Counter(json.loads(line) for path in notes for line in path.read_text(encoding="utf-8").splitlines())
