"""The routine file: what may stand in it, and how it is read. Every mistake is told with its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag, ValidationError

from voicecoach import breath as breaths
from voicecoach.errors import Problem, RoutineError, UnknownNameError, VoicecoachError, Where, near, shown
from voicecoach.yamltree import Items, Table, Text, Tree, place, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

BUILT_IN = Path(__file__).parent / "routines"
DEEPEST_INCLUDE = 5
LONGEST_TEXT = 10_000
BLANK = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Words:
    """What is said: its wordings from the longest to the shortest, still with their blanks."""

    wordings: tuple[str, ...]
    where: Where | None = field(default=None, compare=False)

    def blanks(self) -> set[str]:
        """Return the names in braces, in lower case."""
        return {name.lower() for wording in self.wordings for name in BLANK.findall(wording)}


def words(value: object) -> Words:
    """Read wordings, parted by ``|``.

    >>> words("Breathe in slowly | In").wordings
    ('Breathe in slowly', 'In')
    """
    text = _text(value)
    wordings = tuple(" ".join(part.split()) for part in text.split("|"))
    if not all(wordings):
        raise ValueError("a wording is empty; write something on both sides of each |, or leave the key out")
    return Words(wordings, getattr(value, "where", None))


def _text(value: object) -> str:
    if isinstance(value, Words):
        return " | ".join(value.wordings)
    if isinstance(value, Table):
        raise ValueError("this should be a text; a text that starts with { or has a : in it needs quotes")  # noqa: TRY004
    if not isinstance(value, str):
        raise ValueError("this should be a text; write one, or leave the key out")  # noqa: TRY004
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"this text has {len(value):,} characters; {LONGEST_TEXT:,} are the most")
    if any(ord(character) < 32 and character not in "\n\t" for character in value):  # noqa: PLR2004 - C0 controls
        raise ValueError("this text has control characters in it; take them out")
    return value


def _by(parse: Callable[[str], object]) -> BeforeValidator:
    """Parse a text with one of breath.py's readers, unless it is parsed already."""

    def read_text(value: object) -> object:
        if isinstance(value, (breaths.Breath, breaths.Span)):
            return value
        try:
            return parse(_text(value))
        except VoicecoachError as error:
            raise ValueError("; ".join(str(error).splitlines())) from error

    return BeforeValidator(read_text)


def _whole(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"\d{1,18}", value.strip()):
        raise ValueError(f"{shown(value)} is no whole number; write one, as 3")
    return value


def _sentences(value: object) -> object:
    return [value] if isinstance(value, str) else value


Said = Annotated[Words, BeforeValidator(words)]
Sentence = Annotated[str, BeforeValidator(lambda value: " ".join(_text(value).split()))]
Sentences = Annotated[tuple[Sentence, ...], BeforeValidator(_sentences)]
Breath = Annotated[breaths.Breath, _by(breaths.breath)]
Span = Annotated[breaths.Span, _by(breaths.span)]
Breaths = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=10_000)]
Rounds = Annotated[int, BeforeValidator(_whole), Field(ge=1, le=1_000)]


class Model(BaseModel):
    """What all parts of the file share: unknown keys are mistakes, and keys are written with spaces."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        arbitrary_types_allowed=True,
        alias_generator=lambda name: name.removesuffix("_").replace("_", " "),
    )


class ByRound(Model):
    """What is said the first time, and what from the second round on."""

    first: Said
    again: Said


def _said_tag(value: object) -> str:
    return "by round" if isinstance(value, (dict, ByRound)) else "text"


class Say(Model):
    """Say something; then leave time to settle."""

    say: Annotated[Annotated[Said, Tag("text")] | Annotated[ByRound, Tag("by round")], Discriminator(_said_tag)]
    settle: Span | None = None


class BreathePhases(Model):
    """Guided breaths: what is said as each phase begins, and at the first and last breath instead."""

    breathe: Breaths
    in_: Said | None = None
    hold: Said | None = None
    out: Said | None = None
    pause: Said | None = None
    first_in: Said | None = None
    first_hold: Said | None = None
    first_out: Said | None = None
    first_pause: Said | None = None
    last_in: Said | None = None
    last_hold: Said | None = None
    last_out: Said | None = None
    last_pause: Said | None = None
    stretch: Literal["all", "to last out"] | None = None

    def words(self, key: str) -> Words | None:
        """Return what is said at a key as it stands in the file, e.g. ``last out``."""
        found: Words | None = getattr(self, "in_" if key == "in" else key.replace(" ", "_"))
        return found


class Rest(Model):
    """A stretch of time of the listener's own, in free breaths or seconds; it may start with words."""

    rest: Span
    say: Said | None = None


class Change(Model):
    """Time to change sides, in which the next turn's words may already be spoken."""

    change: Span
    say: Said | None = None


class Block(Model):
    """Steps in rounds, and what comes between them."""

    rounds: Rounds = 1
    between: tuple[Between, ...] = ()
    steps: tuple[Step, ...] = Field(min_length=1)


class Sided(Block):
    """Steps for each side in turn: left, right, left, right, or all rounds of one side first."""

    order: Literal["alternate", "blocked"] = "alternate"


class EachSide(Model):
    """A block that is done for each side."""

    each_side: Sided


class Repeat(Model):
    """A block that is repeated."""

    repeat: Block


class Include(Model):
    """Another routine, with its own words and breath; an optional one is only played when it is asked for."""

    include: Sentence
    optional: bool = False


STEPS = ("say", "breathe", "rest", "change", "each side", "repeat", "include")
BETWEEN = ("rest", "change")


def _step_tag(value: object) -> str | None:
    if isinstance(value, Model):
        return next((name for name in reversed(STEPS) if name.replace(" ", "_") in type(value).model_fields), None)
    keys = value if isinstance(value, dict) else ()
    return next((name for name in ("rest", "change", *STEPS) if name in keys), None)


Between = Annotated[Annotated[Rest, Tag("rest")] | Annotated[Change, Tag("change")], Discriminator(_step_tag)]
Step = Annotated[
    Annotated[Say, Tag("say")]
    | Annotated[BreathePhases, Tag("breathe")]
    | Annotated[Rest, Tag("rest")]
    | Annotated[EachSide, Tag("each side")]
    | Annotated[Repeat, Tag("repeat")]
    | Annotated[Include, Tag("include")],
    Discriminator(_step_tag),
]
Steps = tuple[Step, ...]


class Sides(Model):
    """The noun phrases of each side: the same names on both, whole phrases, so that inflected languages come right."""

    left: dict[str, Sentence]
    right: dict[str, Sentence]


class Sheet(Model):
    """What stands in a routine file."""

    title: Sentence
    language: Sentence = "en"
    summary: Sentence = ""
    notes: Sentence = ""
    notice: Sentences = ()
    benefits: Sentences = ()
    tips: Sentences = ()
    breath: Breath = breaths.breath("4-6")
    sides: Sides | None = None
    words: dict[str, Sentence] = Field(default_factory=dict)
    steps: tuple[Step, ...] = Field(min_length=1)
    between: tuple[Rest, ...] = ()
    closing: Sentences = ()


for _model in (Block, Sided, EachSide, Repeat, Sheet):
    _model.model_rebuild()


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
    path, kind = error["loc"], error["type"]
    where, key = place(tree, path), str(path[-1]) if path else ""
    match kind:
        case "extra_forbidden":
            return _unknown_key(_key_place(tree, path), key, path)
        case "missing":
            return Problem(where, f"the key {shown(key)} is missing here", f"add '{key}: ...'")
        case "value_error":
            what, _, mend = str(error["ctx"]["error"]).partition("; ")
            return Problem(where, what, mend)
        case "union_tag_not_found":
            return _no_step(where, error["input"], path)
        case "greater_than_equal" | "less_than_equal":
            limit = error["ctx"].get("ge") or error["ctx"].get("le")
            word = "at least" if kind.startswith("greater") else "at most"
            return Problem(where, f"{key} is {shown(error['input'])}", f"{word} {limit:,} is possible")
        case "too_short":
            return Problem(where, f"{shown(key)} has nothing in it", "add something to it")
        case "literal_error":
            return Problem(where, f"{shown(error['input'])} is not known here", f"write {error['ctx']['expected']}")
        case _:
            return Problem(where, f"{shown(key)}: {error['msg'].removeprefix('Input ').lower()}", _shape(kind))


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


def said(step: Model) -> Iterator[Words]:
    """Yield everything that one step says itself (not what the steps inside it say)."""
    for name in type(step).model_fields:
        match getattr(step, name):
            case Words() as value:
                yield value
            case ByRound(first=first, again=again):
                yield from (first, again)
            case _:
                pass


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


def walk(steps: Steps) -> Iterator[Model]:
    """Yield every step and every step inside it, in the order of the file."""
    for step in steps:
        yield step
        if isinstance(step, EachSide):
            yield from walk(step.each_side.steps)
        elif isinstance(step, Repeat):
            yield from walk(step.repeat.steps)


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
