"""Work shared out among cores: in order, no group too large, and errors where the work is waited for."""

from __future__ import annotations

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio import ffmpeg
from voicecoach.system import parallel
from voicecoach.system.parallel import divide, map_parallel, run_in_thread

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path


@pytest.fixture(params=[1, 2, 5])
def count(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    found: int = request.param
    monkeypatch.setattr(parallel, "count_cores", lambda: found)
    return found


@pytest.mark.usefixtures("count")
def test_what_comes_of_items_is_in_their_order() -> None:
    assert list(map_parallel(lambda number: number * 2, range(20))) == [number * 2 for number in range(20)]
    assert list(map_parallel(len, [])) == []


def test_as_many_are_worked_on_at_once_as_there_are_cores(count: int) -> None:
    together = threading.Barrier(count)
    assert list(map_parallel(lambda _: together.wait(timeout=60) >= 0, range(count))) == [True] * count


@pytest.mark.usefixtures("count")
def test_an_error_in_one_of_them_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        list(map_parallel(lambda number: 1 // number, [3, 2, 1, 0]))


@given(st.lists(st.integers(0, 100), max_size=40), st.integers(1, 100), st.integers(1, 100), st.integers(1, 8))
def test_shares_are_neighbours_and_none_is_too_large(sizes: list[int], most: int, least: int, count: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parallel, "count_cores", lambda: count)
        found = divide(sizes, most, least)
    assert [number for share in found for number in share] == list(range(len(sizes)))
    assert all(found), "none is empty"
    for share in found:
        assert len(share) == 1 or sum(sizes[number] for number in share) <= most


def test_enough_work_is_shared_out_among_all_cores(count: int) -> None:
    assert len(divide([10] * 100, 500, 20)) >= count
    assert len(divide([10] * 3, 500, 40)) == 1, "too little for two"


def test_what_is_done_meanwhile_is_there_in_the_end_or_raises() -> None:
    started, go_on = threading.Event(), threading.Event()

    def work() -> str:
        started.set()
        go_on.wait(60)
        return "done"

    result = run_in_thread(work)
    assert started.wait(60)
    go_on.set()
    assert result() == "done"
    assert result() == "done"
    failing = run_in_thread(lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        failing()


@pytest.mark.parametrize("error", [KeyboardInterrupt, RuntimeError])
def test_nothing_begins_before_all_of_it_is_known(error: type[BaseException], monkeypatch: pytest.MonkeyPatch) -> None:
    submit, begun = ThreadPoolExecutor.submit, list[int]()

    def stop_at_the_third(threads: ThreadPoolExecutor, *work: Any) -> Future[Any]:  # noqa: ANN401 - as `submit` has it
        future = submit(threads, *work)
        if work[-1] == 2:
            raise error  # a thread has this work, but whoever waits for it has not
        return future

    monkeypatch.setattr(parallel, "count_cores", lambda: 3)
    monkeypatch.setattr(ThreadPoolExecutor, "submit", stop_at_the_third)
    with pytest.raises(error):
        list(map_parallel(begun.append, range(5)))
    assert begun == []


@pytest.mark.skipif(os.name != "posix", reason="a program that waits, as POSIX has it")
def test_whoever_is_interrupted_leaves_no_program_of_another_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "ffmpeg"
    fake.write_text(f'#!/bin/sh\necho $$ >"{tmp_path}/$$.pid"\nexec sleep 600\n')
    fake.chmod(0o755)
    monkeypatch.setattr(ffmpeg, "find_executable", lambda: str(fake))
    monkeypatch.setattr(parallel, "count_cores", lambda: 3)
    main = threading.current_thread()

    def work(number: int) -> None:
        if number:
            ffmpeg.run([], what="waiting")
        while len(list(tmp_path.glob("*.pid"))) < 2:
            os.sched_yield()
        assert threading.current_thread() is not main
        signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        list(map_parallel(work, range(3)))
    for path in tmp_path.glob("*.pid"):
        while is_there(int(path.stem)):  # its thread waits for its end a little longer
            os.sched_yield()


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
