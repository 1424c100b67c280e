"""A session as the bytes of a file, yielded while they are made: from joined frames, or from ffmpeg as it encodes."""

from __future__ import annotations

from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from voicecoach.audio import ffmpeg, mp3, mp3_info
from voicecoach.audio.clip import FRAME_SAMPLES, SAMPLE_BYTES, SAMPLE_RATE
from voicecoach.audio.formats import GRID
from voicecoach.audio.id3 import Tags
from voicecoach.audio.render import TrackPlan, find_frame_format, prepare_sounds
from voicecoach.audio.writer import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from voicecoach.audio.clip import Clip
    from voicecoach.audio.settings import Sounding
    from voicecoach.core.score import Side
    from voicecoach.core.timeline import Cue, Timeline

PIECE = 65_536
"""Bytes that are yielded at once, at most."""

_NO_TAGS = Tags("", "", 1, 1, "en", "", "", (), {})
_PIPED = {"mp3": ["-write_xing", "0"], "m4a": ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]}
"""What a format needs if nothing that was written can be changed any more."""
_WAVE = 44
"""Bytes of a WAV header."""


def stream(
    timeline: Timeline, side: Side | None, clip: Callable[[Cue], Clip], sounding: Sounding, folder: Path
) -> Iterator[bytes]:
    """Yield the bytes of a session's sound, without tags.

    An MP3 of one channel is that of the file, to the byte: the silence before its first words comes at once, and the
    rest as soon as its words are encoded, which are kept in ``folder``. All else is encoded as it is yielded.

    Raises:
        ChoiceError: If the bed is not sound.
        EncodeError: If ffmpeg is missing or fails.
    """
    part = TrackPlan(timeline, side, Path(), _NO_TAGS)
    form = find_frame_format(sounding)
    begun = 0
    if form is not None:
        for piece in _begin(timeline, clip, form, folder):
            yield piece
            begun += len(piece)
    ready = prepare_sounds([part], clip, sounding, folder, _report_nothing)
    sound = ready.recordings[0].sound
    if isinstance(sound, mp3.JoinedTrack):
        yield from _cut(_skip(sound.pieces(), begun))
    elif isinstance(sound, Stream):
        yield from _encode(sound, timeline)


def _begin(timeline: Timeline, clip: Callable[[Cue], Clip], form: mp3.FrameFormat, folder: Path) -> Iterator[bytes]:
    """Yield what an MP3 begins with, up to the frames of its first cue: nothing of it has to be encoded."""
    from voicecoach.audio.mixdown import find_passages

    first = next(iter(find_passages(timeline, clip, mp3.APART, mp3.CONTEXT)), None)
    if first is None:
        return
    start = max(0, first[0] // FRAME_SAMPLES - mp3.LEAD)
    count = int(timeline.duration / GRID)
    quiet = mp3.JoinedTrack((), count, form, mp3.encode_background(folder, form)).pieces()
    left = len(mp3_info.make_info_frame(count, form.bit_rate)) + start * form.size
    for piece in quiet:
        kept = piece[:left]
        left -= len(kept)
        if kept:
            yield kept
        if not left:
            return


def _skip(pieces: Iterable[bytes], count: int) -> Iterator[bytes]:
    """Leave out so many bytes at the beginning."""
    for piece in pieces:
        skipped = min(count, len(piece))
        count -= skipped
        yield piece[skipped:]


def _cut(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces of a size that can be sent; none is empty."""
    for piece in pieces:
        for at in range(0, len(piece), PIECE):
            yield piece[at : at + PIECE]


def _encode(sound: Stream, timeline: Timeline) -> Iterator[bytes]:
    """Yield what ffmpeg makes of mixed sound; WAV of one channel needs no ffmpeg."""
    chunks = sound.pad()
    if sound.form.name == "wav" and not sound.graph:
        frame = FRAME_SAMPLES * SAMPLE_BYTES
        size = -(-round(timeline.duration * SAMPLE_RATE) * SAMPLE_BYTES // frame) * frame
        yield from _cut(chain([wave_header(size)], chunks))
        return
    output = [*sound.encoding(), *_PIPED.get(sound.form.name, []), "pipe:1"]
    what = f"encoding the {sound.form.name}"
    with closing(
        ffmpeg.convert_stream([*sound.list_input_options(), *output], chunks, what=what, size=PIECE)
    ) as pieces:
        yield from pieces


def wave_header(size: int) -> bytes:
    """Return the header of a WAV file of 48 kHz, one channel and 16 bits with ``size`` bytes of sound.

    >>> len(wave_header(0))
    44
    """
    stated = min(size, 2**32 - 1 - _WAVE)  # a longer one can't state its length; players read to its end
    form = (16).to_bytes(4, "little") + (1).to_bytes(2, "little") + (1).to_bytes(2, "little")
    rates = SAMPLE_RATE.to_bytes(4, "little") + (SAMPLE_RATE * SAMPLE_BYTES).to_bytes(4, "little")
    sizes = SAMPLE_BYTES.to_bytes(2, "little") + (8 * SAMPLE_BYTES).to_bytes(2, "little")
    head = b"RIFF" + (stated + _WAVE - 8).to_bytes(4, "little") + b"WAVEfmt "
    return head + form + rates + sizes + b"data" + stated.to_bytes(4, "little")


def _report_nothing(_stage: str, _done: int, _total: int) -> None:
    pass
