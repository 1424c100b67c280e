"""What docs/files.md and docs/sounds.md show is run, and their tables are what the code has."""

from __future__ import annotations

import math
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from click.testing import CliRunner

from tests.fakes import QuickVoice
from voicecoach.app import speaker
from voicecoach.app.cli import cli
from voicecoach.app.speaker import Speaker
from voicecoach.audio import render, tagging
from voicecoach.audio.formats import FORMATS, MP3_RATES
from voicecoach.audio.id3 import TIMELINE_OWNER
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    import pytest

DOCS = Path(__file__).parents[2] / "docs"
FILES, SOUNDS = ((DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("files", "sounds"))
EXAMPLES = re.findall(r"^\$ voicecoach (.*)\n((?:[^$`\n].*\n)*)", FILES + SOUNDS, re.MULTILINE)


def test_every_command_runs_and_says_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice = CachedVoice(QuickVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))
    monkeypatch.setattr(render, "NEAR", math.inf)  # loud enough as it is: nothing is encoded twice
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    (tmp_path / "made").mkdir()
    monkeypatch.chdir(tmp_path / "made")
    assert len(EXAMPLES) > 8
    for command, shown in EXAMPLES:
        shorter = ["--preview", "8s"] * command.startswith("make")  # the last one counts
        result = CliRunner().invoke(cli, [*shlex.split(command), *shorter], catch_exceptions=False)
        assert result.exit_code == 0, (command, result.output)
        assert shown in result.output
    written = {path.name for path in Path().iterdir()}
    sides = {f"sitting-leg-stretch-{side}{ending}" for side in ("left", "right") for ending in (".mp3", ".vtt", ".srt")}
    assert {*sides, "sitting-leg-stretch.m3u8", "sitting-leg-stretch.opus", "today.m4a"} <= written


def test_the_table_of_formats_tells_their_bit_rates() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (\d*) ?\| (\d*) ?\| (?:(\d+) to (\d+))? ?\|", FILES, re.MULTILINE)
    told = {row[0]: tuple(int(number or 0) for number in row[1:]) for row in rows}
    assert told == {name: (*form.usual, *(form.rates or (0, 0))) for name, form in FORMATS.items()}


def test_the_bit_rates_of_mp3_are_all_told() -> None:
    (told,) = re.findall(r"in MP3 it is one of ([\d, \nand]+)\.", FILES)
    assert tuple(map(int, re.findall(r"\d+", told))) == MP3_RATES


def test_where_the_timeline_is_told_is_where_it_is() -> None:
    places = re.findall(r"^\| `[^|]+ \| [^|]*`([^`]+)`[^|]* \|$", FILES[FILES.index("| where it is |") :], re.MULTILINE)
    assert places == [TIMELINE_OWNER, tagging.ATOM, tagging.COMMENT]
