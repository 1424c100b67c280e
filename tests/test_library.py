"""The table of the built-in routines and the pictures on their cards are what the script makes; no word is spoken here.

If a test fails because a routine or the timing has changed, run ``python -m scripts.write_library`` and read what it
changes.
"""

from __future__ import annotations

import json

import pytest

from scripts import write_library
from voicecoach.app.overview import table
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import load_routine

TABLE = json.loads(table.TABLE.read_text(encoding="utf-8"))
SPOKEN = json.loads(write_library.SPOKEN.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", list_built_in())
def test_the_figures_of_a_routine_are_those_of_its_table_and_its_card_has_its_picture(name: str) -> None:
    samples = SPOKEN.get(write_library.find_code(name), {})
    routine = load_routine(name)
    timeline = write_library.perform_known(routine, samples, set())
    measured = write_library.measure_routine(routine, timeline)
    assert json.loads(json.dumps(measured)) == TABLE.get(name)
    if write_library.has_card(name):
        shown = (write_library.PICTURES / f"{name}.svg").read_text(encoding="utf-8")
        assert write_library.draw_picture(timeline) == shown


def test_the_table_and_the_pictures_have_no_other_routines() -> None:
    assert sorted(TABLE) == list_built_in()
    assert {each.stem for each in write_library.PICTURES.iterdir()} == {*filter(write_library.has_card, TABLE)}


def test_the_page_shows_the_table() -> None:
    page = write_library.PAGE.read_text(encoding="utf-8")
    assert write_library.replace_tables(page, TABLE) == page
