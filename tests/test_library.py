"""The table of the built-in routines is what the script makes of them; no word is spoken here.

If a test fails because a routine or the timing has changed, run ``python -m scripts.write_library`` and read what it
changes.
"""

from __future__ import annotations

import json

import pytest

from scripts import write_library
from voicecoach.app.overview import table
from voicecoach.routine.library import list_built_in

TABLE = json.loads(table.TABLE.read_text(encoding="utf-8"))
SPOKEN = json.loads(write_library.SPOKEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list_built_in())
def test_the_figures_of_a_routine_are_those_of_its_table(name: str) -> None:
    samples = SPOKEN.get(write_library.find_code(name), {})
    measured = write_library.measure_routine(name, samples, set())
    assert json.loads(json.dumps(measured)) == TABLE.get(name)


def test_the_table_has_no_other_routines() -> None:
    assert sorted(TABLE) == list_built_in()


def test_the_page_shows_the_table() -> None:
    page = write_library.PAGE.read_text(encoding="utf-8")
    assert write_library.replace_tables(page, TABLE) == page
