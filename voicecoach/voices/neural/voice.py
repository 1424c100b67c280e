"""What voices with a neural model have in common: worker processes that read and speak, a measured pace and level."""

from __future__ import annotations

import hashlib
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import TYPE_CHECKING, ClassVar, cast

from voicecoach.errors import VoiceError, quote
from voicecoach.system import cache, parallel

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.pool import IdleSpeakers, Speaker, Speaking

RATE = 24_000
"""Samples a second of what the workers write."""
CLOSE = 0.02
"""A rate that is heard this near to the one that is asked for is met."""
BATCH = 12
"""Phrases polished at once."""
OTHERWISE = "or choose another voice with --voice"
_TRIES = 9
_LEAST_WORDS = 6
"""In fewer words, as those of a language that writes none apart, a rate can't be measured."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """Result of calibration: the model's speed in thousandths, and the voice's own gain in dB."""

    setting: int
    gain: float


@dataclass(frozen=True)
class NeuralVoice:
    """A voice that a model speaks with; it costs nothing until ``speak`` is called.

    A subclass says which model it is, how its worker is set up, and what it can't read.

    Attributes:
        name: The name of the voice.
        calibration: A plain sentence, by which the voice's pace and level are found.
        rate: Words a minute, as heard; None for a calm tempo.
        folder: Where small facts about voices are kept between runs; None to keep none.
        command: The worker to start.
        patience: Seconds that any phrase may take, whatever its length.
        workers: How many processes may speak at once; None for what the machine has room for.
        idle: Workers that keep running between calls; None to start them anew each time.
    """

    name: str
    calibration: str
    rate: int | None = None
    folder: Path | None = None
    command: Sequence[str] = field(default=())
    patience: float = 20.0
    workers: int | None = None
    idle: IdleSpeakers | None = field(default=None, compare=False, repr=False)

    KIND: ClassVar[str] = ""
    """The word before the colon."""
    SETTINGS: ClassVar[range] = range(350, 2001)
    """Speeds that the model is asked for, in thousandths."""
    DENSE: ClassVar[float] = 1.0
    """Words of a calibration sentence that are heard where instructions have one: these may have more pauses."""
    PHRASES_A_WORKER: ClassVar[int] = 8
    """Another worker is started for so many phrases: its start takes as much work as they do."""
    MOST_WORKERS: ClassVar[int] = 64
    """Workers that a machine has memory for."""
    PATIENCE_A_CHARACTER: ClassVar[float] = 0.1
    """Seconds that a phrase may take more for each of its characters."""

    @property
    def calm(self) -> int:
        """The model's speed for guidance, in thousandths."""
        raise NotImplementedError

    @property
    def repair(self) -> str:
        """What to do if the worker can't be started."""
        raise NotImplementedError

    def describe_model(self) -> str:
        """Everything about the model and its libraries that changes the sound, on one line.

        Raises:
            VoiceError: When something is missing or damaged.
        """
        raise NotImplementedError

    def set_up(self, folder: Path) -> Mapping[str, object]:
        """Return the setup of a worker; ``folder`` is for what it needs while it runs.

        Voices that `describe_model` describes in the same way share their workers.

        Raises:
            VoiceError: When something is missing or damaged.
        """
        raise NotImplementedError

    def prepare_text(self, wording: str) -> str:
        """Return a wording as the worker reads it.

        Raises:
            VoiceError: When there are letters that this voice can't read.
        """
        return " ".join(wording.split())

    @cached_property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line.

        Raises:
            VoiceError: When something is missing or damaged.
        """
        from voicecoach.voices import polish

        return f"{self.describe_model()}, {self.describe_pace()}; {polish.treatment()}"

    def describe_pace(self) -> str:
        """Return how fast it speaks, and by which sentence that and its level are found, on one line."""
        rate = f"speed {self.calm}" if self.rate is None else f"{self.rate} as heard"
        return f"rate {rate}, calibrated {hashlib.sha256(self.calibration.encode()).hexdigest()[:8]}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When the model can't be loaded, or can't speak a wording; those before it may have been given.
            EncodeError: When ffmpeg is missing or fails.
        """
        from voicecoach.voices import polish
        from voicecoach.voices.pool import check_wordings, speak_all, split_batches

        if not wordings:
            return
        check_wordings(wordings)
        texts = {each: self.prepare_text(each) for each in (self.calibration, *wordings)}
        with self._lend_speakers(len(wordings)) as speakers:
            read = _read(self, speakers[0], texts)
            readers = [Reader(each, read) for each in speakers]
            tuning = _recall(self) or (_measure(self, *measure_pace(self, readers[0])) if self.rate else None)
            first = () if tuning else (self.calibration,)  # all others are being spoken while it is measured
            setting = tuning.setting if tuning else self.calm
            with closing(speak_all(readers, (*first, *wordings), setting)) as raws:
                gain = tuning.gain if tuning else _measure(self, setting, next(raws)).gain
                for batch in split_batches(raws, BATCH):
                    yield from polish.polish(batch, gain, are_level=True)

    def warm_up(self) -> None:
        """Let a worker load the model and speak once; if workers wait between calls, the next words come sooner.

        Raises:
            VoiceError: When the model can't be loaded.
        """
        with self._lend_speakers(1) as speakers:
            read = _read(self, speakers[0], {self.calibration: self.prepare_text(self.calibration)})
            Reader(speakers[0], read).say(self.calibration, self.calm)

    @contextmanager
    def _lend_speakers(self, wordings: int) -> Iterator[list[Speaker]]:
        """Give speakers for so many wordings; those that are new are starting."""
        from voicecoach.voices.pool import Start, lend_speakers

        started = count()

        def describe(folder: Path) -> Start:
            """Return how a worker is started: the first one reads all texts, the others load the model meanwhile."""
            setup = {**self.set_up(folder), "ready": next(started) > 0}
            patient = self.PATIENCE_A_CHARACTER
            return Start(self.command, setup, self.patience, sample_rate=RATE, patience_a_character=patient)

        most = min(self.workers or parallel.count_cores(), self.MOST_WORKERS)
        number = min(most, max(1, wordings // self.PHRASES_A_WORKER))
        key = (type(self), tuple(self.command), self.patience, self.describe_model())
        with lend_speakers(self.idle, key, number, describe) as speakers:
            for each in speakers:
                each.start()
            yield speakers


@dataclass(frozen=True, slots=True)
class Reader:
    """A speaker that speaks wordings as they were read: as the sentences of each, in phonemes."""

    speaker: Speaker
    read: Mapping[str, list[str]]

    def say(self, wording: str, rate: int | None = None) -> Raw:
        """Speak a wording that was read.

        Raises:
            VoiceError: When that fails twice.
        """
        return self.speaker.say(wording, rate, {"sentences": self.read[wording]})

    def stop(self) -> None:
        """Stop for good."""
        self.speaker.stop()


def _read(voice: NeuralVoice, speaker: Speaker, texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the sentences of each wording in phonemes.

    Raises:
        VoiceError: When the worker can't be started, twice, or a wording has words without a sound.
    """
    from voicecoach.voices.supervisor import Fault

    request = {"do": "read", "texts": list(texts.values())}
    patience = voice.patience + 0.01 * sum(map(len, texts.values()))
    try:
        try:
            answers = _check_read(speaker.ask(request, patience), len(texts))
        except Fault:
            speaker.rest()  # and once more with a new worker
            answers = _check_read(speaker.ask(request, patience), len(texts))
    except Fault as fault:
        what = f"the voice {voice.KIND}:{voice.name} can't be started\nits worker {fault}"
        raise VoiceError(f"{what}\n{voice.repair}, {OTHERWISE}") from None
    for wording, (sentences, unread) in zip(texts, answers, strict=True):
        if unread or not sentences:
            what = f"{', '.join(map(quote, unread))} in {quote(wording)}" if unread else quote(wording)
            remedy = "write it in words of its language, or give its sound under the routine's 'pronounce'"
            raise VoiceError(f"the voice has no sounds for {what}\n{remedy}")
    return {wording: sentences for wording, (sentences, _) in zip(texts, answers, strict=True)}


def _check_read(answer: Mapping[str, object], number: int) -> list[tuple[list[str], list[str]]]:
    """Return the sentences and the unread words of each text, as the worker answers.

    Raises:
        Fault: When that is not an answer.
    """
    from voicecoach.voices.supervisor import Fault

    try:
        read = cast("list[dict[str, list[str]]]", answer["read"])
        found = [(list(map(str, each["sentences"])), list(map(str, each["unread"]))) for each in read]
    except (KeyError, TypeError):
        found = []
    if len(found) != number:
        raise Fault("answered another request")
    return found


def _name_tuning(voice: NeuralVoice) -> str:
    return f"tuning of {voice.identity}; as {voice.prepare_text(voice.calibration)}"


def _recall(voice: NeuralVoice) -> Tuning | None:
    """Return a voice's tuning if it was measured before."""
    from voicecoach.voices import polish

    match cache.recall(voice.folder, _name_tuning(voice)):
        case {"setting": int(setting), "gain": float(gain)} if (
            setting in voice.SETTINGS and abs(gain) <= polish.MOST_GAIN
        ):
            return Tuning(setting, gain)
    return None


def _measure(voice: NeuralVoice, setting: int, raw: Raw) -> Tuning:
    """Measure a voice's own gain on its calibration sentence, spoken at a setting, and cache the tuning."""
    from voicecoach.voices import polish

    tuning = Tuning(setting, float(polish.calibrate(raw)))
    cache.remember(voice.folder, _name_tuning(voice), {"setting": tuning.setting, "gain": tuning.gain})
    return tuning


def measure_pace(voice: NeuralVoice, speaker: Speaking) -> tuple[int, Raw]:
    """Find the speed at which the calibration sentence is heard at the voice's rate; also return its sound.

    A model rounds each sound to 25 ms, so the pace jumps a little as the speed grows: of some tries, the best counts.
    """
    from voicecoach.voices import polish

    setting, words = voice.calm, len(voice.calibration.split())
    if voice.rate is None or words < _LEAST_WORDS:
        return setting, speaker.say(voice.calibration, setting)
    least, most, wanted = voice.SETTINGS.start, voice.SETTINGS.stop - 1, voice.rate * voice.DENSE
    tries: list[tuple[float, int, Raw]] = []
    while len(tries) < _TRIES and least <= setting <= most:
        raw = speaker.say(voice.calibration, setting)
        heard = words * 60 / polish.trim(raw).seconds
        tries.append((abs(heard / wanted - 1), setting, raw))
        if tries[-1][0] <= CLOSE:
            break
        least, most = (setting + 1, most) if heard < wanted else (least, setting - 1)
        better = round(setting * wanted / heard)
        setting = better if least <= better <= most else (least + most) // 2
    _, setting, raw = min(tries, key=lambda each: each[0])
    return setting, raw
