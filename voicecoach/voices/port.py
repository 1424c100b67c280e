"""Kinds of voices: each lists what it has, and makes a voice of a name; packages can bring their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from voicecoach.voices import Voice


@dataclass(frozen=True, slots=True)
class Listed:
    """A voice that there is, or could be.

    Attributes:
        id: As ``--voice`` takes it: ``piper:en_US-amy-medium``, ``gmw/en-us``.
        kind: The kind it is of: ``system``, ``piper``, ``recorded``, ``command``, or a package's own.
        name: As people call it.
        languages: What it speaks (tags such as "en-us"), the main one first; nothing where nobody knows.
        ready: Whether it can speak now.
        hint: What would make it ready.
        rank: Of the voices that are ready and speak a language, one with the highest is the default.
    """

    id: str
    kind: str
    name: str
    languages: tuple[str, ...] = ()
    ready: bool = True
    hint: str = ""
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked of any voice.

    Attributes:
        language: The routine's (BCP 47).
        calibration: A plain sentence of that language, a second or longer, by which a voice's own level is found.
        folder: Where clips and small facts are kept.
        rate: Words a minute, as heard; None for the voice's own calm rate.
        pitch: 0 to 100; None for the voice's own.
        volume: dB; added after levelling only by a fallback or a test, 0 in a session.
        data: Where what is installed lies (models of voices).
        commands: The user's own commands, by name, as their settings file has them.
        resolve: Gives the voice that another name means, for kinds that fall back on one.
    """

    language: str
    calibration: str
    folder: Path
    rate: int | None = None
    pitch: int | None = None
    volume: float = 0.0
    data: Path | None = None
    commands: dict[str, object] = field(default_factory=dict)
    resolve: Callable[[str], Voice] | None = None


class Kind(Protocol):
    """What brings voices. Entry points of the group ``voicecoach.voices`` are objects of this shape."""

    @property
    def name(self) -> str:
        """The word before the colon: ``piper`` in ``piper:en_US-amy-medium``."""

    def listed(self, settings: Settings) -> Sequence[Listed]:
        """List what there is; quickly, and without starting anything that takes long."""

    def voice(self, name: str, settings: Settings) -> Voice:
        """Return the voice of a name, which stands after the colon.

        Raises:
            ChoiceError: When there is none of this name, or its settings are wrong.
            VoiceError: When it is there and can't speak.
        """
