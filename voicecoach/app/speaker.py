"""The voice that reads a session: found once, by one object, with everything that is known about it."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.errors import VoicecoachError
from voicecoach.system import parallel, plain_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voicecoach.app.request import Request
    from voicecoach.audio.clip import Clip
    from voicecoach.language import Language
    from voicecoach.system.lru import Lru
    from voicecoach.voices.cached import CachedVoice
    from voicecoach.voices.port import Settings, Voice, VoiceInfo


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice that was found.

    Attributes:
        voice: The voice itself; its clips are kept.
        id: The name by which ``--voice`` finds it again.
        name: What people call it; empty if that is its ``id``.
        languages: The languages that it speaks, the main one first; empty if unknown.
    """

    voice: CachedVoice
    id: str
    name: str = ""
    languages: tuple[str, ...] = ()

    def find_name(self, folder: Path) -> str:
        """Return what people call the voice; for one of the system, as the system lists it."""
        if self.name and self.name == self.id:
            from voicecoach.voices.system import catalogue

            with suppress(VoicecoachError):
                plain = self.id.partition("+")[0]
                return next((each.name for each in catalogue(folder).voices if each.id == plain), self.id)
        return self.name or self.id


def find_speaker(request: Request, words: Language, folder: Path) -> Speaker:
    """Find the voice that reads a routine with these words; what it speaks is kept in ``folder``.

    Raises:
        ChoiceError: If there is no voice of the name that is asked for.
        VoiceError: If no voice can speak the routine's language.
    """
    return wrap_voice(*choose_voice(request, words, folder), words, folder)


def choose_voice(request: Request, words: Language, folder: Path) -> tuple[Voice, VoiceInfo]:
    """Return the voice that is asked for, and how it is listed.

    Raises:
        ChoiceError: As `find_speaker`.
        VoiceError: As `find_speaker`.
    """
    from voicecoach.voices.finding import find_voice

    return find_voice(request.voice, voice_settings(request, words, folder))


def wrap_voice(
    voice: Voice, listed: VoiceInfo, words: Language, folder: Path, memory: Lru[Path, Clip] | None = None
) -> Speaker:
    """Return a voice that was found as a speaker, whose clips are kept in ``folder`` and in ``memory``."""
    from voicecoach.voices.cached import CachedVoice
    from voicecoach.voices.shipped import ShippedClips

    kept = CachedVoice(voice, folder, tuple(_note_foreign(listed, words.code)), memory=memory, shipped=ShippedClips())
    return Speaker(kept, listed.id, listed.name, tuple(listed.languages))


def voice_settings(request: Request, words: Language, folder: Path) -> Settings:
    """Return what is asked of the voice that reads a routine with these words."""
    from voicecoach.voices.finding import data_folder
    from voicecoach.voices.port import Settings

    return Settings(
        words.code,
        words.word("calibration"),
        folder,
        rate=request.rate,
        pitch=request.pitch,
        data=data_folder(),
        commands=dict(request.commands),
    )


@contextmanager
def list_voices_meanwhile(request: Request, folder: Path) -> Iterator[None]:
    """List the system's voices meanwhile if that was never done: it takes a process of its own."""
    if request.voice is not None or plain_files.is_folder(folder):
        yield
        return
    from voicecoach.voices.system import catalogue

    def list_voices() -> None:
        with suppress(VoicecoachError):  # whoever needs a voice reports it
            catalogue(folder)

    await_list = parallel.run_in_thread(list_voices)
    try:
        yield
    finally:
        await_list()


def _note_foreign(voice: VoiceInfo, code: str) -> Iterator[str]:
    """Report that a voice does not speak the routine's language."""
    from voicecoach.voices.matching import speaks_language

    if voice.languages and not speaks_language(voice.languages, code):
        spoken = ", ".join(voice.languages)
        yield f"the voice {voice.id} speaks {spoken}, and this routine is in the language {code}"
