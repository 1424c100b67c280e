"""The texts of the page: each is in all tables, with the same values, and every text that the page shows is in them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import voicecoach.studio.server as served
from voicecoach.app.cli import cli
from voicecoach.routine.values import AREAS
from voicecoach.studio.jobs import FILES
from voicecoach.studio.sessions import CHOICES

PAGE = Path(served.__file__).parent / "page"
TABLES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted((PAGE / "words").glob("*.json"))}
SCRIPTS = {path.relative_to(PAGE).as_posix(): path.read_text(encoding="utf-8") for path in PAGE.rglob("*.js")}
OURS = {name: text for name, text in SCRIPTS.items() if not name.startswith("vendor/")}


def test_the_page_speaks_the_languages_of_the_program() -> None:
    assert [*TABLES] == ["de", "en", "es", "fr"]


@pytest.mark.parametrize("code", TABLES)
def test_a_table_has_all_texts_in_the_order_of_their_keys_with_the_same_values(code: str) -> None:
    table, english = TABLES[code], TABLES["en"]
    assert [*table] == sorted(english)
    for key, text in table.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", english[key])), key
        assert (" | " in text) == (" | " in english[key]), key


def test_every_key_that_the_page_names_is_in_the_tables() -> None:
    named = {key for text in OURS.values() for key in re.findall(r'\bt\("([^"]+)"', text)}
    chosen = r't\([^`"()]+ \? "([^"]+)" : "([^"]+)"\)'
    named |= {key for text in OURS.values() for pair in re.findall(chosen, text) for key in pair}
    named |= {f"area {area}" for area in AREAS}
    assert named - TABLES["en"].keys() == set()


def test_every_start_of_a_key_that_the_page_names_is_in_the_tables() -> None:
    starts = {start for text in OURS.values() for start in re.findall(r"\bt\(`([^`$]+)\$\{", text)}
    assert {start for start in starts if not any(key.startswith(start) for key in TABLES["en"])} == set()


def test_no_text_stands_in_the_page_itself() -> None:
    shown = {
        (name, text) for name, script in OURS.items() for text in re.findall(r">\s*([A-Z][a-z]+ [a-z ]+)\s*<", script)
    }
    assert shown == set()


def test_nothing_in_the_page_names_an_address_elsewhere() -> None:
    for name, text in OURS.items():
        assert not re.search(r"https?://(?!www\.w3\.org/)", text), name


def test_the_command_line_knows_every_choice_of_the_page_by_an_option_of_make() -> None:
    command = OURS["command.js"]
    absent = {name for name in {**CHOICES, **FILES} if not re.search(rf"\b{name}\b", command)}
    assert absent == set()
    options = {option for each in cli.commands["make"].params for option in (*each.opts, *each.secondary_opts)}
    assert {*re.findall(r'"(--[a-z-]+[a-z])"', command)} <= options
