"""Load a routine: read and check its file and the routines that it includes. Problems have line and column."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, Problem, RoutineError, Where, find_close, order_problems, quote
from voicecoach.language import TAG, is_same_language, language, list_wider
from voicecoach.routine.checks import find_pause_marks, validate
from voicecoach.routine.includes import (
    check_levels,
    check_settings,
    check_shared,
    list_used,
    refuse_turns,
    take_in,
    walk_includes,
)
from voicecoach.routine.library import (
    BUILT_IN,
    ENDINGS,
    find_language,
    find_routine,
    list_beside,
    list_built_in,
    list_translations,
    read_head,
    strip_language,
)
from voicecoach.routine.model import is_collection, list_sounds, walk_steps
from voicecoach.routine.sidedness import find_written_out
from voicecoach.routine.source import Table, read_content
from voicecoach.routine.tree_cache import parse_once
from voicecoach.routine.values import Name
from voicecoach.system import plain_files
from voicecoach.system.assets import list_assets, list_beds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from voicecoach.language import Language
    from voicecoach.routine.model import RoutineModel
    from voicecoach.routine.source import Tree

DEEPEST_INCLUDE = 5
MOST_EXERCISES = 200
"""The most exercises of a session: nested includes multiply."""


@dataclass(frozen=True, slots=True)
class UsedFile:
    """A file of words that a routine uses, and its SHA-256."""

    path: Path
    digest: str


@dataclass(frozen=True, slots=True)
class LoadedRoutine:
    """A routine file with its model, the routines that it includes, and the number of exercises.

    ``digest`` is the SHA-256 of the file at ``path``, and ``tree`` is its parse tree; ``used`` are its files of words.
    """

    name: str
    file: str
    model: RoutineModel
    included: Mapping[Name, LoadedRoutine] = field(default_factory=dict)
    exercises: int = 1
    sounds: Mapping[Name, str] = field(default_factory=dict)
    path: Path = field(default=Path(), compare=False)
    digest: str = ""
    tree: Table | None = field(default=None, compare=False, repr=False)
    used: tuple[UsedFile, ...] = ()

    @property
    def words(self) -> Language:
        """The words of its language, overridden by the routine's own."""
        return language(self.model.language, self.model.words)

    def walk(self) -> Iterator[LoadedRoutine]:
        """Yield the routine, and every routine that it includes."""
        yield self
        for each in self.included.values():
            yield from each.walk()


def load_routine(name: str, code: str | None = None, folder: Path | None = None) -> LoadedRoutine:
    """Load a routine with its includes; with the ``code`` of a language, load its translation.

    Files that were parsed before are read from the cache in ``folder``, if there is one.

    Raises:
        UnknownNameError: If there is no such routine.
        ChoiceError: If it has no translation into that language.
        RoutineError: With every problem in its files.
    """
    path = find_routine(name)
    if code is None:
        return _load_file(path, folder)
    return _load_translation(path, code.replace("_", "-"), folder)


def parse_routine(text: str, name: str, folder: Path | None = None) -> LoadedRoutine:
    """Load a routine from a text, with its includes.

    Args:
        text: What would be in its file.
        name: What it is called.
        folder: Where its sounds and the routines that it includes are; without it, only those of the program are found.

    Raises:
        RoutineError: With every problem in its files.
    """
    return _Loader().load((folder or NO_FOLDER) / f"{name}.yaml", f"{name}.yaml", text.encode())


NO_FOLDER = Path(os.devnull)
"""The folder of a routine without one: no file is in it."""


def _find_own_translation(path: Path, code: str) -> dict[str, Path]:
    """Return a translation beside a routine's file into a language that the program itself does not know."""
    tags = list_wider(code) if TAG.fullmatch(code) else ()
    files = {each.lower(): path.with_name(each) for each in list_beside(path)}
    named = {tag: f"{strip_language(path.stem)}.{tag}{path.suffix}".lower() for tag in tags}
    return {tag: files[name] for tag, name in named.items() if name in files}


def _load_translation(path: Path, code: str, folder: Path | None) -> LoadedRoutine:
    """Load the translation of a routine into a language, or the routine itself if it is in that language."""
    there = list_translations(path) | _find_own_translation(path, code)
    original = path.with_name(strip_language(path.stem) + path.suffix)
    fitting = [there[each] for each in (*list_wider(code), *there) if each in there and is_same_language(each, code)]
    routine = _load_file(next(each for each in (*fitting, original, path) if plain_files.is_file(each)), folder)
    if not TAG.fullmatch(code) or not is_same_language(routine.model.language, code):
        known = ", ".join(sorted({routine.model.language, *there}))
        what = f"{quote(strip_language(path.stem))} is not available in the language {quote(code)}"
        parts = ", ".join(_list_available(routine, code))
        others = f"; of its parts, these are available in {quote(code)}: {parts}" if parts else ""
        raise ChoiceError(f"{what}\nit is available in: {known}{others}")
    return _apply_dialect(routine, code)


def _list_available(routine: LoadedRoutine, code: str) -> Iterator[str]:
    """Yield the names of the routines inside a routine that are available in a language."""
    parts = {part.name: part.path for each in routine.included.values() for part in each.walk()}
    for name, path in parts.items():
        if any(is_same_language(each, code) for each in list_translations(path)):
            yield name


def _apply_dialect(routine: LoadedRoutine, code: str) -> LoadedRoutine:
    """Let a requested dialect choose the voice: ``en-GB`` for a routine in ``en``."""
    if len(code) <= len(routine.model.language):
        return routine
    return replace(routine, model=routine.model.model_copy(update={"language": code}))


def _load_file(path: Path, folder: Path | None) -> LoadedRoutine:
    return _Loader(folder).load(path, path.name if path.parent == BUILT_IN else str(path))


@dataclass(frozen=True, slots=True)
class _Turn:
    """The include of a routine in the turn of a side, and the file around it, whose words for the sides it can use."""

    name: Name
    around: Table

    def take_in(self, tree: Tree) -> None:
        """Give a routine the words for the sides that are used around it, if it has none itself.

        Raises:
            RoutineError: If it has sides of its own.
        """
        refuse_turns(self.name, tree)
        if isinstance(tree, Table):
            sides = Table((key, value) for key, value in self.around.items() if key == "sides" and "sides" not in tree)
            take_in(tree, [sides])


@dataclass(frozen=True, slots=True)
class _Loader:
    """Loads a file: knows the cache, the files that include it, and the results of all files so far."""

    folder: Path | None = None
    above: tuple[Path, ...] = ()
    done: dict[tuple[Path, str], LoadedRoutine | RoutineError] = field(default_factory=dict)

    def load(self, path: Path, file: str, given: bytes | None = None, turn: _Turn | None = None) -> LoadedRoutine:
        raw = read_content(path, file) if given is None else given
        tree, used = read_with_words(raw, path, file, self.folder)
        if turn:
            turn.take_in(tree)
        model = validate(tree, turn=turn is not None)
        assert isinstance(tree, Table)  # noqa: S101 - what is valid is one
        _check_ending(path.stem, model.language, file)
        inside = replace(self, above=(*self.above, _resolve_links(path)))
        included, wrong_includes = inside.load_all_included(path, model, tree, turn=turn is not None)
        sounds, wrong_sounds = _find_sounds(model, path)
        problems = [*find_pause_marks(model, tree), *find_written_out(model), *wrong_includes, *wrong_sounds]
        if problems:
            raise RoutineError(order_problems(problems))
        return LoadedRoutine(
            path.stem,
            file,
            model,
            included,
            _count_exercises(model, included),
            sounds,
            path,
            hashlib.sha256(raw).hexdigest(),
            tree,
            used,
        )

    def load_all_included(
        self, path: Path, model: RoutineModel, tree: Table, *, turn: bool
    ) -> tuple[dict[Name, LoadedRoutine], list[Problem]]:
        """Return the included routines, and the problems of including them.

        A name that stands both in a turn and elsewhere is checked for both, and has the words of the turn.
        """
        found: dict[Name, LoadedRoutine] = {}
        problems: list[Problem] = []
        for step, sided in sorted(walk_includes(model.steps, turn=turn), key=lambda each: each[1]):
            try:
                routine = self.load_included(step.include, path, model, _Turn(step.include, tree) if sided else None)
                problems.extend(check_settings(step, routine.model, tree))
                found[step.include] = routine
            except RoutineError as error:
                problems.extend(error.problems)
        return found, problems or list(check_levels(model, found))

    def load_included(self, name: Name, path: Path, model: RoutineModel, turn: _Turn | None) -> LoadedRoutine:
        """Return an included routine in the language of the one that includes it: its translation, if it has one."""
        target, file = _find_target(name, path)
        if _resolve_links(target) in self.above:
            raise _build_error(name, f"{quote(name.text)} includes itself", "take one of the includes out")
        if len(self.above) >= DEEPEST_INCLUDE:
            raise _build_error(name, f"includes go more than {DEEPEST_INCLUDE} deep", "include the routines themselves")
        routine = self.load_once(target, file, turn, str(path) if turn else "")
        there = _find_translation(target, model) if routine.model.language != model.language else None
        if there:
            file = there.name if there.parent == BUILT_IN else str(there)
            routine = self.load_once(there, file, turn, str(path) if turn else "")
        if routine.model.language != model.language:
            what = (
                f"{quote(name.text)} is in the language {routine.model.language}, and this routine in {model.language}"
            )
            raise _build_error(name, what, _suggest_language(name.text, target, routine, model))
        return routine

    def load_once(self, path: Path, file: str, turn: _Turn | None, around: str) -> LoadedRoutine:
        """Read each file once, however often it is included; in turns, once for each file ``around`` it."""
        key = _resolve_links(path), around
        if key not in self.done:
            try:
                self.done[key] = self.load(path, file, turn=turn)
            except RoutineError as error:
                self.done[key] = error
        found = self.done[key]
        if isinstance(found, RoutineError):
            raise found
        return found


def _count_exercises(model: RoutineModel, included: Mapping[Name, LoadedRoutine]) -> int:
    """Return how many exercises a routine has, with those that it includes.

    Raises:
        RoutineError: If there are too many.
    """
    includes = [step.include for step, _ in walk_includes(model.steps)]
    size = (not is_collection(model.steps)) + sum(included[name].exercises for name in includes)
    if size > MOST_EXERCISES:
        raise _build_error(includes[0], f"this makes {size:,} exercises", f"at most {MOST_EXERCISES} are possible")
    return size


def read_with_words(raw: bytes, path: Path, file: str, folder: Path | None = None) -> tuple[Tree, tuple[UsedFile, ...]]:
    """Read a routine's content, with the entries of the files of words that it uses; return these files, too.

    With a ``folder``, what was parsed before is read from the cache there.

    Raises:
        RoutineError: If it is not YAML, or if a file of words is missing or holds anything else.
    """
    tree = parse_once(raw, file, folder)
    found = [_read_words(Name(text, text.where), path, folder) for text in list_used(tree)]
    if isinstance(tree, Table):
        take_in(tree, [shared for shared, _ in found])
    return tree, tuple(used for _, used in found)


def _read_words(name: Name, path: Path, folder: Path | None) -> tuple[Table, UsedFile]:
    """Read a file of words beside a routine."""
    target = _resolve_inside(name, path)
    if not plain_files.is_file(target) or target.suffix not in ENDINGS:
        close = find_close(name.text, [each for each in list_beside(path) if each != path.name])
        remedy = f"did you mean {' or '.join(map(repr, close))}?" if close else "name a .yaml file beside this routine"
        raise _build_error(name, f"no file {quote(name.text)} is beside this routine", remedy)
    raw = read_content(target, str(target))
    return check_shared(parse_once(raw, str(target), folder)), UsedFile(target, hashlib.sha256(raw).hexdigest())


def _check_ending(name: str, own: str, file: str) -> None:
    """Refuse a translation if its name and its content have different languages: the wrong voice would read it."""
    code = find_language(name)
    if code and not is_same_language(code, own):
        what = f"the file's name ends in {quote(code)}, and the routine is in the language {own}"
        raise RoutineError([Problem(Where(file, 1, 1), what, f"write 'language: {code}' in it, or rename it")])


def _find_sounds(model: RoutineModel, path: Path) -> tuple[dict[Name, str], list[Problem]]:
    """Return the paths of the sound files beside a routine, and their problems."""
    sounds: dict[Name, str] = {}
    problems: list[Problem] = []
    for name in [name for step in walk_steps(model.steps) for name in list_sounds(step)]:
        if f"{name.text}.wav" in list_assets():
            continue
        try:
            sounds[name] = str(_find_sound(name, path))
        except RoutineError as error:
            problems.extend(error.problems)
    return sounds, problems


def _find_sound(name: Name, path: Path) -> Path:
    """Return the file of a sound."""
    target = _resolve_inside(name, path)
    if not plain_files.is_file(target):
        shipped = [each.removesuffix(".wav") for each in list_assets()]
        if name.text in list_beds():
            remedy = f"a sound is a file, or one of: {', '.join(shipped)}"
            raise _build_error(name, f"{quote(name.text)} is a bed, which plays under a whole session", remedy)
        close = find_close(name.text, shipped)
        remedy = f"did you mean {' or '.join(map(repr, close))}?" if close else f"there are: {', '.join(shipped)}"
        raise _build_error(name, f"no sound {quote(name.text)} is beside this routine or in the program", remedy)
    if target.stat().st_size > plain_files.LARGEST_READ:
        raise _build_error(
            name, f"{quote(name.text)} has more than {plain_files.LARGEST_READ:,} bytes", "use a shorter sound"
        )
    return target


def _resolve_inside(name: Name, path: Path) -> Path:
    """Return a file in a routine's folder; refuse one outside of it."""
    target = path.parent / name.text
    if not _resolve_links(target).is_relative_to(_resolve_links(path.parent)):
        raise _build_error(name, f"{quote(name.text)} is outside this routine's folder", "copy the file into it")
    return target


def _find_target(name: Name, path: Path) -> tuple[Path, str]:
    """Return the file of an include, and its name in messages: a built-in, or a file in the folder of ``path``."""
    if name.text in list_built_in():
        return BUILT_IN / f"{name.text}.yaml", f"{name.text}.yaml"
    target = _resolve_inside(name, path)
    if not plain_files.is_file(target) or target.suffix not in ENDINGS:
        known = [each for each in list_built_in() if find_language(name.text) or not find_language(each)]
        close = find_close(name.text, [*list_beside(path), *known])
        remedy = (
            f"did you mean {' or '.join(map(repr, close))}?" if close else "name a .yaml file, or a built-in routine"
        )
        raise _build_error(name, f"no routine {quote(name.text)} is beside this one", remedy)
    return target, str(target)


def _find_translation(path: Path, model: RoutineModel) -> Path | None:
    """Return the translation of a routine into the language of ``model``, unless it is a translation itself."""
    there = list_translations(path) | _find_own_translation(path, model.language)
    return None if find_language(path.stem) else there.get(model.language.lower())


def _suggest_language(text: str, target: Path, routine: LoadedRoutine, model: RoutineModel) -> str:
    """Say what to include instead of a routine in another language."""
    plain = strip_language(text)
    alike = plain != text and plain in list_built_in() and read_head(BUILT_IN / f"{plain}.yaml")
    if alike and alike["language"] == model.language:
        return f"write {plain!r}"
    known = ", ".join(sorted({routine.model.language, *list_translations(target)}))
    return f"use one language; it is available in: {known}"


def _resolve_links(path: Path) -> Path:
    """Resolve links; unlike Path.resolve, do not raise if they form a loop."""
    return Path(os.path.realpath(path))


def _build_error(name: Name, what: str, remedy: str) -> RoutineError:
    assert name.where is not None  # noqa: S101 - a name that was read from a file has its place
    return RoutineError([Problem(name.where, what, remedy)])
