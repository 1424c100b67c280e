"""Shares work among the cores: several child processes at once, and a thread for each that waits for it."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, TypeVar

from voicecoach.system import process, signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")
_AGAIN = 0.02
"""Seconds until we look again for child processes that were just starting."""


def count_cores() -> int:
    """Return the number of cores that this process can use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_parallel(work: Callable[[_Item], _Made], items: Sequence[_Item]) -> Iterable[_Made]:
    """Return the result for each item, in order; as many are in progress at once as there are cores.

    >>> list(map_parallel(len, ["a", "bc"]))
    [1, 2]
    """
    workers = min(count_cores(), len(items))
    if workers < 2:  # noqa: PLR2004 - alone, there is nothing to share
        return map(work, items)
    from concurrent.futures import ThreadPoolExecutor

    threads, gate = ThreadPoolExecutor(workers, "work"), _Gate()
    futures: list[Future[_Made]] = []
    try:
        for item in items:
            futures.append(threads.submit(gate.pass_through, work, item))  # noqa: PERF401 - in the list one by one
        gate.open()
        return [future.result() for future in futures]
    except KeyboardInterrupt:
        with signals.defer():  # a second signal must not interrupt this
            gate.close()
            threads.shutdown(wait=False, cancel_futures=True)
            _end_children(futures)
        raise
    except BaseException:
        gate.close()
        threads.shutdown(cancel_futures=True)  # nothing goes on after an error
        raise
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


class _Gate:
    """Holds work back until all of it is known: an interrupt may come while a thread has it and we do not yet."""

    def __init__(self) -> None:
        self._decided = threading.Event()
        self._closed = False

    def open(self) -> None:
        """Let the work begin."""
        self._decided.set()

    def close(self) -> None:
        """Let no further work begin."""
        self._closed = True
        self._decided.set()

    def pass_through(self, work: Callable[[_Item], _Made], item: _Item) -> _Made:
        """Wait until the gate is open, and do the work.

        Raises:
            CancelledError: If the gate is closed.
        """
        self._decided.wait()
        if self._closed:
            from concurrent.futures import CancelledError

            raise CancelledError
        return work(item)


def _end_children(futures: Iterable[Future[_Made]]) -> None:
    """Kill the child processes that other threads wait for, also those that are just starting."""
    from concurrent.futures import wait

    while [each for each in futures if not each.done()]:
        process.kill_all()
        wait(futures, timeout=_AGAIN)


def run_in_thread(work: Callable[[], _Made]) -> Callable[[], _Made]:
    """Start some work in another thread; call what is returned to wait for its result, or for its error.

    >>> run_in_thread(lambda: 7)()
    7
    """
    from concurrent.futures import ThreadPoolExecutor

    threads = ThreadPoolExecutor(1, "meanwhile")
    result = threads.submit(work).result
    threads.shutdown(wait=False)
    return result


def divide(sizes: Iterable[int], most: int, least: int) -> list[list[int]]:
    """Divide items by their sizes into groups of neighbours: about one per core, each of at most ``most``.

    A group smaller than ``least`` is not worth a child process. An item larger than ``most`` is a group by itself.

    >>> divide([5, 5, 5, 40], most=20, least=20)
    [[0, 1, 2], [3]]
    """
    known = list(sizes)
    wanted = max(least, min(most, -(-sum(known) // count_cores())))
    groups: list[list[int]] = []
    filled = most + 1
    for number, size in enumerate(known):
        if filled + size > most or filled >= wanted:
            groups.append([])
            filled = 0
        groups[-1].append(number)
        filled += size
    return groups
