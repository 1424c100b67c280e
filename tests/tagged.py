"""Tags to test with."""

from fractions import Fraction

from voicecoach.audio.id3 import ChapterTag, Tags

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
