"""The voice of the system: pyttsx3 in a supervised worker process, its phrases polished in batches."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import VoiceError, shown
from voicecoach.voices import library, remember
from voicecoach.voices.catalogue import Catalogue, choose, read
from voicecoach.voices.supervised import Fault, Worker

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.clip import Clip
    from voicecoach.voices.polish import Raw

RATE = 130
"""Words a minute: calm instructions, by measure of their sound."""

ESPEAK_PACE = 1.27
"""Words a minute that are heard for each that espeak is set to (five sentences, settings 100 to 200: 1.26 to 1.28)."""

PATIENCE = 10.0
"""Seconds a phrase may take, and a tenth more for each of its characters; usual are 0.02."""

BATCH = 24
"""Phrases polished at once: enough to share ffmpeg's start, few enough that progress is seen to move."""

_LONGEST_DATA = 120
"""espeak cuts data paths of 160 bytes or more and then ends the process; this leaves room for the files' names."""

_WORKER = (sys.executable, "-P", str(Path(__file__).with_name("worker.py")))


@dataclass(frozen=True, slots=True)
class SystemVoice:
    """A voice that pyttsx3 speaks with; it costs nothing until ``speak`` is called.

    Attributes:
        voice: The id of one of the ``catalogue``'s voices.
        calibration: A plain sentence of the voice's language, a second or longer: its level is the voice's own.
        rate: Words a minute, as heard.
        pitch: pyttsx3's setting, 0 to 100; None for the voice's own.
        folder: Where small facts about voices are kept between runs; None to keep none.
        command: The worker to start.
        patience: Seconds that any phrase may take, whatever its length.
        languages: What it speaks, as far as that is known.
    """

    voice: str
    calibration: str
    rate: int = RATE
    pitch: int | None = None
    folder: Path | None = None
    command: Sequence[str] = field(default=_WORKER)
    patience: float = PATIENCE
    languages: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line.

        Raises:
            VoiceError: When this system has no speech library.
        """
        from voicecoach.voices import polish

        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        pitch = "own" if self.pitch is None else self.pitch
        said = f"{library.find().version}; voice {self.voice}, rate {self.rate}, pitch {pitch}"
        return f"{said}; polish {polish.VERSION}, calibrated {calibrated}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When a wording can't be spoken, twice.
            EncodeError: When ffmpeg is missing or fails.
        """
        from voicecoach.voices import polish

        if not wordings:
            return
        with _speaking(self) as speaker:
            gain = _own_gain(self, speaker)
            waiting = iter(wordings)
            while batch := list(islice(waiting, BATCH)):
                yield from polish.polish([speaker.say(wording) for wording in batch], gain)


def system_voice(  # noqa: PLR0913 - a voice's settings, by name
    name: str | None,
    language: str,
    *,
    calibration: str,
    rate: int = RATE,
    pitch: int | None = None,
    folder: Path | None = None,
) -> SystemVoice:
    """Return the system's voice called ``name``, or its best one for ``language``.

    Raises:
        UnknownNameError: When no voice is called so.
        ChoiceError: When several may be meant.
        VoiceError: When there is none for the language, or no speech at all.
    """
    chosen = choose(catalogue(folder), name, language)
    return SystemVoice(chosen.id, calibration, rate, pitch, folder, languages=chosen.languages)


def catalogue(folder: Path | None = None, *, command: Sequence[str] = _WORKER, patience: float = PATIENCE) -> Catalogue:
    """List the system's voices; the list is kept in ``folder``, since asking takes a few tenths of a second.

    Raises:
        VoiceError: When there is no speech library, or it fails twice.
    """
    found = library.find()
    key = f"voices of {found}"
    try:
        return read(remember.recall(folder, key))  # type: ignore[arg-type] # whatever it is, read() checks it
    except ValueError:
        pass
    answer = _asked_twice(command, patience)
    remember.keep(folder, key, answer)
    return read(answer)


class _Speaker:
    """A worker that is started when it is needed, and once more for the phrase at which it failed."""

    def __init__(self, command: Sequence[str], setup: Mapping[str, object], folder: Path, patience: float) -> None:
        self._command, self._setup, self._folder, self._patience = command, setup, folder, patience
        self._fresh = library.find().one_phrase_a_process
        self._running = ExitStack()
        self._worker: Worker | None = None

    def say(self, wording: str) -> Raw:
        """Speak a wording.

        Raises:
            VoiceError: When that fails twice.
        """
        try:
            return self._said(wording)
        except Fault:
            self.stop()  # and once more with a new worker
        try:
            return self._said(wording)
        except Fault as fault:
            raise VoiceError(f"the voice could not say {shown(wording)}, twice\nits worker {fault}") from None

    def ask(self, request: Mapping[str, object], patience: float) -> dict[str, object]:
        """Ask the worker, which is started if none runs."""
        if self._worker is None:
            worker = Worker(self._command, self._setup, self._folder, self._patience)
            self._worker = self._running.enter_context(worker)
        return self._worker.ask(request, patience)

    def stop(self) -> None:
        """End the worker, if one runs."""
        self._worker = None
        self._running.close()

    def _said(self, wording: str) -> Raw:
        path = self._folder / "phrase.wav"
        try:
            self.ask({"do": "say", "text": wording, "path": str(path)}, self._patience + 0.1 * len(wording))
            return _heard(path)
        finally:
            path.unlink(missing_ok=True)
            if self._fresh:
                self.stop()


def _heard(path: Path) -> Raw:
    from voicecoach.errors import EncodeError
    from voicecoach.voices import polish

    if not path.is_file():
        raise Fault("wrote no sound")
    try:
        raw = polish.load(path)
    except EncodeError as error:
        raise Fault("wrote a file that is no sound") from error
    if polish.silent(raw):
        raise Fault("gave silence")
    return raw


def _setting(rate: int) -> int:
    """Return what pyttsx3 is to be told for a rate that is heard."""
    return round(rate / ESPEAK_PACE) if library.find().driver == "espeak" else rate


@contextmanager
def _speaking(voice: SystemVoice) -> Iterator[_Speaker]:
    own = {"voice": voice.voice, "rate": _setting(voice.rate), "pitch": voice.pitch}
    with _speaker(voice.command, own, voice.patience) as speaker:
        yield speaker


@contextmanager
def _speaker(command: Sequence[str], own: Mapping[str, object], patience: float) -> Iterator[_Speaker]:
    found = library.find()
    with tempfile.TemporaryDirectory(prefix="voicecoach-") as name, ExitStack() as stack:
        folder = Path(name)
        setup = {"driver": found.driver, "library": found.path, "data": _short(found.data, folder), **own}
        speaker = _Speaker(command, setup, folder, patience)
        stack.callback(speaker.stop)
        yield speaker


def _asked_twice(command: Sequence[str], patience: float) -> dict[str, object]:
    with _speaker(command, {}, patience) as speaker:
        try:
            return _listed(speaker, patience)
        except (Fault, ValueError):
            speaker.stop()
        try:
            return _listed(speaker, patience)
        except (Fault, ValueError) as fault:
            raise VoiceError(f"the system's voices could not be listed\nthe voice worker {fault}") from None


def _listed(speaker: _Speaker, patience: float) -> dict[str, object]:
    answer = speaker.ask({"do": "voices"}, patience)
    read(answer)
    return answer


def _own_gain(voice: SystemVoice, speaker: _Speaker) -> float:
    """Return the gain in dB that brings this voice's calibration sentence to the target, measured once."""
    from voicecoach.voices import polish

    key = f"gain of {voice.identity}"
    kept = remember.recall(voice.folder, key)
    if isinstance(kept, (int, float)) and abs(kept) <= polish.MOST_GAIN:
        return float(kept)
    gain = polish.calibrate(speaker.say(voice.calibration))
    remember.keep(voice.folder, key, gain)
    return gain


def _short(data: str | None, folder: Path) -> str | None:
    """Return a data path that espeak can hold: a link in ``folder`` when its own is too long."""
    if data is None or len(os.fsencode(data)) < _LONGEST_DATA:
        return data
    link = folder / "data"
    link.symlink_to(data)
    return str(link)
