"""A routine: its file, read, checked and joined with what it includes. Mistakes are told with line and column."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from voicecoach.errors import Problem, RoutineError, UnknownNameError, VoicecoachError, Where, near, shown
from voicecoach.sheet import (
    BETWEEN,
    STEPS,
    Block,
    BreathePhases,
    ByRound,
    Change,
    EachSide,
    Include,
    Model,
    Repeat,
    Rest,
    Say,
    Sheet,
    Sided,
    Sides,
    said,
    walk,
)
from voicecoach.yamltree import Items, Table, Text, Tree, place, read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

BUILT_IN = Path(__file__).parent / "routines"
DEEPEST_INCLUDE = 5


@dataclass(frozen=True, slots=True)
class Routine:
    """A routine file that was read: its name, what stands in it, and the routines it includes."""

    name: str
    file: str
    sheet: Sheet
    included: Mapping[str, Routine] = field(default_factory=dict)


def built_in() -> list[str]:
    """Return the names of the built-in routines.

    >>> "leg-stretch" in built_in()
    True
    """
    return sorted(path.stem for path in BUILT_IN.glob("*.yaml"))


def find(name: str) -> Path:
    """Return the file of a built-in routine, or of a path.

    Raises:
        UnknownNameError: When it is neither.
    """
    if name in built_in():
        return BUILT_IN / f"{name}.yaml"
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} or path.is_file():
        if path.is_file():
            return path
        mend = f"the folder {shown(str(path.parent))} has no such file; 'voicecoach list' names the built-in routines"
        raise UnknownNameError("file", name, [], mend)
    raise UnknownNameError("routine", name, built_in(), "'voicecoach list' names them; a file of yours ends in .yaml")


def load(name: str) -> Routine:
    """Read a routine with all that it includes.

    Raises:
        UnknownNameError: When there is no such routine.
        RoutineError: With every problem in it.
    """
    return _load(find(name), ())


def _load(path: Path, above: tuple[Path, ...]) -> Routine:
    file = path.name if path.parent == BUILT_IN else str(path)
    tree = read(path, file)
    if not isinstance(tree, Table):
        mend = "write 'title: ...' and 'steps:'"
        raise RoutineError([Problem(tree.where, "a routine is a list of keys with values", mend)])
    sheet = _validated(tree)
    problems: list[Problem] = [*_blank_problems(sheet, sheet.steps, None, tree), *_side_problems(sheet, tree)]
    included = dict(_included(sheet, path, above, tree, problems))
    if problems:
        raise RoutineError(sorted(problems, key=lambda each: (each.where.line, each.where.column)))
    return Routine(path.stem, file, sheet, included)


def _validated(tree: Table) -> Sheet:
    try:
        return Sheet.model_validate(tree)
    except ValidationError as error:
        problems = [_told(each, tree) for each in error.errors(include_url=False)]
        raise RoutineError(sorted(problems, key=lambda each: (each.where.line, each.where.column))) from error


def _told(error: Any, tree: Table) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    """Turn one of pydantic's errors into words of ours, at its place in the file."""
    path: tuple[str | int, ...] = error["loc"]
    if error["type"] == "extra_forbidden":
        return _unknown_key(_key_place(tree, path), str(path[-1]), path)
    if error["type"] == "union_tag_not_found":
        return _no_step(place(tree, path), error["input"], path)
    what, mend = _what(error, str(path[-1]) if path else "")
    return Problem(place(tree, path), what, mend)


def _what(error: Any, key: str) -> tuple[str, str]:  # noqa: ANN401 - as above
    """Return what is wrong, and what would mend it."""
    given = error.get("ctx", {})
    match error["type"]:
        case "missing":
            said = f"the key {shown(key)} is missing here", f"add '{key}: ...'"
        case "value_error":
            what, _, mend = str(given["error"]).partition("; ")
            said = what, mend
        case "greater_than_equal":
            said = f"{key} is {shown(error['input'])}", f"at least {given['ge']:,} is possible"
        case "less_than_equal":
            said = f"{key} is {shown(error['input'])}", f"at most {given['le']:,} is possible"
        case "too_short":
            said = f"{shown(key)} has nothing in it", "add something to it"
        case "literal_error":
            said = f"{shown(error['input'])} is not known here", f"write {given['expected']}"
        case kind:
            said = f"{shown(key)}: {error['msg'].removeprefix('Input ').lower()}", _shape(kind)
    return said


def _shape(kind: str) -> str:
    return {
        "tuple_type": "write a list, each item after a dash",
        "model_type": "write keys with values, indented under it",
        "dict_type": "write names with values, indented under it",
        "bool_parsing": "write true or false",
    }.get(kind, "see docs/routines.md")


def _key_place(tree: Tree, path: tuple[str | int, ...]) -> Where:
    """Return where a key itself stands: it is the key that is wrong, not its value."""
    for step in path[:-1]:
        if isinstance(tree, (Table, Items)):
            tree = _child(tree, step)
    return next((key.where for key in tree if key == path[-1] and isinstance(key, Text)), place(tree, path[-1:]))


def _child(tree: Table | Items, step: str | int) -> Tree:
    inside = step in tree if isinstance(tree, Table) else isinstance(step, int) and step < len(tree)
    found: Tree = tree[step] if inside else tree  # type: ignore[index]
    return found


def _unknown_key(where: Where, key: str, path: tuple[str | int, ...]) -> Problem:
    known = _keys_at(path[:-1])
    close = near(key, known)
    mend = f"did you mean {' or '.join(map(repr, close))}?" if close else f"possible are: {', '.join(known)}"
    return Problem(where, f"the key {shown(key)} is not known here", mend)


def _keys_at(path: tuple[str | int, ...]) -> list[str]:
    models: dict[str, type[Model]] = {
        "say": Say,
        "breathe": BreathePhases,
        "rest": Rest,
        "change": Change,
        "each side": EachSide,
        "repeat": Repeat,
        "include": Include,
        "sides": Sides,
        "by round": ByRound,
    }
    names = [step for step in path if isinstance(step, str) and step in models]
    if not names:
        model: type[Model] = Sheet
    elif path[-2:] in {("each side", "each side"), ("repeat", "repeat")}:
        model = Sided if path[-1] == "each side" else Block
    else:
        model = models[names[-1]]
    return [part.alias or name for name, part in model.model_fields.items()]


def _no_step(where: Where, value: object, path: tuple[str | int, ...]) -> Problem:
    known = BETWEEN if "between" in path[-2:] else tuple(name for name in STEPS if name != "change")
    keys = [str(key) for key in value] if isinstance(value, dict) else []
    close = [name for key in keys for name in near(key, known, 1)]
    mend = f"did you mean {close[0]!r}?" if close else f"write one of: {', '.join(known)}"
    what = f"no step is called {shown(keys[0])}" if keys else f"{shown(value)} is no step"
    return Problem(where, what, mend)


def _blank_problems(sheet: Sheet, steps: Sequence[Model], names: set[str] | None, tree: Table) -> Iterator[Problem]:
    """Tell of braces that nothing fills: ``names`` are those of the sides, or None outside of ``each side``."""
    for step in steps:
        for each in said(step):
            for blank in sorted(each.blanks() - (names or set())):
                yield _blank_problem(each.where or tree.where, blank, names)
        if isinstance(step, (EachSide, Repeat)):
            block = step.each_side if isinstance(step, EachSide) else step.repeat
            inner = set(sheet.sides.left) if isinstance(step, EachSide) and sheet.sides else names
            yield from _blank_problems(sheet, (*block.steps, *block.between), inner, tree)


def _blank_problem(where: Where, blank: str, names: set[str] | None) -> Problem:
    if names is None:
        return Problem(where, f"{{{blank}}} has no side to be filled from", "move it into an 'each side'")
    close = near(blank, sorted(names))
    mend = f"did you mean {{{close[0]}}}?" if close else f"add {blank!r} to both sides under 'sides'"
    return Problem(where, f"{{{blank}}} is not among the sides' words", mend)


def _side_problems(sheet: Sheet, tree: Table) -> Iterator[Problem]:
    if sheet.sides is None:
        if any(isinstance(step, EachSide) for step in walk(sheet.steps)):
            yield Problem(
                place(tree, ["steps"]), "'each side' needs the sides' words", "add 'sides:' with left and right"
            )
        return
    for name in sorted(set(sheet.sides.left) ^ set(sheet.sides.right)):
        here, there = ("left", "right") if name in sheet.sides.left else ("right", "left")
        where = place(tree, ["sides", here, name])
        yield Problem(where, f"{name!r} is given for {here} only", f"add it to {there} too")


def _included(
    sheet: Sheet, path: Path, above: tuple[Path, ...], tree: Table, problems: list[Problem]
) -> Iterator[tuple[str, Routine]]:
    for step in walk(sheet.steps):
        if isinstance(step, Include):
            try:
                yield (
                    step.include,
                    _in(sheet.language, _load(_beside(step.include, path, above), (*above, path.resolve()))),
                )
            except RoutineError as error:
                problems.extend(error.problems)
            except VoicecoachError as error:
                what, _, mend = str(error).partition("; ")
                problems.append(Problem(place(tree, ["steps"]), what, mend))


def _in(language: str, routine: Routine) -> Routine:
    if routine.sheet.language != language:
        raise VoicecoachError(f"{routine.name} is in {routine.sheet.language}, and this routine in {language}; use one")
    return routine


def _beside(name: str, path: Path, above: tuple[Path, ...]) -> Path:
    """Return the file that an include means: a built-in routine, or a file in the folder of the one that includes."""
    if name in built_in():
        return BUILT_IN / f"{name}.yaml"
    folder = path.parent.resolve()
    target = (folder / name).resolve()
    if not target.is_relative_to(folder) or not target.is_file() or target.suffix not in {".yaml", ".yml"}:
        raise UnknownNameError("routine beside this one", name, built_in())
    if target in (*above, path.resolve()) or len(above) >= DEEPEST_INCLUDE:
        raise UnknownNameError("other routine", name, [], "a routine can't include itself; take the include out")
    return target
