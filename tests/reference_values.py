"""The values of routine files for `tests.reference`: lengths, breaths, formulas, the program's words, YAML."""

from __future__ import annotations

import re
import tomllib
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

Routine = dict[str, Any]
Breath = tuple[tuple[str, Fraction], ...]  # phases with their seconds
ROOT = Path(__file__).parents[1] / "voicecoach"
ORDERS = {2: ("in", "out"), 3: ("in", "hold", "out"), 4: ("in", "hold", "out", "pause")}
TOKEN = re.compile(r"\{[^{}]*\}(?: breaths?)?|\d+:\d\d|\d+(?:\.\d+)? ?(?:breaths?|[smh])?(?![\w.])|[-+*/()]")


class Length(NamedTuple):
    """Breaths, seconds after them, and the seconds that the breaths last at least."""

    breaths: int = 0
    rest: Fraction = Fraction(0)
    least: Fraction = Fraction(0)


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
        found.append(tuple((kind, a + (b - a) * (at - leg) + more) for (kind, a), (_, b) in pairs))
        elapsed += seconds_of(found[-1])
    return found


def seconds_of(breath: Breath) -> Fraction:
    return sum((seconds for _, seconds in breath), Fraction(0))


def read_pace(text: str, values: Mapping[str, str]) -> Pace:
    factor = r"\{[^{}]*\}(?: [*/] (?:\{[^{}]*\}|[\d.]+))*"
    text = re.sub(factor, lambda match: str(float(as_seconds(evaluate(match[0], values)))), text)
    text, _, step = text.partition(" +")
    longer, _, every = step.partition(" every ")
    steps = (as_seconds(evaluate(longer, {})), as_seconds(evaluate(every, {}))) if step else ()
    return Pace(tuple(read_breath(point.strip()) for point in text.split("..")), *steps)


def read_breath(text: str) -> Breath:
    if match := re.fullmatch(r"([\d.]+)/min(?: ([\d.:]+))?", text):
        parts = [Fraction(part) for part in (match[2] or "40:60").split(":")]
        ends = [round(60 / Fraction(match[1]) * sum(parts[:n]) / sum(parts), 6) for n in range(len(parts) + 1)]
        found = [b - a for a, b in pairwise(ends)]
    elif text[0].isalpha():
        return tuple((name, Fraction(seconds)) for name, seconds in re.findall(r"([a-z]+) ([\d.]+)", text))
    else:
        found = [Fraction(part) for part in text.split("-")]
    return tuple((kind, seconds) for kind, seconds in zip(ORDERS[len(found)], found, strict=True) if seconds)


def as_seconds(value: Length | Fraction) -> Fraction:
    return value.rest if isinstance(value, Length) else value


def as_length(value: Length | Fraction) -> Length:
    return value if isinstance(value, Length) else Length(int(value))


def evaluate(text: str, values: Mapping[str, str]) -> Length | Fraction:
    """Work a value out: ``30s in whole breaths``, ``3 breaths, at least 20s``, or a sum."""
    if match := re.fullmatch(r"(.+) in whole breaths", text):
        return Length(least=as_seconds(evaluate(match[1], values)))
    if match := re.fullmatch(r"(.+), at least (.+)", text):
        breaths = as_length(evaluate(match[1], values)).breaths
        return Length(breaths, least=as_seconds(evaluate(match[2], values)))
    tokens = [*TOKEN.findall(text), ""]
    if "".join(tokens).replace(" ", "") != text.replace(" ", ""):
        raise ValueError(text)
    found = add(tokens, values)
    if tokens != [""]:
        raise ValueError(text)
    return found


def add(tokens: list[str], values: Mapping[str, str]) -> Length | Fraction:
    found = multiply(tokens, values)
    while tokens[0] in {"+", "-"}:
        sign = 1 if tokens.pop(0) == "+" else -1
        other = multiply(tokens, values)
        if isinstance(found, Length) and isinstance(other, Length):
            breaths = found.breaths + sign * other.breaths
            found = Length(breaths, found.rest + sign * other.rest, found.least + sign * other.least)
        elif isinstance(found, Length) or isinstance(other, Length):
            raise TypeError("a number and a length")
        else:
            found += sign * other
    return found


def multiply(tokens: list[str], values: Mapping[str, str]) -> Length | Fraction:
    found = term(tokens, values)
    while tokens[0] in {"*", "/"}:
        divides = tokens.pop(0) == "/"
        factor = term(tokens, values)
        assert isinstance(factor, Fraction)
        factor = 1 / factor if divides else factor
        if isinstance(found, Length):
            found = Length(int(found.breaths * factor), found.rest * factor, found.least * factor)
        else:
            found *= factor
    return found


def term(tokens: list[str], values: Mapping[str, str]) -> Length | Fraction:
    token = tokens.pop(0)
    if match := re.fullmatch(r"\{(.*)\}( breaths?)?", token):
        found = evaluate(values[match[1].lower()], values)
        return as_length(found) if match[2] else found
    if match := re.fullmatch(r"(\d+):(\d\d)", token):
        return Length(rest=Fraction(60 * int(match[1]) + int(match[2])))
    if match := re.fullmatch(r"([\d.]+) ?([a-z]*)", token):
        if match[2].startswith("breath"):
            return Length(int(match[1]))
        unit = {"": None, "s": 1, "m": 60, "h": 3600}[match[2]]
        return Length(rest=Fraction(match[1]) * unit) if unit else Fraction(match[1])
    raise ValueError(token)


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
            step = given["step"]
            sign, size = ("-", step[1:].strip()) if step.startswith("-") else ("+", step)
            values |= {f"{key} from": given["from"], f"{key} step": size}
            values[key] = f"{{{key} from}} {sign} {{{key} step}} * {number}"
        else:
            values[key] = given[number % len(given)]
    return values


def is_text(value: str) -> bool:
    try:
        evaluate(value, {})
    except (KeyError, TypeError, ValueError):
        return True
    return False


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
    return merge(yaml.load(path.read_text(encoding="utf-8")))  # type: ignore[no-any-return]


def merge(tree: Any) -> Any:  # noqa: ANN401
    """Put the keys of merge keys in; on one line, put the lines of texts."""
    if isinstance(tree, dict):
        others = tree.pop("<<", [])
        for other in others if isinstance(others, list) else [others]:
            tree = {**other, **tree}
        return {key: merge(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [merge(value) for value in tree]
    return " ".join(tree.split()) if isinstance(tree, str) else tree
