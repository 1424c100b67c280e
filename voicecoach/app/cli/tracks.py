"""What is printed of a track: its length, and how long each side is stretched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicecoach.core.score import Side

if TYPE_CHECKING:
    from voicecoach.app.request import Track


def describe_length(track: Track) -> str:
    """Say how long a track is, and how long each side is stretched in it."""
    from voicecoach.core.timeline import format_time

    return ", ".join((format_time(track.timeline.duration), *list_stretches(track)))


def list_stretches(track: Track) -> list[str]:
    """Say for each side how long it is stretched, if it is."""
    stretched = {side: track.timeline.measure_stretch(side) for side in (Side.LEFT, Side.RIGHT)}
    return [f"{side} {track.limb} stretched {round(float(time), 1):g} s" for side, time in stretched.items() if time]
