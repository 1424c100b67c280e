"""The child process that speaks with hibari's model: a JSON line in, a JSON line out, until its input ends.

It runs by its file name and imports nothing of ours but ``voices/worker.py``. Requests: the setup once, then
``{"do": "read", "texts": […]}``, which gives the phonemes of each text, or
``{"do": "say", "sentences": […], "rate": …, "path": …}``, which speaks phonemes into a file.

The same request gives the same file, to the byte, in any process: the model runs in one thread, its noise has one seed,
and the sound is computed by NumPy's FFT even if SciPy is installed.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
import wave
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.voices import worker as protocol
    from voicecoach.voices.worker import Request
else:
    _spec = importlib.util.spec_from_file_location("worker", Path(__file__).parents[1] / "worker.py")
    protocol = importlib.util.module_from_spec(_spec)
    _spec.loader.exec_module(protocol)

RATE = 24_000
"""Samples a second."""
UNIT = 600
"""Samples of one unit of a phoneme's duration: two frames of the model."""
DURATIONS = b"/Cast_32_output_0"
"""The tensor inside the model that has the durations of the phonemes."""

LONGEST = 400
"""Phonemes that the model is given at once."""
LONGEST_UNKNOWN = 24
"""Letters of a word that is not in the dictionary; the rest would not be read."""

MELODY_RANGES = (1.0, 1.12, 0.9, 1.05)
"""How far the melody of each take goes up and down, as a part of the model's own."""

GUESSED = 2
"""hibari's rating of phonemes that its network guessed from the letters."""

LEAST_SPEED = {1: 0.75, 2: 0.7, 3: 0.7}
"""The slowest speed of a sentence by its number of words: slower ones blur."""
PAUSES = {",": 0.5, ";": 0.6, ":": 0.6, "—": 0.6, "…": 0.8}
"""Seconds of silence at a mark inside a sentence, at the calm speed."""
SENTENCE_PAUSE = 0.8
"""Seconds of silence between two sentences, at the calm speed."""
CALM_SPEED = 0.62
"""The speed for which these pauses are; at others they are shorter or longer in proportion."""
LONGEST_STRETCH = 1.3
"""Times that a pause is drawn out, at most."""

EDGE, GAP = -46.0, -40.0
"""Softer than this, in dB under the loudest sample, is not yet (or no longer) speech; and is a gap inside it."""
HOP = 120
"""Samples over which the level is taken: 5 ms."""
FADE = 120
"""Samples that are faded where something is cut."""

_NO_SOUNDS = frozenset(' ;:,.!?—…"()“”ˈˌː')
_MARKS = re.compile(r'[ ;:,.!?—…"()“”]+')
_ENDED = re.compile(r'[;:,.!?—…][")”]*$')
_CLAUSE = re.compile(r"(?<=[,;:—]) ")


@dataclass(frozen=True, slots=True)
class Cut:
    """A place to draw a sound out: at this sample, by so many samples of silence."""

    at: int
    silence: int


class Voice:
    """A model of hibari's, and its way from text to phonemes; each is loaded when it is first needed."""

    def __init__(self, setup: Request) -> None:
        """Import what is needed.

        Raises:
            ImportError: When a package is missing or does not fit this machine.
        """
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ[name] = "1"
        sys.modules["scipy"] = None  # type: ignore[assignment] # so that hibari takes NumPy's FFT
        import numpy as np
        import onnxruntime
        from hibari import dsp
        from hibari.tts import Hibari

        self._np, self._onnx, self._dsp, self._split = np, onnxruntime, dsp, Hibari.split_sentences
        self._model, self._british = Path(setup["model"]), bool(setup.get("british"))
        self._pitch = 2.0 ** (float(setup.get("semitones", 0)) / 12)
        self._take = int(setup.get("take", 0))

    def read(self, text: str) -> Request:
        """Return the sentences of a text as phonemes, and the words that have none."""
        sentences: list[str] = []
        unread: list[str] = []
        for sentence in self._split(text):
            tokens = self._phonemes.phonemize_tokens(self._phonemes.tokenize(self._normalise(sentence)))
            unread += [each.text for each in tokens if not self._can_say(each)]
            said = "".join((each.phonemes or "") + (" " if each.whitespace else "") for each in tokens).strip()
            if has_sound(said):
                sentences += split_phonemes(said)
        return {"sentences": sentences, "unread": unread}

    def say(self, sentences: list[str], speed: float) -> bytes:
        """Speak sentences with pauses between them; return 16-bit samples."""
        np = self._np
        stretch = min(CALM_SPEED / speed, LONGEST_STRETCH)
        pause = np.zeros(round(SENTENCE_PAUSE * stretch * RATE), np.float32)
        pieces = []
        for sentence in sentences:
            pieces += [self._say_sentence(sentence, speed, stretch), pause]
        sound = np.concatenate(pieces[:-1])
        return np.rint(np.clip(sound, -1.0, 1.0) * 32_767).astype("<i2").tobytes()  # type: ignore[no-any-return]

    def _say_sentence(self, phonemes: str, speed: float, stretch: float) -> Any:  # noqa: ANN401 - an array
        np = self._np
        said = end_sentence(phonemes)
        slowest = LEAST_SPEED.get(len(phonemes.split()), 0.0)
        ids = [0, *(self._vocabulary[each] for each in said), 0]
        given = {"ids": np.asarray([ids], np.int64), "speed": np.asarray([max(speed, slowest)], np.float32)}
        *parts, durations = self._session.run(None, given)
        *spectrum, melody = (part[0] for part in parts)
        tune = bend_melody(np, melody, MELODY_RANGES[self._take % len(MELODY_RANGES)]) * np.float32(self._pitch)
        sound = self._dsp.synth(*spectrum, tune, np.random.default_rng(self._take))
        ends = [UNIT * each for each in accumulate(durations.ravel().tolist())]
        return self._draw_out(sound, list(find_pauses(said, ends)), stretch)

    def _draw_out(self, sound: Any, pauses: list[tuple[int, int, float]], stretch: float) -> Any:  # noqa: ANN401 - arrays
        """Trim a sound and lengthen its gaps; a pause is where it begins and ends, at most, and its seconds."""
        np = self._np
        levels = measure_levels(np, sound)
        first, last = find_speech(np, levels)
        cuts = [find_cut(np, levels, start, end, round(seconds * stretch * RATE)) for start, end, seconds in pauses]
        inside = [cut for cut in cuts if cut is not None and first < cut.at < last]
        pieces = []
        for start, cut in zip([first, *(each.at for each in inside)], [*inside, Cut(last, 0)], strict=True):
            piece = sound[start : cut.at].copy()
            fade = np.linspace(0, 1, min(FADE, len(piece)), dtype=np.float32)
            piece[: len(fade)] *= fade
            piece[len(piece) - len(fade) :] *= fade[::-1]
            pieces += [piece, np.zeros(cut.silence, np.float32)]
        return np.concatenate(pieces)

    def _can_say(self, token: Any) -> bool:  # noqa: ANN401 - hibari has no types
        phonemes = token.phonemes or ""
        if not all(each in self._vocabulary for each in phonemes):
            return False
        if not any(map(str.isalnum, token.text)):
            return True
        guessed = token.rating is not None and token.rating <= GUESSED
        longest = max((len(each) for each in re.findall(r"[^\W\d_]+", token.text)), default=0)
        return has_sound(phonemes) and not (guessed and longest > LONGEST_UNKNOWN)

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
        options = self._onnx.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = self._model.read_bytes() + name_output(DURATIONS)
        return self._onnx.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def name_output(tensor: bytes) -> bytes:
    """Return what, appended to an ONNX file, makes a tensor inside it an output.

    Messages of protobuf that follow each other are merged, so this is a model with nothing but an output's name: field
    1 of a value, in field 12 of a graph, in field 7 of a model.
    """
    value = bytes([0x0A, len(tensor)]) + tensor
    graph = bytes([0x62, len(value)]) + value
    return bytes([0x3A, len(graph)]) + graph


def split_phonemes(said: str) -> list[str]:
    """Part phonemes that are too many for the model: at marks, else between words.

    >>> [len(each) for each in split_phonemes("a, " * 150)], split_phonemes("b")
    ([398, 51], ['b'])
    """
    pieces: list[str] = []
    for part in re.split(_CLAUSE, said) if len(said) > LONGEST else [said]:
        for word in [part] if len(part) <= LONGEST else part.split(" "):
            if pieces and len(pieces[-1]) + 1 + len(word) <= LONGEST:
                pieces[-1] += f" {word}"
            else:
                pieces += [word[start : start + LONGEST] for start in range(0, len(word), LONGEST)]
    return pieces


def has_sound(phonemes: str) -> bool:
    """Tell whether there is anything to hear: more than marks and stresses."""
    return any(each not in _NO_SOUNDS for each in phonemes)


def end_sentence(phonemes: str) -> str:
    """Add a full stop to a sentence without a mark at its end: a lone word is clearer with one.

    >>> end_sentence("bi"), end_sentence("bi?")
    ('bi.', 'bi?')
    """
    return phonemes if _ENDED.search(phonemes) else f"{phonemes}."


def find_pauses(said: str, ends: list[int]) -> Iterator[tuple[int, int, float]]:
    """Yield where each mark inside a sentence may sound as a gap, and the seconds of its pause.

    ``ends`` are the samples at which each phoneme ends, with one more at the start and at the end of the sentence. A
    gap often begins in the phoneme before the mark.
    """
    for run in _MARKS.finditer(said):
        seconds = max((PAUSES.get(each, 0.0) for each in run.group()), default=0.0)
        if seconds and run.start() and run.end() < len(said):
            yield ends[run.start() - 1], ends[run.end()], seconds


def bend_melody(np: Any, melody: Any, spread: float) -> Any:  # noqa: ANN401 - arrays
    """Return pitches (Hz) that are ``spread`` times as far from their middle, in octaves; 0 is no pitch and stays."""
    voiced = melody > 0
    if spread == 1 or not voiced.any():
        return melody
    middle = np.exp(np.log(melody[voiced]).mean())
    return np.where(voiced, middle * (np.maximum(melody, 1e-6) / middle) ** spread, melody).astype(np.float32)


def measure_levels(np: Any, sound: Any) -> Any:  # noqa: ANN401 - arrays
    """Return the loudest sample of each hop, in dB under the loudest of all."""
    loudest = np.abs(sound).reshape(-1, HOP).max(axis=1)
    return 20 * np.log10(np.maximum(loudest, 1e-9) / max(float(loudest.max()), 1e-9))


def find_speech(np: Any, levels: Any) -> tuple[int, int]:  # noqa: ANN401 - arrays
    """Return the samples between which there is speech, with a hop of room on both sides."""
    (loud,) = np.nonzero(levels > EDGE)
    return max(0, int(loud[0]) - 1) * HOP, min(len(levels), int(loud[-1]) + 2) * HOP


def find_cut(np: Any, levels: Any, start: int, end: int, wanted: int) -> Cut | None:  # noqa: ANN401 - arrays
    """Return where to lengthen the gap between two samples to the ``wanted`` samples; None if there is no gap."""
    first = start // HOP
    soft = levels[first : end // HOP] < GAP
    edges = np.flatnonzero(np.diff(np.concatenate(([False], soft, [False])).astype(np.int8)))
    runs = [(int(end) - int(begin), int(begin)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    if not runs:
        return None
    length, begin = max(runs, key=lambda run: run[0])
    return Cut((first + begin + length // 2) * HOP, max(0, wanted - length * HOP))


def start(setup: Request) -> Voice:
    """Start the voice that the setup describes."""
    return Voice(setup)


def answer(voice: Voice, request: Request) -> Request:
    """Do one request and return what to answer."""
    match request:
        case {"do": "read", "texts": list(texts)}:
            return {"read": [voice.read(str(each)) for each in texts]}
        case {"do": "say", "sentences": list(sentences), "rate": int(rate), "path": str(path)}:
            sound = voice.say([str(each) for each in sentences], rate / 1000)
            with wave.open(path, "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(sound)
            return {"done": path}
    raise protocol.Failed(f"unknown request: {request!r}")


if __name__ == "__main__":
    protocol.run(lambda requests, answers: protocol.serve(requests, answers, start, answer))
