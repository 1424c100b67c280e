"""A worker that stands in for a neural model: it reads words as they are and hums for each letter."""

from __future__ import annotations

import json
import os
import sys
import wave
from pathlib import Path
from typing import Any

RATE = 24_000
HUM = b"\x00\x20" * 60 + b"\x00\xe0" * 60


def answer(setup: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    if request["do"] == "read":
        return {"read": [read(text) for text in request["texts"]]}
    if "explode" in request["text"]:
        os._exit(3)
    letters = sum(map(len, request["sentences"]))
    samples = round(letters * setup.get("samples", 2_400) * 1_000 / (request["rate"] or 1_000))
    with wave.open(request["path"], "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(HUM * (samples // 120))
    note(setup, f"{request['text']} at {request['rate']}")
    return {"done": request["path"]}


def read(text: str) -> dict[str, list[str]]:
    words = [each for each in text.split() if any(map(str.isalpha, each))]
    return {"sentences": [" ".join(words)] if words else [], "unread": [each for each in words if each == "zzz"]}


def note(setup: dict[str, Any], line: str) -> None:
    if setup.get("log"):
        with Path(setup["log"]).open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")


def main() -> None:
    setup = json.loads(sys.stdin.readline())
    if setup.get("log"):
        Path(setup["log"]).with_name(f"{os.getpid()}.pid").touch()
    note(setup, f"ready {'at once' if setup.get('ready') else 'later'}")
    say({"error": setup["broken"]} if setup.get("broken") else {"ready": 1})
    for line in sys.stdin:
        say(answer(setup, json.loads(line)))


def say(given: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(given) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
