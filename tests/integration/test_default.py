"""The voice that speaks if nobody chooses one: the natural one, and the system's if that does not start."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from voicecoach.voices.packages import find_folder

if TYPE_CHECKING:
    from pathlib import Path

ROUTINE = "title: Calm\nsteps:\n  - say: Sit down.\n"
NEEDED = ("hibari", "onnxruntime", "numpy")


@pytest.mark.skipif(any(find_folder(each) is None for each in NEEDED), reason="there is no package of hibari here")
def test_the_natural_voice_speaks_and_if_it_does_not_start_the_systems_does(tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "onnxruntime.py").write_text("raise ImportError('no such instruction')\n")
    own = {name: str(tmp_path / name) for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR")}
    (tmp_path / "TMPDIR").mkdir()
    unset = {"VOICECOACH_VOICE", "ORT_DISABLE_TELEMETRY"}
    inherited = {name: value for name, value in os.environ.items() if name not in unset}

    def plan(path: str, *words: str) -> tuple[list[str], str]:
        """Plan routines of these words in one process; return the voices that speak, and what it says."""
        for number, each in enumerate(words):
            (tmp_path / f"{number}.yaml").write_text(ROUTINE.replace("down", each))
        code = (
            f"from voicecoach.app.cli import run\nfor n in range({len(words)}): run(['plan', f'{{n}}.yaml', '--json'])"
        )
        environment = {**inherited, **own, "PYTHONPATH": os.pathsep.join(filter(None, (path, *sys.path)))}
        command = [sys.executable, "-W", "ignore", "-c", code]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
        return re.findall(r'^  "voice": "(.*)"', done.stdout, re.MULTILINE), done.stderr

    assert plan("", "down") == (["hibari:heart"], "")
    assert [each.name for each in (tmp_path / "XDG_CACHE_HOME").iterdir()] == ["voicecoach"]  # no id for telemetry
    assert not [*(tmp_path / "TMPDIR").iterdir()]
    (known, voice), told = plan(str(broken), "down", "up tall")
    assert known == "hibari:heart"  # all words are known: nothing is loaded
    assert (voice.startswith("hibari"), len(told.splitlines())) == (False, 1)
    assert told.startswith("voicecoach: the system's voice speaks, because the best one does not start; ")
    assert "no such instruction" in told
