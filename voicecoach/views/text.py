"""Texts for readers: on one line, with sounds and lengths in words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from voicecoach.language import fill

if TYPE_CHECKING:
    from fractions import Fraction

    from voicecoach.core.timeline import Cue
    from voicecoach.language import Language

MARK = "Made by voicecoach"
"""A note in each picture and page of ours, which distinguishes it from those of the user."""

_BREAKABLE = re.compile(r"[^\S\u00a0\u2007\u202f]+")
# Control characters that separate words are not in this pattern.
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202a-\u202e\u2066-\u2069]")
_JOINTS = re.compile(r"[-_\s]+")


@lru_cache(maxsize=4096)
def one_line(text: str) -> str:
    r"""Return a text on one line, without control characters and half surrogate pairs.

    No-break spaces stay as they are: French puts them before colons.

    >>> one_line(" Sit\ndown,\x00  and\u00a0: breathe ")
    'Sit down, and\xa0: breathe'
    """
    folded = _BREAKABLE.sub(" ", _CONTROL.sub("", text))
    return folded.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip(" ")


def describe_cue(cue: Cue, language: Language) -> str:
    """Return the words of a cue on one line, or a description of its sound; empty if no letters are left.

    >>> from fractions import Fraction
    >>> from voicecoach.language import language
    >>> from voicecoach.core.score import CueKind
    >>> from voicecoach.core.timeline import Cue
    >>> describe_cue(Cue(Fraction(0), Fraction(4), CueKind.TONE, "tone-in"), language("fr"))
    'son qui monte'
    """
    return one_line(cue.text) if cue.track == "voice" else _describe_sound(cue, language)


def format_seconds(seconds: Fraction) -> str:
    """Return a length in seconds, rounded to tenths.

    >>> from fractions import Fraction
    >>> format_seconds(Fraction(50)), format_seconds(Fraction(25, 2))
    ('50 s', '12.5 s')
    """
    return f"{float(seconds):.1f}".removesuffix(".0") + " s"


def _describe_sound(cue: Cue, language: Language) -> str:
    """Return the language's words for a sound of the program; for a sound file, its name in words for any sound.

    A language without such words uses a musical note, which needs no translation.
    """
    words = dict(language.sounds)
    if not cue.spoken and cue.text in words:
        return words[cue.text]
    stem = re.split(r"[/\\]", one_line(cue.text))[-1].rsplit(".", 1)[0]
    return fill(words.get("other", "♪ {name}"), name=_JOINTS.sub(" ", stem).strip()).strip()
