"""Measure voicecoach against a hand-written script of the same stretch, in one run: scripts/bench [--pairs N].

Every figure is the median of runs that take turns (A B A B ...): seconds of wall time, and the memory of the largest
process. Only the ratios mean anything elsewhere.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

SCRIPTS = Path(__file__).resolve().parent
MINUTES_TO_ROUNDS = {10: 4, 60: 23}
KIB_PER_MIB = 1024 if sys.platform != "darwin" else 1024 * 1024


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: seconds of wall time, MiB of its largest process."""

    seconds: float
    memory: float


@dataclass(frozen=True, slots=True)
class Case:
    """A session to be made: its name, its rounds, its breath, and whether the voice's words are known already."""

    name: str
    rounds: int
    breath: str
    warm: bool


CASES = tuple(
    Case(f"{minutes} min, {name}", rounds, breath, warm)
    for name, breath, warm in (
        ("nothing known", "4-6", False),
        ("words known", "4-6", True),
        ("breath 5-7", "5-7", True),
    )
    for minutes, rounds in MINUTES_TO_ROUNDS.items()
)


def measured(command: list[str], environment: dict[str, str]) -> Run:
    """Run a command to its end and measure it, its children included."""
    before = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | environment, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
    return Run(time.perf_counter() - before, usage.ru_maxrss / KIB_PER_MIB)


def ours(case: Case, folder: Path) -> Run:
    """Make the session with voicecoach, with a cache of its own."""
    cache = folder / ("warm" if case.warm else "cold")
    shutil.rmtree(folder / "cold", ignore_errors=True)
    return measured(_make(case, folder), {"XDG_CACHE_HOME": str(cache)})


def theirs(case: Case, folder: Path) -> Run:
    """Make the session with the hand-written script."""
    command = [sys.executable, str(SCRIPTS / "handwritten.py"), str(case.rounds), *case.breath.split("-")]
    return measured([*command, str(folder / "handwritten.mp3")], {})


def median(runs: list[Run], of: Callable[[Run], float]) -> float:
    """Return the median of one figure."""
    return statistics.median(map(of, runs))


def row(case: Case, pairs: int, folder: Path) -> str:
    """Measure a case and return its line of the table."""
    if case.warm:  # the words of the usual breath are known; another breath may need none but these
        measured(_make(Case("", case.rounds, "4-6", warm=True), folder), {"XDG_CACHE_HOME": str(folder / "warm")})
    taken = [(ours(case, folder), theirs(case, folder)) for _ in range(pairs)]
    mine, other = [list(runs) for runs in zip(*taken, strict=True)]
    seconds = median(mine, lambda run: run.seconds), median(other, lambda run: run.seconds)
    memory = median(mine, lambda run: run.memory), median(other, lambda run: run.memory)
    return (
        f"{case.name:24} {seconds[0]:7.2f} s {seconds[1]:7.2f} s {seconds[1] / seconds[0]:6.1f} x"
        f" {memory[0]:7.0f} MiB {memory[1]:6.0f} MiB {memory[1] / memory[0]:6.1f} x"
    )


def main() -> None:
    """Measure every case and print the table."""
    parser = argparse.ArgumentParser(description="Measure voicecoach against a hand-written script.")
    parser.add_argument("--pairs", type=int, default=3, help="how often each is run (default: 3)")
    pairs = parser.parse_args().pairs
    print(f"{'':24} {'voicecoach':>9} {'by hand':>9} {'faster':>8} {'voicecoach':>11} {'by hand':>10} {'smaller':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            print(row(case, pairs, Path(folder)), flush=True)


def _make(case: Case, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "voicecoach", "make", "sitting-leg-stretch", "--quiet"]
    return [*command, "--breath", case.breath, "--rounds", str(case.rounds), "-o", str(folder / "voicecoach.mp3")]


if __name__ == "__main__":
    main()
