"""What the ledger of the body found is kept for the same files, choices and program, and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voicecoach.app import piece_cache
from voicecoach.app.piece_cache import find_ledger_warnings
from voicecoach.routine.loader import load_routine
from voicecoach.script import ledger
from voicecoach.script.choices import Choices
from voicecoach.script.ledger import lint_ledger

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """title: Bent
steps:
  - say: Bend your leg.
    makes: {leg: bent}
  - include: more.yaml
"""
MORE = """title: More
steps:
  - say: Your leg is long.
    needs: {leg: long}
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A routine that asks for what can't be, in a file that it includes."""
    (tmp_path / "more.yaml").write_text(MORE)
    (tmp_path / "bent.yaml").write_text(TEXT)
    return tmp_path / "bent.yaml"


def test_what_was_found_is_found_again_without_a_ledger(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    routine, folder = load_routine(str(path)), path.parent / "cache"
    expected = tuple(lint_ledger(routine, Choices()))
    assert len(expected) == 1
    assert find_ledger_warnings(routine, Choices(), folder) == expected
    monkeypatch.setattr(ledger, "lint_ledger", lambda *_: pytest.fail("it was kept"))
    assert find_ledger_warnings(load_routine(str(path)), Choices(), folder) == expected


@pytest.mark.parametrize("change", ["included file", "choices", "program"])
def test_what_it_depends_on_is_looked_at(path: Path, change: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = path.parent / "cache"
    assert find_ledger_warnings(load_routine(str(path)), Choices(), folder)
    if change == "included file":
        (path.parent / "more.yaml").write_text(MORE.replace("long}", "bent}"))
        assert find_ledger_warnings(load_routine(str(path)), Choices(), folder) == ()
        return
    if change == "program":
        monkeypatch.setattr(piece_cache, "identify_program", lambda: "another")
    monkeypatch.setattr(ledger, "lint_ledger", lambda *_: ())
    choices = Choices(settings={"n": "2"}) if change == "choices" else Choices()
    assert find_ledger_warnings(load_routine(str(path)), choices, folder) == ()
