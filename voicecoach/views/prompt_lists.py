"""Tells whether a list to record from is as the program wrote it: notes or changed words make it somebody's own."""

from __future__ import annotations

import csv
import io
import re

from voicecoach.system.file_names import name_recording

# Kept apart from what writes the lists, which needs the whole script builder: this is read before files are replaced.
HEAD = ("file", "words", "say it as", "where", "side", "seconds at most")
"""The head of a list as CSV."""
ADVICE = (
    "Record each wording into a file of its name; WAV, FLAC, MP3 and M4A work. Silence around the words",
    "is cut off, and all of them are brought to one loudness. A recording that is longer than its limit may not fit.",
)
"""What a list as Markdown says before its tables."""
TABLE = ("| words | file | side | seconds at most |", "| --- | --- | --- | --- |")
"""The head of its tables."""

_SIDES = r"(?:left|right|left, right|right, left|)"
_ROOM = r"(?:[0-9]+\.[0-9]|)"
_ROW = re.compile(rf"\| (.+) \| `(.+)` \| {_SIDES} \| {_ROOM} \|")
_TITLE = re.compile("# .*: what to record")
_SPOKEN = re.compile(r" \(say: (?=.*\)$)")
_ESCAPED = re.compile(r"\\(.)")


def is_csv(text: str) -> bool:
    """Return whether a text is a list as CSV with nothing added and no words changed."""
    try:
        rows = list(csv.reader(io.StringIO(text, newline="")))
    except csv.Error:  # a cell without an end, for example
        return False
    again = io.StringIO(newline="")
    csv.writer(again).writerows(rows)
    return again.getvalue() == text and rows[:1] == [[*HEAD]] and all(map(_is_row, rows[1:]))


def _is_row(cells: list[str]) -> bool:
    if len(cells) != len(HEAD):
        return False
    file, written, spoken, _, side, room = cells
    return _names(file, spoken or written) and bool(re.fullmatch(_SIDES, side) and re.fullmatch(_ROOM, room))


def is_markdown(text: str) -> bool:
    """Return whether a text is a list as Markdown with nothing added and no words changed."""
    title, *lines = text.splitlines()
    advice, rest = lines[: len(ADVICE) + 1], lines[len(ADVICE) + 1 :]
    return bool(_TITLE.fullmatch(title)) and advice == ["", *ADVICE] and all(map(_is_line, rest))


def _is_line(line: str) -> bool:
    row = _ROW.fullmatch(line)
    if not row:
        return line in {"", *TABLE} or line.startswith("## ")
    words = _ESCAPED.sub(r"\1", row[1])
    spoken = [words[found.end() : -1] for found in _SPOKEN.finditer(words)]
    return any(_names(row[2], each) for each in (words, *spoken))


def _names(file: str, words: str) -> bool:
    """Return whether a recording of these words has this name; an apostrophe may guard them from a spreadsheet."""
    return file in {f"{name_recording(each)}.wav" for each in (words, words.removeprefix("'"))}
