"""The words of a text without its punctuation, and the proof that the name of a recording has the same words."""

from __future__ import annotations

import re
import unicodedata
from itertools import chain, combinations, islice, product
from typing import TYPE_CHECKING

from voicecoach.system.file_names import hash_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SPOKEN_ALWAYS, _SPOKEN_BY_DIGITS = "&", "%‰°#"
"""Signs that are read as words: everywhere, or beside a number; signs of mathematics and money also count there."""

_GAPS = (" ", ", ", ". ", "; ", ": ", " - ", " – ", " — ", "… ", "... ", "! ", "? ")  # noqa: RUF001 - all dashes
_ENDS = ("", ".", "!", "?", "…", "...", ",", ":")
_SENTENCE_ENDS = (".", "!", "?", "…")
_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
_CHUNK = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)

_MOST_TRIED = 400_000
"""Words of all texts that are tried for the names that begin like a text; it takes about a tenth of a second."""
_MOST_COMMAS = 4
"""Commas that may be new or left out, wherever they are; other signs may differ in two places."""

SHORT_SLUG = 24
"""Letters of a name that has all words of its text: only a word of more than 15 letters could have been left out."""


def read_words(text: str) -> str:
    """Return the letters and digits of a text, without punctuation, capitals and spaces.

    Signs between the digits of a number and signs that are read as words stay, and two numbers stay apart.

    >>> read_words("Breathe in - don't hold it."), read_words("BREATHE IN, DONT HOLD IT")
    ('breatheindontholdit', 'breatheindontholdit')
    >>> read_words("Hold for 2.5 s") == read_words("Hold for 25 s")
    False
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    kept: list[str] = []
    apart = False
    for at, sign in enumerate(plain):
        if not _is_spoken(plain, at):
            apart = True
            continue
        if apart and kept and kept[-1].isdigit() and sign.isdigit():
            kept.append(" ")
        kept.append(sign)
        apart = False
    return "".join(kept)


def _is_spoken(text: str, at: int) -> bool:
    sign = text[at]
    if unicodedata.category(sign)[0] in "LMN" or sign in _SPOKEN_ALWAYS:
        return True
    if sign.isspace() or sign == "|":
        return False
    if text[at - 1 : at].isdigit() and text[at + 1 : at + 2].isdigit():
        return True
    near = (text[:at].rstrip()[-1:], text[at + 1 :].lstrip()[:1])
    return (sign in _SPOKEN_BY_DIGITS or unicodedata.category(sign) in {"Sm", "Sc"}) and any(map(str.isdigit, near))


def find_same_words(text: str, slug: str, digests: Iterable[str]) -> set[str]:
    """Return the hashes in names that were made from the words of a text, perhaps with other punctuation or capitals.

    A hash proves it if one of the usual ways to write the words has it. Without this proof, only a short name is
    believed, as it has all of its words.

    >>> find_same_words("In and out", "in-and-out", {hash_words("In, and out.")}) == {hash_words("In, and out.")}
    True

    Args:
        text: The text now.
        slug: The first part of the names, which is that of the text as well.
        digests: The second parts.
    """
    wanted = set(digests)
    if len(slug) <= SHORT_SLUG and slug.replace("-", "") == read_words(text) and not any(map(str.isdigit, slug)):
        return wanted
    found: set[str] = set()
    for each in islice(vary_punctuation(text), _MOST_TRIED // max(1, len(text.split())) if wanted else 0):
        if (digest := hash_words(each)) in wanted:
            found.add(digest)
            if found == wanted:
                break
    return found


def vary_punctuation(text: str) -> Iterator[str]:
    """Yield the usual ways to write the words of a text: first those that differ in one or two places.

    >>> {"In, now", "in now.", "In. Now!"} <= {*vary_punctuation("In now")}
    True
    """
    plain = " ".join(unicodedata.normalize("NFC", text).split())
    for each in dict.fromkeys((plain, plain.replace("'", _CURLY), plain.replace(_CURLY, "'"))):
        yield from _vary(each)


def _vary(text: str) -> Iterator[str]:
    chunks = [match.groups() for chunk in text.split() if (match := _CHUNK.match(chunk)) and match[2]]
    if not chunks:
        return
    cores = [core for _, core, _ in chunks]
    gaps = _join_gaps(text, cores)
    yield from _change_places(cores, gaps, 0)
    yield from _change_places(cores, gaps, 1)
    yield from _change_commas(cores, gaps)
    yield from _change_places(cores, gaps, 2)


def _join_gaps(text: str, cores: Sequence[str]) -> list[str]:
    """Return what is before the first core of a text, between all of them, and after the last one."""
    gaps, at = [], 0
    for core in cores:
        found = text.index(core, at)
        gaps.append(text[at:found])
        at = found + len(core)
    return [*gaps, text[at:]]


_Option = tuple[str, int]
"""A gap, and whether the word after it starts with a small letter (-1), a capital (1), or as before (0)."""


def _list_options(place: int, gaps: Sequence[str], *, both: bool) -> list[_Option]:
    if place == 0:
        return [("", -1), ("", 1)]
    if place == len(gaps) - 1:
        return [(end, 0) for end in _ENDS if end != gaps[place]]
    ended = gaps[place].rstrip().endswith(_SENTENCE_ENDS)
    found = []
    for gap in _GAPS:
        ends = gap.rstrip().endswith(_SENTENCE_ENDS)
        case = (ends > ended) - (ends < ended)
        if gap != gaps[place]:
            found += [(gap, case)] if not both else [(gap, each) for each in dict.fromkeys((case, 0, 1, -1))]
    return found


def _change_places(cores: Sequence[str], gaps: Sequence[str], count: int) -> Iterator[str]:
    """Yield the ways to write the words that differ in ``count`` places."""
    for places in combinations(range(len(gaps)), count):
        for chosen in product(*(_list_options(place, gaps, both=count == 1) for place in places)):
            yield _write(cores, gaps, dict(zip(places, chosen, strict=True)))


def _change_commas(cores: Sequence[str], gaps: Sequence[str]) -> Iterator[str]:
    """Yield the ways to write the words with other commas, with a full stop at the end and without it."""
    soft = [place for place in range(1, len(gaps) - 1) if gaps[place] in {" ", ", "}]
    subsets = chain.from_iterable(combinations(soft, count) for count in range(_MOST_COMMAS + 1))
    for places in subsets:
        changed = {place: (", " if gaps[place] == " " else " ", 0) for place in places}
        yield _write(cores, gaps, changed)
        yield _write(cores, gaps, {**changed, len(gaps) - 1: ("" if gaps[-1] == "." else ".", 0)})


def _write(cores: Sequence[str], gaps: Sequence[str], changed: dict[int, _Option]) -> str:
    pieces: list[str] = []
    for place, core in enumerate(cores):
        gap, case = changed.get(place, (gaps[place], 0))
        first = core[:1].upper() if case > 0 else core[:1].lower() if case < 0 else core[:1]
        pieces += [gap, first, core[1:]]
    pieces.append(changed.get(len(cores), (gaps[-1], 0))[0])
    return "".join(pieces)
