"""Measure how well half a second of a guided breath tells what is breathed: python -m scripts.bench.breathing.

A small classifier (ridge regression on the spectrum) learns from some sessions with ``--breath-sound``, and is asked
about others: other routines, at other breaths. Words and, in half of them, a bed are in the mix. It hears MP3 files, as
listeners do; a window is anywhere in a guided breath, and its answer is the phase that fills more than half of it.
"""

from __future__ import annotations

import argparse
import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

import voicecoach as vc
from voicecoach.audio import ffmpeg

if TYPE_CHECKING:
    from collections.abc import Callable

Numbers: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
Counts: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.int64]]"

RATE = 16_000
WINDOW, HALF = RATE // 2, 0.25
"""The samples of half a second, and the seconds of half of it."""
FRAME, HOP = 1024, 512
HIGHEST = 3_200
KINDS = ("inhale", "hold", "exhale")
RIDGE = 30.0


@dataclass(frozen=True, slots=True)
class Case:
    """A session: its routine, breath, bed and guidance."""

    routine: str
    breath: str
    bed: str | None = None
    guidance: Literal["full", "brief", "cues"] = "full"


LEARNED = (
    Case("box-breathing", "4-4-4-4"),
    Case("box-breathing", "5-5-5-5", "waves"),
    Case("leg-stretch", "4-6", "rain"),
    Case("leg-stretch", "6-8", guidance="brief"),
    Case("four-seven-eight", "4-7-8", "brown"),
    Case("resonance-breathing", "5.5-5.5", "pad"),
)
ASKED = (
    Case("box-breathing", "3-3-3-3", "pad"),
    Case("box-breathing", "6-6-6-6", guidance="cues"),
    Case("sitting-leg-stretch", "5-7", "waves"),
    Case("sitting-leg-stretch", "3-4"),
    Case("cyclic-sigh", "4-8", "rain"),
    Case("standing-leg-stretch", "4-2-6-1", "brown", "cues"),
)


def hear(studio: vc.Studio, case: Case, folder: Path) -> tuple[Numbers, list[tuple[float, float, str]]]:
    """Return the samples of a session as its MP3 has them, and its phases."""
    session = studio.plan(case.routine, breath=case.breath, guidance=case.guidance, breath_sound=True)
    path = folder / "session.mp3"
    session.write(path, bed=case.bed, force=True)
    args = ["-i", ffmpeg.quote_path(path), "-ac", "1", "-ar", str(RATE), "-f", "s16le", "pipe:1"]
    samples = np.frombuffer(ffmpeg.run(args, what="decoding").stdout, dtype="<i2") / 32768
    phases = [(float(each.start), float(each.end), each.kind.value) for each in session.timeline.phases]
    return samples, [(start, end, "hold" if kind == "pause" else kind) for start, end, kind in phases]


def describe(samples: Numbers) -> Numbers:
    """Return what is used of a window: the spectrum of its quieter moments, and of all of it, in decibels."""
    starts = range(0, len(samples) - FRAME + 1, HOP)
    frames = np.stack([samples[start : start + FRAME] for start in starts]) * np.hanning(FRAME)
    power: Numbers = np.abs(np.fft.rfft(frames))[:, : HIGHEST * FRAME // RATE] ** 2 + 1e-9
    both: Numbers = 10 * np.log10(np.concatenate([np.percentile(power, 20, axis=0), power.mean(axis=0)]))
    return both


def cut(
    samples: Numbers, phases: list[tuple[float, float, str]], dice: random.Random, count: int
) -> tuple[Numbers, Counts]:
    """Return the features and kinds of windows at random places in guided breaths."""
    features: list[Numbers] = []
    kinds: list[str] = []
    weights = [end - start for start, end, _ in phases]
    while len(features) < count:
        start, end, _ = dice.choices(phases, weights)[0]
        middle = dice.uniform(start, end)
        first = round((middle - HALF) * RATE)
        if first < 0 or first + WINDOW > len(samples):
            continue
        shares = dict.fromkeys(KINDS, 0.0)
        for begin, until, kind in phases:
            shares[kind] += max(0.0, min(until, middle + HALF) - max(begin, middle - HALF))
        if sum(shares.values()) < 2 * HALF - 1e-6:
            continue  # a part of it is no guided breath
        features.append(describe(samples[first : first + WINDOW]))
        kinds.append(max(shares, key=shares.__getitem__))
    return np.stack(features), np.array([KINDS.index(kind) for kind in kinds])


def learn(features: Numbers, kinds: Counts) -> Callable[[Numbers], Counts]:
    """Return a classifier: one against the others, by ridge regression."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    known = np.hstack([(features - mean) / spread, np.ones((len(features), 1))])
    wanted = np.eye(len(KINDS))[kinds]
    weights = np.linalg.solve(known.T @ known + RIDGE * np.eye(known.shape[1]), known.T @ wanted)
    return lambda asked: (np.hstack([(asked - mean) / spread, np.ones((len(asked), 1))]) @ weights).argmax(axis=1)


def main() -> None:
    """Learn, ask, and print how often the answer is right."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.breathing", description=__doc__.splitlines()[0])
    parser.add_argument("--windows", type=int, default=600, help="windows of each session (default: 600)")
    parser.add_argument("--voice", default=None, help="the voice (default: the best one)")
    given = parser.parse_args()
    dice = random.Random(7)  # noqa: S311 - the same windows each time
    with tempfile.TemporaryDirectory(prefix="voicecoach-bench-") as folder, vc.Studio(voice=given.voice) as studio:
        known = [cut(*hear(studio, case, Path(folder)), dice, given.windows) for case in LEARNED]
        answer = learn(np.vstack([each for each, _ in known]), np.concatenate([each for _, each in known]))
        right, total = 0, 0
        print("| session | bed | guidance | right |\n| --- | --- | --- | ---: |")
        for case in ASKED:
            features, kinds = cut(*hear(studio, case, Path(folder)), dice, given.windows)
            found = answer(features)
            right, total = right + int((found == kinds).sum()), total + len(kinds)
            print(
                f"| {case.routine} {case.breath} | {case.bed or ''} | {case.guidance} | {(found == kinds).mean():.1%} |"
            )
        print(f"| all | | | {right / total:.1%} |")


if __name__ == "__main__":
    main()
