"""Work shared out among the cores of the processor: several other programs, each waited for by a thread of ours."""

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
"""Seconds after which programs that were just starting are looked for once more."""


def count_cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def map_parallel(work: Callable[[_Item], _Made], items: Sequence[_Item]) -> Iterable[_Made]:
    """Return what comes of each item, in order; as many are worked on at once as there are cores.

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
        with signals.defer():  # what is started is known, so that it can be ended
            futures += [threads.submit(work, item) for item in items]
        return [future.result() for future in futures]
    except KeyboardInterrupt:
        with signals.defer():  # a second signal would leave what the first is about to end
            threads.shutdown(wait=False, cancel_futures=True)
            _end_children(futures)
        raise
    except Exception:
        threads.shutdown(cancel_futures=True)  # nothing goes on after an error
        raise
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _end_children(futures: Iterable[Future[_Made]]) -> None:
    """End the programs that other threads wait for, also those that are just starting."""
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
    """Share items out, by their sizes, into groups of neighbours: about one for each core, or more of at most ``most``.

    A group of less than ``least`` is not worth a program of its own. An item larger than ``most`` is alone.

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
