"""Listens to what a voice made of the phrases: what is heard of each, how natural it is, and what its sound is like."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from scripts.listening import naturalness, sound, words
from scripts.listening.ear import LANGUAGES, OFTEN, ONCE, Ear, Listening

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scripts.listening.ledger import Ledger
    from scripts.listening.naturalness import Floats
    from scripts.listening.phrases import Phrase, Reading, Report
    from voicecoach.audio.clip import Clip


LONG = 4
"""Words from which on a phrase is judged by one listening, and counts for the word error rate."""
ALONE = 6.5
"""Seconds from which on a phrase is rated by itself. The model needs a full window: it rates the first second of a good
instruction 3.9, its first five 4.2, and its first 7.6 seconds 4.7."""
APART = 0.6
"""Seconds of silence between a shorter phrase and the sentence that is rated after it."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is known of a phrase.

    Attributes:
        phrase: The phrase.
        seconds: Its length.
        words: Its number of words, as they are counted for the error rate.
        heard: What was recognised, in each listening; empty if the recogniser doesn't know the language.
        errors: The word errors of each listening.
        missed: The words of the sides that were not heard as themselves, with what was heard for them. For a phrase
            that was heard several times: those of the listening in the middle, from best to worst.
        sides: How often the phrase names a side.
        score: The predicted mean opinion score; in the context of a sentence if the phrase is short.
        level: Its loudness in LUFS.
        ends: What is wrong with its sound.
    """

    phrase: Phrase
    seconds: float
    words: int
    heard: tuple[str, ...]
    errors: tuple[int, ...]
    missed: tuple[tuple[str, str], ...]
    sides: int
    score: float
    level: float
    ends: sound.Ends

    @property
    def is_long(self) -> bool:
        """Whether it counts for the word error rate."""
        return self.words >= LONG

    @property
    def is_understood(self) -> bool:
        """Whether most of its listenings, or its only one, had no error."""
        return sum(not each for each in self.errors) * 2 > len(self.errors)

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "said": self.phrase.said,
            "words": self.phrase.words,
            "routines": list(self.phrase.routines),
            "seconds": round(self.seconds, 3),
            "words_a_minute": round(sound.count_words_per_minute(self.words, self.seconds)),
            "heard": list(self.heard),
            "errors": list(self.errors),
            "missed_sides": [list(each) for each in self.missed],
            "naturalness": round(self.score, 3),
            "level": round(self.level, 2),
            "clipped": self.ends.clipped,
            "clicks": list(self.ends.clicks),
            "cut": list(self.ends.cut),
        }


@dataclass(frozen=True, slots=True)
class Ears:
    """All that listens: the recogniser, the model of naturalness, and what they found before."""

    ear: Ear
    listener: naturalness.Listener
    ledger: Ledger
    workers: int


def open_ears(ledger: Ledger) -> Ears:
    """Load the models.

    Raises:
        ModuleNotFoundError: If their packages are not installed.
    """
    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Ears(Ear(), naturalness.Listener(), ledger, workers)


def assess(reading: Reading, context: Clip, code: str, ears: Ears, report: Report) -> list[Assessment]:
    """Listen to every phrase of a reading.

    Args:
        reading: The phrases, with their clips.
        context: A sentence of the same voice; short phrases are rated together with it.
        code: The language of the phrases.
        ears: What listens.
        report: Called with progress.
    """
    task = _Task(reading, context, _prepare(context), code, ears)
    made: list[Assessment] = []
    with _share(ears.workers) as pool:
        for one in pool.map(task.assess, reading.phrases):
            made.append(one)
            report("listening", len(made), len(reading.phrases))
    return made


@dataclass(frozen=True, slots=True)
class _Task:
    """Everything that the assessment of one phrase needs."""

    reading: Reading
    context: Clip
    after: Floats
    code: str
    ears: Ears

    def assess(self, phrase: Phrase) -> Assessment:
        clip = self.reading.clips[phrase.said]
        samples = sound.read_samples(clip.pcm)
        heard = self._hear(phrase, clip) if self.code in LANGUAGES else ()
        sides = words.SIDES.get(self.code, ())
        missed = sorted((words.find_missed_sides(phrase.words, each, sides) for each in heard), key=len)
        return Assessment(
            phrase,
            float(clip.seconds),
            words.count_words(phrase.words),
            heard,
            tuple(words.count_errors(phrase.words, each) for each in heard),
            tuple(missed[len(missed) // 2]) if missed else (),
            words.count_sides(phrase.words, sides),
            self._rate(clip),
            sound.measure_level(samples),
            sound.check_ends(samples),
        )

    def _hear(self, phrase: Phrase, clip: Clip) -> tuple[str, ...]:
        """Listen once; to a short phrase that is not understood then, until most listenings are right, or wrong."""
        heard = [self._hear_once(clip, ONCE)]
        right = int(not words.count_errors(phrase.words, heard[0]))
        if right or words.count_words(phrase.words) >= LONG:
            return tuple(heard)
        most = len(OFTEN) // 2 + 1
        for way in OFTEN[1:]:
            heard.append(self._hear_once(clip, way))
            right += not words.count_errors(phrase.words, heard[-1])
            if most in (right, len(heard) - right):
                break
        return tuple(heard)

    def _hear_once(self, clip: Clip, way: Listening) -> str:
        key = f"heard {self.ears.ear.identity}, {way.lead} {way.temperature} {clip.digest}"
        return str(self.ears.ledger.find(key, lambda: self.ears.ear.hear(_resample(clip), way)))

    def _rate(self, clip: Clip) -> float:
        if clip.seconds >= ALONE:
            key = f"rated {naturalness.VERSION} {clip.digest}"
            return float(self.ears.ledger.find(key, lambda: self.ears.listener.rate(_prepare(clip))))
        key = f"rated {naturalness.VERSION} {clip.digest} before {self.context.digest}"
        return float(self.ears.ledger.find(key, lambda: self.ears.listener.rate(self._join(clip))))

    def _join(self, clip: Clip) -> Floats:
        """Return a short phrase with the start of a sentence after it, as long as the model's window."""
        silence: Floats = np.zeros(round(APART * naturalness.RATE), np.float32)
        return np.concatenate([_prepare(clip), silence, self.after])[: naturalness.WINDOW]


@contextmanager
def _share(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Share work among threads; if it is interrupted, what has not begun is dropped."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _prepare(clip: Clip) -> Floats:
    """Return a clip as the model of naturalness takes it."""
    return naturalness.resample(sound.read_samples(clip.pcm))


def _resample(clip: Clip) -> Floats:
    """Return a clip as the recogniser takes it."""
    return sound.resample(sound.read_samples(clip.pcm), sound.RATE // naturalness.RATE)
