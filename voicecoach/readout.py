"""What a voice would read out as no listener could wish: markup, pictures, letters of another script."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from voicecoach.errors import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from voicecoach.language import Language

_MARKUP = re.compile(r"</?[A-Za-z][^<>]{0,80}>|\*\w|\w\*")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_SIGNS = {"DEGREE SIGN", "NUMERO SIGN", "COPYRIGHT SIGN", "REGISTERED SIGN"}
"""Signs that are words in every language."""


def read_out(wording: str, words: Language) -> Iterator[tuple[str, str]]:
    """Tell of what is read out as it should not be, and what would mend it."""
    if found := _MARKUP.search(wording):
        yield f"{shown(found[0])} is read out as it stands", "write words alone; 'settle' and 'rest' leave time"
    if wording.isascii() and words.word("calibration").isascii():
        return
    if picture := next((each for each in wording if _is_picture(each)), None):
        yield f"{picture} is read out as its name, or not at all", "write words alone"
    own = _scripts(words.word("calibration"))
    if found := next((each for each in _LETTERS.finditer(wording) if not _scripts(each[0]) <= own), None):
        what = f"{shown(found[0])} is in letters that a voice for {words.name} spells out one by one, if at all"
        yield what, "write it as it sounds, or choose the routine's 'language'"


def _is_picture(character: str) -> bool:
    return unicodedata.category(character) == "So" and unicodedata.name(character, "") not in _SIGNS


def _scripts(text: str) -> set[str]:
    """Return the scripts of a text's letters; those that Japanese and Chinese mix are one."""
    letters = (each for each in text if each.isalpha() and unicodedata.category(each) != "Lm")
    found = {unicodedata.name(each, "").split(" ", 1)[0].split("-", 1)[0] for each in letters}
    return {"CJK" if each in {"HIRAGANA", "KATAKANA"} else each for each in found}
