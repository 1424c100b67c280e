"""Tags in each kind of file, read back by mutagen and by ffmpeg, whatever the words."""

from __future__ import annotations

import base64
import json
import re
import shutil
import zlib
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mutagen
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutagen.flac import FLAC
from mutagen.id3 import PRIV
from mutagen.mp4 import AtomDataType, MP4FreeForm

from tests.tagged import TAGS, chapters
from voicecoach import __version__
from voicecoach.audio import ffmpeg, tagging
from voicecoach.audio.formats import FORMATS, MP3, Format
from voicecoach.audio.id3 import TIMELINE_OWNER, ChapterTag, Tags, to_line, to_plain_text
from voicecoach.audio.writer import Stream
from voicecoach.errors import EncodeError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = sorted(FORMATS)
COVER = b"\x89PNG\r\n\x1a\n" + bytes(50_000)
SAMPLES = 1152 * 80
each_kind = pytest.mark.parametrize("kind", KINDS)


def stream(form: Format, listed: tuple[ChapterTag, ...] = (), sample: bytes = b"\x00\x10") -> Stream:
    # Not a whole number of periods a frame: ffmpeg takes an MP3 of alike frames of 192 bytes for a transport stream.
    pcm = ((sample * 24 + b"\x00\xf0" * 25) * (SAMPLES // 48))[: 2 * SAMPLES]
    return Stream([pcm], form, form.bit_rate(None, 1), chapters=listed if form.name == "m4a" else ())


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file of each kind that has no tags."""
    folder = tmp_path_factory.mktemp("bare")
    for name, form in FORMATS.items():
        assert stream(form, TAGS.chapters).save(folder / f"a.{name}") == SAMPLES
    return folder


def tagged(bare: Path, folder: Path, kind: str, tags: Tags) -> Path:
    path = folder / f"b.{kind}"
    shutil.copy(bare / f"a.{kind}", path)
    tagging.save_tags(path, FORMATS[kind], tags)
    return path


def opened(path: Path) -> Any:  # noqa: ANN401 - mutagen's kinds of files have no type in common
    return mutagen.File(path)


def fields(path: Path) -> dict[str, Any]:
    """What a player shows of a file, by common names."""
    tags = opened(path).tags
    names = {
        ".m4a": ("\xa9nam", "\xa9alb", "\xa9ART", "\xa9too", "\xa9cmt", "\xa9lyr"),
        ".flac": ("title", "album", "artist", "encoder", "comment", "lyrics"),
        ".opus": ("title", "album", "artist", "encoder", "comment", "lyrics"),
    }.get(path.suffix, ("TIT2", "TALB", "TPE1", "TSSE", "COMM::eng", "USLT::eng"))
    found = [tags.get(name) for name in names]
    texts = [each if isinstance(each, list) else getattr(each, "text", [""]) for each in found]
    return dict(
        zip(
            ("title", "album", "artist", "program", "comment", "lyrics"),
            ("".join(each) for each in texts),
            strict=True,
        )
    )


def listed(path: Path) -> list[tuple[str, str, str]]:
    """The chapters that ffmpeg finds in a file: start, end, title."""
    args = ["-i", ffmpeg.quote_path(path), "-f", "ffmetadata", "pipe:1"]
    said = ffmpeg.run(args, what="listing").stdout.decode(errors="replace").split("\n[CHAPTER]\n")[1:]
    parts = [dict(line.split("=", 1) for line in each.splitlines() if "=" in line) for each in said]
    unit = [Fraction(each["TIMEBASE"]) for each in parts]
    return [
        (f"{float(int(each['START']) * one):.3f}", f"{float(int(each['END']) * one):.3f}", each.get("title", ""))
        for each, one in zip(parts, unit, strict=True)
    ]


@each_kind
def test_what_a_player_shows_is_read_back(bare: Path, tmp_path: Path, kind: str) -> None:
    assert fields(tagged(bare, tmp_path, kind, TAGS)) == {
        "title": "Sitting leg stretch",
        "album": "Leg stretches",
        "artist": "voicecoach",
        "program": f"voicecoach {__version__}",
        "comment": "Stop if it hurts.",
        "lyrics": "Sit down.\nBreathe in.",
    }


FACTS = {
    ".m4a": ("\xa9ART", "\xa9gen", "\xa9day", "desc", tagging.BREATH_ATOM),
    ".flac": ("artist", "genre", "date", "subtitle", "breath"),
    ".opus": ("artist", "genre", "date", "subtitle", "breath"),
    ".mp3": ("TPE1", "TCON", "TDRC", "TIT3", "TXXX:BREATH"),
    ".wav": ("TPE1", "TCON", "TDRC", "TIT3", "TXXX:BREATH"),
}


def facts(path: Path) -> list[str | None]:
    """Return artist, genre, day, and twice the breath, as a file has them."""
    tags = opened(path).tags
    found = [tags.get(name) for name in FACTS[path.suffix]]
    first = [each[0] if each else None for each in found]
    return [each.decode() if isinstance(each, bytes) else each and str(each) for each in first]


@each_kind
def test_a_file_says_who_it_is_by_its_genre_its_day_and_the_breath(bare: Path, tmp_path: Path, kind: str) -> None:
    tags = replace(TAGS, artist="Anna", genre="Speech", date="2026-11-28", breath="4-6")
    assert facts(tagged(bare, tmp_path, kind, tags)) == ["Anna", "Speech", "2026-11-28", "4-6", "4-6"]


@each_kind
def test_what_is_not_known_is_not_in_the_file(bare: Path, tmp_path: Path, kind: str) -> None:
    path = tagged(bare, tmp_path, kind, replace(TAGS, comment=""))
    assert facts(path) == ["voicecoach", None, None, None, None]
    names = {name.lower() for name in opened(path).tags.keys()}  # noqa: SIM118 - Vorbis comments are lists of pairs
    assert not {name for name in names if name.startswith(("comm", "\xa9cmt"))}


def test_a_day_is_in_the_frames_of_version_3(bare: Path, tmp_path: Path) -> None:
    start = tagged(bare, tmp_path, "mp3", replace(TAGS, date="2026-11-28")).read_bytes()[:4000]
    assert start[3] == 3
    assert re.search(rb"TYER\0\0\0.\0\0\x002026", start, re.DOTALL)
    assert re.search(rb"TDAT\0\0\0.\0\0\x002811", start, re.DOTALL)
    assert b"TDRC" not in start


@each_kind
def test_a_track_knows_its_number(bare: Path, tmp_path: Path, kind: str) -> None:
    tags = opened(tagged(bare, tmp_path, kind, TAGS)).tags
    if kind == "m4a":
        assert tags["trkn"] == [(1, 2)]
    elif kind in {"mp3", "wav"}:
        assert str(tags["TRCK"]) == "1/2"
    else:
        assert tags["tracknumber"] + tags["tracktotal"] == ["1", "2"]


@each_kind
def test_the_cover_is_there_whole_and_once(bare: Path, tmp_path: Path, kind: str) -> None:
    path = tagged(bare, tmp_path, kind, replace(TAGS, cover=COVER, cover_type="image/png"))
    file = opened(path)
    if kind in {"mp3", "wav"}:
        found = [each.data for each in file.tags.getall("APIC")]
    elif kind == "flac":
        found = [each.data for each in file.pictures]
    elif kind == "opus":
        found = [base64.b64decode(each)[-len(COVER) :] for each in file["metadata_block_picture"]]
    else:
        found = [bytes(each) for each in file["covr"]]
    assert found == [COVER]


@each_kind
def test_players_find_the_chapters(bare: Path, tmp_path: Path, kind: str) -> None:
    found = listed(tagged(bare, tmp_path, kind, TAGS))
    assert [title for _, _, title in found] == ["Left leg", "Right leg"]
    assert [float(start) for start, _, _ in found] == pytest.approx([0, 3.333], abs=0.03)


def test_chapters_are_comments_as_players_read_them(bare: Path, tmp_path: Path) -> None:
    for kind in ("flac", "opus"):
        tags = opened(tagged(bare, tmp_path, kind, TAGS)).tags
        assert tags["chapter001"] + tags["chapter001name"] == ["00:00:00.000", "Left leg"]
        assert tags["chapter002"] + tags["chapter002name"] == ["00:00:03.333", "Right leg"]


def test_an_m4a_has_a_track_of_chapters_whatever_their_titles(tmp_path: Path) -> None:
    titles = ["=;#\\ [CHAPTER]", "a\nSTART=7", "漢字 🧘", "\\", "half \ud83d"]
    made = tuple(ChapterTag(Fraction(k, 4), Fraction(k + 1, 4), title) for k, title in enumerate(titles))
    path = tmp_path / "a.m4a"
    stream(FORMATS["m4a"], made).save(path)
    found = listed(path)
    assert [start for start, _, _ in found] == [f"{k / 4:.3f}" for k in range(len(titles))]
    assert [re.sub(r"\\(.)", r"\1", title).rstrip() for _, _, title in found] == [to_line(each) for each in titles]
    (track,) = re.findall(rb"tref.{4}chap(.{4})", path.read_bytes())
    assert int.from_bytes(track) == 2, "the track that players take them from"


@each_kind
def test_the_timeline_and_the_digest_of_the_sound_come_back(bare: Path, tmp_path: Path, kind: str) -> None:
    before = tagging.digest_sound(bare / f"a.{kind}")
    path = tagged(bare, tmp_path, kind, tagging.seal(replace(TAGS, cover=COVER), before))
    assert json.loads(tagging.extract_timeline(path)) == {
        "format": "voicecoach-timeline/1",
        "sound": {"sha256": before},
    }
    assert tagging.digest_sound(path) == before
    assert re.fullmatch("[0-9a-f]{64}", before)
    stream(FORMATS[kind], sample=b"\x01\x10").save(tmp_path / f"other.{kind}")
    assert tagging.digest_sound(tmp_path / f"other.{kind}") != before


def test_a_seal_keeps_what_is_told_of_the_sound() -> None:
    tags = replace(TAGS, timeline={"sound": {"room_tone": -60.0}})
    assert tagging.seal(tags, "0" * 64).timeline["sound"] == {"room_tone": -60, "sha256": "0" * 64}


@each_kind
def test_the_length_that_a_file_states_is_that_of_its_sound(bare: Path, tmp_path: Path, kind: str) -> None:
    if kind != "mp3":
        assert tagging.count_samples(bare / f"a.{kind}", FORMATS[kind]) == SAMPLES
        assert tagging.count_samples(tagged(bare, tmp_path, kind, TAGS), FORMATS[kind]) == SAMPLES
        (tmp_path / "none").write_bytes(b"no sound" * 100)
        with pytest.raises(ValueError, match="no length"):
            tagging.count_samples(tmp_path / "none", FORMATS[kind])


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=st.text(max_size=100), lyrics=st.text(max_size=100))
def test_any_text_is_read_back(bare: Path, tmp_path: Path, kind: str, title: str, lyrics: str) -> None:
    named = (replace(TAGS.chapters[0], title=title),)
    path = tagged(bare, tmp_path, kind, replace(TAGS, title=title, lyrics=lyrics, chapters=named))
    shown = fields(path)
    assert (shown["title"], shown["lyrics"]) == (to_line(title), to_plain_text(lyrics))
    assert json.loads(tagging.extract_timeline(path)) == TAGS.timeline


@each_kind
@pytest.mark.parametrize(
    "title", ["x" * 10_000, "漢" * 10_000, "a\0b", "two\nlines", "half \ud83d", "CHAPTER001=00:00:00.000", ""]
)
def test_a_strange_title_breaks_no_file(bare: Path, tmp_path: Path, kind: str, title: str) -> None:
    path = tagged(bare, tmp_path, kind, replace(TAGS, title=title, album=title, chapters=()))
    assert fields(path)["title"] == to_line(title)
    assert len(listed(path)) == (2 if kind == "m4a" else 0)


@each_kind
def test_three_hundred_chapters_are_merged_into_what_every_kind_can_hold(bare: Path, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"b.{kind}"
    shutil.copy(bare / f"a.{kind}", path)
    assert tagging.save_tags(path, FORMATS[kind], replace(TAGS, chapters=chapters(300))) == 150
    if kind != "m4a":
        assert len(listed(path)) == 150


def test_three_hundred_chapters_are_merged_in_an_m4a_as_well(tmp_path: Path) -> None:
    pcm = bytes(2 * 48_000 * 100)
    Stream([pcm], FORMATS["m4a"], 32_000, chapters=chapters(300)).save(tmp_path / "a.m4a")
    assert len(listed(tmp_path / "a.m4a")) == 150


def with_packed(bare: Path, folder: Path, kind: str, packed: bytes) -> Path:
    """Put bytes where a file carries its timeline."""
    path = folder / f"c.{kind}"
    shutil.copy(bare / f"a.{kind}", path)
    file = opened(path)
    if file.tags is None:
        file.add_tags()
    if kind in {"mp3", "wav"}:
        file.tags.add(PRIV(owner=TIMELINE_OWNER, data=packed))
    elif kind == "m4a":
        file.tags[tagging.ATOM] = [MP4FreeForm(packed, AtomDataType.IMPLICIT)]
    else:
        file.tags[tagging.COMMENT] = base64.b64encode(packed).decode()
    file.save()
    return path


@each_kind
def test_a_timeline_that_unpacks_to_more_than_there_can_be_is_refused(
    bare: Path, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tagging, "MOST_UNPACKED", 100_000)
    content = b'{"format":"voicecoach-timeline/1"}'.ljust(100_001)
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(with_packed(bare, tmp_path, kind, zlib.compress(content)))
    kept = content[:90_000]
    assert tagging.extract_timeline(with_packed(bare, tmp_path, kind, zlib.compress(kept))) == kept


def test_a_real_bomb_is_refused(bare: Path, tmp_path: Path) -> None:
    packing = zlib.compressobj(9)
    start = packing.flush(zlib.Z_FULL_FLUSH)
    bomb = start + (packing.compress(bytes(1_000_000)) + packing.flush(zlib.Z_FULL_FLUSH)) * 300
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(with_packed(bare, tmp_path, "flac", bomb))


@each_kind
@pytest.mark.parametrize("packed", [b"", b"{}", zlib.compress(b"{}" * 500)[:-9]])
def test_a_damaged_timeline_is_none(bare: Path, tmp_path: Path, kind: str, packed: bytes) -> None:
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(with_packed(bare, tmp_path, kind, packed))


def test_a_comment_that_is_no_base_64_is_no_timeline(bare: Path, tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    shutil.copy(bare / "a.flac", path)
    file = FLAC(path)
    file[tagging.COMMENT] = "é no"
    file.save()
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(path)


@each_kind
def test_a_file_without_tags_carries_no_timeline(bare: Path, kind: str) -> None:
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(bare / f"a.{kind}")


@pytest.mark.parametrize("content", [b"", b"no sound at all" * 99, b"ID3", b"RIFF\x10\0\0\0WAVE", b"OggS" + bytes(50)])
def test_what_is_no_sound_carries_no_timeline(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp3").write_bytes(content)
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(tmp_path / "a.mp3")
    with pytest.raises(ValueError, match="contains no voicecoach timeline"):
        tagging.extract_timeline(tmp_path / "missing.mp3")


def test_the_digest_of_what_is_no_sound_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"no sound at all" * 99)
    with pytest.raises(EncodeError, match=r"reading a\.flac: ffmpeg .* failed"):
        tagging.digest_sound(tmp_path / "a.flac")


def test_a_file_that_tags_can_not_be_written_into_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "a.flac").write_bytes(b"no sound at all" * 99)
    with pytest.raises(OSError, match="FLAC"):
        tagging.save_tags(tmp_path / "a.flac", FORMATS["flac"], TAGS)
    with pytest.raises(FileNotFoundError):
        tagging.save_tags(tmp_path / "nowhere" / "a.mp3", MP3, TAGS)
