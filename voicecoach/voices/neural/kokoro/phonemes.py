"""From words to the signs that Kokoro's model reads: espeak-ng's sounds, in the spelling that the model learned.

The worker loads this file by its path, so it imports nothing of ours.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_RUNS = {
    1: ";:,.!?",
    9: '—…"()“” \u0303ʣʥʦʨᵝ\uab67AI',
    31: "O",
    33: "Q",
    35: "ST",
    39: "W",
    41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ",
    75: "βɔɕç",
    80: "ɖðʤə",
    85: "ɚɛɜ",
    90: "ɟ",
    92: "ɡ",
    99: "ɥ",
    101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø",
    118: "ɸθœ",
    123: "ɹ",
    125: "ɾɻ",
    128: "ʁɽʂʃʈʧ",
    135: "ʊʋ",
    138: "ʌɣɤ",
    142: "χʎ",
    147: "ʒʔ",
    156: "ˈˌː",
    162: "ʰ",
    164: "ʲ",
    169: "↓",
    171: "→↗↘",
    177: "ᵻ",
}
VOCABULARY = {sign: first + at for first, run in _RUNS.items() for at, sign in enumerate(run)}
"""The model's number of each sign that it knows."""

TIE = "^"
"""What espeak-ng is asked to put between letters that are one sound."""

_SHARED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "e^ɪ": "A",
    "ɔ^ɪ": "Y",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "t^ʃ": "ʧ",
    "d^ʒ": "ʤ",
    "t^s": "ʦ",
    "d^z": "ʣ",
}
_BRITISH = {
    "e^ə": "ɛː",
    "i^ə": "ɪə",
    "iə": "ɪə",
    "ə^l": "ᵊl",
    "r": "ɹ",
    "x": "k",
    "ç": "k",
    "ɐ": "ə",
    "ɚ": "əɹ",
    "ʔ": "t",
    "\u0303": "",
    "ʲ": "",
}
_SYLLABIC = re.compile("(.)\u0329")
_SWITCH = re.compile(r"\([a-z^-]+\)")
"""espeak-ng's note that a word is read in another language."""

BRITISH = "gmw/en"
"""The voice of espeak-ng whose sounds need another spelling."""
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"”»')\]]*\s+")
_MARK = re.compile(r"([;:.,](?!\d)|[!?—…])")
_SPELLINGS = (
    (re.compile(r"\.{2,}"), "…"),
    (re.compile(r"\s[-–]+\s"), " — "),
    (re.compile(r"\s*[(){}\[\]]+\s*"), ", "),
    (re.compile(r"[\"“”«»„¿¡*_]"), " "),
    (re.compile(r"[\s,]*([,;:.!?…])[\s,;:]*(?=[,;:.!?…])"), ""),
)
"""Signs that the model should not see, or sees in another form."""


_RETRIEVAL = 1
"""A way of output of espeak-ng that opens no device."""


@cache
def _start_library(library: str, data: str | None) -> ctypes.CDLL:
    """Load espeak-ng, once in a process: started again with another voice loaded, it crashes now and then."""
    loaded = ctypes.CDLL(library)
    loaded.espeak_TextToPhonemes.restype = ctypes.c_char_p
    if loaded.espeak_Initialize(_RETRIEVAL, 0, None if data is None else data.encode(), 0) <= 0:
        raise OSError("espeak-ng can't be started")
    return loaded


class Espeak:
    """espeak-ng's spelling rules, which give the sounds of words; it makes no sound itself."""

    _UTF8 = 1
    _MODE = 0x02 | 0x80 | ord(TIE) << 8
    """International signs, tied."""

    def __init__(self, library: str, data: str | None, voice: str) -> None:
        """Load the library, and a voice by its file.

        Raises:
            OSError: When the library can't be loaded, or does not have the voice.
        """
        self._library = _start_library(library, data)
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise OSError(f"espeak-ng has no voice {voice}")

    def spell(self, text: str) -> str:
        """Return the sounds of a few words."""
        kept = ctypes.create_string_buffer(text.encode())
        at = ctypes.c_void_p(ctypes.addressof(kept))
        found: list[str] = []
        while at.value:
            said = self._library.espeak_TextToPhonemes(ctypes.byref(at), self._UTF8, self._MODE)
            found.append(said.decode(errors="replace"))
        return " ".join(found)


def find_foreign(text: str) -> str | None:
    """Return a letter of another script than the Latin one, which espeak-ng would spell out; None if there is none.

    >>> find_foreign("1 ª, 3 °C, señor, 🧘"), find_foreign("呼吸")
    (None, '呼')
    """
    return next((each for each in text if each.isalpha() and not _is_latin(each)), None)


def _is_latin(letter: str) -> bool:
    return unicodedata.category(letter) == "Lm" or unicodedata.name(letter, "").startswith(
        ("LATIN ", "MICRO ", "FEMININE ", "MASCULINE ")
    )


def read(text: str, spell: Callable[[str], str], voice: str = "") -> Iterator[str]:
    """Yield the sentences of a text in the model's signs, those that have sounds; ``voice`` is that of espeak-ng.

    >>> list(read("Inhala, y suelta. ¡Baja!", str.lower))
    ['inhala, y suelta.', 'baja!']
    """
    for pattern, instead in _SPELLINGS:
        text = pattern.sub(instead, text)
    for sentence in _SENTENCE_END.split(text.strip()):
        said = "".join(_read_parts(sentence, spell, british=voice == BRITISH)).strip(" ,;:—")
        if any(each.isalpha() for each in said):
            yield said


def _read_parts(sentence: str, spell: Callable[[str], str], *, british: bool) -> Iterator[str]:
    for part in _MARK.split(sentence):
        if _MARK.fullmatch(part):
            yield f"{part} "
        elif any(each.isalnum() for each in part) or not part.isascii():
            yield convert(spell(part.strip()), british=british)


def convert(sounds: str, *, british: bool = False) -> str:
    """Return espeak-ng's sounds in the model's signs; what it has no sign for is left out.

    >>> convert("bɹˈiː^ð ˈa^ʊt", british=True), convert("(^e^s)ˈa^ɪɾe"), convert("le-z ɑ̃fˈɑ̃")
    ('bɹˈiːð ˈWt', 'ˈIɾe', 'lez ɑ̃fˈɑ̃')
    """
    sounds = _SYLLABIC.sub(r"ᵊ\1", _SWITCH.sub("", unicodedata.normalize("NFD", sounds)).replace("c\u0327", "ç"))
    for old, new in (*_SHARED.items(), *(_BRITISH.items() if british else ())):
        sounds = sounds.replace(old, new)
    return " ".join("".join(each if each in VOCABULARY else "" for each in sounds).split())
