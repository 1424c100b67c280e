"""Playing: through whatever program there is, which is always ended. The programs are fakes, so nothing sounds."""

from __future__ import annotations

import json
import os
import shlex
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.processes import is_gone
from tests.tagged import TAGS
from voicecoach.app.player import DELAY, INSTEAD, PLAYERS, Player, find_command, find_sound, play, read_recording
from voicecoach.audio.formats import FORMATS
from voicecoach.audio.tagging import save_tags
from voicecoach.errors import PlayerError, UnknownNameError
from voicecoach.system.assets import find_asset
from voicecoach.views.exchange import PublicTimeline

if TYPE_CHECKING:
    from collections.abc import Iterable

posix = pytest.mark.skipif(os.name != "posix", reason="programs of a line, and signals")
OTHERWISE = "open it yourself"


def fake(folder: Path, name: str, body: str) -> Path:
    """Put a program on PATH that runs some Python."""
    program, script = folder / name, folder / f"{name}.py"
    script.write_text(f"import os, signal, sys\n{body}\n")
    # Not by "#!": the Python may lie in a folder with a space in its name.
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(script))} "$@"\n')
    program.chmod(0o755)
    return program


@pytest.fixture
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def installed(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        fake(folder, name, "")


def unseen(_seconds: float) -> None:
    """Show nothing."""


@posix
def test_players_are_taken_in_their_order(bin_: Path) -> None:
    order = ["ffplay", "mpv", "afplay", "mpg123", "cvlc"]
    installed(bin_, order)
    for name in order:
        assert find_command(Path("a.mp3"), OTHERWISE)[0] == str(bin_ / name)
        (bin_ / name).unlink()
    with pytest.raises(PlayerError) as caught:
        find_command(Path("a.mp3"), OTHERWISE)
    assert str(caught.value) == "no player is installed\ninstall mpv or ffmpeg (ffplay); or open it yourself"
    assert caught.value.exit_status == 1


@posix
def test_a_player_of_mp3_gets_nothing_else(bin_: Path) -> None:
    installed(bin_, ["mpg123"])
    assert find_command(Path("a.MP3"), OTHERWISE)
    with pytest.raises(PlayerError):
        find_command(Path("a.ogg"), OTHERWISE)


def test_the_one_of_windows_is_for_windows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    path = Path("a.mp3").absolute()
    (only,) = (each for each in PLAYERS if each.windows)
    assert only.plays(path) == (os.name == "nt")
    monkeypatch.setattr(os, "name", "nt")
    assert only.plays(path)


@posix
@pytest.mark.parametrize(
    "name", ["-nodisp.mp3", "concat:a|b.mp3", "a b'c\"$(x);`y`%03d#1?.mp3", "{path}é字.mp3", "a\nb.mp3"]
)
@pytest.mark.parametrize("each", [each for each in PLAYERS if not each.windows], ids=lambda each: each.name)
def test_a_file_is_a_file_whatever_it_is_called(
    each: Player, name: str, bin_: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    fake(bin_, each.name, f"open({str(tmp_path / 'said')!r}, 'w').write(repr(sys.argv[1:]))")
    play(find_command(Path(name), OTHERWISE), name, unseen)
    arguments = eval((tmp_path / "said").read_text())  # noqa: S307 - a list that our own program wrote
    whole = tmp_path / name
    assert arguments[:-1] == list(each.before)
    assert arguments[-1] in {str(whole), f"file:{whole}", whole.as_uri()}
    assert arguments[-1][0] != "-"


def test_the_script_for_powershell_has_no_quote_of_the_file_name_in_it() -> None:
    (only,) = (each for each in PLAYERS if each.windows)
    script = only.command("powershell", Path("a'; Remove-Item b\" $x `y.mp3"))[-1]
    assert script.count("'") == 2
    assert not set('"`') & set(script)
    assert "Remove-Item b" not in script


@posix
def test_the_clock_starts_when_the_sound_does(bin_: Path) -> None:
    installed(bin_, ["mpv"])
    seen: list[float] = []
    times = iter([100.0, *(100.0 + tick / 10 for tick in range(10_000))])
    play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", seen.append, lambda: next(times))
    assert seen == [pytest.approx(max(tick / 10 - DELAY, 0)) for tick in range(len(seen))]
    assert seen


@posix
@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("print('x' * 99_999, file=sys.stderr); sys.exit('no sound card')", "(status 1)\nno sound card"),
        ("sys.exit(3)", "(status 3)"),
        ("os.kill(os.getpid(), signal.SIGTERM)", "(status -15)"),
    ],
)
def test_a_player_that_fails_is_an_error(body: str, told: str, bin_: Path) -> None:
    fake(bin_, "ffplay", body)
    with pytest.raises(PlayerError) as caught:
        play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", unseen)
    assert str(caught.value) == f"'a.mp3': ffplay failed {told}\n{INSTEAD}"
    assert caught.value.exit_status == 1


@posix
def test_ffplay_without_a_sound_device_is_an_error_though_it_reports_success(bin_: Path) -> None:
    said = "ALSA lib: Unknown PCM default\\nNo more combinations to try, audio open failed\\nFailed to open a.mp3"
    fake(bin_, "ffplay", f"print('{said}', file=sys.stderr)")
    with pytest.raises(PlayerError) as caught:
        play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", unseen)
    what, advice = str(caught.value).splitlines()
    assert what == "'a.mp3': ffplay finds no loudspeaker (No more combinations to try, audio open failed)"
    assert advice == "connect one, or play the file on another device"


@posix
def test_a_player_that_cannot_be_run_is_an_error_not_a_traceback(bin_: Path) -> None:
    (bin_ / "mpv").write_bytes(b"\x7fELF nonsense")
    (bin_ / "mpv").chmod(0o755)
    with pytest.raises(PlayerError, match="mpv could not be started: "):
        play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", unseen)


@posix
@pytest.mark.parametrize("leaving", [KeyboardInterrupt, SystemExit, ZeroDivisionError])
def test_however_it_is_left_no_player_goes_on(leaving: type[BaseException], bin_: Path, tmp_path: Path) -> None:
    """The player is a script around another program; both block on a pipe that nobody writes to."""
    pids, pipe = tmp_path / "pids", tmp_path / "pipe"
    os.mkfifo(pipe)
    started = f"os.fork(); open({str(pids)!r}, 'a').write(f'{{os.getpid()}} '); open({str(pipe)!r})"
    fake(bin_, "mpv", started)

    def show(_seconds: float) -> None:
        if pids.exists() and len(pids.read_text().split()) == 2:
            raise leaving

    with pytest.raises(leaving):
        play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", show)
    assert all(is_gone(int(pid)) for pid in pids.read_text().split())


@posix
def test_ctrl_c_while_it_waits_leaves_no_player(bin_: Path, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    body = f"open({str(pid)!r}, 'w').write(str(os.getpid())); os.kill(os.getppid(), signal.SIGINT); signal.pause()"
    fake(bin_, "mpv", body)
    with pytest.raises(KeyboardInterrupt):
        play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", unseen)
    assert is_gone(int(pid.read_text()))


@posix
def test_ctrl_c_in_the_terminal_reaches_only_us_and_keys_are_ours(bin_: Path, tmp_path: Path) -> None:
    said = tmp_path / "said"
    fake(bin_, "mpv", f"open({str(said)!r}, 'w').write(f'{{os.getpgid(0)}} {{sys.stdin.read()!r}}')")
    play(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", unseen)
    group, keys = said.read_text().split()
    assert int(group) != os.getpgid(0)
    assert keys == "''"


@posix
def test_it_plays_outside_the_main_thread_as_well(bin_: Path) -> None:
    installed(bin_, ["mpv"])
    seen: list[float] = []
    thread = threading.Thread(target=play, args=(find_command(Path("a.mp3"), OTHERWISE), "a.mp3", seen.append))
    thread.start()
    thread.join()
    assert seen


@pytest.mark.parametrize("name", ["box-breathing", "mine.yaml", "x.YML", "", "mp3", "a.mp3/b"])
def test_what_is_no_audio_file_by_its_name_is_a_routine(name: str) -> None:
    assert find_sound(name) is None


def test_a_missing_file_is_reported_with_those_that_exist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("today.mp3", "today.txt"):
        (tmp_path / name).touch()
    assert find_sound("today.mp3") == Path("today.mp3")
    with pytest.raises(UnknownNameError, match=r"^no file is called 'todya.mp3'; did you mean 'today.mp3'\?$"):
        find_sound("todya.mp3")
    for name in ("nowhere/a.mp3", "a" * 5000 + ".mp3", "\0.mp3"):
        with pytest.raises(UnknownNameError, match="no file is called"):
            find_sound(name)


def test_a_file_of_ours_tells_what_is_heard_in_it(tmp_path: Path) -> None:
    timeline = (
        b'{"format": "voicecoach-timeline/1", "title": "Rest", "duration": 9, "phases": [], "chapters": [],'
        b'"cues": [{"start": 1, "end": 2, "track": "voice", "text": "Lie down"}]}'
    )
    path = tmp_path / "a.wav"
    path.write_bytes(find_asset("chime-end.wav").read_bytes())
    save_tags(path, FORMATS["wav"], replace(TAGS, timeline=json.loads(timeline)))
    found = read_recording(path)
    assert (found.title, found.duration, [each.text for each in found.words]) == ("Rest", 9, ["Lie down"])


@pytest.mark.parametrize("data", [b"", b"no sound at all", b"ID3\x03\x00\x00\x00\x00\x00\x00"])
def test_any_other_file_is_its_name(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a\x1b.mp3"
    path.write_bytes(data)
    assert read_recording(path) == PublicTimeline("a.mp3")


def test_the_length_of_any_other_file_is_known_if_it_says_so(tmp_path: Path) -> None:
    path = tmp_path / "chime.wav"
    path.write_bytes(find_asset("chime-end.wav").read_bytes())
    found = read_recording(path)
    assert found.title == "chime.wav"
    assert found.duration
    assert not found.has_content
