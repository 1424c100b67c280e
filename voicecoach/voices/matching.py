"""Which voice a name means: an id, a person, a language, or a part of any of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, quote
from voicecoach.language import TAG, is_same_language, list_wider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voicecoach.voices.port import VoiceInfo

AUTO = "auto"
"""The name that means the best voice that there is for the language, which is also what no name means."""
LIST_ALL = "'voicecoach voices' lists all of them"
SHORT_CODE = 2
"""Letters of a language's short code; a name that is so short means a language first."""
PREFERRED = {"en": "en-us"}
"""The dialect that a language alone means, if there is no voice for just that language."""
SHARED = frozenset({"de", "en", "es", "fr"})
"""Languages whose natural voices all listeners follow, in any dialect: people prefer another accent to a robot."""
_MOST_NAMED = 6
"""How many voices an error names."""


def is_auto(spec: str | None) -> bool:
    """Return whether the choice of the voice is left to the program.

    >>> is_auto(None), is_auto(" Auto"), is_auto("")
    (True, True, False)
    """
    return spec is None or spec.strip().lower() == AUTO


def match_name(name: str, voices: Sequence[VoiceInfo]) -> VoiceInfo | None:
    """Return the voice that a name means, or None; capitals don't matter, and voices that are ready come first.

    >>> from voicecoach.voices.port import VoiceInfo
    >>> amy = VoiceInfo("piper:en_US-amy-medium", "piper", "Amy, medium", ("en-us",))
    >>> match_name("amy", [amy, VoiceInfo("gmw/en-us", "system", "English (America)", ("en-us",))]).id
    'piper:en_US-amy-medium'

    Raises:
        ChoiceError: When it may mean several.
    """
    wanted = name.lower()
    if not wanted:
        return None
    ready = [each for each in voices if each.ready]
    others = [each for each in voices if not each.ready]
    exact = [each for each in voices if wanted in {each.id.lower(), bare_id(each)}]
    found = exact or next((group for some in (ready, others) for group in _search(wanted, some) if group), [])
    if len(found) > 1:
        ids = ", ".join(each.id for each in found[:_MOST_NAMED]) + (", …" if len(found) > _MOST_NAMED else "")
        raise ChoiceError(f"{quote(name)} may mean several voices: {ids}")
    return found[0] if found else None


def list_names(spec: str, voices: Iterable[VoiceInfo]) -> list[str]:
    """List the names that a misspelt name may mean; codes of languages only if it may be one itself."""
    coded = len(spec) <= SHORT_CODE or "-" in spec
    names = {each for voice in voices for each in (bare_id(voice), tail(voice), voice.name.lower(), speaker(voice))}
    return sorted(name for name in names if coded or len(name) > SHORT_CODE)


def speaks_language(languages: Iterable[str], code: str) -> bool:
    """Return whether one of these languages is the language of a code, in any dialect.

    >>> speaks_language(("en-us",), "en-GB"), speaks_language((), "en")
    (True, False)
    """
    return any(is_same_language(list_wider(code)[-1], tag) for tag in languages)


def rate_dialect(voice: VoiceInfo, code: str) -> int:
    """Return how near a voice is to a language: 2 for the dialect that is meant, 1 for another, 0 for neither."""
    wanted = code.lower().replace("_", "-")
    if {wanted, PREFERRED.get(wanted)} & {*voice.languages}:
        return 2
    return int(any(is_same_language(wanted, tag) for tag in voice.languages))


def is_understood(voice: VoiceInfo, code: str) -> bool:
    """Return whether listeners of a language follow a voice: it speaks their dialect, or dialects do not matter much.

    >>> from voicecoach.voices.port import VoiceInfo
    >>> [is_understood(VoiceInfo("x", "x", "x", (tag,)), code) for tag, code in (("en-us", "en-GB"), ("cmn", "yue"))]
    [True, False]
    """
    tag = code.replace("_", "-")
    shared = list_wider(tag)[-1] in SHARED and speaks_language(voice.languages, tag)
    return shared or rate_dialect(voice, tag) > 0


def pick_best(voices: Sequence[VoiceInfo], code: str) -> VoiceInfo:
    """Return the voice of the highest rank, then of the nearest dialect; among equals, the first by its id.

    If the code names a dialect (en-GB), the nearest dialect comes first.
    """

    def place(voice: VoiceInfo) -> tuple[int, int, str]:
        rank, dialect = -voice.rank, -rate_dialect(voice, code)
        return (dialect, rank, voice.id) if set("-_") & {*code} else (rank, dialect, voice.id)

    return min(voices, key=place)


def speaker(voice: VoiceInfo) -> str:
    """Return the person's name: "amy" of "Amy, high". The system's voices have names of languages, so none."""
    return "" if voice.kind == "system" else voice.name.lower().partition(",")[0].strip()


def bare_id(voice: VoiceInfo) -> str:
    """Return a voice's id without its kind, in lower case."""
    return voice.id.removeprefix(f"{voice.kind}:").lower()


def tail(voice: VoiceInfo) -> str:
    """Return the last part of a voice's id: "en-us" of "gmw/en-us"."""
    return bare_id(voice).rsplit("/", 1)[-1]


def _search(wanted: str, voices: Sequence[VoiceInfo]) -> Iterator[list[VoiceInfo]]:
    """Yield the voices that each way of reading the name finds, the surest way first: a person, a language, a part."""
    named = [each for each in voices if each.name.lower() == wanted]
    yield named if len(wanted) > SHORT_CODE else []
    yield _find_speaker(wanted, voices)
    better = [each for each in voices if each.rank > 0 and TAG.fullmatch(wanted) and rate_dialect(each, wanted)]
    yield [pick_best(better, wanted)] if better else []
    ways: tuple[Callable[[VoiceInfo], bool], ...] = (
        lambda each: wanted in each.languages,
        lambda each: tail(each) == wanted,
        lambda each: each.name.lower() == wanted,
        lambda each: wanted in bare_id(each) or wanted in each.name.lower(),
    )
    for way in ways:
        yield [each for each in voices if way(each)]


def _find_speaker(wanted: str, voices: Sequence[VoiceInfo]) -> list[VoiceInfo]:
    """Return the best voice of the speaker with this name, or all voices if several speakers share it."""
    found = [each for each in voices if speaker(each) == wanted]
    if len({(each.kind, each.languages[:1]) for each in found}) != 1:
        return found
    return [min(found, key=lambda each: (-each.rank, each.id))]
