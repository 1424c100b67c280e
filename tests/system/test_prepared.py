"""Entries of the cache that come with the program: found by their names, checked, and kept like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from voicecoach.system import cache, prepared
from voicecoach.system.cache import fetch, locate_entry
from voicecoach.system.prepared import INDEX, VERSION, PreparedEntries, pack

if TYPE_CHECKING:
    from pathlib import Path

SOUNDS = {"in": b"breathe in" * 50, "out": b"breathe out" * 70, "rest": b"rest" * 9}


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Three entries in two files, by their names, and the index."""
    made = tmp_path_factory.mktemp("made")
    for word, content in SOUNDS.items():
        cache.store(locate_entry(made, "run", word), content)
    entries = {path.name: path.read_bytes() for path in sorted(made.rglob("*.run"))}
    files = {locate_entry(made, "run", word).name: f"some-{len(word) // 4}.xz" for word in SOUNDS}
    return dict(pack(entries, files))


@pytest.fixture
def folder(packed: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of three entries in two files, which come with the program."""
    found = tmp_path / "prepared"
    found.mkdir()
    for name, content in packed.items():
        (found / name).write_bytes(content)
    monkeypatch.setattr(prepared, "_ENTRIES", PreparedEntries(found))
    return found


def look_up(folder: Path, kind: str = "run") -> dict[str, bytes]:
    """Return the entries that a new cache has."""
    new = folder.parent / "cache"
    return {word: found for word in SOUNDS if (found := fetch(locate_entry(new, kind, word)))}


def test_an_entry_that_comes_with_the_program_is_as_good_as_one_in_the_cache(folder: Path) -> None:
    assert look_up(folder) == SOUNDS


@pytest.mark.usefixtures("folder")
def test_another_key_or_another_kind_has_no_entry(tmp_path: Path, folder: Path) -> None:
    assert fetch(locate_entry(tmp_path / "cache", "run", "in", "another encoder")) is None
    assert look_up(folder, "levels") == {}


def test_an_entry_is_kept_when_it_was_used(folder: Path) -> None:
    assert look_up(folder) == SOUNDS
    with prepared.leave_out():
        assert look_up(folder) == SOUNDS


def test_nothing_is_found_while_everything_is_made_anew(folder: Path) -> None:
    with prepared.leave_out():
        assert look_up(folder) == {}


def test_an_entry_is_found_if_it_can_not_be_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, content: bytes) -> None:
        raise PermissionError(13, "Permission denied", f"{path} {len(content)}")

    monkeypatch.setattr(cache, "store", refuse)
    assert look_up(folder) == SOUNDS


def test_files_are_read_ahead(folder: Path) -> None:
    prepared.read_ahead("some")
    assert look_up(folder) == SOUNDS


@pytest.mark.parametrize("damage", [b"", b"no archive", None])
def test_a_damaged_file_has_no_entries(folder: Path, damage: bytes | None) -> None:
    path = folder / "some-0.xz"
    path.write_bytes(path.read_bytes()[:-20] if damage is None else damage)
    assert set(look_up(folder)) == {"rest"}


@pytest.mark.parametrize(
    "content", ["", "[]", '{"version": 1}', '{"version": 1, "entries": []}', '{"version": 1, "entries": {"a": [1]}}']
)
def test_a_damaged_index_has_no_entries(folder: Path, content: str) -> None:
    (folder / INDEX).write_text(content)
    assert look_up(folder) == {}


def test_an_index_of_another_form_has_no_entries(folder: Path) -> None:
    index = json.loads((folder / INDEX).read_bytes())
    (folder / INDEX).write_text(json.dumps({**index, "version": VERSION + 1}))
    assert look_up(folder) == {}


@pytest.mark.parametrize("place", [[0, 40], [1, 10_000], [-500, 500], [0, -1], [99_999, 5]])
def test_an_entry_in_a_wrong_place_is_found_out_by_its_seal(folder: Path, place: list[int]) -> None:
    index = json.loads((folder / INDEX).read_bytes())
    index["entries"] = {name: [file, *place] for name, (file, *_) in index["entries"].items()}
    (folder / INDEX).write_text(json.dumps(index))
    assert look_up(folder) == {}


def test_an_entry_is_not_found_under_the_name_of_another(folder: Path) -> None:
    index = json.loads((folder / INDEX).read_bytes())
    places = list(index["entries"].values())
    index["entries"] = dict(zip(index["entries"], [*places[1:], places[0]], strict=True))
    (folder / INDEX).write_text(json.dumps(index))
    assert look_up(folder) == {}
