"""Merge keys (``<<``) work wherever a routine has keys, also with lists of merges, as if they were written out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from voicecoach.routine.loader import parse_routine

WHERE = re.compile(r"Where\([^()]*\)")
CASES = re.findall(
    r"^# (.+)\n((?:.+\n)+?)=\n((?:.+\n)+)",
    Path(__file__).with_name("merges.txt").read_text(encoding="utf-8"),
    re.MULTILINE,
)


def test_there_are_cases_of_many_places() -> None:
    assert len({place for place, *_ in CASES}) == len(CASES) >= 15


@pytest.mark.parametrize(("merged", "written"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_merge_is_as_what_it_copies_written_out(merged: str, written: str) -> None:
    one, other = (WHERE.sub("", repr(parse_routine(f"title: x\n{text}", "a").model)) for text in (merged, written))
    assert one == other
