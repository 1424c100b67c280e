"""What goes along with a track: named after it, and written with it or not at all."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.sounded import Spoken
from tests.tagged import TAGS
from voicecoach.app.sidecars import CHAPTERS, PLAYLIST, SidecarTrack, make_extras
from voicecoach.audio.writer import Extra, Recording, Stream, write_files
from voicecoach.core.score import Mark, Moment, phrase, seq
from voicecoach.errors import EncodeError, TargetError
from voicecoach.language import language

if TYPE_CHECKING:
    from collections.abc import Iterator

CAPTIONS = ("vtt", "srt", "lrc", "txt")
EVERY = (*CAPTIONS, CHAPTERS, PLAYLIST)
SCORE = seq(Mark(Moment.CHAPTER, "Sitting"), phrase("Sit down"), phrase("And rest"))


def along(*names: str) -> list[SidecarTrack]:
    timeline = Spoken(SCORE).timeline
    return [SidecarTrack(Path(name), f"Legs: {name}", timeline, Fraction(600 + at)) for at, name in enumerate(names)]


def made(tracks: list[SidecarTrack], whole: str, kinds: tuple[str, ...] = EVERY) -> dict[str, Extra]:
    found = make_extras(kinds, tracks, "Legs", language("en"), Path(whole))
    assert len({each.path for each in found}) == len(found)
    return {each.path.as_posix(): each for each in found}


def test_each_file_is_named_after_its_track_and_a_playlist_after_the_whole() -> None:
    found = made(along("out/x-left.mp3", "out/x-right.mp3"), "out/x.mp3")
    sides = [
        f"out/x-{side}.{end}" for side in ("left", "right") for end in ("vtt", "srt", "lrc", "txt", "chapters.json")
    ]
    assert sorted(found) == sorted([*sides, "out/x.m3u8"])
    assert {each.path.name: each.kind for each in found.values()}["x-left.chapters.json"] == CHAPTERS


def test_dots_in_a_name_stay() -> None:
    assert sorted(made(along("a.b.opus"), "a.b.opus")) == [
        "a.b.chapters.json", "a.b.lrc", "a.b.m3u8", "a.b.srt", "a.b.txt", "a.b.vtt"
    ]  # fmt: skip


def test_only_what_was_asked_for_is_made() -> None:
    assert list(made(along("a.mp3"), "a.mp3", ("srt",))) == ["a.srt"]
    assert made(along("a.mp3"), "a.mp3", ()) == {}


def test_a_playlist_names_the_files_beside_it_in_order_with_their_lengths() -> None:
    playlist = made(along("/home/me/x-left.mp3", "/home/me/x-right.mp3"), "/home/me/x.mp3")["/home/me/x.m3u8"]
    lines = playlist.content.decode().splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == ["x-left.mp3", "x-right.mp3"]
    assert [line.split(",")[0] for line in lines if line.startswith("#EXTINF")] == [
        "#EXTINF:600.000",
        "#EXTINF:601.000",
    ]


def test_each_kind_says_what_is_spoken() -> None:
    found = made(along("a.mp3"), "a.mp3")
    for end in CAPTIONS:
        assert b"Sit down" in found[f"a.{end}"].content
    assert found["a.vtt"].content.startswith(b"WEBVTT")
    assert "Sitting" in json.dumps(json.loads(found["a.chapters.json"].content))


def failing() -> Iterator[bytes]:
    yield bytes(96_000)
    raise EncodeError("no")


def test_without_its_track_no_extra_is_written_and_what_was_there_stays(tmp_path: Path) -> None:
    (tmp_path / "a.srt").write_text("old")
    some = [Extra(tmp_path / f"a.{end}", end, b"new") for end in ("srt", "vtt")]
    with pytest.raises(EncodeError):
        write_files([Recording(tmp_path / "a.mp3", Stream(failing()), TAGS)], some)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("a.srt", "old")]


@pytest.mark.parametrize("wrong", ["nowhere/a.srt", "folder"])
def test_without_an_extra_no_track_is_written(tmp_path: Path, wrong: str) -> None:
    (tmp_path / "folder").mkdir()
    some = [Extra(tmp_path / "a.vtt", "vtt", b"new"), Extra(tmp_path / wrong, "srt", b"new")]
    with pytest.raises(TargetError, match=wrong.split("/", maxsplit=1)[0]):
        write_files([Recording(tmp_path / "a.mp3", Stream([bytes(96_000)]), TAGS)], some)
    assert [each.name for each in tmp_path.iterdir()] == ["folder"]


def test_all_of_it_is_written_together(tmp_path: Path) -> None:
    tracks = [replace(each, path=tmp_path / each.path) for each in along("x-left.mp3", "x-right.mp3")]
    some = make_extras(EVERY, tracks, "Legs", language("en"), tmp_path / "x.mp3")
    sounds = [Recording(each.path, Stream([bytes(96_000)]), TAGS) for each in tracks]
    assert [each.path for each in write_files(sounds, some)] == [each.path for each in tracks]
    assert sorted(tmp_path.iterdir()) == sorted([*(each.path for each in tracks), *(each.path for each in some)])
    assert all(each.path.read_bytes() == each.content for each in some)
