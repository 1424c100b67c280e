"""The port for voices: what a voice does, what a kind of voices does, and what both exchange."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from voicecoach.phonemes import drop_phonemes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.audio.clip import Clip
    from voicecoach.voices.pool import IdleSpeakers


class Voice(Protocol):
    """Anything that turns words into clips.

    A wording can have words with their phonemes: ``[Tadasana](/təˈdɑːsənə/)``. Only a voice whose attribute
    ``knows_phonemes`` is true gets them; every other voice gets the words.
    """

    @property
    def identity(self) -> str:
        """Everything that changes the sound (kind, name, version, settings), as one line of text."""

    def speak(self, wordings: Sequence[str]) -> Iterator[Clip]:
        """Speak each wording, in order, and give each clip as soon as it is ready.

        A clip has no silence at its ends, and the loudness that all clips have.

        Raises:
            VoiceError: When a wording can't be spoken. No clip may be empty, cut short or silent instead.
        """


@runtime_checkable
class CompositeVoice(Protocol):
    """A voice made of other voices or of files: each wording has an identity of its own in the cache."""

    def identity_of(self, wording: str) -> str:
        """Everything that changes the sound of this wording, as one line of text."""


@runtime_checkable
class ChangingVoice(Protocol):
    """A voice made of files, which somebody can change while it is used."""

    def has_changed(self) -> bool:
        """Return whether its files are others than when it was found: then it has to be found anew."""


@runtime_checkable
class VaryingVoice(Protocol):
    """A voice that can say the same words again, as long as before and a little differently."""

    def vary(self, take: int) -> Voice:
        """Return the voice that speaks another take: 1 is the second one. The same number gives the same sound."""


@runtime_checkable
class ShippedVoice(Voice, Protocol):
    """A voice of which clips come with the program."""

    def shipped_identity_of(self, wording: str) -> str:
        """Everything that changes the sound of this wording, except the versions of the libraries below the voice."""


def fit_wordings(voice: Voice, wordings: Sequence[str]) -> Sequence[str]:
    """Return wordings as a voice can read them: without phonemes if it does not know them."""
    return wordings if getattr(voice, "knows_phonemes", False) else [drop_phonemes(each) for each in wordings]


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """A voice that exists on this computer, or could be installed.

    Attributes:
        id: As ``--voice`` takes it: ``piper:en_US-amy-medium``, ``gmw/en-us``.
        kind: ``system``, ``piper``, ``recorded``, ``command``, or the kind of another package.
        name: Its name for people to read.
        languages: Its languages (tags such as "en-us"), the main one first; empty if unknown.
        ready: Whether it can speak now.
        hint: How to make it ready.
        rank: Among the voices that are ready and speak a language, one with the highest rank is the default. The
            system's voices have 0; a natural voice has more.
        megabytes: The size of its download; 0 if unknown.
        licence: The licence of its model, as an SPDX name; empty if unknown.
    """

    id: str
    kind: str
    name: str
    languages: tuple[str, ...] = ()
    ready: bool = True
    hint: str = ""
    rank: int = 0
    megabytes: int = 0
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is asked of any voice.

    Attributes:
        language: The routine's language (BCP 47).
        calibration: A plain sentence of that language, at least a second long; the voice's own level is measured on it.
        folder: Where clips and small facts are cached.
        rate: Words per minute, as heard; None for the voice's own calm rate.
        pitch: 0 to 100; None for the voice's own.
        volume: dB, added after loudness normalisation; only fallbacks and tests use it, 0 in a session.
        data: Where installed models of voices are.
        commands: The user's own commands by name, as in their settings file.
        resolve: Finds the voice of another name, for kinds that fall back on one.
        idle: Where worker processes wait between calls; None if they end after each call.
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
    idle: IdleSpeakers | None = None


class Kind(Protocol):
    """A kind of voices. Entry points of the group ``voicecoach.voices`` are objects of this shape."""

    @property
    def name(self) -> str:
        """The word before the colon: ``piper`` in ``piper:en_US-amy-medium``."""

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List the voices of this kind, quickly: without starting anything slow."""

    def find_voice(self, name: str, settings: Settings) -> Voice:
        """Return the voice with this name, which comes after the colon.

        Raises:
            ChoiceError: When no voice has this name, or its settings are wrong.
            VoiceError: When the voice exists and can't speak.
        """
