"""Piper's neural voices: a model each, loaded once and spoken in this process.

A model would add noise to each clip, for variety. Without it the same words are the same clip to the byte, and always
as long; the melody has a twentieth less range, the timbre is the same (measured on ``en_US-joe-medium``).
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

from voicecoach.audio.clip import SAMPLE_BYTES, gain
from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError, shown
from voicecoach.language import TAG
from voicecoach.system import cache, folders
from voicecoach.voices.matching import match_name
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.port import Settings

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

MODEL, CONFIG = ".onnx", ".onnx.json"
"""How the two files of a voice end."""

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。\uff01\uff1f])")
_CLAUSE_ENDS = (", ", "; ", ": ", "\uff0c", "、")

_NEEDED = (1, 3)
_INSTALL = "pip install 'voicecoach[piper]'"
_RANKS = {"x_low": 1, "low": 2, "medium": 3, "high": 4}
_SPEC = re.compile(r"(?P<model>.*\.onnx|[^#@]+)(?:#(?P<number>[0-9]{1,9})|@(?P<speaker>.+))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Facts:
    """What a model's config says of it."""

    name: str
    languages: tuple[str, ...]
    quality: str
    speakers: int
    named: Mapping[str, int]


@dataclass(frozen=True)
class PiperVoice:
    """A voice that a model of Piper's speaks with; the model is loaded when something is to be spoken.

    Attributes:
        model: The model's file; its config lies beside it.
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

    @cached_property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line: what is in the files, not where they lie.

        Raises:
            VoiceError: When Piper or a file is missing.
        """
        from voicecoach.voices import polish

        files = [_digest(path, self.folder) for path in (self.model, config_of(self.model))]
        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        speaker = "own" if self.speaker is None else self.speaker
        rate = f"{TEMPO:g} sounds a second" if self.rate is None else self.rate
        louder = f", {self.volume:+g} dB" if self.volume else ""
        said = f"piper {_version()}, way {VERSION}; model {files[0]}, config {files[1]}, speaker {speaker}, rate {rate}"
        return f"{said}; {polish.treatment()}, calibrated {calibrated}{louder}"

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order; clips come a batch at a time.

        Raises:
            VoiceError: When the model can't be loaded, or can't speak a wording; clips of those before it were given.
            EncodeError: When ffmpeg is missing or fails.
        """
        from voicecoach.voices import polish
        from voicecoach.voices.pool import batches

        if not wordings:
            return
        loaded = _load(self.model)
        tuning = _tuned(self, loaded)
        said = (loaded.say(each, tuning.scale, self.speaker) for each in wordings)
        for batch in batches(said, BATCH):
            for clip in polish.polish(batch, tuning.gain):
                yield gain(clip, self.volume) if self.volume else clip


class Piper:
    """Piper's voices as a kind: ``piper:en_US-amy-medium``, ``piper:/path/to/model.onnx``, ``…#3``, ``…@speaker``."""

    name = "piper"

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List the installed models; where the package is missing, none of them is ready."""
        return [_listed(path) for path in installed(settings.data)]

    def find_voice(self, name: str, settings: Settings) -> PiperVoice:
        """Return the voice of an installed model, whose name may be a part of one, or of a model elsewhere.

        Raises:
            ChoiceError: When there is none of this name, or no such speaker.
            VoiceError: When Piper is not installed, or the model's config is broken.
        """
        _version()
        match = _SPEC.fullmatch(name.strip())
        if match is None:
            raise ChoiceError(
                f"{shown(name)} names no Piper voice\nwrite piper:NAME, piper:NAME#3 or piper:NAME@SPEAKER"
            )
        model = _found(match["model"].strip(), settings.data)
        facts = read(model)
        return PiperVoice(
            model,
            settings.calibration,
            settings.rate,
            _speaker(match["number"], match["speaker"], facts),
            settings.folder,
            settings.volume,
            facts.languages,
            ()
            if settings.pitch is None
            else ("a Piper voice has the pitch of its model; --pitch changes nothing in it",),
        )


KIND = Piper()


def folder(data: Path) -> Path:
    """Return where models lie in the data folder."""
    return data / "piper"


def installed(data: Path | None) -> list[Path]:
    """Return the models in the data folder that have their config beside them, by name."""
    if data is None:
        return []
    with suppress(OSError):
        found = sorted(folder(data).glob(f"*{MODEL}"))
        return [path for path in found if path.is_file() and config_of(path).is_file()]
    return []


def config_of(model: Path) -> Path:
    """Return the config that belongs to a model.

    >>> from pathlib import Path
    >>> config_of(Path("amy.onnx")).name
    'amy.onnx.json'
    """
    return model.with_name(f"{model.name}.json")


def read(model: Path) -> Facts:
    """Read the config that lies beside a model.

    Raises:
        VoiceError: When it is missing or broken.
    """
    path = config_of(model)
    try:
        config = json.loads(path.read_bytes())
        code = (config.get("language") or {}).get("code") or config["espeak"]["voice"]
        named = {str(name): int(number) for name, number in (config.get("speaker_id_map") or {}).items()}
        quality = str(config["audio"].get("quality") or model.stem.rsplit("-", 1)[-1])
        return Facts(_titled(model.stem), _tags(code), quality, int(config["num_speakers"]), named)
    except OSError as error:
        what = (error.strerror or str(error)).lower()
        raise VoiceError(f"{path}: the model's config can't be read: {what}\nit belongs beside the model") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise VoiceError(f"{path}: this is no config of a Piper model\ninstall or download the voice again") from error


@dataclass(frozen=True, slots=True)
class _Tuning:
    """What the calibration sentence told: how far the model is stretched, and the voice's own gain in dB."""

    scale: float
    gain: float


class _Loaded:
    """A model in memory, with what is specific to the ``piper`` package."""

    def __init__(self, path: Path) -> None:
        package = _package()
        try:
            self._voice = package.PiperVoice.load(path)
        except Exception as error:
            raise VoiceError(f"{path}: Piper can't load this model: {_first_line(error)}\n{_AGAIN}") from error
        # A Chinese model fetches more on its first word: beside itself, not into the current folder.
        self._voice.download_dir = path.parent
        self._settings, self.rate = package.SynthesisConfig, int(self._voice.config.sample_rate)
        if self.rate <= 0 or self.rate % 10:
            raise VoiceError(f"{path}: a model of {self.rate} samples a second can't be used\n{_AGAIN}")

    def say(self, wording: str, scale: float, speaker: int | None) -> Raw:
        """Speak a wording: its sentences, each trimmed, with a pause between them."""
        from voicecoach.voices.polish import Raw

        settings = self._settings(
            speaker_id=speaker, length_scale=scale, noise_scale=0.0, noise_w_scale=0.0, normalize_audio=False
        )
        try:
            sentences = list(self._sentences(wording, settings))
        except VoiceError:
            raise
        except Exception as error:
            raise VoiceError(f"the voice could not say {shown(wording)}\npiper: {_first_line(error)}") from error
        if not sentences:
            raise VoiceError(f"the voice has no sounds for {shown(wording)}\nwrite it in words of the voice's language")
        return Raw(bytes(round(PAUSE * self.rate) * SAMPLE_BYTES).join(sentences), self.rate)

    def sounds(self, text: str) -> int:
        """Count the sounds of a text that the model knows."""
        known = self._voice.config.phoneme_id_map
        spelled = (sound for sentence in self._voice.phonemize(text) for sound in sentence)
        return sum(any(map(str.isalpha, sound)) and sound in known for sound in spelled)

    def _sentences(self, wording: str, settings: object) -> Iterator[bytes]:
        from voicecoach.voices import polish

        for piece in pieces(wording):
            if not self.sounds(piece):
                continue
            for chunk in self._voice.synthesize(piece, settings):
                raw = polish.Raw(chunk.audio_int16_bytes, self.rate)
                if polish.silent(raw):
                    raise VoiceError(f"the voice gave silence for {shown(wording)}\n{_AGAIN}")
                yield polish.trim(raw).pcm


_AGAIN = "install or download the voice again, or choose another"


def pieces(text: str) -> Iterator[str]:
    """Part a text that is too long to be spoken at once: at sentences, else at commas, else between words.

    >>> list(pieces("One. Two.")), [len(piece) for piece in pieces("one, two " * 60)]
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


def _version() -> str:
    """Return the version of the package that is installed.

    Raises:
        VoiceError: When there is none, or it is too old.
    """
    try:
        found = version("piper-tts")
    except PackageNotFoundError:
        raise VoiceError(f"piper is not installed\n{_INSTALL}") from None
    if tuple(map(int, re.findall(r"\d+", found)[:2])) < _NEEDED:
        raise VoiceError(f"piper-tts {found} is too old\n{_INSTALL} --upgrade")
    return found


def _package() -> Any:  # noqa: ANN401 - a module that may not be there
    try:
        import onnxruntime
        import piper
    except ImportError as error:
        raise VoiceError(f"piper can't be started: {_first_line(error)}\n{_INSTALL} --force-reinstall") from error
    onnxruntime.set_default_logger_severity(3)  # it tells of graphics cards that it does not find
    logging.getLogger("piper").setLevel(logging.ERROR)  # it tells of each sign that a model has no sound for
    return piper


def _load(model: Path) -> _Loaded:
    """Return the model in memory: loaded once a process, and again where its file has changed."""
    try:
        facts = model.stat()
    except OSError as error:
        raise VoiceError(f"{model}: the model can't be read: {(error.strerror or str(error)).lower()}") from error
    return _held(model.absolute(), facts.st_size, facts.st_mtime_ns)


@lru_cache(maxsize=2)  # a voice and its fallback
def _held(model: Path, _size: int, _changed: int) -> _Loaded:
    return _Loaded(model)


def _tuned(voice: PiperVoice, loaded: _Loaded) -> _Tuning:
    """Return a voice's tuning, measured once by speaking the calibration sentence a few times."""
    from voicecoach.voices import polish

    key = f"tuning of {voice.identity}"
    match cache.recall(voice.folder, key):
        case {"scale": float(scale), "gain": float(own)} if (
            _FASTEST <= scale <= _SLOWEST and abs(own) <= polish.MOST_GAIN
        ):
            return _Tuning(scale, own)
    scale, raw = _paced(voice, loaded)
    tuning = _Tuning(scale, float(polish.calibrate(raw)))
    cache.remember(voice.folder, key, {"scale": tuning.scale, "gain": tuning.gain})
    return tuning


def _paced(voice: PiperVoice, loaded: _Loaded) -> tuple[float, Raw]:
    """Find how far the model is stretched to speak the calibration sentence in its time; give its sound as well."""
    from voicecoach.voices import polish

    scale = 1.0
    raw = loaded.say(voice.calibration, scale, voice.speaker)
    wanted = _seconds(voice, loaded)
    for _ in range(_TRIES):
        ratio = wanted / polish.trim(raw).seconds
        better = min(max(round(scale * ratio, 3), _FASTEST), _SLOWEST)
        if abs(ratio - 1) <= _CLOSE or better == scale:
            break
        scale, raw = better, loaded.say(voice.calibration, better, voice.speaker)
    return scale, raw


def _seconds(voice: PiperVoice, loaded: _Loaded) -> float:
    """Return how long the calibration sentence takes at the voice's rate."""
    words = len(voice.calibration.split())
    if voice.rate and words >= _LEAST_WORDS:
        return words * 60 / (voice.rate * SPARSE)
    return max(1, loaded.sounds(voice.calibration)) / TEMPO * RATE / (voice.rate or RATE)


def _found(name: str, data: Path | None) -> Path:
    if name.lower().endswith(MODEL):
        path = folders.expanded(name)
        for each, what in (
            (path, "there is no such model"),
            (config_of(path), "a model's config belongs beside it"),
        ):
            if not each.is_file():
                raise ChoiceError(f"{each}: {what}")
        return path
    there = {VoiceInfo(f"piper:{path.stem}", "piper", path.stem): path for path in installed(data)}
    match = match_name(name, tuple(there))
    if match is None:
        mend = f"'voicecoach voices install {name}' downloads it"
        raise UnknownNameError("installed Piper voice", name, [each.name for each in there], mend)
    return there[match]


def _speaker(number: str | None, name: str | None, facts: Facts) -> int | None:
    """Return the number of a model's speaker."""
    if name is not None:
        if name not in facts.named:
            raise UnknownNameError("speaker of this model", name, list(facts.named), _numbered(facts))
        return facts.named[name]
    if number is None:
        return None
    if int(number) >= max(1, facts.speakers):
        raise ChoiceError(f"this model has no speaker #{int(number)}; {_numbered(facts)}")
    return int(number)


def _numbered(facts: Facts) -> str:
    return (
        f"its speakers are #0 to #{facts.speakers - 1}" if facts.speakers > 1 else "it has a single speaker: write no #"
    )


def _listed(model: Path) -> VoiceInfo:
    spec = f"piper:{model.stem}"
    try:
        facts = read(model)
    except VoiceError as error:
        return VoiceInfo(spec, "piper", _titled(model.stem), ready=False, hint=str(error).splitlines()[-1])
    several = f", {facts.speakers} speakers" if facts.speakers > 1 else ""
    hint = ""
    try:
        _version()
    except VoiceError as error:
        hint = str(error).splitlines()[-1]
    rank = _RANKS.get(facts.quality, _RANKS["low"])
    return VoiceInfo(spec, "piper", f"{facts.name}{several}", facts.languages, ready=not hint, hint=hint, rank=rank)


WELL_KNOWN = {
    name.partition("-")[2].rpartition("-")[0].lower(): name
    for name in (
        *("en_US-amy-medium", "en_US-hfc_female-medium", "en_US-hfc_male-medium", "en_US-joe-medium"),
        *("en_US-kristin-medium", "en_US-lessac-medium", "en_US-norman-medium", "en_US-ryan-medium"),
        *("en_GB-alan-medium", "en_GB-alba-medium", "en_GB-cori-medium", "en_GB-jenny_dioco-medium"),
        *("de_DE-eva_k-x_low", "de_DE-kerstin-low", "de_DE-ramona-low", "de_DE-thorsten-medium"),
        *("es_ES-davefx-medium", "es_ES-sharvard-medium", "fr_FR-siwis-medium", "fr_FR-tom-medium"),
    )
}
"""Voices that Piper has for the languages of our tables, by their speakers' names: what people ask for by name."""


def _titled(stem: str) -> str:
    """Return what people call a model.

    >>> _titled("en_US-amy-medium"), _titled("my voice")
    ('amy, medium', 'my voice')
    """
    parts = stem.split("-")
    return f"{'-'.join(parts[1:-1])}, {parts[-1]}" if len(parts) > 2 else stem  # noqa: PLR2004 - language, name, quality


def _tags(code: str) -> tuple[str, ...]:
    tag = code.replace("_", "-").lower()
    return (tag,) if TAG.fullmatch(tag) else ()


def _digest(path: Path, folder: Path | None) -> str:
    """Return a file's hash, kept by its size and time: it has 60 MB and more."""
    try:
        facts = path.stat()
        key = f"hash of {path.absolute()}, {facts.st_size} bytes, {facts.st_mtime_ns}"
        kept = cache.recall(folder, key)
        if isinstance(kept, str) and re.fullmatch("[0-9a-f]{16}", kept):
            return kept
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise VoiceError(f"{path}: the model can't be read: {(error.strerror or str(error)).lower()}") from error
    cache.remember(folder, key, found)
    return found


def _first_line(error: BaseException) -> str:
    said = " ".join(str(error).split()) or type(error).__name__
    return shown(said, 120)[1:-1]
