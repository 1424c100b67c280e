from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from voicecoach import cli, config, plain
from voicecoach.errors import RoutineError
from voicecoach.routine import load

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="pipes and devices as POSIX has them")


@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_a_file_up_to_the_limit_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(size))
    assert plain.read(path, 10) == bytes(size)


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(11))
    with pytest.raises(plain.NotPlainError, match="it is larger than 10 bytes"):
        plain.read(path, 10)


@posix
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(plain.NotPlainError, match="it is not a plain file"):
        plain.read(path)
    assert plain.is_special(path)


@posix
def test_a_link_to_a_device_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link"
    path.symlink_to("/dev/zero")
    with pytest.raises(plain.NotPlainError, match="it is not a plain file"):
        plain.read(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"folder|ermission|directory"):
        plain.read(tmp_path)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        plain.read(tmp_path / "nothing")
    assert not plain.is_special(tmp_path / "nothing")


@posix
@pytest.mark.parametrize(
    "args",
    [
        ("make", "pipe.yaml"),
        ("check", "pipe.yaml"),
        ("show", "pipe.yaml"),
        ("verify", "pipe.mp3"),
        ("verify", "nothing.mp3", "--timeline", "pipe.mp3"),
        ("play", "pipe.mp3"),
        ("breath", "--times", "pipe.mp3"),
        ("make", "box-breathing", "--bed", "pipe.mp3"),
    ],
)
def test_every_command_names_a_pipe_as_no_plain_file(
    args: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo("pipe.yaml")
    os.mkfifo("pipe.mp3")
    assert cli.run(list(args)) == 2
    out, err = capsys.readouterr()
    assert "not a plain file" in out + err


@posix
def test_settings_in_a_pipe_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    os.mkfifo(tmp_path / "config.toml")
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    assert cli.run(["list"]) == 2
    assert "the settings can't be read: it is not a plain file" in capsys.readouterr().err


@pytest.mark.parametrize("text", ["a\x1b[31mb", "a\u202eb", "a\u2066b", "a\x00b", "a\x9bb", "  ", ""])
def test_a_title_that_steers_a_terminal_or_says_nothing_is_refused(
    text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["plan", "box-breathing", "--title", text]) == 2
    err = capsys.readouterr().err
    assert "control characters" in err or "no text in it" in err
    assert not set(err) & set("\x1b\u202e\u2066\x00\x9b")


@pytest.mark.parametrize("character", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_words_with_an_override_of_the_writing_direction_are_refused(character: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f'title: A\nsteps:\n  - say: "Turn{character} left."\n', encoding="utf-8")
    with pytest.raises(RoutineError, match="control characters"):
        load(str(path))


@pytest.mark.parametrize("mark", ["\u200e", "\u200f"])
def test_a_mark_of_the_writing_direction_is_allowed(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f'title: A\nsteps:\n  - say: "Turn{mark} left."\n', encoding="utf-8")
    assert load(str(path))
