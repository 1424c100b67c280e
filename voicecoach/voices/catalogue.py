"""The voices that the operating system has, and the best of them for a language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voicecoach.errors import UnknownNameError, VoiceError, quote
from voicecoach.language import is_same_language, list_wider, normalise
from voicecoach.voices.matching import LIST_ALL, PREFERRED, match_name, tail
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Callable

SYSTEM = "system"
"""The kind of these voices."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All voices of a system, and the variants (espeak's "f3", "whisper") that each of them can have."""

    voices: tuple[VoiceInfo, ...]
    variants: tuple[str, ...] = ()


def read_catalogue(answer: dict[str, Any]) -> Catalogue:
    """Build a catalogue from a worker's answer, or from the cached copy of one.

    Raises:
        ValueError: When it is not an answer of a worker.
    """
    try:
        voices = tuple(
            VoiceInfo(str(each["id"]), SYSTEM, str(each["name"]), tuple(map(str, each["languages"])))
            for each in answer["voices"]
        )
        return Catalogue(voices, tuple(str(each) for each in answer["variants"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a list of voices: {error}") from error


def choose(catalogue: Catalogue, name: str | None, language: str) -> VoiceInfo:
    """Return the voice called ``name``; with None, the best one for ``language``.

    "+f3" after a name asks for that variant of the voice.

    >>> english = VoiceInfo("gmw/en-us", "system", "English (America)", ("en-us",))
    >>> choose(Catalogue((english,), ("f3",)), "en-us+f3", "en").id
    'gmw/en-us+f3'

    Raises:
        UnknownNameError: When no voice has this name.
        ChoiceError: When several voices have it.
        VoiceError: When no name is given and no voice speaks the language.
    """
    if name is None:
        return _choose_for(language, catalogue)
    found = match_name(name.strip(), catalogue.voices)
    if found:
        return found
    base, plus, variant = name.partition("+")
    found = match_name(base.strip(), catalogue.voices) if plus else None
    if not found:
        known = sorted({each for voice in catalogue.voices for each in (tail(voice), voice.name)})
        raise UnknownNameError("voice", base, known, LIST_ALL)
    return _vary(found, variant, catalogue)


def _choose_for(language: str, catalogue: Catalogue) -> VoiceInfo:
    wanted = language.lower().replace("_", "-")
    ways: tuple[Callable[[VoiceInfo], bool], ...] = (
        lambda voice: PREFERRED.get(wanted) in voice.languages,
        lambda voice: wanted in voice.languages,
        lambda voice: tail(voice) == wanted,
        lambda voice: any(normalise(tag) == normalise(language) for tag in voice.languages),
        lambda voice: any(is_same_language(tag, list_wider(normalise(language))[-1]) for tag in voice.languages),
    )
    matches = ([voice for voice in catalogue.voices if way(voice)] for way in ways)
    found = next((voices for voices in matches if voices), [])
    if not found:
        raise VoiceError(
            f"no voice of this system speaks {quote(language)}\n"
            "install one in the system's speech settings, or one of Piper's with 'voicecoach voices get NAME'; "
            "or name another with --voice ('voicecoach voices' lists them)"
        )
    return min(found, key=lambda voice: min(map(len, voice.languages), default=0))


def _vary(voice: VoiceInfo, variant: str, catalogue: Catalogue) -> VoiceInfo:
    """Add a variant. espeak itself ignores an unknown one silently."""
    known = {each.lower(): each for each in catalogue.variants}
    if variant.lower() not in known:
        raise UnknownNameError("voice variant", variant, catalogue.variants)
    named = known[variant.lower()]
    return replace(voice, id=f"{voice.id}+{named}", name=f"{voice.name}, {named}")
