"""A few faults of each campaign of scripts/faults; the campaigns do harm by the hundred."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import lying_worker
from voicecoach.voices.system import SystemVoice

ROUTINE = """\
title: Short stretch
language: en
breath: 2-3
sides:
  left: {leg: left leg}
  right: {leg: right leg}
steps:
  - each side:
      rounds: 1
      steps:
        - breathe: 1
          in: Breathe in, long {leg} | In
          out: Breathe out | Out
"""
PROGRAM = "from voicecoach.__main__ import main; main()"
CALM = "Sit tall, and let your shoulders become soft and heavy."
MAKE = ("make", "../short.yaml", "--quiet", "-o", "a.mp3")


def started(folder: Path, *arguments: str, before: str = "") -> subprocess.Popen[str]:
    """Start the program in a folder, with a cache and a place for temporary files in it; ``before`` is run first."""
    for name in ("cache", "tmp", "made"):
        (folder / name).mkdir(exist_ok=True)
    (folder / "short.yaml").write_text(ROUTINE, encoding="utf-8")
    own = {"XDG_CACHE_HOME": folder / "cache", "XDG_CONFIG_HOME": folder / "none", "TMPDIR": folder / "tmp"}
    return subprocess.Popen(
        [sys.executable, "-c", f"{before}\n{PROGRAM}", *arguments],
        cwd=folder / "made",
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), **{name: str(own[name]) for name in own}},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    return out


def made(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "made").iterdir()}


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The session as it is made where nothing goes wrong."""
    folder = tmp_path_factory.mktemp("alone")
    ended(started(folder, *MAKE))
    return made(folder)["a.mp3"]


# -- kill --

KILLED = "import os, signal\ndef killed(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
SPEAKING = """
from voicecoach.system import cache
write = cache.write
cache.write = lambda path, content: (killed if path.suffix == ".clip" else write)(path, content)
"""
NAMING = "os.fsync = killed"


@pytest.mark.skipif(sys.platform == "win32", reason="kills are those of POSIX")
def test_a_killed_run_leaves_the_old_file_and_the_next_is_as_ever_and_tidies_up(tmp_path: Path, alone: bytes) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "a.mp3").write_bytes(b"old")
    left = []
    for stage in (SPEAKING, NAMING):
        process = started(tmp_path, *MAKE, before=KILLED + stage)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        assert made(tmp_path)["a.mp3"] == b"old"
        left.append((len(made(tmp_path)), len(list((tmp_path / "tmp").iterdir()))))
    assert left == [(1, 1), (2, 0)]  # a working folder, then a draft
    ended(started(tmp_path, *MAKE))
    assert made(tmp_path) == {"a.mp3": alone}


# -- crowd --


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_two_at_once_make_what_each_makes_alone_and_share_what_they_speak(tmp_path: Path, alone: bytes) -> None:
    arguments = ("make", "../short.yaml", "--json", "--verify")
    one = started(tmp_path, *arguments, "-o", "a.mp3")
    other = started(tmp_path, *arguments, "-o", "b.mp3", "--rounds", "2")
    spoken = [json.loads(process.communicate(timeout=120)[0])["synthesised"] for process in (one, other)]
    assert made(tmp_path)["a.mp3"] == alone
    assert sum(spoken) == len(list((tmp_path / "cache" / "voicecoach").glob("*/*.clip")))


# -- voice --

WORKER_KILLED = """
from voicecoach.voices.supervisor import Worker
asked, times = Worker._asked, iter(range({times}))
def ask(self, request, patience):
    if request.get("do") == "say" and next(times, None) is not None:
        self._process.kill()
    return asked(self, request, patience)
Worker._asked = ask
"""


@pytest.mark.skipif(sys.platform != "linux", reason="there a worker is good for more than one phrase")
def test_a_worker_that_lies_is_not_believed(tmp_path: Path) -> None:
    drawn = ((each, lying_worker.drawn(2, each, 0), lying_worker.drawn(2, each, 1)) for each in map(str, range(999)))
    lies = {first: wording for wording, first, second in drawn if first and not second}
    wanted = ("is killed", "answers twice", "floods stderr", "cuts the file", "states another rate")
    wordings = [lies[each] for each in (*wanted, "makes a folder of the file")]
    script = Path(lying_worker.__file__)
    lying = (sys.executable, "-P", str(script), str(tmp_path), "2")
    voices = (
        SystemVoice("gmw/en-us", CALM, folder=tmp_path),
        SystemVoice("gmw/en-us", CALM, folder=tmp_path, command=lying),
    )
    honest, heard = (list(voice.speak(wordings)) for voice in voices)
    assert heard == honest
    tries = [lying_worker.noted(tmp_path, each).read_text().splitlines() for each in wordings]
    assert sum(each[1:] == ["honest"] for each in tries) >= len(wordings) - 2


@pytest.mark.skipif(sys.platform == "win32", reason="kills are those of POSIX")
def test_a_worker_that_is_killed_costs_nothing_and_twice_the_session(tmp_path: Path, alone: bytes) -> None:
    process = started(tmp_path, *MAKE, before=WORKER_KILLED.format(times=2))
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out, made(tmp_path)) == (1, "", {})
    assert err.startswith("voicecoach: the voice could not say '")
    assert err.splitlines()[1:] == ["its worker was killed by signal 9"]
    ended(started(tmp_path, *MAKE, before=WORKER_KILLED.format(times=1)))
    assert made(tmp_path) == {"a.mp3": alone}
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="its faults are those of POSIX")
@pytest.mark.parametrize(("campaign", "count"), [("cache", 2), ("disk", 1)])
def test_a_few_faults_of_a_damaged_cache_and_of_a_full_disk_break_no_promise(campaign: str, count: int) -> None:
    faults = Path(__file__).parents[2] / "scripts" / "faults.py"
    command = [sys.executable, str(faults), campaign, "--count", str(count), "--seed", "1"]
    own = {**os.environ, "PYTHONPATH": str(faults.parent.parent)}
    done = subprocess.run(command, env=own, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert f"{campaign}: {count} faults" in done.stdout
