"""`voicecoach play` from what is typed to what is heard: the voice is a fake one, and so are the players."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from tests.app.test_player import fake
from tests.fakes import FakeVoice
from voicecoach.app import config, speaker
from voicecoach.app.cli import run
from voicecoach.app.player import INSTEAD
from voicecoach.app.speaker import Speaker
from voicecoach.system.assets import find_asset
from voicecoach.voices.cached import CachedVoice

pytestmark = pytest.mark.skipif(os.name != "posix", reason="players that are scripts")
SHORT = "title: Rest\nsteps:\n  - breathe: 1\n    in: In\n    out: Out\n"


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of one's own with a routine in it, no players, no settings, and a voice that needs no system."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "rest.yaml").write_text(SHORT)
    (tmp_path / "bell.wav").write_bytes(find_asset("chime-end.wav").read_bytes())
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr("voicecoach.system.folders.find_data", lambda: tmp_path / "data")
    monkeypatch.setattr(
        speaker, "find_speaker", lambda _request, _routine, folder: Speaker(CachedVoice(FakeVoice(), folder), "fake")
    )


def played(body: str = "") -> None:
    """Install a player that notes what it is given, and whether that is an MP3."""
    fake(
        Path("bin").absolute(),
        "mpv",
        f"path = sys.argv[-1]\nopen('played', 'a').write(path + chr(10))\nassert os.path.getsize(path)\n{body}",
    )


def test_a_routine_is_made_played_and_gone(capsys: pytest.CaptureFixture[str]) -> None:
    played("assert open(path, 'rb').read(3) == b'ID3'")
    before = {each.name for each in Path().iterdir()}
    assert run(["play", "rest.yaml", "--breath", "5-7", "--lead-in", "0s"]) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"Rest  \d:\d\d\n", out)
    assert err == ""
    assert {each.name for each in Path().iterdir()} == before | {"played", "cache"}
    assert not Path(Path("played").read_text().strip()).parent.exists()


def test_a_notice_is_heard_in_full_once(capsys: pytest.CaptureFixture[str]) -> None:
    Path("rest.yaml").write_text(f"notice: [Ask somebody who knows your health first., Stop if it hurts.]\n{SHORT}")
    played()

    def play(*options: str) -> str:
        assert run(["play", "rest.yaml", *options]) == 0
        return capsys.readouterr().out.split()[1]

    first, second = play(), play()
    assert first > second == play("--intro", "short") > play("--intro", "none")
    assert play("--intro", "full") == first
    Path("config.toml").write_text('intro = "full"\n')
    assert play() == first


def test_a_file_is_played_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    played()
    assert run(["play", "bell.wav"]) == 0
    assert capsys.readouterr().out.startswith("bell.wav  0:0")
    assert run(["play", "bell.wav", "--quiet"]) == 0
    assert capsys.readouterr() == ("", "")
    assert Path("played").read_text().splitlines() == [str(Path("bell.wav").absolute())] * 2


def test_a_terminal_sees_what_is_heard(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    played()
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert run(["play", "rest.yaml"]) == 0
    out = capsys.readouterr().out
    assert "\x1b[?25l" in out
    assert "Rest" in out
    assert re.search(r"-\d:\d\d", out), "the time that is left"
    assert out.rindex("\x1b[?25h") > out.rindex("\x1b[?25l"), "the cursor is there again"


@pytest.mark.parametrize(
    ("args", "status", "told"),
    [
        (["bell.wav"], 1, "no player is installed\ninstall mpv or ffmpeg (ffplay); or open bell.wav in any player\n"),
        (
            ["rest.yaml", "--breath", "9-9"],
            1,
            "no player is installed\ninstall mpv or ffmpeg (ffplay); or run 'voicecoach make rest.yaml'",
        ),
        (["bell.mp3"], 2, "no file is called 'bell.mp3'; did you mean 'bell.wav'?\n"),
        (["reste.yaml"], 2, "no file is called 'reste.yaml'; did you mean 'rest.yaml'"),
        (["bin"], 2, "'bin' is a folder"),
        (
            ["bell.wav", "--breath", "4-6"],
            2,
            "a file is played as it was made\nleave out --breath, or name a routine\n",
        ),
        (["bell.wav", "--side", "both"], 2, "a file is played as it was made\nleave out --side, or name a routine\n"),
        (["bell.wav", "--json"], 2, "No such option"),
    ],
)
def test_what_cannot_be_played_is_reported_before_any_work(
    args: list[str], status: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["play", *args]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"voicecoach: {told}")
    assert len(err.splitlines()) <= 3
    assert not Path("cache").exists()


def test_settings_for_all_commands_do_not_stop_a_file_from_being_played(capsys: pytest.CaptureFixture[str]) -> None:
    played()
    Path("config.toml").write_text('breath = "5-7"\n[play]\nquiet = true\n')
    assert run(["play", "bell.wav"]) == 0
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ("sys.exit('no sound card')", 1, "'Rest': mpv failed (status 1)\nno sound card\n" + INSTEAD + "\n"),
        ("os.kill(os.getppid(), signal.SIGINT); signal.pause()", 130, "stopped\n"),
    ],
)
def test_however_it_ends_nothing_is_left(body: str, status: int, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    played(body)
    assert run(["play", "rest.yaml", "--quiet"]) == status
    assert capsys.readouterr().err.lstrip("\n") == f"voicecoach: {told}"
    assert not Path(Path("played").read_text().strip()).exists()
