"""A few faults of each kind, done to the real program; scripts/run faults does two of these kinds by the hundred."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from scripts.faults import lying_worker
from tests.limits import limit_files
from voicecoach.app import piece_cache
from voicecoach.app.cli import run
from voicecoach.audio.ffmpeg_choice import choose_among
from voicecoach.system import cache, folders
from voicecoach.voices.supervisor import Worker
from voicecoach.voices.system import SystemVoice

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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

pytestmark = pytest.mark.usefixtures("_encode_once")


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


class Here:
    """Runs the program in a folder as `started` does, but in this process, which saves its start."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        for name in ("cache", "tmp", "made"):
            (folder / name).mkdir(exist_ok=True)
        (folder / "short.yaml").write_text(ROUTINE, encoding="utf-8")
        patch.setattr(folders, "find_cache", lambda: folder / "cache" / "voicecoach")
        patch.setattr(folders, "find_settings_file", lambda: folder / "none" / "config.toml")
        patch.setattr(tempfile, "tempdir", str(folder / "tmp"))
        patch.chdir(folder / "made")
        choose_among.cache_clear()  # what another process knows, this one must not
        self._capsys = capsys

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        """Run a command; return its status, and what it wrote."""
        status = run(list(arguments))
        return (status, *self._capsys.readouterr())


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Here:
    return Here(tmp_path, monkeypatch, capsys)


def unspoken(undisturbed: Path, folder: Path) -> None:
    """Give a folder the cache of the session that was made, but for the clips: the words are spoken again."""
    shutil.copytree(
        undisturbed / "cache", folder / "cache", ignore=shutil.ignore_patterns("*.clip"), dirs_exist_ok=True
    )


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (0, "")
    return out


def made(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "made").iterdir()}


@pytest.fixture(scope="module")
def undisturbed(once: Callable[[object, Callable[[Path], Path]], Path]) -> Path:
    """The folder of a session that was made where nothing goes wrong."""

    def make(folder: Path) -> Path:
        ended(started(folder, *MAKE))
        return folder

    return once("undisturbed", make)


@pytest.fixture(scope="module")
def alone(undisturbed: Path) -> bytes:
    """The session as it is made where nothing goes wrong."""
    return made(undisturbed)["a.mp3"]


# -- kill --

KILLED = "import os, signal\ndef killed(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
SPEAKING = """
from voicecoach.system import cache
write = cache.store
cache.store = lambda path, content: (killed if path.suffix == ".clip" else write)(path, content)
"""
NAMING = "os.fsync = killed"


@pytest.mark.skipif(sys.platform == "win32", reason="kills are those of POSIX")
def test_a_killed_run_leaves_the_old_file_and_the_next_is_as_ever_and_tidies_up(
    tmp_path: Path, undisturbed: Path, alone: bytes, here: Here
) -> None:
    unspoken(undisturbed, tmp_path)
    (tmp_path / "made" / "a.mp3").write_bytes(b"old")
    left = []
    for stage in (SPEAKING, NAMING):
        process = started(tmp_path, *MAKE, before=KILLED + stage)
        process.communicate(timeout=120)
        assert process.returncode == -signal.SIGKILL
        assert made(tmp_path)["a.mp3"] == b"old"
        left.append((len(made(tmp_path)), len(list((tmp_path / "tmp").iterdir()))))
    assert left == [(1, 1), (2, 0)]  # a working folder, then a draft
    assert here(*MAKE) == (0, "", "")
    assert made(tmp_path) == {"a.mp3": alone}


# -- crowd --


@pytest.mark.skipif(sys.platform == "win32", reason="locks are those of POSIX")
def test_two_at_once_make_what_each_makes_alone_and_share_what_they_speak(
    tmp_path: Path, undisturbed: Path, alone: bytes
) -> None:
    unspoken(undisturbed, tmp_path)
    arguments = ("make", "../short.yaml", "--json", "--verify")
    one = started(tmp_path, *arguments, "-o", "a.mp3")
    other = started(tmp_path, *arguments, "-o", "b.mp3", "--rounds", "2")
    spoken = [json.loads(process.communicate(timeout=120)[0])["synthesised"] for process in (one, other)]
    assert made(tmp_path)["a.mp3"] == alone
    assert sum(spoken) == len(list((tmp_path / "cache" / "voicecoach").glob("*/*.clip")))


# -- voice --


def kill_workers(patch: pytest.MonkeyPatch, times: int) -> None:
    """Kill a worker whenever it is asked to speak, for a number of times."""
    asked, left = Worker.ask, iter(range(times))

    def ask(self: Worker, request: Mapping[str, object], patience: float) -> dict[str, Any]:
        if request.get("do") == "say" and next(left, None) is not None:
            self._child.kill()
        return asked(self, request, patience)

    patch.setattr(Worker, "ask", ask)


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
def test_a_worker_that_is_killed_costs_nothing_and_twice_the_session(
    tmp_path: Path, undisturbed: Path, alone: bytes, here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    unspoken(undisturbed, tmp_path)
    with monkeypatch.context() as patch:
        kill_workers(patch, 2)
        status, out, err = here(*MAKE)
    assert (status, out, made(tmp_path)) == (1, "", {})
    assert err.startswith("voicecoach: the voice could not say '")
    assert err.splitlines()[1:] == ["its worker was killed by signal 9"]
    kill_workers(monkeypatch, 1)
    assert here(*MAKE) == (0, "", "")
    assert made(tmp_path) == {"a.mp3": alone}
    assert list((tmp_path / "tmp").iterdir()) == []


# -- cache --


def entries(folder: Path) -> dict[str, object]:
    """Return what each entry of the cache holds; None if it is damaged.

    The bytes of a piece tell which of its equal texts are one object in memory, and that differs between processes.
    """
    kept = folder / "cache" / "voicecoach"
    found = {path: cache.fetch_with_digest(path) for path in sorted(kept.glob("*/*"))}  # not those of the program
    contents = {path: each[0] if each else None for path, each in found.items()}
    return {
        path.relative_to(kept).as_posix(): _load_piece(content) if content and path.suffix == ".piece" else content
        for path, content in contents.items()
    }


def _load_piece(content: bytes) -> object:
    return piece_cache._Unpickler(io.BytesIO(content)).load()  # noqa: SLF001 - the reader, without its checks of files


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def _replace(path: Path, make: Callable[[Path], object]) -> None:
    path.unlink()
    make(path)


DAMAGES: list[Callable[[Path], object]] = [
    _flip,
    lambda path: os.truncate(path, path.stat().st_size // 2),
    lambda path: path.write_bytes(b""),
    lambda path: os.truncate(path, 20 * cache.LIMIT),
    lambda path: _replace(path, lambda place: place.symlink_to("/dev/zero")),
    lambda path: _replace(path, os.mkfifo),
    lambda path: path.with_suffix(".other").replace(path) if path.with_suffix(".other").exists() else path.unlink(),
]


@pytest.mark.skipif(sys.platform == "win32", reason="its faults are those of POSIX")
def test_a_cache_in_which_every_entry_is_damaged_gives_the_same_session_and_is_mended(
    tmp_path: Path, undisturbed: Path, here: Here
) -> None:
    shutil.copytree(undisturbed / "cache", tmp_path / "cache", dirs_exist_ok=True)
    whole = entries(tmp_path)
    assert {Path(name).suffix[1:] for name in whole} == set(cache.ENTRY_KINDS)
    names = sorted(whole, key=lambda name: Path(name).suffix)
    for name, damage in zip(names, cycle(DAMAGES)):
        damage(tmp_path / "cache" / "voicecoach" / name)
    assert not any(entries(tmp_path).values())
    assert here(*MAKE) == (0, "", "")
    assert made(tmp_path) == made(undisturbed)
    assert entries(tmp_path) == whole


def _removed_again_and_again(patch: pytest.MonkeyPatch) -> None:
    write = cache.store

    def store(path: Path, content: bytes) -> None:
        write(path, content)
        shutil.rmtree(path.parent.parent)

    patch.setattr(cache, "store", store)


def _on_a_full_disk(patch: pytest.MonkeyPatch) -> None:
    def write(path: Path, _content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        raise OSError(28, "No space left on device")

    patch.setattr(cache, "_write", write)


@pytest.mark.parametrize("fault", [_removed_again_and_again, _on_a_full_disk])
def test_whatever_becomes_of_the_cache_the_session_is_the_same(
    tmp_path: Path, alone: bytes, here: Here, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None]
) -> None:
    fault(monkeypatch)
    status, _, err = here(*MAKE)
    assert (status, made(tmp_path)) == (0, {"a.mp3": alone})
    assert "Traceback" not in err


# -- disk --


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")
@pytest.mark.parametrize("kind", ["m4a", "opus", "flac"])
def test_no_room_leaves_the_old_file_of_every_kind(tmp_path: Path, undisturbed: Path, here: Here, kind: str) -> None:
    shutil.copytree(undisturbed / "cache", tmp_path / "cache", dirs_exist_ok=True)
    (tmp_path / "made" / f"a.{kind}").write_bytes(b"old")
    with limit_files(60_000):
        status, out, err = here(*MAKE[:-1], f"a.{kind}")
    assert (status, out, made(tmp_path)) == (1, "", {f"a.{kind}": b"old"})
    assert "make room in" in err
    assert len(err.splitlines()) <= 3
    assert list((tmp_path / "tmp").iterdir()) == []
