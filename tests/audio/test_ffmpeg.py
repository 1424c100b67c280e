from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest

from voicecoach.audio import ffmpeg, ffmpeg_choice
from voicecoach.audio.ffmpeg_choice import ENCODERS, FILTERS, VARIABLE
from voicecoach.errors import EncodeError, RunError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TO_NOTHING = ["-f", "s16le", "-ar", "48000", "-ac", "1", "-i", "pipe:0", "-f", "null", "-"]


def fake(folder: Path, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a program of ours be ffmpeg, which knows all encoders and filters."""
    program, script = folder / "ffmpeg", folder / "ffmpeg.py"
    known = [f" X {name}" for name in (*ENCODERS, *FILTERS)]
    script.write_text(
        "import os, signal, sys\n"
        "if sys.argv[-1] == '-version': sys.exit(print('ffmpeg version 7.0-fake Copyright'))\n"
        f"if sys.argv[-1] in ('-encoders', '-filters'): sys.exit(print({chr(10).join(known)!r}))\n"
        f"{body}\n"
    )
    # Not by "#!": the Python may lie in a folder with a space in its name.
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv(VARIABLE, str(program))


def gone(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text()), 0)
    except ProcessLookupError:
        return True
    return False


def test_a_failure_names_the_ffmpeg_its_reason_and_the_remedy() -> None:
    with pytest.raises(RunError) as caught:
        ffmpeg.run(["-i", "file:not-there.wav", "-f", "null", "-"], what="reading not-there.wav")
    first, second, third = str(caught.value).splitlines()
    used = ffmpeg_choice.choose_ffmpeg()
    assert first.startswith(f"reading not-there.wav: ffmpeg {used.version} ({used.path}) failed (status ")
    assert second == caught.value.reason
    assert "0x" not in second
    assert "No such file or directory" in second
    assert third == used.remedy


def test_a_crash_is_no_fault_of_the_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "os.kill(os.getpid(), signal.SIGABRT)", monkeypatch)
    with pytest.raises(EncodeError, match=r"x: ffmpeg 7.0-fake \(.*\) failed \(ended by SIGABRT\)\n") as caught:
        ffmpeg.run([], what="x")
    assert not isinstance(caught.value, RunError)


@pytest.mark.parametrize("name", ["-y", "concat:x", "a%03d b'c.wav", "http:__x"])
def test_a_file_is_a_file_whatever_it_is_called(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    raw = ["-f", "s16le", "-ar", "48000", "-ac", "1"]
    ffmpeg.run([*raw, "-i", "pipe:0", "-f", "wav", ffmpeg.quote_path(name)], what="writing", data=bytes(200))
    assert [each.name for each in tmp_path.iterdir()] == [name]
    read = ffmpeg.run(["-i", ffmpeg.quote_path(name), "-f", "s16le", "pipe:1"], what="reading")
    assert read.stdout == bytes(200)


def test_a_stream_of_many_chunks_arrives_whole(tmp_path: Path) -> None:
    chunks = (bytes([index % 251]) * 9_600 for index in range(300))
    target = tmp_path / "out.raw"
    ffmpeg.encode_stream([*TO_NOTHING[:-3], "-f", "s16le", ffmpeg.quote_path(target)], chunks, what="encoding")
    content = target.read_bytes()
    assert len(content) == 300 * 9_600
    assert content[-1] == 299 % 251


def test_an_encoder_that_dies_in_mid_stream_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "sys.stdin.buffer.read(10); os.kill(os.getpid(), signal.SIGKILL)", monkeypatch)
    with pytest.raises(EncodeError, match=r"encoding: ffmpeg 7.0-fake .* failed"):
        ffmpeg.encode_stream(TO_NOTHING, (bytes(100_000) for _ in range(100)), what="encoding")


def test_an_encoder_that_stops_reading_and_reports_success_is_an_error_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(tmp_path, "sys.stdin.buffer.read(10)", monkeypatch)
    with pytest.raises(EncodeError):
        ffmpeg.encode_stream(TO_NOTHING, (bytes(100_000) for _ in range(100)), what="encoding")


def test_an_encoder_that_talks_a_lot_does_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(
        tmp_path,
        "sys.stderr.write('x' * 999_999 + chr(10) + 'last'); sys.stdin.buffer.read(); sys.exit(3)",
        monkeypatch,
    )
    with pytest.raises(EncodeError, match=r"\(status 3\)\nlast\nset VOICECOACH_FFMPEG to another"):
        ffmpeg.encode_stream(TO_NOTHING, [bytes(100)], what="encoding")


def test_an_interrupt_in_mid_stream_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    fake(tmp_path, f"open({str(pid)!r}, 'w').write(str(os.getpid())); print(); signal.pause()", monkeypatch)

    def interrupted() -> Iterator[bytes]:
        while not (pid.exists() and pid.read_text()):
            yield b""
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ffmpeg.encode_stream(TO_NOTHING, interrupted(), what="encoding")
    assert gone(pid)


def test_an_interrupt_during_a_run_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid = tmp_path / "pid"
    came = f"open({str(pid)!r}, 'w').write(str(os.getpid())); sys.stdin.read()"  # it ends when we wait for the process
    fake(tmp_path, f"{came}; os.kill(os.getppid(), signal.SIGINT); signal.pause()", monkeypatch)
    with pytest.raises(KeyboardInterrupt):
        ffmpeg.run([], what="waiting")
    assert gone(pid)


def test_ctrl_c_in_the_terminal_reaches_only_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "print(os.getpgid(0))", monkeypatch)
    assert int(ffmpeg.run([], what="asking").stdout) != os.getpgid(0)


def test_a_program_that_goes_away_is_an_error_not_a_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, "", monkeypatch)
    ffmpeg.find_executable()
    (tmp_path / "ffmpeg").unlink()
    for call in (lambda: ffmpeg.run([], what="x"), lambda: ffmpeg.encode_stream([], [], what="x")):
        with pytest.raises(EncodeError, match=r"x: ffmpeg 7.0-fake \(.*\) could not be started: No such file"):
            call()


def test_an_error_of_whoever_makes_the_chunks_is_passed_on() -> None:
    def failing() -> Iterator[bytes]:
        yield bytes(100)
        raise OSError("the disk, not ffmpeg")

    with pytest.raises(OSError, match="the disk, not ffmpeg"):
        ffmpeg.encode_stream(TO_NOTHING, failing(), what="encoding")
