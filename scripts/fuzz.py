"""Spoil the built-in routines in many ways, and see that each is refused by name or performed: scripts/fuzz [COUNT].

A routine that was changed at random may be wrong, but it may not crash the program, hang it, or take much memory.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.fakes import measure
from tests.mutations import TREES, spoilt
from voicecoach.choices import Choices
from voicecoach.errors import ChoiceError, RoutineError
from voicecoach.routine import load
from voicecoach.script import build, pace
from voicecoach.timeline import perform


def tried(name: str, seed: int, folder: Path) -> tuple[str, float]:
    """Load, build and perform one spoilt routine; return what became of it, and the seconds that took."""
    path = folder / f"{name.partition('.')[0]}.yaml"
    path.write_text(json.dumps(spoilt(name, seed)), encoding="utf-8")
    began = time.perf_counter()
    try:
        routine = load(str(path))
        perform(build(routine, Choices()), measure, pace(routine, Choices()))
        outcome = "performed"
    except (RoutineError, ChoiceError):
        outcome = "refused"
    except Exception as error:  # noqa: BLE001 - this is what is looked for
        outcome = f"CRASHED: {name} {seed}: {type(error).__name__}: {error}"
    return outcome, time.perf_counter() - began


def batch(seeds: range) -> tuple[Counter[str], float]:
    """Try these seeds on every built-in in turn; return how often what came out, and the longest seconds."""
    names = sorted(TREES)
    with tempfile.TemporaryDirectory() as folder:
        results = [tried(names[seed % len(names)], seed, Path(folder)) for seed in seeds]
    return Counter(outcome for outcome, _ in results), max(seconds for _, seconds in results)


def main(arguments: list[str]) -> int:
    """Try as many as asked for, on all cores; return 1 if one crashed."""
    count, step = int(arguments[0]) if arguments else 20_000, 250
    total: Counter[str] = Counter()
    longest = 0.0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for outcomes, seconds in pool.map(batch, (range(at, min(at + step, count)) for at in range(0, count, step))):
            total += outcomes
            longest = max(longest, seconds)
    for outcome, times in total.most_common():
        print(f"{times:7} {outcome}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"the longest took {longest:.2f} s; no process needed more than {memory} MiB")
    return int(any(outcome.startswith("CRASHED") for outcome in total))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
