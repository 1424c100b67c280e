"""Work shared out among the cores of the processor: several other programs, each waited for by a thread of ours."""

from __future__ import annotations

import os
from threading import Thread
from typing import TYPE_CHECKING, Generic, TypeVar

from voicecoach.audio import ffmpeg
from voicecoach.system import signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Future

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")
_AGAIN = 0.02
"""Seconds after which programs that were just starting are looked for once more."""


def count() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def each(work: Callable[[_Item], _Made], items: Sequence[_Item]) -> Iterable[_Made]:
    """Return what comes of each item, in order; as many are worked on at once as there are cores.

    >>> list(each(len, ["a", "bc"]))
    [1, 2]
    """
    workers = min(count(), len(items))
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
            _end(futures)
        raise
    finally:
        threads.shutdown(wait=False, cancel_futures=True)


def _end(futures: Iterable[Future[_Made]]) -> None:
    """End the programs that other threads wait for, also those that are just starting."""
    from concurrent.futures import wait

    while [each for each in futures if not each.done()]:
        ffmpeg.end_all()
        wait(futures, timeout=_AGAIN)


class Meanwhile(Generic[_Made]):
    """Some work that a thread of its own does while there is other work to do.

    >>> Meanwhile(lambda: 7).made()
    7
    """

    def __init__(self, work: Callable[[], _Made]) -> None:
        """Start it."""
        self._work = work
        self._thread = Thread(target=self._done, daemon=True)
        self._thread.start()

    def made(self) -> _Made:
        """Wait for its end, and return what came of it, or raise what it raised."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result

    def _done(self) -> None:
        self._error: BaseException | None = None
        try:
            self._result = self._work()
        except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
            self._error = error


def shares(sizes: Iterable[int], most: int, least: int) -> list[list[int]]:
    """Share items out, by their sizes, into groups of neighbours: about one for each core, or more of at most ``most``.

    A group of less than ``least`` is not worth a program of its own. An item larger than ``most`` is alone.

    >>> shares([5, 5, 5, 40], most=20, least=20)
    [[0, 1, 2], [3]]
    """
    known = list(sizes)
    wanted = max(least, min(most, -(-sum(known) // count())))
    groups: list[list[int]] = []
    filled = most + 1
    for number, size in enumerate(known):
        if filled + size > most or filled >= wanted:
            groups.append([])
            filled = 0
        groups[-1].append(number)
        filled += size
    return groups
