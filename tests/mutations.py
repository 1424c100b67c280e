"""Built-in routines, spoilt: one place or a few of each are dropped, doubled, renamed, or made odd.

They are spoilt as trees, so that they are YAML still, or as text; and choices to play them by are drawn as well.
"""

from __future__ import annotations

import random
from copy import deepcopy
from fractions import Fraction
from functools import cache
from typing import Any

from ruamel.yaml import YAML

from voicecoach.core.notation import read_pace
from voicecoach.core.score import Side
from voicecoach.routine.library import BUILT_IN, list_built_in
from voicecoach.script.choices import LEFT_RIGHT, Amount, Choices, Guidance, spread

NAMES = tuple(list_built_in())


@cache
def parse(name: str) -> Any:  # noqa: ANN401 - whatever YAML holds
    return YAML(typ="safe", pure=True).load((BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"))


ODD: list[Any] = [
    *(None, True, 0, -1, 3, 2.5, 10**12, "", " ", "|", "~", "a | b", "{leg}", "{n}", "{", "}", "{}", "{{a}}", "nan"),
    *("{next leg}", "{next round}"),
    *("3 breaths", "1:30", "5s", "-5s", "1,5s", "10000", "24h", "25h", "{n} * {n}", "4-6", "0-0", "4-6..3-3-3"),
    *("in 2, in 1, out 6", "600-600", "6/min", "0.1-0.1", "4-6 +9s every 1s", "half", "last 5s", "last 999h", "first"),
    *(
        "left",
        "both",
        "de",
        "xx",
        "\u202e",
        "x" * 500,
        [],
        {},
        [[]],
        [{}],
        ["a"],
        {"a": "b"},
        {"left": {}, "right": {}},
    ),
    *({"from": "1", "step": "1"}, {"from": "9s", "step": "-1s"}, {"first": "a", "again": "b"}, {"say": "hi"}),
    *({"breathe": 3, "in": "In | ~"}, {"hold": "9s", "countdown": 3}, {"each side": {"steps": [{"say": "{leg}"}]}}),
]
KNOWN = sorted({
    *("say", "settle", "breathe", "in", "out", "hold", "pause", "first in", "last out", "every 2 out", "in 2", "rest"),
    *("each side", "repeat", "rounds", "between", "steps", "vary", "min", "max", "past", "order", "first", "again"),
    "before",
    *("side", "sides", "only", "name", "stretch", "breath", "fixed", "countdown", "halfway", "at", "release", "sound"),
    *("include", "optional", "pace", "change", "title", "language", "notice", "parameters", "words", "pronounce"),
})  # fmt: skip


def places(tree: Any) -> list[tuple[Any, Any]]:  # noqa: ANN401 - whatever a file holds
    """Every container of a tree, with each of its keys or indices."""
    keys = list(tree) if isinstance(tree, dict) else list(range(len(tree))) if isinstance(tree, list) else []
    return [(tree, key) for key in keys] + [place for key in keys for place in places(tree[key])]


def mutate(tree: Any, chance: random.Random) -> None:  # noqa: ANN401 - as above
    """Change one place: drop it, put something odd there, copy another place to it, double it, or rename its key."""
    if not tree:
        return
    holder, key = chance.choice(places(tree))
    what = chance.randrange(5)
    if what == 0:
        del holder[key]
    elif what == 1:
        holder[key] = chance.choice(ODD)
    elif what == 2:
        other, there = chance.choice(places(tree))
        holder[key] = deepcopy(other[there])
    elif isinstance(holder, list):
        holder.insert(key, holder[key])
    else:
        holder[chance.choice(KNOWN)] = holder.pop(key)


def spoilt(name: str, seed: int) -> Any:  # noqa: ANN401 - as above
    """A built-in with a few changes, the same ones each time."""
    chance, tree = random.Random(f"{name} {seed}"), deepcopy(parse(name))  # noqa: S311 - the same each time
    for _ in range(chance.choice([1, 1, 2, 4])):
        mutate(tree, chance)
    return tree


LINES: list[str] = [
    *("%YAML 1.2", "%YAML 9.9", "%TAG ! tag:x,2000:", "---", "...", "--- |", "\t", "  \t- a", "?", "? [a]", "- - - -"),
    *("title: again", "steps: []", "breath: 4-6", "<<: *a", "<<: {title: b}", "? a", "a: &a [*a]", "x: *nobody", "&a"),
    *("x: !!python/object/apply:os.system [true]", "x: !!python/name:os.system", "x: !!binary aGk=", "x: !!set {a, b}"),
    *("x: !include /etc/hostname", "x: !!float nan", "x: !<tag:yaml.org,2002:python/object:os.x> y", "x: !", "# ok"),
    *("- include: /etc/hostname", "- include: ../../../x.yaml", "- include: ~/x.yaml", "- sound: /dev/zero"),
    *("- sound: concat:a|b", "- sound: http://127.0.0.1:9/x", "- include: leg-stretch", "- say: $(true) `true` %s %n"),
]
"""Whole lines that mean something to YAML, or to somebody else."""

VALUES: list[str] = [
    *("2020-01-01", "2020-01-01T00:00:00Z", "0x7fffffff", "0o17", "1e999", "-1e-999", ".inf", ".nan", "9" * 400),
    *("0" * 400 + "1", "+1", "1_000", "1:30:00:00", "~", "yes", "on", "=", "null", "!!null x", "!!int x", "&a b"),
    *('"\\0"', '"\\e[2J"', '"\\x9b2J"', '"\\ud800"', '"\\U00110000"', '"\\UFFFFFFFF"', '"\\N\\L\\P\\_"', "'it''s"),
    *("*a", "*", "&", '"', "'", "| a", "> a", "@x", "`x`", "%x", "#x", "a: b: c", "[[[[", "]]]]", "{a: {b: {c: "),
    *("}}}}", "[a, b", "{a: b, a: c}", "{? : }", "|\n    a\n   b", ">-\n    a\n\n\n    b", "|9\n  a", "a\n  b\n c"),
    *("\ufeff", "\u2028", "\u2029", "\u0085", "\u00a0", "\u200b\u200d", "\u202e\u2066", "e" + "\u0301" * 2_000),
    *("\U000e0001", "\ufffe", "\uffff", "\x00", "\x07", "\x1b[31m", "\x7f", "\x9b", "🧘🏽‍♀️", "ﷺ" * 300, "ß" * 400),
    *("İı", "١٢٣", "४-६", "½", "x " * 4_990, "x" * 9_999, "x" * 10_001, "y" * 150_000, "{n}" * 3_000, "a | " * 2_000),
    *("{" * 500 + "}" * 500, "1 + " * 2_000 + "1", "{n} * " * 1_500 + "2", "3-" * 3_000 + "3", "4-6.." * 2_000 + "4-6"),
    "in 1, " * 2_000 + "out 1",
]
"""What may stand after a colon or a dash."""

RAW = (
    b"\x00",
    b"\xff",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\xc0\xaf",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\r",
    b"\r\r\n",
)
"""Bytes that are no text in UTF-8, or odd ends of lines."""


def laughs(width: int, depth: int) -> str:
    """Lists of lists by aliases, ``width`` to the power of ``depth`` of them."""
    lines = ["l0: &l0 [ha]", *(f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * width)}]" for at in range(1, depth))]
    return "\n".join([*lines, f"steps: *l{depth - 1}"])


def nested(open_: str, close: str, depth: int) -> str:
    return f"steps: {open_ * depth}{close * depth}"


def bombs(chance: random.Random) -> str:
    """What grows: by aliases, by depth, by length, by rounds in rounds, by names that stand for names."""
    count = chance.choice([3, 21, 60, 71, 300, 5_000])
    step = "{say: a}"
    for _ in range(min(count, 22)):
        step = f"{{repeat: {{rounds: {chance.choice([2, 10, 1000])}, steps: [{step}]}}}}"
    names = [f"  n{at}: '{{n{at + 1}}} * {{n{at + 1}}}'" for at in range(min(count, 300))]
    growing = "{repeat: {rounds: 1000, vary: {n: {from: 1, step: 1}}, steps: [breathe: '{n}']}}"
    sides = "sides: {left: {leg: a}, right: {leg: b}}\nsteps:\n"
    return chance.choice(
        [
            laughs(chance.choice([2, 10, 40]), min(count, 30)),
            nested("[", "]", count),
            nested("{a: ", "}", count),
            "steps:\n" + "- " * count + "a",
            f"steps: [{step}]",
            "\n".join(["parameters:", *names, f"  n{len(names)}: 9", "steps: [{breathe: '{n0}'}]"]),
            "steps:\n" + "  - &s {breathe: 9999, in: In}\n" + "  - *s\n" * count,
            "steps:\n" + "  - include: leg-stretch\n" * count,
            "steps:\n" + f"  - {growing}\n" * min(count, 300),
            "notice:\n" + "  - Words.\n" * count + "steps: [{say: hi}]",
            "steps:\n  - hold: 24h\n    at: {" + ", ".join(f"{at}s: a" for at in range(min(count, 3_000))) + "}",
            sides + "  - {each side: {rounds: 1000, steps: [breathe: 50]}}\n" * min(count, 60),
        ]
    )


def mangle(text: str, chance: random.Random) -> str:
    """Change a file's text in one place, with no regard for what YAML makes of it."""
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    line = lines[at]
    start, colon, _ = line.partition(": " if ": " in line else "- ")
    what = chance.randrange(9)
    if what == 0:
        lines[at] = f"{start}{colon}{chance.choice(VALUES)}"
    elif what == 1:
        indent = line[: len(line) - len(line.lstrip())]
        lines.insert(at, indent + chance.choice(LINES))
    elif what == 2:
        lines.insert(chance.randrange(len(lines)), line)
    elif what == 3:
        lines[at] = chance.choice([" ", "  ", "\t", "      "]) + line
    elif what == 4:
        del lines[at]
    elif what == 5:
        lines = lines[: at + 1]
    elif what == 6:
        lines[at] = (
            line[: chance.randrange(len(line) + 1)] + chance.choice(VALUES) + line[chance.randrange(len(line) + 1) :]
        )
    elif what == 7:
        lines[at] = f"{start}{colon}&a{at} {line[len(start + colon) :]}"
        lines.insert(chance.randrange(at + 1, len(lines) + 1), f"{start}{colon}*a{at}")
    else:
        lines[at] = "".join(chance.sample(line, len(line))) if chance.random() < 0.3 else line.swapcase()
    return "\n".join(lines)


def spoilt_text(name: str, seed: int) -> bytes:
    """A built-in's file with a few changes to its text and to its bytes, the same ones each time."""
    chance = random.Random(f"text {name} {seed}")  # noqa: S311 - the same each time
    text = (BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8")
    if chance.random() < 0.06:
        head = "\n".join(line for line in text.split("\n") if line.startswith(("title:", "language:", "breath:")))
        text = f"{head}\n{bombs(chance)}\n"
    for _ in range(chance.choice([0, 1, 1, 1, 2, 4])):
        text = mangle(text, chance)
    raw = text.encode("utf-8", "surrogatepass")
    for _ in range(chance.choice([0] * 8 + [1, 3])):
        at = chance.randrange(len(raw) + 1)
        raw = raw[:at] + chance.choice(RAW) + raw[at + chance.randrange(3) :]
    return chance.choice([_same] * 12 + [_windows, _marked, _wide])(raw)


def _same(raw: bytes) -> bytes:
    return raw


def _windows(raw: bytes) -> bytes:
    return raw.replace(b"\n", b"\r\n")


def _marked(raw: bytes) -> bytes:
    return b"\xef\xbb\xbf" + raw


def _wide(raw: bytes) -> bytes:
    return raw.decode("utf-8", "replace").encode("utf-16")


PACES = (
    "4-6",
    "0.1-0.1",
    "60-60",
    "4-7-8",
    "1-1-1-1",
    "6/min",
    "3-3..9-9..3-3",
    "4-6 +1s every 15s",
    "in 2, in 1, out 6",
)


def chosen(name: str, seed: int) -> tuple[Choices, Fraction | None]:
    """What somebody may ask of a built-in that was spoilt: choices, and a length of the session if one is wanted."""
    chance = random.Random(f"choices {name} {seed}")  # noqa: S311 - the same each time
    tree = parse(name)
    names = [*tree.get("parameters", {}), "n"]
    texts = [each for each in ODD if isinstance(each, str)]
    titles = [str(step["name"]) for step in tree["steps"] if "name" in step] + ["all", "thigh-burner", "nobody"]

    def some(values: list[str], often: float = 0.1) -> list[str]:
        return [chance.choice(values)] if chance.random() < often else []

    choices = Choices(
        breath=chance.choice([None, *map(read_pace, PACES)]),
        rounds=chance.choice([None] * 20 + [1, 2, 5] * 6 + [1_000]),
        sides=chance.choice([LEFT_RIGHT, LEFT_RIGHT, (Side.LEFT,), (Side.RIGHT,)]),
        first=chance.choice([None, None, Side.LEFT, Side.RIGHT]),
        added=frozenset(some(titles)),
        skipped=frozenset(some(titles)),
        lead_in=chance.choice([Fraction(3), Fraction(0), Fraction(600)]),
        guidance=chance.choice(list(Guidance)),
        settings=dict(zip(some(names, 0.3), [chance.choice(texts)], strict=False)),
        amount=chance.choice([Amount(), Amount(2), Amount(-2), Amount(0, spread(5, 3), spread(-4, 2), Fraction(7))]),
        chime=chance.choice([None, "", "soft", "bell"]),
    )
    return choices, chance.choice([None] * 60 + [Fraction(60), Fraction(600), Fraction(36_000)])
