"""Errors of the system and of choices say what to do."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from voicecoach.app.cli import run
from voicecoach.core.score import Side
from voicecoach.errors import ChoiceError, TargetError, describe_unreadable, suggest_remedy
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


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ("plan loop.yaml", "'loop.yaml' is a link that leads nowhere\nmend it, or name another routine file"),
        (
            "make x.yaml --voice recorded:x.yaml",
            "'x.yaml' is a file, not a folder of recordings\nname the folder after 'recorded:'",
        ),
        ("make x.yaml --bed ro", "'ro' is a folder\nname a file with sound in it, or one of "),
        ("make x.yaml --bed-level 5", "'5' is not a whole number from 20 to 60"),
        ("make x.yaml --bitrate 8", "'8' is not a whole number from 16 to 320"),
        ("breath --times nosuch", "nosuch: the times can't be read: no such file or directory\ncheck the name;"),
        ("breath --times ro", "ro: the times can't be read: is a directory\nput a file in its place"),
    ],
)
def test_what_can_not_be_used_is_told_with_what_to_do(
    args: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_text("title: X\nsteps: [say: Sit.]\n", encoding="utf-8")
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "ro").mkdir()
    assert run(args.split()) == 2
    err = capsys.readouterr().err
    assert told in err
    assert len(err.splitlines()) <= 3


def test_what_can_not_be_read_is_told_with_what_to_do() -> None:
    for number in (errno.EACCES, errno.EISDIR, errno.ENOTDIR, errno.ENOENT, errno.EIO):
        what, remedy = describe_unreadable(OSError(number, "Not there")).splitlines()
        assert what == "not there"
        assert 0 < len(remedy) < 60


def test_every_remedy_is_a_short_line() -> None:
    for number in (errno.ENAMETOOLONG, errno.EMFILE, errno.ENFILE, errno.ENOSPC, errno.EROFS):
        assert 0 < len(suggest_remedy(OSError(number, "x"))) < 100
    assert suggest_remedy(OSError("x")) == ""
