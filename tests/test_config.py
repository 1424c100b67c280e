from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from voicecoach import config
from voicecoach.cli import cli
from voicecoach.errors import ChoiceError

if TYPE_CHECKING:
    from pathlib import Path

Settings = Callable[[str | bytes], dict[str, dict[str, object]]]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Write the user's file, and read it."""
    path = tmp_path / "config.toml"
    monkeypatch.setattr(config, "file", lambda: path)

    def read(text: str | bytes) -> dict[str, dict[str, object]]:
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return config.defaults(cli.commands)

    return read


def test_without_a_file_there_are_no_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path / "none.toml")
    assert not any(config.defaults(cli.commands).values())


def test_what_is_above_the_tables_is_for_all_commands_that_have_it(settings: Settings) -> None:
    read = settings('breath = "5-5"\nlead-in = 4.5\nquiet = true\n[plan]\nbreath = "4-7-8"\n')
    assert read["make"] == {"breath": "5-5", "lead_in": "4.5", "quiet": True}
    assert read["plan"] == {"breath": "4-7-8", "lead_in": "4.5"}
    assert read["check"] == {}


def test_names_are_those_that_are_typed_and_a_list_is_one_or_several(settings: Settings) -> None:
    assert settings('with = "all"\njson = true\n')["plan"] == {"added": ["all"], "as_json": True}
    assert settings('skip = ["a", "b"]\n')["plan"] == {"skipped": ["a", "b"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('breth = "4-6"\n', "no option is called 'breth'; did you mean 'breath'?"),
        ('[mak]\nbreath = "4-6"\n', "no command is called 'mak'; did you mean 'make'?"),
        ("[plan]\nquiet = true\n", "no option is called 'quiet'; there are: breath, rounds"),
        ("plan = 3\n", "'plan' is a command; write its options under [plan]"),
        ("breath = [4, 6]\n", "the value of 'breath' is a list; write a text in quotes"),
        ("breath = 2020-01-01\n", "the value of 'breath' is a date; write a text in quotes"),
        ("[plan.breath]\nin = 4\n", "the value of 'breath' is a dict; write a text in quotes"),
        ("skip = [[1]]\n", "the value of 'skip' is a list; write a text in quotes"),
        ("breath: 4-6\n", "the settings are not TOML: Expected '=' after a key in a key/value pair (at line 1"),
        (b"title = '\xff'\n", "the settings are not UTF-8 text\nsave the file as UTF-8"),
    ],
)
def test_a_mistake_is_told_with_the_file(settings: Settings, text: str | bytes, expected: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        settings(text)
    assert str(caught.value).startswith(f"{config.file()}: {expected}")
    assert len(str(caught.value).splitlines()) <= 3


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path)
    with pytest.raises(ChoiceError, match="the settings can't be read: is a directory"):
        config.defaults(cli.commands)
