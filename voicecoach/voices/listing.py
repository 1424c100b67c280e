"""The voices that there are, and the few that are worth hearing, as tables and as JSON."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from voicecoach.language import list_languages, list_wider
from voicecoach.system import cache
from voicecoach.voices import finding, matching
from voicecoach.voices.catalogue import SYSTEM
from voicecoach.voices.port import Settings
from voicecoach.voices.recommended import RECOMMENDED, add_recommended, describe_languages

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.voices.port import VoiceInfo

MOST_ALIKE = 3
"""How many voices of one kind and language are worth hearing; the others are in the whole list."""

RECOMMENDED_IDS = frozenset(each.id for each in RECOMMENDED)


def list_voices(code: str | None, commands: Mapping[str, object], folder: Path) -> list[VoiceInfo]:
    """List the voices of all kinds; with the code of a language, those that speak it, in whatever dialect.

    ``commands`` are the user's own that speak; small facts are kept in ``folder``.

    Raises:
        VoiceError: When voices can't be listed.
    """
    return [each for each in _list_all(commands, folder) if code is None or _speaks(each, code)]


@cache.enforce_limit()
def _list_all(commands: Mapping[str, object], folder: Path) -> list[VoiceInfo]:
    return finding.list_voices(Settings("en", "", folder, data=finding.data_folder(), commands=dict(commands)))


def list_offered(code: str | None, commands: Mapping[str, object], folder: Path) -> list[VoiceInfo]:
    """List the voices that there are, and those that we recommend, with the command that installs each.

    Raises:
        VoiceError: When voices can't be listed.
    """
    every = add_recommended(_list_all(commands, folder))
    return [each for each in finding.sort_voices(every) if code is None or _speaks(each, code)]


def pick_worthwhile(offered: Iterable[VoiceInfo], code: str | None = None) -> list[VoiceInfo]:
    """Return the voices worth hearing: the recommended ones, those that somebody installed, and the system's best.

    The system's are picked for a language, or for each language that the program has words for.

    >>> from voicecoach.voices.port import VoiceInfo
    >>> espeak = [VoiceInfo(f"gmw/{tag}", "system", tag, (tag,)) for tag in ("de", "en-us", "en-gb", "sv")]
    >>> [each.id for each in pick_worthwhile([*espeak, VoiceInfo("piper:amy", "piper", "Amy", ("en-us",), rank=3)])]
    ['gmw/de', 'gmw/en-us', 'piper:amy']
    """
    voices = list(offered)
    of_system = [each for each in voices if each.kind == SYSTEM]
    codes = [code] if code else list_languages()
    best = {found.id for each in codes if (found := _pick_system(of_system, each))}
    alike: Counter[tuple[str, ...]] = Counter()
    chosen = []
    for each in sorted(voices, key=lambda voice: -voice.rank):
        if each.kind == SYSTEM:
            worthwhile = each.id in best
        else:
            alike[each.kind, *each.languages[:1]] += each.ready
            few = each.ready and alike[each.kind, *each.languages[:1]] <= MOST_ALIKE
            worthwhile = each.id in RECOMMENDED_IDS or few
        chosen += [each.id] if worthwhile else []
    return [each for each in voices if each.id in chosen]


def _pick_system(voices: Sequence[VoiceInfo], code: str) -> VoiceInfo | None:
    """Return the system's best voice for a language, if it has one."""
    speaking = [each for each in voices if each.ready and _speaks(each, code)]
    return matching.pick_best(speaking, code) if speaking else None


def _speaks(voice: VoiceInfo, code: str) -> bool:
    return matching.speaks_language(voice.languages, code.replace("_", "-"))


def write_table(found: Sequence[VoiceInfo]) -> Iterator[str]:
    """Yield voices as lines of a table: language, kind, what ``--voice`` takes, name, and what is wanting.

    >>> from voicecoach.voices.port import VoiceInfo
    >>> [*write_table([VoiceInfo("gmw/de", "system", "German", ("de",))])]
    ['de  system  gmw/de  German  ready']
    """
    return _align((", ".join(each.languages) or "-", each.kind, each.id, each.name, _state(each)) for each in found)


def write_choice(found: Sequence[VoiceInfo]) -> Iterator[str]:
    """Yield the voices worth hearing as lines of a table, with sizes, licences, and the default of each language.

    >>> from voicecoach.voices.port import VoiceInfo
    >>> [*write_choice([VoiceInfo("hibari:heart", "hibari", "Heart", ("en-us",), rank=10, megabytes=14)])]
    ['American English  Heart  hibari  hibari:heart  14 MB  -  ready, the default for en']
    """
    defaults = list_defaults(found)
    return _align(
        (
            describe_languages(each.languages) or "-",
            each.name,
            each.kind,
            each.id,
            f"{each.megabytes} MB" if each.megabytes else "-",
            each.licence or "-",
            _state(each) + (f", the default for {' and '.join(defaults[each.id])}" if each.id in defaults else ""),
        )
        for each in found
    )


def list_defaults(found: Sequence[VoiceInfo]) -> dict[str, list[str]]:
    """Return the voices that are the default of a language, each with the codes of its languages."""
    codes = {list_wider(tag)[-1] for each in found for tag in each.languages[:1]}
    of_system = [each for each in found if each.kind == SYSTEM]
    others = [each for each in found if each.kind != SYSTEM]
    defaults: dict[str, list[str]] = {}
    for code in sorted(codes):
        best = finding.pick_default(others, code) or _pick_system(of_system, code)
        if best is not None:
            defaults.setdefault(best.id, []).append(code)
    return defaults


def _align(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows of cells as lines with aligned columns."""
    lines = list(rows)
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for row in lines:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def list_as_json(found: Iterable[VoiceInfo]) -> dict[str, Any]:
    """Return the public form of a list of voices."""
    return {"voices": [{**asdict(each), "recommended": each.id in RECOMMENDED_IDS} for each in found]}


def _state(voice: VoiceInfo) -> str:
    return "ready" if voice.ready else voice.hint or "not ready"
