"""The formats of sound files: ffmpeg's options for each, what each can hold, and one clip as a file in memory."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voicecoach.errors import ChoiceError, UnknownNameError
from voicecoach.system import plain_files

if TYPE_CHECKING:
    from pathlib import Path

GRID = Fraction(24, 1000)
"""Seconds: where cues may start in a file, and the steps of its length. It is an MP3 frame of 1152 samples at 48 kHz
(ISO 11172-3, Layer III); for all formats it is the same, so that their plans are the same."""

MP3_RATES = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
"""The bit rates of MPEG-1 Layer III (ISO 11172-3), in kb/s."""


@dataclass(frozen=True, slots=True)
class Format:
    """A format of sound files.

    Attributes:
        name: Its name, and the suffix of its files.
        codec: ffmpeg's options for the sound.
        muxer: ffmpeg's name of the container.
        rates: The lowest and the highest bit rate in kb/s; None if it keeps every sample.
        usual: The default bit rates, for one channel and for two.
        chapters: Whether players show the chapters of its files.
    """

    name: str
    codec: tuple[str, ...]
    muxer: str
    rates: tuple[int, int] | None = None
    usual: tuple[int, int] = (0, 0)
    chapters: bool = True

    @property
    def suffix(self) -> str:
        """The suffix of its files, with the dot."""
        return f".{self.name}"

    def bit_rate(self, asked: int | None, channels: int) -> int | None:
        """Return the bits a second of a file; None if that depends on the sound.

        Raises:
            ChoiceError: If the format does not support so many kb/s.
        """
        if self.rates is None:
            if asked is not None:
                raise ChoiceError(
                    f"{self.name} keeps every sample, so it has no bit rate to choose\nleave out --bitrate"
                )
            return None
        rate = self.usual[channels - 1] if asked is None else asked
        least, most = self.rates
        if not least <= rate <= most or (self.name == "mp3" and rate not in MP3_RATES):
            possible = f"one of {', '.join(map(str, MP3_RATES))}" if self.name == "mp3" else f"{least} to {most}"
            raise ChoiceError(f"{self.name} does not support {rate} kb/s\nchoose {possible}")
        return rate * 1000

    def encoding(self, bit_rate: int | None) -> list[str]:
        """Return ffmpeg's options for a file of this format."""
        rate = ["-b:a", str(bit_rate)] if bit_rate else []
        return [*self.codec, *rate, "-f", self.muxer]


_AAC = ("-c:a", "aac", "-aac_coder", "fast", "-movflags", "+faststart")
"""The other coder is slower, and overshoots at 64 kb/s: peaks of -3 dBFS became up to +0.3 dBTP."""
_LAME = ("-c:a", "libmp3lame", "-compression_level", "7")
"""LAME's quality 7 does no noise shaping, and spends all bits of a constant bit rate. At 32 to 96 kb/s the noise in
speech is up to 4 dB lower than with 5, the default, in all bands below 5.5 kHz; and it takes half the time."""

FORMATS = {
    each.name: each
    for each in (
        Format(
            "mp3",
            (*_LAME, "-reservoir", "0", "-id3v2_version", "0", "-write_id3v1", "0"),
            "mp3",
            (32, 320),
            (64, 128),
        ),
        Format("m4a", _AAC, "ipod", (32, 320), (64, 128)),
        Format("opus", ("-c:a", "libopus", "-vbr", "on"), "opus", (16, 256), (32, 64)),
        Format("flac", ("-c:a", "flac", "-sample_fmt", "s16"), "flac"),
        Format("wav", ("-c:a", "pcm_s16le", "-rf64", "auto"), "wav", chapters=False),
    )
}
MP3 = FORMATS["mp3"]
BIT_RATES = (
    min(each.rates[0] for each in FORMATS.values() if each.rates),
    max(each.rates[1] for each in FORMATS.values() if each.rates),
)
"""The lowest and the highest bit rate that any format takes, in kb/s."""


def choose_format(name: str | None, output: Path | None) -> Format:
    """Return the format of a file: by its name, else by the suffix of the file, else MP3.

    >>> from pathlib import Path
    >>> choose_format(None, Path("evening.opus")).name, choose_format("flac", None).name, choose_format(None, None).name
    ('opus', 'flac', 'mp3')

    Raises:
        ChoiceError: If the file's suffix is that of another format.
    """
    ending = output.suffix.lower().removeprefix(".") if output is not None and not plain_files.is_folder(output) else ""
    if name and ending in FORMATS and ending != name:
        raise ChoiceError(f"{output} has the suffix of {ending}, but --format is {name}\nleave out one of them")
    return FORMATS[name or (ending if ending in FORMATS else "mp3")]


_SAME_BYTES = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
_PIPED = {"m4a": ["-movflags", "+frag_keyframe+empty_moov+default_base_moof"]}
"""What a format needs if nothing that was written can be changed any more."""


def encode_samples(pcm: bytes, rate: int, name: str) -> bytes:
    """Return 16-bit samples of one channel as a file of a format; decoded, it has these samples at least.

    Raises:
        UnknownNameError: If there is no such format.
        EncodeError: If ffmpeg is missing or fails.
    """
    from voicecoach.audio import ffmpeg

    if name not in [*FORMATS]:
        raise UnknownNameError("format", str(name), [*FORMATS])
    form = FORMATS[name]
    given = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    args = [*given, *_SAME_BYTES, *form.encoding(form.bit_rate(None, 1)), *_PIPED.get(name, []), "pipe:1"]
    return ffmpeg.run(args, what=f"encoding a clip as {name}", data=pcm).stdout
