"""``py.typed`` holds: a program that uses the package is checked by mypy --strict as its author would check it."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

PROGRAM = """
from collections.abc import Iterator, Sequence
from typing import Any, assert_type

import voicecoach as vc


class Silent:
    identity = "silent"

    def speak(self, wordings: Sequence[str]) -> Iterator[vc.Clip]:
        yield from ()


assert_type(vc.__version__, str)
routine = vc.load("leg-stretch")
assert_type(routine, vc.Routine)
assert_type(vc.check(routine), list[vc.Problem])
session = vc.plan(routine, breath="4-6", voice=Silent())
assert_type(session.at(breath="5-7", length="10m"), vc.Session)
assert_type(session.write("x.mp3", captions=["vtt"]), vc.Files)
assert_type(session.write_sides("out/"), vc.Files)
assert_type(session.to_json(), dict[str, Any])
score = vc.seq(vc.say("Sit."), vc.breathe(3), vc.hold("20s"), vc.rest(2), vc.chime("bell-end"))
assert_type(vc.perform(vc.pace("4-6", score), voice="en-gb"), vc.Session)
with vc.Studio() as studio:
    assert_type(studio.plan(routine), vc.Session)
try:
    vc.load("nothing")
except vc.RoutineError as error:
    assert_type(error.problems, tuple[vc.Problem, ...])
except vc.VoicecoachError:
    pass

vc.load(4)  # error: arg-type
vc.plan(routine, breth="4-6")  # error: call-arg
vc.plan(routine, voice=object())  # error: arg-type
session.write("x.mp3", captions=4)  # error: arg-type
vc.no_such_name  # error: attr-defined
"""
"""Where a line is wrong, its comment has the code of the error. Add a line here for each name that becomes public."""


def test_a_typed_program_is_checked_as_one(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, encoding="utf-8")
    cache = pytestconfig.cache.mkdir("typing") if pytestconfig.cache else tmp_path / "cache"
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", str(cache), "program.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    found = re.findall(r"^program\.py:(\d+): error: .*\[([\w-]+)\]$", done.stdout, re.MULTILINE)
    lines = enumerate(PROGRAM.splitlines(), 1)
    expected = [(str(number), match[1]) for number, line in lines if (match := re.search(r"# error: (\S+)$", line))]
    assert found == expected, done.stdout + done.stderr
