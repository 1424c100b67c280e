"""Measure the studio's page in Chromium: .venv-test/bin/python -m scripts.bench.studio [--runs N] [--write].

Each figure is a median, and the 95th percentile. ``--write`` puts the table into docs/studio.md. Only figures of an
idle machine mean anything.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "studio.md"
START, END = "<!-- numbers -->\n", "<!-- end -->\n"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
]
PATIENCE = 120_000
"""Milliseconds that anything may take, the first words of a voice among them."""
ROUNDS = {10: 2, 60: 14}
"""Rounds of the leg stretch that come to about so many minutes at 4-6."""
PREPARE = """async (choices) => {
    const { choose, player } = await import("/page/actions.js");
    await choose(choices);
    const missing = () => player.timeline.cues.some((cue) => !player.buffers.has(cue.clip));
    while (missing()) await new Promise((go) => setTimeout(go, 20));
    await player.play();
}"""
MOVE = """async (breath) => {
    const { choose, player } = await import("/page/actions.js");
    const laid = new Promise((done) => player.addEventListener("timeline", done, { once: true }));
    const begun = performance.now();
    choose({ breath });
    await laid;
    return performance.now() - begun;
}"""
MANY = """async () => {
    const { choose, replan } = await import("/page/actions.js");
    for (let move = 0; move < 200; move++) {
        choose({ breath: `${4 + (move % 20) / 10}-${6 + (move % 30) / 10}` });
        await new Promise((go) => setTimeout(go, 50));
    }
    await replan();
}"""
CHECK = """async (text) => {
    const { check } = await import("/page/api.js");
    const begun = performance.now();
    const { problems } = await check({ id: "routine", text });
    if (!problems.length) throw new Error("the mistake was not found");
    return performance.now() - begun;
}"""
EDIT = """async ([text, words]) => {
    const { player } = await import("/page/actions.js");
    const { change } = await import("/page/write/draft.js");
    const begun = performance.now();
    change(text); // as the editor does after each key
    for (;;) {
        const cue = player.timeline?.cues.find((each) => each.text === words);
        if (cue && player.buffers.has(cue.clip)) return performance.now() - begun;
        if (performance.now() - begun > 60000) throw new Error(`not heard: ${words}`);
        await new Promise((go) => setTimeout(go, 2));
    }
}"""
PAINTED = """() => new Promise((found) => {
    const look = (list) => {
        const [paint] = list.getEntriesByName("first-contentful-paint");
        if (paint) found(performance.timeOrigin + paint.startTime);
    };
    new PerformanceObserver(look).observe({ type: "paint", buffered: true });
})"""
LINES = "".join(f"  - say: Breathe slowly, and sit tall, number {number}.\n" for number in range(497))
EDITED = "sitting-leg-stretch"
NAMES = ["lantern", "meadow", "harbour", "window", "river", "garden", "candle", "mountain", "village", "blanket"]
WORDS = (
    "the calm and wide {}".format,
    "a small {} near the door".format,
    "some old {} by the sea".format,
)


@dataclass(frozen=True)
class Row:
    """A line of the table."""

    what: str
    limit: str
    found: str

    @classmethod
    def of_times(cls, what: str, limit: str, times: list[float]) -> Row:
        """Return the line of some times in milliseconds."""
        late = statistics.quantiles(times, n=20, method="inclusive")[-1] if len(times) > 1 else times[0]
        return cls(what, limit, f"{statistics.median(times):.0f} ms; {late:.0f} ms")

    def __str__(self) -> str:
        """Write it as Markdown."""
        return f"| {self.what} | {self.limit} | {self.found} |"


HEAD = "| what | at most | measured: median; 95 % |\n| --- | --- | --- |"


def find_chromium() -> str | None:
    """Return the program, with windows or without."""
    return shutil.which("chromium") or shutil.which("chromium-headless-shell")


@contextmanager
def run_studio(folder: Path, port: int) -> Iterator[tuple[str, int]]:
    """Run the studio over a folder; yield its address and its process."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env |= {"PYTHONPATH": str(ROOT), "XDG_DATA_HOME": str(folder / ".data")}  # nothing was heard yet
    command = [sys.executable, "-u", "-m", "voicecoach", "studio", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout  # noqa: S101 - it is a pipe
    found = re.search(r"http\S+", process.stdout.readline())
    try:
        yield (found[0] if found else ""), process.pid
    finally:
        process.terminate()
        process.wait()


def measure_start(browser: Browser, folder: Path, runs: int) -> list[tuple[float, float]]:
    """Return the milliseconds from the command to the first paint and to the first card, with an empty browser."""
    found = []
    for _ in range(runs + 1):
        page = open_page(browser)
        begun = 1000 * time.time()
        with run_studio(folder, 8441) as (address, _process):
            page.goto(address, wait_until="commit")
            page.wait_for_selector(".card-title")
            shown = 1000 * time.time()
            found.append((page.evaluate(PAINTED) - begun, shown - begun))
            page.close()
    return found[1:]  # the first writes the bytecode


def open_page(browser: Browser) -> Page:
    """Open an empty page, whose browser knows nothing."""
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    return page


def measure_moves(page: Page, choices: dict[str, object], runs: int) -> list[float]:
    """Return the milliseconds from a moved slider to the sound laid anew, while a session with these choices plays."""
    page.evaluate(PREPARE, {"rounds": None, "length": None, "breath": "4-6", **choices})
    moves = [page.evaluate(MOVE, f"{4 + step / 10:.1f}-{6 + step / 10:.1f}") for step in range(1, runs + 2)]
    return moves[1:]


def measure_check(page: Page, runs: int) -> list[float]:
    """Return the milliseconds until the problems of 500 lines are known, each time with another word."""
    texts = (f"title: Lines {number}\nsteps:\n{LINES}  - sya: Wrong.\n" for number in range(runs + 1))
    return [page.evaluate(CHECK, text) for text in texts][1:]


def measure_edits(page: Page, address: str, runs: int) -> list[float]:
    """Return the milliseconds from the last key to the sound of new words, in the text of a routine that is open."""
    page.goto(f"{address}#/write/{EDITED}")
    page.wait_for_selector(".editor")
    text = page.evaluate(f"async () => (await (await import('/page/api.js')).getRoutine('{EDITED}')).text")
    found, drawn = [], random.Random()  # noqa: S311 - words that nobody has spoken yet
    for number in range(runs + 1):
        words = f"Look at {WORDS[number % 3](' and '.join(drawn.sample(NAMES, 4)))}."
        changed = text.replace("\nsteps:\n", f"\nsteps:\n  - say: {words}\n", 1)
        found.append(page.evaluate(EDIT, [changed, words]))
        page.wait_for_timeout(300)  # as between two words of somebody who types
    return found[1:]  # for the first, the voice is still starting


def measure_memory(page: Page, process: int) -> tuple[float, float]:
    """Return the megabytes that 200 moves in ten seconds leave behind, in the page and in the server."""
    session = page.context.new_cdp_session(page)
    page.evaluate(PREPARE, {"rounds": ROUNDS[10], "length": None})
    page.evaluate(MANY)  # what is kept is kept by then
    before = read_heap(session), read_memory(process)
    page.evaluate(MANY)
    return read_heap(session) - before[0], read_memory(process) - before[1]


def read_heap(session: CDPSession) -> float:
    """Return the megabytes of the page's objects and buffers after all that is not used is gone."""
    session.send("HeapProfiler.collectGarbage")
    used: dict[str, Any] = session.send("Runtime.getHeapUsage")
    return float(used["usedSize"] + used.get("backingStorageSize", 0)) / 1e6


def read_memory(process: int) -> float:
    """Return the resident megabytes of a process; 0 where the system does not tell."""
    status = Path(f"/proc/{process}/status")
    found = re.search(r"VmRSS:\s+(\d+)", status.read_text(encoding="utf-8")) if status.exists() else None
    return int(found[1]) / 1000 if found else 0.0


def measure_all(browser: Browser, folder: Path, runs: int) -> Iterator[Row]:
    """Measure all there is."""
    painted, shown = zip(*measure_start(browser, folder, runs), strict=True)
    yield Row.of_times("from the command to the first paint", "1000 ms", [*painted])
    yield Row.of_times("from the command to the first card", "", [*shown])
    with run_studio(folder, 8442) as (entry, process):
        page, address = open_page(browser), entry.partition("?")[0]
        page.goto(entry)
        page.goto(f"{address}#/play/leg-stretch")
        page.wait_for_selector(".transport")
        for minutes, limit in ((10, "60 ms; 120 ms"), (60, "250 ms")):
            times = measure_moves(page, {"rounds": ROUNDS[minutes]}, runs)
            yield Row.of_times(f"from a moved slider to the sound laid anew, {minutes} minutes", limit, times)
        for minutes in (10, 60):
            times = measure_moves(page, {"length": f"{60 * minutes}s"}, runs)
            yield Row.of_times(f"the same with an exact length of {minutes} minutes", "", times)
        grown, served = measure_memory(page, process)
        yield Row("memory after 200 moves in 10 s", "20 MB", f"page {grown:+.1f} MB, server {served:+.1f} MB")
        yield Row.of_times("the problems of 500 lines", "300 ms", measure_check(page, runs))
        times = measure_edits(page, address, runs)
        yield Row.of_times("from the last key to the sound of an edited phrase", "500 ms", times)


def write_table(rows: list[Row]) -> None:
    """Put the table into the page of the studio."""
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(START)
    table = "".join(f"{line}\n" for line in (HEAD, *rows))
    DOCS.write_text(f"{before}{START}{table}{END}{rest.partition(END)[2]}", encoding="utf-8")


def main() -> None:
    """Measure all there is, print it, and write it if that is asked for."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.studio")
    parser.add_argument("--runs", type=int, default=20, help="how often each is measured (default: 20)")
    parser.add_argument("--write", action="store_true", help="put the table into docs/studio.md")
    chosen = parser.parse_args()
    from playwright.sync_api import sync_playwright

    rows = []
    print(HEAD)
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for row in measure_all(browser, Path(name), chosen.runs):
            print(row, flush=True)
            rows.append(row)
        browser.close()
    if chosen.write:
        write_table(rows)


if __name__ == "__main__":
    main()
