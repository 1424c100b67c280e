"""What voicecoach wrote is known again in all its forms, and what a person wrote stays."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from mutagen.id3 import ID3

from tests.fakes import FakeVoice
from voicecoach.app import speaker
from voicecoach.app.cli import run
from voicecoach.app.speaker import Speaker
from voicecoach.audio import ffmpeg
from voicecoach.audio.provenance import find_date_made, is_ours, read_choices
from voicecoach.errors import ChoiceError
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from collections.abc import Iterator

ROUTINE = """title: Calm
sides: {left: {leg: left leg}, right: {leg: right leg}}
steps:
  - each side:
      steps:
        - say: "Your {leg} goes out. Stay there, and look at the wall in front of you for as long as this takes."
        - breathe: 1
          in: In
          out: And out
"""
ALL = ["--captions", "vtt,srt,lrc,txt", "--chapters-json", "--playlist"]
FORMS = ("vtt", "srt", "lrc", "txt", "chapters.json", "m3u8")
OWN = {
    "vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\nMy own words\n",
    "srt": "1\n00:00:01,000 --> 00:00:02,000\nMy own words\n\n",
    "lrc": "[ti:Calm]\n[00:01.00]My own words\n",
    "txt": "Calm\n\nMilk, bread, butter\n",
    "chapters.json": '{"version": "1.2.0", "chapters": [{"startTime": 0, "title": "Mine", "img": "me.png"}]}',
    "m3u8": "#EXTM3U\n#EXTINF:123,A song\nsong.mp3\n",
}


@pytest.fixture(scope="module", autouse=True)
def _fake(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    kept = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(speaker, "find_speaker", lambda *_: Speaker(CachedVoice(FakeVoice(), kept), "fake"))
        patch.setattr("voicecoach.system.folders.find_cache", lambda: kept)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a routine, and all that can be made of it."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "calm.yaml").write_text(ROUTINE)
    assert run(["make", str(folder / "calm.yaml"), "-o", str(folder), "--quiet", *ALL]) == 0
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("form", FORMS)
def test_what_was_written_is_ours_and_what_a_person_wrote_is_not(folder: Path, form: str) -> None:
    path = folder / f"calm.{form}"
    assert is_ours(path)
    path.write_text(OWN[form])
    assert not is_ours(path)
    path.write_bytes(b"\xff\xfe\x00[[[[")
    assert not is_ours(path)


@pytest.mark.parametrize("form", ["srt", "txt"])
def test_captions_that_were_changed_or_have_no_track_beside_them_are_a_persons(folder: Path, form: str) -> None:
    path = folder / f"calm.{form}"
    text = path.read_text()
    path.write_text(text.replace("And out", "And OUT"))
    assert not is_ours(path)
    path.write_text(text)
    (folder / "calm.mp3").unlink()
    assert not is_ours(path)


@pytest.mark.parametrize("form", FORMS)
def test_a_persons_file_stops_the_work_and_force_replaces_it(
    folder: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path, track = folder / f"calm.{form}", folder / "calm.mp3"
    path.write_text(OWN[form])
    before = track.read_bytes()
    assert run(["make", "calm.yaml", "--rounds", "2", "-o", "calm.mp3", *ALL]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"voicecoach: calm.{form}: voicecoach did not make this file")
    assert "--force" in err
    assert (path.read_text(), track.read_bytes()) == (OWN[form], before)
    assert run(["make", "calm.yaml", "-o", "calm.mp3", "--force", *ALL]) == 0
    assert is_ours(path)


def test_our_own_files_are_replaced_as_often_as_one_likes(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for rounds in ("1", "2"):
        assert run(["make", "calm.yaml", "-o", "calm.mp3", "--rounds", rounds, *ALL]) == 0
    assert "calm.mp3 replaces an earlier session: --rounds 1\n" in capsys.readouterr().err
    assert read_choices(folder / "calm.mp3") == {"routine": "calm", "breath": "4-6", "rounds": "2", "voice": "fake"}


def test_a_breath_that_its_author_changed_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "calm.yaml").write_text(f"breath: 5-5\n{ROUTINE}")
    assert run(["make", "calm.yaml"]) == 0
    assert "calm.mp3 replaces an earlier session: --breath 4-6\n" in capsys.readouterr().err
    assert run(["make", "calm.yaml"]) == 0
    assert "replaces" not in capsys.readouterr().err


def test_another_breath_has_another_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (folder / "calm.mp3").read_bytes()
    assert run(["make", "calm.yaml", "--breath", "3-3", "--tracks", "sides", "--playlist"]) == 0
    assert capsys.readouterr().err == ""
    names = {path.name for path in folder.iterdir()}
    assert {"calm 3-3-left.mp3", "calm 3-3-right.mp3", "calm 3-3.m3u8"} <= names
    assert run(["make", "calm.yaml", "--preview", "5s"]) == 0
    assert (folder / "calm preview.mp3").exists()
    assert (folder / "calm.mp3").read_bytes() == before


def test_a_recording_of_somebody_elses_stays_unless_it_was_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    track = folder / "calm.mp3"
    args = ["-f", "lavfi", "-i", "sine=d=0.2", "-y", ffmpeg.quote_path(track)]
    ffmpeg.run(args, what="making music")
    before = track.read_bytes()
    assert run(["make", "calm.yaml"]) == 2
    assert "voicecoach did not make this recording" in capsys.readouterr().err
    assert track.read_bytes() == before
    assert read_choices(track) is None
    assert run(["make", "calm.yaml", "-o", "calm.mp3"]) == 0
    assert read_choices(track) == {"routine": "calm", "breath": "4-6", "voice": "fake"}


def test_the_day_is_that_on_which_a_session_was_first_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def on(day: str) -> None:
        monkeypatch.setattr("time.strftime", lambda *_: day)

    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    on("2026-11-28")
    assert find_date_made(tmp_path, "a", ["5-7"]) == "2026-11-28"
    on("2026-12-01")
    assert find_date_made(tmp_path, "a", ["5-7"]) == "2026-11-28", "the same file, whenever it is made again"
    assert find_date_made(tmp_path, "a", ["4-6"]) == "2026-12-01"


def test_the_day_of_a_build_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert find_date_made(tmp_path, "a") == "1970-01-02"
    assert not list(tmp_path.iterdir())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "yesterday")
    with pytest.raises(ChoiceError, match="SOURCE_DATE_EPOCH is 'yesterday'"):
        find_date_made(tmp_path, "a")


def test_who_it_is_by_the_breath_and_the_day_are_in_the_file(folder: Path) -> None:
    first = (folder / "calm.mp3").read_bytes()
    assert run(["make", "calm.yaml", "--quiet"]) == 0
    assert (folder / "calm.mp3").read_bytes() == first
    assert run(["make", "calm.yaml", "--breath", "3-3", "--artist", "Anna", "-o", "calm.mp3", "--quiet"]) == 0
    tags = ID3(folder / "calm.mp3")
    assert [str(tags[name]) for name in ("TPE1", "TIT3", "TXXX:BREATH", "TCON")] == ["Anna", "3-3", "3-3", "Speech"]
    assert str(tags["TDRC"]) == time.strftime("%Y-%m-%d")
    assert run(["make", "calm.yaml", "--artist", " "]) == 2


def test_the_covers_of_the_sides_differ_and_so_do_their_titles(folder: Path) -> None:
    assert run(["make", "calm.yaml", "--tracks", "sides", "--title", "Evening", "--quiet"]) == 0
    assert run(["make", "calm.yaml", "--title", "Evening", "-o", "one.mp3", "--quiet"]) == 0
    tags = [ID3(folder / name) for name in ("calm-left.mp3", "calm-right.mp3", "one.mp3", "calm.mp3")]
    assert [str(each["TIT2"]) for each in tags[:3]] == ["Evening: left", "Evening: right", "Evening"]
    assert len({each.getall("APIC")[0].data for each in tags}) == 4


def test_a_new_folder_is_made_and_goes_again_if_nothing_comes_of_it(folder: Path) -> None:
    assert run(["make", "calm.yaml", "-o", "new/deep/"]) == 0
    assert (folder / "new" / "deep" / "calm.mp3").exists()
    assert run(["make", "nosuch", "-o", "other/deep/"]) == 2
    assert not (folder / "other").exists()
    assert run(["make", "calm.yaml", "-o", "x.flac/"]) == 0
    assert (folder / "x.flac" / "calm.mp3").exists()


@pytest.mark.parametrize("written", ["calm.mp3/", "calm.mp3/.", "calm.mp3/deep/", "calm.yaml/"])
def test_a_file_is_no_folder(folder: Path, written: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert run(["make", "calm.yaml", "-o", written]) == 2
    assert "is a file, so no folder can have this name" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["x.wma", "x.ogg", "missing"])
def test_an_ending_that_is_none_of_ours_names_all(folder: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["make", str(folder / "calm.yaml"), "-o", name]) == 2
    err = capsys.readouterr().err
    assert all(ending in err for ending in (".mp3", ".m4a", ".opus", ".flac", ".wav"))
    assert ("missing/" in err) == (name == "missing")


@pytest.mark.parametrize("name", ["plan.svg", "plan.png"])
def test_a_picture_of_ours_is_replaced_and_a_persons_is_not(
    folder: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(["plan", "calm.yaml", "--plot", name]) == 0
    (folder / name).write_text("<svg>mine</svg>")
    capsys.readouterr()
    assert run(["plan", "calm.yaml", "--plot", name]) == 2
    assert "--force" in capsys.readouterr().err
    assert run(["plan", "calm.yaml", "--plot", name, "--force"]) == 0
    assert run(["plan", "calm.yaml", "--plot", f"{name}/"]) == 2
    assert is_ours(Path(name))
