"""The voices that we recommend: the best natural one for each language, with its size and licence."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from voicecoach.voices.matching import bare_id, is_understood, rate_dialect, speaker
from voicecoach.voices.port import VoiceInfo

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

KOKORO_MEGABYTES = 63
"""The download of Kokoro's model with one voice."""

RECOMMENDED = (
    VoiceInfo("hibari:heart", "hibari", "Heart", ("en-us",), rank=10, megabytes=14, licence="Apache-2.0"),
    VoiceInfo("kokoro:bf_emma", "kokoro", "Emma", ("en-gb",), rank=9, megabytes=KOKORO_MEGABYTES, licence="Apache-2.0"),
    VoiceInfo("piper:de_DE-thorsten-medium", "piper", "Thorsten", ("de-de",), rank=3, megabytes=63, licence="CC0-1.0"),
    VoiceInfo("kokoro:ef_dora", "kokoro", "Dora", ("es",), rank=9, megabytes=KOKORO_MEGABYTES, licence="Apache-2.0"),
    VoiceInfo(
        "kokoro:ff_siwis", "kokoro", "Siwis", ("fr-fr",), rank=9, megabytes=KOKORO_MEGABYTES, licence="Apache-2.0"
    ),
)
"""All of them, the one that comes with the program first."""

LANGUAGES = {
    "en-us": "American English",
    "en-gb": "British English",
    "en": "English",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "hi": "Hindi",
    "it": "Italian",
    "ja": "Japanese",
    "nl": "Dutch",
    "pl": "Polish",
    "pt": "Portuguese",
    "pt-br": "Brazilian Portuguese",
    "zh": "Chinese",
}
"""The English names of the languages that natural voices often have; other languages are shown by their tags."""

_CODE = re.compile("[a-z]{2,3}([-_][a-z]{2})?")


def find_recommended(code: str) -> VoiceInfo | None:
    """Return the voice that we recommend for a language, in the nearest dialect; None if we know of none.

    >>> [found and found.name for found in map(find_recommended, ("en", "en-GB", "en-AU", "de-AT", "it"))]
    ['Heart', 'Emma', 'Heart', 'Thorsten', None]
    """
    fitting = [each for each in RECOMMENDED if is_understood(each, code.replace("_", "-"))]
    return max(fitting, key=lambda each: (rate_dialect(each, code), each.rank), default=None)


def find_named(name: str) -> VoiceInfo | None:
    """Return the recommended voice of this id, part of an id, speaker, language or name of a language; None if none.

    >>> [found and found.name for found in map(find_named, ("kokoro:ef_dora", "thorsten", "British english"))]
    ['Dora', 'Thorsten', 'Emma']
    """
    wanted = name.strip().lower()
    for each in RECOMMENDED:
        if wanted in {each.id.lower(), bare_id(each), speaker(each)}:
            return each
    code = read_language(name)
    return find_recommended(code) if code else None


def read_language(name: str) -> str:
    """Return the code of a language by its code, with a region or without, or by its English name; empty if neither.

    >>> read_language("de_AT"), read_language("German"), read_language("en_US-amy-low")
    ('de-at', 'de', '')
    """
    wanted = name.strip().lower()
    known = next((code for code, named in LANGUAGES.items() if named.lower() == wanted), "")
    return known or (wanted.replace("_", "-") if _CODE.fullmatch(wanted) else "")


def describe_languages(tags: Sequence[str]) -> str:
    """Return the English name of a voice's main language; its tag if it is not in our table.

    >>> describe_languages(("en-us", "en")), describe_languages(("de-at",)), describe_languages(("sw",))
    ('American English', 'German (AT)', 'sw')
    """
    main = tags[0].lower() if tags else ""
    base, _, region = main.partition("-")
    if main in LANGUAGES or base not in LANGUAGES:
        return LANGUAGES.get(main, main)
    return LANGUAGES[base] if region == base else f"{LANGUAGES[base]} ({region.upper()})"


def add_recommended(listed: Iterable[VoiceInfo]) -> list[VoiceInfo]:
    """Return listed voices with the sizes and licences that we know, and the recommended voices that are not listed.

    The hint of a recommended voice that is not ready is the command that installs it.
    """
    known = {each.id: each for each in RECOMMENDED}
    found = {each.id: _add_facts(each, known.get(each.id)) for each in listed}
    return [*found.values(), *(_offer(each) for each in RECOMMENDED if each.id not in found)]


def _add_facts(listed: VoiceInfo, known: VoiceInfo | None) -> VoiceInfo:
    """Return a listed voice with what we know about it; what its kind says counts more."""
    if known is None:
        return listed
    megabytes, licence = listed.megabytes or known.megabytes, listed.licence or known.licence
    found = replace(listed, megabytes=megabytes, licence=licence)
    return found if found.ready or found.hint else _offer(found)


def _offer(voice: VoiceInfo) -> VoiceInfo:
    """Return a voice that is not ready, with the command that makes it so."""
    code = voice.languages[0]
    base = code.partition("-")[0]
    alone = find_recommended(base)
    shortest = base if alone is not None and alone.id == voice.id else code
    return replace(voice, ready=False, hint=f"voicecoach voices get {shortest}")
