"""Kokoro's voices as a kind: ``kokoro:ef_dora``; they speak in worker processes, on all cores.

Nothing heavy is imported here: only the workers load the model, and they run only when new words are spoken.
"""

from __future__ import annotations

import hashlib
import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from voicecoach.errors import VoiceError, quote
from voicecoach.voices import espeak
from voicecoach.voices.neural.kokoro import files
from voicecoach.voices.neural.kokoro.phonemes import find_foreign
from voicecoach.voices.neural.voice import OTHERWISE, NeuralVoice
from voicecoach.voices.packages import find_folder, find_version, hash_file
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voicecoach.voices.port import Settings

NAME = "kokoro"

VERSION = 4
"""Raised by whoever changes how the model is asked, or what becomes of its sound, so that no old clip is reused."""

NEEDED = ("onnxruntime", "numpy")

RANK = 9
"""Above Piper's and the system's voices, below hibari's."""

_WORKER = (sys.executable, "-P", str(Path(__file__).parents[1] / "worker.py"), "kokoro")


@dataclass(frozen=True)
class KokoroVoice(NeuralVoice):
    """A style of Kokoro's model.

    Attributes:
        model: The model's file.
        problems: What the listener should know.
    """

    command: Sequence[str] = field(default=_WORKER)
    patience: float = 60.0
    model: Path = Path()
    problems: tuple[str, ...] = field(default=(), compare=False)

    KIND: ClassVar[str] = NAME
    SETTINGS: ClassVar[range] = range(450, 1801)
    PHRASES_A_WORKER: ClassVar[int] = 2
    MOST_WORKERS: ClassVar[int] = 8
    """Each takes 0.6 GB of memory."""
    PATIENCE_A_CHARACTER: ClassVar[float] = 2.0

    @property
    def languages(self) -> tuple[str, ...]:
        """What it speaks."""
        return (self._style.language,)

    @property
    def calm(self) -> int:
        """The model's speed for guidance, in thousandths."""
        return self._style.speed

    @property
    def repair(self) -> str:
        """What to do if the worker can't be started."""
        return f"'pip install --force-reinstall {' '.join(NEEDED)}' may help"

    @cached_property
    def _style(self) -> files.Style:
        return files.find_style(self.name)

    def describe_model(self) -> str:
        """Everything about the model and its libraries that changes the sound, on one line.

        Raises:
            VoiceError: When something is missing or damaged.
        """
        check_requirements()
        versions = ", ".join(f"{each} {find_version(each)}" for each in NEEDED)
        style = hashlib.sha256(files.find_style_file(self._style).read_bytes()).hexdigest()[:8]
        spelling = f"{espeak.find_library().version} {self._style.spelling}"
        return f"kokoro way {VERSION}, {versions}, {spelling}; model {self.check_model()}, {self.name} {style}"

    def set_up(self, folder: Path) -> Mapping[str, object]:
        """Return the setup of a worker.

        Raises:
            VoiceError: When something is missing or damaged.
        """
        self.check_model()
        library = espeak.find_library()
        return {
            "model": str(self.model),
            "style": str(files.find_style_file(self._style)),
            "library": library.path,
            "data": espeak.shorten_data_path(library.data, folder),
            "spelling": self._style.spelling,
        }

    def prepare_text(self, wording: str) -> str:
        """Return a wording on one line.

        Raises:
            VoiceError: When there are letters of another script.
        """
        if foreign := find_foreign(wording):
            raise VoiceError(
                f"the voice {NAME}:{self.name} can't read {quote(foreign)} in {quote(wording)}\n"
                "write it in Latin letters, give its sound under the routine's 'pronounce', or choose another --voice"
            )
        return super().prepare_text(wording)

    def check_model(self) -> str:
        """Return the hash of the model's file.

        Raises:
            VoiceError: When it is missing, or is not what it was when we tested it.
        """
        found = hash_file(self.model, self.folder)
        if not files.MODEL_SHA256.startswith(found):
            again = f"'voicecoach voices get {self._style.code}' installs it again"
            raise VoiceError(f"{self.model}: the voice's model is damaged\n{again}, {OTHERWISE}")
        return found


class Kokoro:
    """Kokoro's voices as a kind."""

    name = NAME

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List the voices that we have styles of; without the model, none of them is ready."""
        there = settings.data is not None and _is_there(files.find_model(settings.data))
        obstacle = _find_obstacle() if there else ""
        return [
            VoiceInfo(
                f"{NAME}:{each.name}",
                NAME,
                each.title,
                (each.language,),
                ready=there and not obstacle,
                hint=obstacle if there else f"voicecoach voices get {each.code}",
                rank=RANK,
            )
            for each in files.STYLES
        ]

    def find_voice(self, name: str, settings: Settings) -> KokoroVoice:
        """Return the voice of a name, or of a part of one.

        Raises:
            UnknownNameError: When no voice has this name.
            VoiceError: When the model is missing or damaged, or something else is missing.
        """
        style = files.find_style(name)
        model = None if settings.data is None else files.find_model(settings.data)
        if model is None or not model.is_file():
            what = f"the voice {NAME}:{style.name} is not installed"
            raise VoiceError(f"{what}\n'voicecoach voices get {style.code}' installs it, {OTHERWISE}")
        check_requirements()
        problems = (
            () if settings.pitch is None else ("a Kokoro voice has the pitch of its style; --pitch has no effect",)
        )
        asked = (settings.calibration, settings.rate, settings.folder)
        found = KokoroVoice(style.name, *asked, idle=settings.idle, model=model, problems=problems)
        found.check_model()
        return found


KIND = Kokoro()


def check_requirements() -> None:
    """Check what a voice needs besides its model.

    Raises:
        VoiceError: When something is missing.
    """
    if obstacle := _find_obstacle():
        raise VoiceError(f"Kokoro's voices need a package that is not installed\n{obstacle}, {OTHERWISE}")


def _find_obstacle() -> str:
    """Return how to get what is missing, besides the model; nothing if nothing is."""
    lacking = [each for each in NEEDED if find_folder(each) is None]
    try:
        espeak.find_library()
    except VoiceError:
        lacking.append("espeakng-loader")
    return f"'pip install {' '.join(lacking)}' installs it" if lacking else ""


def _is_there(model: Path) -> bool:
    try:
        return model.stat().st_size == files.MODEL_BYTES
    except OSError:
        return False
