"""Values that stay in memory as long as they are used: limited by weight, and safe for many threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Lru(Generic[_Key, _Value]):
    """The most recently used values, up to a total weight; the least recently used ones go first.

    >>> kept = Lru[str, str](most=4)
    >>> for word in ("one", "a", "two"):
    ...     _ = kept.find(word, word.upper, len)
    >>> kept.get("one"), kept.get("two"), kept.weight
    (None, 'TWO', 4)
    """

    def __init__(self, most: int) -> None:
        """Start empty; ``most`` is the limit of the total weight."""
        self.most, self.weight = most, 0
        self._kept: OrderedDict[_Key, tuple[_Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """Return how many values are kept."""
        return len(self._kept)

    def get(self, key: _Key) -> _Value | None:
        """Return a value that is kept, which becomes the most recently used one; None if it is not there."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
            return found[0]

    def put(self, key: _Key, value: _Value, weight: int = 1) -> None:
        """Keep a value. One that weighs more than the limit is not kept."""
        with self._lock:
            _, before = self._kept.pop(key, (None, 0))
            self.weight -= before
            if weight > self.most:
                return
            self._kept[key] = value, weight
            self.weight += weight
            while self.weight > self.most:
                _, (_, gone) = self._kept.popitem(last=False)
                self.weight -= gone

    def find(self, key: _Key, make: Callable[[], _Value], weigh: Callable[[_Value], int] = lambda _: 1) -> _Value:
        """Return a value that is kept, or make and keep it. Two threads may make it at the same time."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found, weigh(found))
        return found

    def values(self) -> list[_Value]:
        """Return all values that are kept."""
        with self._lock:
            return [value for value, _ in self._kept.values()]

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._kept.clear()
            self.weight = 0
