"""Commands that speak, from the settings to the file: those that this machine has, and what becomes of them."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import pytest

from tests.loudness import loudness
from voicecoach.voices.command.definition import read_definition
from voicecoach.voices.command.voice import KIND
from voicecoach.voices.port import Settings
from voicecoach.voices.testing import VoiceContract

if TYPE_CHECKING:
    from collections.abc import Callable

    from voicecoach.voices.command.voice import CommandVoice

T = TypeVar("T")
DOCUMENTED = (Path(__file__).parents[2] / "docs" / "voices.md").read_text(encoding="utf-8")
COMMANDS = {
    name: given
    for block in re.findall(r"```toml\n(.*?)```", DOCUMENTED, re.DOTALL)
    for name, given in tomllib.loads(block).get("commands", {}).items()
}
HERE = [name for name in COMMANDS if shutil.which(COMMANDS[name]["run"][0])]
SENTENCE = "Sit tall, breathe out slowly, and let your shoulders become soft."


def settings(folder: Path, rate: int | None = None) -> Settings:
    return Settings("en", SENTENCE, folder / "cache", rate=rate, commands=COMMANDS)


def test_all_documented_commands_are_well_defined() -> None:
    assert {"flite", "say", "rhvoice", "festival", "espeak"} <= COMMANDS.keys()
    for name in COMMANDS:
        assert read_definition(name, COMMANDS).languages


@pytest.mark.parametrize("name", HERE)
def test_a_documented_command_speaks(tmp_path: Path, name: str) -> None:
    long, short = KIND.find_voice(name, settings(tmp_path)).speak([SENTENCE, "In"])
    assert 2 < long.seconds < 8
    assert 0.1 < short.seconds < 1
    assert loudness(long) == pytest.approx(-18, abs=1)


@pytest.mark.skipif("flite" not in HERE, reason="flite is not installed")
class TestFlite(VoiceContract):
    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def voice(self) -> CommandVoice:
        return KIND.find_voice("flite", settings(self.folder))


@pytest.mark.skipif(sys.platform != "linux", reason="folders as Linux has them")
def test_nothing_is_left_when_a_session_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "voicecoach").mkdir()
    (tmp_path / "tmp").mkdir()
    hang = f"import os, pathlib, signal; pathlib.Path({str(tmp_path)!r}, str(os.getpid())).touch(); signal.pause()"
    settings = f"[commands.hang]\nrun = {[sys.executable, '-c', hang]!r}\n"
    (tmp_path / "voicecoach" / "config.toml").write_text(settings, encoding="utf-8")
    home = {**os.environ, **dict.fromkeys(("XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(tmp_path))}
    make = [sys.executable, "-m", "voicecoach", "make", "box-breathing", "--voice", "command:hang", "-o", str(tmp_path)]
    session = subprocess.Popen(
        make, env={**home, "TMPDIR": str(tmp_path / "tmp")}, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2]
    )
    (started,) = awaited(lambda: [path.name for path in tmp_path.iterdir() if path.name.isdigit()])
    session.send_signal(signal.SIGTERM)
    _, err = session.communicate(timeout=20)
    assert session.returncode == 128 + signal.SIGTERM
    assert b"Traceback" not in err
    assert awaited(lambda: not Path(f"/proc/{started}").exists() or "Z" in Path(f"/proc/{started}/stat").read_text())
    assert not list((tmp_path / "tmp").iterdir())
    assert not list(tmp_path.glob("*.mp3"))


def awaited(what: Callable[[], T]) -> T:
    """Return what comes of a question as soon as it is something, within 20 s."""
    end = time.monotonic() + 20
    while not (found := what()) and time.monotonic() < end:
        os.sched_yield()
    return found
