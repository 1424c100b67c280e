"""What the documentation shows is run."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes import FakeVoice, measure
from voicecoach import session
from voicecoach.choices import Choices
from voicecoach.cli import cli
from voicecoach.routine import load
from voicecoach.script import build
from voicecoach.sheet import BETWEEN, STEPS, Sheet
from voicecoach.timeline import perform
from voicecoach.voices.cached import CachedVoice

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROUTINES = (ROOT / "docs" / "routines.md").read_text(encoding="utf-8")
TOUR = re.findall(r"^\$ voicecoach (.*?)\s*(?:#.*)?$", README, re.MULTILINE)
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", ROUTINES, re.MULTILINE | re.DOTALL)


@pytest.fixture
def fake_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = CachedVoice(FakeVoice(), tmp_path / "cache")
    monkeypatch.setattr(session, "_voice", lambda *_: (voice, "fake"))
    monkeypatch.setattr("voicecoach.cli.cache_folder", lambda: tmp_path / "cache")


@pytest.mark.usefixtures("fake_voice")
def test_every_command_of_the_readme_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(TOUR) > 10
    for command in TOUR:
        arguments, _, target = command.partition(" > ")
        result = CliRunner().invoke(cli, shlex.split(arguments), catch_exceptions=False)
        assert result.exit_code == 0, (command, result.output)
        if target:
            Path(target).write_text(result.stdout, encoding="utf-8")


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_routine_of_the_docs_can_be_performed(text: str, tmp_path: Path) -> None:
    path = tmp_path / "example.yaml"
    path.write_text(text, encoding="utf-8")
    routine = load(str(path))
    assert perform(build(routine, Choices()), measure, routine.sheet.breath).cues


def test_every_key_of_the_head_and_every_step_is_documented() -> None:
    documented = set(re.findall(r"`([a-z ]+)", ROUTINES))
    missing = {*Sheet.model_fields, *STEPS, *BETWEEN} - documented
    assert not missing
