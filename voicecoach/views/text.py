"""Texts as they are read outside of a session: on one line, and sounds in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from voicecoach.language import fill

if TYPE_CHECKING:
    from voicecoach.core.timeline import Cue
    from voicecoach.language import Language

MARK = "Made by voicecoach"
"""What stands in a picture, so that one of ours can be told from a person's own."""

_BREAKABLE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")  # the others part words
_JOINTS = re.compile(r"[-_\s]+")


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    r"""Return a text on one line that every encoding of Unicode can hold, without control characters.

    Spaces that may not break stay what they are: French puts them before colons.

    >>> one_line(" Sit\ndown,\x00  and\u00a0: breathe ")
    'Sit down, and\xa0: breathe'
    """
    folded = _BREAKABLE.sub(" ", _CONTROL.sub("", text))
    return folded.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip(" ")


def describe_cue(cue: Cue, language: Language) -> str:
    """Return what a cue says, or its sound in words; nothing for words that can't be read.

    >>> from fractions import Fraction
    >>> from voicecoach.language import language
    >>> from voicecoach.core.score import CueKind
    >>> from voicecoach.core.timeline import Cue
    >>> describe_cue(Cue(Fraction(0), Fraction(4), CueKind.TONE, "tone-in"), language("fr"))
    'son qui monte'
    """
    return one_line(cue.text) if cue.track == "voice" else _sound(cue, language)


def _sound(cue: Cue, language: Language) -> str:
    """Return the words for a sound of the program; for a file, those for any sound, with the file's name.

    A language that has no words for them has a note, which is read in all.
    """
    words = dict(language.sounds)
    if not cue.spoken and cue.text in words:
        return words[cue.text]
    stem = re.split(r"[/\\]", one_line(cue.text))[-1].rsplit(".", 1)[0]
    return fill(words.get("other", "♪ {name}"), name=_JOINTS.sub(" ", stem).strip()).strip()
