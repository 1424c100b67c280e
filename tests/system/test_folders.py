from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from voicecoach.app import config
from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Callable

PLACES: dict[str, Callable[[], Path]] = {
    "user_cache_path": folders.find_cache,
    "user_config_path": folders.find_settings,
    "user_data_path": folders.find_data,
}


def _unknown(*_: object, **__: object) -> Path:
    raise RuntimeError("could not determine the home directory")


@pytest.mark.parametrize("name", PLACES)
def test_a_user_without_a_home_folder_has_no_folder_of_ours(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for find in (_unknown, lambda *_, **__: Path("~/.cache/voicecoach")):
        monkeypatch.setattr(f"platformdirs.{name}", find)
        assert PLACES[name]() == folders.NO_FOLDER


@pytest.mark.parametrize("name", PLACES)
def test_a_user_with_a_home_folder_has_what_the_system_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"platformdirs.{name}", lambda *_, **__: tmp_path)
    assert PLACES[name]() == tmp_path


def test_nothing_is_there_and_nothing_can_be_put_there() -> None:
    assert not folders.NO_FOLDER.exists()
    with pytest.raises(OSError, match=os.devnull):
        folders.NO_FOLDER.mkdir(parents=True)


def test_who_has_no_home_has_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platformdirs.user_config_path", _unknown)
    assert config.read_defaults({}, "make") == {}


def test_a_home_that_nobody_knows_stays_as_it_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert folders.expand("~/takes") == Path("/home/somebody/takes")
    monkeypatch.setattr(Path, "expanduser", _unknown)
    assert folders.expand("~/takes") == Path("~/takes")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the system alone says where they are")
def test_no_test_sees_or_changes_the_folders_of_a_developer() -> None:
    for find in PLACES.values():
        assert any(above.name.startswith("voicecoach-tests-") for above in find().parents)
