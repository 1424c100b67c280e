"""The tags of an audio file as ID3v2.3 frames, with chapters."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from voicecoach import __version__
from voicecoach.core.timeline import to_milliseconds
from voicecoach.views.exchange import FORMATS, VERSION

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from mutagen.id3 import ID3

ARTIST, GENRE = "voicecoach", "Speech"
"""The default artist, and the genre: 101 in the list of ID3."""

TIMELINE_OWNER = FORMATS[VERSION]
TIMELINE_OWNERS = frozenset(FORMATS.values())
"""The owners of the frames that carry a timeline, of earlier versions as well."""
MOST_CHAPTERS = 255
"""A table of contents counts its entries in one byte (ID3v2 Chapter Frame Addendum 1.0, 3.2)."""

_NO_OFFSET = 0xFFFFFFFF  # "the byte offset is not given, use the time" (the same, 3.1)

# ISO 639-1 to ISO 639-2 (terminological), for the languages that the common voices speak.
_LANGUAGES = """
af:afr am:amh ar:ara as:asm az:aze be:bel bg:bul bn:ben bs:bos ca:cat cs:ces cy:cym da:dan de:deu el:ell en:eng eo:epo
es:spa et:est eu:eus fa:fas fi:fin fr:fra ga:gle gd:gla gl:glg gu:guj he:heb hi:hin hr:hrv hu:hun hy:hye id:ind is:isl
it:ita ja:jpn ka:kat kk:kaz kn:kan ko:kor ky:kir la:lat lb:ltz lt:lit lv:lav mk:mkd ml:mal mr:mar ms:msa mt:mlt my:mya
nb:nob ne:nep nl:nld nn:nno no:nor pa:pan pl:pol pt:por ro:ron ru:rus sk:slk sl:slv sq:sqi sr:srp sv:swe sw:swa ta:tam
te:tel th:tha tr:tur uk:ukr ur:urd uz:uzb vi:vie zh:zho
"""
_ISO_639_2 = dict(pair.split(":") for pair in _LANGUAGES.split())


@dataclass(frozen=True, slots=True)
class ChapterTag:
    """A chapter in the list of a player, from ``start`` to ``end``, in seconds."""

    start: Fraction
    end: Fraction
    title: str


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a file.

    ``track`` counts from 1 to ``tracks``; ``language`` is a BCP 47 tag; ``timeline`` is written as JSON into a private
    frame; ``synced`` has the text of each cue with its time in milliseconds; ``date`` is a day such as ``2026-11-28``;
    ``breath`` is written as in ``--breath``. Empty tags are left out of the file.
    """

    title: str
    album: str
    track: int
    tracks: int
    language: str
    comment: str
    lyrics: str
    chapters: tuple[ChapterTag, ...]
    timeline: Mapping[str, Any]
    cover: bytes = b""
    cover_type: str = "image/jpeg"
    synced: tuple[tuple[str, int], ...] = ()
    artist: str = ARTIST
    genre: str = ""
    date: str = ""
    breath: str = ""

    def pack(self) -> bytes:
        """Return the timeline in the form that files contain."""
        return zlib.compress(json.dumps(self.timeline, separators=(",", ":")).encode())


def build_frames(tags: Tags, sealed: Callable[[], Tags] | None = None) -> ID3:
    """Return tags as ID3 frames, ready to be saved as version 2.3; the timeline is that of ``sealed``, and added last.

    If there are more chapters than a table of contents can hold, neighbours are merged.
    """
    from mutagen.id3 import APIC, COMM, ID3, PRIV, SYLT, TALB, TIT2, TLAN, TPE1, TRCK, TSSE, USLT, Encoding

    language, utf16 = to_iso_639_2(tags.language), Encoding.UTF16
    frames = ID3()
    frames.add(TIT2(encoding=utf16, text=[to_line(tags.title)]))
    frames.add(TALB(encoding=utf16, text=[to_line(tags.album)]))
    frames.add(TPE1(encoding=utf16, text=[to_line(tags.artist)]))
    frames.add(TRCK(encoding=utf16, text=[f"{tags.track}/{tags.tracks}"]))
    frames.add(TLAN(encoding=utf16, text=[language]))
    frames.add(TSSE(encoding=utf16, text=[f"voicecoach {__version__}"]))
    _add_facts(frames, tags)
    if tags.comment:
        frames.add(COMM(encoding=utf16, lang=language, desc="", text=[to_plain_text(tags.comment)]))
    frames.add(USLT(encoding=utf16, lang=language, desc="", text=to_plain_text(tags.lyrics)))
    if tags.cover:
        frames.add(APIC(encoding=Encoding.LATIN1, mime=tags.cover_type, type=3, desc="", data=tags.cover))
    if tags.synced:
        words = [(to_plain_text(said), at) for said, at in tags.synced]
        frames.add(SYLT(encoding=utf16, lang=language, format=2, type=1, desc="", text=words))
    _add_chapters(frames, merge_chapters(tags.chapters))
    frames.add(PRIV(owner=TIMELINE_OWNER, data=(sealed() if sealed else tags).pack()))
    return frames


def _add_facts(frames: ID3, tags: Tags) -> None:
    """Add the genre, the day, and the breath: as a subtitle and as a field of its own."""
    from mutagen.id3 import TCON, TDAT, TIT3, TXXX, TYER, Encoding

    utf16 = Encoding.UTF16
    if tags.genre:
        frames.add(TCON(encoding=utf16, text=[to_line(tags.genre)]))
    if tags.date:
        year, month, day = tags.date.split("-")
        frames.add(TYER(encoding=Encoding.LATIN1, text=[year]))
        frames.add(TDAT(encoding=Encoding.LATIN1, text=[day + month]))
    if tags.breath:
        frames.add(TIT3(encoding=utf16, text=[to_line(tags.breath)]))
        frames.add(TXXX(encoding=utf16, desc="BREATH", text=[to_line(tags.breath)]))


def merge_chapters(chapters: Sequence[ChapterTag], most: int = MOST_CHAPTERS) -> tuple[ChapterTag, ...]:
    """Merge neighbours evenly until at most ``most`` chapters are left.

    >>> from fractions import Fraction
    >>> rounds = [ChapterTag(Fraction(k), Fraction(k + 1), f"round {k}") for k in range(3)]
    >>> [(int(chapter.end), chapter.title) for chapter in merge_chapters(rounds, most=2)]
    [(2, 'round 0 … round 1'), (3, 'round 2')]
    """
    count = -(-len(chapters) // most)
    groups = (chapters[at : at + count] for at in range(0, len(chapters), count or 1))
    return tuple(ChapterTag(group[0].start, group[-1].end, _join_titles(group)) for group in groups)


def to_iso_639_2(language: str) -> str:
    """Return the three letters of ID3 for a BCP 47 tag; "und" if the language is unknown.

    >>> to_iso_639_2("de-AT"), to_iso_639_2("en"), to_iso_639_2("yue"), to_iso_639_2("?")
    ('deu', 'eng', 'yue', 'und')
    """
    primary = language.replace("_", "-").split("-")[0].lower()
    if len(primary) == 3 and primary.isascii() and primary.isalpha():  # noqa: PLR2004 - letters of ISO 639-2 and -3
        return primary
    return _ISO_639_2.get(primary, "und")


def _add_chapters(frames: ID3, chapters: Sequence[ChapterTag]) -> None:
    """Add a CHAP frame for each chapter, and the CTOC frame without which most players list none."""
    from mutagen.id3 import CHAP, CTOC, TIT2, CTOCFlags, Encoding

    names = [f"chp{number}" for number in range(len(chapters))]
    for name, chapter in zip(names, chapters, strict=True):
        frames.add(
            CHAP(
                element_id=name,
                start_time=to_milliseconds(chapter.start),
                end_time=to_milliseconds(chapter.end),
                start_offset=_NO_OFFSET,
                end_offset=_NO_OFFSET,
                sub_frames=[TIT2(encoding=Encoding.UTF16, text=[to_line(chapter.title)])],
            )
        )
    if names:
        flags = CTOCFlags.TOP_LEVEL | CTOCFlags.ORDERED
        frames.add(CTOC(element_id="toc", flags=flags, child_element_ids=names, sub_frames=[]))


def _join_titles(group: Sequence[ChapterTag]) -> str:
    first, last = group[0].title, group[-1].title
    return first if first == last else f"{first} … {last}"


def to_line(written: str) -> str:
    """Return a text on one line, as ID3 requires it except in comments and lyrics.

    >>> to_line("Leg stretch" + chr(10) + "seated")
    'Leg stretch seated'
    """
    return " ".join(to_plain_text(written).splitlines())


def to_plain_text(written: str) -> str:
    """Return a text without characters that UTF-16 can't hold, and without NUL, which would end it."""
    return written.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")
