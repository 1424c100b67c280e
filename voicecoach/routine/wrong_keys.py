"""Explain misplaced and missing keys: one problem for each mistake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voicecoach.errors import Problem, find_close, quote
from voicecoach.routine.keys import HEADS, LONE, STEPS, add_colon, add_dash, find_bare_key, line_up
from voicecoach.routine.model import (
    BETWEEN,
    Block,
    Change,
    EachSide,
    Ending,
    Growing,
    Hold,
    Include,
    PacedPart,
    PacedSteps,
    PerSide,
    Play,
    Repeat,
    Rest,
    RoutineModel,
    Say,
    Sided,
    Sides,
)
from voicecoach.routine.phase_steps import (
    PHASE_KEY,
    BreathePhases,
    ByCount,
    ByRound,
    LonePhase,
    Moves,
    Named,
    PhaseSides,
    Sounded,
    Spoken,
    build_key_pattern,
    list_move_names,
    make_tag,
    read_phase_key,
)
from voicecoach.routine.source import Items, Table, Text, find_key_place, find_place
from voicecoach.routine.synonyms import find_meant, find_phase_key, spell_which

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from voicecoach.routine.phase_steps import Model
    from voicecoach.routine.source import Tree

Path = tuple[str | int, ...]

_AROUND_INCLUDE = {
    "rounds": "put the include into a 'repeat' with these 'rounds', or write 'set:' with a parameter of the routine",
    "breath": "put the include into a 'pace' with this 'breath', or write 'set:' with a parameter of the routine",
    "fixed": "put the include into a 'pace' that is 'fixed'",
    "settle": "write a step 'rest' after it",
}
"""What to write instead of keys that authors put beside an include."""

MODELS: dict[str, type[Model]] = {
    "sides": Sides,
    make_tag("ending"): Ending,
    "between": Rest,
    "each side": Sided,
    "repeat": Block,
    make_tag("by count"): ByCount,
    make_tag("by round"): ByRound,
    make_tag("say"): Say,
    make_tag("breathe"): BreathePhases,
    make_tag("move"): Moves,
    make_tag("sounded"): Sounded,
    make_tag("rest"): Rest,
    make_tag("change"): Change,
    make_tag("each side"): EachSide,
    make_tag("repeat"): Repeat,
    make_tag("include"): Include,
    make_tag("phase"): LonePhase,
    make_tag("hold"): Hold,
    make_tag("sound"): Play,
    make_tag("pace"): PacedPart,
    make_tag("per side"): PerSide,
    make_tag("growing"): Growing,
    "pace": PacedSteps,
}
"""The model of the table at the end of a path."""

PHASES = ("in", "hold", "out", "pause", "first in", "first out", "last in", "last out")
"""The most common keys for the words of a breath."""

SHORT = 3
"""The most letters of a short key, which may differ in one although that is a large part of it: ``im`` for ``in``."""

MISPLACED_CHANGE = ("a change of side is not allowed here", "put it under 'between' of an 'each side'")


def explain_keys(tables: Mapping[Path, Sequence[Any]], tree: Table) -> tuple[list[Problem], list[Path]]:
    """Return the problems of tables with wrong keys, and the paths of steps whose values are explained by them.

    ``tables`` are the errors of pydantic about the keys of each table, by its location.
    """
    wrong = [WrongKeys.from_errors(loc, errors, tree) for loc, errors in tables.items()]
    problems, settled = [], []
    for at, one in enumerate(wrong):
        step = one.find_other_step()
        if step:
            problems.append(step)
            settled.append(one.path)
            wrong[at] = replace(one, unknown=(), absent=())
    for at, one in enumerate(wrong):
        for key in one.unknown:
            home = next((number for number, other in enumerate(wrong) if other.is_home_of(key, one)), None)
            if home is not None:
                problems.append(wrong[home].call_home(key, one))
                wrong[home] = replace(wrong[home], absent=tuple(each for each in wrong[home].absent if each != key))
                wrong[at] = replace(wrong[at], unknown=tuple(each for each in wrong[at].unknown if each != key))
    return [*problems, *(problem for one in wrong for problem in one.list_problems())], settled


def strip_tags(loc: Path) -> Path:
    """Return a location without the tags of unions: a path in the file."""
    return tuple(step for step in loc if not str(step).startswith("<"))


@dataclass(frozen=True, slots=True)
class WrongKeys:
    """A table of the file whose keys are wrong.

    Attributes:
        path: Its path in the file.
        model: Its model.
        around: The models and paths of the tables around it, from the nearest.
        unknown: Its keys that do not belong there.
        absent: The keys that it lacks.
    """

    tree: Table
    path: Path
    model: type[Model]
    around: tuple[tuple[type[Model], Path], ...]
    unknown: tuple[str, ...]
    absent: tuple[str, ...]

    @classmethod
    def from_errors(cls, loc: Path, errors: Sequence[Any], tree: Table) -> WrongKeys:
        """Return the wrong keys of the table at a location, with the tables around it."""
        levels: list[tuple[type[Model], Path]] = [(RoutineModel, ())]
        levels += [(MODELS[str(step)], strip_tags(loc[: at + 1])) for at, step in enumerate(loc) if str(step) in MODELS]
        path, names = strip_tags(loc), [step for step in loc if isinstance(step, str)]
        model = levels[-1][0]
        if model is Sides and len(names) > 1:
            model = PhaseSides
        around = tuple(level for level in reversed(levels) if level[1] != path)
        unknown = tuple(str(each["loc"][-1]) for each in errors if each["type"] == "extra_forbidden")
        absent = tuple(str(each["loc"][-1]) for each in errors if each["type"] == "missing")
        return cls(tree, path, model, around, unknown, absent)

    def is_home_of(self, key: str, other: WrongKeys) -> bool:
        """Return whether this table lacks a key that is in the table around it, or in one inside it."""
        near_by = self.path[:-1] == other.path or other.path[:-1] == self.path
        return key in self.absent and self.path != other.path and near_by

    def call_home(self, key: str, other: WrongKeys) -> Problem:
        """Return the problem of a key in another table that belongs in this one."""
        where = find_key_place(self.tree, (*other.path, key))
        table = find_table(self.tree, self.path)
        column = next((each.where.column for each in table or () if isinstance(each, Text)), where.column)
        return Problem(where, f"the key {quote(key)} is not allowed here", line_up(column))

    def list_problems(self) -> Iterator[Problem]:
        """Yield one problem for each key: a misspelled key does not count as missing too."""
        absent = list(self.absent)
        for key in self.unknown:
            what, remedy, meant = self._explain_key(key)
            if meant in absent:
                absent.remove(meant)
            yield Problem(find_key_place(self.tree, (*self.path, key)), what, remedy)
        for key in absent:
            yield Problem(
                find_place(self.tree, self.path), f"the key {quote(key)} is missing here", f"add '{key}: ...'"
            )

    def find_other_step(self) -> Problem | None:
        """Return the problem of a table with the keys of two steps, or of another step than its own key."""
        table = find_table(self.tree, self.path)
        if table is None or not self.unknown or not issubclass(self.model, Named):
            return None
        second = self._find_second(table)
        if second:
            start = find_key_place(self.tree, (*self.path, next(iter(table)))).column - 2
            return Problem(find_key_place(self.tree, (*self.path, second)), *add_dash(second, start))
        found = self._find_synonym(table) or (_find_step(table, self.unknown) if len(self.unknown) > 1 else None)
        if found:
            odd, meant = found
            where = find_key_place(self.tree, (*self.path, odd))
            return Problem(where, f"no step is called {quote(odd)}", f"did you mean {meant!r}?")
        return None

    def _find_second(self, table: Table) -> str:
        """Return the key of a second step in a table; the keys after it belong to it."""
        keys = [str(key) for key in table]
        heads = {*STEPS, "change", "in", "out"}
        for at, key in enumerate(keys[1:], 1):
            rest = set(keys[at:])
            model = MODELS[make_tag("phase" if key in LONE else key)] if key in heads else LonePhase
            fits = key in heads and all(_is_key_of(each, model) for each in rest)
            before = _is_step(keys[:at])
            own = set(self.unknown) & rest or (set(self.unknown) & set(keys[:at]) and before)
            if fits and own and before and self._find_line(key) > self._find_line(keys[0]):
                return key
        return ""

    def _find_line(self, key: str) -> int:
        return find_key_place(self.tree, (*self.path, key)).line

    def _find_synonym(self, table: Table) -> tuple[str, str] | None:
        """Return the only unknown key if it means a step that has the other keys of the table, and that step's key."""
        key = self.unknown[0] if len(self.unknown) == 1 else ""
        close = () if find_close(key, list_model_keys(self.model)) else find_close(key, [*STEPS, "change"], 1)
        meant = find_meant(key, [*STEPS, "change"]) or next(iter(close), "")
        if not meant or meant in table or find_meant(key, list_model_keys(self.model)):
            return None
        others = {str(each) for each in table} - {key}
        return (key, meant) if others <= set(list_model_keys(MODELS[make_tag(meant)])) else None

    def _explain_place(self, key: str, known: Collection[str]) -> tuple[str, str, str] | None:
        """Return the same for a misplaced step, or for a key without its colon."""
        if key == "change":
            return *MISPLACED_CHANGE, ""
        bare = find_bare_key(key)
        if bare in known and key.removeprefix(bare).lstrip()[:1] in {"{", "[", ":"}:
            return *add_colon(bare), bare
        if self.model is LonePhase and (step := find_close(key, STEPS, 1)):
            return f"no step is called {quote(key)}", f"did you mean {step[0]!r}?", ""
        return None

    def _explain_key(self, key: str) -> tuple[str, str, str]:
        """Return what is wrong with a key, the remedy, and the first key that it proposes."""
        known = self._list_known()
        strange = f"the key {quote(key)} is not known here"
        finding = self._explain_place(key, known)
        if finding:
            return finding
        if meant := find_meant(key, known) or self._find_phase_key(key):
            return strange, f"write {meant!r}", meant
        if self.model is Include and (around := _AROUND_INCLUDE.get(key)):
            return f"{key!r} can't stand beside an 'include'", around, ""
        if self.path and (moved := self._move(key)):
            return *moved, ""
        if len(self.unknown) == len(self.absent) == 1:
            close = find_close(key, known, 1) == [self.absent[0]]
            remedy = f"did you mean {self.absent[0]!r}?" if close else f"write {self.absent[0]!r}"
            return strange, remedy, self.absent[0]
        near = find_close(key, known) or _find_short(key, known)
        close_keys = [each for at, each in enumerate(near) if not {*each.split()} & {*near[:at]}]
        ask = f"did you mean {' or '.join(map(repr, close_keys))}?"
        return strange, ask if close_keys else f"write one of: {', '.join(known)}", (*close_keys, "")[0]

    def _find_phase_key(self, key: str) -> str:
        """Return the correct form of a key for the words of a phase; an empty text if it is not one."""
        if self.model is Moves:
            which = spell_which(key)
            return which if which != key and self._is_word_key(which) else ""
        return find_phase_key(key) if issubclass(self.model, Spoken) else ""

    def _is_word_key(self, key: str) -> bool:
        table = find_table(self.tree, self.path)
        return table is not None and build_key_pattern(list_move_names(table)).fullmatch(key) is not None

    def _list_known(self) -> list[str]:
        """Return the keys that the table may have; those of a move are named after its phases."""
        known = list_model_keys(self.model)
        table = find_table(self.tree, self.path)
        if self.model is not Moves or table is None:
            return known
        names = list_move_names(table)
        return [*known, *names, *(f"{which} {name}" for name in names for which in ("first", "last", "last 2"))]

    def _move(self, key: str) -> tuple[str, str] | None:
        """Return what is wrong with a key that belongs in another table, and where to move it."""
        names = [step for step in self.path if isinstance(step, str)]
        what = f"the key {quote(key)} is not allowed here"
        if key in {*STEPS, *BETWEEN} and issubclass(self.model, Named):
            return f"the step {quote(key)} is not allowed here", "start each step on a line of its own, after a dash"
        for model, path in self.around[:1]:
            outer = find_table(self.tree, path)
            if outer and issubclass(model, Named) and key in list_model_keys(model) and key not in outer:
                beside = names[-1]
                column = find_key_place(self.tree, (*path, beside)).column
                return what, f"write it beside {beside!r}, in the same column, {column}"
        inner = next((name for name in HEADS if issubclass(self.model, Named) and self._has_inside(name, key)), "")
        if inner:
            table = find_table(self.tree, (*self.path, inner))
            return what, line_up(table.where.column if table else 1, f"under {inner!r}")
        return None

    def _has_inside(self, name: str, key: str) -> bool:
        """Return whether a key belongs in the block under a name of this table."""
        return find_table(self.tree, (*self.path, name)) is not None and key in list_model_keys(MODELS[name])


def find_table(tree: Table, path: Path) -> Table | None:
    """Return the table at a path of the file, if there is one."""
    found: Tree | None = tree
    for step in path:
        if isinstance(found, Table):
            found = found.get(str(step))
        elif isinstance(found, Items) and isinstance(step, int) and step < len(found):
            found = found[step]
        else:
            return None
    return found if isinstance(found, Table) else None


def list_model_keys(model: type[Model]) -> list[str]:
    """Return the keys that a table of a model may have."""
    known = [alias for field in model.model_fields.values() if not (alias := field.alias or "").startswith("<")]
    return [*known, *PHASES] if issubclass(model, Spoken) and model is not Moves else known


def _find_short(key: str, known: Sequence[str]) -> list[str]:
    """Return the known key that is closest to a very short one."""
    from difflib import get_close_matches

    return get_close_matches(key, known, 1, 0.5) if len(key) <= SHORT else []


def _is_key_of(key: str, model: type[Model]) -> bool:
    spoken = issubclass(model, Spoken) and model is not Moves
    return key in list_model_keys(model) or (spoken and PHASE_KEY.fullmatch(key) is not None)


def _is_step(keys: Sequence[str]) -> bool:
    """Return whether some keys belong to one step."""
    return any(
        set(keys) & {name} and all(_is_key_of(key, MODELS[make_tag(name)]) for key in keys)
        for name in (*STEPS, "change")
    )


def _find_step(table: Table, unknown: Collection[str]) -> tuple[str, str] | None:
    """Return the only unknown key of a table whose other keys are those of a step, and the key of that step."""
    for name in STEPS:
        known = set(list_model_keys(MODELS[make_tag(name)]))
        odd = [str(key) for key in table if key not in known and not (name == "breathe" and PHASE_KEY.fullmatch(key))]
        if len(odd) == 1 and odd[0] in unknown and name not in table:
            return odd[0], name
    return None


def check_phase_names(path: Path, step: Model, tree: Table) -> Iterator[Problem]:
    """Report phases under `at`, `sides` and `stretch` that a step does not have."""
    if not isinstance(step, Spoken):
        return
    names: tuple[str, ...] = step.names if isinstance(step, Moves) else ("in", "hold", "out", "pause")
    if isinstance(step, LonePhase):
        names = tuple(read_phase_key(key)[1] for key in step.spoken)
    wrong = [("at", key) for key in step.at if not step.is_phase(key, names)]
    if isinstance(step, Moves):
        wrong += [("sides", name) for name in step.sides or () if name not in names]
        if step.stretch and step.stretch not in {"all", *(f"to last {name}" for name in names)}:
            remedy = f"write all, or to last {names[-1]}"
            yield Problem(find_place(tree, (*path, "stretch")), f"{quote(step.stretch)} is not known here", remedy)
    for key, name in wrong:
        remedy = f"its phases are: {', '.join(names)}"
        yield Problem(find_key_place(tree, (*path, key, name)), f"{quote(name)} is not a phase here", remedy)
