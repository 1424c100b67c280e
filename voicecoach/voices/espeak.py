"""Where speech comes from on this system, found without starting it: library, data, version."""

from __future__ import annotations

import ctypes
import os
import platform
import sys
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from voicecoach.errors import VoiceError
from voicecoach.phonemes import replace_phonemes, translate_phonemes
from voicecoach.voices.packages import find_version

if TYPE_CHECKING:
    from pathlib import Path

SYSTEM = "libespeak-ng.so.1"
CHOICE = "VOICECOACH_ESPEAK"
"""The variable that says whose espeak-ng comes first."""
_LONGEST_DATA = 120
"""espeak cuts data paths of 160 bytes or more and then ends the process; this leaves room for the files' names."""


_SAME = "bdfhijklmnpstuvwz "
_OTHER = """
ˈ=' ˌ=, ə=@ ɐ=@ ɘ=@ ᵊ=@ ɨ=I ᵻ=I ɪ=I ɑ=A: ɑː=A: a=A: aː=A: ɒ=0 æ=a ɛ=E e=E eː=eI ɔ=O: ɔː=O: o=oU oː=oU ɜ=3: ɜː=3:
ɝ=3: ɚ=3 ɜr=3: ɜɹ=3: ɜːr=3: ɜːɹ=3: ər=3 əɹ=3 i=i: iː=i: u=u: uː=u: ʉ=u: y=u: yː=u: ʏ=U ʊ=U ʌ=V ø=3: øː=3: œ=3: ɯ=u:
ɤ=V aɪ=aI ai=aI aʊ=aU au=aU eɪ=eI ei=eI oʊ=oU əʊ=oU ou=oU ɔɪ=OI ɔi=OI oɪ=OI ɪə=i@3 eə=e@ ɛə=e@ ʊə=U@ ɪr=i@3 ɪɹ=i@3
ɛr=e@r ɛɹ=e@r A=eI I=aI O=oU Q=oU W=aU Y=OI θ=T ð=D ʃ=S ʒ=Z tʃ=tS dʒ=dZ ʧ=tS ʤ=dZ ŋ=N ɡ=g g=g r=r ɹ=r ɾ=t# T=t# ʁ=r
ʀ=r ɻ=r ɽ=r ɫ=l ɭ=l ɬ=l ʎ=lj ɲ=nj ɳ=n ɱ=m ɴ=N x=k χ=k ç=S c=k q=k ɕ=S ʂ=S ʑ=Z ʐ=Z ɖ=d ʈ=t ʋ=v β=v ɣ=g ɸ=f ɟ=dZ ɦ=h ʍ=w
ʝ=j ɥ=w ʦ=ts ʣ=dz ɑ\u0303=A:n ɛ\u0303=A:n ɔ\u0303=oUn œ\u0303=Vn n\u0329=@n l\u0329=@l m\u0329=@m
"""
"""Phonemes of the International Phonetic Alphabet, and espeak's own for English."""


@dataclass(frozen=True, slots=True)
class Library:
    """What pyttsx3 is to use: the driver, and for espeak the library and its data, when they are not the system's."""

    version: str
    driver: str | None = None
    path: str | None = None
    data: str | None = None

    @property
    def one_phrase_a_process(self) -> bool:
        """Whether a process is good for a single phrase: macOS can hang at the second, Windows drops it."""
        return self.driver != "espeak"


def write_phonemes(wording: str) -> str:
    """Return a wording as espeak's English voices read it: phonemes in its own letters, between double brackets.

    >>> write_phonemes("[Tadasana](/təˈdɑːsənə/). Stand tall.")
    "[[t@d'A:s@n@]]. Stand tall."
    """
    plain = wording.replace("[[", "[ [")
    return replace_phonemes(plain, lambda _, sounds: f"[[{translate_phonemes(sounds, _read_alphabet())}]]")


@cache
def _read_alphabet() -> dict[str, str]:
    return {each: each for each in _SAME} | dict(pair.split("=") for pair in _OTHER.split())


@cache
def find() -> Library:
    """Find the speech of this system, in about a millisecond.

    On Linux the bundled espeak-ng comes first: its words are the same to the byte on every machine, and it starts no
    thread, as Debian 12's does. With ``VOICECOACH_ESPEAK=system`` the system's own comes first, with its own voices.

    Raises:
        VoiceError: When there is none.
    """
    spoken_by = f"pyttsx3 {find_version('pyttsx3') or '?'}"
    if sys.platform in {"darwin", "win32"}:
        return Library(f"{spoken_by}, {platform.system()} {platform.release()}")
    found = find_library()
    return Library(f"{spoken_by}, {found.version}", found.driver, found.path, found.data)


def find_library() -> Library:
    """Find espeak-ng, on any system, as `find` does on Linux; it also knows the sounds of words.

    Raises:
        VoiceError: When there is none.
    """
    sources = (_find_system, _find_bundled) if os.environ.get(CHOICE) == "system" else (_find_bundled, _find_system)
    found = next(filter(None, (source() for source in sources)), None)
    if found is None:
        raise VoiceError("no speech library is installed\n'pip install espeakng-loader', or install espeak-ng")
    return found


def shorten_data_path(data: str | None, folder: Path) -> str | None:
    """Return a data path that espeak can hold: a link in ``folder`` when its own is too long."""
    if data is None or len(os.fsencode(data)) < _LONGEST_DATA:
        return data
    link = folder / "data"
    link.symlink_to(data)
    return str(link)


def _find_system() -> Library | None:
    said = _espeak_version(SYSTEM)
    return Library(f"espeak-ng {said} of the system", "espeak", SYSTEM) if said else None


def _find_bundled() -> Library | None:
    try:
        import espeakng_loader

        path, data = espeakng_loader.get_library_path(), espeakng_loader.get_data_path()
    except (ImportError, RuntimeError):
        return None
    said = _espeak_version(path)
    wheel = find_version("espeakng-loader")
    return Library(f"espeak-ng {said} of espeakng-loader {wheel}", "espeak", path, data) if said else None


def _espeak_version(path: str) -> str | None:
    """Ask the library itself; ``espeak_Info`` works before anything is started."""
    try:
        info = ctypes.CDLL(path).espeak_Info
    except (OSError, AttributeError):
        return None
    info.argtypes, info.restype = [ctypes.c_void_p], ctypes.c_char_p
    said = info(None)
    return said.decode(errors="replace") if said else None
