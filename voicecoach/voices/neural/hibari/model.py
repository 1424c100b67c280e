"""hibari's model in a worker: from texts to phonemes, and from phonemes to sound.

The same request gives the same sound, to the byte, in any process: the model runs in one thread, its noise has one
seed, and the sound is computed by NumPy's FFT even if SciPy is installed.
"""

from __future__ import annotations

import os
import re
import sys
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voicecoach.voices.neural import sound
from voicecoach.voices.onnx import import_onnxruntime

if TYPE_CHECKING:
    from voicecoach.voices.worker import Request

DURATIONS = b"/Cast_32_output_0"
"""The tensor inside the model that has the durations of the phonemes."""

LONGEST_UNKNOWN = 24
"""Letters of a word that is not in the dictionary; the rest would not be read."""

MELODY_RANGES = (1.0, 1.12, 0.9, 1.05)
"""How far the melody of each take goes up and down, as a part of the model's own."""

GUESSED = 2
"""hibari's rating of phonemes that its network guessed from the letters."""

LEAST_SPEED = {1: 0.75, 2: 0.7, 3: 0.7}
"""The slowest speed of a sentence by its number of words: slower ones blur."""
FEW_WORDS = 3
"""Words of a sentence whose clauses can be spoken apart and are still one melody."""
CALM_SPEED = 0.6
"""The speed for which these pauses are; at others they are shorter or longer in proportion."""


class Voice:
    """A model of hibari's, and its way from text to phonemes; each is loaded when it is first needed.

    The model is loaded at once if the setup says "ready": by workers that are not asked to read, meanwhile.
    """

    def __init__(self, setup: Request) -> None:
        """Import what is needed.

        Raises:
            ImportError: When a package is missing or does not fit this machine.
        """
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ[name] = "1"
        sys.modules["scipy"] = None  # type: ignore[assignment] # so that hibari takes NumPy's FFT
        import numpy as np

        self._onnx = import_onnxruntime()  # before hibari imports it
        from hibari import dsp
        from hibari.tts import Hibari

        self._np, self._dsp, self._split = np, dsp, Hibari.split_sentences
        self._model, self._british = Path(setup["model"]), bool(setup.get("british"))
        self._pitch = 2.0 ** (float(setup.get("semitones", 0)) / 12)
        self._take = int(setup.get("take", 0))
        if setup.get("ready"):
            self._session  # noqa: B018 - loads it

    def read(self, text: str) -> Request:
        """Return the sentences of a text as phonemes, and the words that have none."""
        sentences: list[str] = []
        unread: list[str] = []
        for sentence in self._split(text):
            tokens = self._phonemes.phonemize_tokens(self._phonemes.tokenize(self._normalise(sentence)))
            unread += [each.text for each in tokens if not self._can_say(each)]
            said = "".join((each.phonemes or "") + (" " if each.whitespace else "") for each in tokens).strip()
            if sound.has_sound(said):
                sentences += sound.split_phonemes(said)
        return {"sentences": sentences, "unread": unread}

    def say(self, sentences: list[str], speed: float) -> bytes:
        """Speak sentences with pauses between them; return 16-bit samples."""
        stretch = sound.find_stretch(speed, CALM_SPEED)
        return sound.join_sentences(self._np, [self._say_sentence(each, speed, stretch) for each in sentences], stretch)

    def _say_sentence(self, phonemes: str, speed: float, stretch: float) -> Any:  # noqa: ANN401 - an array
        """Speak a sentence; the clauses of a short one apart, if they would run into each other: "Out, right"."""
        np = self._np
        spoken, pauses = self._synthesise(phonemes, speed)
        if len(phonemes.split()) > FEW_WORDS or sound.has_gaps(np, spoken, pauses):
            return sound.draw_out(np, spoken, pauses, stretch)
        pieces = []
        for clause, seconds in sound.split_clauses(phonemes):
            spoken, _ = self._synthesise(clause, speed)
            pieces += [
                sound.draw_out(np, spoken, [], stretch),
                np.zeros(round(seconds * stretch * sound.RATE), np.float32),
            ]
        return np.concatenate(pieces)

    def _synthesise(self, phonemes: str, speed: float) -> tuple[Any, list[tuple[int, int, float]]]:
        """Return the sound of a sentence as the model makes it, and where its marks may sound as gaps."""
        np = self._np
        said = sound.end_sentence(phonemes)
        slowest = LEAST_SPEED.get(len(phonemes.split()), 0.0)
        ids = [0, *(self._vocabulary[each] for each in said), 0]
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([max(speed, slowest)], np.float32)}
        *parts, durations = self._session.run(None, given)
        *spectrum, melody = (part[0] for part in parts)
        tune = bend_melody(np, melody, MELODY_RANGES[self._take % len(MELODY_RANGES)]) * np.float32(self._pitch)
        spoken = self._dsp.synth(*spectrum, tune, np.random.default_rng(self._take))
        ends = [sound.UNIT * each for each in accumulate(durations.ravel().tolist())]
        return spoken, list(sound.find_pauses(said, ends))

    def _can_say(self, token: Any) -> bool:  # noqa: ANN401 - hibari has no types
        phonemes = token.phonemes or ""
        if not all(each in self._vocabulary for each in phonemes):
            return False
        if not any(map(str.isalnum, token.text)):
            return True
        guessed = token.rating is not None and token.rating <= GUESSED
        longest = max((len(each) for each in re.findall(r"[^\W\d_]+", token.text)), default=0)
        return sound.has_sound(phonemes) and not (guessed and longest > LONGEST_UNKNOWN)

    @cached_property
    def _phonemes(self) -> Any:  # noqa: ANN401 - hibari has no types
        from hibari.g2p import G2P

        return G2P(british=self._british)

    @cached_property
    def _normalise(self) -> Any:  # noqa: ANN401 - hibari has no types
        from hibari.g2p.normalize import normalize

        return normalize

    @cached_property
    def _vocabulary(self) -> dict[str, int]:
        import json

        from hibari.tts import ASSETS

        found: dict[str, int] = json.loads((Path(ASSETS) / "vocab.json").read_bytes())
        return found

    @cached_property
    def _session(self) -> Any:  # noqa: ANN401 - ONNX runtime has no types
        """Load the model, with the durations of the phonemes as one output more."""
        return sound.load_model(self._onnx, self._model.read_bytes(), DURATIONS)


def bend_melody(np: Any, melody: Any, spread: float) -> Any:  # noqa: ANN401 - arrays
    """Return pitches (Hz) that are ``spread`` times as far from their middle, in octaves; 0 is no pitch and stays."""
    voiced = melody > 0
    if spread == 1 or not voiced.any():
        return melody
    middle = np.exp(np.log(melody[voiced]).mean())
    return np.where(voiced, middle * (np.maximum(melody, 1e-6) / middle) ** spread, melody).astype(np.float32)
