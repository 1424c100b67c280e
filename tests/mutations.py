"""Built-in routines, spoilt: one place or a few of each are dropped, doubled, renamed, or made odd."""

from __future__ import annotations

import random
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from voicecoach.shelf import BUILT_IN, built_in

if TYPE_CHECKING:
    from collections.abc import Iterator


def trees() -> Iterator[tuple[str, Any]]:
    yaml = YAML(typ="safe", pure=True)
    for name in built_in():
        yield name, yaml.load((BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8"))


TREES = dict(trees())
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
    chance, tree = random.Random(f"{name} {seed}"), deepcopy(TREES[name])  # noqa: S311 - the same each time
    for _ in range(chance.choice([1, 1, 2, 4])):
        mutate(tree, chance)
    return tree
