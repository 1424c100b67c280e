"""The choices of a session in words: for the names of files, and for their metadata."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from voicecoach.script.choices import Choices, Guidance, Intro

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from fractions import Fraction

LONGEST = 100
"""Bytes of a file's name for the choices; a longer name ends in a hash of them."""

_DIGITS = 8
_WITH_PATHS = ("recorded:", "piper:")
_FOLDERS = re.compile(r"(?<=:)(?:[A-Za-z]:)?(?:(?!,\w+:).)*[/\\](?=[^,])")
"""In the name of a voice: a path as far as its last part. Commas may be in the path, or before another voice."""
_UNSAFE = re.compile(r"[^\w+.,=%-]+")


def list_choices(choices: Choices, length: Fraction | None = None, preview: Fraction | None = None) -> dict[str, str]:
    """Return the choices that change what is done and said in a session: options and their values.

    The side is not included, because names end with it.

    >>> from fractions import Fraction
    >>> from voicecoach.core.notation import read_pace
    >>> list_choices(Choices(breath=read_pace("5-7"), rounds=2), preview=Fraction(60))
    {'breath': '5-7', 'rounds': '2', 'preview': '1m'}
    """
    chosen = {
        "breath": str(choices.breath or ""),
        "length": _length(length) if length else "",
        "rounds": str(choices.rounds or ""),
        "first": choices.first.value if choices.first else "",
        "guidance": "" if choices.guidance is Guidance.FULL else choices.guidance.value,
        "intro": "" if choices.intro is Intro.FULL else choices.intro.value,
        "with-name": choices.listener,
        "with": "+".join(sorted(choices.added)),
        "skip": "+".join(sorted(choices.skipped)),
        "set": " ".join(f"{name}={value}" for name, value in sorted(choices.settings.items())),
        "sleep": {None: "", True: "yes", False: "no"}[choices.sleep],
        "clear": {None: "", True: "yes", False: "no"}[choices.clear],
        "preview": _length(preview) if preview else "",
    }
    return {option: value for option, value in chosen.items() if value}


LABELS = {
    "rounds": "{} rounds",
    "intro": "{} intro",
    "with-name": "for {}",
    "first": "{} first",
    "with": "with {}",
    "skip": "without {}",
    "preview": "preview",
}
"""How a name describes an option whose value alone is not clear."""


SPECIAL = {
    ("rounds", "1"): "1 round",
    ("sleep", "yes"): "sleep",
    ("sleep", "no"): "awake",
    ("clear", "yes"): "clear",
    ("clear", "no"): "not clear",
}
"""How a name describes an option with one of its values."""


def name_file(called: str, choices: Mapping[str, str]) -> str:
    """Return the name of a session's file without its ending: the name of its routine, and the choices.

    >>> name_file("leg-stretch", {"breath": "5-7", "length": "10m"}), name_file("leg-stretch", {})
    ('leg-stretch 5-7 10m', 'leg-stretch')
    """
    chosen = " ".join(_safe(_label(option, value)) for option, value in choices.items())
    if len(chosen.encode()) > LONGEST:
        number = hashlib.sha256(chosen.encode()).hexdigest()[:_DIGITS]
        kept = chosen.encode()[: LONGEST - _DIGITS - 1].decode(errors="ignore").rstrip(" .,")
        chosen = f"{kept} {number}"
    return f"{called} {chosen}" if chosen else called


def tell_apart(kept: Mapping[str, object], new: Mapping[str, object]) -> str:
    """Describe the choices of a file that differ from those of the file that replaces it; empty if none do.

    >>> tell_apart({"breath": "4-6", "voice": "de"}, {"breath": "5-7", "voice": "de"})
    '--breath 4-6'
    >>> tell_apart({"routine": "a", "voice": "de"}, {"routine": "b", "voice": "de", "length": "10m"})
    'a, no --length'
    """
    return ", ".join(_differences(kept, new))


def drop_folders(voice: str) -> str:
    r"""Return the name of a voice without the folders in it: a file that is passed on says nothing about its maker.

    >>> drop_folders("recorded:/home/ana/calm,en-us"), drop_folders("recorded:calm,piper:C:\\voices\\en.onnx")
    ('recorded:calm,en-us', 'recorded:calm,piper:en.onnx')
    """
    return _FOLDERS.sub("", voice) if voice.startswith(_WITH_PATHS) else voice


def _label(option: str, value: str) -> str:
    return SPECIAL.get((option, value)) or LABELS.get(option, "{}").format(value)


def _differences(kept: Mapping[str, object], new: Mapping[str, object]) -> Iterator[str]:
    for name in dict.fromkeys([*kept, *new]):
        if kept.get(name) != new.get(name):
            option = "" if name == "routine" else f"--{name} "
            yield f"{option}{kept[name]}" if name in kept else f"no --{name}"


def _length(seconds: Fraction) -> str:
    """Write a length as people type it.

    >>> from fractions import Fraction
    >>> _length(Fraction(630)), _length(Fraction(3600)), _length(Fraction(5, 2))
    ('10m30s', '60m', '2.5s')
    """
    minutes, rest = divmod(seconds, 60)
    return (f"{minutes}m" if minutes else "") + (f"{round(float(rest), 3):g}s" if rest or not minutes else "")


def _safe(label: str) -> str:
    """Return a label with only characters that every file system allows in a name."""
    return " ".join(filter(None, (_UNSAFE.sub("-", word).strip("-") for word in label.replace(", ", "+").split())))
