"""Words with their sounds in the International Phonetic Alphabet: ``[Tadasana](/təˈdɑːsənə/)``.

A routine's ``pronounce`` gives sounds between slashes. The text that a voice gets then holds the word and its sounds: a
voice that knows phonemes says these, all others read the word.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_SOUNDS = re.compile(r"\s*/([^/\[\]()\n]+)/\s*")
_MARK = re.compile(r"\[([^\[\]\n]+)\]\(/([^/\[\]()\n]+)/\)")

_VOWELS = "aeiouyæɑɐɒɔəɘɚɛɜɝɤɨɪɯɵøœɞɶʉʊʌʏᵻAIOQWY"
_CONSONANTS = "bcdfghjklmnpqrstvwxzçðŋɓɕɖɗɟɡɢɣɥɦɫɬɭɮɰɱɲɳɴɸɹɺɻɽɾʀʁʂʃʄʈʋʍʎʐʑʒʔʕʝβθχʤʧʣʦʨʥT"
_SIGNS = "ˈˌ'ː.ˑʰʲʷʱᵊ‿|\u0303\u0306\u0311\u0320\u0324\u0325\u0327\u0329\u032a\u032f\u0361\u035c -"
_KNOWN = frozenset(_VOWELS + _CONSONANTS + _SIGNS)


def mark_word(word: str, sound: str) -> str:
    """Return the text that stands for a word with a pronunciation: the sound alone, or both if it is in phonemes.

    >>> mark_word("Tadasana", "tah-DAH-sah-nah")
    'tah-DAH-sah-nah'
    >>> mark_word("Tadasana", "/təˈdɑːsənə/")
    '[Tadasana](/təˈdɑːsənə/)'
    """
    found = _SOUNDS.fullmatch(sound)
    return f"[{word}](/{found[1].strip()}/)" if found else sound


def drop_phonemes(text: str) -> str:
    """Return a text with the words alone.

    >>> drop_phonemes("[Tadasana](/təˈdɑːsənə/). Stand tall.")
    'Tadasana. Stand tall.'
    """
    return _MARK.sub(r"\1", text) if "](/" in text else text


def list_marked(text: str) -> list[str]:
    """Return the words of a text that have phonemes.

    >>> list_marked("[Tadasana](/təˈdɑːsənə/). Stand tall.")
    ['Tadasana']
    """
    return [match[1] for match in _MARK.finditer(text)]


def replace_phonemes(text: str, write: Callable[[str, str], str]) -> str:
    """Return a text in which ``write`` gave the form of each word with phonemes, from the word and its phonemes."""
    return _MARK.sub(lambda match: write(match[1], match[2]), text) if "](/" in text else text


def find_unknown(sound: str) -> str:
    """Return the first character of a pronunciation in slashes that is no sign of a sound; empty if there is none.

    >>> find_unknown("/təˈd4sənə/"), find_unknown("/təˈdɑːsənə/"), find_unknown("tah-DAH")
    ('4', '', '')
    """
    found = _SOUNDS.fullmatch(sound)
    letters = _decompose(found[1]) if found else ""
    unknown = next((each for each in letters if each not in _KNOWN), "")
    return unknown or ("" if set(letters) & {*_VOWELS, *_CONSONANTS} else letters)


def name_letters(**others: str) -> dict[str, str]:
    """Return the phonetic alphabet as a table for `translate_phonemes`: each letter, and ``others`` that are different.

    >>> translate_phonemes("ɡreɪ", name_letters(r="ɹ"))
    'ɡɹˈeɪ'
    """
    return {each: each for each in f"{_VOWELS}{_CONSONANTS}ˈˌː \u0303"} | {"g": "ɡ"} | others


def translate_phonemes(sounds: str, table: Mapping[str, str]) -> str:
    """Return phonemes in another alphabet, the longest signs of ``table`` first; a sign without an entry is left out.

    A stress mark comes before its vowel. A word without a main stress gets it on its first vowel.

    >>> translate_phonemes("təˈdɑːsənə", {"t": "t", "ə": "@", "ˈ": "'", "d": "d", "ɑː": "A:", "s": "s", "n": "n"})
    "t@d'A:s@n@"
    """
    longest, text = max(map(len, table)), _decompose(sounds).replace("\u0361", "").replace("\u035c", "")
    text = " ".join(map(_place_stress, text.replace("'", "ˈ").split()))
    said, at = list[str](), 0
    while at < len(text):
        sign = next((text[at : at + size] for size in range(longest, 0, -1) if text[at : at + size] in table), "")
        said.append(table.get(sign, ""))
        at += max(len(sign), 1)
    return "".join(said)


def _place_stress(word: str) -> str:
    moved = re.sub(rf"([ˈˌ])([^{_VOWELS}ˈˌ]+)(?=[{_VOWELS}])", r"\2\1", word)
    return moved if "ˈ" in moved else re.sub(rf"ˌ?([{_VOWELS}])", r"ˈ\1", moved, count=1)


def _decompose(sounds: str) -> str:
    return unicodedata.normalize("NFD", sounds).replace("c\u0327", "ç")
