"""Parse trees in the cache are the same as those that are parsed: their texts, their order and all their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import pytest

from tests.amounts import choose_amount
from voicecoach.errors import RoutineError
from voicecoach.routine import source
from voicecoach.routine.library import BUILT_IN, list_built_in
from voicecoach.routine.source import Items, Table, Text, parse_tree
from voicecoach.routine.tree_cache import parse_once
from voicecoach.system import cache

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.routine.source import Tree

ODD = b"""\
empty:
list: [a, "b c", {}]
items:
  - a
  -
anchored: &it {k: v}
again: *it
merged:
  <<: *it
  own: |
    two
    lines
text: a plain text
  - with a dash at the start of a later line
half: "\\ud800 of a pair"
"""


def describe(tree: Tree | None) -> object:
    """Return everything that a tree knows."""
    match tree:
        case None:
            return None
        case Text():
            return str(tree), tree.where, tree.dash
        case Table():
            return tree.where, [(describe(key), describe(value)) for key, value in tree.items()]  # type: ignore[arg-type]
        case Items():
            return tree.where, tree.places, [describe(each) for each in tree]


def refuse(_text: str, _file: str) -> NoReturn:
    raise AssertionError("this is parsed again")


@pytest.mark.parametrize("raw", [ODD, *((BUILT_IN / f"{name}.yaml").read_bytes() for name in ("leg-stretch",))])
def test_a_tree_from_the_cache_is_the_tree(raw: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = describe(parse_tree(raw, "a.yaml"))
    assert describe(parse_once(raw, "a.yaml", tmp_path)) == parsed
    monkeypatch.setattr(source, "compose", refuse)
    assert describe(parse_once(raw, "a.yaml", tmp_path)) == parsed
    assert describe(parse_once(raw, "b.yaml", tmp_path)) != parsed  # its places name the other file


def test_all_built_in_routines_come_from_the_cache_as_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {name: (BUILT_IN / f"{name}.yaml").read_bytes() for name in list_built_in()[:: choose_amount(4, 1)]}
    parsed = {name: parse_once(raw, name, tmp_path) for name, raw in texts.items()}
    monkeypatch.setattr(source, "compose", refuse)
    for name, raw in texts.items():
        assert describe(parse_once(raw, name, tmp_path)) == describe(parsed[name])


def test_another_text_is_parsed(tmp_path: Path) -> None:
    assert parse_once(b"a: b", "a.yaml", tmp_path) == {"a": "b"}
    assert parse_once(b"a: c", "a.yaml", tmp_path) == {"a": "c"}


def test_a_file_that_is_not_yaml_is_explained_each_time(tmp_path: Path) -> None:
    for _ in range(2):
        with pytest.raises(RoutineError, match="is here twice"):
            parse_once(b"a: b\na: c", "a.yaml", tmp_path)


def test_without_a_cache_that_can_be_written_files_are_parsed(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for _ in range(2):
        assert parse_once(b"a: b", "a.yaml", tmp_path / "file") == {"a": "b"}
    assert cache.measure_usage(tmp_path).entries == 0
