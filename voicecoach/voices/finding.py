"""Lists the voices of all kinds, and finds the one that a name means, or the best one for a language."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError, find_close, quote
from voicecoach.system import folders, plain_files
from voicecoach.voices.catalogue import SYSTEM
from voicecoach.voices.matching import (
    LIST_ALL,
    is_auto,
    is_understood,
    list_names,
    match_name,
    pick_best,
    speaks_language,
)
from voicecoach.voices.plugins import list_plugins
from voicecoach.voices.port import Kind, VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from voicecoach.voices.port import Settings, Voice
    from voicecoach.voices.system import SystemVoice

    Found = tuple[Voice, VoiceInfo]


class System:
    """The system's own voices, as a kind."""

    name = SYSTEM

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List them; on a system without speech, list one that is not ready, with a hint."""
        from voicecoach.voices.system import catalogue

        try:
            voices = catalogue(settings.folder).voices
        except VoiceError as error:
            what, *remedy = str(error).splitlines()
            return [
                VoiceInfo(f"{SYSTEM}:", SYSTEM, "the system's own", ready=False, hint=remedy[-1] if remedy else what)
            ]
        return voices

    def find_voice(self, name: str, settings: Settings) -> SystemVoice:
        """Return the voice with this name or part of a name; without a name, the best one for the language.

        Raises:
            ChoiceError: When no voice, or more than one, has this name.
            VoiceError: When no voice speaks the language, or the system has no speech.
        """
        from voicecoach.voices.system import system_voice

        return system_voice(
            name or None,
            settings.language,
            calibration=settings.calibration,
            rate=settings.rate,
            pitch=settings.pitch,
            folder=settings.folder,
            idle=settings.idle,
        )

    def open(self, name: str, settings: Settings) -> Found:
        """Return a voice as ``voice`` does, and how it is listed: with its variant, if it has one.

        Raises:
            ChoiceError: As ``voice``.
            VoiceError: As ``voice``.
        """
        voice = self.find_voice(name, settings)
        return voice, VoiceInfo(voice.voice, SYSTEM, voice.voice, voice.languages)


@dataclass(frozen=True, slots=True)
class Later:
    """A built-in kind that is imported only when needed.

    Attributes:
        name: The word before the colon.
        load: Imports it.
        lists: Whether it has any voices to list.
        installed: Whether any of these can be ready.
    """

    name: str
    load: Callable[[], Kind]
    lists: Callable[[Settings], bool]
    installed: Callable[[Settings], bool] = lambda _: True

    def list_voices(self, settings: Settings) -> Sequence[VoiceInfo]:
        """List what it has."""
        return self.load().list_voices(settings) if self.lists(settings) else ()

    def find_voice(self, name: str, settings: Settings) -> Voice:
        """Return its voice of a name.

        Raises:
            ChoiceError: As the kind has it.
            VoiceError: As the kind has it.
        """
        return self.load().find_voice(name, settings)


def _load_piper() -> Kind:
    from voicecoach.voices.piper.voice import KIND

    return KIND


def _load_hibari() -> Kind:
    from voicecoach.voices.neural.hibari.voice import KIND

    return KIND


def _load_kokoro() -> Kind:
    from voicecoach.voices.neural.kokoro.voice import KIND

    return KIND


def _load_recorded() -> Kind:
    from voicecoach.voices.recorded import KIND

    return KIND


def _load_command() -> Kind:
    from voicecoach.voices.command.voice import KIND

    return KIND


_SYSTEM = System()
_OURS: tuple[Kind, ...] = (
    _SYSTEM,
    Later(
        "piper",
        _load_piper,
        lambda settings: settings.data is not None and plain_files.is_folder(settings.data / "piper"),
    ),
    Later("hibari", _load_hibari, lambda _: True),
    Later(
        "kokoro",
        _load_kokoro,
        lambda settings: settings.data is not None,
        lambda settings: settings.data is not None and plain_files.is_folder(settings.data / "kokoro"),
    ),
    Later("recorded", _load_recorded, lambda _: False),  # the folders of recordings are not known
    Later("command", _load_command, lambda settings: bool(settings.commands)),
)


def list_kinds() -> dict[str, Kind]:
    """Return every kind by its name: our own, and those of other packages, which can't take the name of one of ours."""
    return {each.name: each for each in (*_OURS, *list_plugins(), *_OURS)}


def list_voices(settings: Settings) -> list[VoiceInfo]:
    """List the voices of all kinds by language, the best of each first; those of unknown language come last."""
    return sort_voices(each for kind in list_kinds().values() for each in kind.list_voices(settings))


def sort_voices(voices: Iterable[VoiceInfo]) -> list[VoiceInfo]:
    """Sort voices by language, the best of each first; those of unknown language come last."""

    def place(voice: VoiceInfo) -> tuple[object, ...]:
        return (not voice.languages, voice.languages[:1], not voice.ready, -voice.rank, voice.kind, voice.id)

    return sorted(voices, key=place)


def find_voice(spec: str | None, settings: Settings) -> Found:
    """Return the voice that is meant, and how it is listed, or would be; for "auto" or None, the best for the language.

    Raises:
        UnknownNameError: When no voice has this name.
        ChoiceError: When several voices may be meant, or the kind refuses.
        VoiceError: When no voice speaks the language, or the named one can't speak.
    """
    settings = replace(settings, resolve=lambda other: find_voice(other, settings)[0])
    every = list_kinds()
    if spec is None or is_auto(spec):
        return _find_default(every, settings)
    if not spec.strip():
        raise ChoiceError(f"the name of the voice is empty\nwrite one, or leave --voice out; {LIST_ALL}")
    kind, colon, name = spec.strip().partition(":")
    if kind.lower() in every:
        return _find_in_kind(every[kind.lower()], name.strip(), settings)
    if colon and (alike := find_close(kind.lower(), list(every))):
        raise UnknownNameError("kind of voices", kind, alike, LIST_ALL)
    voices = [each for one in every.values() for each in one.list_voices(settings)]
    found = match_name(spec.strip(), voices)
    if found is not None:
        return _open(every[found.kind], found, settings)
    silent = any(each.kind == SYSTEM and not each.ready for each in voices)
    if "+" in spec or silent:  # only the system's voices have variants; this also reports a system without speech
        return _SYSTEM.open(spec.strip(), settings)
    raise UnknownNameError("voice", spec, list_names(spec.strip(), voices), _suggest_install(spec) or LIST_ALL)


def _suggest_install(spec: str) -> str:
    """Return the command that installs the voice of Piper's that a name means, if it is a well-known one."""
    from voicecoach.voices.piper.models import WELL_KNOWN

    known = WELL_KNOWN.get(spec.strip().lower())
    return f"Piper has one of this name: 'voicecoach voices get {known}' makes it ready" if known else ""


def data_folder() -> Path:
    """Return where voices are installed."""
    return folders.find_data()


def pick_default(voices: Iterable[VoiceInfo], code: str) -> VoiceInfo | None:
    """Return the best natural voice for a language among voices; None if the system's voice is to speak."""
    natural = [each for each in voices if each.ready and each.rank > 0 and is_understood(each, code)]
    return pick_best(natural, code) if natural else None


def has_natural(settings: Settings) -> bool:
    """Return whether a voice besides the system's is the default for the language."""
    return pick_default(_list_installed(settings), settings.language) is not None


def list_others(settings: Settings) -> list[VoiceInfo]:
    """List the voices of all kinds but the system's, whose list takes a process."""
    kinds = list_kinds().values()
    return [each for kind in kinds if not isinstance(kind, System) for each in kind.list_voices(settings)]


def _list_installed(settings: Settings) -> list[VoiceInfo]:
    """List voices as `list_others`, without the kinds of which none can be ready: they need not be imported."""
    kinds = (each for each in list_kinds().values() if not isinstance(each, System))
    installed = (each for each in kinds if not isinstance(each, Later) or each.installed(settings))
    return [voice for kind in installed for voice in kind.list_voices(settings)]


def _find_default(every: Mapping[str, Kind], settings: Settings) -> Found:
    """Return the best natural voice for the language, else the system's, else any that speaks it."""
    code = settings.language
    others = _list_installed(settings)
    best = pick_default(others, code)
    if best is None:
        try:
            return _SYSTEM.open("", settings)
        except VoiceError:
            speaking = [each for each in others if each.ready and speaks_language(each.languages, code)]
            if not speaking:
                raise
        best = pick_best(speaking, code)
    return _open(every[best.kind], best, settings)


def _find_in_kind(kind: Kind, name: str, settings: Settings) -> Found:
    """Return a kind's voice of a name; without a name its best for the language."""
    if isinstance(kind, System):
        return _SYSTEM.open(name, settings)
    if name:
        voice = kind.find_voice(name, settings)
        return voice, _find_info(kind, name, settings) or VoiceInfo(
            f"{kind.name}:{name}", kind.name, name, tuple(getattr(voice, "languages", ()))
        )
    fit = [
        each for each in kind.list_voices(settings) if each.ready and speaks_language(each.languages, settings.language)
    ]
    if not fit:
        what = f"no voice of the kind {kind.name!r} is ready for the language {quote(settings.language)}"
        raise ChoiceError(f"{what}\nwrite {kind.name}:NAME; {LIST_ALL}")
    return _open(kind, pick_best(fit, settings.language), settings)


def _find_info(kind: Kind, name: str, settings: Settings) -> VoiceInfo | None:
    """Return how a kind lists a voice of a name, if it does."""
    with suppress(ChoiceError):
        return match_name(name, kind.list_voices(settings))
    return None


def _open(kind: Kind, found: VoiceInfo, settings: Settings) -> Found:
    """Return the voice of a listed one.

    Raises:
        VoiceError: When it is not ready; its hint says what would make it so.
    """
    if not found.ready:
        raise VoiceError(f"the voice {found.id} is not ready\n{found.hint}".rstrip())
    if isinstance(kind, System):
        return _SYSTEM.open(found.id, settings)
    return kind.find_voice(found.id.removeprefix(f"{kind.name}:"), settings), found
