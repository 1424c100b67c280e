"""The voices that there are, as a table and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from voicecoach.system import cache
from voicecoach.voices import finding, matching
from voicecoach.voices.port import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.voices.port import VoiceInfo


@cache.enforce_limit()
def list_voices(code: str | None, commands: Mapping[str, object], folder: Path) -> list[VoiceInfo]:
    """List the voices of all kinds; with the code of a language, those that speak it, in whatever dialect.

    ``commands`` are the user's own that speak; small facts are kept in ``folder``.

    Raises:
        VoiceError: When voices can't be listed.
    """
    found = finding.list_voices(Settings("en", "", folder, data=finding.data_folder(), commands=dict(commands)))
    return [each for each in found if code is None or matching.speaks_language(each.languages, code.replace("_", "-"))]


def table(found: Sequence[VoiceInfo]) -> Iterator[str]:
    """Yield voices as lines of a table: language, kind, what ``--voice`` takes, name, and what is wanting.

    >>> from voicecoach.voices.port import VoiceInfo
    >>> [*table([VoiceInfo("gmw/de", "system", "German", ("de",))])]
    ['de  system  gmw/de  German  ready']
    """
    rows = [(", ".join(each.languages) or "-", each.kind, each.id, each.name, _state(each)) for each in found]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def list_as_json(found: Iterable[VoiceInfo]) -> dict[str, Any]:
    """Return the public form of a list of voices."""
    return {"voices": [asdict(each) for each in found]}


def _state(voice: VoiceInfo) -> str:
    return "ready" if voice.ready else voice.hint or "not ready"
