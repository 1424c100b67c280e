"""Tags: frames that any player reads, whatever the words."""

import io
import itertools
import json
import zlib
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3

from tests.tagged import TAGS, chapters
from voicecoach import __version__
from voicecoach.audio.id3 import MOST_CHAPTERS, TIMELINE_OWNER, Tags, build_frames, merge_chapters, to_iso_639_2

TEXT = st.text(max_size=300)


def saved(tags: Tags) -> ID3:
    """Write tags as bytes and read them back as a player does."""
    file = io.BytesIO()
    build_frames(tags).save(file, v2_version=3)
    assert file.getvalue()[:5] == b"ID3\x03\x00"
    return ID3(fileobj=io.BytesIO(file.getvalue()), translate=False)


def test_every_field_is_read_back() -> None:
    frames = saved(TAGS)
    texts = {name: str(frames[name]) for name in ("TIT2", "TALB", "TPE1", "TRCK", "TLAN", "TSSE")}
    assert texts == {
        "TIT2": "Sitting leg stretch",
        "TALB": "Leg stretches",
        "TPE1": "voicecoach",
        "TRCK": "1/2",
        "TLAN": "eng",
        "TSSE": f"voicecoach {__version__}",
    }
    assert frames["COMM::eng"].text == ["Stop if it hurts."]
    assert frames["USLT::eng"].text == "Sit down.\nBreathe in."


def test_the_timeline_travels_compressed_under_its_owner() -> None:
    frame = saved(TAGS).getall("PRIV")[0]
    assert frame.owner == TIMELINE_OWNER
    assert json.loads(zlib.decompress(frame.data)) == TAGS.timeline


def test_chapters_are_listed_in_order_in_whole_milliseconds() -> None:
    frames = saved(TAGS)
    contents = frames["CTOC:toc"]
    listed = [frames[f"CHAP:{name}"] for name in contents.child_element_ids]
    assert contents.flags == 0b11
    assert [(each.start_time, each.end_time, str(each.sub_frames["TIT2"])) for each in listed] == [
        (0, 3333, "Left leg"),
        (3333, 60000, "Right leg"),
    ]
    assert {each.start_offset for each in listed} == {0xFFFFFFFF}


def test_a_session_without_chapters_has_no_table_of_contents() -> None:
    frames = saved(replace(TAGS, chapters=()))
    assert not frames.getall("CTOC")
    assert not frames.getall("CHAP")


@pytest.mark.parametrize("count", [254, 255, 256, 1000])
def test_no_number_of_chapters_overflows_the_table_of_contents(count: int) -> None:
    frames = saved(replace(TAGS, chapters=chapters(count)))
    names = frames["CTOC:toc"].child_element_ids
    assert len(names) == len(frames.getall("CHAP")) <= MOST_CHAPTERS
    assert frames[f"CHAP:{names[-1]}"].end_time == round(Fraction(count, 3) * 1000)


@given(count=st.integers(0, 600), most=st.integers(1, 300))
def test_merged_chapters_cover_what_they_covered(count: int, most: int) -> None:
    before = chapters(count)
    after = merge_chapters(before, most)
    assert len(after) <= most
    assert all(a.end == b.start for a, b in itertools.pairwise(after))
    assert [each.start for each in before[:1]] == [each.start for each in after[:1]]
    assert [each.end for each in before[-1:]] == [each.end for each in after[-1:]]
    assert count > most or after == before


@given(title=TEXT, lyrics=TEXT)
def test_any_text_is_read_back_but_for_what_id3_has_no_room_for(title: str, lyrics: str) -> None:
    frames = saved(replace(TAGS, title=title, lyrics=lyrics, chapters=(replace(TAGS.chapters[0], title=title),)))
    line, lines = " ".join(title.replace("\0", "").splitlines()), lyrics.replace("\0", "")
    assert [frame.text for frame in frames.getall("TIT2")] == [[line]] * bool(line)
    assert [frame.text for frame in frames["CHAP:chp0"].sub_frames.getall("TIT2")] == [[line]] * bool(line)
    assert [frame.text for frame in frames.getall("USLT")] == [lines]


@pytest.mark.parametrize(
    ("title", "read"),
    [("x" * 10_000, "x" * 10_000), ("a\0b", "ab"), ("two\nlines", "two lines"), ("half \ud83d", "half \ufffd")],
)
def test_a_strange_title_does_not_break_the_file(title: str, read: str) -> None:
    frames = saved(replace(TAGS, title=title))
    assert frames["TIT2"].text == [read]
    assert str(frames["TALB"]) == TAGS.album


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "eng"),
        ("de", "deu"),
        ("fr-CA", "fra"),
        ("es_419", "spa"),
        ("EN-us", "eng"),
        ("haw", "haw"),
        ("xx", "und"),
        ("", "und"),
        ("éàü", "und"),
    ],
)
def test_languages_have_the_three_letters_of_iso_639_2(tag: str, code: str) -> None:
    assert to_iso_639_2(tag) == code


def test_the_same_tags_are_the_same_bytes() -> None:
    files = io.BytesIO(), io.BytesIO()
    for file in files:
        build_frames(TAGS).save(file, v2_version=3)
    assert files[0].getvalue() == files[1].getvalue()
