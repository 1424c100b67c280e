"""The voice of the system: pyttsx3 in supervised worker processes, its phrases polished in batches."""

from __future__ import annotations

import hashlib
import sys
import unicodedata
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.errors import VoiceError, quote
from voicecoach.phonemes import list_marked
from voicecoach.system import cache, parallel
from voicecoach.voices import espeak
from voicecoach.voices.catalogue import Catalogue, choose, read_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.pool import IdleSpeakers, Speaker, Start

RATE = 120
"""Words a minute that the calm tempo comes to in English: of the built-in routines' instructions, by their sound."""

ESPEAK_PACE = 1.18
"""Words a minute that are heard for each that espeak is set to: 1.07 to 1.33 in the built-in routines."""

CLOSE = 0.02
"""A rate that is heard this near to the one that is asked for is met."""
_TRIES = 4
_SETTINGS = range(80, 451)
"""What a voice can be set to; espeak takes what is slower for 80."""
_LEAST_WORDS = 6
"""In fewer words, as those of a language that writes none apart, a rate can't be measured."""

ESPEAK_RATE = 22_050
"""Samples a second of what the worker writes with espeak."""

PATIENCE = 10.0
"""Seconds a phrase may take, and a tenth more for each of its characters; usual are 0.02."""

BATCH = 12
"""Phrases polished at once: enough to share ffmpeg's start, few enough that progress is seen to move."""

PHRASES_A_WORKER = 6
"""Another worker is started for so many phrases: its start takes as much work as eight of them."""

_KANA_ALONE = "jpx/ja"
"""espeak's Japanese voice, which says "Chinese letter" for each Han character."""

_WORKER = (sys.executable, "-P", str(Path(__file__).with_name("worker.py")))


@dataclass(frozen=True, slots=True)
class SystemVoice:
    """A voice that pyttsx3 speaks with; it costs nothing until ``speak`` is called.

    Attributes:
        voice: The id of one of the ``catalogue``'s voices.
        calibration: A plain sentence of the voice's language, a second or longer: its level is the voice's own.
        rate: Words a minute, as heard; None for the calm tempo that every language is spoken at.
        pitch: pyttsx3's setting, 0 to 100; None for the voice's own.
        folder: Where small facts about voices are kept between runs; None to keep none.
        command: The worker to start.
        patience: Seconds that any phrase may take, whatever its length.
        workers: How many processes may speak at once; None for as many as there are cores.
        languages: What it speaks, as far as that is known.
        idle: Workers that keep running between calls; None to start them anew each time.
    """

    voice: str
    calibration: str
    rate: int | None = None
    pitch: int | None = None
    folder: Path | None = None
    command: Sequence[str] = field(default=_WORKER)
    patience: float = PATIENCE
    languages: tuple[str, ...] = ()
    workers: int | None = None
    idle: IdleSpeakers | None = field(default=None, compare=False, repr=False)

    @property
    def knows_phonemes(self) -> bool:
        """Whether it is one of espeak's English voices."""
        return bool(self.languages) and self.languages[0].startswith("en") and espeak.find().driver == "espeak"

    @property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line.

        Raises:
            VoiceError: When this system has no speech library.
        """
        from voicecoach.voices import polish

        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        pitch = "own" if self.pitch is None else self.pitch
        rate = f"set to {_calm_setting(RATE)}" if self.rate is None else f"{self.rate} as heard"
        said = f"{espeak.find().version}; voice {self.voice}, rate {rate}, pitch {pitch}"
        return f"{said}; {polish.treatment()}, calibrated {calibrated}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When a wording can't be spoken, twice; the clips before it have been given.
            EncodeError: When ffmpeg is missing or fails.
        """
        from voicecoach.voices import polish
        from voicecoach.voices.pool import check_wordings, speak_all, split_batches

        if not wordings:
            return
        check_wordings(wordings)
        _check_letters(self.voice, wordings)
        with _speakers(self, _workers(self, len(wordings))) as speakers:
            tuning = _find_tuning(self, speakers[0]) if self.rate else _recall_tuning(self)
            first = () if tuning else (self.calibration,)  # all others are being spoken while it is measured
            setting = tuning.setting if tuning else _calm_setting(RATE)
            with closing(speak_all(speakers, (*first, *wordings), setting)) as raws:
                gain = tuning.gain if tuning else _measure(self, setting, next(raws)).gain
                for batch in split_batches(raws, BATCH):
                    yield from polish.polish(batch, gain)

    def raw(self, wordings: Sequence[str], setting: int | None = None) -> Iterator[Raw]:
        """Give the sound of each wording as the voice itself makes it, at the driver's own ``setting`` of the rate.

        Raises:
            VoiceError: When a wording can't be spoken, twice.
        """
        from voicecoach.voices.pool import speak_all

        with _speakers(self, 1) as speakers:
            yield from speak_all(speakers, wordings, setting or _calm_setting(self.rate or RATE))


def system_voice(  # noqa: PLR0913 - a voice's settings, by name
    name: str | None,
    language: str,
    *,
    calibration: str,
    rate: int | None = None,
    pitch: int | None = None,
    folder: Path | None = None,
    idle: IdleSpeakers | None = None,
) -> SystemVoice:
    """Return the system's voice called ``name``, or its best one for ``language``.

    Raises:
        UnknownNameError: When no voice has this name.
        ChoiceError: When several may be meant.
        VoiceError: When no voice speaks the language, or the system has no speech.
    """
    chosen = choose(catalogue(folder), name, language)
    return SystemVoice(chosen.id, calibration, rate, pitch, folder, languages=chosen.languages, idle=idle)


def catalogue(folder: Path | None = None, *, command: Sequence[str] = _WORKER, patience: float = PATIENCE) -> Catalogue:
    """List the system's voices; the list is kept in ``folder``, since asking takes a few tenths of a second.

    Raises:
        VoiceError: When there is no speech library, or it fails twice.
    """
    found = espeak.find()
    key = f"voices of {found}"
    try:
        return read_catalogue(cache.recall(folder, key))  # type: ignore[arg-type] # it checks what it gets
    except ValueError:
        pass
    answer = _ask_twice(command, patience)
    cache.remember(folder, key, answer)
    return read_catalogue(answer)


@dataclass(frozen=True, slots=True)
class _Tuning:
    """Result of calibration: the driver's rate setting, and the voice's own gain in dB."""

    setting: int
    gain: float


def _find_tuning(voice: SystemVoice, speaker: Speaker) -> _Tuning:
    """Return a voice's tuning, measured once: by one spoken sentence, or by a few if a rate is asked for."""
    return _recall_tuning(voice) or _measure(voice, *_measure_pace(voice, speaker))


def _recall_tuning(voice: SystemVoice) -> _Tuning | None:
    """Return a voice's tuning if it was measured before."""
    from voicecoach.voices import polish

    match cache.recall(voice.folder, f"tuning of {voice.identity}"):
        case {"setting": int(setting), "gain": float(gain)} if setting in _SETTINGS and abs(gain) <= polish.MOST_GAIN:
            return _Tuning(setting, gain)
    return None


def _measure(voice: SystemVoice, setting: int, raw: Raw) -> _Tuning:
    """Measure a voice's tuning on its calibration sentence, spoken at a setting, and cache it."""
    from voicecoach.voices import polish

    tuning = _Tuning(setting, float(polish.calibrate(raw)))
    kept = {"setting": tuning.setting, "gain": tuning.gain}
    cache.remember(voice.folder, f"tuning of {voice.identity}", kept)
    return tuning


def _measure_pace(voice: SystemVoice, speaker: Speaker) -> tuple[int, Raw]:
    """Find the setting at which the calibration sentence is heard at the voice's rate; also return its sound."""
    from voicecoach.voices import polish

    setting = _calm_setting(voice.rate or RATE)
    raw = speaker.say(voice.calibration, setting)
    words = len(voice.calibration.split())
    if voice.rate is None or words < _LEAST_WORDS:
        return setting, raw
    for _ in range(_TRIES):
        heard = words * 60 / polish.trim(raw).seconds
        better = _clamp(setting * voice.rate / heard)
        if abs(heard / voice.rate - 1) <= CLOSE or better == setting:
            break
        setting, raw = better, speaker.say(voice.calibration, better)
    return setting, raw


def _calm_setting(rate: int) -> int:
    """Return pyttsx3's setting for a rate before anything is measured."""
    return _clamp(rate / ESPEAK_PACE if espeak.find().driver == "espeak" else rate)


def _clamp(setting: float) -> int:
    return min(max(round(setting), _SETTINGS.start), _SETTINGS.stop - 1)


def _workers(voice: SystemVoice, wordings: int) -> int:
    """Return how many processes share the work."""
    return min(voice.workers or parallel.count_cores(), max(1, wordings // PHRASES_A_WORKER))


def _check_letters(voice: str, wordings: Sequence[str]) -> None:
    """Refuse letters that a voice names one by one in place of reading them: espeak's Japanese knows kana alone.

    Raises:
        VoiceError: When there are some.
    """
    if voice.split("+", 1)[0] != _KANA_ALONE:
        return
    for wording in wordings:
        if found := next((each for each in wording if unicodedata.name(each, "").startswith("CJK ")), None):
            raise VoiceError(
                f"the voice {voice} can't read Han characters, such as {found} in {quote(wording)}\n"
                "write their sound in kana under the routine's 'pronounce', or choose another voice with --voice"
            )


@contextmanager
def _speakers(voice: SystemVoice, number: int) -> Iterator[list[Speaker]]:
    """Give speakers with a voice; unless it keeps them running, nothing of them is left afterwards."""
    own = {"voice": voice.voice, "pitch": voice.pitch}

    def describe(folder: Path) -> Start:
        return _describe_start(voice.command, own, voice.patience, folder)

    from voicecoach.voices.pool import lend_speakers

    key = (SystemVoice, tuple(voice.command), voice.voice, voice.pitch, voice.patience)
    with lend_speakers(voice.idle, key, number, describe) as speakers:
        yield speakers


def _describe_start(command: Sequence[str], own: Mapping[str, object], patience: float, folder: Path) -> Start:
    """Return how a worker is started that has a folder for itself."""
    from voicecoach.voices.pool import Start

    found = espeak.find()
    place = {"data": espeak.shorten_data_path(found.data, folder), "private": str(folder)}
    setup = {"driver": found.driver, "library": found.path, **place, **own}
    rate = ESPEAK_RATE if found.driver == "espeak" else None
    return Start(command, setup, patience, one_phrase=found.one_phrase_a_process, sample_rate=rate, add=_add_phonemes)


def _add_phonemes(wording: str) -> dict[str, object]:
    """Return the text of a wording with phonemes, as the worker takes it."""
    from voicecoach.voices.worker import PHONETIC

    return {"text": f"{PHONETIC}{espeak.write_phonemes(wording)}"} if list_marked(wording) else {}


def _ask_twice(command: Sequence[str], patience: float) -> dict[str, object]:
    from voicecoach.voices.pool import lend_speakers
    from voicecoach.voices.supervisor import Fault

    with lend_speakers(None, None, 1, lambda folder: _describe_start(command, {}, patience, folder)) as (speaker,):
        try:
            return _ask_voices(speaker, patience)
        except (Fault, ValueError):
            speaker.rest()
        try:
            return _ask_voices(speaker, patience)
        except (Fault, ValueError) as fault:
            raise VoiceError(f"the system's voices could not be listed\nthe voice worker {fault}") from None


def _ask_voices(speaker: Speaker, patience: float) -> dict[str, object]:
    answer = speaker.ask({"do": "voices"}, patience)
    read_catalogue(answer)
    return answer
