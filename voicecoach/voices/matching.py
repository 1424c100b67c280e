"""Which voices there are, and which one a name or a language means."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voicecoach.errors import ChoiceError, UnknownNameError, VoiceError, shown
from voicecoach.language import akin, normalise, wider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SHORT_CODE = 2
"""Letters of a language's short code; a name of so few letters means a language first."""
PREFERRED = {"en": "en-us"}
"""The dialect meant by a language alone, where there is no voice for just that language."""


@dataclass(frozen=True, slots=True)
class VoiceInfo:
    """One voice: what to call it, and what it speaks (tags such as "en-us")."""

    id: str
    name: str
    languages: tuple[str, ...] = ()
    gender: str = ""

    @property
    def tail(self) -> str:
        """Return the last part of the id: "en-us" of "gmw/en-us"."""
        return self.id.rsplit("/", 1)[-1]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All voices of a system, and the variants (espeak's "f3", "whisper") that each can be given."""

    voices: tuple[VoiceInfo, ...]
    variants: tuple[str, ...] = ()


def read(answer: dict[str, Any]) -> Catalogue:
    """Build a catalogue from a worker's answer, or from the same kept as JSON.

    Raises:
        ValueError: When it is not such an answer.
    """
    try:
        voices = tuple(_voice(each) for each in answer["voices"])
        return Catalogue(voices, tuple(str(each) for each in answer["variants"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no list of voices: {error}") from error


def choose(catalogue: Catalogue, name: str | None, language: str) -> VoiceInfo:
    """Return the voice called ``name``, or with None the best for ``language``.

    A name is an id, a language, the last part of an id, a voice's own name, or a part of these that only one voice
    has; capitals don't matter. "+f3" after it asks for that variant.

    >>> english = VoiceInfo("gmw/en-us", "English (America)", ("en-us",))
    >>> choose(Catalogue((english,), ("f3",)), "en-us+f3", "en").id
    'gmw/en-us+f3'

    Raises:
        UnknownNameError: When no voice is called so.
        ChoiceError: When several are.
        VoiceError: When no name is given and no voice speaks the language.
    """
    if name is None:
        return _for_language(catalogue, language)
    found = _named(catalogue, name)
    if found or "+" not in name:
        return _only(found, name, catalogue)
    base, variant = name.split("+", 1)
    return _varied(_only(_named(catalogue, base), base, catalogue), variant, catalogue)


def _voice(given: dict[str, Any]) -> VoiceInfo:
    languages = tuple(str(each) for each in given["languages"])
    return VoiceInfo(str(given["id"]), str(given["name"]), languages, str(given["gender"]))


def _for_language(catalogue: Catalogue, language: str) -> VoiceInfo:
    wanted = language.lower().replace("_", "-")
    ways: tuple[Callable[[VoiceInfo], bool], ...] = (
        lambda voice: PREFERRED.get(wanted) in voice.languages,
        lambda voice: wanted in voice.languages,
        lambda voice: voice.tail.lower() == wanted,
        lambda voice: any(normalise(tag) == normalise(language) for tag in voice.languages),
        lambda voice: any(akin(tag, wider(normalise(language))[-1]) for tag in voice.languages),
    )
    found = _first(catalogue.voices, ways)
    if not found:
        raise VoiceError(
            f"no voice of this system speaks {shown(language)}\n"
            "install one in the system's speech settings, or one of Piper's with 'voicecoach voices install NAME'; "
            "or name another with --voice ('voicecoach voices' lists them)"
        )
    return min(found, key=lambda voice: min(map(len, voice.languages), default=0))


def _named(catalogue: Catalogue, name: str) -> list[VoiceInfo]:
    wanted = name.strip().lower()
    ways: tuple[Callable[[VoiceInfo], bool], ...] = (
        lambda voice: voice.id.lower() == wanted,
        lambda voice: len(wanted) > SHORT_CODE and voice.name.lower() == wanted,
        lambda voice: wanted in voice.languages,
        lambda voice: voice.tail.lower() == wanted,
        lambda voice: voice.name.lower() == wanted,
        lambda voice: bool(wanted) and (wanted in voice.id.lower() or wanted in voice.name.lower()),
    )
    return _first(catalogue.voices, ways)


def _first(voices: Iterable[VoiceInfo], ways: Iterable[Callable[[VoiceInfo], bool]]) -> list[VoiceInfo]:
    """Return the voices that the first way finds that finds any."""
    voices = tuple(voices)
    matches = ([voice for voice in voices if way(voice)] for way in ways)
    return next((found for found in matches if found), [])


def _only(found: list[VoiceInfo], name: str, catalogue: Catalogue) -> VoiceInfo:
    if not found:
        known = sorted({each for voice in catalogue.voices for each in (voice.tail, voice.name)})
        raise UnknownNameError("voice", name, known, "'voicecoach voices' lists all of them")
    if len(found) > 1:
        ids = ", ".join(voice.id for voice in found[:6]) + (", …" if len(found) > 6 else "")  # noqa: PLR2004
        raise ChoiceError(f"{shown(name)} may mean several voices: {ids}")
    return found[0]


def _varied(voice: VoiceInfo, variant: str, catalogue: Catalogue) -> VoiceInfo:
    """Add a variant; espeak itself would pass over an unknown one without a word."""
    known = {each.lower(): each for each in catalogue.variants}
    if variant.lower() not in known:
        raise UnknownNameError("voice variant", variant, catalogue.variants)
    named = known[variant.lower()]
    return replace(voice, id=f"{voice.id}+{named}", name=f"{voice.name}, {named}")
