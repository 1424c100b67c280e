"""Words spelled as they sound, such as tah-DAH-sah-nah, and Sanskrit names in Latin letters, as phonemes (IPA)."""

from __future__ import annotations

import re

_CONSONANTS = {"tch": "tʃ", "ch": "tʃ", "sh": "ʃ", "zh": "ʒ", "th": "θ", "dh": "d", "kh": "k", "gh": "ɡ", "ph": "f"}
_CONSONANTS |= {"bh": "b", "ng": "ŋ", "nk": "ŋk", "ck": "k", "qu": "kw", "wh": "w", "dj": "dʒ", "dg": "dʒ", "c": "k"}
_CONSONANTS |= {"q": "k", "j": "dʒ", "g": "ɡ", "x": "ks", "y": "j", **{each: each for each in "bdfhklmnprstvwz"}}
_SPELLED = {"igh": "aɪ", "eye": "aɪ", "air": "ɛr", "eer": "ɪr", "ear": "ɪr", "oor": "ʊr", "ohr": "ɔr", "ahr": "ɑr"}
_SPELLED |= {"ire": "aɪr", "our": "aʊr", "awr": "ɔr", "ah": "ɑ", "aa": "ɑ", "aw": "ɔ", "au": "ɔ", "ay": "eɪ"}
_SPELLED |= {"ai": "eɪ", "ee": "i", "ea": "i", "ey": "eɪ", "ei": "aɪ", "ie": "i", "eh": "ɛ", "ih": "ɪ", "oh": "oʊ"}
_SPELLED |= {"oa": "oʊ", "oo": "u", "ou": "aʊ", "ow": "aʊ", "oy": "ɔɪ", "oi": "ɔɪ", "uh": "ʌ", "ur": "ɜr", "er": "ɜr"}
_SPELLED |= {"ir": "ɜr", "ar": "ɑr", "or": "ɔr", "ye": "aɪ"}
_CLOSED = {"a": "æ", "e": "ɛ", "i": "ɪ", "o": "ɑ", "u": "ʌ", "y": "ɪ"}
_OPEN = {"a": "ɑ", "e": "i", "i": "i", "o": "oʊ", "u": "u", "y": "aɪ"}
_WITH_MUTE_E = {"a": "eɪ", "i": "aɪ", "o": "oʊ", "u": "u", "e": "i"}
_WEAK = {"ʌ": "ə", "ɜr": "ər"}
_WEAK_OPEN = {"a": "ə", "e": "ɪ", "y": "i"}
"""Vowels of a syllable without stress: by their sound, and by the letter if the syllable is open."""
_CONSONANT = "|".join(sorted(_CONSONANTS, key=len, reverse=True))
_COMPOUND = """
a an and arm arms back by do down face foot free go hand head heel high hip in it knee leg left long low no of off on
one out over pull push right roll side sit stand step the three tip to toe top two up way well who you
"""
"""Words of compounds that are not respellings: side-TO-side, push-UP."""

_SANSKRIT = {"chh": "tʃ", "ch": "tʃ", "sh": "ʃ", "bh": "b", "dh": "d", "gh": "ɡ", "jh": "dʒ", "kh": "k", "ph": "p"}
_SANSKRIT |= {"th": "t", "jn": "ɡj", "ng": "ŋɡ", "aa": "ɑ", "ee": "i", "oo": "u", "ai": "aɪ", "au": "aʊ", "ou": "aʊ"}
_SANSKRIT |= {"a": "ə", "e": "eɪ", "i": "ɪ", "o": "oʊ", "u": "ʊ", "c": "tʃ", "j": "dʒ", "g": "ɡ", "w": "v", "y": "j"}
_SANSKRIT |= {"q": "k", "x": "kʃ", **{each: each for each in "bdfhklmnprstvz"}}
_POSTURE = "asana"


def read_respelling(word: str) -> str:
    """Return the phonemes of a word in syllables, the stressed one in capitals; empty if it is not such a word.

    >>> read_respelling("tah-DAH-sah-nah"), read_respelling("side-TO-side"), read_respelling("T-shirt")
    ('tɑdˈɑsɑnɑ', '', '')
    """
    parts = word.split("-")
    loud = [part.isupper() and len(part) > 1 for part in parts]
    if len(parts) == 1 or not any(loud) or all(loud) or {part.lower() for part in parts} <= {*_COMPOUND.split()}:
        return ""
    sounds = [_read_syllable(part.lower(), "ˈ" if stressed else "") for part, stressed in zip(parts, loud, strict=True)]
    return "".join(sounds) if all(sounds) else ""


def _read_syllable(syllable: str, stress: str) -> str:
    vowels = "|".join([*sorted(_SPELLED, key=len, reverse=True), *_OPEN]).replace("ye|", "ye(?!e)|")
    found = re.fullmatch(rf"((?:{_CONSONANT})*?)({vowels})((?:{_CONSONANT})*?)(e?)", syllable)
    if found is None:
        return ""
    before, spelled, after, mute = found.groups()
    if spelled == "ai" and not after:  # chai, jai
        vowel = "aɪ"
    elif mute and after and spelled in _WITH_MUTE_E:
        vowel = _WITH_MUTE_E[spelled]
    elif not after and not stress and spelled in _WEAK_OPEN:
        vowel = _WEAK_OPEN[spelled]
    else:
        vowel = _SPELLED.get(spelled) or (_CLOSED if after else _OPEN)[spelled]
    return f"{_spell(before)}{stress}{vowel if stress else _WEAK.get(vowel, vowel)}{_spell(after)}"


def _spell(consonants: str) -> str:
    single = re.sub(r"([bdfgklmnprstz])\1", r"\1", consonants)
    return re.sub(_CONSONANT, lambda match: _CONSONANTS[match[0]], single)


def read_posture(name: str) -> str:
    """Return the phonemes of a yoga posture whose name ends in "asana"; empty if it does not.

    >>> read_posture("Trikonasana"), read_posture("tadasana"), read_posture("Mountain")
    ('trˌɪkoʊnˈɑsənə', 'tədˈɑsənə', '')
    """
    stem = name.lower().removesuffix(_POSTURE)
    if not name.lower().endswith(_POSTURE) or not stem.isascii() or not stem.isalpha():
        return ""
    stem = re.sub(r"([bdgklmnprstv])\1", r"\1", re.sub("(?<![aeiou])r(?![aeiouy]|$)", "ri", stem))  # vrksasana
    either = "|".join(sorted(_SANSKRIT, key=len, reverse=True))
    sounds = re.sub(either, lambda match: _SANSKRIT[match[0]], stem)
    vowels = [match.start() for match in re.finditer("[ɑəeaɪioʊu](?![ɪʊ])|[eao][ɪʊ]", sounds)]
    if len(vowels) > 1:
        first = vowels[0]
        sounds = f"{sounds[:first]}ˌ{sounds[first:].replace('ə', 'ʌ', 1) if sounds[first] == 'ə' else sounds[first:]}"
    return f"{sounds}ˈɑsənə"
