"""Children end with all that they started, however we are left; what they write is bounded; a failure is a value."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from tests.processes import is_gone
from voicecoach.system import process, signals
from voicecoach.system.process import (
    NOTHING,
    PIPE,
    Child,
    NotStartedError,
    Tail,
    find_full_disk,
    run_child,
    start_child,
)

if TYPE_CHECKING:
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="signals and process groups")
WAITING = "import signal; signal.pause()"
PARENT = f"""
import os, subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {WAITING!r}])
os.write(1, f"{{child.pid}}\\n".encode())
"""


def python(code: str) -> list[str]:
    return [sys.executable, "-S", "-c", code]


def test_a_run_returns_what_the_program_wrote_and_how_it_ended() -> None:
    code = "import sys; sys.stderr.write('so so'); sys.stdout.write(sys.stdin.read()[::-1]); sys.exit(3)"
    done = run_child(python(code), b"abc" * 100_000)
    assert (done.status, done.stdout, done.stderr) == (3, b"cba" * 100_000, "so so")


@posix
def test_a_run_that_takes_too_long_is_killed() -> None:
    with pytest.raises(TimeoutError, match=r"no answer in 0.2 s"):
        run_child(python(WAITING), seconds=0.2)


def test_a_program_that_is_not_there_is_an_error_with_the_systems_words(tmp_path: Path) -> None:
    with pytest.raises(NotStartedError) as caught:
        run_child([str(tmp_path / "nothing")])
    assert caught.value.strerror == "No such file or directory"
    assert isinstance(caught.value, OSError)


@posix
@pytest.mark.parametrize("leaving", [KeyboardInterrupt, SystemExit, ZeroDivisionError, GeneratorExit])
def test_however_the_block_is_left_the_child_and_what_it_started_end(leaving: type[BaseException]) -> None:
    pids: list[int] = []

    def work() -> None:
        with start_child(python(PARENT + WAITING), stdout=PIPE) as child:
            assert child.stdout is not None
            pids.extend([child._process.pid, int(child.stdout.readline())])  # noqa: SLF001 - to see that it is gone
            raise leaving

    with pytest.raises(leaving):
        work()
    with pytest.raises(ChildProcessError):  # it was waited for: no zombie
        os.waitpid(pids[0], os.WNOHANG)
    assert all(map(is_gone, pids))


@posix
def test_what_a_child_leaves_running_at_its_end_ends_with_it() -> None:
    with start_child(python(PARENT + "os._exit(7)"), stdout=PIPE) as child:
        assert child.stdout is not None
        left = int(child.stdout.readline())
        assert child.wait() == 7
        assert is_gone(left)
        assert child.wait_for(0) == 7


@posix
def test_a_wait_with_a_limit_says_whether_the_child_still_runs() -> None:
    with start_child(python(f"import os; os.write(1, b'.'); {WAITING}"), stdout=PIPE) as child:
        assert child.wait_for(0) is None
        assert child.wait_for(0.01) is None
        child.kill()
        assert child.wait() == -signal.SIGKILL
        child.kill()  # of one that is gone, nothing else is killed


@posix
def test_a_child_is_killed_while_another_thread_waits_for_it() -> None:
    statuses: list[int] = []
    with start_child(python(WAITING)) as child:
        thread = threading.Thread(target=lambda: statuses.append(child.wait()))
        thread.start()
        process.kill_all()
        thread.join()
    assert statuses == [-signal.SIGKILL]
    assert not process._running  # noqa: SLF001 - nothing is kept of it


@posix
def test_a_signal_that_comes_while_a_child_starts_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[Child] = []
    create = Child.__init__

    def interrupted(self: Child, *args: object, **settings: object) -> None:
        create(self, *args, **settings)  # type: ignore[arg-type] # whatever it is given
        started.append(self)
        signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr("voicecoach.system.signals._state.installed", True)  # as in the program
    monkeypatch.setattr(Child, "__init__", interrupted)
    monkeypatch.setattr(signals._state, "installed", True)  # noqa: SLF001 - as in the program, without its handlers
    with pytest.raises(KeyboardInterrupt), start_child(python(WAITING)):
        pytest.fail("the signal is lost")
    assert started[0].wait_for(0) == -signal.SIGKILL


def test_a_signal_that_came_before_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped() -> None:
        raise signals.Stopped

    monkeypatch.setattr(signals, "raise_pending", stopped)
    with pytest.raises(signals.Stopped), start_child([]):
        pytest.fail("it was started")


@posix
def test_the_terminals_ctrl_c_does_not_reach_a_child() -> None:
    assert int(run_child(python("import os; print(os.getpgid(0))")).stdout) != os.getpgid(0)


def test_a_tail_keeps_the_end_of_whatever_comes() -> None:
    code = "import os; [os.write(2, b'x' * 100_000 + b'\\n') for _ in range(20)]; os.write(2, b'the end')"
    with start_child(python(code), stderr=PIPE) as child:
        text = Tail(child.stderr).text()
    assert text.endswith("xxx\nthe end")
    assert len(text) <= 10_000


def test_a_tail_of_nothing_is_empty() -> None:
    assert Tail(None).text() == ""


def test_who_does_not_read_is_found_out_by_writing() -> None:
    with start_child(python("import os; os.close(0); os.write(1, b'.'); input()"), stdin=PIPE, stdout=PIPE) as child:
        assert child.stdout is not None
        child.stdout.read(1)
        assert not child.write(b"x")
        child.end_input()


def test_a_full_disk_is_known_by_the_systems_words_or_by_the_status() -> None:
    full = "no space left on device"
    assert find_full_disk("x: No space left on device\n") == full
    assert find_full_disk("", 256 - 28) == full
    assert find_full_disk("no space in between", 1) == ""
    if hasattr(signal, "SIGXFSZ"):
        assert find_full_disk("", -signal.SIGXFSZ) == "file too large"


def test_streams_that_nobody_wants_go_nowhere() -> None:
    with start_child(python("print(input())"), stdin=NOTHING) as child:
        assert (child.stdin, child.stdout, child.stderr) == (None, None, None)
        assert child.write(b"")
        assert child.wait() == 1
