"""A long take: measured, cut into sentences, and written as their recordings."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voicecoach.app.recording.cutting import ENOUGH, Cut, cut_take
from voicecoach.app.recording.envelope import ONLY_FILES, read_envelope
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.errors import ChoiceError, RunError, describe_unreadable, quote
from voicecoach.system import drafts, plain_files, signals
from voicecoach.voices.polish import Raw
from voicecoach.voices.recorded import find_fault
from voicecoach.voices.takes import encode_wave

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.app.recording.sentences import Sentence
    from voicecoach.voices.takes import Review

LONGEST_CUT = 300.0
"""Seconds that a sentence lasts at most."""
TOO_MUCH, SLACK = 1.0, 5.0
"""A take is another one if it has so much more speech than the sentences have, and some seconds."""
_AT_ONCE = SAMPLE_RATE * SAMPLE_BYTES
"""Bytes that are decoded at once: a second."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A sentence, where it is in the take, and what is done with it.

    Attributes:
        sentence: The sentence.
        cut: Where it is.
        status: ``write``, ``written``, ``kept`` (it was recorded before), ``doubt`` (a recording is kept because the
            cut is in doubt), ``missing`` or ``faulty``.
        fault: What is wrong with its sound.
    """

    sentence: Sentence
    cut: Cut
    status: str = "write"
    fault: str = ""

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why somebody should listen to it, and what else there is to know."""
        return (*([self.fault] if self.fault else []), *self.cut.doubts, *self.cut.notes)

    def as_json(self) -> dict[str, Any]:
        """Return it for programs."""
        known = {"number": self.sentence.number, "words": self.sentence.words, "file": self.sentence.file}
        times = {"start": self.cut.start, "end": self.cut.end, "confidence": self.cut.sure}
        listen = bool(self.fault or self.cut.doubts)
        return {**known, **times, "status": self.status, "listen": listen, "reasons": [*self.reasons]}


def find_cuts(take: Path, sentences: Sequence[Sentence]) -> list[Cut]:
    """Measure a take, and return where each sentence is in it.

    Raises:
        ChoiceError: When it is not sound, is silent, or has far too few sounds for these sentences.
        EncodeError: When ffmpeg is missing.
    """
    check_take(take)
    try:
        envelope = read_envelope(take)
    except RunError as error:
        raise ChoiceError(f"{quote(str(take))[1:-1]} is not sound that can be read: {error.reason}") from None
    if not envelope.seconds:
        raise ChoiceError(f"{take} has no sound in it: it is empty")
    cuts, left_out = cut_take([each.words for each in sentences], envelope)
    _check_cuts(take, cuts, left_out, envelope.seconds)
    return cuts


def _check_cuts(take: Path, cuts: Sequence[Cut], left_out: float, seconds: float) -> None:
    """Refuse a take that has nothing, far too little or far too much in it for these sentences."""
    found = sum(cut.found for cut in cuts)
    if not found:
        raise ChoiceError(f"nobody is heard in {take}: {seconds:.0f} s of silence or noise")
    if found < ENOUGH * len(cuts):
        part = "--only NUMBERS names the sentences of a take that has only some of them"
        raise ChoiceError(f"{take} has about {found} sentences, and {len(cuts)} are expected\n{part}")
    cut = sum((each.end or 0.0) - (each.start or 0.0) for each in cuts)
    if left_out > TOO_MUCH * cut + SLACK:
        what = f"{take} has {left_out:.0f} s of speech besides the {len(cuts)} sentences that are expected"
        raise ChoiceError(f"{what}\nto cut some sentences out of a whole take, name its file of cuts with --cuts")


def check_take(take: Path) -> None:
    """Refuse what is not a file that can be read.

    Raises:
        ChoiceError: When it is not one.
    """
    named = quote(str(take))[1:-1]
    if plain_files.is_special(take) or plain_files.is_folder(take):
        what = "is a folder" if plain_files.is_folder(take) else "is not a plain file"
        raise ChoiceError(f"{named} {what}\nname a sound file: WAV, M4A, MP3, FLAC, ...")
    try:
        plain_files.check_readable(take)
    except FileNotFoundError:
        raise ChoiceError(f"{named}: there is no such file") from None
    except OSError as error:
        raise ChoiceError(f"{named} can't be read: {describe_unreadable(error)}") from None


def decide(sentence: Sentence, cut: Cut, review: Review, *, again: bool, force: bool) -> Placed:
    """Decide what is done with a sentence of a take: nothing in doubt replaces a recording.

    Args:
        sentence: The sentence.
        cut: Where it is.
        review: What is recorded already.
        again: Whether recordings are replaced by cuts that are sure.
        force: Whether they are replaced by all cuts.
    """
    there = review.found.get(sentence.prompt.said) is not None
    if not cut.found:
        return Placed(sentence, cut, "kept" if there else "missing")
    if there and not (again or force):
        return Placed(sentence, cut, "kept")
    if there and not cut.is_sure and not force:
        return Placed(sentence, cut, "doubt")
    return Placed(sentence, cut)


def write_recordings(take: Path, placed: Sequence[Placed], folder: Path, report: Callable[[int], None]) -> list[Placed]:
    """Decode a take once, write the recordings that are to be written, and return what was done.

    Only the sentences that are just being read are in memory. ``report`` is called with the number of those written.

    Raises:
        ChoiceError: When the take can't be read any more.
        OSError: When a recording can't be written.
    """
    done = {each.sentence.number: each for each in placed}
    wanted = [each for each in placed if each.status == "write"]
    try:
        for count, (each, pcm) in enumerate(_cut_sound(take, wanted), start=1):
            done[each.sentence.number] = _write_recording(each, pcm, folder)
            signals.note_kept(f"{count} of {len(wanted)} recordings were written into {folder}")
            report(count)
    except RunError as error:
        raise ChoiceError(f"{take} can't be read to its end: {error.reason}") from None
    return [done[each.sentence.number] for each in placed]


def _write_recording(each: Placed, pcm: bytes, folder: Path) -> Placed:
    if not pcm:
        return replace(each, status="faulty", fault="it is after the end of the take")
    fault = find_fault(Raw(pcm, SAMPLE_RATE), each.sentence.prompt.said)
    if fault:
        return replace(each, status="faulty", fault=f"it {fault}")
    drafts.write_file(folder / each.sentence.file, encode_wave(pcm, SAMPLE_RATE, each.sentence.words))
    return replace(each, status="written")


def _cut_sound(take: Path, wanted: Iterable[Placed]) -> Iterator[tuple[Placed, bytes]]:
    """Yield the samples of each cut, at 48 kHz, as soon as they were decoded."""
    waiting = deque(sorted((_Span(each) for each in wanted), key=lambda span: (span.start, span.end)))
    opened: list[_Span] = []
    at = 0
    for chunk in _decode(take) if waiting else ():
        if not (waiting or opened):
            break
        while waiting and waiting[0].start < at + len(chunk):
            opened.append(waiting.popleft())
        for span in opened:
            span.pcm += chunk[max(0, span.start - at) : max(0, span.end - at)]
        at += len(chunk)
        yield from ((span.placed, bytes(span.pcm)) for span in opened if span.end <= at)
        opened = [span for span in opened if span.end > at]
    yield from ((span.placed, bytes(span.pcm)) for span in (*opened, *waiting))


class _Span:
    """The samples of a cut, as far as they were decoded; its start and its end are counted in bytes."""

    def __init__(self, placed: Placed) -> None:
        cut = placed.cut
        self.placed, self.pcm = placed, bytearray()
        self.start = _to_bytes(cut.start or 0.0)
        self.end = min(_to_bytes(cut.end or 0.0), self.start + _to_bytes(LONGEST_CUT))


def _decode(take: Path) -> Iterator[bytes]:
    form = ["-map", "0:a:0", "-ac", "1", "-ar", str(SAMPLE_RATE), "-f", "s16le", "pipe:1"]
    args = [*ONLY_FILES, "-i", ffmpeg.quote_path(take.absolute()), *form]
    return ffmpeg.decode_stream(args, what=f"reading {take.name}", size=_AT_ONCE)


def _to_bytes(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE) * SAMPLE_BYTES
