from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING

import pytest

from voicecoach.errors import VoiceError
from voicecoach.voices import library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.voices.library import Library


@pytest.fixture(autouse=True)
def _found_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "platform", "linux")
    library.find.cache_clear()
    yield
    library.find.cache_clear()


def versions(monkeypatch: pytest.MonkeyPatch, *, system: str | None, wheel: str | None) -> Library:
    monkeypatch.setattr(library, "_espeak_version", lambda path: system if path == library.SYSTEM else wheel)
    monkeypatch.setattr(library, "_is_of_a_wheel", lambda: False)
    return library.find()


def test_a_wheels_library_that_is_loaded_already_is_not_taken_for_the_systems(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions(monkeypatch, system=None, wheel="1.52.0")
    assert found.path is not None
    monkeypatch.undo()
    monkeypatch.setattr(sys, "platform", "linux")
    ctypes.CDLL(found.path)
    if library._is_of_a_wheel():  # noqa: SLF001 - else the system has one as well, which comes first
        library.find.cache_clear()
        assert library.find().path == found.path


def test_espeak_of_the_system_comes_first_with_its_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions(monkeypatch, system="1.51", wheel="1.52.0")
    assert (found.path, found.data, found.driver) == (library.SYSTEM, None, "espeak")
    assert "espeak-ng 1.51 of the system" in found.version


def test_without_it_the_wheels_library_and_data_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions(monkeypatch, system=None, wheel="1.52.0")
    assert found.path is not None
    assert found.path.endswith("libespeak-ng.so")
    assert found.data is not None
    assert not found.one_phrase_a_process


def test_with_neither_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VoiceError, match="'pip install espeakng-loader', or install espeak-ng"):
        versions(monkeypatch, system=None, wheel=None)


def test_a_wheel_that_is_not_installed_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    with pytest.raises(VoiceError):
        versions(monkeypatch, system=None, wheel="1.52.0")


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_the_system_speaks_one_phrase_a_process(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    found = library.find()
    assert (found.driver, found.path, found.one_phrase_a_process) == (None, None, True)


def test_a_library_that_is_none_has_no_version() -> None:
    assert library._espeak_version("libnothing-of-the-kind.so.9") is None  # noqa: SLF001 - the port to ctypes
    assert library._espeak_version(sys.executable) is None  # noqa: SLF001
