"""Piper's neural voices: a model each, loaded once and spoken in this process.

A model would add noise to each clip, for variety. Without it the same words are the same clip to the byte, and always
as long; the melody has a twentieth less range, the timbre is the same (measured on ``en_US-joe-medium``).
"""

from __future__ import annotations

import hashlib
import logging
import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

from voicecoach.audio.clip import SAMPLE_BYTES, amplify
from voicecoach.errors import ChoiceError, VoiceError, quote
from voicecoach.phonemes import name_letters, replace_phonemes, translate_phonemes
from voicecoach.system import cache, installers
from voicecoach.voices.onnx import import_onnxruntime
from voicecoach.voices.packages import hash_file
from voicecoach.voices.piper.models import (
    PACKAGE,
    check_version,
    describe_model,
    find_config,
    find_model,
    find_speaker_number,
    list_models,
    quote_error,
    read_facts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.port import Settings, VoiceInfo

RATE = 150
"""Words a minute of English instructions: calm, and not too slow for a model: one of 224 is drawn out to 1.7."""
TEMPO = 10.25
"""The same as sounds (phonemes) a second of a calibration sentence, at which every language is spoken."""
SPARSE = 0.925
"""A calibration sentence, with its commas, has so many words where instructions have one (piper 0.935, espeak 0.92)."""
VERSION = 1
"""Raised by whoever changes how a model is asked or paced, so that no clip of before is reused."""
_LEAST_WORDS = 6
"""In fewer words, as those of a language that writes none apart, a rate can't be measured."""
_CLOSE = 0.02
_TRIES = 6
_SLOWEST, _FASTEST = 5.0, 0.2
"""How far a model is stretched, at most."""

PAUSE = 0.4
"""Seconds between two sentences of one phrase."""

LONGEST = 300
"""Characters that a model is given at once. What it needs grows with their square: 0.4 GB for 300, 6 GB for 4,000."""

BATCH = 6
"""Phrases polished at once: a model takes a second for five of speech, and progress is seen to move."""


_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。\uff01\uff1f])")
_CLAUSE_ENDS = (", ", "; ", ": ", "\uff0c", "、")

_SPEC = re.compile(r"(?P<model>.*\.onnx|[^#@]+)(?:#(?P<number>[0-9]{1,9})|@(?P<speaker>.+))?", re.IGNORECASE)


@dataclass(frozen=True)
class PiperVoice:
    """A voice that a model of Piper's speaks with; the model is loaded when something is to be spoken.

    Attributes:
        model: The model's file; its config is beside it.
        calibration: A plain sentence, by which the voice's pace and level are found.
        rate: Words a minute, as heard; None for a calm tempo.
        speaker: Which of a model's speakers; None for its own choice.
        folder: Where small facts about voices are kept between runs; None to keep none.
        volume: dB that are added in the end.
        languages: What it speaks, as far as that is known.
        problems: What the listener should know.
    """

    model: Path
    calibration: str
    rate: int | None = None
    speaker: int | None = None
    folder: Path | None = None
    volume: float = 0.0
    languages: tuple[str, ...] = ()
    problems: tuple[str, ...] = field(default=(), compare=False)

    knows_phonemes: ClassVar[bool] = True

    @cached_property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line: the content of the files, not their paths.

        Raises:
            VoiceError: When Piper or a file is missing.
        """
        from voicecoach.voices import polish

        files = [hash_file(path, self.folder) for path in (self.model, find_config(self.model))]
        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        speaker = "own" if self.speaker is None else self.speaker
        rate = f"{TEMPO:g} sounds a second" if self.rate is None else self.rate
        louder = f", {self.volume:+g} dB" if self.volume else ""
        model = f"model {files[0]}, config {files[1]}, speaker {speaker}, rate {rate}"
        said = f"piper {check_version()}, way {VERSION}; {model}"
        return f"{said}; {polish.treatment()}, calibrated {calibrated}{louder}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When the model can't be loaded, or can't speak a wording; clips of those before it were given.
            EncodeError: When ffmpeg is missing or fails.
        """
        from voicecoach.voices import polish
        from voicecoach.voices.pool import split_batches

        if not wordings:
            return
        loaded = load_model(self.model)
        tuning = _find_tuning(self, loaded)
        said = (loaded.say(each, tuning.scale, self.speaker) for each in wordings)
        for batch in split_batches(said, BATCH):
            for clip in polish.polish(batch, tuning.gain):
                yield amplify(clip, self.volume) if self.volume else clip


class Piper:
    """Piper's voices as a kind: ``piper:en_US-amy-medium``, ``piper:/path/to/model.onnx``, ``…#3``, ``…@speaker``."""

    name = "piper"

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List the installed models; without the package, none of them is ready."""
        return [describe_model(path) for path in list_models(settings.data)]

    def find_voice(self, name: str, settings: Settings) -> PiperVoice:
        """Return the voice of an installed model, whose name may be a part of one, or of a model elsewhere.

        Raises:
            ChoiceError: When no model has this name, or the model does not have the speaker.
            VoiceError: When Piper is not list_models, or the model's config is broken.
        """
        check_version()
        match = _SPEC.fullmatch(name.strip())
        if match is None:
            raise ChoiceError(
                f"{quote(name)} is not the name of a Piper voice\nwrite piper:NAME, piper:NAME#3 or piper:NAME@SPEAKER"
            )
        model = find_model(match["model"].strip(), settings.data)
        facts = read_facts(model)
        return PiperVoice(
            model,
            settings.calibration,
            settings.rate,
            find_speaker_number(match["number"], match["speaker"], facts),
            settings.folder,
            settings.volume,
            facts.languages,
            () if settings.pitch is None else ("a Piper voice has the pitch of its model; --pitch has no effect",),
        )


KIND = Piper()


@dataclass(frozen=True, slots=True)
class _Tuning:
    """Result of calibration: how much the model is stretched, and the voice's own gain in dB."""

    scale: float
    gain: float


class LoadedModel:
    """A model in memory: all uses of the ``piper`` package are here."""

    def __init__(self, path: Path) -> None:
        """Load a model.

        Raises:
            VoiceError: When Piper can't load it.
        """
        package = _import_piper()
        try:
            self._voice = package.PiperVoice.load(path)
        except Exception as error:
            raise VoiceError(f"{path}: Piper can't load this model: {quote_error(error)}\n{_AGAIN}") from error
        # A Chinese model fetches more on its first word: beside itself, not into the current folder.
        self._voice.download_dir = path.parent
        self._settings, self.rate = package.SynthesisConfig, int(self._voice.config.sample_rate)
        if self.rate <= 0 or self.rate % 10:
            raise VoiceError(f"{path}: a model of {self.rate} samples a second can't be used\n{_AGAIN}")

    def say(self, wording: str, scale: float, speaker: int | None) -> Raw:
        """Speak a wording: its sentences, each trimmed, with a pause between them."""
        from voicecoach.voices.polish import Raw

        wording = replace_phonemes(wording, self._write_phonemes)
        settings = self._settings(
            speaker_id=speaker, length_scale=scale, noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False
        )
        try:
            sentences = list(self._sentences(wording, settings))
        except VoiceError:
            raise
        except Exception as error:
            raise VoiceError(f"the voice could not say {quote(wording)}\npiper: {quote_error(error)}") from error
        if not sentences:
            raise VoiceError(f"the voice has no sounds for {quote(wording)}\nwrite it in words of the voice's language")
        return Raw(bytes(round(PAUSE * self.rate) * SAMPLE_BYTES).join(sentences), self.rate)

    def sounds(self, text: str) -> int:
        """Count the sounds of a text that the model knows."""
        known = self._voice.config.phoneme_id_map
        spelled = (sound for sentence in self._voice.phonemize(text) for sound in sentence)
        return sum(any(map(str.isalpha, sound)) and sound in known for sound in spelled)

    def _write_phonemes(self, word: str, sounds: str) -> str:
        """Return a word with phonemes as Piper reads it; the few models without espeak's phonemes get the word."""
        config = self._voice.config
        if getattr(config.phoneme_type, "value", config.phoneme_type) != "espeak":
            return word
        english = config.espeak_voice.startswith("en")
        return f"[[{translate_phonemes(sounds, name_letters(r='ɹ') if english else name_letters())}]]"

    def _sentences(self, wording: str, settings: object) -> Iterator[bytes]:
        from voicecoach.voices import polish

        for piece in split_text(wording):
            if not self.sounds(piece):
                continue
            for chunk in self._voice.synthesize(piece, settings):
                raw = polish.Raw(chunk.audio_int16_bytes, self.rate)
                if polish.silent(raw):
                    raise VoiceError(f"the voice gave silence for {quote(wording)}\n{_AGAIN}")
                yield polish.trim(raw).pcm


_AGAIN = "install or download the voice again, or choose another"


def split_text(text: str) -> Iterator[str]:
    """Part a text that is too long to be spoken at once: at sentences, else at commas, else between words.

    >>> list(split_text("One. Two.")), [len(piece) for piece in split_text("one, two " * 60)]
    (['One. Two.'], [292, 246])
    """
    if len(text) <= LONGEST:
        yield text
        return
    for sentence in _SENTENCE_END.split(text.strip()):
        rest = sentence
        while len(rest) > LONGEST:
            at = max(rest.rfind(sign, 0, LONGEST) for sign in _CLAUSE_ENDS)
            cut = at + 1 or rest.rfind(" ", 0, LONGEST) + 1 or LONGEST
            yield rest[:cut].strip()
            rest = rest[cut:].strip()
        if rest:
            yield rest


def _import_piper() -> Any:  # noqa: ANN401 - a module that may be missing
    try:
        onnxruntime = import_onnxruntime()
        import piper
    except ImportError as error:
        again = installers.name_command(PACKAGE, "--force-reinstall")
        raise VoiceError(f"piper can't be started: {quote_error(error)}\n{again}") from error
    onnxruntime.set_default_logger_severity(3)  # it tells of graphics cards that it does not find
    logging.getLogger("piper").setLevel(logging.ERROR)  # it tells of each sign that a model has no sound for
    return piper


def load_model(model: Path) -> LoadedModel:
    """Return the model in memory: loaded once per process, and again if its file has changed."""
    try:
        facts = model.stat()
    except OSError as error:
        raise VoiceError(f"{model}: the model can't be read: {(error.strerror or str(error)).lower()}") from error
    return _load_once(model.absolute(), facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=2)  # a voice and its fallback
def _load_once(model: Path, _size: int, _changed: int) -> LoadedModel:
    return LoadedModel(model)


def _find_tuning(voice: PiperVoice, loaded: LoadedModel) -> _Tuning:
    """Return a voice's tuning, measured once by speaking the calibration sentence a few times."""
    from voicecoach.voices import polish

    key = f"tuning of {voice.identity}"
    match cache.recall(voice.folder, key):
        case {"scale": float(scale), "gain": float(own)} if (
            _FASTEST <= scale <= _SLOWEST and abs(own) <= polish.MOST_GAIN
        ):
            return _Tuning(scale, own)
    scale, raw = _measure_pace(voice, loaded)
    tuning = _Tuning(scale, float(polish.calibrate(raw)))
    cache.remember(voice.folder, key, {"scale": tuning.scale, "gain": tuning.gain})
    return tuning


def _measure_pace(voice: PiperVoice, loaded: LoadedModel) -> tuple[float, Raw]:
    """Find the stretch at which the calibration sentence lasts its target time; also return its sound."""
    from voicecoach.voices import polish

    scale = 1.0
    raw = loaded.say(voice.calibration, scale, voice.speaker)
    wanted = _target_seconds(voice, loaded)
    for _ in range(_TRIES):
        ratio = wanted / polish.trim(raw).seconds
        better = min(max(round(scale * ratio, 3), _FASTEST), _SLOWEST)
        if abs(ratio - 1) <= _CLOSE or better == scale:
            break
        scale, raw = better, loaded.say(voice.calibration, better, voice.speaker)
    return scale, raw


def _target_seconds(voice: PiperVoice, loaded: LoadedModel) -> float:
    """Return how long the calibration sentence takes at the voice's rate."""
    words = len(voice.calibration.split())
    if voice.rate and words >= _LEAST_WORDS:
        return words * 60 / (voice.rate * SPARSE)
    return max(1, loaded.sounds(voice.calibration)) / TEMPO * RATE / (voice.rate or RATE)
