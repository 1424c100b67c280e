"""How the routine of a place came into the session: through which includes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicecoach.errors import Where
    from voicecoach.script.context import Context


@dataclass(frozen=True, slots=True)
class Inclusion:
    """The includes that a place is in.

    Attributes:
        names: What they are called.
        optional: Whether one of them is optional.
        resting: The context around its routine that has rests between exercises.
        given: The place of the innermost one, if it gives parameters values.
    """

    names: tuple[str, ...] = ()
    optional: bool = False
    resting: Context | None = None
    given: Where | None = None

    def describe_values(self) -> str:
        """Say which include gives a routine's parameters other values; nothing if none does."""
        return f", with what {self.given.file}:{self.given.line} sets" if self.given else ""
