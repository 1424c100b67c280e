"""Routines at a glance: what is wanted of them, what is said if nothing is, and what there is of one's own."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from voicecoach.app.cli import run
from voicecoach.app.overview import own as describing
from voicecoach.app.overview.table import Filter, Overview, format_length, list_overviews, read_overview
from voicecoach.errors import ChoiceError
from voicecoach.routine import library
from voicecoach.routine.library import find_routine, list_built_in

if TYPE_CHECKING:
    from pathlib import Path

LISTED = [
    Overview("legs", area=("legs", "back"), sides=True, seconds=340.4, languages=("en", "de")),
    Overview("neck", area=("neck",), sides=True, seconds=200.0, languages=("en",)),
    Overview("calm", area=("breathing",), seconds=600.2, languages=("en", "pt-BR")),
    Overview("new", languages=("en",)),
]


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Filter(), ["legs", "neck", "calm", "new"]),
        (Filter(area="Leg"), ["legs"]),
        (Filter(area="breath"), ["calm"]),
        (Filter(sides=True), ["legs", "neck"]),
        (Filter(language="de-AT"), ["legs"]),
        (Filter(language="pt"), ["calm"]),
        (Filter(most=Fraction(340)), ["legs", "neck"]),
        (Filter(most=Fraction(600), language="en", sides=True, area="neck"), ["neck"]),
        (Filter(area="le"), []),
    ],
)
def test_a_filter_takes_what_meets_all_wishes(wanted: Filter, names: list[str]) -> None:
    assert [each.name for each in wanted.select(LISTED)] == names


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Filter(area="foot"), "no routine is for 'foot'\nthere are: back, breathing, legs, neck"),
        (Filter(area="nek", sides=True), "no routine is for 'nek'\ndid you mean 'neck'?"),
        (Filter(language="it"), "no routine is in 'it'\nthere are: de, en, pt-BR"),
        (Filter(most=Fraction(60)), "no routine lasts 1:00 or less\nthe shortest is neck: 3:20"),
        (
            Filter(area="neck", language="de"),
            "no routine is for 'neck' and is in 'de', all at once\nleave one of these options out",
        ),
        (
            Filter(area="breathing", sides=True),
            "no routine is for 'breathing' and has sides, all at once\nleave one of these options out",
        ),
    ],
)
def test_if_nothing_is_found_it_says_what_there_is(wanted: Filter, said: str) -> None:
    assert not wanted.select(LISTED)
    assert str(wanted.explain(LISTED)) == said


def test_every_built_in_routine_is_listed_once_and_a_translation_in_its_place() -> None:
    plain, german = list_overviews(), list_overviews("de")
    assert [each.name for each in plain] == [each.name for each in german]
    assert {each.name for each in plain} == {*map(library.strip_language, list_built_in())}
    sitting, german_sitting = (
        next(each for each in some if each.name == "sitting-leg-stretch") for some in (plain, german)
    )
    assert sitting.languages == german_sitting.languages == ("en", "de", "es", "fr")
    assert (sitting.language, german_sitting.language) == ("en", "de")
    assert sitting.summary != german_sitting.summary


def test_a_routine_that_is_not_in_the_table_is_listed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "library.json").write_text("{}", encoding="utf-8")
    monkeypatch.setattr("voicecoach.app.overview.table.TABLE", tmp_path / "library.json")
    assert {each.name for each in list_overviews()} == {*map(library.strip_language, list_built_in())}
    assert {format_length(each) for each in list_overviews()} == {"?"}


def test_its_json_form_is_read_back_and_keys_of_later_versions_are_left_out() -> None:
    for each in (LISTED[0], Overview("mine", file="mine.yaml", guessed=True, seconds=60.0)):
        assert read_overview(each.name, {**json.loads(json.dumps(each.as_json())), "later": 1}) == each
    assert "file" not in LISTED[0].as_json()


EVENING = """
title: Evening
summary: A quiet end.
area: [back, legs]
needs: a pillow
level: easy
steps:
  - say: Lie down.
  - breathe: 3
    in: In
    out: Out
"""


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the user's own routines: one that is good, with its translation, and one that is broken."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "evening.yaml").write_text(EVENING, encoding="utf-8")
    (folder / "evening.de.yaml").write_text(f"language: de\n{EVENING}", encoding="utf-8")
    (folder / "broken.yaml").write_text("title: X\nsteps:\n  - sya: hi\n  - hold: x\n", encoding="utf-8")
    (folder / "notes.txt").write_text("Nothing.", encoding="utf-8")
    monkeypatch.setenv("VOICECOACH_ROUTINES", str(folder))
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    return folder


def test_own_routines_are_listed_in_a_section_and_a_broken_one_is_one_line(
    own: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    section = lines[lines.index(f"Yours, in {own}:") + 1 :]
    assert len(section) == 3
    what = "can't be used: broken.yaml:3:5: no step is called 'sya'; did you mean 'say'?; and 1 more"
    assert section[0].split(maxsplit=1) == ["broken", what]
    assert section[1].split(maxsplit=2) == ["evening", "~1:00", "back, legs; easy; en de"]
    assert section[2] == "    A quiet end. Needs: a pillow."


def test_own_routines_are_filtered_too(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    del own
    assert run(["list", "--max", "1m", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in shown["own"]] == ["evening"]
    assert shown["own"][0]["guessed"] is True
    assert shown["built_in"] == []


def test_what_was_read_of_own_routines_is_kept_until_a_file_changes(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = own.parent / "cache"
    found = describing.list_own(own, kept)
    with monkeypatch.context() as patch:
        patch.setattr(describing, "_describe_file", None)
        assert describing.list_own(own, kept) == found
    (own / "evening.yaml").write_text(EVENING.replace("Evening", "Late evening"), encoding="utf-8")
    assert [each.title for each in describing.list_own(own, kept)] == ["", "Late evening"]


def test_an_own_routine_is_found_by_its_name(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "evening"]) == 0
    assert capsys.readouterr().out == EVENING
    assert run(["plan", "evenin"]) == 2
    assert "did you mean 'evening' or" in capsys.readouterr().err
    assert library.find_own("evening") is None, "another program that uses the package finds no names of its own"
    (own / "leg-stretch.yaml").write_text(EVENING, encoding="utf-8")
    assert run(["show"]) == 2
    said = f"leg-stretch is a built-in routine, and you have one of that name: {own / 'leg-stretch.yaml'}"
    assert said in capsys.readouterr().err


def test_own_routines_are_looked_for_only_where_they_are_set() -> None:
    with pytest.raises(ChoiceError, match="no routine is called 'evening'"):
        find_routine("evening")


def test_words_that_may_not_fit_leave_the_length_open(tmp_path: Path) -> None:
    text = "title: Quick\nbreath: 1-1\nsteps:\n  - breathe: 2\n    in: Now breathe in as slowly as you can\n"
    (tmp_path / "quick.yaml").write_text(text, encoding="utf-8")
    (quick,) = describing.list_own(tmp_path, tmp_path / "cache")
    assert (quick.seconds, format_length(quick), quick.problem) == (None, "?", "")
