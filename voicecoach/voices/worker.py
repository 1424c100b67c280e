"""The child process that owns pyttsx3's one engine: a JSON line in, a JSON line out, until its input ends.

It runs by its file name and imports nothing of ours, so that nothing in the current folder can stand in for it.
Requests: the setup once, then ``{"do": "voices"}`` or ``{"do": "say", "text": …, "path": …}``, which may add
a "rate" for this text alone and the "seconds" that it may take.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import signal
import sys
import wave
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TextIO, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Request = dict[str, Any]
_Speech = TypeVar("_Speech")
PROPERTIES = ("voice", "rate", "pitch", "volume")
ESPEAK_RATE = 22_050
"""Samples a second; pyttsx3 writes all of espeak's sound so."""
PHONETIC = "\ue000"
"""A text that begins with this has espeak's phonemes between double brackets."""
LONGEST = 1_200
"""Default time limit for a phrase, in seconds."""


class Failed(Exception):  # noqa: N818 - it is an answer, sent back as one line
    """The request can't be met."""


class Speech(Protocol):
    """A pyttsx3 engine that is set up."""

    def say(self, text: str, path: str, rate: int | None, seconds: float) -> None:
        """Speak ``text`` into the file ``path``, at pyttsx3's ``rate`` if one is given, in ``seconds`` at most."""

    def voices(self) -> list[Any]:
        """Return pyttsx3's voices."""

    def variants(self) -> list[str]:
        """Return the names of the variants that any voice can be given."""


class Espeak:
    """espeak-ng by pyttsx3's binding, without its queue, which drops properties and calls a file done before it is.

    espeak carries its state (flutter, noise, phase) from one phrase into the next. So each is spoken by a copy of this
    process that has not spoken yet: then it is the same to the byte whatever was said before, and by which worker.
    """

    def __init__(self, setup: Request) -> None:
        """Load the library where pyttsx3 will find it, and start it."""
        import ctypes

        if setup.get("data"):
            os.environ["ESPEAK_DATA_PATH"] = setup["data"]
        if setup.get("private"):  # PulseAudio, which a system's espeak-ng starts, makes a folder, and leaves it
            os.environ["PULSE_RUNTIME_PATH"] = setup["private"]
        if setup.get("library"):
            ctypes.CDLL(setup["library"], mode=ctypes.RTLD_GLOBAL)
        import pyttsx3
        from pyttsx3.drivers import _espeak

        # Synchronous speech has no thread of its own: a copy of a process has only the thread that copied it.
        _espeak.AUDIO_OUTPUT_RETRIEVAL = _espeak.AUDIO_OUTPUT_SYNCHRONOUS
        self._voice = pyttsx3.init("espeak")
        self._library, self._driver = _espeak, self._voice.proxy._driver  # noqa: SLF001 - see the class
        self._heard: list[bytes] = []
        self._library.SetSynthCallback(self._hear)
        self._set(_read_setup(setup))

    def say(self, text: str, path: str, rate: int | None, seconds: float) -> None:
        """Speak ``text`` into the file ``path``."""
        if can_be_copied():
            in_a_copy(lambda: self._write_speech(text, path, rate), seconds)
        else:
            self._write_speech(text, path, rate)

    def voices(self) -> list[Any]:
        """Return the voices of all languages."""
        return list(self._driver.getProperty("voices"))

    def variants(self) -> list[str]:
        """Return the files of the folder ``!v``."""
        wanted = self._library.VOICE(languages=b"variant")
        identifiers = [each.identifier.decode(errors="replace") for each in self._library.ListVoices(wanted)]
        return sorted(name.removeprefix("!v/") for name in identifiers if name.startswith("!v/"))

    def _write_speech(self, text: str, path: str, rate: int | None) -> None:
        self._set({} if rate is None else {"rate": rate})
        self._heard.clear()
        flags = self._library.ENDPAUSE | self._library.CHARS_UTF8
        if text.startswith(PHONETIC):
            text, flags = text.removeprefix(PHONETIC), flags | self._library.PHONEMES
        self._library.Synth(text.encode(), flags=flags)
        self._library.Synchronize()
        if not self._heard:
            raise Failed("no sound for it")
        with wave.open(path, "wb") as file:
            file.setparams((1, 2, ESPEAK_RATE, 0, "NONE", ""))
            file.writeframes(b"".join(self._heard))

    def _set(self, properties: Request) -> None:
        self._library.Synchronize()
        for name, value in properties.items():
            self._driver.setProperty(name, value)
        self._library.Synchronize()

    def _hear(self, samples: Any, count: int, _events: object) -> int:  # noqa: ANN401 - a C array
        import ctypes

        if count > 0:
            self._heard.append(ctypes.string_at(samples, count * 2))
        return 0


class Public:
    """Any other driver, by pyttsx3's public way, which is good for one utterance a process."""

    def __init__(self, setup: Request) -> None:
        """Start the driver that pyttsx3 chooses for this system."""
        import pyttsx3

        self._errors: list[str] = []
        self._voice = pyttsx3.init(setup.get("driver"))
        self._voice.connect("error", self._note)
        for name, value in _read_setup(setup).items():
            self._voice.setProperty(name, value)

    def say(self, text: str, path: str, rate: int | None, seconds: float) -> None:  # noqa: ARG002 - watched from outside
        """Speak ``text`` into the file ``path``; what is in it may be AIFF."""
        if rate is not None:
            self._voice.setProperty("rate", rate)
        self._voice.save_to_file(text, path)
        self._voice.runAndWait()
        if self._errors:
            raise Failed(self._errors[0])
        if not Path(path).is_file():
            raise Failed("no file was written")

    def voices(self) -> list[Any]:
        """Return the voices of the system."""
        return list(self._voice.getProperty("voices"))

    def variants(self) -> list[str]:
        """Return none: only espeak has them."""
        return []

    def _note(self, exception: object = "", **_event: object) -> None:
        self._errors.append(str(exception))


def start_speech(setup: Request) -> Speech:
    """Start speech as ``setup`` says: with ``driver`` "espeak" our careful way, otherwise the public way."""
    return Espeak(setup) if setup.get("driver") == "espeak" else Public(setup)


def answer(speech: Speech, request: Request) -> Request:
    """Do one request and return what to answer."""
    match request:
        case {"do": "say", "text": str(text), "path": str(path)}:
            speech.say(text, path, request.get("rate"), request.get("seconds", LONGEST))
            return {"done": path}
        case {"do": "voices"}:
            return {"voices": [_describe(voice) for voice in speech.voices()], "variants": speech.variants()}
    raise Failed(f"unknown request: {request!r}")


def main(requests: TextIO, answers: TextIO) -> None:
    """Answer every line of ``requests`` on ``answers``, the first of which is the setup."""
    serve(requests, answers, start_speech, answer)


def serve(
    requests: TextIO,
    answers: TextIO,
    start: Callable[[Request], _Speech],
    reply: Callable[[_Speech, Request], Request],
) -> None:
    """Start speech as the first request says, and answer every other with ``reply``; errors are answers, too."""
    speech: _Speech | None = None
    for line in requests:
        try:
            request, said = json.loads(line), Request()
            if speech is None:
                speech, said = start(request), {"ready": os.getpid()}
            else:
                said = reply(speech, request)
        except Exception as error:  # noqa: BLE001 - every exception of a driver is reported to the other side
            said = {"error": describe_error(error)}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def _read_setup(setup: Request) -> Request:
    return {name: setup[name] for name in PROPERTIES if setup.get(name) is not None}


def can_be_copied() -> bool:
    """Return whether a copy of this process can do what it does: it has one thread alone, and the system has copies."""
    try:
        return hasattr(os, "fork") and len(list(Path("/proc/self/task").iterdir())) == 1
    except OSError:  # not Linux: unknown
        return False


def in_a_copy(work: Callable[[], None], seconds: float) -> None:
    """Do some work in a copy of this process, which ends soon after ``seconds`` in any case.

    Raises:
        Failed: When it fails there, or the copy does not come to its end.
    """
    reading, writing = os.pipe()
    copy = os.fork()
    if not copy:
        signal.alarm(math.ceil(seconds) + 2)
        os.write(writing, _failure(work).encode(errors="replace"))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as said:
        failure = said.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])
    if status or failure:
        raise Failed(failure or f"speaking ended with {f'signal {-status}' if status < 0 else f'status {status}'}")


def _failure(work: Callable[[], None]) -> str:
    try:
        work()
    except Exception as error:  # noqa: BLE001 - every exception of a driver is reported to the other side
        return describe_error(error)
    return ""


def describe_error(error: Exception) -> str:
    """Describe an error; for a file, the system's message and its path."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror.lower()}: {error.filename}" if error.filename else error.strerror.lower()
    return str(error) or type(error).__name__


def _describe(voice: Any) -> Request:  # noqa: ANN401 - pyttsx3 has no types
    languages = [
        each.decode(errors="ignore") if isinstance(each, bytes) else str(each) for each in voice.languages or ()
    ]
    return {
        "id": str(voice.id),
        "name": str(voice.name),
        "languages": [each.strip("\x00\x05 ").replace("_", "-").lower() for each in languages],
        "gender": str(voice.gender or "").lower().removeprefix("voicegender"),
    }


def run(work: Callable[[TextIO, TextIO], None]) -> None:
    """Run ``work`` with the process's own input and output, and end the process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):  # the other side has gone
        work(sys.stdin, _own_stdout())
    # Libraries' own threads can hold an orderly end up.
    os._exit(0)


def _own_stdout() -> TextIO:
    """Keep the real standard output for answers; whatever else prints goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="ascii")


if __name__ == "__main__":
    run(main)
