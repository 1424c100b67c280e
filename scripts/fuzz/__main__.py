"""Spoil the built-in routines, and see that each is refused by name or performed: scripts/run fuzz [COUNT].

A routine that was changed at random may be wrong, but it must not crash the program, hang it, or take much memory,
whether it is performed or looked over by `check`. Half of them are spoilt as trees, half as text, and half of each are
asked for with choices that were drawn as well. Each is watched: its processor time, and how much memory it takes at its
height beyond what there was before it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.fakes import measure
from tests.mutations import NAMES, chosen, spoilt, spoilt_text
from voicecoach.audio.formats import GRID
from voicecoach.core.perform import perform
from voicecoach.errors import ChoiceError, FitError, RoutineError
from voicecoach.routine.lint import lint_routine
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import build, choose_pace
from voicecoach.script.choices import Choices
from voicecoach.script.fit import LengthError, fit_length, prepare_attempt
from voicecoach.views.session_lint import lint_session

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

USUAL = 20_000
MOST_SECONDS = 10
"""Seconds of processor time that a routine may take to be refused or performed."""
MOST_SEARCHING = 60
"""The same where a length is asked for, for which it is performed many times."""
MOST_WAITING = 600
"""Seconds after which a routine that takes no processor time is taken to hang."""
MOST_MEMORY = 300
"""MiB that it may need beyond what the process had before it."""
BATCH = 100
_MIB = 1 << 20
_STATUS, _PEAK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class Passed(BaseException):
    """A bound was passed; nothing that catches errors catches this."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of one routine: which it was, the outcome, and what that took."""

    which: str
    outcome: str
    seconds: float
    memory: int


def tried(seed: int, folder: Path) -> Tried:
    """Write, load, build and perform one spoilt routine; say what became of it."""
    name = sorted(NAMES)[seed % len(NAMES)]
    as_text, with_choices = seed // len(NAMES) % 2, seed // len(NAMES) // 2 % 2
    path = folder / f"{name.partition('.')[0]}.yaml"
    path.write_bytes(spoilt_text(name, seed) if as_text else json.dumps(spoilt(name, seed)).encode())
    choices, length = chosen(name, seed) if with_choices else (Choices(), None)
    which = f"{'text' if as_text else 'tree'}{', choices' if with_choices else ''}{', length' if length else ''}"
    before, began = _memory("VmRSS"), time.process_time()
    _forget_peak()
    outcome = _watched(path, choices, length)
    seconds, memory = time.process_time() - began, max(0, _memory("VmHWM") - before)
    most = MOST_SEARCHING if length else MOST_SECONDS
    if "CRASHED" not in outcome and (seconds > most or memory > MOST_MEMORY * _MIB):
        outcome = f"CRASHED: {name} {seed}: it took {seconds:.1f} s and {memory // _MIB} MiB"
    return Tried(which, outcome.replace("CRASHED:", f"CRASHED: {name} {seed}:", 1), seconds, memory)


def _watched(path: Path, choices: Choices, length: Fraction | None) -> str:
    """Try a routine; what goes on for too long is stopped."""
    signal.setitimer(signal.ITIMER_PROF, MOST_SEARCHING if length else MOST_SECONDS)
    signal.setitimer(signal.ITIMER_REAL, MOST_WAITING)
    try:
        return _came(path, choices, length)
    except (Exception, Passed) as error:  # noqa: BLE001 - this is what is looked for
        return f"CRASHED: {type(error).__name__}: {error}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)


def _came(path: Path, choices: Choices, length: Fraction | None) -> str:
    outcome = "refused when it was read"
    try:
        routine = load_routine(str(path))
        outcome = "refused when it was built"
        found = [*lint_routine(routine.model, routine.tree)] if routine.tree is not None else []
        if not all(_told(RoutineError([each]), path) for each in found):
            return f"CRASHED: check warns as {[str(each) for each in found]!r}"
        score = build(routine, choices)
        outcome = "refused when it was performed"
        timeline = perform(score, measure, choose_pace(routine, choices), grid=GRID)
        outcome = "performed"
        list(lint_session(timeline, routine.file))
        if length:
            fit_length(prepare_attempt(routine, choices, measure, GRID), length, GRID)
            outcome = "performed, at the length asked for"
    except LengthError as error:
        return outcome if _told(error, path) else f"CRASHED: {error!r}"
    except FitError as error:
        return "refused: words that do not fit" if _told(error, path) else f"CRASHED: {error!r}"
    except (RoutineError, ChoiceError) as error:
        return outcome if _told(error, path) else f"CRASHED: it was refused as {str(error)!r}"
    return outcome if timeline.duration > 0 else "CRASHED: it lasts no time"


def _told(error: Exception, path: Path) -> bool:
    """Return whether a refusal is one to three lines that a terminal can show, and of a bounded length."""
    lines = str(error).replace(str(path), "routine.yaml").split("\n")
    control = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
    return 1 <= len(lines) <= 3 and not any(control.search(line) or len(line) > LONGEST_LINE for line in lines)  # noqa: PLR2004


LONGEST_LINE = 2_000


def batch(seeds: range) -> list[Tried]:
    """Try these seeds, each on one of the built-ins."""
    with tempfile.TemporaryDirectory() as folder:
        return [tried(seed, Path(folder)) for seed in seeds]


def bounded() -> None:
    """Bound what this process may do with one routine, so that even what gets out of hand does no harm."""
    signal.signal(signal.SIGPROF, _passed)
    signal.signal(signal.SIGALRM, _passed)
    size = _memory("VmSize")
    if size and sys.platform == "linux":
        most = size + 2 * MOST_MEMORY * _MIB
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _passed(number: int, _: object) -> None:
    raise Passed("it hangs" if number == signal.SIGALRM else "it takes too long")


def _memory(field: str) -> int:
    """Return bytes of memory that this process has (VmRSS) or had at its height (VmHWM)."""
    try:
        found = re.search(rf"^{field}:\s+(\d+) kB", _STATUS.read_text(encoding="ascii"), re.MULTILINE)
    except OSError:  # not Linux: the height alone is known, and never comes down
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return int(found[1]) * 1024 if found else 0


def _forget_peak() -> None:
    """Let the height be measured anew, where the system can do that."""
    with suppress(OSError):
        _PEAK.write_text("5", encoding="ascii")


def every(count: int, start: int) -> list[Tried]:
    """Try so many on all cores, and tell how far that is where somebody looks."""
    done: list[Tried] = []
    with ProcessPoolExecutor(os.cpu_count(), initializer=bounded) as pool:
        waiting = [
            pool.submit(batch, range(at, min(at + BATCH, start + count))) for at in range(start, start + count, BATCH)
        ]
        for future in as_completed(waiting):
            done += future.result()
            if sys.stderr.isatty():
                print(f"\r{len(done)}", end="", file=sys.stderr, flush=True)
    return done


def tell(done: Sequence[Tried]) -> int:
    """Print what came of them, and what the worst took; return how many were wrong."""
    rows = Counter((each.which, each.outcome) for each in done if "CRASHED" not in each.outcome)
    for (which, outcome), times in sorted(rows.items()):
        print(f"{times:7} {which}: {outcome}")
    wrong = [each.outcome for each in done if "CRASHED" in each.outcome]
    for searching in (False, True):
        some = [each for each in done if ("length" in each.which) is searching]
        if some:
            seconds, memory = max(each.seconds for each in some), max(each.memory for each in some) // _MIB
            what = "with a length to be met" if searching else "without a length to be met"
            print(f"{what}: {seconds:.2f} s of processor time and {memory} MiB at the most")
    print(f"{len(done):7} in all, {len(wrong)} of them wrong", *wrong, sep="\n")
    return len(wrong)


def main() -> int:
    """Try as many as asked for; return 1 if one crashed, hung, took too much, or was not refused in plain lines."""
    parser = argparse.ArgumentParser(prog="scripts/run fuzz", description="Spoil the built-in routines in many ways.")
    parser.add_argument("count", type=int, nargs="?", default=USUAL)
    parser.add_argument("--start", type=int, default=0, help="the first seed; others make other routines")
    given = parser.parse_args()
    try:
        return int(bool(tell(every(given.count, given.start))))
    except BrokenProcessPool:
        print("CRASHED: a process died; try fewer at a time, from another --start, to find where")
        return 1


if __name__ == "__main__":
    sys.exit(main())
