"""The doctor on this machine, with its real voice and ffmpeg."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from click.testing import CliRunner

from voicecoach.app import config
from voicecoach.app.cli import cli
from voicecoach.system import folders

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_a_session_is_spoken_encoded_decoded_and_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr(folders, "find_cache", lambda: tmp_path / "cache")
    done = CliRunner().invoke(cli, ["doctor", "--json"], catch_exceptions=False)
    found = json.loads(done.stdout)
    rows = {each["name"]: each for each in found["checks"]}
    assert (done.exit_code, found["ok"]) == (0, True), rows
    assert not [each for each in rows.values() if each["status"] == "ok" and each["remedy"]]
    assert {each["name"] for each in rows.values() if each["status"] != "ok"} <= {"players", "ffmpeg", "Python"}
    assert 4 < float(rows["session"]["found"].split()[0]) < 15
