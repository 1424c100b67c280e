"""Output: files that appear whole or not at all. What ffmpeg does to sound is in integration/test_output.py."""

import errno
import os
import shutil
import stat
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import pytest

from tests.tagged import TAGS, write_track
from voicecoach.audio import ffmpeg, tagging
from voicecoach.audio.mp3_info import Info, read_info
from voicecoach.audio.writer import Extra, Recording, Stream, write_files
from voicecoach.errors import EncodeError, OutputError, TargetError

SOUND = bytes(1152 * 2 * 40)
HEADER = b"\xff\xfb\x54\xc4" + bytes(17)


def info_frame(samples: int, *, off_by: int = 0) -> bytes:
    """Make the start of an MP3 that states so many samples; ``off_by`` more than it should."""
    frames, delay = -(-(samples + 1105) // 1152), 1105
    padding = frames * 1152 - delay - samples - off_by
    fields = b"Info" + (15).to_bytes(4, "big") + frames.to_bytes(4, "big") + (192).to_bytes(4, "big")
    return (HEADER + fields + bytes(100 + 4 + 21) + ((delay << 12) + padding).to_bytes(3, "big")).ljust(192, b"\0")


@pytest.fixture(autouse=True)
def _no_ffmpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let encoding write a header only."""

    def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
        del what
        Path(args[-1].removeprefix("file:")).write_bytes(info_frame(sum(map(len, chunks)) // 2))

    monkeypatch.setattr(ffmpeg, "encode_stream", encode_stream)


def failing(error: BaseException) -> Iterator[bytes]:
    yield SOUND
    raise error


def test_the_info_header_is_read() -> None:
    assert read_info(info_frame(48_000)) == Info(frames=43, size=192, delay=1105, padding=431)
    assert read_info(info_frame(48_000)).samples == 48_000


@pytest.mark.parametrize("start", [b"", HEADER, b"ID3" + bytes(200), info_frame(5)[:100]])
def test_a_missing_info_header_is_told(start: bytes) -> None:
    with pytest.raises(ValueError, match="no Info header"):
        read_info(start)


def test_what_was_written_is_reported(tmp_path: Path) -> None:
    written = write_track(tmp_path / "a.mp3", [SOUND, SOUND])
    assert (written.samples, written.seconds, written.chapters) == (92_160, Fraction("1.92"), 2)
    assert written.size == (tmp_path / "a.mp3").stat().st_size


@pytest.mark.parametrize("error", [EncodeError("no"), OSError("no"), KeyboardInterrupt()])
def test_after_a_failure_the_old_file_is_untouched_and_nothing_is_left(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(b"old")
    with pytest.raises(type(error)) as raised:
        write_track(path, failing(error))
    assert raised.value is error
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a.mp3", b"old")]


@pytest.mark.skipif(os.name == "nt", reason="there a draft goes by its age alone")
def test_drafts_of_killed_processes_go_and_those_of_living_ones_stay(tmp_path: Path) -> None:
    (tmp_path / ".voicecoach-0123456789abcdef.mp3").write_bytes(b"half")
    (tmp_path / ".voicecoach-notes").write_bytes(b"mine")
    seen: list[list[str]] = []

    def sound() -> Iterator[bytes]:
        write_track(tmp_path / "other.mp3", [SOUND])
        seen.append(sorted(each.name for each in tmp_path.iterdir()))
        yield SOUND

    write_track(tmp_path / "a.mp3", sound())
    (draft,) = [name for name in seen[0] if name not in {".voicecoach-notes", "other.mp3"}]
    assert draft != ".voicecoach-0123456789abcdef.mp3"
    assert sorted(each.name for each in tmp_path.iterdir()) == [".voicecoach-notes", "a.mp3", "other.mp3"]


def test_files_that_belong_together_are_all_written_or_none(tmp_path: Path) -> None:
    left, right = tmp_path / "left.mp3", tmp_path / "right.mp3"
    with pytest.raises(EncodeError):
        write_files(
            [Recording(left, Stream([SOUND]), TAGS), Recording(right, Stream(failing(EncodeError("no"))), TAGS)]
        )
    assert not list(tmp_path.iterdir())
    write_files([Recording(left, Stream([SOUND]), TAGS), Recording(right, Stream([SOUND]), TAGS)])
    assert sorted(tmp_path.iterdir()) == [left, right]


def test_no_file_takes_its_name_before_all_are_finished_and_listened_to(tmp_path: Path) -> None:
    paths = [tmp_path / "left.mp3", tmp_path / "right.mp3", tmp_path / "left.srt"]
    for path in paths:
        path.write_bytes(b"old")
    heard: list[int] = []

    def listen(number: int, draft: Path) -> None:
        heard.append(number)
        assert draft not in paths
        assert draft.read_bytes().startswith(b"ID3"), "it is whole, with its tags"
        assert [path.read_bytes() for path in paths] == [b"old"] * 3

    files = [Recording(path, Stream([SOUND]), TAGS) for path in paths[:2]]
    write_files(files, [Extra(paths[2], "srt", b"new")], listen)
    assert heard == [0, 1]
    assert b"old" not in [path.read_bytes() for path in paths]
    assert sorted(tmp_path.iterdir()) == sorted(paths)


@pytest.mark.parametrize("refused", [0, 1])
def test_what_listening_refuses_leaves_all_as_it_was(tmp_path: Path, refused: int) -> None:
    paths = [tmp_path / "left.mp3", tmp_path / "right.mp3", tmp_path / "left.srt"]
    paths[0].write_bytes(b"old")
    files = [Recording(path, Stream([SOUND]), TAGS) for path in paths[:2]]

    def listen(number: int, _draft: Path) -> None:
        if number == refused:
            raise EncodeError("it is not as planned")

    with pytest.raises(EncodeError, match="not as planned"):
        write_files(files, [Extra(paths[2], "srt", b"new")], listen)
    assert [(path, path.read_bytes()) for path in tmp_path.iterdir()] == [(paths[0], b"old")]


def test_all_is_on_the_disk_before_anything_takes_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a power cut there is the old file or the new one, and never an empty one."""
    done: list[tuple[str, int]] = []
    sync, replace = os.fsync, Path.replace

    def synced(file: int) -> None:
        sync(file)
        done.append(("synced", os.fstat(file).st_ino))

    def renamed(self: Path, target: Path) -> Path:
        done.append(("named", self.stat().st_ino))
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", renamed)
    paths = [tmp_path / "left.mp3", tmp_path / "right.mp3", tmp_path / "left.srt"]
    files = [Recording(path, Stream([SOUND]), TAGS) for path in paths[:2]]
    write_files(files, [Extra(paths[2], "srt", b"new")])
    inodes = [path.stat().st_ino for path in paths]
    assert [each for each in done if each[1] in inodes] == [
        (what, each) for what in ("synced", "named") for each in inodes
    ]


def test_another_length_than_was_given_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
        del what
        Path(args[-1].removeprefix("file:")).write_bytes(info_frame(sum(map(len, chunks)) // 2, off_by=-1))

    monkeypatch.setattr(ffmpeg, "encode_stream", encode_stream)
    with pytest.raises(EncodeError, match="46080 samples went in, 46079 came out"):
        write_track(tmp_path / "a.mp3", [SOUND])
    assert not list(tmp_path.iterdir())


def test_a_file_cut_short_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
        del what
        Path(args[-1].removeprefix("file:")).write_bytes(info_frame(sum(map(len, chunks)) // 2)[:-1])

    monkeypatch.setattr(ffmpeg, "encode_stream", encode_stream)
    with pytest.raises(EncodeError, match="came out"):
        write_track(tmp_path / "a.mp3", [SOUND])


def test_a_full_disk_that_ffmpeg_met_is_told_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
        del args, chunks
        raise EncodeError(f"{what}: ffmpeg failed (status 228)\nError writing trailer: No space left on device")

    monkeypatch.setattr(ffmpeg, "encode_stream", encode_stream)
    with pytest.raises(OutputError, match="no space left") as raised:
        write_track(tmp_path / "a.mp3", [SOUND])
    assert raised.value.exit_status == 1


def test_a_missing_folder_is_the_mistake_of_the_command(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"there is no folder .*nowhere; make it first") as raised:
        write_track(tmp_path / "nowhere" / "a.mp3", [SOUND])
    assert raised.value.exit_status == 2


def test_a_folder_in_place_of_the_file_is_the_mistake_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "a.mp3").mkdir()
    with pytest.raises(TargetError, match="it is a folder") as raised:
        write_track(tmp_path / "a.mp3", [SOUND])
    assert raised.value.exit_status == 2


def test_a_file_in_place_of_the_folder_is_the_mistake_of_the_command(tmp_path: Path) -> None:
    (tmp_path / "folder").write_bytes(b"")
    with pytest.raises(TargetError, match=r"folder is a file, not a folder; choose another place"):
        write_track(tmp_path / "folder" / "a.mp3", [SOUND])


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="no folder here that takes no files")
def test_a_folder_that_takes_no_files_is_not_called_missing() -> None:
    with pytest.raises(OutputError, match=r"can't create a file in /proc\nchoose another place"):
        write_track(Path("/proc/a.mp3"), [SOUND])


@pytest.mark.skipif(not Path(os.devnull).is_char_device(), reason="no devices in folders here")
def test_a_device_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.symlink_to(os.devnull)
    with pytest.raises(TargetError, match="not a plain file"):
        write_track(path, [SOUND])
    assert Path(os.devnull).is_char_device()


def test_a_name_that_is_too_long_is_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError):
        write_track(tmp_path / ("x" * 300 + ".mp3"), [SOUND])


def test_a_link_is_kept_and_its_end_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    end, link = tmp_path / "real" / "end.mp3", tmp_path / "link.mp3"
    end.write_bytes(b"old")
    link.symlink_to(end)
    write_track(link, [SOUND])
    assert link.is_symlink()
    assert end.read_bytes().startswith(b"ID3")


@pytest.mark.skipif(os.name == "nt", reason="modes are those of POSIX")
def test_a_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    write_track(tmp_path / "a.mp3", [SOUND])
    (tmp_path / "plain").touch()
    modes = {stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    assert len(modes) == 1


@pytest.mark.parametrize("name", ["-y.mp3", "a:b%03d.mp3", "übung 🧘.mp3", "x" * 251 + ".mp3"])
def test_any_name_will_do(tmp_path: Path, name: str) -> None:
    write_track(tmp_path / name, [SOUND])
    assert [each.name for each in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_full_disk_is_told_with_what_would_mend_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def full(_path: Path, _form: object, _tags: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tagging, "save_tags", full)
    with pytest.raises(OutputError) as raised:
        write_track(tmp_path / "a.mp3", [SOUND])
    remedy = f"make room in {tmp_path.resolve()}, or choose another folder"
    assert str(raised.value) == f"{tmp_path / 'a.mp3'}: there is no space left for it\n{remedy}"


def test_a_folder_that_goes_while_its_file_is_made_is_told_by_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    def encode_stream(args: Sequence[str], chunks: Iterable[bytes], *, what: str) -> None:
        del args, chunks
        shutil.rmtree(folder)
        raise EncodeError(f"{what}: ffmpeg failed (status 254)\nError opening output file: No such file or directory")

    monkeypatch.setattr(ffmpeg, "encode_stream", encode_stream)
    with pytest.raises(TargetError, match=r"a\.mp3: there is no folder .*folder; make it first"):
        write_track(folder / "a.mp3", [SOUND])
