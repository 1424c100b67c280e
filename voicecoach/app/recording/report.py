"""What is printed about the cuts of a long take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.core.timeline import format_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voicecoach.app.recording.long_take import Placed

_STATES = {
    "write": "",
    "written": "",
    "kept": "kept: it is recorded already",
    "doubt": "not replaced: the cut is in doubt",
    "missing": "",
    "faulty": "not written",
}


def describe_cuts(placed: Sequence[Placed], folder: Path, *, dry_run: bool) -> Iterator[str]:
    """Yield a line for each sentence, what to listen to, and how many were written."""
    width = len(str(max((each.sentence.number for each in placed), default=0)))
    for each in placed:
        yield f"{each.sentence.number:>{width}}  {_describe_span(each)}  {_describe_doubts(each)}"
    listen = [str(each.sentence.number) for each in placed if each.cut.found and not each.cut.is_sure]
    missing = [str(each.sentence.number) for each in placed if not each.cut.found]
    faulty = [str(each.sentence.number) for each in placed if each.status == "faulty"]
    if listen:
        yield f"listen to: {', '.join(listen)}"
    if missing:
        yield f"not found: {', '.join(missing)}"
    if faulty:
        yield f"not good: {', '.join(faulty)}"
    yield _sum_up(placed, folder, dry_run=dry_run)


def _describe_span(each: Placed) -> str:
    cut = each.cut
    if cut.start is None or cut.end is None:
        return f"{'-':>9} {'-':>6}  {'':>4}"
    mark = f"{cut.sure:4.0%}"
    return f"{format_time(cut.start, tenths=True):>9} {cut.end - cut.start:5.1f}s  {mark}"


def _describe_doubts(each: Placed) -> str:
    reasons = "; ".join(filter(None, (_STATES[each.status], *each.reasons)))
    return f"{each.sentence.words}" + (f"   <- {reasons}" if reasons else "")


def _sum_up(placed: Sequence[Placed], folder: Path, *, dry_run: bool) -> str:
    states = [each.status for each in placed]
    if dry_run:
        return f"{states.count('write')} of {len(placed)} would be written into {folder}; nothing was written"
    written = f"{states.count('written')} of {len(placed)} were written into {folder}"
    hints = {
        "kept": "--again also replaces what is recorded already",
        "doubt": "--force also replaces by doubtful cuts",
    }
    hint = next((text for status, text in hints.items() if status in states), "")
    return f"{written}; {hint}" if hint else written
