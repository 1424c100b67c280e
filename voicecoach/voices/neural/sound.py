"""The sound of a neural model: trimmed, with pauses where the text has marks, as long as a calm guide makes them.

Workers load this file by its path, so it imports nothing of ours. NumPy is passed in: only workers import it.
"""

from __future__ import annotations

import math
import re
import wave
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RATE = 24_000
"""Samples a second."""
UNIT = 600
"""Samples of one unit of a phoneme's duration: two frames of the model."""
LONGEST = 400
"""Phonemes that a model is given at once."""

PAUSES = {",": 0.5, ";": 0.6, ":": 0.6, "—": 0.6, "…": 0.8}
"""Seconds of silence at a mark inside a sentence, at the calm speed."""
SENTENCE_PAUSE = 0.8
"""Seconds of silence between two sentences, at the calm speed."""
LONGEST_STRETCH = 1.3
"""Times that a pause is drawn out, at most."""

EDGE, GAP, SILENT = -46.0, -28.0, -40.0
"""In dB under the loudest sample: what is not yet (or no longer) speech, a gap inside it, and the silence in a gap."""
HOP = 120
"""Samples over which the level is taken: 5 ms."""
FADE = 120
"""Samples that are faded where something is cut."""
END = 3
"""Hops after the last one with speech, faded to nothing: the breath of a last "t" goes on in them."""

LEVEL = -23.0
"""The loudness in LUFS that each text is given: short words are loud by themselves, and are not measured later."""
BLOCK, STEP = 2_400, 600
"""Samples of a block of loudness and from one block to the next: 100 and 25 ms, because words are that short."""
LOUDEST = 0.9
"""The loudest sample that is made, as a part of full scale."""

SHELF = ((1.19839281085285, -2.69169618940638, 1.53512485958697), (0.73248077421585, -1.69065929318241, 1.0))
HIGH_PASS = ((1.0, -2.0, 1.0), (0.99007225036621, -1.99004745483398, 1.0))
"""The filters of BS.1770 as polynomials of a delay, the highest power first: numerator and denominator."""

_NO_SOUNDS = frozenset(' ;:,.!?—…"()“”ˈˌː')
_MARKS = re.compile(r'[ ;:,.!?—…"()“”]+')
_ENDED = re.compile(r'[;:,.!?—…][")”]*$')
_CLAUSE = re.compile(r"(?<=[,;:—]) ")


@dataclass(frozen=True, slots=True)
class Cut:
    """A place to draw a sound out: at this sample, by so many samples of silence."""

    at: int
    silence: int


def load_model(onnxruntime: Any, model: bytes, durations: bytes) -> Any:  # noqa: ANN401 - ONNX Runtime has no types
    """Return a model that runs in one thread; its last output is a tensor inside it, the durations of the phonemes."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model + name_output(durations), options, providers=["CPUExecutionProvider"])


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
    """Return whether there is anything to hear: more than marks and stresses."""
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


def measure_levels(np: Any, sound: Any) -> Any:  # noqa: ANN401 - arrays
    """Return the loudest sample of each hop, in dB under the loudest of all."""
    loudest = np.abs(sound).reshape(-1, HOP).max(axis=1)
    return 20 * np.log10(np.maximum(loudest, 1e-9) / max(float(loudest.max()), 1e-9))


def find_speech(np: Any, levels: Any) -> tuple[int, int]:  # noqa: ANN401 - arrays
    """Return the samples between which there is speech, with a hop of room before it and some after it."""
    (loud,) = np.nonzero(levels > EDGE)
    return max(0, int(loud[0]) - 1) * HOP, min(len(levels), int(loud[-1]) + 1 + END) * HOP


def find_cut(np: Any, levels: Any, start: int, end: int, wanted: int) -> Cut | None:  # noqa: ANN401 - arrays
    """Return where to lengthen the gap between two samples to the ``wanted`` samples; None if there is no gap.

    The gap is the longest part without loud sound; it is cut where it is softest.
    """
    window = levels[start // HOP : end // HOP]
    edges = np.flatnonzero(np.diff(np.concatenate(([False], window < GAP, [False])).astype(np.int8)))
    runs = [(int(end - begin), int(begin)) for begin, end in zip(edges[::2], edges[1::2], strict=True)]
    if not runs:
        return None
    length, begin = max(runs, key=lambda run: run[0])
    gap = window[begin : begin + length]
    silence = wanted - HOP * int((gap < SILENT).sum())
    return Cut(start // HOP * HOP + (begin + int(gap.argmin())) * HOP + HOP // 2, max(0, silence))


def has_gaps(np: Any, sound: Any, pauses: Sequence[tuple[int, int, float]]) -> bool:  # noqa: ANN401 - arrays
    """Return whether there is a gap at each of these pauses; words can also run into each other at a mark."""
    levels = measure_levels(np, sound)
    return all(find_cut(np, levels, begin, end, 0) is not None for begin, end, _ in pauses)


def split_clauses(phonemes: str) -> list[tuple[str, float]]:
    """Part a sentence at its marks; return each clause without its mark, and the seconds of the pause after it.

    >>> split_clauses("Wt, IIt.")
    [('Wt', 0.5), ('IIt.', 0.0)]
    """
    parts = _CLAUSE.split(phonemes)
    return [(part[:-1], PAUSES.get(part[-1], 0.0)) for part in parts[:-1]] + [(parts[-1], 0.0)]


def find_stretch(speed: float, calm: float) -> float:
    """Return how many times longer pauses are at a speed than at the calm one.

    >>> find_stretch(0.5, 0.6), find_stretch(0.3, 0.6)
    (1.2, 1.3)
    """
    return min(calm / speed, LONGEST_STRETCH)


def draw_out(np: Any, sound: Any, pauses: Sequence[tuple[int, int, float]], stretch: float, start: int = 0) -> Any:  # noqa: ANN401 - arrays
    """Trim a sound and lengthen its gaps; what is before ``start`` is left out.

    A pause is where it begins and ends, at most, and its seconds.
    """
    levels = measure_levels(np, sound)
    first, last = find_speech(np, levels)
    first = max(first, start)
    cuts = [find_cut(np, levels, begin, end, round(seconds * stretch * RATE)) for begin, end, seconds in pauses]
    inside = [cut for cut in cuts if cut is not None and first < cut.at < last]
    pieces = []
    for begin, cut in zip([first, *(each.at for each in inside)], [*inside, Cut(last, 0)], strict=True):
        piece = fade_ends(np, sound[begin : cut.at], END * HOP if cut.at == last else FADE)
        pieces += [piece, np.zeros(cut.silence, np.float32)]
    return np.concatenate(pieces)


def fade_ends(np: Any, sound: Any, end: int) -> Any:  # noqa: ANN401 - arrays
    """Return a sound whose start and whose last ``end`` samples are faded."""
    faded = sound.copy()
    rise, fall = (np.linspace(0, 1, min(each, len(faded)), dtype=np.float32) for each in (FADE, end))
    faded[: len(rise)] *= rise
    faded[len(faded) - len(fall) :] *= fall[::-1]
    return faded


def join_sentences(np: Any, sentences: Sequence[Any], stretch: float) -> bytes:  # noqa: ANN401 - arrays
    """Return sentences with pauses between them, as 16-bit samples."""
    pause = np.zeros(round(SENTENCE_PAUSE * stretch * RATE), np.float32)
    pieces = [piece for sentence in sentences for piece in (sentence, pause)]
    sound = set_level(np, np.concatenate(pieces[:-1]))
    return np.rint(np.clip(sound, -1.0, 1.0) * 32_767).astype("<i2").tobytes()  # type: ignore[no-any-return]


def set_level(np: Any, sound: Any) -> Any:  # noqa: ANN401 - arrays
    """Return a sound at `LEVEL`, or as near to it as its loudest sample allows."""
    gain = min(10 ** ((LEVEL - measure_loudness(np, sound)) / 20), LOUDEST / max(float(np.abs(sound).max()), 1e-9))
    return sound * np.float32(gain)


def measure_loudness(np: Any, sound: Any) -> float:  # noqa: ANN401 - arrays
    """Return the loudness of speech in LUFS: that of BS.1770, with shorter blocks."""
    padded = np.pad(sound.astype(np.float64), (0, max(0, BLOCK - len(sound))))
    blocks = np.lib.stride_tricks.sliding_window_view(padded, BLOCK)[::STEP]
    taper = np.hanning(BLOCK)
    weights = 2 * weigh_frequencies(np) / (BLOCK * np.square(taper).sum())
    power = (np.square(np.abs(np.fft.rfft(blocks * taper))) * weights).sum(axis=1)
    heard = power[power > power.max() / 1e4]
    return -0.691 + 10 * math.log10(max(float(heard[heard >= heard.mean() / 10].mean()), 1e-9))


def weigh_frequencies(np: Any) -> Any:  # noqa: ANN401 - arrays
    """Return by how much the two filters of BS.1770, which are for 48 kHz, multiply the power of each frequency."""
    turns = np.exp(-1j * np.pi * np.arange(BLOCK // 2 + 1) / BLOCK)
    shelf = np.polyval(SHELF[0], turns) / np.polyval(SHELF[1], turns)
    high_pass = np.polyval(HIGH_PASS[0], turns) / np.polyval(HIGH_PASS[1], turns)
    return np.square(np.abs(shelf * high_pass))


def write_sound(path: str, samples: bytes) -> None:
    """Write 16-bit samples as a WAV file."""
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples)
