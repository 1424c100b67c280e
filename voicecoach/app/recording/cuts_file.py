"""The file of cut times beside a long take: a line for each sentence, which a person can correct."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voicecoach.app.recording.cutting import Cut
from voicecoach.errors import ChoiceError, describe_unreadable, quote
from voicecoach.system import drafts, plain_files
from voicecoach.voices.takes import read_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from voicecoach.app.recording.sentences import Sentence

LARGEST = 10_000_000
"""The most bytes of a file of cut times."""
LONGEST_TAKE = 24 * 3600
_TIME = r"((?:[0-9]{1,2}:)?(?:[0-9]{1,3}:)?[0-9]{1,6}(?:\.[0-9]{1,6})?)"
_LINE = re.compile(rf"{_TIME}\s+{_TIME}\s+([0-9]{{1,6}})(?:\s+(.*))?")
_WRITE = "write START END NUMBER in each line, in seconds, as: 12.30 15.85 7"
_SEAL = re.compile(r"# ([0-9a-f]{16})\n?\Z")


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    start: float
    end: float
    number: int
    words: str


def write_cuts(take: Path, cuts: Iterable[tuple[Sentence, Cut]]) -> str:
    """Return the text of a file of cut times; its last line shows whether a person changed it."""
    lines = [
        f"# Where each sentence is in {take.name}: start and end in seconds, number, words.",
        "# Correct the times and read them again with --cuts. Lines that start with # are not read.",
        *(_write_line(sentence, cut) for sentence, cut in cuts),
    ]
    text = "".join(f"{line}\n" for line in lines)
    return f"{text}# {_seal(text)}\n"


def save_cuts(path: Path, text: str) -> bool:
    """Write a file of cut times, unless a person changed the one that is there; return whether it was written.

    Raises:
        TargetError: If the path leads to something that is not a plain file.
        OSError: If it can't be written.
    """
    if plain_files.is_file(path) and not _is_unchanged(plain_files.read_file(path, LARGEST)):
        return False
    drafts.write_file(path, text.encode())
    return True


def read_cuts(path: Path, sentences: Sequence[Sentence]) -> dict[int, Cut]:
    """Read the cuts of sentences, by their numbers; what a person wrote is sure.

    Raises:
        ChoiceError: When it can't be read, a line is not a cut, or its words are not those of the sentence any more.
    """
    try:
        text = plain_files.read_file(path, LARGEST).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ChoiceError(f"{path}: this is not UTF-8 text\n{_WRITE}") from None
    except OSError as error:
        raise ChoiceError(f"{path}: the cut times can't be read: {describe_unreadable(error)}") from None
    by_number = {each.number: each for each in sentences}
    found: dict[int, Cut] = {}
    for row in _list_rows(text, path):
        number = _find_number(row, by_number, path)
        if number in found:
            raise ChoiceError(f"{path}:{row.line}: sentence {number} occurs twice; keep one of the lines")
        found[number] = Cut(row.start, row.end)
    if not found:
        raise ChoiceError(f"{path}: there are no cut times in it\n{_WRITE}")
    return found


def _write_line(sentence: Sentence, cut: Cut) -> str:
    words = f"{sentence.number:>4}  {sentence.words}"
    if not cut.found:
        return f"# not found: START END {words}"
    doubt = f"\n#   listen to it: {'; '.join(cut.doubts)}" if cut.doubts else ""
    return f"{cut.start:10.2f} {cut.end:10.2f} {words}{doubt}"


def _list_rows(text: str, path: Path) -> Iterator[_Row]:
    for number, line in enumerate(text.splitlines(), start=1):
        plain = line.strip()
        if not plain or plain.startswith("#"):
            continue
        match = _LINE.fullmatch(plain)
        if match is None:
            raise ChoiceError(f"{path}:{number}: {quote(plain)} is not a cut\n{_WRITE}")
        row = _Row(number, _read_time(match[1]), _read_time(match[2]), int(match[3]), match[4] or "")
        if not row.start < row.end <= LONGEST_TAKE:
            raise ChoiceError(f"{path}:{number}: the end, {match[2]}, is not after the start, {match[1]}")
        yield row


def _find_number(row: _Row, by_number: Mapping[int, Sentence], path: Path) -> int:
    """Return the number of the sentence that a line means: by its words if there are any, because numbers move."""
    sentence = by_number.get(row.number)
    if sentence and (not row.words or read_words(row.words) == read_words(sentence.words)):
        return row.number
    same = [each.number for each in by_number.values() if row.words and read_words(each.words) == read_words(row.words)]
    if same:
        return same[0]
    what = f"no sentence has the words {quote(row.words)}" if row.words else f"there is no sentence {row.number}"
    raise ChoiceError(f"{path}:{row.line}: {what}\nuse the choices that the file was made with, or change the line")


def _read_time(text: str) -> float:
    seconds = 0.0
    for part in text.split(":"):
        seconds = seconds * 60 + float(part)
    return seconds


def _seal(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_unchanged(content: bytes) -> bool:
    text = content.decode("utf-8", "replace").replace("\r\n", "\n")
    match = _SEAL.search(text)
    return match is not None and _seal(text[: match.start()]) == match[1]
