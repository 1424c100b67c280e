"""The command as the shell sees it: real processes, the real voice, and an encoder that misbehaves on demand."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ffmpegs import break_ffmpeg, write_ffmpeg
from tests.spoken import VOICE
from voicecoach.app import cli
from voicecoach.app.piece_cache import Source, cache_cover
from voicecoach.system import folders

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP = Path(__file__).parent.parent.parent
START = "import runpy; runpy.run_module('voicecoach', run_name='__main__')"
IMPORTED = """
import sys
from voicecoach.app import cli
for line in sys.stdin:
    status = cli.run(line.split())
    imported = sorted({name.partition(".")[0] for name in sys.modules})
    print(status, *imported, file=sys.stderr)
"""
"""Runs a command a line, and prints what is imported by then."""
UNPRIVILEGED = f"""
import ctypes, os, sys
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24
if os.geteuid() == 0:  # tests often run as root, who may do all; another user could not read this checkout
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        assert ctypes.CDLL(None).prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) == 0
os.execv(sys.executable, [sys.executable, "-c", {IMPORTED!r}])
"""
ENCODING, SPEAKING = "libmp3lame", "ebur128"

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals, permissions and shells as POSIX has them")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where speech is kept, so that each wording is spoken once in all of these tests."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A folder with a routine that says what no other test has said, and an earlier file."""
    spoken = "".join(letter if letter.isalnum() else " " for letter in request.node.name)
    (tmp_path / "calm.yaml").write_text(f"title: Calm\nsteps:\n  - say: This is {spoken}.\n  - breathe: 1\n")
    (tmp_path / "calm.mp3").write_bytes(b"earlier")
    return tmp_path


@pytest.fixture
def known(folder: Path, home: Path) -> None:
    """Let the routine be read and its cover be drawn here already, which takes half of a cold start."""
    cache_cover(Source(str(folder / "calm.yaml"), None, home / "cache" / "voicecoach"))


def environment(home: Path, **more: str) -> dict[str, str]:
    there = {name: value for name, value in os.environ.items() if not name.startswith("VOICECOACH_")}
    folders = {"XDG_CACHE_HOME": str(home / "cache"), "XDG_CONFIG_HOME": str(home / "config")}
    return {**there, "PYTHONPATH": str(TOP), "VOICECOACH_VOICE": VOICE, **folders, **more}


def run(
    folder: Path, home: Path, *args: str, env: Mapping[str, str] | None = None, start: str = START, given: str = ""
) -> tuple[int, str, str]:
    """Run a command to its end in a folder, and return its status and what it said."""
    command = [sys.executable, "-c", start, *args]
    done = subprocess.run(
        command,
        input=given,
        cwd=folder,
        env=environment(home, **(env or {})),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout, done.stderr


def shell(folder: Path, home: Path, script: str) -> tuple[int, str, str]:
    """Run a line of shell, in which ``$voicecoach`` is the command."""
    command = home / "voicecoach.sh"  # the Python may lie in a folder with a space in its name
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m voicecoach "$@"\n')
    command.chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", "-c", f"voicecoach={command}; {script}"],
        cwd=folder,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


Here = Callable[..., tuple[int, str, str]]
"""Runs a command as `run` does, but in this process, which saves its start; returns its status and what it said."""


@pytest.fixture
def here(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(folders, "find_cache", lambda: home / "cache" / "voicecoach")
    monkeypatch.setattr(folders, "find_settings_file", lambda: home / "config" / "voicecoach" / "config.toml")

    def run_here(*args: str) -> tuple[int, str, str]:
        status = cli.run(list(args))
        return (status, *capsys.readouterr())

    return run_here


def unhurt(folder: Path) -> bool:
    """Return whether the earlier file is as it was, and nothing was left beside it."""
    names = {path.name for path in folder.iterdir()} - {"bin"}
    return names == {"calm.yaml", "calm.mp3"} and (folder / "calm.mp3").read_bytes() == b"earlier"


def misbehaving(folder: Path, when: str, how: str) -> dict[str, str]:
    """Return what chooses an ffmpeg that does ``how`` when its arguments contain ``when``."""
    (folder / "bin").mkdir()
    return {"VOICECOACH_FFMPEG": str(write_ffmpeg(folder / "bin", when, how))}


def test_a_session_is_made_and_its_speech_is_reused(folder: Path, home: Path, here: Here) -> None:
    status, out, err = run(folder, home, "make", "calm.yaml")
    assert (status, err) == (0, "")
    assert out.startswith("calm.mp3 is ready: 0:")
    first = (folder / "calm.mp3").read_bytes()
    status, out, _ = here("make", "calm.yaml", "--verbose")
    assert "\n  0 phrases synthesised, 3 reused\n" in out
    assert (folder / "calm.mp3").read_bytes() == first


def test_what_is_known_is_made_with_few_libraries(folder: Path, home: Path, here: Here) -> None:
    commands: list[tuple[str, set[str]]] = [
        ("--help", set()),
        ("list", set()),
        ("show leg-stretch", set()),
        ("schema", set()),
        ("voices", set()),
        ("plan calm.yaml --breath 5-7", set()),
        ("make calm.yaml --breath 4-6", {"mutagen"}),
    ]
    here("make", "calm.yaml", "--breath", "4-6")
    here("voices")
    lines = "".join(f"{line}\n" for line, _ in commands)
    _, _, err = run(folder, home, start=IMPORTED, given=lines)
    slow = {"pydub", "pyttsx3", "rich", "mutagen", "pydantic", "ruamel", "PIL", "subprocess", "concurrent", "tomllib"}
    for (line, needed), said in zip(commands, err.splitlines(), strict=True):
        status, *imported = said.split()
        assert (line, status, set(imported) & slow) == (line, "0", needed)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize(("when", "signal", "status"), [(SPEAKING, "INT", 130), (ENCODING, "TERM", 143)])
def test_who_stops_it_finds_everything_as_it_was(folder: Path, home: Path, when: str, signal: str, status: int) -> None:
    """The encoder signals its parent and hangs: the work is stopped in its middle, and no process is left behind."""
    env = misbehaving(folder, when, f': > "{folder}/bin/$$.pid"; kill -{signal} $PPID; exec sleep 600')
    found, out, err = run(folder, home, "make", "calm.yaml", env=env)
    assert (found, out, err.strip()) == (status, "", "voicecoach: stopped; nothing was written")
    assert unhurt(folder)
    started = [int(path.stem) for path in (folder / "bin").glob("*.pid")]
    assert started
    for each in started:
        with pytest.raises(ProcessLookupError):
            os.kill(each, 0)


@pytest.mark.parametrize("when", [SPEAKING, ENCODING])
def test_an_encoder_that_fails_is_told_in_its_own_words(
    folder: Path, here: Here, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    (folder / "bin").mkdir()
    break_ffmpeg(folder / "bin", monkeypatch, when, "echo 'Unknown encoder' >&2; exit 3")
    status, out, err = here("make", "calm.yaml")
    assert (status, out) == (1, "")
    assert err.startswith("voicecoach: ")
    assert f"({folder / 'bin' / 'ffmpeg'}) failed (status 3)\nUnknown encoder\nset VOICECOACH_FFMPEG to another" in err
    assert unhurt(folder)


@pytest.mark.usefixtures("known")
def test_a_full_disk_is_told_and_the_earlier_file_stays(folder: Path, home: Path, here: Here) -> None:
    assert here("plan", "calm.yaml")[0] == 0  # all is spoken, so the track is what has no room
    status, out, err = shell(
        folder, home, "ulimit -f 8; export PYTHONDONTWRITEBYTECODE=1; exec $voicecoach make calm.yaml"
    )
    assert (status, out) == (1, "")
    assert err.splitlines()[0].startswith("voicecoach: ")
    assert len(err.splitlines()) <= 3
    assert unhurt(folder)


@pytest.mark.usefixtures("known")
def test_a_folder_or_file_without_permission_is_told(folder: Path, home: Path) -> None:
    (folder / "locked").mkdir(mode=0o555)
    (folder / "unread.yaml").touch(0)
    lines = "make calm.yaml -o locked --quiet\nplan unread.yaml\n"
    _, out, err = run(folder, home, start=UNPRIVILEGED, given=lines)
    told = [line for line in err.splitlines() if line.startswith("voicecoach: ")]
    assert out == ""
    remedy = "change its permissions, or choose another"
    assert told == [
        "voicecoach: locked/calm.mp3: no permission to write to locked; choose another folder with -o",
        f"voicecoach: unread.yaml:1:1: the file can't be read: permission denied; {remedy}",
    ]
    assert [line[0] for line in err.splitlines() if line not in told] == ["1", "2"]  # the status of each
    assert not list((folder / "locked").iterdir())


@pytest.mark.usefixtures("known")
def test_who_has_seen_enough_hears_no_complaint(folder: Path, home: Path) -> None:
    for command in ("list", "plan calm.yaml --json"):
        _, out, err = shell(folder, home, f"$voicecoach {command} | head -n 1")
        assert len(out.splitlines()) == 1
        assert err == ""


@pytest.mark.parametrize(
    ("script", "status", "said"),
    [
        ("$voicecoach list <&-", 0, ""),
        ("$voicecoach list >&-", 1, "voicecoach: standard output can't be written: it is closed\n"),
        ("$voicecoach lst 2>&-", 2, ""),
        (
            "$voicecoach record box-breathing --list >/dev/full",
            1,
            "voicecoach: standard output can't be written: no space left on device\n",
        ),
        ("$voicecoach list >/dev/full", 1, "voicecoach: standard output can't be written: no space left on device\n"),
        ("env -u HOME -u XDG_CACHE_HOME -u XDG_CONFIG_HOME $voicecoach list >/dev/null", 0, ""),
        ("PYTHONIOENCODING=latin-1 $voicecoach plan ж.yaml", 2, "voicecoach: no file is called '\\u0436.yaml'"),
    ],
)
def test_it_copes_with_what_a_shell_may_do(folder: Path, home: Path, script: str, status: int, said: str) -> None:
    found, _, err = shell(folder, home, script)
    assert found == status
    assert err.startswith(said)
    assert "Exception ignored" not in err
    assert len(err.splitlines()) <= 3


def test_speech_that_can_not_be_kept_is_a_warning(here: Here, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "find_cache", lambda: Path("/dev/null/none"))
    status, _, err = here("plan", "calm.yaml")
    assert status == 0
    assert err.startswith("voicecoach: ")
    assert "can't be kept in" in err
