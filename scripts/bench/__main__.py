"""Measure voicecoach against a hand-written script of the same stretch: scripts/run bench [--pairs N] [--write].

Every figure is the median of runs that take turns (A B A B ...): seconds of wall time, and the memory of the largest
process. Only the ratios mean anything elsewhere. ``--write`` puts the tables and their plot into docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from scripts.bench import parts, plot
from voicecoach.routine import library
from voicecoach.system import parallel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).resolve().parent
DOCS = HERE.parents[1] / "docs"
ROUNDS = {10: 4, 30: 12, 60: 23, 180: 70, 600: 230}
"""Rounds of the seated stretch that come to about so many minutes at 4-6."""
BY_HAND = (10, 30, 60)
"""Minutes for which the hand-written script is run as well; its time grows with their square."""
KIB_PER_MIB = 1024 if sys.platform != "darwin" else 1024 * 1024
TRACKS = 100


@dataclass(frozen=True, slots=True)
class Run:
    """What one run took: seconds of wall time, MiB of its largest process, seconds of CPU with its children."""

    seconds: float
    memory: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Bench:
    """A folder to measure in, and how often each is run."""

    folder: Path
    pairs: int

    def run(self, command: Sequence[str], cache: str = "warm") -> Run:
        """Run a command to its end and measure it, its children included; a ``cold`` cache is emptied before."""
        if cache == "cold":
            shutil.rmtree(self.folder / "cold", ignore_errors=True)
        before = time.perf_counter()
        process = subprocess.Popen(command, env=self.environment(cache), stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)}: status {process.returncode}")
        return Run(time.perf_counter() - before, usage.ru_maxrss / KIB_PER_MIB, usage.ru_utime + usage.ru_stime)

    def environment(self, cache: str) -> dict[str, str]:
        """Return the environment of a command: bytecode is kept, as it is for whoever has installed the program.

        The system's voice speaks in both, because the script by hand knows no other.
        """
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        own = {"XDG_CACHE_HOME": str(self.folder / cache), "PYTHONPYCACHEPREFIX": str(self.folder / "bytecode")}
        return kept | own | {"VOICECOACH_VOICE": "system"}

    def in_turns(self, *each: Callable[[], Run]) -> list[Run]:
        """Run several in turns, and return the median of each."""
        for once in each:  # the first time there is bytecode to be written, and files to be read from the disk
            once()
        taken = [[once() for once in each] for _ in range(self.pairs)]
        return [
            Run(*(statistics.median(getattr(run, name) for run in runs) for name in ("seconds", "memory", "cpu")))
            for runs in zip(*taken, strict=True)
        ]

    def make(self, rounds: int, breath: str = "4-6", cache: str = "warm", *more: str) -> Run:
        """Make the stretch with voicecoach."""
        command = [*_voicecoach("make"), "sitting-leg-stretch", "--quiet", "--breath", breath, "--rounds", str(rounds)]
        return self.run([*command, "-o", str(self.folder / "voicecoach.mp3"), *more], cache)

    def by_hand(self, rounds: int, breath: str = "4-6") -> Run:
        """Make the stretch with the hand-written script."""
        command = [sys.executable, str(HERE / "handwritten.py"), str(rounds), *breath.split("-")]
        return self.run([*command, str(self.folder / "handwritten.mp3")])

    def time_commands(self) -> Iterator[tuple[str, str, str]]:
        """Yield the rows of short commands whose words are all known, also as multiples of a Python that does nothing.

        CPU seconds of a busy machine are longer, and those of the bare Python with them: the multiple stays.
        """
        file = ["-o", str(self.folder / "short.mp3"), "--quiet"]
        breaths = iter(range(10_000))

        def retime() -> Run:
            return self.run([*_voicecoach("make"), "leg-stretch", *file, "--breath", f"5-{6 + next(breaths) / 100:g}"])

        self.run([*_voicecoach("make"), "leg-stretch", *file])
        bare, made, checked, longest = self.in_turns(
            lambda: self.run([sys.executable, "-c", "pass"]),
            retime,
            lambda: self.run([*_voicecoach("check"), "leg-stretch"]),
            lambda: self.run([*_voicecoach("check"), _find_longest()]),
        )
        wall = f"{made.seconds:.2f} s ({made.seconds / bare.seconds:.0f} times a bare Python)"
        yield "`make leg-stretch`, another breath", "0.4 s", wall
        for name, run in (("leg-stretch", checked), (_find_longest(), longest)):
            cpu = f"{run.cpu:.2f} s ({run.cpu / bare.cpu:.0f} times a bare Python)"
            yield f"CPU of `check {name}`", "0.5 s", cpu


def _find_longest() -> str:
    """Return the name of the built-in routine with the largest file."""
    files = [library.BUILT_IN / f"{name}.yaml" for name in library.list_built_in()]
    return max(files, key=lambda path: path.stat().st_size).stem


def _voicecoach(*words: str) -> list[str]:
    return [sys.executable, "-m", "voicecoach", *words]


def lengths(bench: Bench) -> tuple[str, plot.Lines]:
    """Return the table over session lengths, and its lines."""
    rows = ["| session | | voicecoach | by hand | faster | memory | by hand |", f"| --- | --- |{' ---: |' * 5}"]
    lines: plot.Lines = {"by hand": {}, "nothing known": {}, "words known, another breath": {}}
    for minutes, rounds in ROUNDS.items():
        bench.make(rounds)
        for name, breath, cache in (("nothing known", "4-6", "cold"), ("words known, another breath", "5-7", "warm")):
            each = [partial(bench.make, rounds, breath, cache)]
            hand = [partial(bench.by_hand, rounds, breath)] if minutes in BY_HAND else []
            mine, *others = bench.in_turns(*each, *hand)
            lines[name][minutes] = mine.seconds
            compared = "| | | "
            if others:
                (other,) = others
                lines["by hand"][minutes] = other.seconds
                compared = f"| {other.seconds:.2f} s | {other.seconds / mine.seconds:.0f} x "
            own = f"| {mine.memory:.0f} MiB | {f'{others[0].memory:.0f} MiB' if others else ''} |"
            rows.append(f"| {minutes} min | {name} | {mine.seconds:.2f} s {compared}{own}")
            print(rows[-1], flush=True)
    return "\n".join(rows), lines


def targets(bench: Bench, lines: plot.Lines) -> Iterator[tuple[str, str, str]]:
    """Yield what is measured, what it should be, and what it is."""
    hand, cold, other = (lines[name][60] for name in ("by hand", "nothing known", "words known, another breath"))
    yield "60 minutes, nothing known", "1/40 of by hand, better 1/60", f"1/{hand / cold:.0f}"
    yield "60 minutes, another breath", "1/150 of by hand, better 1/200", f"1/{hand / other:.0f}"
    ten_hours = lines["nothing known"][600]
    yield "10 hours, nothing known", "2 times 60 minutes", f"{ten_hours / cold:.2f} times"
    short, long = bench.in_turns(*(partial(bench.make, ROUNDS[minutes], cache="cold") for minutes in (10, 600)))
    yield "memory of 10 hours", "10 MB over 10 minutes", f"{(long.memory - short.memory) * 1.048576:+.0f} MB"
    bedded = [partial(bench.make, ROUNDS[minutes], "4-6", "warm", "--bed", "rain") for minutes in (10, 60)]
    short, long = bench.in_turns(*bedded)
    yield "memory of an hour over rain", "that of 10 minutes", f"{(long.memory - short.memory) * 1.048576:+.0f} MB"
    plans = [
        [*_voicecoach("plan"), "sitting-leg-stretch", "--json", "--breath", "4-6", "--rounds", str(ROUNDS[minutes])]
        for minutes in (60, 600)
    ]
    short, long = bench.in_turns(*(partial(bench.run, plan) for plan in plans))
    yield "a plan of 10 hours", "10 times one of 60 minutes", f"{long.seconds / short.seconds:.1f} times"
    click, shown = bench.in_turns(
        lambda: bench.run([sys.executable, "-c", "import click"]), lambda: bench.run(_voicecoach("--help"))
    )
    yield "`--help`", "2.5 times `import click`", f"{shown.seconds / click.seconds:.2f} times ({shown.seconds:.3f} s)"
    yield from bench.time_commands()
    yield "tracks a minute", "300", f"{tracks(bench):.0f}"
    alone = parts.measured(bench.pairs)
    (python,) = bench.in_turns(lambda: bench.run([sys.executable, "-c", ""]))
    floor = alone["speaking"] + alone["encoding"] + python.seconds
    yield "60 minutes, nothing known", "1.5 times its parts alone", f"{cold / floor:.2f} times ({floor:.2f} s)"
    yield "levelling", "speaking", f"{alone['levelling'] / alone['speaking']:.2f} times ({alone['levelling']:.2f} s)"


def tracks(bench: Bench) -> float:
    """Make a track for each leg at many breath lengths, two sessions at a time; return how many tracks a minute."""
    breaths = [f"{4 + number / 50:g}-{6 + number / 50:g}" for number in range(TRACKS // 2)]
    bench.make(2, breaths[-1], "warm", "--tracks", "sides")

    def one(breath: str) -> None:
        place = bench.folder / breath
        place.mkdir(exist_ok=True)
        command = ["make", "sitting-leg-stretch", "--quiet", "--tracks", "sides", "--breath", breath]
        bench.run([*_voicecoach(*command), "-o", str(place)])

    one(breaths[0])
    began = time.perf_counter()
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(one, breaths))
    return TRACKS * 60 / (time.perf_counter() - began)


def timings(bench: Bench) -> str:
    """Return where the time of an hour goes, cold and warm, as ``make --timings`` tells it."""
    said: list[dict[str, float]] = []
    for cache, breath in (("cold", "4-6"), ("warm", "5.5-7")):
        if cache == "cold":
            shutil.rmtree(bench.folder / "cold", ignore_errors=True)
        command = [*_voicecoach("make"), "sitting-leg-stretch", "--rounds", "23", "--breath", breath, "--timings"]
        output = ["--quiet", "-o", str(bench.folder / "voicecoach.mp3")]
        done = subprocess.run([*command, *output], env=bench.environment(cache), check=True, capture_output=True)
        found = re.findall(r"^(\w+) +([\d.]+) s", done.stderr.decode(), re.MULTILINE)
        said.append({name: float(taken) for name, taken in found})
    cold, warm = said
    told = {name: f"{taken:.3f} s" for name, taken in warm.items()}
    rows = [f"| {name} | {taken:.3f} s | {told.get(name, '')} |" for name, taken in cold.items()]
    return "\n".join(["| part | nothing known | words known |", "| --- | ---: | ---: |", *rows])


def machine() -> str:
    """Describe this machine, without naming it."""
    machine = f"{parallel.count_cores()} cores ({platform.machine()})"
    return f"{machine}, {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    """Measure all there is and print it."""
    parser = argparse.ArgumentParser(
        prog="scripts/run bench", description="Measure voicecoach against a hand-written script."
    )
    parser.add_argument("--pairs", type=int, default=3, help="how often each is run (default: 3)")
    parser.add_argument("--write", action="store_true", help="put it into docs/performance.md")
    parser.add_argument("--commands", action="store_true", help="measure short commands only: make again, check")
    given = parser.parse_args()
    if given.commands:
        with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as folder:
            for row in Bench(Path(folder), given.pairs).time_commands():
                print(f"| {' | '.join(row)} |", flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as folder:
        bench = Bench(Path(folder), given.pairs)
        bench.make(ROUNDS[60])
        table, lines = lengths(bench)
        rows = ["| what | at most (of tracks: at least) | measured |", "| --- | --- | --- |"]
        for row in targets(bench, lines):
            rows.append(f"| {' | '.join(row)} |")
            print(rows[-1], flush=True)
        shares = timings(bench)
        print(shares)
    if given.write:
        made = f"{machine()}; medians of {given.pairs} runs in turns"
        _write({"machine": made, "lengths": table, "targets": "\n".join(rows), "timings": shares})
        (DOCS / "performance.svg").write_text(plot.drawn(lines), encoding="utf-8")


def _write(blocks: dict[str, str]) -> None:
    """Put tables between their marks in the page."""
    page = DOCS / "performance.md"
    text = page.read_text(encoding="utf-8")
    for name, block in blocks.items():
        begin, end = f"<!-- {name} -->\n", "\n<!-- end -->"
        before, found, rest = text.partition(begin)
        text = f"{before}{begin}{block}{end}{rest.partition(end)[2]}"
        if not found:
            raise SystemExit(f"{page.name} has no place for {name}")
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
