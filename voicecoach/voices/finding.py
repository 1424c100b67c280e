"""Every voice there is here, of all kinds, and which of them a name, a language or nothing at all means."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError, near, shown
from voicecoach.language import TAG, akin, wider
from voicecoach.system import folders, plain_files
from voicecoach.voices.matching import PREFERRED, SHORT_CODE
from voicecoach.voices.plugins import plugins
from voicecoach.voices.port import Kind, Listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.voices import Voice
    from voicecoach.voices.port import Settings
    from voicecoach.voices.system import SystemVoice

    Found = tuple[Voice, Listed]

SYSTEM = "system"
_ALL = "'voicecoach voices' lists all of them"
_SHOWN = 6
"""How many voices an error names."""


class System:
    """The system's own voices, as a kind."""

    name = SYSTEM

    def listed(self, settings: Settings) -> Sequence[Listed]:
        """List them; where this system has no speech, that it could have some."""
        from voicecoach.voices.system import catalogue

        try:
            voices = catalogue(settings.folder).voices
        except VoiceError as error:
            what, *mend = str(error).splitlines()
            return [Listed(f"{SYSTEM}:", SYSTEM, "the system's own", ready=False, hint=mend[-1] if mend else what)]
        return [Listed(each.id, SYSTEM, each.name, each.languages) for each in voices]

    def voice(self, name: str, settings: Settings) -> SystemVoice:
        """Return the voice of a name, which may be a part of one; without a name the best for the language.

        Raises:
            ChoiceError: When no voice, or more than one, is called so.
            VoiceError: When there is none for the language, or no speech at all.
        """
        from voicecoach.voices.system import system_voice

        return system_voice(
            name or None,
            settings.language,
            calibration=settings.calibration,
            rate=settings.rate,
            pitch=settings.pitch,
            folder=settings.folder,
        )

    def found(self, name: str, settings: Settings) -> Found:
        """Return a voice as ``voice`` does, and how it is listed: with its variant, if it has one.

        Raises:
            ChoiceError: As ``voice``.
            VoiceError: As ``voice``.
        """
        voice = self.voice(name, settings)
        return voice, Listed(voice.voice, SYSTEM, voice.voice, voice.languages)


@dataclass(frozen=True, slots=True)
class Later:
    """A kind of ours that is imported when it is needed, which takes a while; ``lists`` tells when it has something."""

    name: str
    load: Callable[[], Kind]
    lists: Callable[[Settings], bool]

    def listed(self, settings: Settings) -> Sequence[Listed]:
        """List what it has."""
        return self.load().listed(settings) if self.lists(settings) else ()

    def voice(self, name: str, settings: Settings) -> Voice:
        """Return its voice of a name.

        Raises:
            ChoiceError: As the kind has it.
            VoiceError: As the kind has it.
        """
        return self.load().voice(name, settings)


def _piper() -> Kind:
    from voicecoach.voices.piper import KIND

    return KIND


def _recorded() -> Kind:
    from voicecoach.voices.recorded import KIND

    return KIND


def _command() -> Kind:
    from voicecoach.voices.command import KIND

    return KIND


_SYSTEM = System()
_OURS: tuple[Kind, ...] = (
    _SYSTEM,
    Later(
        "piper", _piper, lambda settings: settings.data is not None and plain_files.is_folder(settings.data / "piper")
    ),
    Later("recorded", _recorded, lambda _: False),  # nobody knows in which folders there are recordings
    Later("command", _command, lambda settings: bool(settings.commands)),
)


def kinds() -> dict[str, Kind]:
    """Return every kind by its name: our own, and those of other packages, which can't take the name of one of ours."""
    return {each.name: each for each in (*_OURS, *plugins(), *_OURS)}


def listed(settings: Settings) -> list[Listed]:
    """List the voices of all kinds by language, the best of each first; those whose language nobody knows come last."""
    found = [each for kind in kinds().values() for each in kind.listed(settings)]

    def place(voice: Listed) -> tuple[object, ...]:
        return (not voice.languages, voice.languages[:1], not voice.ready, -voice.rank, voice.kind, voice.id)

    return sorted(found, key=place)


def chosen(spec: str | None, settings: Settings) -> Found:
    """Return the voice that is meant, and how it is listed, or would be; without a name, the best for the language.

    Raises:
        UnknownNameError: When no voice is called so.
        ChoiceError: When several may be meant, or a kind has its own reasons.
        VoiceError: When none speaks the language, or the one that is named can't speak.
    """
    settings = replace(settings, resolve=lambda other: chosen(other, settings)[0])
    every = kinds()
    if spec is None:
        return _best(every, settings)
    if not spec.strip():
        raise ChoiceError(f"the name of the voice is empty\nwrite one, or leave --voice out; {_ALL}")
    kind, colon, name = spec.strip().partition(":")
    if kind.lower() in every:
        return _of_kind(every[kind.lower()], name.strip(), settings)
    if colon and (alike := near(kind.lower(), list(every))):
        raise UnknownNameError("kind of voices", kind, alike, _ALL)
    voices = [each for one in every.values() for each in one.listed(settings)]
    found = _named(spec.strip(), voices)
    if found is not None:
        return _spoken(every[found.kind], found, settings)
    silent = any(each.kind == SYSTEM and not each.ready for each in voices)
    if "+" in spec or silent:  # only the system's voices have variants; where it has none at all, that is told
        return _SYSTEM.found(spec.strip(), settings)
    raise UnknownNameError("voice", spec, _list_alike(spec.strip(), voices), _to_install(spec) or _ALL)


def _list_alike(spec: str, voices: Iterable[Listed]) -> list[str]:
    """Return the names that a misspelt one may mean; the code of a language only for what may be one."""
    coded = len(spec) <= SHORT_CODE or "-" in spec
    names = {each for voice in voices for each in (_bare(voice), _tail(voice), voice.name.lower(), _speaker(voice))}
    return sorted(name for name in names if coded or len(name) > SHORT_CODE)


def _to_install(spec: str) -> str:
    """Return the command that installs the voice of Piper's that a name means, if it is a well-known one."""
    from voicecoach.voices.piper import WELL_KNOWN

    known = WELL_KNOWN.get(spec.strip().lower())
    return f"Piper has one of this name: 'voicecoach voices install {known}' makes it ready" if known else ""


def speaks(languages: Iterable[str], code: str) -> bool:
    """Tell whether one of these languages is that of a code, in whatever dialect.

    >>> speaks(("en-us",), "en-GB"), speaks((), "en")
    (True, False)
    """
    return any(akin(wider(code)[-1], tag) for tag in languages)


def data_folder() -> Path:
    """Return where voices are installed."""
    return folders.data()


def _best(every: Mapping[str, Kind], settings: Settings) -> Found:
    """Return a voice that ranks above the system's and speaks the language, else the system's, else any that does."""
    code = settings.language
    voices = [each for kind in every.values() if not isinstance(kind, System) for each in kind.listed(settings)]
    others = [each for each in voices if each.ready and speaks(each.languages, code)]
    better = [each for each in others if each.rank > 0 and _closeness(each, code)]
    if not better:
        try:
            return _SYSTEM.found("", settings)
        except VoiceError:
            if not others:
                raise
    best = _first(better or others, code)
    return _spoken(every[best.kind], best, settings)


def _closeness(voice: Listed, code: str) -> int:
    """Return how near a voice is to a language: 2 when it is the dialect that is meant, 1 when it may be, else 0."""
    wanted = code.lower().replace("_", "-")
    if {wanted, PREFERRED.get(wanted)} & {*voice.languages}:
        return 2
    return int(any(akin(wanted, tag) for tag in voice.languages))


def _first(voices: Sequence[Listed], code: str) -> Listed:
    """Return the best of several; of equals, the first by name."""
    return min(voices, key=lambda each: (-each.rank, -_closeness(each, code), each.id))


def _of_kind(kind: Kind, name: str, settings: Settings) -> Found:
    """Return a kind's voice of a name; without a name its best for the language."""
    if isinstance(kind, System):
        return _SYSTEM.found(name, settings)
    if name:
        voice = kind.voice(name, settings)
        return voice, _entry(kind, name, settings) or Listed(
            f"{kind.name}:{name}", kind.name, name, tuple(getattr(voice, "languages", ()))
        )
    fit = [each for each in kind.listed(settings) if each.ready and speaks(each.languages, settings.language)]
    if not fit:
        what = f"no voice of the kind {kind.name!r} is ready for the language {shown(settings.language)}"
        raise ChoiceError(f"{what}\nwrite {kind.name}:NAME; {_ALL}")
    return _spoken(kind, _first(fit, settings.language), settings)


def _entry(kind: Kind, name: str, settings: Settings) -> Listed | None:
    """Return how a kind lists a voice of a name, if it does."""
    with suppress(ChoiceError):
        return _named(name, kind.listed(settings))
    return None


def _spoken(kind: Kind, found: Listed, settings: Settings) -> Found:
    """Return the voice of a listed one.

    Raises:
        VoiceError: When it is not ready; its hint says what would make it so.
    """
    if not found.ready:
        raise VoiceError(f"the voice {found.id} is not ready\n{found.hint}".rstrip())
    if isinstance(kind, System):
        return _SYSTEM.found(found.id, settings)
    return kind.voice(found.id.removeprefix(f"{kind.name}:"), settings), found


def _named(name: str, voices: Sequence[Listed]) -> Listed | None:
    """Return the voice that is called so, if there is one: those that are ready come before the others.

    Raises:
        ChoiceError: When several are.
    """
    wanted = name.lower()
    if not wanted:
        return None
    ready = [each for each in voices if each.ready]
    others = [each for each in voices if not each.ready]
    whole = [each for each in voices if wanted in {each.id.lower(), _bare(each)}]
    found = whole or next((group for some in (ready, others) for group in _ways(wanted, some) if group), [])
    if len(found) > 1:
        ids = ", ".join(each.id for each in found[:_SHOWN]) + (", …" if len(found) > _SHOWN else "")
        raise ChoiceError(f"{shown(name)} may mean several voices: {ids}")
    return found[0] if found else None


def _ways(wanted: str, voices: Sequence[Listed]) -> Iterator[list[Listed]]:
    """Yield the voices that a name finds in each way, the surest way first: a person's name, a language, a part."""
    named = [each for each in voices if each.name.lower() == wanted]
    yield named if len(wanted) > SHORT_CODE else []
    yield _of_one_speaker(wanted, voices)
    better = [each for each in voices if each.rank > 0 and TAG.fullmatch(wanted) and _closeness(each, wanted)]
    yield [_first(better, wanted)] if better else []
    ways: tuple[Callable[[Listed], bool], ...] = (
        lambda each: wanted in each.languages,
        lambda each: _tail(each) == wanted,
        lambda each: each.name.lower() == wanted,
        lambda each: wanted in _bare(each) or wanted in each.name.lower(),
    )
    for way in ways:
        yield [each for each in voices if way(each)]


def _of_one_speaker(wanted: str, voices: Sequence[Listed]) -> list[Listed]:
    """Return the best voice of a speaker who is called so, or all of them if there are several speakers."""
    found = [each for each in voices if _speaker(each) == wanted]
    if len({(each.kind, each.languages[:1]) for each in found}) != 1:
        return found
    return [min(found, key=lambda each: (-each.rank, each.id))]


def _speaker(voice: Listed) -> str:
    """Return who speaks: "amy" of "Amy, high"; nothing for the system's voices, whose names are of languages."""
    return "" if voice.kind == SYSTEM else voice.name.lower().partition(",")[0].strip()


def _bare(voice: Listed) -> str:
    """Return a voice's id without its kind, in lower case."""
    return voice.id.removeprefix(f"{voice.kind}:").lower()


def _tail(voice: Listed) -> str:
    """Return the last part of a voice's id: "en-us" of "gmw/en-us"."""
    return _bare(voice).rsplit("/", 1)[-1]
