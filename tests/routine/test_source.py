from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.errors import RoutineError, Where
from voicecoach.routine.source import LARGEST_FILE, Items, Table, Text, Tree, find_key_place, find_place, read_tree

if TYPE_CHECKING:
    from pathlib import Path


def tree(folder: Path, text: str | bytes) -> Tree:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_tree(path, "a.yaml")


TOO_DEEP = "this is nested more than 70 deep; use fewer levels: at most 20 nested blocks are possible"


def said(folder: Path, text: str | bytes) -> str:
    with pytest.raises(RoutineError) as caught:
        tree(folder, text)
    return "\n".join(map(str, caught.value.problems))


def test_every_value_stays_the_text_that_stands_in_the_file(tmp_path: Path) -> None:
    read_back = tree(tmp_path, "a: 4:00\nb: on\nc: 1.50\nd: 0x10\ne: 2020-01-01\nf: null\ng: '~'\non: yes\n")
    assert read_back == {
        "a": "4:00", "b": "on", "c": "1.50", "d": "0x10", "e": "2020-01-01", "f": "null", "g": "~", "on": "yes",
    }  # fmt: skip


def test_everything_knows_its_place(tmp_path: Path) -> None:
    read_back = tree(tmp_path, "title: x\nsteps:\n  - say: hi\n    empty:\n  -\n")
    assert find_place(read_back, []) == Where("a.yaml", 1, 1)
    assert find_place(read_back, ["steps", 0, "say"]) == Where("a.yaml", 3, 10)
    assert find_key_place(read_back, ["steps", 0, "say"]) == Where("a.yaml", 3, 5)
    assert find_place(read_back, ["steps", 0, "empty"]) == Where("a.yaml", 4, 5), "an empty value is where its key is"
    assert find_place(read_back, ["steps", 1]).line == 5, "an empty item is where its dash is"


def test_what_is_missing_is_where_it_is_missing_from(tmp_path: Path) -> None:
    read_back = tree(tmp_path, "title: x\nsteps:\n  - say: hi\n")
    assert find_place(read_back, ["steps", 0, "settle"]) == Where("a.yaml", 3, 5)
    assert find_place(read_back, ["steps", 7, "say"]) == Where("a.yaml", 3, 3)
    assert find_key_place(read_back, ["nothing", "here"]) == Where("a.yaml", 1, 1)


def test_an_anchor_is_repeated_and_may_be_used_again(tmp_path: Path) -> None:
    read_back = tree(tmp_path, "a: &x one\nb: *x\nc: &x two\nd: *x\n")
    assert read_back == {"a": "one", "b": "one", "c": "two", "d": "two"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: &x {b: one, c: two}\nd: {<<: *x, c: own}\n", {"b": "one", "c": "own"}),
        ("a: &x {b: one, c: two}\nd: {c: own, <<: *x}\n", {"b": "one", "c": "own"}),
        ("a: &x {b: one}\ne: &y {b: two, c: three}\nd: {<<: [*x, *y]}\n", {"b": "one", "c": "three"}),
        ("a: &x {b: one}\ne: &y {<<: *x, c: two}\nd: {<<: *y}\n", {"b": "one", "c": "two"}),
        ("d: {<<: {b: one}}\n", {"b": "one"}),
    ],
)
def test_a_mapping_is_merged_as_yaml_says(tmp_path: Path, text: str, expected: dict[str, str]) -> None:
    """Keys that are there stay; of several mappings the first wins."""
    read_back = tree(tmp_path, text)
    assert isinstance(read_back, Table)
    assert read_back["d"] == expected


def test_merged_values_know_where_they_stand(tmp_path: Path) -> None:
    read_back = tree(tmp_path, "a: &x\n  b: one\nd:\n  <<: *x\n")
    assert find_place(read_back, ["d", "b"]) == Where("a.yaml", 2, 6)


def test_keys_of_the_authors_own_hold_anchors_and_are_nothing_else(tmp_path: Path) -> None:
    text = "x-blocks: &x {say: hi}\nsteps: [*x, {x-say: ho}]\n"
    assert tree(tmp_path, text) == {"steps": [{"say": "hi"}, {"x-say": "ho"}]}


def test_a_byte_order_mark_is_passed_over(tmp_path: Path) -> None:
    assert tree(tmp_path, b"\xef\xbb\xbftitle: x\n") == {"title": "x"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: the file is empty; 'voicecoach show sitting-leg-stretch' prints an example"),
        ("# nothing\n\n", "1:1: the file is empty; 'voicecoach show sitting-leg-stretch' prints an example"),
        (b"a: b\nc: caf\xe9\n", "2:7: this is not UTF-8 text; save the file as UTF-8"),
        ("ä: é\n".encode() + b"b: \xff\n", "2:4: this is not UTF-8 text; save the file as UTF-8"),
        ("a: b\n".encode("utf-16"), "1:1: this is not UTF-8 text; save the file as UTF-8"),
        ("a: b\nc: d\x00e\n", r"2:5: a text can't hold the character '\x00'; take it out"),
        ('a: b\nc: "d\\U00110000"\n', "2:6: an escape sequence is not a valid character; take it out"),
        ('a: "\\UFFFFFFFF"\n', "1:5: an escape sequence is not a valid character; take it out"),
        ('"\\e[2J": b\n', r"1:1: the key '\x1b[2J' has control characters in it; take them out"),
        ('"a\\Lb": c\n', r"1:1: the key 'a\u2028b' has control characters in it; take them out"),
        ("a: b\na: c\n", "2:1: 'a' is here twice, first on line 1; keep one"),
        ("a: {leg} out\n", "1:4: a text can't start with { and continue after it; put the whole text into quotes"),
        ("a: Sit: up\n", "1:4: ': ' is inside this text; put the whole text into quotes"),
        ("a: | Fold\n", "1:4: a text can't start with |; take it out, or put the text into quotes"),
        ("a: > Fold\n", "1:4: a text can't start with >; take it out, or put the text into quotes"),
        ("a: @home\n", "1:4: a text can't start with @; take it out, or put the text into quotes"),
        (
            "a: *b\n",
            "1:4: a text can't start with *; put it into quotes, or write '&' and its name before what it repeats",
        ),
        ("a:\n\t- b\n", "2:1: there is a tab here; indent with spaces, not tabs"),
        ("a:\n  b: c\n\t d: e\n", "3:1: there is a tab here; indent with spaces, not tabs"),
        ("a: 'b\n", "1:4: these quotes are not closed; write the same quotes at the end of the text"),
        ("a: [b\nc: d\n", "1:4: this [ is not closed; write ] at the end of the line"),
        (
            "a:\n  - b: c\n   d: e\n",
            "3:4: 'd' does not line up with the lines beside it; start it in column 5",
        ),
        ("a: b\n---\nc: d\n", "2:1: a second document starts here; keep one routine in a file, without a line of ---"),
        ("a: !!python/x y\n", "1:4: the tag 'tag:yaml.org,2002:python/x' means nothing here; take the tag out"),
        ("a: !secret x\n", "1:4: the tag '!secret' means nothing here; take the tag out"),
        (
            "a: &x b\nd:\n  <<: *x\n",
            "1:4: the key '<<' takes keys with values; write '<<: *name', with '&name' at those keys",
        ),
        (
            "a: &x\n  <<: *x\n",
            "1:4: this is nested more than 70 deep; use fewer levels: at most 20 nested blocks are possible",
        ),
        ("? [a]\n: b\n", "1:3: a key must be a text; put a text that starts with { or [ into quotes"),
        ("a: &x [*x]\n", f"1:4: {TOO_DEEP}"),
        ("a: " + "[" * 90 + "]" * 90, f"1:74: {TOO_DEEP}"),
        ("- " * 3000, f"1:1: {TOO_DEEP}"),
        ("#" * (LARGEST_FILE + 1), "1:1: the file is larger than 100,000 bytes; a routine is a small text file"),
    ],
)  # fmt: skip
def test_what_is_no_plain_yaml_is_told_in_plain_words(tmp_path: Path, text: str | bytes, expected: str) -> None:
    assert said(tmp_path, text) == f"a.yaml:{expected}"


def test_aliases_can_not_grow_without_end(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]" for level in range(1, 12)]
    assert "with its aliases the file has more than 8,000 values; use fewer" in said(tmp_path, "\n".join(lines))


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(RoutineError, match=r"a\.yaml:1:1: the file can't be read: no such file"):
        read_tree(tmp_path / "a.yaml", "a.yaml")


@given(st.text(alphabet="a:{}[]-|>&*!#'\"\\ \n\t%@`,?", max_size=40))
def test_any_text_is_read_or_refused_with_a_place(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    try:
        read_back = tree(tmp_path_factory.mktemp("drawn"), text)
    except RoutineError as error:
        wrong = [each for each in error.problems if not each.what or each.where.line < 1 or each.where.column < 1]
        assert not wrong
    else:
        assert isinstance(read_back, Text | Table | Items)
