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


def batch(seeds: range) -> tuple[Counter[str], tuple[float, str]]:
    """Try these seeds on every built-in in turn; return how often what came out, and which took how many seconds."""
    names = sorted(TREES)
    with tempfile.TemporaryDirectory() as folder:
        results = {(name := names[seed % len(names)], seed): tried(name, seed, Path(folder)) for seed in seeds}
    slowest = max((seconds, f"{name} {seed}") for (name, seed), (_, seconds) in results.items())
    return Counter(outcome for outcome, _ in results.values()), slowest


def main(arguments: list[str]) -> int:
    """Try as many as asked for, on all cores; return 1 if one crashed."""
    count, step = int(arguments[0]) if arguments else 20_000, 250
    total: Counter[str] = Counter()
    slowest = (0.0, "")
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for outcomes, longest in pool.map(batch, (range(at, min(at + step, count)) for at in range(0, count, step))):
            total += outcomes
            slowest = max(slowest, longest)
    for outcome, times in total.most_common():
        print(f"{times:7} {outcome}")
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"the longest took {slowest[0]:.2f} s ({slowest[1]}); no process needed more than {memory} MiB")
    return int(any(outcome.startswith("CRASHED") for outcome in total))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
