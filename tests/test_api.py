"""The public API as a whole: its names, its signatures, and the examples of its page."""

from __future__ import annotations

import doctest
import json
import math
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import voicecoach as vc
from tests.fakes import QuickVoice
from tests.public_api import GOLDEN, describe
from voicecoach import errors
from voicecoach.app import speaker
from voicecoach.audio import render
from voicecoach.voices.port import VoiceInfo

pytestmark = pytest.mark.usefixtures("_encode_once")
ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def test_the_signatures_are_those_of_the_golden_file() -> None:
    """When a change is meant, ``python -m tests.public_api`` writes the file anew; it belongs into the changelog."""
    assert describe() == GOLDEN.read_text(encoding="utf-8")


def test_every_name_is_there_and_describes_itself() -> None:
    assert sorted(vc.__all__) == sorted(dir(vc)) == sorted({*dir(vc)})
    for name in vc.__all__:
        value = getattr(vc, name)
        assert name == "__version__" or (value.__doc__ and value.__doc__.strip()), name


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    assert not hasattr(vc, "no_such_thing")


def test_nothing_is_loaded_before_it_is_used() -> None:
    code = "import json, sys, voicecoach; print(json.dumps([name for name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert {name for name in loaded if name.startswith("voicecoach")} == {"voicecoach"}
    assert "typing" not in loaded


def test_the_page_names_everything_that_is_public() -> None:
    missing = [name for name in vc.__all__ if f"`{name}" not in PAGE and f"vc.{name}" not in PAGE]
    assert not missing


def test_every_error_is_a_child_of_the_one_root_and_exported_or_the_child_of_one() -> None:
    every = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, Exception)]
    exported = tuple(getattr(vc, name) for name in vc.__all__ if name.endswith("Error") and name != "VoicecoachError")
    assert all(issubclass(each, vc.VoicecoachError) for each in every)
    odd = [each for each in every if not issubclass(each, exported) and each is not vc.VoicecoachError]
    assert {each.__name__ for each in odd} == {"PlayerError", "MicrophoneError"}, (
        "only the command line plays and records"
    )


PROGRAMS = {
    f"{page} {number}": code
    for page in ("README.md", "docs/api.md")
    for number, code in enumerate(
        re.findall(r"^```python\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    )
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_programs_of_the_pages_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They name voices of the system, in whose place a fake voice speaks here."""
    found = QuickVoice(), VoiceInfo("gmw/en", "system", "English", ("en-gb",))
    monkeypatch.setattr(speaker, "choose_voice", lambda *_: found)
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(render, "NEAR", math.inf)  # loud enough as it is: nothing is encoded twice
    monkeypatch.chdir(tmp_path)
    exec(compile(PROGRAMS[name], name, "exec"), {})  # noqa: S102 - they are our own
    assert list(tmp_path.glob("*.mp3"))


def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They use the fake voice, and write into the current folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(render, "NEAR", math.inf)
    blocks = re.findall(r"^```pycon\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    assert len(blocks) > 8
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks), {}, "docs/api.md", None, 0)
    result = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(examples)
    assert result.attempted > 30
    assert result.failed == 0
    assert os.listdir(tmp_path)  # noqa: PTH208 - only whether something was written
