"""Errors of the system and of choices say what to do."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from voicecoach.app.cli import run
from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError, TargetError, suggest_remedy
from voicecoach.routine.authoring import create_template
from voicecoach.routine.loader import load_routine, parse_routine
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("choices", "expected"),
    [
        (Choices(first=Side.LEFT), "box-breathing has no sides, so none of them can begin\nleave out --first"),
        (Choices(settings={"a": "b"}), "'voicecoach show box-breathing' shows them"),
        (Choices(added=frozenset({"x"})), "box-breathing has none; leave --with out"),
    ],
)
def test_a_choice_that_is_not_there_says_what_is(choices: Choices, expected: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        build(load_routine("box-breathing"), choices)
    assert expected in str(caught.value)


def test_a_routine_without_parameters_says_so() -> None:
    with pytest.raises(ChoiceError, match="plain has none; leave --set out"):
        build(parse_routine("title: x\nsteps: [breathe: 1]\n", "plain"), Choices(settings={"a": "b"}))
    with pytest.raises(ChoiceError, match="write one of these, or --with all"):
        build(load_routine("leg-stretch"), Choices(added=frozenset({"nosuch"})))


def test_a_folder_that_is_gone_is_reported(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match="the folder is gone; change into one that is there"):
        create_template("mine", tmp_path / "gone")


def test_a_name_too_long_is_reported_in_two_short_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    (tmp_path / "x.yaml").write_text("title: X\nsteps: [say: Sit.]\n", encoding="utf-8")
    assert run(["make", str(tmp_path / "x.yaml"), "-o", str(tmp_path / ("n" * 300 + ".mp3"))]) in {1, 2}
    told = capsys.readouterr().err.splitlines()
    assert told[-1] == "choose a shorter name"
    assert all(len(line) < 200 for line in told)


def test_every_remedy_is_a_short_line() -> None:
    for number in (errno.ENAMETOOLONG, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EROFS):
        assert 0 < len(suggest_remedy(OSError(number, "x"))) < 100
    assert suggest_remedy(OSError("x")) == ""
