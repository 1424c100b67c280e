"""Shares work among the cores: several child processes at once, and a thread for each that waits for it."""

from __future__ import annotations

import os
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

    threads = ThreadPoolExecutor(workers, "work")
    futures: list[Future[_Made]] = []
    try:
        with signals.defer():  # every future is known, so that its child can be killed
            futures.extend(threads.submit(work, item) for item in items)  # one by one, for those who do not defer
        return [future.result() for future in futures]
    except KeyboardInterrupt:
        with signals.defer():  # a second signal must not interrupt this
            threads.shutdown(wait=False, cancel_futures=True)
            _end_children(futures)
        raise
    except Exception:
        threads.shutdown(cancel_futures=True)  # nothing goes on after an error
        raise
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


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
