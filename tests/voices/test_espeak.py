from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from voicecoach.errors import VoiceError
from voicecoach.voices import espeak

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.voices.espeak import Library


@pytest.fixture(autouse=True)
def _found_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(sys, "platform", "linux")
    espeak.find.cache_clear()
    yield
    espeak.find.cache_clear()


def versions(monkeypatch: pytest.MonkeyPatch, *, system: str | None, wheel: str | None) -> Library:
    monkeypatch.setattr(espeak, "_espeak_version", lambda path: system if path == espeak.SYSTEM else wheel)
    return espeak.find()


def test_the_wheels_library_and_data_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions(monkeypatch, system="1.51", wheel="1.52.0")
    assert found.path is not None
    assert found.path.endswith("libespeak-ng.so")
    assert found.data is not None
    assert not found.one_phrase_a_process


def test_without_a_wheel_the_systems_is_used_with_its_own_data(monkeypatch: pytest.MonkeyPatch) -> None:
    found = versions(monkeypatch, system="1.51", wheel=None)
    assert (found.path, found.data, found.driver) == (espeak.SYSTEM, None, "espeak")
    assert "espeak-ng 1.51 of the system" in found.version


def test_the_systems_comes_first_for_those_who_want_its_voices(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(espeak.CHOICE, "system")
    assert versions(monkeypatch, system="1.51", wheel="1.52.0").path == espeak.SYSTEM
    espeak.find.cache_clear()
    assert versions(monkeypatch, system=None, wheel="1.52.0").path != espeak.SYSTEM


def test_with_neither_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(VoiceError, match="'pip install espeakng-loader', or install espeak-ng"):
        versions(monkeypatch, system=None, wheel=None)


def test_a_wheel_that_is_not_installed_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "espeakng_loader", None)
    assert versions(monkeypatch, system="1.51", wheel="1.52.0").path == espeak.SYSTEM


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_elsewhere_the_system_speaks_one_phrase_a_process(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)
    found = espeak.find()
    assert (found.driver, found.path, found.one_phrase_a_process) == (None, None, True)


def test_a_library_that_is_none_has_no_version() -> None:
    assert espeak._espeak_version("libnothing-of-the-kind.so.9") is None  # noqa: SLF001 - the port to ctypes
    assert espeak._espeak_version(sys.executable) is None  # noqa: SLF001
