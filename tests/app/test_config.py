from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.app import config
from voicecoach.app.cli import cli, run
from voicecoach.errors import ChoiceError, OutputError

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
        return {name: config.read_defaults(cli.commands, name) for name in cli.commands}

    return read


def test_without_a_file_there_are_no_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path / "none.toml")
    assert not any(config.read_defaults(cli.commands, name) for name in cli.commands)


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
        ("breath = [4, 6]\n", "the value of 'breath' is a list; write a text in quotes, as breath = \"4-6\""),
        ("breath = 2020-01-01\n", "the value of 'breath' is a date; write a text in quotes"),
        ("[plan.breath]\nin = 4\n", "the value of 'breath' is a table; write a text in quotes"),
        ("skip = [[1]]\n", "the value of 'skip' is a list; write a text in quotes"),
        ("# mine\n\nbreath = true\n", "the value of 'breath' is true or false; write a text in quotes"),
        ("rate = 120\n[plan]\nrate = false\n", "the value of 'rate' is true or false; write a text in quotes"),
        ("[make]\nfall = 'yes'\npan = 1\n", "'pan' is neither true nor false; write pan = true"),
        ("voice = inf\n[make]\nvoice = [1]\n", "the value of 'voice' is a list; write a text in quotes"),
        ("breath: 4-6\n", "the settings are not TOML: Expected '=' after a key in a key/value pair (at line 1"),
        (b"title = '\xff'\n", "the settings are not UTF-8 text\nsave the file as UTF-8"),
    ],
)
def test_a_mistake_is_reported_with_the_file(settings: Settings, text: str | bytes, expected: str) -> None:
    with pytest.raises(ChoiceError) as caught:
        settings(text)
    place, found = str(caught.value).removeprefix(str(config.file())).split(": ", 1)
    assert found.startswith(expected)
    lines = text.decode(errors="replace").splitlines() if isinstance(text, bytes) else text.splitlines()
    if "value of" in expected and "table" not in expected:
        assert expected.split("'")[1] in lines[int(place.removeprefix(":")) - 1]
    assert len(str(caught.value).splitlines()) <= 3


def test_a_file_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path)
    with pytest.raises(ChoiceError, match="the settings can't be read: is a directory"):
        config.read_defaults(cli.commands, "make")


MINE = """# mine
rate = 120 # calm

breath = '5-7'   # slow
title = \"\"\"
breath = "1-1"
\"\"\"

[plan]
breath = "4-7-8"
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 'breath = "4-6"\n'),
        ("rate = 120", 'breath = "4-6"\nrate = 120'),
        ("# mine\n", 'breath = "4-6"\n# mine\n'),
        ("breath=5.5\n", 'breath="4-6"\n'),
        ('"breath" = "5-7"\r\n', '"breath" = "4-6"\r\n'),
        ("rate = 120\r\n[make]\r\n", 'breath = "4-6"\r\nrate = 120\r\n[make]\r\n'),
        ('[make]\nbreath = "5-5"\n', 'breath = "4-6"\n[make]\nbreath = "5-5"\n'),
        (MINE, MINE.replace("'5-7'", '"4-6"')),
        (
            MINE.replace("breath = '5-7'   # slow\n", ""),
            'breath = "4-6"\n' + MINE.replace("breath = '5-7'   # slow\n", ""),
        ),
        ('with = [\n"a", # [x]\n["b"],\n]\n', 'breath = "4-6"\nwith = [\n"a", # [x]\n["b"],\n]\n'),
        ("rate = nan\n", 'breath = "4-6"\nrate = nan\n'),
    ],
)
def test_a_default_is_set_and_all_else_stays(text: str, expected: str) -> None:
    assert config.set_default(text, "breath", "4-6") == expected


names = st.sampled_from(["rate", "title", "voice"])
values = st.one_of(st.integers(), st.text("ab[]#=\n'", max_size=8).map(json.dumps), st.booleans().map(json.dumps))
settings_lines = st.dictionaries(names, values, max_size=3).map(lambda table: [f"{k} = {v}" for k, v in table.items()])


@given(settings_lines, settings_lines, st.lists(st.sampled_from(["", "# breath = 1", "#"]), max_size=3))
def test_whatever_is_there_the_default_is_read_back_and_the_rest_too(
    shared: list[str], own: list[str], comments: list[str]
) -> None:
    text = "\n".join([*comments, *shared, *comments, "[make]", *own])
    once = config.set_default(text, "breath", "5-7")
    twice = config.set_default(once, "breath", "4-6")
    assert tomllib.loads(twice) == {**tomllib.loads(text), "breath": "4-6"}
    assert twice == once.replace('"5-7"', '"4-6"')
    assert [line for line in twice.splitlines() if line != 'breath = "4-6"'] == text.splitlines()


@pytest.mark.parametrize("text", ['[breath]\nratio = "1:1"\n', 'breath = """\n4-6"""\n', "breath.in = 4\n"])
def test_where_no_line_can_say_it_nothing_is_written(text: str, settings: Settings) -> None:
    with suppress(ChoiceError):
        settings(text)
    with pytest.raises(ChoiceError, match="'breath' has no line of its own") as caught:
        config.save("breath", "4-6")
    assert len(str(caught.value).splitlines()) <= 3
    assert config.file().read_text() == text


def test_saving_makes_the_folder_and_what_is_saved_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new folder" / "config.toml"
    monkeypatch.setattr(config, "file", lambda: path)
    assert config.save("breath", "4.2-5.8") == path
    assert config.read_defaults(cli.commands, "make") == {"breath": "4.2-5.8"}
    assert [each.name for each in path.parent.iterdir()] == ["config.toml"]


@pytest.mark.skipif(os.name != "posix", reason="links and permissions as POSIX has them")
def test_a_link_stays_one_and_permissions_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, link = tmp_path / "real.toml", tmp_path / "config.toml"
    real.write_text('breath = "5-7"\n')
    real.chmod(0o644)
    link.symlink_to(real)
    monkeypatch.setattr(config, "file", lambda: link)
    config.save("breath", "4-6")
    assert link.is_symlink()
    assert real.read_text() == 'breath = "4-6"\n'
    assert real.stat().st_mode & 0o777 == 0o644


def test_settings_that_cannot_be_written_are_reported_and_stay(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    settings("rate = 120\n")
    monkeypatch.setattr("voicecoach.system.drafts.write_file", full)
    with pytest.raises(OutputError, match="the settings can't be written: no space left on device"):
        config.save("breath", "4-6")
    assert config.file().read_text() == "rate = 120\n"


def test_a_command_with_the_name_of_an_option_leaves_it_free(settings: Settings) -> None:
    assert settings('breath = "4-6"\n')["make"] == {"breath": "4-6"}
    assert settings('[breath]\nratio = "1:2"\n')["breath"] == {"ratio": "1:2"}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_a_mark_before_the_text_means_nothing_and_stays(
    ends: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    config.file().write_bytes(f"\ufeffbreath = '4-6'{ends}[make]{ends}rate = 120{ends}".encode())
    assert config.read_defaults(cli.commands, "make") == {"breath": "4-6", "rate": "120"}
    config.save("breath", "5-7")
    assert config.file().read_bytes() == f'\ufeffbreath = "5-7"{ends}[make]{ends}rate = 120{ends}'.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("breath = '4'\n", 1),
        ("\ufeff# mine\nbreath = '4'\n", 2),
        ("breath = '4-6'\n[plan]\n\n'breath' = '4'\n", 4),
        ("breath = '4'\n[make]\nbreath = '4-6'\n", 1),
    ],
)
def test_a_wrong_value_is_reported_with_its_line(
    text: str, line: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")
    config.file().write_text(text, encoding="utf-8")
    assert run(["plan"]) == 2
    assert f"it is set in {config.file()}:{line}" in capsys.readouterr().err
