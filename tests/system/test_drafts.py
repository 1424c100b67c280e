"""Whole files, their modes, and what is left of them when something fails."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tagged import TAGS
from voicecoach.app import config
from voicecoach.audio.mp3 import FrameFormat, JoinedTrack
from voicecoach.audio.writer import Extra, Recording, write_files
from voicecoach.errors import TargetError
from voicecoach.routine.authoring import create_template
from voicecoach.system import cache, drafts
from voicecoach.voices import cached

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

POSIX = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


def track(path: Path) -> None:
    form = FrameFormat()
    write_files(
        [Recording(path, JoinedTrack((), 9, form, form.silent), TAGS)], [Extra(path.with_suffix(".vtt"), "vtt", b"x")]
    )


WRITERS: dict[str, Callable[[Path], object]] = {
    "any file": lambda path: drafts.write_file(path, b"new"),
    "a track": track,
    "settings": lambda path: config._write(path, "rate = 120\n"),  # noqa: SLF001 - what saves a default
    "a routine": lambda path: create_template(path.name, path.parent),
}


@POSIX
@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@given(mask=st.sampled_from([0o000, 0o002, 0o022, 0o027, 0o077]))
def test_new_files_have_the_mode_that_the_umask_gives(write: Callable[[Path], object], mask: int) -> None:
    with tempfile.TemporaryDirectory() as folder, umask(mask):
        write(Path(folder) / "new")
        files = [path for path in Path(folder).rglob("*") if path.is_file()]
        assert files
        assert {mode(path) for path in files} == {0o666 & ~mask}


@POSIX
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_what_was_spoken_is_nobody_else_s_business(tmp_path: Path, mask: int) -> None:
    with umask(mask):
        cache.store(cached.locate_clip(tmp_path, "voice", "In"), bytes(8))
    assert [mode(path) for path in tmp_path.rglob("*.clip")] == [0o600]


@POSIX
@pytest.mark.parametrize("write", list(WRITERS.values())[:3], ids=list(WRITERS)[:3])
@given(
    own=st.sampled_from([0o400, 0o440, 0o444, 0o600, 0o640, 0o644, 0o660, 0o666, 0o755]),
    mask=st.sampled_from([0, 0o022, 0o077]),
)
def test_a_file_that_is_replaced_keeps_its_mode(write: Callable[[Path], object], own: int, mask: int) -> None:
    with tempfile.TemporaryDirectory() as folder, umask(mask):
        path = Path(folder) / "old"
        path.write_bytes(b"old")
        path.chmod(own)
        write(path)
        assert path.read_bytes() != b"old"
        assert mode(path) == own


@POSIX
@given(own=st.integers(0, 0o777))
def test_a_draft_can_be_read_by_nobody_who_can_not_read_the_file(own: int) -> None:
    with tempfile.TemporaryDirectory() as folder, umask(0):
        path = Path(folder) / "old"
        path.touch()
        path.chmod(own)
        with drafts.hold_draft(path) as draft:
            assert mode(draft) == own | 0o600


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root may give files away")
def test_a_file_that_is_replaced_keeps_its_owner_and_group(tmp_path: Path) -> None:
    path = tmp_path / "theirs"
    path.touch()
    os.chown(path, 1234, 4321)
    path.chmod(0o640)
    drafts.write_file(path, b"new")
    assert (path.stat().st_uid, path.stat().st_gid, mode(path)) == (1234, 4321, 0o640)


def test_the_end_of_a_link_is_written_and_the_link_stays(tmp_path: Path) -> None:
    real, link = tmp_path / "real", tmp_path / "link"
    real.write_bytes(b"old")
    link.symlink_to(real)
    drafts.write_file(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"


@pytest.mark.parametrize("kind", ["folder", "device"])
def test_what_is_not_a_plain_file_is_never_replaced(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "there"
    if kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(os.devnull)
    with pytest.raises(TargetError):
        drafts.write_file(path, b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["there"]


def test_what_can_not_be_written_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "a").write_bytes(b"old")
    monkeypatch.setattr(drafts, "sync", full)
    with pytest.raises(OSError, match="No space"):
        drafts.write_file(tmp_path / "a", b"new")
    assert [(each.name, each.read_bytes()) for each in tmp_path.iterdir()] == [("a", b"old")]


def test_a_file_that_many_write_at_once_is_always_one_of_theirs_and_whole(tmp_path: Path) -> None:
    contents = [bytes([number]) * 50_000 for number in range(8)]
    path = tmp_path / "a"
    drafts.write_file(path, contents[0])
    with ThreadPoolExecutor(len(contents)) as threads:
        written = [threads.submit(drafts.write_file, path, content) for content in contents * 3]
        while not all(each.done() for each in written):
            assert path.read_bytes() in contents
        assert not [error for each in written if (error := each.exception())]
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_removing_tells_whether_it_worked(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert drafts.remove(tmp_path / "file")
    assert not drafts.remove(tmp_path / "file")


WRITERS_OF_THEIR_OWN = {
    "system.drafts": "it is the way",
    "api.beds": "into memory",
    "studio.files": "a routine from the page: a new file, or a draft that takes its name",
    "system.cache": "entries of the cache, by drafts of their own names",
    "audio.writer": "drafts of tracks and of what goes along with them, and a list that ffmpeg reads",
    "audio.mp3": "a draft that it is given",
    "routine.authoring": "a new file, which never replaces one",
    "voices.piper.download": "an unfinished download, which takes its name when it is complete",
    "voices.worker": "in a private folder",
    "voices.neural.sound": "in a private folder",
    "voices.neural.kokoro.package": "an unfinished download, which takes its name when it is complete",
    "voices.command.voice": "in a private folder",
}
_WRITES = re.compile(r"""\.write_(?:text|bytes)\(|open\([^)]*["'][wxa]b?["']|mkstemp|NamedTemporaryFile|copyfile""")


def test_nobody_else_writes_files() -> None:
    """Files that a person keeps are written by `drafts.write_file`: whole, and with the right mode."""
    package = Path(drafts.__file__).parents[1]
    writing = {
        ".".join(path.relative_to(package).with_suffix("").parts)
        for path in package.rglob("*.py")
        if _WRITES.search(path.read_text("utf-8"))
    }
    assert writing == set(WRITERS_OF_THEIR_OWN)
