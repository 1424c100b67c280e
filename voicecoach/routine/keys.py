"""The keys of the routine language, and how remedies speak of them."""

from __future__ import annotations

import re

from voicecoach.errors import quote

STEPS = ("say", "breathe", "move", "hold", "rest", "each side", "repeat", "pace", "sound", "include")
"""The keys that define the kind of a step."""
LONE = ("in", "out", "pause")
"""The keys of a step for a single phase."""
HEADS = {"repeat": "rounds", "each side": "rounds", "pace": "breath"}
"""The keys of blocks, and the key that authors mean by a value beside them."""
KEYS = (
    *(*STEPS, "change", "title", "language", "summary", "notes", "notice", "benefits", "tips", "breath", "fixed"),
    *("needs", "level", "position", "area", "greeting", "safety", "breath sound", "hold tick", "sleep", "clear"),
    *("parameters", "sides", "words", "pronounce", "steps", "between", "closing", "name", "only", "side", "first"),
    *("again", "settle", "stretch", "min", "max", "past", "at", "halfway", "countdown", "release", "from", "step"),
    *("vary", "before", "between sides", "between rounds", "rounds", "left", "right", "order", "optional", "chapters"),
    *("set", "use", "tempo", "beat", "one", "more", "makes"),
)
"""Every key of the routine language except those for the words of phases."""

_WHICH = r"(?:first|odd|even|(?:from )?last [0-9]+|last|(?:every |from )?[0-9]+)"
PHASE = rf"(?:{_WHICH} )?(?:in|hold|out|pause)(?: [2-9])?"
STEP_NAMES = {*STEPS, "change"}
"""The keys of all steps, also of the one that is only allowed between turns."""
AROUND = ("before", "between", "between sides", "between rounds")
"""Keys of a block with steps that come before or between its rounds."""
LISTS = {"steps", *AROUND}
"""Keys with a list of steps under them."""
INSIDE = {"rounds", *AROUND, "steps", "vary", "order", "first", "breath", "fixed", "min", "max", "past"}
INSIDE |= {"chapters"}
_HEAD = {"title", "language", "summary", "notes", "notice", "benefits", "tips", "breath", "fixed", "parameters"}
_HEAD |= {"needs", "level", "position", "area", "greeting", "safety", "breath sound", "hold tick", "sleep", "clear"}
_HEAD |= {"sides", "words", "pronounce", "steps", "between", "closing", "use"}
_STEP = STEP_NAMES | {
    "in",
    "name",
    "only",
    "side",
    "settle",
    "breath",
    "tempo",
    "beat",
    "fixed",
    "sides",
    "stretch",
    "min",
    "max",
    "past",
}
_STEP |= {"at", "halfway", "countdown", "release", "optional", "set", "needs", "makes"}
_KINDS = (_HEAD, INSIDE, _STEP, {"left", "right"}, {"first", "again"}, {"one", "more"}, {"from", "step"})
"""Sets of keys that may be in one table: the head of a file, a block, a step, ..."""
_KNOWN = re.compile(rf"({PHASE}|{'|'.join(sorted(KEYS, key=len, reverse=True))})(?= *[:=]? *(?:\S|$))(?![\w-])")
_FIRST_NUMBER = re.compile(r"[0-9]+")


def explain_value(key: str, value: str) -> tuple[str, str]:
    """Return what is wrong with a value beside the key of a block, and the remedy.

    >>> explain_value("repeat", "3 times")[1]
    "write 'repeat:' alone, and indented under it 'rounds: 3' and 'steps:'"
    """
    number = _FIRST_NUMBER.search(value) if HEADS[key] == "rounds" else None
    inside = number[0] if number else "3" if HEADS[key] == "rounds" else value
    remedy = f"write '{key}:' alone, and indented under it '{HEADS[key]}: {inside}' and 'steps:'"
    return f"{quote(value)} is not allowed beside {key!r}", remedy


def find_bare_key(text: str) -> str:
    """Return the key without a colon at the start of a text, or an empty text.

    >>> find_bare_key("breathe 3"), find_bare_key("settle:5s"), find_bare_key("breathing")
    ('breathe', 'settle', '')
    """
    found = _KNOWN.match(text)
    return found[1] if found else ""


def add_colon(key: str) -> tuple[str, str]:
    """Return what is wrong with a key without a colon, and the remedy."""
    return f"there is no colon with a space after {key!r}", f"write '{key}: ', with a colon and a space"


def add_dash(key: str, column: int) -> tuple[str, str]:
    """Return what is wrong with a step without its dash, and the remedy."""
    return f"there is no dash before {key!r}", f"write '- {key}:', with the dash in column {column}"


def line_up(column: int, where: str = "") -> str:
    """Return the remedy for a line that starts in a wrong column."""
    return f"start it in column {column}" + (f", {where}" if where else "")


def is_alike(one: str, other: str) -> bool:
    """Return whether two keys belong in the same kind of table."""
    names = ["in" if re.fullmatch(PHASE, each) else each for each in (one, other)]
    return any(set(names) <= kind for kind in _KINDS)
