"""The child process that owns pyttsx3's one engine: a JSON line in, a JSON line out, until its input ends.

It runs by its file name and imports nothing of ours, so that nothing in the current folder can stand in for it.
Requests: ``{"do": "setup", …}`` once, then ``{"do": "voices"}`` or ``{"do": "say", "text": …, "path": …}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import time
import wave
from pathlib import Path
from typing import Any, Protocol, TextIO

Request = dict[str, Any]
PROPERTIES = ("voice", "rate", "pitch", "volume")


class Failed(Exception):  # noqa: N818 - it is an answer, sent back as one line
    """The request can't be met."""


class Speech(Protocol):
    """A pyttsx3 engine that is set up."""

    def say(self, text: str, path: str) -> None:
        """Speak ``text`` into the file ``path``."""

    def voices(self) -> list[Any]:
        """Return pyttsx3's voices."""

    def variants(self) -> list[str]:
        """Return the names of the variants that any voice can be given."""


class Espeak:
    """espeak-ng without pyttsx3's queue, which drops properties and calls a file done before it is."""

    def __init__(self, setup: Request) -> None:
        """Load the library where pyttsx3 will find it, and start it."""
        import ctypes

        if setup.get("data"):
            os.environ["ESPEAK_DATA_PATH"] = setup["data"]
        if setup.get("library"):
            ctypes.CDLL(setup["library"], mode=ctypes.RTLD_GLOBAL)
        import pyttsx3

        self._voice = pyttsx3.init("espeak")
        from pyttsx3.drivers import _espeak

        self._library, self._driver = _espeak, self._voice.proxy._driver  # noqa: SLF001 - see the class
        self._finished = False
        self._voice.connect("finished-utterance", self._note)
        self._properties = _given(setup)
        self._set()

    def say(self, text: str, path: str) -> None:
        """Speak ``text`` into the file ``path``, with the properties set anew for this text alone."""
        self._set()
        self._finished = False
        self._voice.save_to_file(text, path)
        self._voice.runAndWait()
        while not self._finished:  # whoever started us has a time limit
            time.sleep(0.001)
        self._library.Synchronize()
        _check_wave(path)

    def voices(self) -> list[Any]:
        """Return the voices of all languages."""
        return list(self._driver.getProperty("voices"))

    def variants(self) -> list[str]:
        """Return the files of the folder ``!v``."""
        wanted = self._library.VOICE(languages=b"variant")
        identifiers = [each.identifier.decode(errors="replace") for each in self._library.ListVoices(wanted)]
        return sorted(name.removeprefix("!v/") for name in identifiers if name.startswith("!v/"))

    def _set(self) -> None:
        self._library.Synchronize()
        for name, value in self._properties.items():
            self._driver.setProperty(name, value)
        self._library.Synchronize()

    def _note(self, **_event: object) -> None:
        self._finished = True


class Public:
    """Any other driver, by pyttsx3's public way, which is good for one utterance a process."""

    def __init__(self, setup: Request) -> None:
        """Start the driver that pyttsx3 chooses for this system."""
        import pyttsx3

        self._errors: list[str] = []
        self._voice = pyttsx3.init(setup.get("driver"))
        self._voice.connect("error", self._note)
        for name, value in _given(setup).items():
            self._voice.setProperty(name, value)

    def say(self, text: str, path: str) -> None:
        """Speak ``text`` into the file ``path``; what is in it may be AIFF."""
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


def started(setup: Request) -> Speech:
    """Start speech as ``setup`` says: with ``driver`` "espeak" our careful way, otherwise the public way."""
    return Espeak(setup) if setup.get("driver") == "espeak" else Public(setup)


def answer(speech: Speech, request: Request) -> Request:
    """Do one request and return what to answer."""
    match request:
        case {"do": "say", "text": str(text), "path": str(path)}:
            speech.say(text, path)
            return {"done": path}
        case {"do": "voices"}:
            return {"voices": [_described(voice) for voice in speech.voices()], "variants": speech.variants()}
    raise Failed(f"unknown request: {request!r}")


def main(requests: TextIO, answers: TextIO) -> None:
    """Answer every line of ``requests`` on ``answers``, the first of which is the setup."""
    speech: Speech | None = None
    for line in requests:
        try:
            request, said = json.loads(line), Request()
            if speech is None:
                speech, said = started(request), {"ready": os.getpid()}
            else:
                said = answer(speech, request)
        except Exception as error:  # noqa: BLE001 - whatever a driver raises is told to the other side
            said = {"error": str(error) or type(error).__name__}
        answers.write(json.dumps(said) + "\n")
        answers.flush()


def _given(setup: Request) -> Request:
    return {name: setup[name] for name in PROPERTIES if setup.get(name) is not None}


def _check_wave(path: str) -> None:
    try:
        with wave.open(path, "rb") as sound:
            frames = sound.getnframes()
    except (OSError, EOFError, wave.Error) as error:
        raise Failed(f"no sound was written ({error})") from error
    if not frames:
        raise Failed("the sound has no samples")


def _described(voice: Any) -> Request:  # noqa: ANN401 - pyttsx3 has no types
    languages = [
        each.decode(errors="ignore") if isinstance(each, bytes) else str(each) for each in voice.languages or ()
    ]
    return {
        "id": str(voice.id),
        "name": str(voice.name),
        "languages": [each.strip("\x00\x05 ").replace("_", "-").lower() for each in languages],
        "gender": str(voice.gender or "").lower().removeprefix("voicegender"),
    }


def _own_stdout() -> TextIO:
    """Keep the real standard output for answers; whatever else prints goes to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(kept, "w", encoding="ascii")


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):  # nobody listens any more
        main(sys.stdin, _own_stdout())
    # espeak's own threads can hold an orderly end up.
    os._exit(0)
