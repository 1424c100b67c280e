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
from typing import assert_type

import voicecoach as vc
from voicecoach.routine.loader import Routine, load

assert_type(vc.__version__, str)
assert_type(load("leg-stretch"), Routine)
load(4)  # error: arg-type
load("leg-stretch").no_such_thing  # error: attr-defined
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
