"""The values of routine files for `tests.reference`: lengths, breaths, formulas, the program's words, YAML."""

from __future__ import annotations

import math
import re
import tomllib
from fractions import Fraction
from functools import cache
from itertools import compress, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Routine = dict[str, Any]
Phase = tuple[str, Fraction]  # its kind and its seconds
Breath = tuple[Phase, ...]
ROOT = Path(__file__).parents[1] / "voicecoach"
ORDERS = {2: ("in", "out"), 3: ("in", "hold", "out"), 4: ("in", "hold", "out", "pause")}
TOKEN = re.compile(r"\{[^{}]*\}|\d+:\d\d|\d+(?:\.\d+)?|(?:min|max|round)(?=\()| ?(?:breaths?|[smh])(?!\w)|[-+*/(),]")
PHASE = re.compile(r"^(.*?) (?:(in|hold|out|pause)|((?:min|max|round)?[\d({].*))$")
UNITS = {"s": 1, "m": 60, "h": 3600}
KINDS = ("in", "hold", "out", "pause")


class Length(NamedTuple):
    """Breaths, seconds after them, and the seconds that the breaths last at least."""

    breaths: int = 0
    rest: Fraction = Fraction(0)
    least: Fraction = Fraction(0)


Value = Length | Fraction
Tempo = list[tuple[str, str, Length]]  # of each phase of a move its name, and the phase of the breath or its length


class Pace(NamedTuple):
    """The breaths of a ramp, each a list of phases with their seconds; or one that gets longer by a step."""

    points: tuple[Breath, ...]
    longer: Fraction = Fraction(0)
    every: Fraction = Fraction(0)


@cache
def list_breaths(pace: Pace, count: int) -> list[Breath]:
    """Return ``count`` breaths of a pace: breath k of n is at position (m - 1) * (k - 1) / (n - 1) of m points."""
    found: list[Breath] = []
    elapsed, legs = Fraction(0), len(pace.points) - 1
    for number in range(count):
        at = Fraction(number * legs, max(count - 1, 1))
        leg = min(int(at), max(legs - 1, 0))
        pairs = zip(pace.points[leg], pace.points[min(leg + 1, legs)], strict=True)
        more = elapsed // pace.every * pace.longer if pace.every else 0
        phases = [(kind, a + (b - a) * (at - leg) + more) for (kind, a), (_, b) in pairs]
        found.append(tuple(phase for phase in phases if phase[1]))
        elapsed += seconds_of(found[-1])
    return found


def seconds_of(breath: Breath) -> Fraction:
    return sum((seconds for _, seconds in breath), Fraction(0))


def read_pace(text: str, values: Mapping[str, str], listener: Pace | None = None) -> tuple[Pace, bool]:
    """Read a pace, and tell whether it follows the listener's breath because it names it."""
    whole, _, step = text.partition(" every ")
    whole, _, longer = whole.rpartition("+") if step else (whole, "", "")
    every = (as_seconds(evaluate(longer, values)), as_seconds(evaluate(step, values))) if step else ()
    points, follows = list_points(whole.strip(), values, listener)
    if follows and len({tuple(kind for kind, _ in point) for point in points}) > 1:
        own = [{kind: sum(seconds for each, seconds in point if each == kind) for kind in KINDS} for point in points]
        points = [[(kind, Fraction(each[kind])) for kind in KINDS] for each in own]
    if len({tuple(kind for kind, _ in point) for point in points}) > 1:
        points = [[phase for phase in point if phase[1]] for point in points]
    lasting = [any(phase[1] for phase in phases) for phases in zip(*points, strict=True)]
    found = Pace(tuple(tuple(compress(point, lasting)) for point in points), *every)
    if follows and listener and not step and len(points) == 1:
        found = found._replace(longer=listener.longer, every=listener.every)
    return found, follows


def list_points(text: str, values: Mapping[str, str], listener: Pace | None) -> tuple[list[list[Phase]], bool]:
    """Return the breaths of a pace; one that names the listener's breath is there for each breath of its ramp."""
    found, follows = list[list[Phase]](), False
    for point in map(str.strip, re.split(r"\.{2,}", text)):
        name = point[1:-1].lower() if re.fullmatch(r"\{[^{}]*\}", point) else ""
        if name and not isinstance(values[name], OfBreath):
            points, named = list_points(values[name], values, listener)
            found, follows = [*found, *points], follows or named
        elif name and listener:
            found, follows = [*found, *(list(each) for each in listener.points)], True
        else:
            named = any(isinstance(values.get(each.lower()), OfBreath) for each in re.findall(r"\{([^{}]*)\}", point))
            follows = follows or named
            for each in listener.points if named and listener else (None,):
                own = measure_breath(each) if each else {}
                lengths = {
                    key: own.get(key, text) if isinstance(text, OfBreath) else text for key, text in values.items()
                }
                found.append(read_breath(point, lengths))
    return found, follows


def read_breath(text: str, values: Mapping[str, str]) -> list[Phase]:
    if match := re.fullmatch(r"(.+)/min(?: (.+))?", text):
        parts = [as_seconds(evaluate(part, values)) for part in (match[2] or "40:60").split(":")]
        minute = 60 / as_seconds(evaluate(match[1], values)) / sum(parts)
        ends = [round(minute * sum(parts[:n]), 6) for n in range(len(parts) + 1)]
        return list(zip(ORDERS[len(parts)], (b - a for a, b in pairwise(ends)), strict=True))
    named = re.findall(r"\b(in|hold|out|pause) ([^,]+)", text) if text[0].isalpha() else []
    masked = re.sub(r"[{(][^{}()]*(?:\{[^{}]*\}[^{}()]*)*[)}]", lambda match: "_" * len(match[0]), text)
    edges = [-1, *(at for at, sign in enumerate(masked) if sign == "-"), len(text)]
    row = [text[one + 1 : other] for one, other in pairwise(edges)]
    phases = named or list(zip(ORDERS.get(len(row), ()), row, strict=False))
    return [(kind, as_seconds(evaluate(length.strip(), values))) for kind, length in phases]


def read_tempo(step: Routine, values: Mapping[str, str]) -> Tempo:
    """Return the phases of a move; a beat is one that is called as the key of its words. A breath has none."""
    if "beat" in step:
        return [("say", "", as_time(evaluate(step["beat"], values)))]
    found: Tempo = []
    for part in re.split(r", *(?![^()]*\))", step["tempo"]) if "tempo" in step else ():
        name, kind, length = PHASE.findall(part)[0]
        span = Length() if kind else as_time(evaluate(length, values))
        found += [(name, kind, span)] if kind or any(span) else []
    return found


def as_time(value: Value) -> Length:
    """Return a length, in which a plain number is seconds."""
    return value if isinstance(value, Length) else Length(rest=value)


class OfBreath(str):
    """The value of a name of the listener's breath: a text with its exact seconds."""

    __slots__ = ("seconds",)
    seconds: Fraction


def measure_breath(breath: Breath) -> dict[str, str]:
    """Return the values of the names of a breath: the whole, and its phases of each kind."""
    found: dict[str, str] = {}
    for name in ("breath", *KINDS):
        found[name] = length = OfBreath("of the breath")
        length.seconds = sum((seconds for kind, seconds in breath if name in {"breath", kind}), Fraction(0))
    return found


def as_seconds(value: Value) -> Fraction:
    return value.rest if isinstance(value, Length) else value


def as_length(value: Value) -> Length:
    return value if isinstance(value, Length) else Length(int(value))


def evaluate(text: str, values: Mapping[str, str]) -> Value:
    """Work a value out: ``30s in whole breaths``, ``3 breaths, at least 20s``, or a calculation."""
    if match := re.fullmatch(r"(.+) in whole breaths", text):
        return Length(least=as_seconds(evaluate(match[1], values)))
    if match := re.fullmatch(r"(.+), at least (.+)", text):
        breaths = as_length(evaluate(match[1], values)).breaths
        return Length(breaths, least=as_seconds(evaluate(match[2], values)))
    tokens = TOKEN.findall(text)
    if "".join(tokens).replace(" ", "") != text.replace(" ", ""):
        raise ValueError(text)
    tokens = [*tokens, ""]
    found = add(tokens, values)
    if tokens != [""]:
        raise ValueError(text)
    return found


def add(tokens: list[str], values: Mapping[str, str]) -> Value:
    """Add and subtract; a number beside a length is seconds."""
    found = multiply(tokens, values)
    while tokens[0] in {"+", "-"}:
        sign = Fraction(1 if tokens.pop(0) == "+" else -1)
        other = scale(multiply(tokens, values), sign)
        if isinstance(found, Fraction) and isinstance(other, Fraction):
            found += other
        else:
            one, two = (each if isinstance(each, Length) else Length(rest=each) for each in (found, other))
            found = Length(one.breaths + two.breaths, one.rest + two.rest, one.least + two.least)
    return found


def multiply(tokens: list[str], values: Mapping[str, str]) -> Value:
    found = unit(tokens, values)
    while tokens[0] in {"*", "/"}:
        divides = tokens.pop(0) == "/"
        other = unit(tokens, values)
        if isinstance(found, Length) and isinstance(other, Length):  # rounded down
            found = Fraction(found.breaths // other.breaths if other.breaths else found.rest // other.rest)
        elif isinstance(other, Length):
            found = scale(other, as_seconds(found))
        else:
            found = scale(found, 1 / other if divides else other)
    return found


def scale(value: Value, factor: Fraction) -> Value:
    if isinstance(value, Length):
        return Length(int(value.breaths * factor), value.rest * factor, value.least * factor)
    return value * factor


def unit(tokens: list[str], values: Mapping[str, str]) -> Value:
    """Read a value, and the unit that may follow it."""
    found = term(tokens, values)
    if tokens[0].strip().startswith("breath"):
        tokens.pop(0)
        return as_length(found)
    seconds = UNITS.get(tokens[0].strip())
    return Length(rest=as_seconds(found) * seconds) if seconds and tokens.pop(0) else found


def term(tokens: list[str], values: Mapping[str, str]) -> Value:
    head = tokens.pop(0).strip()
    if head == "-":
        return scale(term(tokens, values), Fraction(-1))
    if head in {"(", "min", "max", "round"}:
        _ = head == "(" or tokens.pop(0)
        found = [add(tokens, values)]
        while tokens.pop(0).strip() == ",":
            found.append(add(tokens, values))
        half = Fraction(1, 2)
        if head == "round":
            (one,) = found
            return (
                Length(one.breaths, Fraction(math.floor(one.rest + half)))
                if isinstance(one, Length)
                else Fraction(math.floor(one + half))
            )
        lengths = any(isinstance(each, Length) for each in found)
        alike = [Length(rest=each) if lengths and isinstance(each, Fraction) else each for each in found]
        return max(alike) if head == "max" else min(alike)
    if head.startswith("{"):
        text = values[head[1:-1].lower()]
        return Length(rest=text.seconds) if isinstance(text, OfBreath) else evaluate(text, values)
    if match := re.fullmatch(r"(\d+):(\d\d)", head):
        return Length(rest=Fraction(60 * int(match[1]) + int(match[2])))
    return Fraction(head)


def is_plain(text: str) -> bool:
    """Return whether a value is said as it stands though it could be worked out, such as 10-5 or 1/2."""
    return re.fullmatch(r"[\w.:]+(?:[-/][\w.: ]+)+|-.*", text) is not None


def rank(which: str, number: int, count: int) -> tuple[int, ...]:
    """Return how special a name of breaths is, the most special first; nothing if a breath does not have it."""
    name, _, digits = which.rpartition(" ") if which[-1:].isdigit() else (which, "", "")
    n = int(digits or 0)
    start = max(count - n, 0) if name == "from last" else n - 1
    ranks = {
        "last": (number == count - (n or 1), (2 if n else 0,)),
        "first": (number == 0, (1,)),
        "": (number + 1 == n if n else True, (3,) if n else (7,)),
        "from": (number >= start, (4, -start, n)),
        "from last": (number >= start, (4, -start, -n)),
        "every": (n and (number + 1) % n == 0, (5, -n)),
        "even": (number % 2, (6,)),
        "odd": (number % 2 == 0, (6,)),
    }
    applies, found = ranks[name]
    return found if applies else ()


def list_lists(block: Routine) -> dict[str, list[str]]:
    return {name: given for name, given in block.get("vary", {}).items() if isinstance(given, list)}


def list_varied(block: Routine, number: int, before: str = "") -> dict[str, str]:
    """Return the values of a round: those of lists, which start again at their end, and those that grow by a step."""
    values: dict[str, str] = {}
    for name, given in block.get("vary", {}).items():
        key = before + name.lower()
        if isinstance(given, dict):
            values[key] = f"({given['from']}) + ({given['step']}) * {number}"
        else:
            values[key] = given[number % len(given)]
    return values


def is_text(value: str) -> bool:
    try:
        evaluate(value, {})
    except (KeyError, TypeError, ValueError):
        return True
    return is_plain(value)


def number_word(number: Fraction, table: Routine) -> str:
    if number.denominator == 1 and 0 <= number < len(table["numbers"]):
        return str(table["numbers"][int(number)])
    digits = str(number) if number.denominator == 1 else f"{float(number):.2f}".rstrip("0").rstrip(".")
    return digits.replace(".", table["decimal"])


def count_word(key: str, number: Fraction | int, table: Routine) -> str:
    exact = table.get(f"{key} {number}") or table["exact"].get(key, {}).get(str(number))
    return str(exact or table[key].format(number=number_word(Fraction(number), table)))


def join(parts: list[str], table: Routine) -> str:
    return str(table["joined"].format(one=parts[0], other=parts[1])) if len(parts) > 1 else parts[0]


def as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def is_include(step: Routine) -> bool:
    """Return whether a step is an include, or a block of nothing else."""
    inner: list[Routine] = next((step[key]["steps"] for key in ("each side", "repeat", "pace") if key in step), [])
    return "include" in step or bool(inner and all(map(is_include, inner)))


def find_include(step: Routine, file: Routine) -> Routine:
    beside, built_in = file["path"].parent / step["include"], ROOT / "routines" / f"{step['include']}.yaml"
    translated = built_in.with_suffix(f".{file.get('language', 'en')}.yaml")
    return load(next((path for path in (beside, translated) if path.is_file()), built_in))


def look_around(text: str) -> str:
    """Let the names in a value be those of the routine around."""
    return re.sub(r"\{([^{}]*)\}", lambda match: f"{{around {match[1].lower()}}}", text)


def walk(steps: Iterable[Routine]) -> Iterator[Routine]:
    for step in steps:
        yield step
        for inner in ("each side", "repeat", "pace"):
            yield from walk(step.get(inner, {}).get("steps", []))


def load_words(file: Routine) -> Routine:
    """Return the program's words in the language of a routine, and the routine's own."""
    return {**load_table(file.get("language", "en").split("-")[0]), **file.get("words", {})}


@cache
def load_table(code: str) -> Routine:
    return tomllib.loads((ROOT / "words" / f"{code}.toml").read_text(encoding="utf-8"))


@cache
def load(path: Path) -> Routine:
    """Return a file's texts, lists and mappings; each value is a text, and lines that are folded are one."""
    yaml = YAML(typ="base", pure=True)
    found = merge(yaml.load(path.read_text(encoding="utf-8")))
    shared = [load(path.parent / name) for name in reversed(as_list(found.get("use", [])))]
    for key in ("pronounce", "words", "sides") if shared else ():
        found[key] = {name: text for each in (*shared, found) for name, text in each.get(key, {}).items()}
    return {**found, "path": path}


def join_items(vary: Any) -> Any:  # noqa: ANN401
    """Return the lists of values that a list of items makes; an item that is only a text has only a name."""
    if not isinstance(vary, list):
        return vary
    items = [item if isinstance(item, dict) else {"name": item} for item in vary]
    return {key: [item[key] for item in items] for key in items[0]}


def merge(tree: Any) -> Any:  # noqa: ANN401
    """Put the keys of merge keys in; on one line, put the lines of texts."""
    if isinstance(tree, dict):
        others = tree.pop("<<", [])
        for other in others if isinstance(others, list) else [others]:
            tree = {**other, **tree}
        return {key: join_items(merge(value)) if key == "vary" else merge(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [merge(value) for value in tree]
    return " ".join(tree.split()) if isinstance(tree, str) else tree
