"""The schema for editors says of every routine here what the program says of it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ruamel.yaml import YAML

from tests.amounts import choose_amount
from voicecoach.routine import authoring
from voicecoach.routine.keys import KEYS
from voicecoach.routine.library import BUILT_IN, list_built_in

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads(authoring.FILE.read_text(encoding="utf-8"))
PAGES = sorted((ROOT / "docs").glob("*.md"))
FENCED = re.compile(r"^ *```yaml\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
WHOLE = [each for page in PAGES for each in FENCED.findall(page.read_text(encoding="utf-8")) if "title:" in each]
TYPES = {
    "string": str,
    "integer": int,
    "number": int | float,
    "boolean": bool,
    "object": dict,
    "array": list,
    "null": type(None),
}


def wrong(value: object, rule: dict[str, Any], at: str = "") -> Iterator[str]:
    """Yield what is wrong with a value: as much of JSON Schema as the schema of routines uses."""
    if "$ref" in rule:
        yield from wrong(value, SCHEMA["$defs"][rule["$ref"].rpartition("/")[2]], at)
    types = rule.get("type", list(TYPES))
    if not any(isinstance(value, TYPES[each]) for each in ([types] if isinstance(types, str) else types)):
        yield f"{at}: {value!r} is no {types}"
    if value not in rule.get("enum", [value]):
        yield f"{at}: {value!r} is not in {rule['enum']}"
    if isinstance(value, int) and value < rule.get("minimum", value):
        yield f"{at}: {value} is too small"
    if "anyOf" in rule and all(any(wrong(value, each, at)) for each in rule["anyOf"]):
        yield f"{at}: {value!r} is nothing that can stand here"
    if isinstance(value, list):
        if len(value) < rule.get("minItems", 0):
            yield f"{at}: this is too short"
        yield from (
            each for number, item in enumerate(value) for each in wrong(item, rule.get("items", {}), f"{at}/{number}")
        )
    if isinstance(value, dict):
        yield from wrong_keys(value, rule, at)


def wrong_keys(value: dict[str, Any], rule: dict[str, Any], at: str) -> Iterator[str]:
    yield from (f"{at}: {key} is missing" for key in rule.get("required", []) if key not in value)
    for key, inner in value.items():
        named = rule.get("properties", {}).get(key)
        matching = [each for pattern, each in rule.get("patternProperties", {}).items() if re.search(pattern, str(key))]
        other = rule.get("additionalProperties", {})
        found = named or next(iter(matching), other)
        if found is False:
            yield f"{at}: {key} is not known"
        else:
            yield from wrong(inner, found, f"{at}/{key}")


def check(text: str) -> list[str]:
    return list(wrong(YAML(typ="safe", pure=True).load(text), SCHEMA))


def test_the_file_is_as_the_models_make_it() -> None:
    """When a change of the models is meant: ``voicecoach schema > schema.json``, and put it into the package."""
    assert authoring.FILE.read_text(encoding="utf-8") == authoring.write_schema()


@pytest.mark.parametrize("name", list_built_in()[:: choose_amount(3, 1)])
def test_every_built_in_routine_names_it_and_is_valid(name: str) -> None:
    source = (BUILT_IN / f"{name}.yaml").read_text(encoding="utf-8")
    (named,) = re.findall(r"^# yaml-language-server: \$schema=(.+)$", source, re.MULTILINE)
    assert (BUILT_IN / named).resolve() == authoring.FILE.resolve()
    assert check(source) == []


@pytest.mark.parametrize("source", [*WHOLE, authoring.fill_template("mine")])
def test_the_routines_of_the_docs_and_the_one_to_start_from_are_valid(source: str) -> None:
    assert check(source) == []


@pytest.mark.parametrize(
    "step",
    [
        "{breathe: 3, in: a, hold: b, first out: c, last in: d, 12 out: e, every 4 pause: f, in 2: g}",
        "{breathe: '30s in whole breaths', in: {first: a, again: b}, breath: 4-6}",
        "{out: Let it all out}",
        "{hold: 30s, at: {half: a, last 5s: b}, countdown: 3, stretch: true, release: c}",
        "{repeat: {rounds: 2, vary: {hold: [1, 2], rest: {from: 3, step: -1}}, steps: [rest: '{rest}']}}",
        "{each side: {rounds: {left: 2, right: 1}, between: [change: 5s], steps: [say: 7]}}",
        "{pace: {breath: 3-4..4-6, steps: [say: hi]}}",
        "{sound: chime-end}",
        "{include: thigh-burner, optional: true}",
    ],
)
def test_what_may_be_written_is_valid(step: str) -> None:
    assert check(f"title: 7\nnotice: one\ntips: [two, three]\nsteps:\n  - {step}\n") == []


@pytest.mark.parametrize(
    "source",
    [
        "title: x",
        "title: x\nsteps: []",
        "title: x\nsteps: [say: hi]\nspeed: 3",
        "title: {a: b}\nsteps: [say: hi]",
        "title: x\nsteps: [breathe: 3, inn: a]",
        "title: x\nsteps: [{breathe: 3, first: a}]",
        "title: x\nsteps: [{breathe: 3, 0 in: a}]",
        "title: x\nsteps: [{breathe: 3, <spoken>: {in: a}}]",
        "title: x\nsteps: [{name: only a name}]",
        "title: x\nsteps: [change: 5s]",
        "title: x\nsteps: [{hold: 5s, stretch: all}]",
        "title: x\nsteps: [repeat: {rounds: 0, steps: [say: hi]}]",
        "title: x\nsteps: [each side: {order: random, steps: [say: hi]}]",
    ],
)
def test_what_the_program_refuses_by_its_form_is_marked(source: str) -> None:
    assert check(source)


def test_every_block_says_what_it_is_and_what_else_is_a_mistake() -> None:
    for name, part in SCHEMA["$defs"].items():
        assert part["description"], name
        assert part["additionalProperties"] is False, name
    assert not [key for key, part in SCHEMA["properties"].items() if "description" not in part]


def list_properties(part: object) -> Iterator[tuple[str, Any]]:
    """Yield every key that the schema describes, wherever it is."""
    if isinstance(part, dict):
        yield from part.get("properties", {}).items()
    for each in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from list_properties(each)


def test_editors_complete_every_key_and_explain_it() -> None:
    known = list(list_properties(SCHEMA))
    assert {*KEYS} <= {key for key, _ in known}
    assert {key for key, rule in known if not rule.get("description")} == set()
