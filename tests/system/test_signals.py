from __future__ import annotations

import signal
import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from voicecoach.system import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

STOPPING = [pytest.param(number, id=number.name) for number in signals.STOPPING]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (*signals.STOPPING, signal.SIGALRM)}
    signals.reset()
    signals.install_handlers()
    yield
    signals.reset()
    signal.setitimer(signal.ITIMER_REAL, 0)
    for number, handler in before.items():
        signal.signal(number, handler)


def alarm_after(work: Callable[[], object]) -> None:
    """Do something that a signal must not cut in two, and then wait for the next try."""
    work()
    signal.pause()


def signal_and_go_on(number: signal.Signals, reached: list[bool]) -> None:
    signal.raise_signal(number)
    reached.append(True)


@pytest.mark.parametrize("number", STOPPING)
def test_a_signal_stops_the_work_and_decides_the_exit_status(number: signal.Signals) -> None:
    with pytest.raises(signals.Stopped):
        signal.raise_signal(number)
    assert signals.find_exit_status() == 128 + number


def test_a_swallowed_signal_is_raised_at_the_next_check() -> None:
    with pytest.raises(signals.Stopped):
        signal.raise_signal(signal.SIGTERM)
    with pytest.raises(signals.Stopped):
        signals.raise_pending()


def test_without_a_signal_a_check_does_nothing() -> None:
    signals.raise_pending()
    assert signals.find_exit_status() == 0


def test_a_check_in_another_thread_does_nothing() -> None:
    with pytest.raises(signals.Stopped):
        signal.raise_signal(signal.SIGTERM)
    raised: list[bool] = []

    def look() -> None:
        try:
            signals.raise_pending()
        except signals.Stopped:
            raised.append(True)

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    assert raised == []


def test_an_import_is_not_cut_in_two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "stopped_inside.py").write_text("import signal\nsignal.raise_signal(signal.SIGTERM)\nwhole = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(signals.Stopped):
        alarm_after(lambda: __import__("stopped_inside"))
    assert sys.modules.pop("stopped_inside").whole


def test_a_validation_by_pydantic_is_not_cut_in_two() -> None:
    from pydantic import BaseModel, field_validator

    class Model(BaseModel):
        value: int

        @field_validator("value")
        @classmethod
        def stop(cls, value: int) -> int:
            signal.raise_signal(signal.SIGTERM)
            return value

    made = SimpleNamespace()
    with pytest.raises(signals.Stopped):
        alarm_after(lambda: setattr(made, "model", Model.model_validate({"value": 3})))
    assert made.model.value == 3


def test_a_deferred_signal_comes_after_the_block() -> None:
    reached: list[bool] = []
    with pytest.raises(signals.Stopped), signals.defer():
        signal_and_go_on(signal.SIGINT, reached)
    assert reached


def test_a_second_try_waits_for_the_end_of_a_deferred_block() -> None:
    """A signal that came in an import is tried again; a process that is being started then must not be cut in two."""
    signal.signal(signal.SIGALRM, signals._raise_or_try_again)  # noqa: SLF001 - as it is after the first try
    reached: list[bool] = []
    with signals.defer():
        signal_and_go_on(signal.SIGALRM, reached)
    with pytest.raises(signals.Stopped):
        signal.pause()
    assert reached


def test_an_ignored_hangup_stays_ignored() -> None:
    """It is how ``nohup`` keeps a program running when the terminal goes."""
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signals.install_handlers()
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_what_a_stopped_run_leaves_is_described_truly() -> None:
    assert signals.describe_stop() == "stopped; nothing was written"
    signals.mark_complete()
    assert signals.describe_stop() == "stopped; the files were already complete"
    signals.note_reading()
    assert signals.describe_stop() == "stopped", "who only looks has nothing to lose"
    signals.reset()
    assert signals.describe_stop() == "stopped; nothing was written"
