"""The child process that speaks with a neural model: a JSON line in, a JSON line out, until its input ends.

``worker.py hibari`` speaks with the model in ``hibari/model.py``. Requests: the setup once, then
``{"do": "read", "texts": […]}``, which gives the sentences of each text in the model's signs, or
``{"do": "say", "sentences": […], "rate": …, "path": …}``, which speaks them into a file; the rate is the model's speed
in thousandths.

It runs by its file name, and of ours it imports only what a model needs.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    Request = dict[str, Any]


class Model(Protocol):
    """A model that is loaded, or loads when it is first needed."""

    def read(self, text: str) -> Request:
        """Return the sentences of a text in the model's signs, and the words that have none."""

    def say(self, sentences: list[str], speed: float) -> bytes:
        """Speak sentences with pauses between them; return 16-bit samples."""


def main(name: str) -> None:
    """Answer requests with the model of a name."""
    _bypass_packages()
    from voicecoach.voices import worker

    model = importlib.import_module(f"voicecoach.voices.neural.{name}.model")
    worker.run(lambda requests, answers: worker.serve(requests, answers, model.Voice, answer))


def answer(model: Model, request: Request) -> Request:
    """Do one request and return what to answer.

    Raises:
        Failed: If it is unknown.
    """
    from voicecoach.voices.neural import sound
    from voicecoach.voices.worker import Failed

    match request:
        case {"do": "read", "texts": list(texts)}:
            return {"read": [model.read(str(each)) for each in texts]}
        case {"do": "say", "sentences": list(sentences), "rate": int(rate), "path": str(path)}:
            sound.write_sound(path, model.say([str(each) for each in sentences], rate / 1000))
            return {"done": path}
    raise Failed(f"unknown request: {request!r}")


def _bypass_packages() -> None:
    """Let our modules be imported by their names, from this copy of the program, and nothing that packages import."""
    folder = Path(__file__).parents[2]
    for name in ("voicecoach", "voicecoach.voices", "voicecoach.voices.neural"):
        package = sys.modules[name] = ModuleType(name)
        package.__path__ = [str(folder.joinpath(*name.split(".")[1:]))]


if __name__ == "__main__":
    main(sys.argv[1])
