"""Each single fault that is put into a built-in routine is answered with its place and with a remedy that mends it.

`single-faults.txt` has the faults, as authors and language models make them. Each begins with ``@``, a routine and a
line. ``-`` are the lines as they were and ``+`` as they are with the fault, where ``‸`` marks the place that has to be
reported; ``>`` is what the message has to propose, and ``=`` what only the author can add.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.amounts import choose_amount
from tests.fakes import FakeVoice
from tests.routine.remedies import apply_remedy
from voicecoach.app import speaker
from voicecoach.app.request import Request
from voicecoach.app.review import review
from voicecoach.errors import RoutineError
from voicecoach.routine.library import BUILT_IN
from voicecoach.routine.loader import load_routine

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voicecoach.errors import Problem

TABLE = Path(__file__).parent / "single-faults.txt"
ORIGINALS = Path(__file__).parent / "originals"
"""Built-in routines as they were when the table was written, if they are others now."""
MARK = "‸"


@dataclass(frozen=True)
class Fault:
    """A fault in a built-in routine, the text that its remedy has to name, and what its author adds to it."""

    routine: str
    line: int
    before: tuple[str, ...]
    after: tuple[str, ...]
    remedy: str
    own: str = ""

    @property
    def original(self) -> str:
        former = ORIGINALS / f"{self.routine}.yaml"
        path = former if former.exists() else BUILT_IN / f"{self.routine}.yaml"
        return path.read_text(encoding="utf-8")

    def marked(self) -> str:
        """Return the routine with the fault in it, and the mark at its place."""
        lines = self.original.split("\n")
        start, end = self.line - 1, self.line - 1 + len(self.before)
        assert tuple(lines[start:end]) == self.before, "the built-in is another now: change the table"
        return "\n".join([*lines[:start], *self.after, *lines[end:]])


def faults() -> Iterator[Fault]:
    blocks = TABLE.read_text(encoding="utf-8").strip("\n").split("\n\n")
    for block in blocks:
        head, *rest = block.split("\n")
        routine, line = head.removeprefix("@ ").split()
        kept = {sign: [each[1:] for each in rest if each.startswith(sign)] for sign in "-+>="}
        own = kept["="][0][1:] if kept["="] else ""
        yield Fault(routine, int(line), tuple(kept["-"]), tuple(kept["+"]), kept[">"][0][1:], own)


FAULTS = list(faults())


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: SimpleNamespace(voice=FakeVoice(), note=""))
    return tmp_path / "mine.yaml"


def check(text: str, path: Path) -> Sequence[Problem]:
    """Return the problems of a routine, or its warnings if it has none."""
    path.write_text(text, encoding="utf-8")
    found = review(Request(str(path)), (), path.parent, lambda *_: None)
    return found.problems or found.warnings


def read(text: str, path: Path) -> Sequence[Problem]:
    """Return what `check` says of a routine with a fault, which is mostly found when it is read."""
    path.write_text(text, encoding="utf-8")
    try:
        load_routine(str(path))
    except RoutineError as error:
        return error.problems
    return check(text, path)


def test_there_are_many_faults_and_each_is_another() -> None:
    assert len(set(FAULTS)) == len(FAULTS) >= 100


@pytest.mark.parametrize("routine", sorted({fault.routine for fault in FAULTS}))
def test_a_single_fault_is_answered_with_its_place_and_the_remedy_that_mends_it(routine: str, path: Path) -> None:
    for fault in [each for each in FAULTS if each.routine == routine][:: choose_amount(2, 1)]:
        marked = fault.marked()
        before = marked[: marked.index(MARK)]
        text = marked.replace(MARK, "")
        (problem,) = read(text, path)
        place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
        assert (problem.where.line, problem.where.column) == place, fault
        assert fault.remedy in (problem.remedy or problem.what), fault
        mended = apply_remedy(text, problem, fault.own)
        assert mended == fault.original or not check(mended, path), fault
