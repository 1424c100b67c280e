from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

import pytest

from voicecoach.app import cli, config
from voicecoach.errors import RoutineError
from voicecoach.routine.loader import load_routine
from voicecoach.system import folders, plain_files

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="pipes and devices as POSIX has them")


@pytest.mark.parametrize("size", [0, 1, 9, 10])
def test_a_file_up_to_the_limit_is_read(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(size))
    assert plain_files.read_file(path, 10) == bytes(size)


def test_a_larger_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(11))
    with pytest.raises(plain_files.NotPlainError, match="it is larger than 10 bytes"):
        plain_files.read_file(path, 10)


@posix
def test_a_pipe_without_a_writer_is_refused_at_once(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    with pytest.raises(plain_files.NotPlainError, match="it is not a plain file"):
        plain_files.read_file(path)
    assert plain_files.is_special(path)


@posix
def test_a_link_to_a_device_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "link"
    path.symlink_to("/dev/zero")
    with pytest.raises(plain_files.NotPlainError, match="it is not a plain file"):
        plain_files.read_file(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"folder|ermission|directory"):
        plain_files.read_file(tmp_path)


def test_a_file_that_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        plain_files.read_file(tmp_path / "nothing")
    assert not plain_files.is_special(tmp_path / "nothing")


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


def test_a_title_that_is_no_utf_8_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["plan", "box-breathing", "--title", "a\udcff"]) == 2
    assert "'a\\udcff' is not UTF-8\nwrite it in UTF-8" in capsys.readouterr().err


@pytest.mark.parametrize("character", ["\u202a", "\u202e", "\u2066", "\u2069"])
def test_words_with_an_override_of_the_writing_direction_are_refused(character: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f'title: A\nsteps:\n  - say: "Turn{character} left."\n', encoding="utf-8")
    with pytest.raises(RoutineError, match="control characters"):
        load_routine(str(path))


@pytest.mark.parametrize("mark", ["\u200e", "\u200f"])
def test_a_mark_of_the_writing_direction_is_allowed(mark: str, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(f'title: A\nsteps:\n  - say: "Turn{mark} left."\n', encoding="utf-8")
    assert load_routine(str(path))


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nothing can be opened, and below which nothing can be looked at, even by an administrator."""
    folder = tmp_path / "secret"
    folder.mkdir()
    opened, looked_at = os.open, os.stat

    def is_inside(path: object, depth: int) -> bool:
        return str(path).startswith(str(folder)) and str(path).count(os.sep) >= str(folder).count(os.sep) + depth

    def refuse_to_open(path: str, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        if is_inside(path, 1):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return opened(path, flags, mode, dir_fd=dir_fd)

    def refuse_to_look(path: str, *, dir_fd: int | None = None, follow_symlinks: bool = True) -> os.stat_result:
        if is_inside(path, 2):
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return looked_at(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(os, "open", refuse_to_open)
    monkeypatch.setattr(os, "stat", refuse_to_look)
    return folder


def test_what_must_not_be_looked_at_is_not_there(secret: Path) -> None:
    assert not plain_files.is_file(secret / "voices" / "amy.onnx")
    assert not plain_files.is_folder(secret / "voices" / "piper")
    assert "there is no folder" in folders.describe_missing(secret / "voices" / "piper")


@pytest.mark.parametrize(
    "args",
    [
        ["verify", "{}.mp3"],
        ["verify", "mine.mp3", "--timeline", "{}.mp3"],
        ["play", "{}.mp3"],
        ["make", "box-breathing", "--bed", "{}.mp3"],
    ],
)
def test_a_file_that_must_not_be_read_is_not_called_damaged(
    args: list[str], secret: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (secret / "a.mp3").write_bytes(b"")
    assert cli.run([each.format(secret / "a") for each in args]) == 2
    assert "can't be read: permission denied" in capsys.readouterr().err


@posix
def test_a_current_folder_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert cli.run(["make", "box-breathing"]) == 2
    assert capsys.readouterr().err.endswith("the current folder is gone; change into one that is there\n")
