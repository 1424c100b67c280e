"""Kokoro's model in a worker: from texts to its signs, and from signs to sound.

The same request gives the same sound, to the byte, in any process: the model has no noise and runs in one thread.
"""

from __future__ import annotations

import os
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.voices.neural import sound
from voicecoach.voices.neural.kokoro import phonemes
from voicecoach.voices.onnx import import_onnxruntime

if TYPE_CHECKING:
    from voicecoach.voices.worker import Request

DURATIONS = b"/encoder/Cast_output_0"
"""The tensor inside the model that has the durations of the signs."""

EARLY = 1_680
"""Samples that the first sound begins before its time in the durations (70 ms). The model murmurs before that, which is
heard as a syllable: "de baja" for "baja"."""

CALM_SPEED = 0.7
"""The speed for which the pauses are."""

LENGTHS = (
    *(1, 2, 3, 4, 5, 6, 7, 9, 11, 13, 17, 21, 25, 33, 41, 49, 65, 81, 97, 129, 161, 201, 257, 321),
    *(401, 510),
)
"""The numbers of signs for which a style file has a row; those between are interpolated."""
WIDTH = 256
"""Numbers in a row of a style."""


class Voice:
    """A style of Kokoro's model; the model is loaded when something is to be spoken."""

    def __init__(self, setup: Request) -> None:
        """Import what is needed, and start espeak-ng.

        Raises:
            ImportError: When a package is missing or does not fit this machine.
            OSError: When a file is missing, or espeak-ng can't be started.
        """
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ[name] = "1"
        import numpy as np

        self._np, self._onnx = np, import_onnxruntime()
        self._model, self._spelling = Path(setup["model"]), str(setup["spelling"])
        rows = np.frombuffer(Path(setup["style"]).read_bytes(), "<f2").astype(np.float32)
        self._rows = rows.reshape(len(LENGTHS), WIDTH)
        self._espeak = phonemes.Espeak(setup["library"], setup.get("data"), self._spelling)

    def read(self, text: str) -> Request:
        """Return the sentences of a text in the model's signs; every word that has letters has sounds."""
        sentences = phonemes.read(text, self._espeak.spell, self._spelling)
        return {"sentences": [piece for each in sentences for piece in sound.split_phonemes(each)], "unread": []}

    def say(self, sentences: list[str], speed: float) -> bytes:
        """Speak sentences with pauses between them; return 16-bit samples."""
        stretch = sound.find_stretch(speed, CALM_SPEED)
        return sound.join_sentences(self._np, [self._say_sentence(each, speed, stretch) for each in sentences], stretch)

    def _say_sentence(self, signs: str, speed: float, stretch: float) -> Any:  # noqa: ANN401 - an array
        np = self._np
        said = sound.end_sentence(signs)
        given = {
            "tokens": np.asarray([[0, *(phonemes.VOCABULARY[each] for each in said), 0]], np.int64),
            "style": self._find_style(len(said)),
            "speed": np.asarray([speed], np.float32),
        }
        spoken, durations = self._session.run(None, given)
        ends = [sound.UNIT * each for each in accumulate(durations.ravel().tolist())]
        start = (ends[0] - EARLY) // sound.HOP * sound.HOP
        return sound.draw_out(np, spoken.ravel(), list(sound.find_pauses(said, ends)), stretch, start)

    def _find_style(self, signs: int) -> Any:  # noqa: ANN401 - an array
        """Return the style for so many signs: short sentences are spoken in another way than long ones."""
        np = self._np
        after = min(int(np.searchsorted(LENGTHS, signs)), len(LENGTHS) - 1)
        before = max(after - 1, 0)
        span = max(LENGTHS[after] - LENGTHS[before], 1)
        part = np.float32(min(max((signs - LENGTHS[before]) / span, 0.0), 1.0))
        return (self._rows[before] * (np.float32(1) - part) + self._rows[after] * part)[np.newaxis]

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 - ONNX Runtime has no types
        return sound.load_model(self._onnx, self._model.read_bytes(), DURATIONS)
