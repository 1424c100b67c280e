"""The voice that reads a session: found once, by one object, with everything that is known about it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from voicecoach.errors import VoicecoachError, VoiceError
from voicecoach.system import cache, parallel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from voicecoach.app.request import Request
    from voicecoach.audio.clip import Clip
    from voicecoach.language import Language
    from voicecoach.system.lru import Lru
    from voicecoach.voices.cached import CachedVoice
    from voicecoach.voices.pool import IdleSpeakers
    from voicecoach.voices.port import Settings, Voice, VoiceInfo

Choose = Callable[["Request", "Language", "Path"], "tuple[Voice, VoiceInfo]"]
"""Finds the voice that is asked for, and how it is listed."""
_Done = TypeVar("_Done")
SYSTEM = "system"
"""The kind of the system's voices, and the name of the best of them for a language."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice that was found.

    Attributes:
        voice: The voice itself; its clips are kept.
        id: The name by which ``--voice`` finds it again.
        name: What people call it; empty if that is its ``id``.
        languages: The languages that it speaks, the main one first; empty if unknown.
        kind: Its kind; empty if unknown.
        note: The reason why this voice speaks instead of the best one; empty if it is the best one, or asked for.
        substitute: Finds the voice that speaks instead if this one does not start; None if it was asked for by name.
    """

    voice: CachedVoice
    id: str
    name: str = ""
    languages: tuple[str, ...] = ()
    kind: str = ""
    note: str = ""
    substitute: Callable[[VoiceError], Speaker] | None = None

    def find_name(self, folder: Path) -> str:
        """Return what people call the voice; for one of the system, as the system lists it."""
        if self.name and self.name == self.id:
            from voicecoach.voices.system import catalogue

            with suppress(VoicecoachError):
                plain = self.id.partition("+")[0]
                return next((each.name for each in catalogue(folder).voices if each.id == plain), self.id)
        return self.name or self.id


def find_speaker(
    request: Request,
    words: Language,
    folder: Path,
    choose: Choose | None = None,
    memory: Lru[Path, Clip] | None = None,
) -> Speaker:
    """Find the voice that reads a routine with these words; what it speaks is kept in ``folder`` and in ``memory``.

    Unless it is asked for by name, the system's voice speaks if the best one does not start: see `speak_with`.

    Raises:
        ChoiceError: If there is no voice of the name that is asked for.
        VoiceError: If no voice can speak the routine's language.
    """
    choose = choose or choose_voice

    def find_substitute(error: VoiceError) -> Speaker:
        try:
            found, listed = choose(replace(request, voice=SYSTEM), words, folder)
        except VoiceError:
            raise error from None
        return wrap_voice(found, listed, words, folder, memory, _explain_substitute(error))

    try:
        found, listed = choose(request, words, folder)
    except VoiceError as error:
        if request.voice is not None:
            raise
        return find_substitute(error)
    named = request.voice is not None or listed.kind == SYSTEM
    return replace(wrap_voice(found, listed, words, folder, memory), substitute=None if named else find_substitute)


def _explain_substitute(error: VoiceError) -> str:
    """Say on one line why the system's voice speaks, and what to do."""
    what, *remedy = str(error).splitlines()
    remedy = remedy or ["'voicecoach doctor' looks for the cause"]
    return "; ".join(("the system's voice speaks, because the best one does not start", what, *remedy))


def speak_with(found: Speaker, calibration: str, work: Callable[[Speaker], _Done]) -> _Done:
    """Do some work with a voice. If the voice does not start, do all of it again with its substitute, if it has one.

    A voice that fails at a phrase and can speak the calibration sentence has started: the phrase is what is wrong.

    Raises:
        VoiceError: If the voice fails, and no other speaks instead.
    """
    try:
        return work(found)
    except VoiceError as error:
        if found.substitute is None or _can_speak(found.voice.voice, calibration):
            raise
        other = found.substitute(error)
    return work(other)


def _can_speak(voice: Voice, sentence: str) -> bool:
    """Return whether a voice can speak a sentence."""
    with suppress(VoiceError):
        return bool(list(voice.speak([sentence])))
    return False


def choose_voice(
    request: Request, words: Language, folder: Path, idle: IdleSpeakers | None = None
) -> tuple[Voice, VoiceInfo]:
    """Return the voice that is asked for, and how it is listed; its workers may wait between calls.

    Raises:
        ChoiceError: As `find_speaker`.
        VoiceError: As `find_speaker`.
    """
    from voicecoach.voices.finding import find_voice

    return find_voice(request.voice, replace(voice_settings(request, words, folder), idle=idle))


def wrap_voice(  # noqa: PLR0913, PLR0917 - a voice, and all that is kept of it
    voice: Voice,
    listed: VoiceInfo,
    words: Language,
    folder: Path,
    memory: Lru[Path, Clip] | None = None,
    note: str = "",
    *,
    watched: bool = False,
) -> Speaker:
    """Return a voice that was found as a speaker, whose clips are kept in ``folder`` and in ``memory``.

    A ``note`` for the listener is the first of its problems. A ``watched`` voice is a program's own, and may be faulty.
    """
    from voicecoach.voices.cached import CachedVoice
    from voicecoach.voices.shipped import ShippedClips

    problems = (*filter(None, (note,)), *_note_foreign(listed, words.code))
    kept = CachedVoice(voice, folder, problems, memory=memory, shipped=ShippedClips(), watched=watched)
    return Speaker(kept, listed.id, listed.name, tuple(listed.languages), listed.kind, note)


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
def prepare_meanwhile(request: Request, folder: Path) -> Iterator[None]:
    """Prepare the voice of the first session meanwhile: its clips if they come with the program, else its list."""
    if request.voice is not None or cache.has_entries(folder, "clip"):
        yield
    elif _has_natural(request, folder):
        with _read_ahead(request):
            yield
    else:
        with _list_voices_meanwhile(folder):
            yield


@contextmanager
def _read_ahead(request: Request) -> Iterator[None]:
    """Read what comes with the program for a routine meanwhile."""
    from voicecoach.system import prepared
    from voicecoach.voices import shipped

    prepared.read_ahead(request.routine)
    with shipped.read_ahead(request.routine):
        yield


@contextmanager
def _list_voices_meanwhile(folder: Path) -> Iterator[None]:
    """List the system's voices meanwhile: it takes a process of its own."""
    from voicecoach.voices.system import catalogue

    def list_voices() -> None:
        with suppress(VoicecoachError):  # whoever needs a voice reports it
            catalogue(folder)

    await_list = parallel.run_in_thread(list_voices)
    try:
        yield
    finally:
        await_list()


def _has_natural(request: Request, folder: Path) -> bool:
    """Return whether a voice besides the system's is the default for the language that is asked for, or for English."""
    from voicecoach.language import language
    from voicecoach.voices.finding import has_natural

    return has_natural(voice_settings(request, language(request.language or "en"), folder))


def _note_foreign(voice: VoiceInfo, code: str) -> Iterator[str]:
    """Report that a voice does not speak the routine's language."""
    from voicecoach.voices.matching import speaks_language

    if voice.languages and not speaks_language(voice.languages, code):
        spoken = ", ".join(voice.languages)
        yield f"the voice {voice.id} speaks {spoken}, and this routine is in the language {code}"
