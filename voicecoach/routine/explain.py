"""The wording of problems that the models find: the place, what is wrong, and the remedy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from voicecoach.errors import Problem, cut, find_close, order_problems, quote
from voicecoach.routine.keys import AROUND, HEADS, LONE, STEPS, add_colon, add_dash, explain_value, find_bare_key
from voicecoach.routine.model import BETWEEN, Block, PacedSteps, RoutineModel, Sided
from voicecoach.routine.source import Table, Text, find_key_place, find_place, walk_tables
from voicecoach.routine.synonyms import find_meant
from voicecoach.routine.values import BLANK
from voicecoach.routine.wrong_keys import MISPLACED_CHANGE, MODELS, Path, explain_keys, strip_tags

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from pydantic import ValidationError


MOST_LOOKED_AT, MOST_SEEN = 200, 2_000
"""The most problems that are explained, and the most errors of the models that are read."""

EXAMPLES = {"breathe": "3", "hold": "20s", "rest": "2 breaths", "change": "5s", "settle": "5s", "breath": "4-6"}
EXAMPLES |= {"move": "12", "tempo": "down 3, up 2", "beat": "1s"}
EXAMPLES |= {"rounds": "2", "countdown": "3", "min": "1", "max": "5", "sound": "bell-start", "include": "leg-stretch"}
"""An example value for each key that does not hold free text."""

_LONE_BRACE = "a brace is alone here"


def explain_errors(error: ValidationError, tree: Table) -> list[Problem]:
    """Return the problems of a file in its order: one for each mistake, not one for each broken rule."""
    every = error.errors(include_url=False)[:MOST_SEEN]
    causes = _drop_consequences(every)
    problems = order_problems(_explain(causes[:MOST_LOOKED_AT], tree))
    left = len(causes) - MOST_LOOKED_AT + max(0, error.error_count() - MOST_SEEN)
    return cut(problems, left)


def _drop_consequences(every: Sequence[Any]) -> list[Any]:
    """Leave out errors that only follow from others, such as a list that is too short because its items are wrong."""
    shapeless = {each["loc"][:-1] for each in every if each["loc"][-1:] and each["loc"][-1] in HEADS}
    wrong_keys = [each["loc"] for each in every if each["loc"][-1:] == ("[key]",)]
    return [each for each in every if not _is_under(each["loc"], wrong_keys) and not _follows(each, every, shapeless)]


def _is_under(loc: Path, wrong_keys: Sequence[Path]) -> bool:
    """Return whether an error is in what a wrong key is for."""
    return any(len(loc) > len(key) and loc[: len(key) - 1] == key[:-1] for key in wrong_keys)


def _follows(each: Any, every: Sequence[Any], shapeless: Collection[Path]) -> bool:  # noqa: ANN401 - pydantic's
    """Return whether an error only follows from another one."""
    loc = each["loc"]
    if each["type"] == "too_short":
        return any(other is not each and other["loc"][: len(loc)] == loc for other in every)
    misplaced = {field.alias for model in (Sided, Block, PacedSteps) for field in model.model_fields.values()}
    return each["type"] == "extra_forbidden" and loc[:-1] in shapeless and loc[-1] in misplaced


def _explain(causes: Sequence[Any], tree: Table) -> list[Problem]:
    """Return a problem for each cause; wrong keys of one table are explained together."""
    tables: dict[Path, list[Any]] = {}
    for each in causes:
        if each["type"] in {"extra_forbidden", "missing"}:
            tables.setdefault(each["loc"][:-1], []).append(each)
    problems, settled = explain_keys(tables, tree)
    values = (each for each in causes if each["type"] not in {"extra_forbidden", "missing"})
    open_values = (each for each in values if not _is_settled(strip_tags(each["loc"]), settled))
    return [*problems, *(_explain_value(each, tree) for each in open_values)]


def _is_settled(path: Path, settled: Collection[Path]) -> bool:
    """Return whether a value is in a step that is explained already, also if it is at a moment of it."""
    return path[:-1] in settled or ("at" in path and path[: path.index("at")] in settled)


def _explain_value(error: Any, tree: Table) -> Problem:  # noqa: ANN401 - pydantic's ErrorDetails
    """Return the problem of a value, or of a key that is read as a value."""
    path = strip_tags(error["loc"])
    if path[-1:] == ("[key]",):
        what, _, remedy = str(error["ctx"]["error"]).partition("; ")
        return Problem(find_key_place(tree, path[:-1]), what, remedy)
    if error["type"] == "union_tag_not_found":
        return Problem(find_place(tree, path), *_explain_step(error["input"], path))
    if error["type"] == "tuple_type" and (found := _find_dashless(error["input"], path, tree)):
        return found
    what, remedy = _explain_kind(error, str(path[-1]) if path else "")
    if error["type"] == "value_error" and error["input"] is None:
        what, remedy = _explain_nothing(path, error["loc"], _list_names(tree))
    elif error["type"] == "value_error" and str(error["input"]).lower() in _list_names(tree):
        remedy = f'write "{{{error["input"]}}}"'
    elif what == _LONE_BRACE or _has_lone_brace(error["input"]):
        what = _LONE_BRACE
        remedy = _close_brace(str(error["input"]), _list_names(tree)) or remedy
    return Problem(find_place(tree, path), what, remedy)


def _find_dashless(value: object, path: Path, tree: Table) -> Problem | None:
    """Return the problem of a step that is alone under its list and has no dash."""
    first = next(iter(value), None) if isinstance(value, Table) else None
    if not isinstance(first, Text) or first not in {*STEPS, "change", *LONE}:
        return None
    around, column = find_key_place(tree, path), first.where.column
    if around.line == first.where.line:
        return None
    return Problem(first.where, *add_dash(str(first), column - 2 if column - 2 > around.column else column))


def _explain_nothing(path: Path, loc: Path, names: Collection[str]) -> tuple[str, str]:
    """Return what is wrong if a value is missing after its key or dash, and the remedy."""
    key = path[-1] if path else ""
    if isinstance(key, int):
        return "there is nothing after this dash", "write a text there, or take the dash out"
    joined = next((name for name in sorted(names, key=len) if str(key).startswith(f"{name} ")), "")
    if joined and path[-2:-1] in {("left",), ("right",)}:
        return add_colon(joined)
    levels = [MODELS[str(step)] for step in loc if str(step) in MODELS]
    model = levels[-1] if levels else RoutineModel
    required = any(field.alias == key and field.is_required() for field in model.model_fields.values())
    remedy = f"write '{key}: {EXAMPLES.get(key, '...')}'"
    return f"{quote(key)} has no value", remedy if required else f"{remedy}, or leave the key out"


def _explain_kind(error: Any, key: str) -> tuple[str, str]:  # noqa: ANN401 - pydantic's ErrorDetails
    """Return what is wrong with a value, and the remedy."""
    given, value = error.get("ctx", {}), quote(error["input"])
    match error["type"]:
        case "value_error" if key == "include" and isinstance(error["input"], list):
            finding = "'include' takes one routine", "write a step '- include: ...' for each"
        case "value_error" if key in EXAMPLES and _has_values(error["input"]):
            finding = f"{key!r} should be a single value", f"write '{key}: {_join(error['input'], key)}'"
        case "value_error":
            what, _, remedy = str(given["error"]).partition("; ")
            finding = what, remedy
        case "greater_than_equal":
            finding = f"{key} is {value}", f"at least {given['ge']:,} is possible"
        case "less_than_equal":
            finding = f"{key} is {value}", f"at most {given['le']:,} is possible"
        case "too_short":
            finding = f"{quote(key)} has nothing in it", "add something to it"
        case "literal_error":
            finding = f"{value} is not known here", _find_choice(str(error["input"]), given["expected"])
        case "dict_type" if list(map(str, error["loc"]))[-2:-1] == ["at"]:
            finding = f"{quote(key)} is not a phase with moments", f"write the phase first, as out: {{{key}: ...}}"
        case "model_type" | "dict_type" if key in HEADS and isinstance(error["input"], str):
            finding = explain_value(key, error["input"])
        case kind:
            finding = _explain_shape(kind, key, error["input"])
    return finding


def _has_values(value: object) -> bool:
    """Return whether a value is a list or has keys with values; ``{name}`` without quotes is only a key."""
    return any(value.values()) if isinstance(value, dict) else isinstance(value, list)


def _join(value: object, key: str) -> str:
    """Write a list or a mapping as the single value that its author may mean, or an example."""
    parts = [str(each) for each in value if isinstance(each, str)] if isinstance(value, list) else []
    if isinstance(value, dict) and key == "breath":
        return ", ".join(f"{name} {each}" for name, each in value.items() if isinstance(each, str)) or EXAMPLES[key]
    return "-".join(parts) or EXAMPLES[key]


def _find_choice(value: str, expected: str) -> str:
    """Return the remedy for a word that is not one of the allowed ones."""
    allowed = re.findall(r"'([^']+)'", expected)
    close = find_close(value, allowed, 1) or [each for each in allowed if value and each.startswith(value.lower())][:1]
    return f"did you mean {close[0]!r}?" if close else f"write {expected}"


def _explain_shape(kind: str, key: str, value: object) -> tuple[str, str]:
    if kind == "tuple_type":
        return f"{quote(key)} should be a list", "write each item on a line of its own, after a dash"
    if kind.startswith("bool_"):
        close = find_close(str(value), ["true", "false"], 1)
        return f"{quote(key)} is neither true nor false", f"write {' or '.join(close or ['true', 'false'])}"
    if key in {"left", "right"} and isinstance(value, str):
        name = value.split()[-1] if value.split() else "part"
        return f"{quote(key)} should have keys of its own", f"write '{key}: {{{name}: {value}}}'"
    return f"{quote(key)} should have keys of its own", "write them with their values, indented under it"


def _explain_step(value: object, path: Path) -> tuple[str, str]:
    """Return what is wrong with an item of a list of steps that is not a step, and the remedy."""
    around = next((str(key) for key in path[-2:] if key in AROUND), "")
    known = (BETWEEN if "each side" in path and around != "before" else BETWEEN[:-1]) if around else STEPS
    if isinstance(value, str) and (key := find_bare_key(value)) in {*known, *LONE}:
        return add_colon(key)
    if value is None:
        return "there is nothing after this dash", "write a step there, or take the dash out"
    keys = [str(key) for key in value] if isinstance(value, dict) else []
    if "change" in keys:
        return MISPLACED_CHANGE
    if around and (inside := next((key for key in (*STEPS, *LONE) if key in keys), "")):
        return f"the step {quote(inside)} is not allowed under {around!r}", _place_elsewhere(around, known)
    meant = [each for key in keys if (each := find_meant(key, [*known, *LONE]))]
    close = meant[:1] or [name for key in keys for name in find_close(key, known, 1)][:1]
    if not close and isinstance(value, dict) and keys:
        close = _find_by_length(str(value[keys[0]]))
    remedy = f"did you mean {' or '.join(map(repr, close[:2]))}?" if close else f"write one of: {', '.join(known)}"
    return (f"no step is called {quote(keys[0])}" if keys else f"{_quote(value)} is not a step"), remedy


def _place_elsewhere(around: str, known: Sequence[str]) -> str:
    """Return what can be before or between rounds, and where to put any other step."""
    place = "before the block" if around == "before" else "at the end of 'steps', with 'only: not last'"
    return f"write one of: {', '.join(known)}, or put it {place}"


def _find_by_length(value: str) -> list[str]:
    """Return the steps that an author may mean by an unknown key with a length as its value."""
    if re.fullmatch(r"[0-9]+ breaths?", value):
        return ["breathe", "rest"]
    return ["hold", "rest"] if re.fullmatch(r"[0-9.]+ ?(?:s|sec|m|min)|[0-9]+:[0-9]{2}", value) else []


def _quote(value: object) -> str:
    return quote(value) if isinstance(value, str) else "this"


def _list_names(tree: Table) -> set[str]:
    """Return the names that may be in braces: those of sides, parameters and varying values."""
    tables = [*walk_tables(tree)]
    named = [table[key] for table in tables for key in ("left", "right", "parameters", "vary") if key in table]
    return {str(name) for each in named if isinstance(each, Table) for name in each} | {"count", "count down", "round"}


def _close_brace(text: str, names: Collection[str]) -> str:
    """Return the remedy for a lone brace: the name beside it, in braces; an empty text if there is no name.

    >>> _close_brace("Your {other leg rests", ["leg", "other leg"]), _close_brace("Your {{leg}} rests", ["leg"])
    ('write {other leg}', 'write {leg}')
    """
    longest_first = sorted(names, key=len, reverse=True)
    doubled = re.search(r"\{\{([^{}]*)\}\}", text)
    if doubled:
        return f"write {{{doubled[1].strip()}}}"
    lone = BLANK.sub(lambda match: " " * len(match[0]), text)
    at = next((number for number, character in enumerate(lone) if character in "{}"), 0)
    before, after = text[:at].rstrip().lower(), text[at + 1 :].lstrip().lower()
    found = (name for name in longest_first if _is_beside(name, after if lone[at] == "{" else before, lone[at]))
    return next((f"write {{{name}}}" for name in found), "")


def _has_lone_brace(value: object) -> bool:
    return isinstance(value, str) and bool(set("{}") & set(BLANK.sub("", value)))


def _is_beside(name: str, text: str, brace: str) -> bool:
    """Return whether a text starts with a name (after an opening brace) or ends with it."""
    pattern = rf"{re.escape(name)}(?!\w)" if brace == "{" else rf".*(?<!\w){re.escape(name)}"
    return (re.match(pattern, text) if brace == "{" else re.fullmatch(pattern, text, re.DOTALL)) is not None
