"""The microphone: sound as it comes, by the package sounddevice, which is imported only here."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from voicecoach.errors import MicrophoneError, UnknownNameError, quote
from voicecoach.system import installers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

RATE = 48_000
CHUNKS_A_SECOND = 20
PATIENCE = 3.0
"""Seconds without any sound from the device, not even silence, after which it is gone."""
INSTEAD = "or record one long take with any program: 'voicecoach record ROUTINE --take FILE'"


class Microphone(Protocol):
    """A source of sound: 16-bit samples of one channel, ``rate`` of them a second."""

    @property
    def rate(self) -> int:
        """Samples a second."""

    def listen(self) -> AbstractContextManager[Iterator[bytes]]:
        """Open it for the block, and give its sound in chunks of about 50 ms, as they come."""


@dataclass(frozen=True, slots=True)
class Device:
    """A device that can record: its number, its name, and whether the system takes it by default."""

    number: int
    name: str
    default: bool = False

    def __str__(self) -> str:
        """Write it as ``--devices`` lists it."""
        return f"{self.number:>3}  {self.name}{'  (default)' if self.default else ''}"


class DeviceMicrophone:
    """A microphone of this computer."""

    def __init__(self, name: str | None = None) -> None:
        """Find a device by its number or a part of its name; without a name, the system's default.

        Raises:
            MicrophoneError: When sounddevice is not installed, or there is no microphone.
            UnknownNameError: When no device has this name.
        """
        self._library = _load_library()
        self.device = choose_device(name, list_devices())
        self.rate = self._find_rate()

    @contextmanager
    def listen(self) -> Iterator[Iterator[bytes]]:
        """Open it for the block, and give its sound as it comes.

        Raises:
            MicrophoneError: When it can't be opened, or is disconnected.
        """
        chunks: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        try:
            stream = self._library.RawInputStream(
                samplerate=self.rate,
                blocksize=self.rate // CHUNKS_A_SECOND,
                device=self.device.number,
                channels=1,
                dtype="int16",
                callback=lambda data, *_: chunks.put(bytes(data)),
                finished_callback=lambda: chunks.put(None),
            )
            stream.start()
        except self._library.PortAudioError as error:
            raise self._explain("can't be opened", error) from None
        try:
            yield self._read(chunks)
        finally:
            stream.close()

    def _read(self, chunks: queue.SimpleQueue[bytes | None]) -> Iterator[bytes]:
        while True:
            try:
                chunk = chunks.get(timeout=PATIENCE)
            except queue.Empty:
                chunk = None
            if chunk is None:
                raise self._explain("sends no sound any more")
            yield chunk

    def _find_rate(self) -> int:
        """Return 48,000 samples a second if the device can do it; else its own rate."""
        try:
            self._library.check_input_settings(device=self.device.number, channels=1, dtype="int16", samplerate=RATE)
        except self._library.PortAudioError:
            return round(self._library.query_devices(self.device.number)["default_samplerate"]) or RATE
        return RATE

    def _explain(self, what: str, error: Exception | None = None) -> MicrophoneError:
        reason = f" ({str(error).splitlines()[0]})" if error and str(error) else ""
        remedy = "connect it again, or choose another with --device"
        return MicrophoneError(f"the microphone {quote(self.device.name)} {what}{reason}\n{remedy}")


def list_devices() -> tuple[Device, ...]:
    """Return the devices that can record.

    Raises:
        MicrophoneError: When sounddevice is not installed, or can't list them.
    """
    library = _load_library()
    try:
        found = library.query_devices()
        default = library.default.device[0]
    except library.PortAudioError as error:
        raise MicrophoneError(f"the microphones can't be listed: {error}\n{INSTEAD}") from None
    return tuple(
        Device(number, str(each["name"]), number == default)
        for number, each in enumerate(found)
        if each["max_input_channels"] > 0
    )


def choose_device(name: str | None, devices: tuple[Device, ...]) -> Device:
    """Return the device with a number or a part of a name; without a name, the default.

    >>> choose_device("usb", (Device(0, "Built-in", True), Device(4, "USB Audio"))).number
    4

    Raises:
        MicrophoneError: If there is no microphone.
        UnknownNameError: If no microphone has this name, or several have it.
    """
    if not devices:
        raise MicrophoneError(f"there is no microphone\nconnect one, {INSTEAD}")
    if name is None:
        return next((each for each in devices if each.default), devices[0])
    wanted = name.strip().casefold()
    same = [each for each in devices if wanted in {str(each.number), each.name.casefold()}]
    found = same or [each for each in devices if wanted and wanted in each.name.casefold()]
    if len(found) != 1:
        raise UnknownNameError("microphone", name, [each.name for each in devices], "--devices lists them by number")
    return found[0]


def _load_library() -> Any:  # noqa: ANN401 - it has no types
    try:
        import sounddevice
    except ImportError:
        what = "recording needs the package sounddevice, which is not installed"
        raise MicrophoneError(f"{what}\n{installers.name_command('sounddevice')}\n{INSTEAD}") from None
    except OSError:  # the package is there, but not the library that it needs
        what = "recording needs the library PortAudio, which is not installed"
        raise MicrophoneError(f"{what}\ninstall libportaudio2 (Debian, Ubuntu) or portaudio\n{INSTEAD}") from None
    return sounddevice
