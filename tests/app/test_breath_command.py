"""`voicecoach breath`, from a file of times, and on a terminal where somebody taps; no test waits for a breath."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate, cycle, islice
from pathlib import Path
from select import select
from typing import TYPE_CHECKING

import pytest

from voicecoach.app import config
from voicecoach.app.cli import cli, run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

TOP = Path(__file__).parents[2]
posix = pytest.mark.skipif(os.name != "posix", reason="terminals as POSIX has them")
STEADY = "0\n10\n20.2\n30\n39.8\n60\n70\n80.1\n"
START = """
import fcntl, pathlib, sys, termios, types
from voicecoach.app import cli, config, measuring
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
times = iter({times})
measuring.time = types.SimpleNamespace(monotonic=lambda: next(times))
config.file = lambda: pathlib.Path({settings!r})
sys.argv = ["voicecoach", "breath", *{args}]
sys.exit(cli.main())
"""


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VOICECOACH_BREATH", raising=False)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "settings" / "config.toml")
    (tmp_path / "times.txt").write_text(STEADY)


def test_what_is_printed_is_what_breath_takes(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["breath", "--times", "times.txt"]) == 0
    out, err = capsys.readouterr()
    assert out == "4-6\n"
    assert err.splitlines() == [
        "voicecoach: 6.0 breaths a minute; the median of 6 breaths, the last 5 all within 15 % of it",
        "voicecoach: left out: 1 missed tap",
    ]
    assert not config.file().exists(), "nothing is saved that nobody asked for"


def test_the_ratio_splits_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["breath", "--times", "times.txt", "--ratio", "1:1"]) == 0
    assert capsys.readouterr().out == "5-5\n"


def test_programs_get_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["breath", "--times", "times.txt", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["breath"] == "4-6"
    assert said["missed"] == 1


def test_the_times_of_phases_say_so_themselves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "phases.txt").write_text("in 0\nout 4.2\nin 10\nout 14.2\nin 20\nout 24.3\nin 30\n")
    assert run(["breath", "--times", "phases.txt"]) == 0
    assert capsys.readouterr().out == "4.2-5.8\n"


def test_it_is_saved_as_the_default_that_make_and_plan_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["breath", "--times", "times.txt", "--save"]) == 0
    assert capsys.readouterr().err.splitlines()[-1] == f"voicecoach: saved in {config.file()}"
    assert config.file().read_text() == 'breath = "4-6"\n'
    assert config.read_defaults(cli.commands, "plan")["breath"] == "4-6"
    assert run(["breath", "--times", "times.txt", "--save"]) == 0, "the command of the same name does not mind"


def test_what_comes_before_the_default_is_reported(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    config.file().parent.mkdir()
    config.file().write_text('[make]\nbreath = "5-5"\n')
    monkeypatch.setenv("VOICECOACH_BREATH", "3-3")
    assert run(["breath", "--times", "times.txt", "--save"]) == 0
    assert capsys.readouterr().err.splitlines()[-2:] == [
        "voicecoach: [make] in it has its own breath, which overrides this",
        "voicecoach: the variable VOICECOACH_BREATH overrides it",
    ]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("", "there is no terminal to tap on\ngive the times of the taps with --times FILE"),
        ("--phases", "there is no terminal to tap on"),
        ("--times nowhere.txt", "nowhere.txt: the times can't be read: no such file or directory"),
        ("--times .", ".: the times can't be read: is a directory"),
        ("--times few.txt", "too few taps: 3 breaths are needed, and 1 could be timed"),
        ("--times back.txt", "back.txt:2: 3 s is not after 4 s"),
        ("--times nan.txt", "nan.txt:1: 'nan' is not a time"),
        ("--times times.txt --ratio 0:1", "Invalid value for '--ratio': '0:1' is not a ratio"),
        ("--times times.txt --phases --ratio 1:1", "--ratio splits a breath of one tap"),
        ("--times phases.txt --ratio 1:1", "--ratio splits a breath of one tap"),
    ],
)
def test_a_wrong_command_is_reported_with_status_2(
    args: str, expected: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in (("few", "1\n2\n"), ("back", "4\n3\n"), ("nan", "nan\n"), ("phases", "in 0\nout 4\n")):
        (tmp_path / f"{name}.txt").write_text(text)
    assert run(["breath", *args.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"voicecoach: {expected}")
    assert len(err.splitlines()) <= 3


def test_a_breath_that_cannot_be_saved_is_still_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "config.toml").write_text('[breath]\nratio = "1:2"\n')
    assert run(["breath", "--times", "times.txt", "--save"]) == 2
    out, err = capsys.readouterr()
    assert out == "3.3-6.7\n"
    assert "'breath' has no line of its own in it" in err


@dataclass
class Somebody:
    """Sits at a terminal before the program, and taps when the program has shown the tap before."""

    process: subprocess.Popen[bytes]
    handle: int
    program: int
    found: Sequence[object]
    unread: str = ""

    def sees(self, text: str, patience: float = 20) -> None:
        """Read until a text is there, and forget all up to its end."""
        while text not in self.unread:
            if not select([self.handle], [], [], patience)[0]:
                raise TimeoutError(f"{text!r} does not come after {self.unread!r}")
            self.unread += os.read(self.handle, 4096).decode()
        self.unread = self.unread.split(text, 1)[1]

    def types(self, keys: str) -> None:
        os.write(self.handle, keys.encode())

    def taps(self, count: int) -> None:
        """Tap so many breaths, and see each of them."""
        self.sees("0 taps so far")
        for number in range(count + 1):
            self.types(" ")
            self.sees("1 tap so far" if number == 0 else f"{number} breath")

    def interrupts(self, text: str) -> None:
        """Press Ctrl-C until a text is there: a signal just before the program waits for a key comes with the next."""
        for _ in range(10):
            self.types("\x03")
            with suppress(TimeoutError):
                return self.sees(text, patience=2)
        raise TimeoutError(text)

    def finds_the_terminal_as_it_was(self) -> bool:
        """Return whether the terminal has the modes that it had before the program started."""
        return read_modes(self.program) == self.found

    def leaves(self) -> tuple[int, str]:
        """Wait for the end, and return the status and what was printed."""
        out, _ = self.process.communicate(timeout=20)
        return self.process.returncode, out.decode().rstrip(" ")  # older versions of click leave a space there


def read_modes(handle: int) -> Sequence[object]:
    import termios

    return termios.tcgetattr(handle)


@pytest.fixture
def sit() -> Iterator[Callable[..., Somebody]]:
    """Start the program on a terminal; its clock goes on by the given seconds at each key, in turns."""
    there: list[Somebody] = []

    def start(*args: str, gaps: tuple[float, ...] = (10,), term: str = "xterm") -> Somebody:
        handle, program = os.openpty()
        times = list(accumulate(islice(cycle(gaps), 60), initial=0.0))
        found = read_modes(program)
        code = START.format(times=times, settings=str(config.file()), args=list(args))
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=program,
            stdout=subprocess.PIPE,
            stderr=program,
            env={**os.environ, "PYTHONPATH": str(TOP), "TERM": term, "COLUMNS": "200"},
            start_new_session=True,
        )
        there.append(Somebody(process, handle, program, found))
        return there[-1]

    yield start
    for each in there:
        each.process.kill()
        each.process.communicate()
        os.close(each.handle)
        os.close(each.program)


@posix
def test_taps_that_agree_end_it_and_yes_saves_it(sit: Callable[..., Somebody]) -> None:
    somebody = sit()
    somebody.taps(5)
    somebody.types(" ")
    somebody.sees("6.0 breaths a minute; the median of 6 breaths, the last 5 all within 15 % of it")
    somebody.sees("Make it your default breath? [y/N]:")
    assert somebody.finds_the_terminal_as_it_was()
    somebody.types("y\n")
    assert somebody.leaves() == (0, "4-6\n")
    assert tomllib.loads(config.file().read_text()) == {"breath": "4-6"}


@posix
def test_without_a_yes_nothing_is_saved(sit: Callable[..., Somebody]) -> None:
    somebody = sit("--ratio", "1:1")
    somebody.taps(3)
    somebody.types("q")
    somebody.sees("too few to know whether they agree")
    somebody.sees("[y/N]:")
    somebody.types("\n")
    assert somebody.leaves() == (0, "5-5\n")
    assert not config.file().exists()


@posix
def test_phases_are_tapped_by_turns_and_saved_without_a_question(sit: Callable[..., Somebody]) -> None:
    somebody = sit("--phases", "--save", gaps=(4.2, 5.8))
    somebody.sees("next: inhale")
    for following in ["exhale", "inhale"] * 6:
        somebody.types(" ")
        somebody.sees(f"next: {following}")
    somebody.types(" ")
    assert somebody.leaves() == (0, "4.2-5.8\n")
    assert config.file().read_text() == 'breath = "4.2-5.8"\n'


@posix
def test_a_terminal_that_can_take_nothing_back_is_served_line_by_line(sit: Callable[..., Somebody]) -> None:
    somebody = sit("--no-save", term="dumb")
    somebody.sees("Tap the space bar")
    somebody.taps(5)
    somebody.types(" ")
    assert somebody.leaves() == (0, "4-6\n")


@posix
def test_programs_are_not_asked(sit: Callable[..., Somebody]) -> None:
    somebody = sit("--json")
    somebody.taps(4)
    somebody.types("\r")
    status, out = somebody.leaves()
    assert (status, json.loads(out)["breath"]) == (0, "4-6")


@posix
def test_ending_it_too_early_is_reported(sit: Callable[..., Somebody]) -> None:
    somebody = sit()
    somebody.taps(1)
    somebody.types("\n")
    somebody.sees("voicecoach: too few taps: 3 breaths are needed, and 1 could be timed")
    assert somebody.leaves() == (2, "")
    assert somebody.finds_the_terminal_as_it_was()


@posix
@pytest.mark.parametrize("when", ["while tapping", "at the question"])
def test_ctrl_c_stops_it_and_leaves_the_terminal_as_it_was(when: str, sit: Callable[..., Somebody]) -> None:
    somebody = sit()
    somebody.taps(3)
    if when == "at the question":
        somebody.types("q")
        somebody.sees("[y/N]:")
    somebody.interrupts("voicecoach: stopped; nothing was written")
    assert somebody.leaves()[0] == 130
    assert somebody.finds_the_terminal_as_it_was()
    assert "\x1b[?25l" not in somebody.unread, "the cursor is back"
    assert not config.file().exists()
