"""Pronunciations are changed in a routine's text, and nothing else in it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.api.pronunciations import read_pronunciations, write_pronunciations
from voicecoach.errors import ChoiceError, RoutineError

STEPS = "# What is done\nsteps:\n  - say: Stand tall.   # slowly\n"
BLOCK = (
    f"title: Mountain\npronounce:  # names\n  # the pose\n  Tadasana: tah-DAH-sah-nah   # calm\n  psoas: so-as\n{STEPS}"
)
LAYOUTS = {
    "block": BLOCK,
    "in braces": f"title: A\npronounce: {{Tadasana: tah-DAH-sah-nah, psoas: so-as}}  # names\n{STEPS}",
    "braces in lines": f"pronounce: {{\n    Tadasana: tah-DAH-sah-nah, # calm\n    psoas: so-as,\n  }}\n{STEPS}",
    "quoted": f"'pronounce':\n    \"Tadasana\": 'tah-DAH-sah-nah'\n    psoas: \"so-as\"\n\n{STEPS}",
    "folded": f"pronounce:\n  Tadasana: >-\n    tah-DAH-sah-nah\n\n  psoas: |-\n    so-as\n\n\n{STEPS}",
    "anchors": f"x-a: &a so-as\npronounce: &p\n  Tadasana: &b tah-DAH-sah-nah\n  psoas: *a\n{STEPS}",
    "at the end": "steps:\n  - say: Sit.\npronounce:\n  Tadasana: tah-DAH-sah-nah\n  psoas: so-as",
    "other line ends": BLOCK.replace("\n", "\r\n"),
    "a mark before": f"\ufeff{BLOCK}",
    "all in braces": "{title: A, pronounce: {Tadasana: tah-DAH-sah-nah, psoas: so-as}, steps: [say: Sit.]}\n",
}
BOTH = {"Tadasana": "tah-DAH-sah-nah", "psoas": "so-as"}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_takes_every_change(name: str) -> None:
    text = LAYOUTS[name]
    assert read_pronunciations(text) == BOTH
    for entries in (
        {**BOTH, "psoas": "SO-az"},
        {**BOTH, "Asana": "AH-sah-nah", "L/R": "left: or right"},
        {"psoas": "so-as"},
        {"Tadasana": "tah-DAH-sah-nah"},
        {"Tadasana": "tah-DAH-sah-nah", "ilio-psoas": "so-as"},
        {"other": "word"},
        {},
    ):
        changed = write_pronunciations(text, entries)
        assert read_pronunciations(changed) == entries
        assert changed.count("#") >= text.count("#") - (2 if len(entries) < 2 else 0) - ("other" in entries)
        assert ("\r\n" in changed) == ("\r\n" in text)


def test_one_change_changes_one_line() -> None:
    changed = write_pronunciations(BLOCK, {**BOTH, "Tadasana": "/təˈdɑːsənə/"})
    assert changed == BLOCK.replace("tah-DAH-sah-nah", "/təˈdɑːsənə/")
    assert write_pronunciations(BLOCK, {**BOTH, "TVA": "tee vee ay"}) == BLOCK.replace(
        "so-as\n", "so-as\n  TVA: tee vee ay\n"
    )
    assert write_pronunciations(BLOCK, {"psoas": "so-as"}) == BLOCK.replace(
        "  Tadasana: tah-DAH-sah-nah   # calm\n", ""
    )
    assert write_pronunciations(BLOCK, BOTH) is BLOCK


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"title: A\n\n{STEPS}", f"title: A\n\npronounce:\n  psoas: so-as\n{STEPS}"),
        ("title: A", "title: A\npronounce:\n  psoas: so-as\n"),
        (f"pronounce:\n{STEPS}", f"pronounce:\n  psoas: so-as\n{STEPS}"),
        (f"pronounce: {{}}\n{STEPS}", f"pronounce: {{psoas: so-as}}\n{STEPS}"),
        ("{title: A, steps: [say: Sit.]}", "{pronounce: {psoas: so-as}, title: A, steps: [say: Sit.]}"),
    ],
)
def test_the_first_one_stands_before_the_steps(text: str, expected: str) -> None:
    assert write_pronunciations(text, {"psoas": "so-as"}) == expected


def test_an_alias_of_all_is_replaced_and_what_it_names_stays() -> None:
    text = f"x-all: &all {{psoas: so-as}}\npronounce: *all\n{STEPS}"
    changed = write_pronunciations(text, {"psoas": "SO-az"})
    assert changed == text.replace("*all", "{psoas: SO-az}")


def test_what_comes_from_elsewhere_in_the_file_becomes_an_entry_of_its_own() -> None:
    text = f"x-all: &all {{psoas: so-as}}\npronounce:\n  <<: *all\n  Asana: AH-sah-nah\n{STEPS}"
    changed = write_pronunciations(text, {"psoas": "so-as"})
    assert changed.startswith("x-all: &all {psoas: so-as}\n")
    assert read_pronunciations(changed) == {"psoas": "so-as"}


def test_what_another_place_needs_is_not_taken_away() -> None:
    text = f"pronounce:\n  psoas: &a so-as\nsummary: *a\n{STEPS}"
    with pytest.raises(RoutineError, match="1:1: these pronunciations are written in a way"):
        write_pronunciations(text, {"psoas": "SO-az"})


@pytest.mark.parametrize("entries", [{"": "a"}, {"a": " "}, {"a": "b\nc"}, {"\0": "a"}, {"a": "b" * 1001}])
def test_what_cannot_be_said_is_refused(entries: dict[str, str]) -> None:
    with pytest.raises(ChoiceError):
        write_pronunciations(BLOCK, entries)


@pytest.mark.parametrize("text", ["", "- a\n", "a: [", "just words"])
def test_a_text_that_is_no_routine_is_refused(text: str) -> None:
    with pytest.raises(RoutineError):
        write_pronunciations(text, {"a": "b"})


_TEXTS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=8).filter(
    lambda each: each == each.strip() != ""
)


@given(st.sampled_from([*LAYOUTS]), st.lists(st.dictionaries(_TEXTS, _TEXTS, max_size=4), min_size=1, max_size=3))
def test_whatever_is_written_is_read_and_everything_else_stays(name: str, turns: list[dict[str, str]]) -> None:
    text = LAYOUTS[name]
    for entries in turns:
        text = write_pronunciations(text, entries)
        assert read_pronunciations(text) == entries
