"""One clip as a file in memory."""

from __future__ import annotations

from voicecoach.audio import ffmpeg
from voicecoach.audio.formats import FORMATS
from voicecoach.errors import UnknownNameError

_SAME_BYTES = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
_PIPED = {"m4a": ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]}
"""What a format needs if nothing that was written can be changed any more."""


def encode_samples(pcm: bytes, rate: int, name: str) -> bytes:
    """Return 16-bit samples of one channel as a file of a format; decoded, it has these samples at least.

    Raises:
        UnknownNameError: If there is no such format.
        EncodeError: If ffmpeg is missing or fails.
    """
    if name not in FORMATS:
        raise UnknownNameError("format", name, [*FORMATS])
    form = FORMATS[name]
    given = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    args = [*given, *_SAME_BYTES, *form.encoding(form.bit_rate(None, 1)), *_PIPED.get(name, []), "pipe:1"]
    return ffmpeg.run(args, what=f"encoding a clip as {name}", data=pcm).stdout
