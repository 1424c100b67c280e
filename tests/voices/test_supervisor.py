"""How long a worker may take to answer."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import cast

import pytest

from voicecoach.system.process import Child, Work
from voicecoach.voices import supervisor
from voicecoach.voices.supervisor import MOST_WAITS, Fault, Worker


@dataclass
class Answers:
    """A queue that stays empty for some waits, and then has an answer."""

    late: int
    waits: list[float] = field(default_factory=list)

    def get(self, timeout: float) -> bytes:
        self.waits.append(timeout)
        if len(self.waits) <= self.late:
            raise queue.Empty
        return b'{"done": 1}'


def wait(late: int, work: Work | None, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return for how long an answer was waited for; the worker's state is ``work`` each time."""
    worker, answers = Worker.__new__(Worker), Answers(late)
    worker._child = cast("Child", SimpleNamespace(pid=1))  # noqa: SLF001 - without a process
    worker._answers = cast("queue.SimpleQueue[bytes]", answers)  # noqa: SLF001 - as above
    monkeypatch.setattr(supervisor, "measure_work", lambda _pid: work)
    try:
        worker._receive(9.0)  # noqa: SLF001 - as above
    except Fault:
        return [*answers.waits, 0.0]
    return answers.waits


def test_a_worker_that_other_programs_keep_from_working_gets_its_time_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert wait(3, Work(ready=True, seconds=5.0), monkeypatch) == [9.0] * 4
    assert wait(MOST_WAITS, Work(ready=True, seconds=5.0), monkeypatch) == [*[9.0] * MOST_WAITS, 0.0]


@pytest.mark.parametrize("work", [Work(ready=False, seconds=5.0), None])
def test_a_worker_that_hangs_or_cannot_be_watched_gets_its_time_once(
    work: Work | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert wait(0, work, monkeypatch) == [9.0]
    assert wait(1, work, monkeypatch) == [9.0, 0.0]
