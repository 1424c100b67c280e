"""Writes and reads the tags of each format.

MP3 and WAV hold ID3 frames. FLAC and Opus hold Vorbis comments, with chapters in the form that most players read
(CHAPTER001, CHAPTER001NAME). M4A holds the atoms of iTunes; its chapters are a track that ffmpeg writes.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
import zlib
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from voicecoach import __version__
from voicecoach.audio import ffmpeg
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.id3 import (
    MOST_CHAPTERS,
    TIMELINE_OWNERS,
    build_frames,
    merge_chapters,
    to_iso_639_2,
    to_line,
    to_plain_text,
)
from voicecoach.core.timeline import format_timestamp, to_milliseconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from voicecoach.audio.formats import Format
    from voicecoach.audio.id3 import ChapterTag, Tags

COMMENT = "VOICECOACH_TIMELINE"
"""The Vorbis comment for the timeline, packed and in base 64."""

ATOM = "----:org.voicecoach:timeline"
"""The atom of an M4A for the timeline, packed."""

BREATH_ATOM = "----:org.voicecoach:breath"
"""The atom of an M4A for the breath."""

PRIMING = 1024
"""Samples that ffmpeg's AAC encoder adds at the start; an edit list tells players to leave them out."""

MOST_UNPACKED = 200_000_000
"""The largest timeline in bytes: one of 12 hours and 100,000 cues has about 30 million."""


def save_tags(path: Path, form: Format, tags: Tags) -> int:
    """Write tags into a file that has none, and return the number of chapters in them.

    Raises:
        OSError: If the file can't be written.
    """
    chapters = merge_chapters(tags.chapters)
    with _translate_errors():
        {"mp3": _tag_mp3, "wav": _tag_wav, "flac": _tag_flac, "opus": _tag_opus, "m4a": _tag_m4a}[form.name](path, tags)
    return len(chapters)


def count_samples(path: Path, form: Format) -> int:
    """Return the number of samples of a file other than an MP3, as it states it.

    Raises:
        ValueError: If it does not state its length.
    """
    from mutagen import MutagenError
    from mutagen.flac import FLAC
    from mutagen.mp4 import MP4
    from mutagen.oggopus import OggOpus
    from mutagen.wave import WAVE

    kinds: dict[str, Any] = {"flac": FLAC, "opus": OggOpus, "m4a": MP4, "wav": WAVE}
    try:
        stated = round(float(kinds[form.name](path).info.length) * SAMPLE_RATE)
    except (MutagenError, AttributeError) as error:
        raise ValueError("no length") from error
    return stated - PRIMING if form.name == "m4a" else stated


def extract_timeline(path: Path) -> bytes:
    """Return the timeline (JSON) inside a file of ours.

    Raises:
        ValueError: If there is none.
    """
    import mutagen

    try:
        return _unpack(_find_packed(_read_tags(path)))
    except (mutagen.MutagenError, zlib.error, ValueError) as error:
        raise ValueError(f"{path} contains no voicecoach timeline") from error


def _read_tags(path: Path) -> Any:  # noqa: ANN401 - mutagen's kinds of tags have no type in common
    """Return a file's tags, if any; of an MP3 only the private frames, because all take a hundred times as long."""
    import mutagen
    from mutagen.id3 import ID3, PRIV

    with suppress(OSError), path.open("rb") as file:
        if file.read(3) == b"ID3":
            return ID3(path, known_frames={"PRIV": PRIV}, load_v1=False)
    found = mutagen.File(path)
    return found.tags if found is not None else None


def seal(tags: Tags, digest: str) -> Tags:
    """Return tags whose timeline has the digest of the sound in their file; the tags are not a part of the sound."""
    sound = {**tags.timeline.get("sound", {}), "sha256": digest}
    return replace(tags, timeline={**tags.timeline, "sound": sound})


def build_id3_tag(tags: Tags, digest: Callable[[], str] | None = None) -> bytes:
    """Return the ID3 tag that an MP3 begins with, with the ``digest`` of its sound, which is computed last."""
    written = io.BytesIO()
    build_frames(tags, (lambda: seal(tags, digest())) if digest else None).save(
        written, v1=0, v2_version=3, padding=lambda _: 0
    )
    tag = written.getvalue()
    return tag[:10] + _order_chapters(tag[10:])


def digest_sound(path: Path) -> str:
    """Return the SHA-256 of the encoded sound of a file, without its tags.

    Raises:
        EncodeError: If ffmpeg finds no sound.
    """
    with path.open("rb") as file:
        start = file.read(10)
        if start[:3] == b"ID3" or start[:2] == b"\xff\xfb":  # an MP3: everything after its tag
            file.seek(10 + _measure_tag(start) if start[:3] == b"ID3" else 0)
            return hashlib.file_digest(file, "sha256").hexdigest()
    args = ["-i", ffmpeg.quote_path(path), "-map", "0:a:0", "-c", "copy", "-f", "hash", "-hash", "sha256", "pipe:1"]
    said = ffmpeg.run(args, what=f"reading {path.name}").stdout.decode()
    return said.strip().rpartition("=")[2].lower()


def describe_unlisted(form: Format, chapters: Sequence[ChapterTag]) -> Iterator[str]:
    """Yield a warning for chapters that players will not list as they are.

    >>> from voicecoach.audio.formats import FORMATS
    >>> list(describe_unlisted(FORMATS["mp3"], []))
    []
    """
    if chapters and not form.chapters:
        yield f"few players show chapters in {form.name} files; most show them in mp3, m4a, opus and flac"
    groups = merge_chapters(chapters)
    if len(groups) < len(chapters):
        yield f"{len(chapters)} chapters are grouped into {len(groups)}, as a file lists {MOST_CHAPTERS} at most"


def _measure_tag(start: bytes) -> int:
    """Return the number of bytes of ID3 after its header of ten bytes, which states it in groups of seven bits."""
    return sum(byte << shift for byte, shift in zip(start[6:10], (21, 14, 7, 0), strict=True))


def format_chapters(chapters: Sequence[ChapterTag]) -> str:
    r"""Write chapters in the format of ffmpeg.

    >>> from fractions import Fraction
    >>> from voicecoach.audio.id3 import ChapterTag
    >>> print(format_chapters([ChapterTag(Fraction(0), Fraction(3, 2), "Sit; breathe")]))
    ;FFMETADATA1
    [CHAPTER]
    TIMEBASE=1/1000
    START=0
    END=1500
    title=Sit\; breathe
    """
    lines = [";FFMETADATA1"]
    for each in merge_chapters(chapters):
        lines += [
            "[CHAPTER]",
            "TIMEBASE=1/1000",
            f"START={to_milliseconds(each.start)}",
            f"END={to_milliseconds(each.end)}",
        ]
        title = "".join(f"\\{sign}" if sign in "=;#\\" else sign for sign in to_line(each.title))
        # ffmpeg continues a line that ends in a backslash, even in an escaped one.
        lines.append(f"title={title} " if title.endswith("\\") else f"title={title}")
    return "\n".join(lines)


def _unpack(packed: bytes) -> bytes:
    """Unpack a timeline of limited size: a few bytes could unpack to any number."""
    unpacking = zlib.decompressobj()
    content = unpacking.decompress(packed, MOST_UNPACKED)
    if not unpacking.eof:
        raise ValueError("it is missing, cut, or too long")
    return content


def _find_packed(tags: Any) -> bytes:  # noqa: ANN401 - mutagen's kinds of tags have no type in common
    """Return the packed timeline from a file's tags of any format; nothing if there is none."""
    if tags is None:
        return b""
    from mutagen.id3 import ID3

    if isinstance(tags, ID3):
        return next((frame.data for frame in tags.getall("PRIV") if frame.owner in TIMELINE_OWNERS), b"")
    from mutagen.flac import VCFLACDict
    from mutagen.mp4 import MP4Tags
    from mutagen.oggopus import OggOpusVComment

    if isinstance(tags, MP4Tags):
        return next((bytes(each) for each in tags.get(ATOM, [])), b"")
    comments = tags if isinstance(tags, VCFLACDict | OggOpusVComment) else ()
    return base64.b64decode(next((value for name, value in comments if name.upper() == COMMENT), ""), validate=True)


def _tag_mp3(path: Path, tags: Tags) -> None:
    build_frames(tags).save(path, v1=0, v2_version=3, padding=lambda _: 0)  # makes space for the tag
    with path.open("rb+") as file:
        file.write(build_id3_tag(tags))


def _order_chapters(frames: bytes) -> bytes:
    """Sort the chapters among ID3v2.3 frames by time: mutagen sorts frames by size, and ffmpeg keeps their order."""
    parts: list[bytes] = []
    while frames:
        size = 10 + int.from_bytes(frames[4:8], "big")
        parts.append(frames[:size])
        frames = frames[size:]
    parts.sort(key=_find_chapter_start)
    return b"".join(parts)


def _find_chapter_start(frame: bytes) -> int:
    """Return the start of a chapter in milliseconds; -1 for other frames, which come first.

    >>> _find_chapter_start(b"CHAP" + bytes(6) + b"chp1" + bytes(1) + bytes([0, 0, 1, 0]))
    256
    >>> _find_chapter_start(b"TIT2" + bytes(20))
    -1
    """
    return int.from_bytes(frame[10:].partition(b"\0")[2][:4], "big") if frame[:4] == b"CHAP" else -1


def _tag_wav(path: Path, tags: Tags) -> None:
    from mutagen.wave import WAVE

    file: Any = WAVE(path)
    file.add_tags()
    for frame in build_frames(tags).values():
        file.tags.add(frame)
    file.save(v2_version=3, padding=lambda _: 0)


def _tag_flac(path: Path, tags: Tags) -> None:
    from mutagen.flac import FLAC, Picture

    file: Any = FLAC(path)
    if file.tags is None:
        file.add_tags()
    file.tags.clear()
    file.tags.extend(_build_comments(tags))
    if tags.cover:
        picture = Picture()
        picture.type, picture.mime, picture.data = 3, tags.cover_type, tags.cover
        file.add_picture(picture)
    file.save(padding=lambda _: 0)


def _tag_opus(path: Path, tags: Tags) -> None:
    from mutagen.flac import Picture
    from mutagen.oggopus import OggOpus

    file: Any = OggOpus(path)
    file.tags.clear()
    file.tags.extend(_build_comments(tags))
    if tags.cover:
        picture = Picture()
        picture.type, picture.mime, picture.data = 3, tags.cover_type, tags.cover
        file.tags.append(("METADATA_BLOCK_PICTURE", base64.b64encode(picture.write()).decode()))
    file.save(padding=lambda _: 0)


def _build_comments(tags: Tags) -> list[tuple[str, str]]:
    """Return Vorbis comments: the common fields, and the chapters."""
    fields = [
        ("TITLE", to_line(tags.title)),
        ("ALBUM", to_line(tags.album)),
        ("ARTIST", to_line(tags.artist)),
        ("GENRE", to_line(tags.genre)),
        ("DATE", tags.date),
        ("SUBTITLE", to_line(tags.breath)),
        ("BREATH", to_line(tags.breath)),
        ("TRACKNUMBER", str(tags.track)),
        ("TRACKTOTAL", str(tags.tracks)),
        ("LANGUAGE", to_iso_639_2(tags.language)),
        ("COMMENT", to_plain_text(tags.comment)),
        ("LYRICS", to_plain_text(tags.lyrics)),
        ("ENCODER", f"voicecoach {__version__}"),
        (COMMENT, base64.b64encode(tags.pack()).decode()),
    ]
    fields = [(name, value) for name, value in fields if value]
    for number, chapter in enumerate(merge_chapters(tags.chapters), 1):
        fields += [
            (f"CHAPTER{number:03}", format_timestamp(to_milliseconds(chapter.start))),
            (f"CHAPTER{number:03}NAME", to_line(chapter.title)),
        ]
    return fields


def _tag_m4a(path: Path, tags: Tags) -> None:
    from mutagen.mp4 import MP4, AtomDataType, MP4Cover, MP4FreeForm

    file: Any = MP4(path)
    if file.tags is None:
        file.add_tags()
    texts = {
        "\xa9nam": to_line(tags.title),
        "\xa9alb": to_line(tags.album),
        "\xa9ART": to_line(tags.artist),
        "\xa9gen": to_line(tags.genre),
        "\xa9day": tags.date,
        "\xa9too": f"voicecoach {__version__}",
        "\xa9cmt": to_plain_text(tags.comment),
        "\xa9lyr": to_plain_text(tags.lyrics),
        "desc": to_line(tags.breath),
    }
    file.tags.update({name: [text] for name, text in texts.items() if text})
    file.tags["trkn"] = [(tags.track, tags.tracks)]
    file.tags[ATOM] = [MP4FreeForm(tags.pack(), AtomDataType.IMPLICIT)]
    if tags.breath:
        file.tags[BREATH_ATOM] = [MP4FreeForm(to_line(tags.breath).encode(), AtomDataType.UTF8)]
    if tags.cover:
        kind = MP4Cover.FORMAT_JPEG if tags.cover_type == "image/jpeg" else MP4Cover.FORMAT_PNG
        file.tags["covr"] = [MP4Cover(tags.cover, kind)]
    file.save(padding=lambda _: 0)


@contextmanager
def _translate_errors() -> Iterator[None]:
    """Raise the system's error that is behind an error of mutagen."""
    from mutagen import MutagenError

    try:
        yield
    except MutagenError as error:
        inside = (error.__cause__, *error.args)  # the second as mutagen 1.47 has it
        raise next((each for each in inside if isinstance(each, OSError)), OSError(str(error))) from None
    except struct.error as error:
        raise OSError(str(error)) from None
