"""Lists for players: chapters and playlists."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import measure, perform
from tests.strategies import breaths, scores
from voicecoach.core.timeline import Chapter, Timeline
from voicecoach.errors import ChoiceError
from voicecoach.views.chapters import write_chapters, write_playlist

if TYPE_CHECKING:
    from voicecoach.core.breath import Breath
    from voicecoach.core.score import Score

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1, max_size=30)
tracks = st.lists(st.tuples(names, st.fractions(0, 43_200), st.text(max_size=30)), max_size=5)


@given(scores, breaths)
def test_chapters_are_where_the_timeline_has_them(score: Score, breath: Breath) -> None:
    timeline = perform(score, measure, breath)
    found = json.loads(write_chapters(timeline, title="Legs"))
    assert (found["version"], found["title"]) == ("1.2.0", "Legs")
    assert len(found["chapters"]) == len(timeline.chapters)
    for each, chapter in zip(found["chapters"], timeline.chapters, strict=True):
        assert each.keys() == {"startTime", "endTime", "title"}
        assert abs(Fraction(each["startTime"]) - chapter.start) < Fraction(1, 1000)
        assert abs(Fraction(each["endTime"]) - chapter.end) < Fraction(1, 1000)


def test_a_chapter_after_ten_hours_has_its_milliseconds_and_its_letters() -> None:
    late = Chapter(Fraction(36_061_001, 1000), Fraction(36_070), "Étirement\nجسم")
    text = write_chapters(Timeline(Fraction(36_070), chapters=(late,)), title="x")
    assert json.loads(text)["chapters"] == [{"startTime": 36061.001, "endTime": 36070.0, "title": "Étirement جسم"}]
    assert "Étirement" in text


def test_a_session_without_chapters_lists_none() -> None:
    assert json.loads(write_chapters(Timeline(Fraction(1)), title="x"))["chapters"] == []


@given(tracks, st.text(max_size=30))
def test_a_playlist_has_its_tracks_in_order_with_their_lengths(
    listed: list[tuple[str, Fraction, str]], title: str
) -> None:
    head, name, *lines = write_playlist(listed, title).removesuffix("\n").split("\n")
    assert head == "#EXTM3U"
    assert name.startswith("#PLAYLIST:")
    assert len(lines) == 2 * len(listed)
    for (path, seconds, _), about, entry in zip(listed, lines[::2], lines[1::2], strict=True):
        length = about.removeprefix("#EXTINF:").split(",")[0]
        assert abs(Fraction(length) - seconds) <= Fraction(1, 2000)
        assert entry in {path, f"./{path}"}
        assert entry[0] not in "# \t\ufeff"


@pytest.mark.parametrize(
    ("path", "entry"),
    [
        ("leg-stretch-left.mp3", "leg-stretch-left.mp3"),
        ("tracks/01.mp3", "tracks/01.mp3"),
        ("#1.mp3", "./#1.mp3"),
        (" leg.mp3", "./ leg.mp3"),
        ("a:b.mp3", "./a:b.mp3"),
        ("50%20 easy, slow.mp3", "50%20 easy, slow.mp3"),
        ("Dehnung für Übermütige, 慢.mp3", "Dehnung für Übermütige, 慢.mp3"),
    ],
)
def test_a_name_is_written_so_that_a_player_finds_it(path: str, entry: str) -> None:
    assert write_playlist([(path, Fraction(10), "x")], "y").splitlines()[-1] == entry


@pytest.mark.parametrize("path", ["a\nb.mp3", "a\rb.mp3", "a\udcffb.mp3"])
def test_a_name_that_a_playlist_cannot_hold_is_refused(path: str) -> None:
    with pytest.raises(ChoiceError, match=r"a playlist can't name the file 'a.+b.mp3'\ngive it a name"):
        write_playlist([("ok.mp3", Fraction(1), "ok"), (path, Fraction(10), "x")], "y")


def test_titles_stay_on_their_lines() -> None:
    text = write_playlist([("a.mp3", Fraction(3600), "Left,\nthen right")], "Leg\r\nstretch")
    assert text == "#EXTM3U\n#PLAYLIST:Leg stretch\n#EXTINF:3600.000,Left, then right\na.mp3\n"
