"""Encodes, checks and tags files, and puts them in place whole or not at all, with the files beside them."""

from __future__ import annotations

import os
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from voicecoach.audio import ffmpeg, tagging
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.audio.formats import MP3, Format
from voicecoach.audio.id3 import merge_chapters
from voicecoach.audio.mp3 import PCM, JoinedTrack
from voicecoach.audio.mp3_info import read_info, round_seek_table
from voicecoach.errors import EncodeError, OutputError, TargetError, suggest_remedy
from voicecoach.system import drafts, locks, plain_files, process, signals
from voicecoach.system.folders import describe_missing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from voicecoach.audio.id3 import ChapterTag, Tags

_TEMPORARY = "make room for it, or name another folder in TMPDIR"
_SAME_BYTES = ["-fflags", "+bitexact", "-flags", "+bitexact"]


class Encodable(Protocol):
    """Something that can be encoded into a file."""

    def save(self, path: Path) -> int:
        """Write it without tags, and return the number of samples."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Sound that is encoded as it comes.

    Attributes:
        chunks: 16-bit samples at 48 kHz in pieces, ``channels`` of them side by side.
        form: The kind of file.
        bit_rate: Bits a second, for those that have one.
        channels: How many channels the pieces have; ``graph``, ffmpeg's filters, makes of more than one what is heard.
        graph: ffmpeg's filters, from ``[0:a]`` to ``[out]``.
        chapters: The chapters, for formats in which ffmpeg has to write them.
    """

    chunks: Iterable[bytes]
    form: Format = MP3
    bit_rate: int | None = 64_000
    channels: int = 1
    graph: str = ""
    chapters: tuple[ChapterTag, ...] = ()

    def save(self, path: Path) -> int:
        """Encode it into a file; silence rounds its end up to a whole frame.

        Raises:
            EncodeError: If ffmpeg is missing or fails.
        """
        size = 0

        def _count() -> Iterator[bytes]:
            nonlocal size
            for chunk in self.pad():
                size += len(chunk)
                yield chunk

        with _list_chapters(self.chapters) as listed:
            args = [*self.list_input_options(), *listed, *self.encoding(), ffmpeg.quote_path(path)]
            ffmpeg.encode_stream(args, _count(), what=f"encoding the {self.form.name}")
        if self.form is MP3:
            round_seek_table(path)
        return size // SAMPLE_BYTES // self.channels

    def pad(self) -> Iterator[bytes]:
        """Yield the chunks, and silence that fills the last frame.

        ffmpeg's MP3 muxer states up to 46 samples too many after a last frame that holds fewer than 47.
        """
        size, frame = 0, FRAME_SAMPLES * SAMPLE_BYTES * self.channels
        for chunk in self.chunks:
            size += len(chunk)
            yield chunk
        yield bytes(-size % frame)

    def list_input_options(self) -> list[str]:
        """Return ffmpeg's options that read the chunks."""
        return [*PCM[:-4], "-ac", str(self.channels), *PCM[-2:]]

    def encoding(self) -> list[str]:
        """Return ffmpeg's options that mix and encode the chunks."""
        mixed = ["-filter_complex", self.graph, "-map", "[out]"] if self.graph else ["-map", "0:a"]
        # Without the ":g" the chapters would lose their titles.
        bare = ["-map_metadata:g", "-1", *_SAME_BYTES]
        return [*mixed, *bare, *self.form.encoding(self.bit_rate)]


class _TemporaryFileError(EncodeError):
    """A temporary file that is needed to make a file could not be written."""


@contextmanager
def _list_chapters(chapters: Sequence[ChapterTag]) -> Iterator[list[str]]:
    """Yield ffmpeg's options for a list of chapters as a second input; none if there are no chapters."""
    if not chapters:
        yield []
        return
    with ExitStack() as stack:
        try:
            path = stack.enter_context(locks.hold_folder()) / "chapters"
            path.write_text(tagging.format_chapters(chapters), encoding="utf-8")
        except OSError as error:
            raise _TemporaryFileError(f"no temporary file can be written: {error}\n{_TEMPORARY}") from None
        yield ["-f", "ffmetadata", "-i", ffmpeg.quote_path(path), "-map_chapters", "1"]


@dataclass(frozen=True, slots=True)
class Recording:
    """A file to be written: its path, its sound, its tags and its kind."""

    path: Path
    sound: Encodable
    tags: Tags
    form: Format = MP3


@dataclass(frozen=True, slots=True)
class Extra:
    """A file beside a recording: captions, a list of chapters, a playlist."""

    path: Path
    kind: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: its samples, its size in bytes, and the number of its chapters."""

    path: Path
    samples: int
    size: int
    chapters: int

    @property
    def seconds(self) -> Fraction:
        """Its exact length in seconds."""
        return Fraction(self.samples, SAMPLE_RATE)


def write_files(
    recordings: Sequence[Recording], extras: Sequence[Extra] = (), listen: Callable[[int, Path], None] | None = None
) -> tuple[Written, ...]:
    """Write files that belong together: all of them are complete before any of them gets its name.

    ``listen`` is called with the number and the draft of each recording; if it raises an error, nothing is replaced.

    Raises:
        EncodeError: If ffmpeg is missing, fails, or made another length than it was given.
        TargetError: If the folder is missing, or the path is something that no file can replace.
        OutputError: If the file can't be written: no permission, or no room.
    """
    with ExitStack() as stack:
        paths = [*(each.path for each in recordings), *(each.path for each in extras)]
        made = [_hold_draft(path, stack) for path in paths]
        written = tuple(_make(draft, each) for draft, each in zip(made, recordings, strict=False))
        for draft, extra in zip(made[len(recordings) :], extras, strict=True):
            _write_extra(draft, extra)
        if listen:
            for number in range(len(recordings)):
                with _report_system_errors(paths[number]), _report_draft_errors(paths[number]):
                    listen(number, made[number])
        signals.raise_pending()
        with signals.defer():
            for draft, path in zip(made, paths, strict=True):
                with _report_system_errors(path):
                    drafts.put(draft, path)
            signals.mark_complete()
    return written


def _hold_draft(path: Path, stack: ExitStack) -> Path:
    """Hold a draft of a file until the stack is closed."""
    with _report_system_errors(path):
        return stack.enter_context(drafts.hold_draft(path))


def _write_extra(draft: Path, extra: Extra) -> None:
    with _report_system_errors(extra.path):
        draft.write_bytes(extra.content)
        drafts.sync(draft)


def _make(draft: Path, recording: Recording) -> Written:
    """Write a complete file of a recording as its draft."""
    path, sound, tags, form = recording.path, recording.sound, recording.tags, recording.form
    # Everything in a joined track is known before it is written, and so is the tag in front of it.
    head = tagging.build_id3_tag(tags, sound.digest) if isinstance(sound, JoinedTrack) else b""
    with _report_draft_errors(path):
        samples = sound.save(draft, head) if isinstance(sound, JoinedTrack) else sound.save(draft)
    with _report_system_errors(path), _report_draft_errors(path):
        _check(draft, samples, form, len(head))
        if not head:
            tagging.save_tags(draft, form, tagging.seal(tags, tagging.digest_sound(draft)))
        drafts.sync(draft)
        return Written(path, samples, draft.stat().st_size, len(merge_chapters(tags.chapters)))


def _check(path: Path, samples: int, form: Format, start: int = 0) -> None:
    """Refuse a file that states or has another length than its sound, or that has no sound."""
    if not samples:
        raise EncodeError(f"encoding the {form.name}: there is no sound in it")
    try:
        stated, size = _read_length(path, start) if form is MP3 else (tagging.count_samples(path, form), None)
    except ValueError as error:
        raise EncodeError(f"encoding the {form.name}: {error} in what ffmpeg wrote") from None
    if stated != samples or size not in {None, path.stat().st_size - start}:
        raise EncodeError(f"encoding the {form.name}: {samples} samples went in, {stated} came out")


def _read_length(path: Path, start: int) -> tuple[int, int]:
    """Return the samples and the bytes that an MP3 states; its Info header comes after ``start`` bytes of tags."""
    with path.open("rb") as file:
        file.seek(start)
        info = read_info(file.read(1024))
    return info.samples, info.size


@contextmanager
def _report_system_errors(path: Path) -> Iterator[None]:
    """Raise errors of the system as errors about ``path``."""
    try:
        yield
    except (FileNotFoundError, NotADirectoryError):
        raise _describe_missing_folder(path) from None
    except OSError as error:
        raise _describe_refusal(path, (error.strerror or str(error)).lower(), suggest_remedy(error)) from None


@contextmanager
def _report_draft_errors(path: Path) -> Iterator[None]:
    """Raise errors about the draft of a file as errors about the file: a full disk, a folder that is gone."""
    try:
        yield
    except _TemporaryFileError:
        raise
    except (OutputError, EncodeError) as error:
        what = process.find_full_disk(str(error)) or (error.what if isinstance(error, OutputError) else "")
        if not plain_files.is_folder(path.parent):
            raise _describe_missing_folder(path) from None
        if what:
            raise _describe_refusal(path, what) from None
        raise


def _describe_missing_folder(path: Path) -> TargetError | OutputError:
    """Return the error for a file without a folder; in some folders, such as /proc, there can be no new files."""
    if plain_files.is_folder(path.parent):
        return OutputError(path, f"can't create a file in {path.parent}\nchoose another place")
    return TargetError(path, describe_missing(path.parent))


def _describe_refusal(path: Path, what: str, advice: str = "") -> OutputError:
    """Return the error for a file that can't be written, with the remedy."""
    if what in process.DISK_FULL:
        folder = Path(os.path.realpath(path)).parent
        return OutputError(path, f"there is no space left for it\nmake room in {folder}, or choose another folder")
    return OutputError(path, f"{what}\n{advice or 'choose another place'}")
