"""What the documentation shows is run."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.fakes import QuickVoice
from tests.goldens import GOLDEN, example_sheet, examples
from voicecoach.app import speaker
from voicecoach.app.cli import cli
from voicecoach.app.speaker import Speaker
from voicecoach.audio import render
from voicecoach.errors import RoutineError
from voicecoach.routine import keys as language_keys
from voicecoach.routine import model, phase_steps
from voicecoach.routine.loader import load_routine
from voicecoach.voices.cached import CachedVoice

pytestmark = pytest.mark.usefixtures("_encode_once")
ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROUTINES = (ROOT / "docs" / "routines.md").read_text(encoding="utf-8")
COMMAND = re.compile(r"^\$ voicecoach (.*?)\s*(?:#.*)?$", re.MULTILINE)
TOURS = {
    "README.md": COMMAND.findall(README),
    "docs/recipes.md": [  # five seconds of each session are enough: another page makes whole ones
        f"{command} --preview 5s" if command.startswith("make ") else command
        for command in COMMAND.findall((ROOT / "docs" / "recipes.md").read_text(encoding="utf-8"))
    ],
}
FEWEST = {"README.md": 6, "docs/recipes.md": 20}
"""Commands that a page has at least, so that the tests read them."""
REFUSED = [
    (step.replace(r"\|", "|"), told.replace(r"\|", "|"))
    for step, told in re.findall(r"^\| `(- .*)` \| (.*) \|$", ROUTINES, re.MULTILINE)
]


@pytest.fixture
def fake_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = CachedVoice(QuickVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))
    monkeypatch.setattr(render, "NEAR", math.inf)  # loud enough as it is: nothing is encoded twice
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")


@pytest.mark.usefixtures("fake_voice")
@pytest.mark.parametrize("page", TOURS)
def test_every_command_of_a_page_runs(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(TOURS[page]) >= FEWEST[page]
    for command in TOURS[page]:
        arguments, _, target = command.partition(" > ")
        result = CliRunner().invoke(cli, shlex.split(arguments), catch_exceptions=False)
        assert result.exit_code == 0, (command, result.output)
        if target:
            Path(target).write_text(result.stdout, encoding="utf-8")


@pytest.mark.parametrize("name", examples())
def test_a_routine_of_the_docs_is_heard_as_its_cue_sheet_says(name: str, tmp_path: Path) -> None:
    """When a change is meant, ``python -m tests.goldens`` writes the sheets anew; read their difference."""
    assert example_sheet(name, tmp_path) == (GOLDEN / "docs" / f"{name}.txt").read_text(encoding="utf-8")


def test_every_cue_sheet_of_the_docs_has_its_routine() -> None:
    assert {path.stem for path in (GOLDEN / "docs").iterdir()} == set(examples())


@pytest.mark.parametrize(("step", "told"), REFUSED)
def test_what_the_docs_say_is_refused_is_refused_in_these_words(step: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    path.write_text(f"title: x\nsides: {{left: {{leg: a}}, right: {{leg: b}}}}\nsteps:\n  {step}\n", encoding="utf-8")
    with pytest.raises(RoutineError) as caught:
        load_routine(str(path))
    assert told in str(caught.value)


def test_every_key_of_every_model_is_documented() -> None:
    documented = set(re.findall(r"`([a-z ]+)", ROUTINES))
    models = [each for each in vars(model).values() if isinstance(each, type) and issubclass(each, phase_steps.Model)]
    keys = {field.alias or name for each in models for name, field in each.model_fields.items()}
    assert not {key for key in {*keys, *language_keys.STEPS, *model.BETWEEN} if not key.startswith("<")} - documented


def test_every_table_of_the_docs_names_only_keys_that_there_are() -> None:
    tables = ROUTINES[ROUTINES.index("## All keys") : ROUTINES.index("## What is refused")]
    first = re.findall(r"^\| ((?:`[a-z ]+`(?:, )?)+) \|", tables, re.MULTILINE)
    named = {key for row in first for key in re.findall(r"`([a-z ]+)`", row)}
    heads = {field.alias or name for name, field in model.RoutineModel.model_fields.items()}
    assert named <= {*heads, *language_keys.STEPS, *model.BETWEEN, *language_keys.LONE}
