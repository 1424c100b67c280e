"""The words that authors write for the keys of the routine language, and the keys that they mean."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voicecoach.routine.phase_steps import PHASE_KEY

if TYPE_CHECKING:
    from collections.abc import Collection

ORDINALS = ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth")
CARDINALS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
"""Ordinals and numbers that authors write for breaths, from two."""

MEANT = {
    "in": ("inhale", "breathe in", "inhalation"),
    "out": ("exhale", "breathe out", "exhalation"),
    "hold": ("hold breath", "stay", "keep"),
    "pause": ("hold out", "hold empty", "empty"),
    "settle": ("wait", "pause", "duration", "time", "seconds", "delay", "sleep", "after", "then", "length"),
    "rest": ("wait", "silence", "sleep", "break", "delay", "relax", "pause"),
    "say": ("speak", "text", "tell", "voice", "instruction", "words", "cue"),
    "breathe": ("breath", "breaths", "cycles"),
    "move": ("moves", "movement", "movements", "reps", "repetitions", "exercise"),
    "tempo": ("speed", "rhythm", "pace", "timing", "breath", "phases"),
    "beat": ("interval", "metronome", "apart", "each"),
    "repeat": ("loop", "for", "circuit", "set"),
    "each side": ("sides", "both sides", "per side"),
    "sound": ("play", "bell", "chime", "gong"),
    "include": ("import", "use", "routine", "exercise"),
    "set": ("with", "values", "params", "parameters", "settings", "arguments", "variables", "options"),
    "use": ("uses", "using", "import", "shared", "lexicon", "dictionary", "glossary", "vocabulary"),
    "change": ("switch", "swap", "change side", "change sides", "switch sides"),
    "between rounds": ("between sets", "between repetitions", "between reps"),
    "between sides": ("between turns", "between legs"),
    "between": ("between rounds", "between sides", "between sets", "between turns", "in between"),
    "rounds": ("times", "count", "repetitions", "repeats", "reps", "sets", "number"),
    "first": ("1st", "once", "first time"),
    "again": ("then", "next", "later", "others", "other rounds"),
    "release": ("end", "finish", "stop"),
    "closing": ("outro", "end", "ending", "finish", "conclusion", "outlook"),
    "notice": ("warning", "warnings", "caution", "disclaimer", "intro"),
    "needs": ("equipment", "props", "requires", "you need", "materials"),
    "area": ("areas", "body area", "body part", "target", "muscles"),
    "position": ("positions", "posture"),
    "level": ("difficulty",),
    "summary": ("description", "about"),
    "notes": ("comment", "comments", "author"),
    "title": ("name",),
    "steps": ("exercises", "sequence", "body", "content"),
    "breath": ("pace", "tempo", "breathing", "rate"),
    "parameters": ("params", "variables", "vars", "settings", "options"),
    "vary": ("each", "items", "list", "values", "variables"),
}
"""Keys, and what authors write for them."""


def find_meant(key: str, known: Collection[str]) -> str:
    """Return the known key that an author means by a synonym; an empty text if there is none.

    >>> find_meant("wait", ["say", "settle"]), find_meant("Wait", ["rest"]), find_meant("x", ["rest"])
    ('settle', 'rest', '')
    """
    plain = _simplify(key)
    same = next((each for each in known if plain == each and key != each), "")
    return same or next((each for each, others in MEANT.items() if each in known and plain in others), "")


def find_phase_key(key: str) -> str:
    """Return the correct form of a key for the words of a phase; an empty text if it is not such a key.

    >>> find_phase_key("second in"), find_phase_key("every other exhale"), find_phase_key("last two in")
    ('2 in', 'even out', 'last 2 in')
    """
    named = re.sub(r"\b(?:inhales?|breathe in)\b", "in", re.sub(r"\b(?:exhales?|breathe out)\b", "out", _simplify(key)))
    which = spell_which(re.sub(r"^(first|last|odd|even)(?=in|hold|out|pause)", r"\1 ", named))
    which = re.sub(r"(?<=[a-z])(?=[0-9])", " ", which)
    return which if which != key and PHASE_KEY.fullmatch(which) else ""


def spell_which(key: str) -> str:
    """Spell the breaths or moves that a key is for as keys do, e.g. "2nd", "second to last" or "the last two".

    >>> spell_which("second to last out"), spell_which("the third out"), spell_which("from the last five out")
    ('last 2 out', '3 out', 'from last 5 out')
    """
    which = re.sub(r"^(?:the|each) |(?<=^from )the ", "", _simplify(key))
    which = re.sub(r"^final ", "last ", re.sub(r"^every (?:other|second|2nd) ", "even ", which))
    which = re.sub(r"^(?:last but one|next to last|penultimate) ", "last 2 ", which)
    for number, word in enumerate(ORDINALS, 2):
        which = re.sub(rf"\b{word} ", f"{number}th ", which)
    which = re.sub(r"^([0-9]+)(?:st|nd|rd|th) (?:to |from the )?last ", r"last \1 ", which)
    for number, word in enumerate(CARDINALS, 2):
        which = re.sub(rf"\b{word} ", f"{number} ", which)
    return re.sub(r"\b([0-9]+)(?:st|nd|rd|th) ", r"\1 ", which)


def _simplify(key: str) -> str:
    return " ".join(key.lower().replace("_", " ").replace("-", " ").split())
