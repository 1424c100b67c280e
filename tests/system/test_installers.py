"""The command that installs a package installs it where the program finds it."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from voicecoach.system import installers

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _fresh(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    monkeypatch.setattr(sys, "executable", "/my clone/bin/python")
    monkeypatch.setattr(installers, "find_spec", lambda _: object())


def test_it_is_the_pip_of_the_python_that_runs_the_program() -> None:
    assert installers.name_command("hum").endswith("/my clone/bin/python' -m pip install hum")
    assert installers.name_command("hum", "--upgrade").endswith(" -m pip install --upgrade hum")


def test_an_environment_without_pip_takes_uv(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installers, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: "/bin/uv")
    assert installers.name_command("hum") == "uv pip install --python '/my clone/bin/python' hum"


def test_the_environment_of_pipx_takes_pipx(tmp_path: Path) -> None:
    (tmp_path / "pipx_metadata.json").touch()
    assert installers.name_command("hum") == "pipx inject voicecoach hum"
    assert installers.name_command("hum", "--upgrade") == "pipx runpip voicecoach install --upgrade hum"
