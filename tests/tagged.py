"""Tags to test with, and files with them."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.audio.id3 import ChapterTag, Tags
from voicecoach.audio.writer import Recording, Stream, Written, write_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

TAGS = Tags(
    title="Sitting leg stretch",
    album="Leg stretches",
    track=1,
    tracks=2,
    language="en",
    comment="Stop if it hurts.",
    lyrics="Sit down.\nBreathe in.",
    chapters=(
        ChapterTag(Fraction(0), Fraction(10, 3), "Left leg"),
        ChapterTag(Fraction(10, 3), Fraction(60), "Right leg"),
    ),
    timeline={"format": "voicecoach-timeline/1"},
)


def chapters(count: int) -> tuple[ChapterTag, ...]:
    return tuple(ChapterTag(Fraction(k, 3), Fraction(k + 1, 3), f"round {k}") for k in range(count))


def write_track(path: Path, chunks: Iterable[bytes], tags: Tags = TAGS) -> Written:
    """Write samples as an MP3 with tags, whole."""
    return write_files([Recording(path, Stream(chunks), tags)])[0]
