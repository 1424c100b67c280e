"""Make the sounds in ``audio_assets`` from the numbers below: the same bytes on every machine.

Run it with ``python scripts/make_assets.py``; with ``--check`` it writes nothing and tells whether all is up to date.
"""

from __future__ import annotations

import array
import hashlib
import io
import math
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

ASSETS = Path(__file__).resolve().parent.parent / "audio_assets"
RATE = 48_000
FULL_SCALE = 32_767


@dataclass(frozen=True, slots=True)
class Partial:
    """One tone of a bowl: hertz, loudness beside the others, and the seconds in which it falls by 60 dB."""

    hertz: float
    level: float
    seconds: float


@dataclass(frozen=True, slots=True)
class Bowl:
    """A struck bowl: its partials, its length and attack in seconds, its peak as a part of full scale."""

    partials: tuple[Partial, ...]
    seconds: float
    attack: float
    peak: float


# A rim bends in 2, 3, 4, 5 ... waves, at about 1 : 2.7 : 5.1 : 8.0 : 11.4 of the lowest (measured on singing bowls by
# Inacio, Henrique and Antunes, "The dynamics of Tibetan singing bowls", 2006). No bowl is quite round, so that its
# lowest tones are pairs a hertz apart, which beat; high tones die first.
CHIME_END = Bowl(
    partials=(
        Partial(262.0, 1.00, 6.0),
        Partial(263.1, 0.25, 5.6),
        Partial(707.4, 0.42, 3.9),
        Partial(708.9, 0.14, 3.7),
        Partial(1336.2, 0.16, 2.4),
        Partial(2096.0, 0.06, 1.5),
        Partial(2986.8, 0.025, 0.9),
    ),
    seconds=4.0,
    attack=0.008,
    peak=0.5,
)


@dataclass(frozen=True, slots=True)
class Glide:
    """A tone whose pitch goes evenly from one hertz to another; its seconds, and its peak as a part of full scale."""

    start: float
    end: float
    seconds: float = 0.36
    peak: float = 0.2


# A fifth up and the same fifth down are told apart with eyes shut; what is held stays on one pitch between. All are
# shorter than half a second, the shortest phases that are breathed.
GLIDES = {"tone-in": Glide(330.0, 495.0), "tone-hold": Glide(405.0, 405.0), "tone-out": Glide(495.0, 330.0)}

CREDITS = """# Sounds

| file | what it is | made by | licence | sha256 |
| --- | --- | --- | --- | --- |
{rows}
Written by `scripts/make_assets.py`, which makes each sound from numbers; `scripts/make_assets.py --check` tells whether
they are still what it makes. Licence: [CC0-1.0](https://creativecommons.org/publicdomain/zero/1.0/): do what you like.
"""
ROW = "| `{name}` | {what} | voicecoach, synthesised | CC0-1.0 | `{sha256}` |\n"
WHAT = {
    "chime-end.wav": "a soft singing bowl, struck once: the end of a session",
    "tone-hold.wav": "a level tone: the breath is held",
    "tone-in.wav": "a rising tone: the breath comes in",
    "tone-out.wav": "a falling tone: the breath goes out",
}


def sounding(partial: Partial, count: int) -> list[float]:
    """Return ``count`` samples of a decaying sine.

    The C libraries' sines differ in their last digit, and multiplication does not: so each sample is made from the two
    before it, with factors rounded far above that digit, and the bytes are the same everywhere.

    >>> [round(value, 3) for value in sounding(Partial(RATE / 4, 1.0, 1e9), 4)]
    [0.0, 1.0, 0.0, -1.0]
    """
    fall = 10 ** (-3 / (partial.seconds * RATE))
    turn = 2 * math.pi * partial.hertz / RATE
    first, ahead, back = (round(x, 12) for x in (fall * math.sin(turn), 2 * fall * math.cos(turn), fall * fall))
    values = [0.0, partial.level * first]
    while len(values) < count:
        values.append(ahead * values[-1] - back * values[-2])
    return values[:count]


def shape(at: float, bowl: Bowl) -> float:
    """Return the gain at a time in seconds: a rise without a corner, and over the last half a fade to nothing."""
    rise = min(1.0, at / bowl.attack)
    left = min(1.0, (bowl.seconds - at) / (bowl.seconds / 2))
    return rise * rise * (3 - 2 * rise) * left * left


def struck(bowl: Bowl) -> array.array[int]:
    """Return the bowl as 16-bit samples, ending on true silence."""
    count = round(bowl.seconds * RATE)
    tones = [sounding(partial, count) for partial in bowl.partials]
    mixed = [sum(values) * shape(index / RATE, bowl) for index, values in enumerate(zip(*tones, strict=True))]
    scale = FULL_SCALE * bowl.peak / max(map(abs, mixed))
    return array.array("h", [round(value * scale) for value in mixed])


def gliding(glide: Glide) -> array.array[int]:
    """Return a gliding tone as 16-bit samples, rising out of silence and falling back into it.

    A sample is the imaginary part of a point that turns by a little more each time: multiplications only, as above.

    >>> len(gliding(Glide(330.0, 495.0, seconds=0.5)))
    24480
    """
    count = round(glide.seconds * RATE)
    turn = _turned(glide.start)
    faster = _turned((glide.end - glide.start) / count)
    point, values = complex(1, 0), []
    for index in range(count):
        swell = 4 * (index + 1) * (count - index) / (count + 1) ** 2
        values.append(round(point.imag * swell * swell * glide.peak * FULL_SCALE))
        point, turn = point * turn, turn * faster
    return array.array("h", [*values, *[0] * (RATE // 100)])


def _turned(hertz: float) -> complex:
    angle = 2 * math.pi * hertz / RATE
    return complex(round(math.cos(angle), 14), round(math.sin(angle), 14))


def wav(samples: array.array[int]) -> bytes:
    """Return samples as a WAV file: 48 kHz, one channel, 16 bits."""
    if sys.byteorder == "big":
        samples = array.array("h", samples)
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def assets() -> dict[str, bytes]:
    """Return every file of ``audio_assets`` by its name."""
    sounds = {"chime-end.wav": wav(struck(CHIME_END))}
    sounds |= {f"{name}.wav": wav(gliding(glide)) for name, glide in GLIDES.items()}
    return sounds | {"CREDITS.md": credits_of(sounds).encode()}


def credits_of(sounds: dict[str, bytes]) -> str:
    """Return what CREDITS.md says about the sounds."""
    rows = (
        ROW.format(name=name, what=WHAT[name], sha256=hashlib.sha256(sound).hexdigest())
        for name, sound in sorted(sounds.items())
    )
    return CREDITS.format(rows="".join(rows))


def outdated(folder: Path) -> list[str]:
    """Return the names of the files in a folder that are missing or not what this script makes."""
    return [
        name for name, made in assets().items() if not (folder / name).is_file() or (folder / name).read_bytes() != made
    ]


def main(arguments: list[str]) -> int:
    """Write the files, or with ``--check`` only compare them; return the exit status."""
    if arguments == ["--check"]:
        names = outdated(ASSETS)
        print("\n".join(f"{name}: not what scripts/make_assets.py makes" for name in names) or "all up to date")
        return 1 if names else 0
    ASSETS.mkdir(exist_ok=True)
    for name, made in assets().items():
        (ASSETS / name).write_bytes(made)
        print(f"{name}: {len(made)} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
