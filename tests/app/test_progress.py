"""What a terminal shows while a session is made, and that a pipe gets none of it."""

from __future__ import annotations

import io
import json
import re
import sys
from fractions import Fraction
from pathlib import Path

import pytest
from rich.console import Console

from tests.fakes import QuickVoice
from voicecoach.app import cli, speaker
from voicecoach.app.progress import Bars, Heading, _bars, show_progress
from voicecoach.app.speaker import Speaker
from voicecoach.audio import tagging
from voicecoach.core.notation import read_pace
from voicecoach.voices.cached import CachedVoice

ROUTINE = "title: Calm\nsteps:\n  - say: Sit down.\n  - breathe: 2\n    in: In\n    out: Out\n"


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where speech is kept, so that each wording is spoken once in all of these tests."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture
def home(tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("voicecoach.app.config.file", lambda: tmp_path / "config.toml")
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: kept)
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(CachedVoice(QuickVoice(), kept), "Heart"))
    (tmp_path / "calm.yaml").write_text(ROUTINE)
    return tmp_path


def on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Let errors go to a terminal; in a fixture, pytest would take that back before the test."""
    shown = Terminal()
    monkeypatch.setattr(sys, "stderr", shown)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    return shown


def test_a_line_is_there_before_anything_else(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = on_a_terminal(monkeypatch)
    with show_progress("Getting calm ready"):
        first = terminal.getvalue()
    assert first.startswith("Getting calm ready")


def test_make_says_what_it_will_be_and_then_what_is_there(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    terminal = on_a_terminal(monkeypatch)
    assert cli.run(["make", "calm.yaml", "--lead-in", "60s"]) == 0
    assert "Calm, about 2 min, breath in 4 s out 6 s, voice: Heart\n" in terminal.getvalue()
    out = capsys.readouterr().out
    first, *hints = out.splitlines()
    assert re.fullmatch(r"calm\.mp3 is ready: 1:[0-9]{2}, 0\.[0-9] MB, 3 chapters\.", first)
    assert [hint.split("  ")[1] for hint in hints] == ["hear it", "your breath"]
    assert "voicecoach play calm.mp3" in hints[0]
    assert "voicecoach make calm.yaml --lead-in 60s --breath 5-7" in hints[1]
    assert (home / "calm.mp3").exists()


@pytest.mark.usefixtures("home")
def test_what_to_type_next_is_the_command_that_was_typed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VOICECOACH_COMMAND", "./my scripts/voicecoach")
    assert cli.run(["make", "calm.yaml", "-o", "./-5.mp3"]) == 0
    _, hear, breath = capsys.readouterr().out.splitlines()
    assert hear == "  hear it      './my scripts/voicecoach' play ./-5.mp3"
    assert breath.count("'./my scripts/voicecoach' ") == 2
    assert breath.endswith(" make calm.yaml -o ./-5.mp3 --breath 5-7")
    assert cli.run(["make", "calm.yaml", "--guidance=fading", "--title", "My legs", "-o", "anna/"]) == 0
    assert capsys.readouterr().out.endswith(
        " make calm.yaml --guidance=fading --title 'My legs' -o anna/ --breath 5-7\n"
    )
    assert cli.run(["make", "nowhere.yaml"]) == 2
    assert cli.run(["make", "--wrong"]) == 2
    errors = capsys.readouterr().err
    assert "'voicecoach " not in errors
    assert errors.count("'./my scripts/voicecoach' ") == 2


@pytest.mark.usefixtures("home")
def test_a_breath_that_stays_is_the_one_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """The routine's own 4-6 is breathed once; its fixed part breathes what `--set` says."""
    terminal = on_a_terminal(monkeypatch)
    assert cli.run(["make", "box-breathing", "--set", "side=5", "-o", "box.mp3"]) == 0
    assert "breath in 5 s hold 5 s out 5 s pause 5 s, voice: " in terminal.getvalue()
    kept = json.loads(tagging.extract_timeline(Path("box.mp3")))
    assert kept["choices"]["breath"] == "5-5-5-5"


@pytest.mark.parametrize(
    ("more", "lines"),
    [
        ((), 3),
        (("--breath", "3-3"), 2),
        (("--quiet",), 0),
        (("--quiet", "--verbose"), 0),
        (("--verbose", "--breath", "3-3"), 4),
        (("--captions", "vtt,srt", "--breath", "3-3"), 3),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_pipe_gets_plain_lines_and_no_progress(
    more: tuple[str, ...], lines: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run(["make", "calm.yaml", *more]) == 0
    out, err = capsys.readouterr()
    assert (len(out.splitlines()), err) == (lines, "")
    assert out.isascii()
    assert "\x1b" not in out
    assert ("LUFS" in out) == (lines == 4)
    assert ("synthesised" in out) == (lines == 4)


def test_a_stage_is_no_empty_count_and_moves_by_itself() -> None:
    console = Console(file=io.StringIO(), force_terminal=True, width=90, no_color=True)
    with _bars(console) as bars:
        shown = Bars(bars, "Getting calm ready")
        assert [task.total for task in bars.tasks] == [None]
        for stage, done, total, said, known in (
            ("speaking", 0, 39, "Starting the voice", None),
            ("speaking", 13, 39, "Speaking 13 of 39 phrases", 39),
            ("encoding", 0, 1, "Encoding the sound", None),
            ("checking", 1, 1, "Writing and checking the file", 1),
            ("other", 1, 2, "Other", 2),
        ):
            shown(stage, done, total)
            (task,) = bars.tasks
            assert (task.description, task.total) == (said, known)


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        (Heading("Calm", "Heart", read_pace("4-6"), Fraction(612), exact=True), "Calm, 10:12, breath in 4 s out 6 s"),
        (Heading("Calm", "Heart", read_pace("4-6"), Fraction(612)), "Calm, about 10 min, breath in 4 s out 6 s"),
        (Heading("Calm\n[red]", "Heart", None, None), "Calm [red]"),
        (Heading("Calm", "Heart", read_pace("3-4..4-6"), Fraction(3)), "Calm, about 1 min, breath 3-4..4-6"),
    ],
)
def test_a_heading_says_title_length_breath_and_voice(heading: Heading, said: str) -> None:
    assert str(heading) == f"{said}, voice: Heart"


@pytest.mark.usefixtures("home")
def test_each_side_has_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    args = ["--tracks", "sides", "--rounds", "1", "--breath", "5-7"]
    assert cli.run(["make", "sitting-leg-stretch", *args]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" is ready: ")[0] for line in lines[:2]] == [
        "sitting-leg-stretch 5-7 1 round-left.mp3",
        "sitting-leg-stretch 5-7 1 round-right.mp3",
    ]
    assert lines[2] == "  hear it      voicecoach play 'sitting-leg-stretch 5-7 1 round-left.mp3'"
    assert len(lines) == 3
