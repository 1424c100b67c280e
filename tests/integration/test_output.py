"""What comes out of a player is what went into the encoder, with the real ffmpeg."""

import array
import json
import math
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from mutagen.id3 import ID3
from mutagen.mp3 import MP3

from tests.limits import limit_files
from tests.tagged import TAGS, chapters, write_track
from voicecoach.audio import ffmpeg, tagging
from voicecoach.audio.mp3_info import read_info
from voicecoach.audio.writer import Stream
from voicecoach.errors import EncodeError, VoicecoachError

MINUTE = bytes(48_000 * 2 * 60)
BURST = array.array("h", [int(12_000 * math.sin(2 * math.pi * 1000 * k / 48_000)) for k in range(4800)]).tobytes()


def decoded(path: Path) -> bytes:
    """Decode a file as a player does, to samples."""
    return ffmpeg.run(["-i", ffmpeg.quote_path(path), "-f", "s16le", "pipe:1"], what="decoding").stdout


def onset(pcm: bytes) -> int:
    """Return the first sample that is louder than an encoder's pre-echo."""
    return next(at for at, value in enumerate(array.array("h", pcm)) if abs(value) > 1200)


@pytest.mark.parametrize("samples", [1, 46, 47, 1151, 1152, 1153, 48_000, 100_001])
def test_no_sample_is_lost_and_silence_fills_the_last_frame(tmp_path: Path, samples: int) -> None:
    path = tmp_path / "a.mp3"
    heard = -(-samples // 1152) * 1152
    assert write_track(path, [bytes(samples * 2)]).samples == heard
    assert decoded(path) == bytes(heard * 2)


def test_sound_stays_where_it_was(tmp_path: Path) -> None:
    pcm = bytes(2 * 123_457) + BURST + bytes(2 * 30_000)
    write_track(tmp_path / "a.mp3", [pcm])
    assert abs(onset(decoded(tmp_path / "a.mp3")) - onset(pcm)) <= 48


def test_the_header_counts_the_frames_that_are_there(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    Stream([BURST * 24]).save(path)
    info = read_info(path.read_bytes())
    assert info.samples == 100 * 1152
    assert (info.frames + 1) * 192 == info.size == path.stat().st_size  # the header is a frame itself


def test_a_player_sees_the_length_and_a_constant_bit_rate(tmp_path: Path) -> None:
    write_track(tmp_path / "a.mp3", [MINUTE])
    seen = MP3(tmp_path / "a.mp3").info
    assert seen
    assert seen.length == pytest.approx(60, abs=0.05)
    assert (seen.bitrate, seen.channels, seen.sample_rate) == (64_000, 1, 48_000)


def test_the_same_sound_is_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.mp3", "b.mp3"):
        write_track(tmp_path / name, [BURST, BURST])
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_how_the_sound_is_cut_into_chunks_makes_no_difference(tmp_path: Path) -> None:
    write_track(tmp_path / "a.mp3", [BURST])
    write_track(tmp_path / "b.mp3", [BURST[:999], b"", BURST[999:]])
    assert (tmp_path / "a.mp3").read_bytes() == (tmp_path / "b.mp3").read_bytes()


def test_ffmpeg_adds_no_tags_of_its_own(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    Stream([BURST]).save(path)
    assert path.read_bytes()[:2] == b"\xff\xfb"
    assert b"TAG" not in path.read_bytes()[-128:]
    write_track(path, [BURST])
    assert set(ID3(path, translate=False)) == {
        *("TIT2", "TALB", "TPE1", "TRCK", "TLAN", "TSSE", "COMM::eng", "USLT::eng"),
        *("CTOC:toc", "CHAP:chp0", "CHAP:chp1", f"PRIV:voicecoach-timeline/2:{_private(path)}"),
    }


def _private(path: Path) -> str:
    frame = ID3(path).getall("PRIV")[0]
    return str(frame.HashKey).split(":", 2)[2]


def test_players_list_the_chapters(tmp_path: Path) -> None:
    write_track(tmp_path / "a.mp3", [MINUTE])
    args = ["-i", ffmpeg.quote_path(tmp_path / "a.mp3"), "-t", "0", "-f", "null", "-"]
    said = ffmpeg.run(args, what="listing", loglevel="info").stderr.split("Output #0")[0]
    assert re.findall(r"Chapter #0:\d: start ([\d.]+), end ([\d.]+)", said) == [
        ("0.000000", "3.333000"),
        ("3.333000", "60.000000"),
    ]
    assert re.findall(r"title +: (.+)", said) == ["Sitting leg stretch", "Left leg", "Right leg"]


def test_a_thousand_chapters_and_a_long_title_still_play(tmp_path: Path) -> None:
    tags = replace(TAGS, chapters=chapters(1000), title="long " * 2000, lyrics="Breathe.\n" * 20_000)
    written = write_track(tmp_path / "a.mp3", [BURST], tags)
    assert written.chapters == 250
    assert len(decoded(tmp_path / "a.mp3")) == written.samples * 2


def test_the_timeline_comes_back_out_of_the_file(tmp_path: Path) -> None:
    write_track(tmp_path / "a.mp3", [BURST])
    carried = json.loads(tagging.extract_timeline(tmp_path / "a.mp3"))
    assert carried == {**TAGS.timeline, "sound": {"sha256": tagging.digest_sound(tmp_path / "a.mp3")}}
    Stream([BURST]).save(tmp_path / "bare.mp3")
    with pytest.raises(ValueError, match="no voicecoach timeline"):
        tagging.extract_timeline(tmp_path / "bare.mp3")


def test_nothing_to_encode_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(EncodeError):
        write_track(tmp_path / "a.mp3", [])
    assert not list(tmp_path.iterdir())


CHILD = """
import resource, sys
from pathlib import Path
sys.path[:0] = {path!r}
from tests.limits import limit_files
from tests.tagged import TAGS, write_track
from voicecoach.errors import VoicecoachError
{before}
try:
    write_track(Path({target!r}), (bytes(96_000) for _ in range({seconds})))
except VoicecoachError as error:
    print(type(error).__name__)
    sys.exit(error.exit_status)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def child(target: Path, *, before: str = "", seconds: int = 1) -> subprocess.CompletedProcess[str]:
    """Write a file from another process, whose user may be another."""
    path = [str(Path(__file__).parent.parent.parent), *sys.path]
    code = CHILD.format(path=path, before=before, target=str(target), seconds=seconds)
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.fixture
def old(tmp_path: Path) -> Iterator[Path]:
    """A file that is there already, and must be there, alone, at the end."""
    path = tmp_path / "folder" / "a.mp3"
    path.parent.mkdir()
    path.write_bytes(b"old")
    yield path
    assert [(each.name, each.read_bytes()) for each in path.parent.iterdir()] == [("a.mp3", b"old")]


@pytest.mark.skipif(sys.platform == "win32", reason="limits are those of POSIX")
@pytest.mark.parametrize("limit", [5_000, 60_000, 80_600])
def test_no_room_leaves_the_old_file(old: Path, limit: int) -> None:
    # The sound of ten seconds takes 80,448 bytes: it ends within the first frames, in the middle, and within the tags.
    with limit_files(limit), pytest.raises(VoicecoachError) as caught:
        write_track(old, (bytes(96_000) for _ in range(10)))
    assert caught.value.exit_status == 1


@pytest.mark.skipif(sys.platform == "win32" or os.getuid() != 0, reason="only root may become another user")
def test_a_folder_that_may_not_be_written_leaves_the_old_file(old: Path) -> None:
    for folder in list(old.parents)[:-1]:
        if folder.stat().st_uid == os.getuid() and folder != Path("/tmp"):  # noqa: S108 - the user's own folders only
            folder.chmod(folder.stat().st_mode | 0o055)
    done = child(old, before="import os, mutagen.id3; os.setgid(65534); os.setuid(65534)")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (1, "OutputError", "")


@pytest.mark.skipif(sys.platform == "win32", reason="measured with getrusage")
def test_minutes_take_no_more_memory_than_seconds(tmp_path: Path) -> None:
    """The samples would be 9 MB more."""
    shorter, longer = (int(child(tmp_path / "a.mp3", seconds=seconds).stdout) for seconds in (5, 100))
    assert longer - shorter < 6_000 * (1024 if sys.platform == "darwin" else 1)  # KB; there, bytes
