"""How much a test tries: a quick run tries a part of what CI tries, as with the examples of a law."""

from __future__ import annotations

from hypothesis import settings

IS_QUICK = settings.default is not None and settings.default.max_examples <= 25


def choose_amount(quick: int, whole: int) -> int:
    """Return how many cases to try: a part of them in a quick run, the whole in CI."""
    return quick if IS_QUICK else whole


FEWER = settings(max_examples=max(3, (settings.default or settings()).max_examples // 3))
"""For a law whose examples take long, as a search for a length: a third of the examples, in each profile."""
