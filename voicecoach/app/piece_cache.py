"""A cache of pieces, which the script builder makes of routines: once the words are known, they cost the most.

A piece is stored with the digests of its routine's files. It is valid as long as these files do not change.
"""

from __future__ import annotations

import functools
import hashlib
import io
import json
import os
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach import errors, language
from voicecoach.audio.formats import GRID
from voicecoach.core import breath, score, tempo
from voicecoach.core.perform import perform
from voicecoach.errors import Problem, VoicecoachError, Where
from voicecoach.routine import library
from voicecoach.script import pacing, piece
from voicecoach.script.choices import Choices
from voicecoach.system import cache, parallel, plain_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from voicecoach.core.score import Side
    from voicecoach.routine.loader import LoadedRoutine, UsedFile
    from voicecoach.script.piece import Piece

COVERED = Fraction(1800)
"""Seconds of a session that its cover shows."""

Digests = tuple[tuple[str, str], ...]
"""The files of a routine, relative to its folder, and their SHA-256."""

_READABLE = {
    (each.__module__, each.__qualname__): each
    for each in (
        *(score.Phrase, score.Pause, score.Sound, score.Mark, score.Seq, score.Slot, score.Cycle, score.Paced),
        *(
            score.Under,
            score.Onset,
            score.Wording,
            score.Label,
            score.SpanKind,
            tempo.NamedPhase,
            score.Offset,
            score.Side,
            score.CueKind,
            score.Overrun,
            score.Moment,
        ),
        *(breath.Phase, breath.Breath, breath.Pace, breath.Span, breath.Kind),
        *(
            piece.Piece,
            pacing.Pacing,
            language.Language,
            language.Reading,
            language.SideWords,
            errors.Where,
            Fraction,
        ),
    )
}
"""The classes that a piece consists of, besides texts, numbers and tuples. Nothing else is unpickled."""


@dataclass(slots=True)
class Source:
    """A routine by its name. Its file is only parsed if there is no valid piece in the cache.

    Attributes:
        name: A built-in name, or a path.
        code: The language of the translation that is asked for; None for the file as it is.
        folder: The folder of the cache.
    """

    name: str
    code: str | None
    folder: Path
    _routine: LoadedRoutine | None = None
    _digests: Digests = ()

    @property
    def called(self) -> str:
        """The name of its files, without an ending.

        Raises:
            ChoiceError: When there is no such routine, or not in that language.
        """
        return self.routine.name if self.code else library.find_routine(self.name).stem

    @property
    def digests(self) -> tuple[str, ...]:
        """The digests of its files."""
        return tuple(digest for _, digest in self._digests or list_digests(self.routine))

    @property
    def routine(self) -> LoadedRoutine:
        """The routine, read once.

        Raises:
            RoutineError: With every problem in it.
            ChoiceError: When there is no such routine, or not in that language.
        """
        if self._routine is None:
            from voicecoach.routine.loader import load_routine

            self._routine = load_routine(self.name, self.code, self.folder)
        return self._routine

    def piece(self, choices: Choices) -> Piece:
        """Return the piece for a listener's choices, from the cache if it is there.

        Raises:
            RoutineError: When the routine is wrong.
            ChoiceError: When the choices do not go together with it.
        """
        places = self._places(choices) if self.code is None else []
        for place in places:
            kept = self._read(place)
            if kept is not None:
                self._digests, found = kept
                return found
        written = write_checked_piece(self.routine, choices)
        if places and not any(part.sounds for part in _list_routines(self.routine)):
            self._store(places[written.timed], written)
            self._store_other(choices, written)
        return written

    def _store(self, place: Path, written: Piece) -> None:
        with suppress(OSError):  # a cache that can't be written costs time, not the session
            cache.store(place, _pack(list_digests(self.routine), written))

    def _store_other(self, choices: Choices, written: Piece) -> None:
        """Store also the piece at the listener's breath, or the author's if this is at the listener's.

        To write it costs a tenth of reading the routine for it later. It is only of use if it serves for any breath.
        """
        other = replace(choices, breath=None if choices.breath else written.pacing.own)
        with suppress(VoicecoachError):  # a routine can be wrong at one of the two
            also = written if written.timed else write_checked_piece(self.routine, other)
            if not also.timed:
                self._store(self._places(other)[False], also)

    def _places(self, choices: Choices) -> list[Path]:
        """Return two places in the cache: for pieces that depend on the length of breaths, the second one."""
        digest = _hash_file(library.find_routine(self.name)) if self._routine is None else self._routine.digest
        keys = (list_key(choices, timed=timed) for timed in (False, True))
        return [cache.locate_entry(self.folder, "piece", identify_program(), self.name, digest, *key) for key in keys]

    def _read(self, place: Path) -> tuple[Digests, Piece] | None:
        """Return a piece from the cache, if the routine's files have not changed."""
        content = cache.fetch(place)
        if self._routine is None:
            return _unpack(content, lambda path: _hash_file(library.find_routine(self.name).parent / path))
        known = dict(list_digests(self._routine))
        return _unpack(content, lambda path: known.get(path, ""))


def list_key(choices: Choices, *, timed: bool) -> list[str]:
    """Return a key for choices. It includes the breath itself only if the score depends on it (``timed``).

    >>> list_key(Choices(rounds=2), timed=False)[:2]
    ['rounds=2', "sides=(<Side.LEFT: 'left'>, <Side.RIGHT: 'right'>)"]
    """
    given = {each.name: getattr(choices, each.name) for each in fields(choices)}
    breathed = given.pop("breath")
    given["breath"] = breathed if timed else bool(breathed)
    return [f"{name}={_normalise(value)!r}" for name, value in given.items()]


def write_checked_piece(routine: LoadedRoutine, choices: Choices) -> Piece:
    """Make the piece of a routine for a listener's choices, and check its wordings.

    Raises:
        RoutineError: When the routine is wrong.
        ChoiceError: When the choices do not go together with it.
    """
    from voicecoach.routine.sidedness import list_one_sided
    from voicecoach.script.builder import write_piece

    written = write_piece(routine, choices)
    return replace(
        written,
        speakable=_find_speakable(written),
        warnings=_count_warnings(routine),
        one_sided=any(any(list_one_sided(part.model)) for part in routine.walk()),
    )


def _find_speakable(written: Piece) -> tuple[tuple[str, str], ...]:
    """Return the wordings of a piece that a voice reads out correctly, so that nobody has to check them again."""
    from voicecoach.routine.speakable import check_spoken

    wordings = (wording for phrase in score.list_phrases(written.score) for wording in phrase.wordings)
    every = dict.fromkeys((wording.text, wording.said) for wording in wordings)
    return tuple((text, said) for text, said in every if not any(check_spoken(text, said, written.words)))


def _count_warnings(routine: LoadedRoutine) -> int:
    """Count the warnings of `check` about a routine's file that do not depend on the breath or the voice."""
    from voicecoach.routine.lint import lint_routine

    return len(list(lint_routine(routine.model, routine.tree))) if routine.tree is not None else 0


def find_ledger_warnings(routine: LoadedRoutine, choices: Choices, folder: Path) -> tuple[Problem, ...]:
    """Return what `lint_ledger` yields, from the cache in ``folder`` if it is there.

    The ledger of the body writes a dozen sessions, and files that are checked again are often the same.
    """
    facts = [identify_program(), routine.file, *list_digests(routine), *list_key(choices, timed=True)]
    key = f"ledger {json.dumps(facts)}"
    kept = cache.recall(folder, key)
    if isinstance(kept, list):
        return tuple(Problem(Where(*where), *rest) for where, *rest in kept)
    from voicecoach.script.ledger import lint_ledger

    found = tuple(lint_ledger(routine, choices))
    rows = [((each.where.file, each.where.line, each.where.column), each.what, each.remedy) for each in found]
    cache.remember(folder, key, rows)
    return found


def draw_covers(source: Source, title: str | None, sides: Sequence[Side | None]) -> Callable[[], list[bytes]]:
    """Start to draw the covers of tracks, in another thread unless all of them are kept; call the result for them."""
    kept = [cache.fetch(_cover_path(source, title, side)) for side in sides]
    found = [each for each in kept if each is not None]
    if len(found) == len(sides):
        return lambda: found
    return parallel.run_in_thread(lambda: [cache_cover(source, title, side) for side in sides])


def cache_cover(source: Source, title: str | None = None, side: Side | None = None) -> bytes:
    """Return the picture of a routine: of its own breath, whatever the listener's, and without its words.

    It has the routine's title, or another one, and shows the side that a track is for. It is kept; without Pillow
    there is none.
    """
    path = _cover_path(source, title, side)
    picture = cache.fetch(path)
    if picture is None:
        from voicecoach.views.cover import draw_cover

        own = Choices(sides=(side,)) if side else Choices()
        try:
            piece = source.piece(own)
            drawn = perform(piece.score, lambda _: Fraction(0), piece.pacing.own, grid=GRID).until(COVERED)
            picture = draw_cover(drawn, title or piece.title, piece.words.word(side.value) if side else "")
        except VoicecoachError:  # with parameters that only fit as the listener sets them; or there is no Pillow
            return b""
        with suppress(OSError):
            cache.store(path, picture)
    return picture


def _cover_path(source: Source, title: str | None, side: Side | None) -> Path:
    return cache.locate_entry(source.folder, "cover", identify_program(), title or "", side or "", *source.digests)


def _normalise(value: object) -> object:
    """Return a value with a stable repr, which sets do not have."""
    match value:
        case frozenset():
            return sorted(value)
        case dict():
            return sorted(value.items())
        case _:
            return value


@functools.cache
def identify_program() -> str:
    """Return a hash of the program's own files and of Python's version: another program makes other pieces."""
    ours = Path(__file__).parents[1]
    folders = ("", "core", "routine", "routine/formulas", "script", "words")
    files = [each for folder in folders for each in os.scandir(ours / folder)]
    facts = sorted((each.name, (found := each.stat()).st_size, found.st_mtime_ns) for each in files if "." in each.name)
    return hashlib.sha256(repr((sys.version_info, facts)).encode()).hexdigest()


def _list_routines(routine: LoadedRoutine) -> Iterator[LoadedRoutine]:
    yield routine
    for part in routine.included.values():
        yield from _list_routines(part)


@functools.cache
def _list_parameters(made: type[Any]) -> tuple[str, ...]:
    """Return the names of a class's parameters."""
    return tuple(each.name for each in fields(made) if each.init)


class _Pickler(pickle.Pickler):
    """Pickles values as their classes and the arguments of these, and nothing else."""

    def reducer_override(self, value: object) -> Any:  # noqa: ANN401 - as pickle has it
        made = type(value)
        match value:
            case Enum():
                return made, (value.value,)
            case Fraction():
                return made, (value.numerator, value.denominator)
            case _ if is_dataclass(made):
                return made, tuple(getattr(value, name) for name in _list_parameters(made))
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    """Unpickles only the classes in `_READABLE`."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as pickle has it
        try:
            return _READABLE[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is no part of a piece") from None


def list_digests(routine: LoadedRoutine) -> Digests:
    """Return the files of a routine, relative to its folder, and their digests."""
    base = routine.path.parent
    built_in = library.BUILT_IN
    files = [
        each for part in _list_routines(routine) for each in ((part.path, part.digest), *map(_name_used, part.used))
    ]
    paths = {(str(path) if path.parent == built_in else os.path.relpath(path, base), digest) for path, digest in files}
    return tuple(sorted(paths))


def _name_used(used: UsedFile) -> tuple[Path, str]:
    return used.path, used.digest


def _pack(digests: Digests, written: Piece) -> bytes:
    packed = io.BytesIO()
    _Pickler(packed, 5).dump((digests, written))
    return packed.getvalue()


def _unpack(content: bytes | None, digest: Callable[[str], str]) -> tuple[Digests, Piece] | None:
    """Return a stored piece, if ``digest`` returns the same digests for the files of its routine."""
    if content is None:
        return None
    try:
        digests, kept = _Unpickler(io.BytesIO(content)).load()
        same = all(digest(path) == found for path, found in digests)
    except (
        pickle.UnpicklingError,
        OSError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        ArithmeticError,
        RecursionError,
    ):
        return None
    return (digests, kept) if same and isinstance(kept, piece.Piece) else None


def _hash_file(path: Path) -> str:
    """Return the SHA-256 of a file; empty if it can't be read, which is reported when somebody needs it."""
    try:
        return hashlib.sha256(plain_files.read_file(path)).hexdigest() if plain_files.is_file(path) else ""
    except OSError:
        return ""
