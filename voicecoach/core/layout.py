"""How much room words have: in the phases of a breath, and in holds."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache


@lru_cache
def air(seconds: Fraction) -> Fraction:
    """Return the silence that speech leaves at the end of a phase: a tenth of it, and at least 0.15 s."""
    return max(Fraction(15, 100), seconds / 10)
