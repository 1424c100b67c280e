"""Do harm for real and see that nothing is lost: scripts/run faults [CAMPAIGN...] [--count N] [--seed N].

Each campaign injects one sort of fault many times and counts the outcomes. The status is 1 if a promise was broken.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.faults.running import Outcome

CAMPAIGNS = ("kill", "voice")
"""Each is a module of this package with ``USUAL``, its number of faults, and ``campaign(count, seed, folder)``."""


def main() -> int:
    """Run the campaigns that were named, or all; print what came of each fault."""
    parser = argparse.ArgumentParser(prog="scripts/run faults", description="Do harm and see that nothing is lost.")
    parser.add_argument("campaigns", nargs="*", choices=[[], *CAMPAIGNS], metavar="CAMPAIGN", help=", ".join(CAMPAIGNS))
    parser.add_argument("--count", type=int, help="how many faults of each campaign; each has its own usual number")
    parser.add_argument("--seed", type=int, default=0, help="another seed makes other faults")
    given = parser.parse_args()
    wrong = [each for name in given.campaigns or CAMPAIGNS for each in run(name, given.count, given.seed)]
    print(*wrong, sep="\n")
    return int(bool(wrong))


def run(name: str, count: int | None, seed: int) -> list[str]:
    """Run a campaign, print its table, and return what was wrong."""
    module = importlib.import_module(f"scripts.faults.{name}")
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="voicecoach-faults-") as folder:
        outcomes = list(_told(name, module.campaign(count or module.USUAL, seed, Path(folder))))
    print(f"{name}: {len(outcomes)} faults in {time.monotonic() - began:.0f} s")
    for (fault, came), times in sorted(Counter((each.fault, each.came) for each in outcomes).items()):
        print(f"  {times:6}  {fault}: {came}")
    return [f"WRONG ({name}): {each.wrong}" for each in outcomes if each.wrong]


def _told(name: str, outcomes: Iterator[Outcome]) -> Iterator[Outcome]:
    """Tell on stderr how far a campaign is, where somebody looks."""
    for number, outcome in enumerate(outcomes, 1):
        if sys.stderr.isatty():
            print(f"\r{name}: {number}", end="", file=sys.stderr, flush=True)
        yield outcome
    if sys.stderr.isatty():
        print(file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
