"""MP3 files: sound encoded at a constant bit rate, checked, tagged, and put in place whole or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from voicecoach import ffmpeg
from voicecoach.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.errors import EncodeError, OutputError, TargetError
from voicecoach.frames import CODEC, PCM
from voicecoach.tags import Tags, id3

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from mutagen.id3 import ID3

_FRAME = FRAME_SAMPLES * SAMPLE_BYTES  # bytes of the samples of one
_INFO_AT = 4 + 17  # after a frame's header and the side information of one channel (ISO 11172-3)
_NO_TAGS = ["-map_metadata", "-1", "-id3v2_version", "0", "-write_id3v1", "0"]
_SAME_BYTES = ["-fflags", "+bitexact", "-flags", "+bitexact"]
_OUTPUT = [*CODEC, *_NO_TAGS, *_SAME_BYTES, "-f", "mp3"]
_DISK_FULL = tuple(os.strerror(number) for number in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT))


class Sound(Protocol):
    """What can become the sound of a file."""

    def save(self, path: Path) -> int:
        """Write it as an MP3 without tags, and return how many samples are heard."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Sound that is encoded as it comes: 16-bit samples at 48 kHz, one channel, in pieces."""

    chunks: Iterable[bytes]

    def save(self, path: Path) -> int:
        """Encode it into a file.

        Raises:
            EncodeError: When ffmpeg is missing or fails.
        """
        return encode(self.chunks, path)


@dataclass(frozen=True, slots=True)
class Recording:
    """A file to be written: its path, its sound and its tags."""

    path: Path
    sound: Sound
    tags: Tags


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: samples to be heard, size in bytes, and how many chapters it lists."""

    path: Path
    samples: int
    size: int
    chapters: int

    @property
    def seconds(self) -> Fraction:
        """How long it sounds, exactly."""
        return Fraction(self.samples, SAMPLE_RATE)


@dataclass(frozen=True, slots=True)
class Info:
    """What the Info header of an MP3 states: frames of sound, bytes of all frames, samples added before and after."""

    frames: int
    size: int
    delay: int
    padding: int

    @property
    def samples(self) -> int:
        """How many samples a player plays once it has left out what the encoder added.

        >>> Info(frames=10, size=0, delay=1105, padding=47).samples
        10368
        """
        return self.frames * FRAME_SAMPLES - self.delay - self.padding


def write(path: Path, chunks: Iterable[bytes], tags: Tags) -> Written:
    """Write one file, whole; until it is complete, a file that was there stays as it was.

    Raises:
        EncodeError: When ffmpeg is missing, fails, or made another length than it was given.
        TargetError: When the folder is missing, or the path is something that no file can replace.
        OutputError: When the file can't be written: no permission, or no room.
    """
    return write_all([Recording(path, Stream(chunks), tags)])[0]


def write_all(recordings: Sequence[Recording]) -> tuple[Written, ...]:
    """Write files that belong together: all of them are finished before any of them takes its name.

    Raises:
        EncodeError: As ``write``.
        TargetError: As ``write``.
        OutputError: As ``write``.
    """
    with ExitStack() as stack:
        drafts = [stack.enter_context(_draft(each.path)) for each in recordings]
        written = tuple(_made(draft, each) for draft, each in zip(drafts, recordings, strict=True))
        for draft, each in zip(drafts, recordings, strict=True):
            with _told(each.path):
                draft.replace(_target(each.path))
    return written


def encode(chunks: Iterable[bytes], path: Path) -> int:
    """Encode samples into an MP3 without tags, as they come; silence rounds the end up to a whole frame.

    Returns:
        How many samples will be heard, the silence included.

    Raises:
        EncodeError: When ffmpeg is missing, fails, or made another length than it was given.
    """
    size = 0

    def counted() -> Iterator[bytes]:
        nonlocal size
        for chunk in chunks:
            size += len(chunk)
            yield chunk
        # ffmpeg's muxer states up to 46 samples too many after a last frame that holds fewer than 47.
        rest = bytes(-size % _FRAME)
        size += len(rest)
        yield rest

    ffmpeg.encode_stream([*PCM, *_OUTPUT, ffmpeg.source(path)], counted(), what="encoding the MP3")
    return size // SAMPLE_BYTES


def read_info(start: bytes) -> Info:
    """Read the Info header from the start of an MP3 of one channel without tags.

    The layout is that of "Mp3 Info Tag revision 1 specifications" by LAME, in which all four optional fields are there.

    Raises:
        ValueError: When there is no such header.
    """
    header = start[_INFO_AT : _INFO_AT + 144]
    if header[:8] != b"Info\x00\x00\x00\x0f" or len(header) < 144:  # noqa: PLR2004 - the length sliced above
        raise ValueError("no Info header")
    trims = int.from_bytes(header[141:144], "big")
    frames, size = (int.from_bytes(header[at : at + 4], "big") for at in (8, 12))
    return Info(frames, size, delay=trims >> 12, padding=trims & 0xFFF)


def _made(draft: Path, recording: Recording) -> Written:
    """Make a whole file of a recording under the name of its draft."""
    with _draft_told(recording.path):
        samples = recording.sound.save(draft)
        _check(draft, samples)
    frames = id3(recording.tags)
    with _told(recording.path):
        _save(frames, draft)
        _sync(draft)
        return Written(recording.path, samples, draft.stat().st_size, len(frames.getall("CHAP")))


def _check(path: Path, samples: int) -> None:
    """Refuse a file that states, or has, another length than the sound it was made of, or no sound at all."""
    if not samples:
        raise EncodeError("encoding the MP3: there is no sound in it")
    with path.open("rb") as file:
        start = file.read(1024)
    try:
        info = read_info(start)
    except ValueError as error:
        raise EncodeError(f"encoding the MP3: {error} in what ffmpeg wrote") from None
    if info.samples != samples or info.size != path.stat().st_size:
        raise EncodeError(f"encoding the MP3: {samples} samples went in, {info.samples} came out")


def _save(frames: ID3, path: Path) -> None:
    """Put tags in front of a file, with no room left over for others."""
    from mutagen import MutagenError

    try:
        frames.save(path, v1=0, v2_version=3, padding=lambda _: 0)
    except MutagenError as error:
        raise (error.__cause__ if isinstance(error.__cause__, OSError) else OSError(str(error))) from None


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


@contextmanager
def _draft(path: Path) -> Iterator[Path]:
    """Make an empty hidden file beside ``path``, with a new file's usual mode; remove it unless it was renamed."""
    with _told(path):
        draft = _target(path).with_name(f".voicecoach-{secrets.token_hex(8)}.mp3")
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _target(path: Path) -> Path:
    """Return the file that a path leads to, which need not be there yet: a link is kept, and its end replaced.

    Raises:
        TargetError: When it leads to what is no plain file, such as a folder or a device.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return target
    if not stat.S_ISREG(mode):
        raise TargetError(path, "it is a folder" if stat.S_ISDIR(mode) else "it is not a plain file")
    return target


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell what the system refuses as an error about ``path``."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise TargetError(path, f"there is no folder {path.parent}; make it first") from None
    except OSError as error:
        raise OutputError(path, (error.strerror or str(error)).lower()) from None


@contextmanager
def _draft_told(path: Path) -> Iterator[None]:
    """Tell what is wrong with the draft of a file by the file's own name, and a full disk as what it is."""
    try:
        yield
    except OutputError as error:
        raise OutputError(path, error.what) from None
    except EncodeError as error:
        if any(said in str(error) for said in _DISK_FULL):
            raise OutputError(path, "there is no room left for it") from None
        raise
