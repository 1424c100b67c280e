"""`voicecoach script`: the words of a session, and the list to record them from."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest

from voicecoach.app import config
from voicecoach.app.cli import run

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "file", lambda: tmp_path / "config.toml")


def said(capsys: pytest.CaptureFixture[str], *args: str, status: int = 0) -> tuple[str, str]:
    assert run(["script", *args]) == status
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    return out, err


def test_the_words_are_printed_one_wording_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = said(capsys, "four-seven-eight")
    lines = out.splitlines()
    assert "Last one in" in lines
    assert len(set(lines)) == len(lines)
    assert err == ""


def test_choices_about_the_session_are_choices_about_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    full, _ = said(capsys, "leg-stretch", "--with", "all")
    brief, _ = said(capsys, "leg-stretch", "--guidance", "tones")
    assert len(brief.splitlines()) < len(full.splitlines())
    _, err = said(capsys, "leg-stretch", "--rate", "150", status=2)
    assert re.search("No such option:? '?--rate", err), "versions of click quote it or not"


def test_a_list_is_written_as_a_table_or_as_markdown(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out, _ = said(capsys, "four-seven-eight", "--recording-list", "list.csv", "--breath", "4-7-8")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    words, _ = said(capsys, "four-seven-eight", "--breath", "4-7-8")
    assert [row["words"] for row in rows] == words.splitlines()
    assert out == f"list.csv  {len(rows)} wordings to record\n"
    said(capsys, "four-seven-eight", "--recording-list", "list.md")
    text = (tmp_path / "list.md").read_text(encoding="utf-8")
    assert all(row["file"] in text for row in rows)


def test_a_list_that_is_there_is_replaced_and_stays_where_a_link_leads(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept.csv"
    kept.write_text("old", encoding="utf-8")
    (tmp_path / "list.csv").symlink_to(kept)
    said(capsys, "--recording-list", "list.csv", "--force")
    assert kept.read_bytes().startswith(b"\xef\xbb\xbffile,words")
    assert (tmp_path / "list.csv").is_symlink()
    said(capsys, "--recording-list", "new.csv")
    (tmp_path / "plain.csv").touch()
    assert (tmp_path / "new.csv").stat().st_mode == (tmp_path / "plain.csv").stat().st_mode


@pytest.mark.parametrize("name", ["list.csv", "list.md"])
def test_a_list_of_somebody_stays_without_force(capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    said(capsys, "four-seven-eight", "--recording-list", name)
    said(capsys, "four-seven-eight", "--recording-list", name)
    written = path.read_bytes()
    for own in (b"mine\n", written + b"\nnote", written.replace(b"Last one", b"The last"), written[3:9]):
        path.write_bytes(own)
        out, err = said(capsys, "four-seven-eight", "--recording-list", name, status=2)
        assert out == ""
        stays = f"voicecoach: {name}: voicecoach did not make this file, so it stays"
        assert err == f"{stays}\nchoose another name, or add --force to replace it\n"
        assert path.read_bytes() == own
    said(capsys, "four-seven-eight", "--recording-list", name, "--force")
    assert path.read_bytes() == written


def test_only_what_is_not_recorded_yet_is_listed(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    takes = tmp_path / "takes"
    takes.mkdir()
    said(capsys, "four-seven-eight", "--recording-list", "list.csv")
    with (tmp_path / "list.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows[2:]:
        (takes / row["file"]).with_suffix(".m4a").touch()
    out, err = said(capsys, "four-seven-eight", "--missing", "takes")
    assert out.splitlines() == [row["words"] for row in rows[:2]]
    assert err == f"voicecoach: 2 of {len(rows)} wordings are not recorded in takes\n"


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["--recording-list", "list.txt"], "a list's name ends in .csv or .md"),
        (["--recording-list", "no/list.csv"], "there is no folder no; make it first"),
        (["--missing", "no"], "no such folder of recordings"),
        (["leg-strech"], "did you mean 'leg-stretch'"),
        (["four-seven-eight", "--tracks", "sides"], "has no sides"),
    ],
)
def test_impossible_choices_are_reported(capsys: pytest.CaptureFixture[str], args: list[str], told: str) -> None:
    out, err = said(capsys, *args, status=2)
    assert out == ""
    assert told in err
    assert len(err.splitlines()) <= 3
