"""Listen to the built-in routines by machine: scripts/listen [--voice NAME]... [-o FILE]...

Every wording that a routine can give a voice is spoken, and measured: are its words recognised, "left" and "right"
above all; how natural does it sound; are its ends clean; is it as loud as its neighbours. docs/voices.md explains the
measures and has the results. What was measured of a sound is kept in build/listening, so a second run measures only
what changed.

The exit status is 0 if everything is as wanted, and 1 if not.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import VoicecoachError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scripts.listening.assess import Ears
    from scripts.listening.phrases import Report
    from scripts.listening.verdict import Verdict

TOP = Path(__file__).resolve().parents[2]
KEPT = TOP / "build" / "listening" / "results.jsonl"
PAGE = TOP / "docs" / "voices.md"
MARKS = "<!-- scripts/listen -->\n\n", "\n<!-- end -->"
"""What stands before and after the table in the documentation."""

WRONG, FAILED, INTERRUPTED = 2, 1, 130
_EVERY = 10.0
"""Seconds between two lines of progress where there is no terminal."""


@dataclass
class Progress:
    """Progress on stderr: one line that is written over on a terminal, or a line every ten seconds."""

    shown: str = ""
    last: float = field(default_factory=lambda: -_EVERY)

    def __call__(self, stage: str, done: int, due: int) -> None:
        """Show how far a stage has come."""
        now = time.monotonic()
        fresh = not self.shown.startswith(stage)
        line = f"{stage}: {done} of {due}"
        if sys.stderr.isatty():
            print(f"\r{line:<{len(self.shown)}}", end="", file=sys.stderr, flush=True)
        elif fresh or done == due or now - self.last >= _EVERY:
            print(line, file=sys.stderr, flush=True)
            self.last = now
        self.shown = line

    def end(self) -> None:
        """End the line on a terminal."""
        if self.shown and sys.stderr.isatty():
            print(file=sys.stderr)
        self.shown = ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    options = _parse(arguments)
    with _plain_errors() as status:
        verdicts = listen(options.voice or [None], options.routine, options.language, options.rate)
        _report(verdicts, options.output, write=options.write)
        status.append(int(any(verdict.unmet for verdict in verdicts)))
    return status[-1]


def listen(
    voices: Sequence[str | None], routines: Sequence[str] = (), language: str = "en", rate: int | None = None
) -> list[Verdict]:
    """Listen to these voices, each with all phrases of these routines, or of all built-in ones.

    Raises:
        ModuleNotFoundError: If a package of ``scripts/requirements-listen.txt`` is not installed.
        VoicecoachError: If a voice or a routine is wrong.
    """
    progress = Progress()
    progress("loading", 0, 1)
    from scripts.listening.assess import open_ears
    from scripts.listening.ledger import Ledger
    from scripts.listening.phrases import choose_routines

    chosen = choose_routines(routines, language)
    if not chosen:
        raise VoicecoachError(f"no routine is in the language {language!r}; leave out --language or --routine")
    ears = open_ears(Ledger(KEPT))
    progress("loading", 1, 1)
    try:
        return [_judge_voice(chosen, language, (voice, rate), ears, progress) for voice in voices]
    finally:
        progress.end()


def _judge_voice(
    chosen: Sequence[object], language: str, voice: tuple[str | None, int | None], ears: Ears, progress: Report
) -> Verdict:
    from scripts.listening.assess import assess
    from scripts.listening.phrases import read_phrases
    from scripts.listening.verdict import judge

    reading, context = read_phrases(chosen, language, *voice, progress)  # type: ignore[arg-type] # loaded only now
    return judge(reading, assess(reading, context, language, ears, progress))


def write_page(page: str, table: str) -> str:
    """Return a page with another table between its marks."""
    before, after = MARKS
    pattern = f"(?s)(?<={re.escape(before)}).*?(?={re.escape(after)})"
    return re.sub(pattern, lambda _: table, page)


def _report(verdicts: Sequence[Verdict], files: Sequence[Path], *, write: bool) -> None:
    from scripts.listening.verdict import write_table

    table = write_table(verdicts)
    print(table)
    for verdict in verdicts:
        for fault in verdict.faults:
            print(f"{verdict.voice}: {fault}")
    for file in files:
        if file.suffix == ".json":
            text = json.dumps([verdict.as_json() for verdict in verdicts], ensure_ascii=False, indent=1)
            file.write_text(f"{text}\n", encoding="utf-8")
        else:
            file.write_text(table, encoding="utf-8")
    if write:
        PAGE.write_text(write_page(PAGE.read_text(encoding="utf-8"), table), encoding="utf-8")


@contextmanager
def _plain_errors() -> Iterator[list[int]]:
    """Report errors in a line or two, without a traceback; the list gets the exit status."""
    status: list[int] = []
    try:
        yield status
    except KeyboardInterrupt:
        print("\nstopped; what was measured is kept", file=sys.stderr)
        status.append(INTERRUPTED)
    except ModuleNotFoundError as error:
        print(f"{error}\nrun scripts/listen, which installs what it needs", file=sys.stderr)
        status.append(FAILED)
    except (VoicecoachError, OSError) as error:
        print(error, file=sys.stderr)
        status.append(WRONG if isinstance(error, VoicecoachError) else FAILED)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    head, _, rest = (__doc__ or "").partition("\n\n")
    parser = argparse.ArgumentParser(
        prog="scripts/listen", usage=head.partition(": ")[2], description=f"{head.partition(':')[0]}.\n\n{rest}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    add = parser.add_argument
    add(
        "--voice", action="append", metavar="NAME", help="a voice, as for 'make'; again for another column of the table"
    )
    add(
        "--routine",
        action="append",
        metavar="NAME",
        default=[],
        help="a routine; again for more (default: all built-in)",
    )
    add("--language", metavar="CODE", default="en", help="the language of the routines (default: en)")
    add("--rate", type=int, metavar="WPM", help="words a minute (default: the voice's own)")
    add("-o", "--output", action="append", type=Path, metavar="FILE", default=[],
        help="FILE.md for the table, FILE.json for everything about each phrase; both can be given")  # fmt: skip
    add("--write", action="store_true", help="put the table into docs/voices.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
