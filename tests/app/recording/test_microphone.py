"""The microphone, by a stand-in for the package sounddevice."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from voicecoach.app.recording import microphone
from voicecoach.app.recording.microphone import DeviceMicrophone, list_devices
from voicecoach.errors import MicrophoneError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable

DEVICES = [
    {"name": "Loudspeaker", "max_input_channels": 0, "default_samplerate": 48_000.0},
    {"name": "Built-in Microphone", "max_input_channels": 2, "default_samplerate": 44_100.0},
    {"name": "USB Microphone", "max_input_channels": 1, "default_samplerate": 16_000.0},
]


class PortAudioError(Exception):
    pass


class Stream:
    """Calls back with some chunks when it starts, and then says that it ended."""

    closed = 0

    def __init__(self, *, callback: Callable[..., None], finished_callback: Callable[[], None], **given: Any) -> None:  # noqa: ANN401 - whatever it takes
        self.callback, self.finished, self.given = callback, finished_callback, given

    def start(self) -> None:
        if self.given["device"] == 2:
            raise PortAudioError("Error opening RawInputStream: Device unavailable [PaErrorCode -9985]")
        for _ in range(3):
            self.callback(memoryview(bytes(self.given["blocksize"] * 2)), self.given["blocksize"], None, None)
        self.finished()

    def close(self) -> None:
        Stream.closed += 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    def check(*, samplerate: int, **_: object) -> None:
        if samplerate != 44_100:
            raise PortAudioError("Invalid sample rate")

    made: Any = ModuleType("sounddevice")
    made.PortAudioError, made.RawInputStream = PortAudioError, Stream
    made.query_devices = lambda number=None: DEVICES if number is None else DEVICES[number]
    made.check_input_settings = check
    made.default = type("default", (), {"device": (1, 0)})
    monkeypatch.setitem(sys.modules, "sounddevice", made)
    return made  # type: ignore[no-any-return]


def test_devices_that_can_record_are_listed(library: ModuleType) -> None:
    assert [str(each) for each in list_devices()] == ["  1  Built-in Microphone  (default)", "  2  USB Microphone"]
    assert library


@pytest.mark.parametrize(("name", "number"), [(None, 1), ("1", 1), ("usb", 2), ("USB Microphone", 2), (" 2 ", 2)])
@pytest.mark.usefixtures("library")
def test_a_device_is_chosen_by_number_or_name(name: str | None, number: int) -> None:
    assert DeviceMicrophone(name).device.number == number


@pytest.mark.parametrize("name", ["Micro", "Headset", "7", "0", ""])
@pytest.mark.usefixtures("library")
def test_a_device_that_is_not_there_or_not_clear_is_reported(name: str) -> None:
    with pytest.raises(UnknownNameError, match="no microphone is called"):
        DeviceMicrophone(name)


@pytest.mark.usefixtures("library")
def test_sound_comes_in_chunks_at_a_rate_that_the_device_has_until_it_vanishes() -> None:
    found, closed = DeviceMicrophone(), Stream.closed
    heard: list[bytes] = []
    assert found.rate == 44_100
    with pytest.raises(MicrophoneError) as caught, found.listen() as chunks:
        heard.extend(chunks)
    assert "'Built-in Microphone' sends no sound any more\nconnect it again" in str(caught.value)
    assert [len(each) for each in heard] == [4410] * 3
    with found.listen() as chunks:
        next(chunks)
    assert Stream.closed == closed + 2


@pytest.mark.usefixtures("library")
def test_a_device_that_falls_silent_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(microphone, "PATIENCE", 0.01)
    monkeypatch.setattr(Stream, "start", lambda _: None)
    with pytest.raises(MicrophoneError, match="sends no sound"), DeviceMicrophone().listen() as chunks:
        next(chunks)


@pytest.mark.usefixtures("library")
def test_a_device_that_can_not_be_opened_is_reported() -> None:
    with pytest.raises(MicrophoneError, match="can't be opened \\(Error opening"), DeviceMicrophone("usb").listen():
        pass


def test_without_any_microphone_a_long_take_is_another_way(
    library: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "query_devices", lambda *_: DEVICES[:1])
    with pytest.raises(MicrophoneError, match=r"there is no microphone\n.*--take FILE"):
        DeviceMicrophone()


@pytest.mark.parametrize(
    ("raised", "told"),
    [(ImportError(), "install .*sounddevice\\nor record one"), (OSError("PortAudio"), "libportaudio2")],
)
def test_a_missing_package_or_library_is_reported_with_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, raised: Exception, told: str
) -> None:
    class Finder:
        @staticmethod
        def find_spec(name: str, *_: object) -> None:
            if name == "sounddevice":
                raise raised

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder, *sys.meta_path])
    with pytest.raises(MicrophoneError, match=told) as caught:
        list_devices()
    assert len(str(caught.value).splitlines()) <= 3
