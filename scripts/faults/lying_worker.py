"""The voice worker, which does wrong with some phrases: lying_worker.py STATE SEED.

It is the program's own worker otherwise, with the real voice. What it does wrong depends on the seed, on the phrase and
on how often that was tried; each try is noted in the folder STATE, so that it is known afterwards.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import random
import signal
import struct
import sys
import time
import wave
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER = Path(__file__).resolve().parents[2] / "voicecoach" / "voices" / "worker.py"
HONEST, AGAIN = 0.4, 0.3
"""How often a phrase is spoken as it should be, at the first try; and how often the second one goes wrong as well."""
STARTS = 23
"""Of so many processes, one ends before it says anything."""
RATE = 22_050

Request = dict[str, Any]


def _die(_: Request) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _hang(_: Request) -> None:
    while True:
        signal.pause()


def _fail(_: Request) -> None:
    print("espeak: no such thing", file=sys.stderr, flush=True)
    os._exit(3)


def _garble(request: Request) -> None:
    said = [b"Audio saved\n", b"7\n", b"[]\n", b"\xff\x00\x1b[2J\n", b"[" * 100_000 + b"\n", b"x" * 5_000_000, b"\n"]
    os.write(_OUT, random.Random(request["text"]).choice(said))  # noqa: S311 - the same each time
    signal.pause()


def _answer_twice(request: Request) -> None:
    _speak(request)
    _reply(request["path"])


def _answer_early(request: Request) -> None:
    _reply(request["path"])
    _speak(request)
    signal.pause()


def _flood(request: Request) -> None:
    for _ in range(200):
        os.write(2, b"espeak: nothing works " * 800 + b"\n" * (request["text"][0] == "A"))
    _speak(request)


def _slow(request: Request) -> None:
    time.sleep(0.2)
    _speak(request)


def _write_nothing(request: Request) -> None:
    _reply(request["path"])


def _write_huge(request: Request) -> None:
    _speak(request, reply=False)
    os.truncate(request["path"], 3_000_000_000)


def _write_folder(request: Request) -> None:
    Path(request["path"]).mkdir()


def _write_silence(request: Request) -> None:
    _write(request, bytes(RATE * 2))


def _cut(request: Request) -> None:
    _speak(request, reply=False)
    size = Path(request["path"]).stat().st_size
    os.truncate(request["path"], random.Random(request["text"]).randrange(1, size))  # noqa: S311 - as above


def _state_rate(request: Request) -> None:
    _patch(request, 24, random.Random(request["text"]).choice([0, 1, 8_000, 44_100, 4_000_000_000]))  # noqa: S311 - as above


def _noise_as_long(request: Request) -> None:
    _write(request, _noise(RATE))


def _other_words(request: Request) -> None:
    _speak({**request, "text": "And something else is said here"})


FAULTS: dict[str, tuple[Callable[[Request], None], bool]] = {
    "is killed": (_die, False),
    "hangs": (_hang, False),
    "is slow": (_slow, False),
    "ends with status 3": (_fail, False),
    "answers nonsense": (_garble, False),
    "answers twice": (_answer_twice, False),
    "answers before it speaks": (_answer_early, False),
    "floods stderr": (_flood, False),
    "writes no file": (_write_nothing, False),
    "writes 3 GB": (_write_huge, True),
    "makes a folder of the file": (_write_folder, True),
    "writes silence": (_write_silence, True),
    "cuts the file": (_cut, True),
    "states another rate": (_state_rate, True),
    "writes noise, of a likely length": (_noise_as_long, True),
    "says other words": (_other_words, False),
}
"""What goes wrong, by name; and whether it is answered as if all was well."""
UNSEEN = {"writes noise, of a likely length", "says other words"}
"""What can't be told from the truth by anybody who does not listen."""


def drawn(seed: int, text: str, tries: int) -> str:
    """Return what goes wrong at a try of a phrase: the name of a fault, or nothing."""
    chance = random.Random(f"{seed} {text} {tries}")  # noqa: S311 - the same each time
    honest = chance.random() < (HONEST if not tries else 1 - AGAIN)
    return "" if honest else chance.choice(list(FAULTS))


def noted(state: Path, text: str) -> Path:
    """Return the file in which the tries of a phrase are noted, a line each."""
    return state / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.txt"


def _speak(request: Request, *, reply: bool = True) -> None:
    """Do what is asked, as the real worker does."""
    worker.answer(_SPEECH[0], request)
    if reply:
        _reply(request["path"])


def _reply(path: str) -> None:
    os.write(_OUT, json.dumps({"done": path}).encode() + b"\n")


def _write(request: Request, pcm: bytes) -> None:
    with wave.open(request["path"], "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm)


def _noise(samples: int) -> bytes:
    chance = random.Random(samples)  # noqa: S311 - the same each time
    return struct.pack(f"<{samples}h", *(chance.randrange(-9_000, 9_000) for _ in range(samples)))


def _patch(request: Request, at: int, value: int, *, size: int = 4) -> None:
    """Speak, and overwrite a number in the header."""
    _speak(request, reply=False)
    with Path(request["path"]).open("r+b") as file:
        file.seek(at)
        file.write(value.to_bytes(size, "little"))


def _serve(state: Path, seed: int) -> None:
    (state / f"{os.getpid()}.pid").touch()
    if len(list(state.glob("*.pid"))) % STARTS == 0:
        os._exit(5)
    for line in sys.stdin:
        request = json.loads(line)
        if not _SPEECH:
            _SPEECH.append(worker.start_speech(request))
            os.write(_OUT, b'{"ready": 1}\n')
            continue
        note = noted(state, request["text"])
        tries = len(note.read_text(encoding="utf-8").splitlines()) if note.exists() else 0
        fault = drawn(seed, request["text"], tries)
        with note.open("a", encoding="utf-8") as file:
            file.write(f"{fault or 'honest'}\n")
        if not fault:
            _speak(request)
            continue
        wrong, reply = FAULTS[fault]
        wrong(request)
        if reply:
            _reply(request["path"])


if __name__ == "__main__":
    _found = importlib.util.spec_from_file_location("worker", WORKER)
    assert _found is not None  # noqa: S101 - it is there
    assert _found.loader is not None  # noqa: S101 - as above
    worker = importlib.util.module_from_spec(_found)
    _found.loader.exec_module(worker)
    _OUT = os.dup(1)
    os.dup2(2, 1)
    _SPEECH: list[Any] = []
    with suppress(BrokenPipeError):
        _serve(Path(sys.argv[1]), int(sys.argv[2]))
    os._exit(0)
