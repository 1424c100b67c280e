"""What is wrong in a routine file, told to its author: where, what, and what would mend it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from voicecoach.errors import Problem, RoutineError, UnknownNameError, near, shown
from voicecoach.formula import Formula
from voicecoach.language import language
from voicecoach.sheet import (
    BETWEEN,
    STEPS,
    Block,
    BreathePhases,
    ByRound,
    Change,
    EachSide,
    Growing,
    Hold,
    Include,
    Named,
    Paced,
    PacedSteps,
    PerSide,
    Phase,
    PhaseSides,
    Play,
    Repeat,
    Rest,
    Round,
    Say,
    Sheet,
    Sided,
    Sides,
    Spoken,
    block,
    said,
    tag,
)
from voicecoach.texts import BLANK
from voicecoach.yamltree import Table, Tree, key_place, place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from voicecoach.errors import Where
    from voicecoach.sheet import Model

Path = tuple[str | int, ...]
Visit = tuple[Path, "Model", bool, frozenset[str]]
"""A step with its path in the file, whether it is done for a side, and the names that have values there."""

MODELS: dict[str, type[Model]] = {
    "sides": Sides,
    "between": Rest,
    "each side": Sided,
    "repeat": Block,
    tag("by round"): ByRound,
    tag("say"): Say,
    tag("breathe"): BreathePhases,
    tag("rest"): Rest,
    tag("change"): Change,
    tag("each side"): EachSide,
    tag("repeat"): Repeat,
    tag("include"): Include,
    tag("phase"): Phase,
    tag("hold"): Hold,
    tag("sound"): Play,
    tag("pace"): Paced,
    tag("per side"): PerSide,
    tag("growing"): Growing,
    "pace": PacedSteps,
}
"""What may stand under the last name of a path."""

FILLED = {"round": {"number"}, "titled": {"title", "part"}}
"""The blanks that the program's own words may have."""

SAYABLE = {
    *("before", "left", "right", "round", "titled", "ending"),
    *("change", "closing", "halfway", "last", "countdown_release"),
}
"""The program's words that a routine may replace."""

MISPLACED_CHANGE = ("a change of side can't stand here", "put it under 'between' of an 'each side'")


def validated(tree: Tree) -> Sheet:
    """Read a file's tree as a routine's sheet.

    Raises:
        RoutineError: With everything that is wrong in it, in the order of the file.
    """
    if not isinstance(tree, Table):
        mend = "write 'title: ...' and 'steps:'"
        raise RoutineError([Problem(tree.where, "a routine is a list of keys with values", mend)])
    try:
        sheet = Sheet.model_validate(tree)
    except ValidationError as error:
        raise RoutineError(ordered(_told(each, tree) for each in _kept(error))) from error
    problems = ordered(_sense(sheet, tree))
    if problems:
        raise RoutineError(problems)
    return sheet


def ordered(problems: Iterable[Problem]) -> list[Problem]:
    """Put problems in the order of the file, each once."""
    return sorted(dict.fromkeys(problems), key=lambda each: (each.where.file, each.where.line, each.where.column))


def _kept(error: ValidationError) -> list[Any]:
    """Leave out that a list is too short where that is so only because its items are wrong."""
    every = error.errors(include_url=False)
    return [
        each
        for each in every
        if each["type"] != "too_short"
        or not any(other is not each and other["loc"][: len(each["loc"])] == each["loc"] for other in every)
    ]


def _told(error: Any, tree: Table) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    """Turn one of pydantic's errors into words of ours, at its place in the file."""
    loc: Path = error["loc"]
    path = tuple(step for step in loc if not str(step).startswith("<"))
    if error["type"] == "extra_forbidden":
        return Problem(key_place(tree, path), *_unknown_key(str(path[-1]), loc[:-1]))
    if error["type"] == "union_tag_not_found":
        return Problem(place(tree, path), *_no_step(error["input"], path))
    return Problem(place(tree, path), *_what(error, str(path[-1]) if path else ""))


def _what(error: Any, key: str) -> tuple[str, str]:  # noqa: ANN401 - as above
    """Return what is wrong with a value, and what would mend it."""
    given, value = error.get("ctx", {}), shown(error["input"])
    match error["type"]:
        case "missing":
            told = f"the key {shown(key)} is missing here", f"add '{key}: ...'"
        case "value_error":
            what, _, mend = str(given["error"]).partition("; ")
            told = what, mend
        case "greater_than_equal":
            told = f"{key} is {value}", f"at least {given['ge']:,} is possible"
        case "less_than_equal":
            told = f"{key} is {value}", f"at most {given['le']:,} is possible"
        case "too_short":
            told = f"{shown(key)} has nothing in it", "add something to it"
        case "literal_error":
            told = f"{value} is not known here", f"write {given['expected']}"
        case kind:
            told = _shape(kind, key)
    return told


def _shape(kind: str, key: str) -> tuple[str, str]:
    if kind == "tuple_type":
        return f"{shown(key)} should be a list", "write each item on a line of its own, after a dash"
    if kind.startswith("bool_"):
        return f"{shown(key)} is neither true nor false", "write true or false"
    return f"{shown(key)} should have keys of its own", "write them with their values, indented under it"


def _unknown_key(key: str, above: Path) -> tuple[str, str]:
    names = [step for step in above if isinstance(step, str)]
    model = MODELS.get(names[-1], Sheet) if names else Sheet
    if model is Sides and len(names) > 1:
        model = PhaseSides
    known = [alias for field in model.model_fields.values() if not (alias := field.alias or "").startswith("<")]
    if issubclass(model, Spoken):
        known += ["in", "hold", "out", "pause", "first in", "last out"]
    if key == "change":
        return MISPLACED_CHANGE
    if key in {*STEPS, *BETWEEN} and names[-1:] != ["sides"]:
        return f"the step {shown(key)} can't stand here", "start each step on a line of its own, after a dash"
    if key in Named.model_fields and names[-1:] and issubclass(model, Round | PacedSteps):
        return f"the key {shown(key)} can't stand here", f"write it beside {names[-1]!r}, in the same column"
    close = near(key, known)
    mend = f"did you mean {' or '.join(map(repr, close))}?" if close else f"possible are: {', '.join(known)}"
    return f"the key {shown(key)} is not known here", mend


def _no_step(value: object, path: Path) -> tuple[str, str]:
    known = BETWEEN if "between" in path[-2:] else STEPS
    keys = [str(key) for key in value] if isinstance(value, dict) else []
    if "change" in keys:
        return MISPLACED_CHANGE
    close = [name for key in keys for name in near(key, known, 1)]
    mend = f"did you mean {close[0]!r}?" if close else f"write one of: {', '.join(known)}"
    if set(keys) & set(STEPS):
        return f"the step {shown(keys[0])} can't stand here", mend
    return (f"no step is called {shown(keys[0])}" if keys else f"{_quoted(value)} is no step"), mend


def _quoted(value: object) -> str:
    return shown(value) if isinstance(value, str) else "this"


def _sense(sheet: Sheet, tree: Table) -> Iterator[Problem]:
    """Tell of what no part of the file shows alone."""
    names = frozenset(sheet.parameters) | {"halfway", "last one"}
    visits = list(_visits(sheet.steps, ("steps",), names))
    sides = {*sheet.sides.left, *sheet.sides.right} if sheet.sides else set()
    between: list[Visit] = [
        (("between", number), step, False, names | {"next"}) for number, step in enumerate(sheet.between)
    ]
    yield from _blanks([*visits, *between], sides, tree)
    yield from _values(sheet, visits, sides, tree)
    yield from _unheard(visits, tree)
    yield from _sides(sheet, visits, tree)
    yield from _words(sheet, sides, tree)
    yield from _includes(sheet, visits, tree)


def _visits(steps: Sequence[Model], path: Path, names: frozenset[str], *, sided: bool = False) -> Iterator[Visit]:
    """Yield every step and every step inside it, in the order of the file."""
    for number, step in enumerate(steps):
        at, inner = (*path, number), block(step)
        yield at, step, sided, names
        if inner is None:
            continue
        key, inside, below = _below(step, inner, names)
        both = sided or isinstance(step, EachSide) or _one_side(step)
        yield from _visits(getattr(inner, "between", ()), (*at, key, "between"), below, sided=both)
        yield from _visits(inside, (*at, key, "steps"), below, sided=both)


def _below(
    step: Model, inner: Round | PacedSteps, names: frozenset[str]
) -> tuple[str, Sequence[Model], frozenset[str]]:
    """Return the key of a block in its step, what is in it, and the names that have values there."""
    key = "each side" if isinstance(step, EachSide) else "repeat" if isinstance(step, Repeat) else "pace"
    if isinstance(inner, PacedSteps):
        return key, inner.steps, names
    varied = frozenset(inner.vary) | {f"next {name}" for name in inner.vary}
    return key, inner.steps, names | varied | {"round", "rounds"}


def _blanks(visits: Iterable[Visit], sides: set[str], tree: Table) -> Iterator[Problem]:
    """Tell of braces that nothing fills."""
    explicit = {f"{side} {name}" for side in ("left", "right") for name in sides}
    for path, step, around, names in visits:
        sided = around or _one_side(step)
        counted = {"count", "count down"} if isinstance(step, BreathePhases) else set()
        known = {*names, *counted, *explicit, *(sides if sided else ())}
        for where, blanks in _spoken_blanks(step, place(tree, path)):
            for blank in sorted(blanks - known):
                if blank in sides:
                    yield Problem(where, f"{{{blank}}} has no side to be filled from", "move it into an 'each side'")
                else:
                    yield _unfilled(where, blank, known, sides if sided else None)
        for formula in _formulas(step):
            for name in sorted(formula.names() - names):
                yield _unfilled(formula.where or place(tree, path), name, names, None)


def _spoken_blanks(step: Model, where: Where) -> Iterator[tuple[Where, set[str]]]:
    """Yield the names in braces of all that a step and its block say, and of the title of its rounds."""
    inner = block(step)
    for words in (*said(step), *(said(inner) if inner else ())):
        yield words.where or where, words.blanks()
    if isinstance(step, Repeat):
        within = {*step.repeat.vary, "round", "rounds"}
        yield where, {name.lower() for name in BLANK.findall(step.name)} - within


def _one_side(step: Model) -> bool:
    """Tell whether a step has a side without an 'each side': its own, or those of its phases."""
    return getattr(step, "side", None) in {"left", "right"} or getattr(step, "sides", None) is not None


def _formulas(step: Model) -> Iterator[Formula]:
    """Yield every value of a step that is worked out, with those of its rounds and of what grows in them."""
    inner = block(step)
    growing = inner.vary.values() if isinstance(inner, Round) else ()
    rounds = getattr(inner, "rounds", None)
    for part in (step, inner, rounds, *growing):
        if isinstance(part, BaseModel):
            values = (getattr(part, name) for name in type(part).model_fields)
            yield from (value for value in values if isinstance(value, Formula))


def _unheard(visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    """Tell of what would never be done or said where it stands."""
    for path, step, around, _ in visits:
        only = getattr(step, "only", None)
        if only in {"left", "right"} and not around:
            what = f"'only: {only}' is for a turn, and there is none here"
            yield Problem(place(tree, (*path, "only")), what, "move the step into an 'each side'")
        for part in (step, block(step)):
            past = getattr(part, "past", None)
            if past and getattr(part, "most", None) is None:
                yield Problem(past.where or place(tree, path), "'past' is never said without a limit", "add 'max: ...'")


def _values(sheet: Sheet, visits: Iterable[Visit], sides: set[str], tree: Table) -> Iterator[Problem]:
    """Tell of values with braces that nothing fills."""
    names = frozenset(sheet.parameters)
    given: list[tuple[Path, frozenset[str], str]] = [
        (("parameters", name), names - {name}, text) for name, text in sheet.parameters.items()
    ]
    for path, step, _, known in visits:
        inner = block(step)
        for name, values in inner.vary.items() if isinstance(inner, Round) else ():
            at = (*path, "each side" if isinstance(step, EachSide) else "repeat", "vary", name)
            texts = () if isinstance(values, Growing) else values
            given += [((*at, number), known, text) for number, text in enumerate(texts)]
    for at, known, text in given:
        for blank in sorted(set(map(str.lower, BLANK.findall(text))) - known - sides):
            yield _unfilled(place(tree, at), blank, known, None)


def _unfilled(where: Where, blank: str, known: Collection[str], sides: Collection[str] | None) -> Problem:
    if not blank:
        return Problem(where, "{} is empty", "write a name in the braces")
    close = near(blank, sorted(known)) if len(blank) > 2 else []  # noqa: PLR2004 - shorter ones are in any word
    if sides is None and not close:
        mend = "move it into an 'each side', or give it a value under 'parameters'"
        return Problem(where, f"{{{blank}}} has no side to be filled from, and no value", mend)
    mend = f"did you mean {{{close[0]}}}?" if close else f"add {blank!r} to both sides under 'sides'"
    among = "values here" if sides is None else "sides' words"
    return Problem(where, f"{{{blank}}} is not among the {among}", mend)


def _sides(sheet: Sheet, visits: Iterable[Visit], tree: Table) -> Iterator[Problem]:
    for path, step, sided, _ in visits:
        if isinstance(step, EachSide) and sided:
            what = "an 'each side' stands inside another"
            yield Problem(place(tree, path), what, "put it beside the other, or write its steps without it")
        elif isinstance(step, EachSide) and sheet.sides is None:
            yield Problem(place(tree, path), "'each side' needs the sides' words", "add 'sides:' with left and right")
    left, right = (sheet.sides.left, sheet.sides.right) if sheet.sides else ({}, {})
    for name in sorted(set(left) ^ set(right)):
        here, there = ("left", "right") if name in left else ("right", "left")
        where = key_place(tree, ("sides", here, name))
        yield Problem(where, f"{name!r} is given for {here} only", f"add it to {there} too")


def _words(sheet: Sheet, sides: set[str], tree: Table) -> Iterator[Problem]:
    """Tell of a language that there is not, and of words for what the program never says."""
    try:
        known = [key for key, _ in language(sheet.language).words if key in SAYABLE]
    except UnknownNameError as error:
        there = " or ".join(error.near or error.known)
        yield Problem(place(tree, ("language",)), f"no language is called {shown(sheet.language)}", f"write {there}")
        return
    for key, text in sheet.words.items():
        if key not in known:
            mend = f"possible are: {', '.join(near(key, known) or known)}"
            yield Problem(key_place(tree, ("words", key)), f"the program has no words called {shown(key)}", mend)
        for blank in sorted(
            set(map(str.lower, BLANK.findall(text))) - FILLED.get(key, sides if key == "change" else set())
        ):
            yield Problem(place(tree, ("words", key)), f"nothing fills {{{blank}}} here", "take it out")


def _includes(sheet: Sheet, visits: Sequence[Visit], tree: Table) -> Iterator[Problem]:
    """Tell of what would never be heard: an include plays whole routines, and nothing else beside them."""
    nested = [step.include.where for path, step, *_ in visits if isinstance(step, Include) and len(path) > 2]  # noqa: PLR2004
    beside = [step.include.where for step in sheet.steps if isinstance(step, Include)]
    if nested or (beside and len(beside) < len(sheet.steps)):
        where = [*nested, *beside][0] or tree.where
        mend = "put the other steps into a routine of their own, and include that too"
        yield Problem(where, "an include stands only beside other includes", mend)
    silent = ("tips", "benefits", "sides") if beside else ("between",)
    for key in silent:
        if getattr(sheet, key):
            what = f"{key!r} is not used in a routine {'made of' if beside else 'without'} includes"
            yield Problem(
                key_place(tree, (key,)), what, "move it into the routine it is meant for" if beside else "take it out"
            )
