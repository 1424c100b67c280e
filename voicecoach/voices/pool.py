"""A pool of worker processes that speak. Each is started when needed, and once more if it fails."""

from __future__ import annotations

import shutil
import tempfile
import threading
import wave
from collections import deque
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from itertools import count, islice
from queue import SimpleQueue
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from voicecoach.audio.clip import SAMPLE_BYTES
from voicecoach.errors import RunError, VoiceError, quote
from voicecoach.system import locks, process
from voicecoach.voices import polish
from voicecoach.voices.supervisor import Fault, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Hashable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.voices.polish import Raw

SILENCE = "gave silence"

AHEAD = 48
"""Phrases that are spoken, or about to be, before the first of them is taken: what memory holds."""

NOTHING_MORE: Mapping[str, object] = MappingProxyType({})

_HEADER = 44
"""Bytes of a WAV file before its sound, at least."""
_MOST_A_SECOND = 400_000
"""Bytes of sound: two channels of 32 bits at 48 kHz have less."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a worker is started.

    Attributes:
        command: The program and its arguments.
        setup: The first request.
        patience: Seconds that any answer may take.
        one_phrase: Whether a process is good for a single phrase.
        sample_rate: The sample rate of its files, if all of them are mono WAV files with nothing but the sound.
        add: Gives what a request about a wording says besides its text.
        patience_a_character: Seconds that an answer may take more for each character of a wording.
    """

    command: Sequence[str]
    setup: Mapping[str, object]
    patience: float
    one_phrase: bool = False
    sample_rate: int | None = None
    add: Callable[[str], Mapping[str, object]] | None = None
    patience_a_character: float = 0.1


class Speaking(Protocol):
    """What says one wording at a time, and can be stopped from another thread."""

    def say(self, wording: str, rate: int | None = None) -> Raw:
        """Speak a wording."""

    def stop(self) -> None:
        """Stop for good."""


class Speaker:
    """A worker that is started when it is needed, and once more for the phrase at which it failed."""

    def __init__(self, start: Start, folder: Path) -> None:
        """Start nothing yet; ``folder`` is this speaker's own."""
        self._start, self.folder = start, folder
        self._worker: Worker | None = None
        self._starting = threading.Lock()
        self._numbers = count()
        self._stopped = self._asking = False

    @property
    def is_free(self) -> bool:
        """Whether it can be asked for something: it was not stopped, and no answer is missing."""
        return not (self._stopped or self._asking)

    def say(self, wording: str, rate: int | None = None, more: Mapping[str, object] = NOTHING_MORE) -> Raw:
        """Speak a wording, at the driver's own ``rate`` if one is given; the worker is told ``more`` about it.

        Raises:
            VoiceError: When that fails twice.
        """
        try:
            return self._say_once(wording, rate, more)
        except Fault:
            self.rest()  # and once more with a new worker
        try:
            return self._say_once(wording, rate, more)
        except Fault as fault:
            self.rest()
            raise VoiceError(
                f"the voice could not say {quote(wording)}, twice\nits worker {fault}{_mend(str(fault))}"
            ) from None

    def ask(self, request: Mapping[str, object], patience: float) -> dict[str, object]:
        """Ask the worker, which is started if none runs.

        Raises:
            Fault: When it fails, or this speaker was stopped.
        """
        worker = self._run()
        self._asking = True
        answer = worker.ask(request, patience)
        self._asking = False
        return answer

    def start(self) -> None:
        """Start the worker and let it set itself up meanwhile; if that fails, the first request does it again."""
        with suppress(Fault):
            self._run().set_up()

    def _run(self) -> Worker:
        with self._starting:
            if self._stopped:
                raise Fault("was stopped")
            if self._worker is None:
                start = self._start
                self._worker = Worker(start.command, start.setup, start.patience)
            return self._worker

    def rest(self) -> None:
        """End the worker, if one runs; the next request starts another."""
        with self._starting:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()
        self._asking = False

    def stop(self) -> None:
        """End the worker for good, even while another thread waits for its answer."""
        self._stopped = True
        self.rest()

    def _say_once(self, wording: str, rate: int | None, more: Mapping[str, object]) -> Raw:
        # Each try has its own file, so that a late result of an abandoned try is never taken for another.
        path = self.folder / f"{next(self._numbers)}.wav"
        seconds = self._start.patience + self._start.patience_a_character * len(wording)
        added = self._start.add(wording) if self._start.add else {}
        request = {"do": "say", "text": wording, "path": str(path), "rate": rate, "seconds": seconds, **added, **more}
        try:
            answer = self.ask(request, seconds)
            if answer.get("done") != str(path):
                raise Fault("answered another request")
            return _read_sound(path, wording, self._start.sample_rate)
        finally:
            with suppress(OSError):  # a folder in its place goes with the folder that it is in
                path.unlink()
            if self._start.one_phrase:
                self.rest()


class IdleSpeakers:
    """Speakers that wait between calls with their workers running, so that the next words need no start.

    It may be used by many threads. Each call has speakers of its own; only some of them wait afterwards.
    """

    def __init__(self, most: int) -> None:
        """Start none; at most ``most`` wait at a time, those that spoke last."""
        self._most = most
        self._waiting: list[tuple[Hashable, Speaker]] = []
        self._lock = threading.Lock()
        self._place: ExitStack | None = None
        self._folder: Path | None = None
        self._numbers = count()
        self._lent = 0
        self._closed = False

    @contextmanager
    def lend(self, key: Hashable, number: int, describe: Callable[[Path], Start]) -> Iterator[list[Speaker]]:
        """Give some speakers: first those that wait, then new ones. Those that are in the middle of a phrase then end.

        Args:
            key: Tells speakers that can be exchanged from all others.
            number: How many are wanted.
            describe: Says how a worker is started that has the given folder for itself.

        Raises:
            VoiceError: When there is no place for their files.
        """
        speakers = self._take(key, number, describe)
        try:
            yield speakers
        finally:
            self._give_back(key, speakers)

    def close(self) -> None:
        """End all workers that wait; those that speak, now or later, end after their work."""
        with self._lock:
            self._closed = True
            waiting, self._waiting = self._waiting, []
            place = None if self._lent else self._leave()
        _stop(waiting, place)

    def _take(self, key: Hashable, number: int, describe: Callable[[Path], Start]) -> list[Speaker]:
        with self._lock:
            folder, lost = self._find_folder()
            self._lent += 1
            found = [each for each in self._waiting if each[0] == key][:number]
            self._waiting = [each for each in self._waiting if each not in found]
        _stop(lost)
        speakers = [speaker for _, speaker in found]
        try:
            for _ in range(number - len(speakers)):
                own = folder / str(next(self._numbers))
                own.mkdir()
                speakers.append(Speaker(describe(own), own))
        except BaseException:
            self._give_back(key, speakers)
            raise
        return speakers

    def _find_folder(self) -> tuple[Path, list[tuple[Hashable, Speaker]]]:
        """Return the folder of all speakers, and those that wait in vain since somebody removed it."""
        lost: list[tuple[Hashable, Speaker]] = []
        if self._folder is None or not self._folder.is_dir():
            lost, self._waiting = self._waiting, []
            if place := self._leave():
                place.close()
            self._place = ExitStack()
            self._folder = self._place.enter_context(make_private_folder())
        return self._folder, lost

    def _give_back(self, key: Hashable, speakers: Sequence[Speaker]) -> None:
        with self._lock:
            self._lent -= 1
            self._waiting += [(key, speaker) for speaker in speakers if speaker.is_free]
            ending = len(self._waiting) if self._closed else max(0, len(self._waiting) - self._most)
            gone, self._waiting = self._waiting[:ending], self._waiting[ending:]
            place = self._leave() if self._closed and not self._lent else None
        _stop([*gone, *((key, speaker) for speaker in speakers if not speaker.is_free)], place)

    def _leave(self) -> ExitStack | None:
        place, self._place, self._folder = self._place, None, None
        return place


@contextmanager
def lend_speakers(
    idle: IdleSpeakers | None, key: Hashable, number: int, describe: Callable[[Path], Start]
) -> Iterator[list[Speaker]]:
    """Give speakers of those that wait between calls, as `IdleSpeakers.lend`; of others, nothing is left afterwards.

    Raises:
        VoiceError: When there is no place for their files.
    """
    with ExitStack() as stack:
        pool = idle or stack.enter_context(closing(IdleSpeakers(0)))
        yield stack.enter_context(pool.lend(key, number, describe))


def _stop(speakers: Sequence[tuple[Hashable, Speaker]], place: ExitStack | None = None) -> None:
    """Stop some speakers, and remove their folders; then also that of all speakers, if it is given."""
    for _, speaker in speakers:
        speaker.stop()
        shutil.rmtree(speaker.folder, ignore_errors=True)
    if place is not None:
        place.close()


@contextmanager
def make_private_folder() -> Iterator[Path]:
    """Give speakers a folder for a while.

    Raises:
        VoiceError: When it can't be created.
    """
    with ExitStack() as stack:
        try:
            made = stack.enter_context(locks.hold_folder())
        except OSError as error:
            what = (error.strerror or str(error)).lower()
            raise VoiceError(f"the voice has no folder to work in: {what}\nmake room, or name one in TMPDIR") from None
        yield made


def _mend(fault: str) -> str:
    """Return the remedy of a fault, if one is known."""
    if fault == SILENCE:
        return "\nwrite it in words, or choose a voice that speaks their language"
    full = process.find_full_disk(fault)
    return f"\nmake room in {tempfile.gettempdir()}, or name another folder in TMPDIR" if full else ""


def check_wordings(wordings: Sequence[str]) -> None:
    """Refuse what a program can't be handed: it would be cut short, or never arrive.

    Raises:
        VoiceError: If there is a wording without words, or with NUL or half of a surrogate pair.
    """
    for wording in wordings:
        if not wording.strip():
            raise VoiceError(
                f"the voice has nothing to speak in {quote(wording)}\nwrite words, or leave the phrase out"
            )
        if "\0" in wording or any("\ud800" <= each <= "\udfff" for each in wording):
            raise VoiceError(
                f"{quote(wording)} contains an invalid character (NUL, or half of a surrogate pair)\nremove it"
            )


def speak_all(speakers: Sequence[Speaking], wordings: Iterable[str], rate: int | None = None) -> Generator[Raw]:
    """Let all speakers speak at once, and yield the sounds in order, each as soon as it is there.

    If the generator is closed early or interrupted, the speakers are stopped and all threads end.

    Raises:
        VoiceError: When one can't be spoken; the ones before it were yielded.
    """
    if len(speakers) > 1:
        yield from _share(speakers, wordings, rate)
        return
    for wording in wordings:
        yield speakers[0].say(wording, rate)


def _share(speakers: Sequence[Speaking], wordings: Iterable[str], rate: int | None) -> Generator[Raw]:
    from concurrent.futures import Future, ThreadPoolExecutor

    free: SimpleQueue[Speaking] = SimpleQueue()
    for each in speakers:
        free.put(each)

    def say(wording: str) -> Raw:
        speaker = free.get()
        try:
            return speaker.say(wording, rate)
        finally:
            free.put(speaker)

    waiting = iter(wordings)
    pending: deque[Future[Raw]] = deque()
    with ThreadPoolExecutor(len(speakers), "voice") as threads:
        try:
            while True:
                pending.extend(threads.submit(say, each) for each in islice(waiting, AHEAD - len(pending)))
                if not pending:
                    return
                raw = pending[0].result()
                pending.popleft()
                yield raw
        except BaseException:
            if pending:  # threads still wait for answers
                for speaker in speakers:
                    speaker.stop()
            threads.shutdown(wait=False, cancel_futures=True)
            raise


def split_batches(raws: Generator[Raw], size: int) -> Iterator[list[Raw]]:
    """Yield sounds in lists of ``size``; those before one that fails come first, and then its error."""
    failed: VoiceError | None = None
    with closing(raws):
        while failed is None:
            batch: list[Raw] = []
            try:
                for raw in islice(raws, size):
                    batch.append(raw)  # noqa: PERF402 - what came before an error has to stay
            except VoiceError as error:
                failed = error
            if batch:
                yield batch
            if len(batch) < size:
                break
    if failed is not None:
        raise failed


def _read_sound(path: Path, wording: str, sample_rate: int | None) -> Raw:
    if not path.is_file():
        raise Fault("wrote no sound")
    least, most = _likely(wording)
    try:
        _check_file(path, most, sample_rate)
        raw = polish.load(path)
    except (RunError, OSError) as error:
        raise Fault("wrote a file that is not sound") from error
    if polish.silent(raw):
        raise Fault(SILENCE)
    if not least <= raw.seconds <= most:
        raise Fault(f"gave {raw.seconds:.3g} s of sound, which can't be these words")
    return raw


def _likely(wording: str) -> tuple[float, float]:
    """Return the seconds between which any voice, at any rate, says a wording, with much to spare.

    A letter of the alphabet takes 5 ms at least, and any letter 2 s at most, if it is spelled; a digit or a sign may be
    some words.
    """
    letters = sum(each.isalpha() or each.isspace() for each in wording)
    plain = sum(each.isascii() and each.isalpha() for each in wording)
    return 0.005 * plain, 5.0 + 2 * letters + 8 * (len(wording) - letters)


def _check_file(path: Path, seconds: float, sample_rate: int | None) -> None:
    """Refuse a file whose size can't be that of a phrase, before it is read, and a WAV with a wrong header."""
    size = path.stat().st_size
    if size > seconds * _MOST_A_SECOND:
        raise Fault(f"wrote {size / 1e6:,.0f} MB, which can't be these words")
    try:
        with wave.open(str(path), "rb") as file:
            header = file.getparams()
    except (wave.Error, EOFError) as error:
        if sample_rate:
            raise Fault("wrote a file that is not sound") from error
        return  # it may be sound of another kind
    stated = header.nframes * header.nchannels * header.sampwidth + _HEADER
    if sample_rate and header[:3] != (1, SAMPLE_BYTES, sample_rate):
        raise Fault(f"wrote sound of {header.framerate:,} samples a second in {header.nchannels} channels")
    if size < stated or (sample_rate and size > stated):
        raise Fault(f"wrote {size:,} bytes of a file of {stated:,}")
