"""Copies of values with some of their fields changed: `dataclasses.replace`, but several times faster for contexts.

A script is written with several copies of a context for each step, and a context has two dozen fields.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from dataclasses import replace
else:
    _Value = TypeVar("_Value")

    def replace(value: _Value, /, **changes: object) -> _Value:
        """Return a copy of a frozen value with other values in some of its fields.

        One with slots is copied as `dataclasses.replace` does.

        >>> from voicecoach.core.score import Label, SpanKind
        >>> replace(Label(SpanKind.HOLD), name="plank").name
        'plank'
        """
        if not hasattr(value, "__dict__"):
            return dataclasses.replace(value, **changes)
        made = object.__new__(type(value))
        vars(made).update(vars(value), **changes)
        return made


__all__ = ["replace"]
