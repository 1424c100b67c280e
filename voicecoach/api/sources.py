"""What sessions of the API are made of: routines that were read, and scores that were written in Python."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voicecoach.app.piece_cache import Source, list_key
from voicecoach.core.score import Score, list_parts
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from voicecoach.routine.loader import LoadedRoutine
    from voicecoach.script.choices import Choices
    from voicecoach.script.piece import Piece
    from voicecoach.system.lru import Lru


@dataclass(slots=True)
class ReadSource(Source):
    """A routine that was read already. Its pieces stay in memory, and on disk if it is a file.

    Attributes:
        memory: Where its pieces stay.
        is_file: Whether it was read from a file.
    """

    memory: Lru[tuple[str, ...], Piece] | None = None
    is_file: bool = True

    @property
    def called(self) -> str:
        """What its files are called."""
        return self.routine.name

    def piece(self, choices: Choices) -> Piece:
        """Return the piece that a listener's choices make of it.

        Raises:
            RoutineError: When its words or values are wrong.
            ChoiceError: When the choices do not go together with it.
        """
        keys = [(self.called, *self.digests, *list_key(choices, timed=timed)) for timed in (False, True)]
        for key in keys if self.memory is not None else ():
            found = self.memory.get(key) if self.memory is not None else None
            if found is not None:
                return found
        made = Source.piece(self, choices)
        if self.memory is not None:
            self.memory.put(keys[made.timed], made, count_nodes(made.score))
        return made

    def _places(self, choices: Choices) -> list[Path]:
        return Source._places(self, choices) if self.is_file else []  # noqa: SLF001 - it is one


@dataclass(slots=True)
class ScoreSource(Source):
    """A score that was written in Python; ``write`` makes its piece of a listener's choices."""

    write: Callable[[Choices], Piece] = field(kw_only=True)
    digest: str = ""

    @property
    def called(self) -> str:
        """What its files are called."""
        return self.name

    @property
    def digests(self) -> tuple[str, ...]:
        """What stands for its files."""
        return (self.digest,)

    @property
    def routine(self) -> LoadedRoutine:
        """There is none.

        Raises:
            ChoiceError: Always.
        """
        raise ChoiceError("a score that was written in Python has no routine, so it can't be fitted to a length")

    def piece(self, choices: Choices) -> Piece:
        """Return its piece.

        Raises:
            ChoiceError: When the choices do not go together with it.
        """
        return self.write(choices)


def count_nodes(score: Score) -> int:
    """Return how many nodes a score has.

    >>> from voicecoach.core.score import Seq, phrase
    >>> count_nodes(Seq((phrase("In"), phrase("Out"))))
    3
    """
    return 1 + sum(map(count_nodes, list_parts(score)))
