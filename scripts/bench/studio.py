"""Measure the studio's page in Chromium: .venv-test/bin/python -m scripts.bench.studio [--runs N].

Every figure is a median; where two are printed, the second is the 95th percentile. Only figures of an idle machine mean
anything.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, CDPSession, Page

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
]
ROUNDS = {10: 2, 60: 14}
"""Rounds of the leg stretch that come to about so many minutes at 4-6."""
MOVE = """async (breath) => {
    const { choose, player } = await import("/page/actions.js");
    const laid = new Promise((done) => player.addEventListener("timeline", done, { once: true }));
    const begun = performance.now();
    choose({ breath });
    await laid;
    return performance.now() - begun;
}"""
MANY = """async () => {
    const { choose, player, replan } = await import("/page/actions.js");
    for (let move = 0; move < 200; move++) {
        choose({ breath: `${4 + (move % 20) / 10}-${6 + (move % 30) / 10}` });
        await new Promise((go) => setTimeout(go, 50));
    }
    await replan();
    return player.laid.length;
}"""
LINES = "".join(f"  - say: Breathe slowly, and sit tall, number {number}.\n" for number in range(497))


@contextmanager
def run_studio(folder: Path, port: int) -> Iterator[tuple[str, int]]:
    """Run the studio over a folder; yield its address and its process."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    env["PYTHONPATH"] = str(Path(__file__).resolve().parents[2])
    command = [sys.executable, "-u", "-m", "voicecoach", "studio", "--no-browser", "--port", str(port)]
    process = subprocess.Popen(command, cwd=folder, env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout  # noqa: S101 - it is a pipe
    found = re.search(r"http\S+", process.stdout.readline())
    try:
        yield (found[0] if found else ""), process.pid
    finally:
        process.terminate()
        process.wait()


def measure_start(browser: Browser, folder: Path, runs: int) -> list[float]:
    """Return the milliseconds from the command to the first card on the screen."""
    found = []
    for _ in range(runs + 1):
        page = browser.new_page()
        begun = time.perf_counter()
        with run_studio(folder, 8441) as (address, _process):
            page.goto(address, wait_until="commit")
            page.wait_for_selector(".card-title")
            found.append(1000 * (time.perf_counter() - begun))
            page.close()
    return found[1:]  # the first writes the bytecode


def measure_moves(page: Page, minutes: int, runs: int) -> list[float]:
    """Return the milliseconds from a moved slider to the sound laid anew, while a session of so many minutes plays."""
    page.evaluate("async rounds => { await (await import('/page/actions.js')).choose({ rounds }); }", ROUNDS[minutes])
    page.evaluate("async () => { await (await import('/page/actions.js')).player.play(); }")
    moves = [page.evaluate(MOVE, f"{4 + step / 10:.1f}-{6 + step / 10:.1f}") for step in range(1, runs + 2)]
    return moves[1:]


def measure_check(page: Page, runs: int) -> list[float]:
    """Return the milliseconds until the problems of 500 lines are known, each time with another word."""
    ask = """async (text) => {
        const { check } = await import("/page/api.js");
        const begun = performance.now();
        await check({ id: "routine", text });
        return performance.now() - begun;
    }"""
    texts = (f"title: Lines {number}\nsteps:\n{LINES}  - sya: Wrong.\n" for number in range(runs))
    return [page.evaluate(ask, text) for text in texts]


def measure_memory(page: Page, process: int) -> tuple[float, float]:
    """Return the megabytes that 200 moves in ten seconds leave behind, in the page and in the server."""
    session = page.context.new_cdp_session(page)
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


def write_row(what: str, limit: str, times: list[float]) -> str:
    """Return a row of the table."""
    late = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return f"| {what} | {limit} | {statistics.median(times):.0f} ms, {late:.0f} ms |"


def main() -> None:
    """Measure all there is and print it."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.studio")
    parser.add_argument("--runs", type=int, default=20, help="how often each is measured (default: 20)")
    runs = parser.parse_args().runs
    from playwright.sync_api import sync_playwright

    print("| what | at most | median, 95 % |\n| --- | --- | --- |")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as driver:
        folder = Path(name)
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        print(
            write_row("from the command to the first card", "1000 ms", measure_start(browser, folder, runs)), flush=True
        )
        with run_studio(folder, 8442) as (address, process):
            page = browser.new_page()
            page.goto(f"{address}")
            page.goto(f"{address.partition('?')[0]}#/play/leg-stretch")
            page.wait_for_selector(".transport")
            for minutes, limit in ((10, "60 ms, 120 ms"), (60, "250 ms")):
                times = measure_moves(page, minutes, runs)
                print(write_row(f"a slider moves, {minutes} minutes are laid anew", limit, times), flush=True)
            print(write_row("the problems of 500 lines", "300 ms", measure_check(page, runs)), flush=True)
            grown, served = measure_memory(page, process)
            print(f"| memory after 200 moves in 10 s | 20 MB | page {grown:.1f} MB, server {served:.1f} MB |")
        browser.close()


if __name__ == "__main__":
    main()
