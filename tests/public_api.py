"""The signatures of the public API, as text; ``python -m tests.public_api`` writes the golden file anew."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import TYPE_CHECKING

import voicecoach

if TYPE_CHECKING:
    from collections.abc import Iterator

GOLDEN = Path(__file__).parent / "golden" / "api.txt"
CONSTRUCTED = {voicecoach.Clip, voicecoach.Recordings, voicecoach.Studio}
"""Classes that programs make themselves; the others come from functions."""
KEYWORDS = ("PlanKeywords", "ScoreKeywords", "WriteKeywords", "SoundKeywords", "CheckKeywords")


def describe() -> str:
    """Return the signatures of all public names, and the members of the classes."""
    lines = [line for name in sorted(voicecoach.__all__) for line in _describe(name, getattr(voicecoach, name))]
    from voicecoach.api import keywords

    for name in KEYWORDS:
        lines += ["", f"{name}:", *(f"    {each}: {text}" for each, text in _hints(getattr(keywords, name)))]
    return "\n".join(lines) + "\n"


def _hints(kind: type) -> Iterator[tuple[str, str]]:
    for name, hint in kind.__annotations__.items():
        yield name, getattr(hint, "__forward_arg__", str(hint))


def _describe(name: str, value: object) -> Iterator[str]:
    if inspect.isclass(value):
        bases = ", ".join(base.__name__ for base in value.__bases__ if base is not object)
        yield f"class {name}({bases})"
        yield from _members(value)
    elif callable(value):
        yield f"{name}{inspect.signature(value)}"
    else:
        yield f"{name}: {type(value).__name__}"


def _members(kind: type) -> Iterator[str]:
    if issubclass(kind, BaseException):
        return
    if kind in CONSTRUCTED:
        yield f"    __init__{inspect.signature(kind.__init__)}"
    for name, member in sorted(vars(kind).items()):
        if name.startswith("_"):
            continue
        if isinstance(member, property):
            yield f"    {name}: {inspect.signature(member.fget).return_annotation}" if member.fget else f"    {name}"
        elif inspect.isfunction(member):
            yield f"    {name}{inspect.signature(member)}"
        else:
            yield f"    {name}"


if __name__ == "__main__":
    GOLDEN.write_text(describe(), encoding="utf-8")
