"""Taps on keys as somebody makes them, with a clock that obeys."""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

import pytest

from voicecoach.app.measuring import LARGEST, as_json, describe, list_lines, measure, read_taps
from voicecoach.app.taps import ENOUGH, NEEDED, TapSeries
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def typed(keys: str | Sequence[str], *gaps: float, phases: bool = False) -> tuple[TapSeries, list[TapSeries]]:
    """Press keys with so many seconds between them, the last of them again and again; return what was seen, too."""
    seen: list[TapSeries] = []
    lengths = [*gaps, *[gaps[-1] if gaps else 10] * len(keys)]
    clock = accumulate(lengths, initial=1000.0)
    return measure(keys, lambda: next(clock), seen.append, phases=phases), seen


def test_it_ends_by_itself_once_the_taps_agree() -> None:
    sample, seen = typed(" " * 50, 10)
    assert len(sample.breaths.each) == NEEDED
    assert sample.agrees
    assert seen[-1] == sample


def test_it_ends_after_enough_breaths_that_do_not_agree() -> None:
    sample, _ = typed(" " * 50, *[4, 5.5] * 20)
    assert len(sample.breaths.each) == ENOUGH
    assert not sample.agrees


@pytest.mark.parametrize("end", ["\r", "\n", "q", "Q", "\x04", "\x1b"])
def test_a_key_ends_it(end: str) -> None:
    assert len(typed(f"    {end}    ")[0].taps) == 4


def test_it_ends_when_there_are_no_more_keys() -> None:
    assert len(typed("   ")[0].taps) == 3


def test_any_other_key_is_a_tap_and_an_arrow_is_one() -> None:
    assert len(typed([" ", "x", "\x1b[A", "5"])[0].taps) == 4


def test_a_key_that_is_held_is_one_tap() -> None:
    sample, _ = typed(" " * 12, 0.03, 0.03, 0.03, 4, 0.03, 0.03, 4, 0.29, 0.29, 0.29, 4)
    assert [round(float(length), 2) for length in sample.breaths.each] == [4.09, 4.06, 4.87]


def test_phases_come_by_turns() -> None:
    sample, _ = typed(" " * 30, *[4, 6] * 20, phases=True)
    assert sample.agrees
    assert sample.inhales.median == 4
    assert sample.exhales.median == 6


def test_a_key_can_name_its_phase() -> None:
    sample, _ = typed(["o", "i", "i", " "], phases=True)
    assert [tap.kind for tap in sample.taps] == [Kind.EXHALE, Kind.INHALE, Kind.INHALE, Kind.EXHALE]
    assert {tap.kind for tap in typed("io")[0].taps} == {Kind.INHALE}, "with one tap a breath they are keys like others"


def test_the_breath_so_far_is_shown_after_each_tap() -> None:
    _, seen = typed(" " * 9, 10, 12, 10, 20)
    shown = [list_lines(sample, phases=False)[4:] for sample in seen]
    assert shown[0][0] == "0 taps so far"
    assert shown[1][0] == "1 tap so far"
    assert shown[2][0] == "1 breath   last 10.0 s   median 10.0 s   6.0 a minute"
    assert shown[5][0] == "4 breaths   last 20.0 s   median 10.0 s   6.0 a minute"
    assert shown[2][1].startswith("1 of the last 5 agree")
    assert list_lines(typed(" " * 9)[0], phases=False)[5] == "the taps agree"


@pytest.mark.parametrize("phases", [False, True])
def test_what_is_shown_fits_a_terminal_of_80_columns(*, phases: bool) -> None:
    _, seen = typed(" " * 30, *[251.7, 348.2] * 20, phases=phases)
    assert max(len(line) for sample in seen for line in list_lines(sample, phases=phases)) <= 80


def test_with_phases_the_next_one_is_shown() -> None:
    _, seen = typed("  ", phases=True)
    assert [list_lines(sample, phases=True)[-1].split()[1] for sample in seen] == ["inhale", "exhale", "inhale"]


def test_what_was_left_out_is_reported() -> None:
    sample, _ = typed(" " * 9, 10, 10, 20, 10, 1, 9.5, 10, 10)
    assert describe(sample, read_breath("4-6")) == (
        "6.0 breaths a minute; the median of 6 breaths, the last 5 all within 15 % of it",
        "left out: 1 missed tap",
        "left out: 1 tap too many",
    )


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [((10, 10, 10), "too few to know whether they agree"), ((4, 5.5) * 6, "the last 5 not all within 15 % of it")],
)
def test_taps_that_do_not_agree_are_reported(gaps: tuple[float, ...], expected: str) -> None:
    (line,) = describe(typed(" " * (len(gaps) + 1), *gaps)[0], read_breath("4-6"))
    assert line.endswith(expected)


def test_programs_get_numbers() -> None:
    assert as_json(typed(" " * 9)[0], read_breath("4.2-5.8")) == {
        "breath": "4.2-5.8", "seconds": 10.0, "per_minute": 6.0, "inhale": 4.2, "exhale": 5.8,
        "breaths": 6, "missed": 0, "extra": 0, "agrees": True, "slower": None,
    }  # fmt: skip


def test_a_file_of_times_is_read(tmp_path: Path) -> None:
    path = tmp_path / "times with spaces.txt"
    path.write_bytes(b"\xef\xbb\xbf0\r\n4.5\r\n9\r\n")
    assert read_taps(str(path), phases=False).breaths.each == (Fraction(9, 2), Fraction(9, 2))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "the times can't be read: no such file or directory"),
        (b"\xff\xfe0\x00", "the times are not UTF-8 text"),
        (b"1\n" * LARGEST, "the times can't be read: it is larger than 1,000,000 bytes"),
    ],
)
def test_a_file_without_times_is_reported_by_name(content: bytes | None, expected: str, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ChoiceError) as caught:
        read_taps(str(path), phases=False)
    assert str(caught.value).startswith(f"{path}: {expected}")
