"""Make the sounds in ``audio_assets`` from the numbers below: the same bytes on every machine.

Run it with ``scripts/run assets``; with ``--check`` it writes nothing and tells whether all is up to date.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
from dataclasses import dataclass
from pathlib import Path

from scripts.assets.synthesis import (
    BLOCK,
    RATE,
    Chime,
    Glide,
    Partial,
    above,
    adpcm_wav,
    below,
    gliding,
    humming,
    levelled,
    mixed,
    noise,
    struck,
    wav,
)

ASSETS = Path(__file__).resolve().parents[2] / "audio_assets"

# A rim bends in 2, 3, 4, 5 ... waves, at about 1 : 2.7 : 5.1 : 8.0 : 11.4 of the lowest (measured on singing bowls by
# Inacio, Henrique and Antunes, "The dynamics of Tibetan singing bowls", 2006). No bowl is quite round, so that its
# lowest tones are pairs a hertz apart, which beat; high tones die first.
LARGE_BOWL = Chime(
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


def bowl(hertz: float, ringing: float, seconds: float, peak: float, strokes: tuple[float, ...] = (0.0,)) -> Chime:
    """Return a smaller bowl, whose lowest tone falls by 60 dB in ``ringing`` seconds."""
    partials = (
        Partial(hertz, 1.0, ringing),
        Partial(hertz + 1.3, 0.25, 0.93 * ringing),
        Partial(2.7 * hertz, 0.36, 0.6 * ringing),
        Partial(5.1 * hertz, 0.12, 0.36 * ringing),
        Partial(8.0 * hertz, 0.04, 0.2 * ringing),
    )
    return Chime(partials, seconds, 0.006, peak, strokes)


def bar(hertz: float, ringing: float, seconds: float, peak: float, strokes: tuple[float, ...] = (0.0,)) -> Chime:
    """Return a wooden bar under a padded mallet: tuned as marimbas are, 1 : 4 : 9.2, its highs soft and soon gone."""
    partials = (
        Partial(hertz, 1.0, ringing),
        Partial(hertz + 0.7, 0.3, 0.9 * ringing),
        Partial(4.0 * hertz, 0.08, 0.35 * ringing),
        Partial(9.2 * hertz, 0.01, 0.15 * ringing),
    )
    return Chime(partials, seconds, 0.03, peak, strokes)


# Two sets for the same four moments, which differ by pitch, a fourth or more within a set, and by strokes; none lies
# where the breath's tones do, 330 to 495 Hz. All of a set are about as loud as each other.
CHIMES = {
    "chime-end": LARGE_BOWL,
    "bell-end": LARGE_BOWL,
    "bell-start": bowl(524.0, 4.2, 3.0, 0.45),
    "bell-change": bowl(699.0, 2.4, 2.2, 0.45, (0.0, 0.42)),
    "bell-chapter": bowl(1047.0, 2.4, 1.9, 0.42),
    "soft-end": bar(165.0, 3.6, 3.0, 0.32),
    "soft-start": bar(220.0, 3.0, 2.4, 0.32),
    "soft-change": bar(294.0, 1.6, 1.8, 0.38, (0.0, 0.42)),
    "soft-chapter": bar(587.0, 1.6, 1.5, 0.36),
}

# A dry knock on wood, higher and much shorter than the tones, for the last second of a hold.
TICK = Chime((Partial(1180.0, 1.0, 0.1), Partial(2950.0, 0.3, 0.06)), seconds=0.13, attack=0.004, peak=0.32)

# A fifth up and the same fifth down are told apart with eyes shut; what is held stays on one pitch between. All are
# shorter than half a second, the shortest phases that are breathed.
GLIDES = {"tone-in": Glide(330.0, 495.0), "tone-hold": Glide(405.0, 405.0), "tone-out": Glide(495.0, 330.0)}


@dataclass(frozen=True, slots=True)
class Loop:
    """A bed, which goes round: its samples a second, how many there are, and its mean level in decibels.

    The levels were found by measuring: with them, each bed has -23 LUFS.
    """

    rate: int
    samples: int
    level: float


# What is noise itself hides the noise of four bits a sample, at a quarter of the bytes. The pad's tones would not; but
# they end at 800 Hz, so that few samples of 16 bits are enough.
BROWN = Loop(16_000, 320 * BLOCK, -21.5)
RAIN = Loop(24_000, 480 * BLOCK, -25.8)
WAVES = Loop(16_000, 551 * BLOCK, -24.1)
PAD = Loop(8_000, 24 * 8_000, -22.2)

# Fifths and a ninth on C: neither major nor minor.
PAD_TONES = ((130.8, 0.8), (196.0, 1.0), (261.6, 0.9), (293.7, 0.45), (392.0, 0.4), (523.3, 0.22), (784.0, 0.08))
# Beside each, a softer one lies so many cycles a loop below, and one above. They beat 1 to 22 times a loop, no two
# tones at the same pace: the chord shimmers, and nothing in it counts time. With other phases its level varies more.
PAD_BESIDE = ((4, 7), (5, 9), (6, 10), (3, 12), (8, 13), (1, 17), (2, 20))
PAD_SOFTER = 0.2
PAD_PHASES = "pad p"

# When a wave breaks, in a round of 35, its height, and how long it rises and runs out. No two pairs of the six lie
# equally far apart, so that there is no pace to breathe at.
ROUND = 35
SWELLS = (
    (0, 1.0, 2.2, 6.0),
    (10, 0.8, 2.8, 5.0),
    (15, 0.55, 1.6, 4.0),
    (16, 0.7, 1.9, 6.5),
    (24, 0.9, 2.5, 5.5),
    (28, 0.6, 1.5, 4.5),
)


def brown() -> bytes:
    """Return brown noise: 6 dB less an octave, from 60 Hz up; below 30 Hz, what only heats loudspeakers is left out."""
    rumble = below(60, noise("brown", BROWN.samples), BROWN.rate)
    return adpcm_wav(levelled(above(30, above(30, rumble, BROWN.rate), BROWN.rate), BROWN.level), BROWN.rate)


def rain() -> bytes:
    """Return steady rain: a hiss of drops far off, and near ones, each a short ring of its own pitch."""
    fall = below(5_000, above(350, noise("rain", RAIN.samples), RAIN.rate), RAIN.rate)
    rings = [struck_drop(number) for number in range(24)]
    numbers = iter(noise("drops", 3 * 2_400))
    for place, ring, force in zip(numbers, numbers, numbers, strict=True):
        start = (place + 32_768) * len(fall) // 65_536
        loud = fourth(force / 32_768)
        for index, value in enumerate(rings[ring % len(rings)], start - len(fall)):
            fall[index] += loud * value
    return adpcm_wav(levelled(fall, RAIN.level), RAIN.rate)


def struck_drop(number: int) -> list[float]:
    """Return the ring of one kind of near drop, a few milliseconds long."""
    ring = humming(9 + number, 0.0, 180)
    return [40_000 * value * fourth(1 - index / 180) for index, value in enumerate(ring)]


def fourth(value: float) -> float:
    """Return a fourth power by multiplying: powers of C libraries differ in their last digit."""
    square = value * value
    return square * square


def waves() -> bytes:
    """Return a slow sea: as a wave breaks, its hiss comes up more than its rumble."""
    white = noise("waves", WAVES.samples)
    low = below(350, white, WAVES.rate)
    hiss = below(3_500, above(700, white, WAVES.rate), WAVES.rate)
    swell = [height(number / 100) for number in range(100 * ROUND + 1)]
    sea: list[float] = []
    for number, (force, then) in enumerate(itertools.pairwise(swell)):
        span = slice(*(at * len(white) // (100 * ROUND) for at in (number, number + 1)))
        count = span.stop - span.start
        rumbling, fizzing = 0.7 + 0.5 * force, 0.12 + 0.22 * force * force
        more, fizz_more = 0.5 * (then - force) / count, 0.22 * (then * then - force * force) / count
        for rumble, fizz in zip(low[span], hiss[span], strict=True):
            sea.append(rumbling * rumble + fizzing * fizz)
            rumbling, fizzing = rumbling + more, fizzing + fizz_more
    return adpcm_wav(levelled(sea, WAVES.level), WAVES.rate)


def height(time: float) -> float:
    """Return how high the sea is at a time of its round."""
    total = 0.0
    for crest, size, rising, falling in SWELLS:
        after = (time - crest + ROUND / 2) % ROUND - ROUND / 2
        part = 1 + after / rising if after < 0 else 1 - after / falling
        total += size * part * part * (3 - 2 * part) if part > 0 else 0.0
    return total


def pad() -> bytes:
    """Return a soft chord, of whole turns a loop."""
    phases = iter(noise(PAD_PHASES, 3 * len(PAD_TONES)))
    tones = []
    for (hertz, level), (lower, higher) in zip(PAD_TONES, PAD_BESIDE, strict=True):
        turns = round(hertz * PAD.samples / PAD.rate)
        for cycles in (-lower, 0, higher):
            part = PAD_SOFTER * level if cycles else level
            tone = humming(turns + cycles, next(phases) / 65_536, PAD.samples)
            tones.append([part * value for value in tone])
    return wav(levelled(mixed(tones), PAD.level), PAD.rate)


def room() -> bytes:
    """Return the noise of a quiet room: most of it around 300 Hz, as loud as 1/1000 of full scale; 125 MP3 frames."""
    air = below(300, below(300, noise("room", 125 * 1152), RATE), RATE)
    return wav(levelled(above(80, above(80, air, RATE), RATE), -60.0))


BEDS = {"brown": brown, "pad": pad, "rain": rain, "waves": waves}

CREDITS = """# Sounds

| file | what it is | made by | licence | sha256 |
| --- | --- | --- | --- | --- |
{rows}
Written by `scripts/run assets`, which makes each sound from numbers; `scripts/run assets --check` tells whether
they are still what it makes. Licence: [CC0-1.0](https://creativecommons.org/publicdomain/zero/1.0/): do what you like.

## Spoken clips

`clips/` has the words of the built-in English routines, in Opus files with an index. `scripts/make_clips` makes them
with the voice "heart" of hibari-tts 0.2.1 (Apache-2.0, copyright 2026 Maureese Williams; distilled from Kokoro-82M by
hexgrad, Apache-2.0); `scripts/make_clips --check` tells whether they are still what it makes.
`prepared/` has the same words of the default session as MP3 frames, encoded by LAME in the ffmpeg of imageio-ffmpeg,
with their measured levels; the same script makes it. Licence of both: CC0-1.0.
"""
ROW = "| `{name}` | {what} | voicecoach, synthesised | CC0-1.0 | `{sha256}` |\n"
WHAT = {
    "beds/brown.wav": "brown noise, under a session",
    "beds/pad.wav": "a soft chord that shimmers slowly, under a session",
    "beds/rain.wav": "steady rain, under a session",
    "beds/waves.wav": "a slow sea whose waves keep no time, under a session",
    "bell-change.wav": "a small singing bowl, struck twice: the other side",
    "bell-chapter.wav": "a very small singing bowl, struck once: the next chapter",
    "bell-end.wav": "the bowl of `chime-end`: the end of a session",
    "bell-start.wav": "a singing bowl, struck once: the start of a session",
    "chime-end.wav": "a soft singing bowl, struck once: the end of a session",
    "room/tone.wav": "the noise of a quiet room, instead of silence",
    "soft-change.wav": "a wooden bar under a padded mallet, struck twice: the other side",
    "soft-chapter.wav": "a short wooden bar, struck once: the next chapter",
    "soft-end.wav": "a very long wooden bar, struck once: the end of a session",
    "soft-start.wav": "a long wooden bar, struck once: the start of a session",
    "tick.wav": "a soft knock on wood: the last second of a hold",
    "tone-hold.wav": "a level tone: the breath is held",
    "tone-in.wav": "a rising tone: the breath comes in",
    "tone-out.wav": "a falling tone: the breath goes out",
}


def assets() -> dict[str, bytes]:
    """Return every file of ``audio_assets`` by its name."""
    rung = {chime: wav(struck(chime)) for chime in set(CHIMES.values())}
    sounds = {f"{name}.wav": rung[chime] for name, chime in CHIMES.items()}
    sounds |= {f"{name}.wav": wav(gliding(glide)) for name, glide in GLIDES.items()}
    sounds["tick.wav"] = wav(struck(TICK))
    sounds |= {f"beds/{name}.wav": made() for name, made in BEDS.items()}
    sounds["room/tone.wav"] = room()
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


def main() -> int:
    """Write the files, or with ``--check`` only compare them; return the exit status."""
    parser = argparse.ArgumentParser(prog="scripts/run assets", description="Make the sounds in audio_assets anew.")
    parser.add_argument("--check", action="store_true", help="write nothing; say whether all files are up to date")
    if parser.parse_args().check:
        names = outdated(ASSETS)
        print("\n".join(f"{name}: not what scripts/run assets makes" for name in names) or "all up to date")
        return 1 if names else 0
    for folder in ("beds", "room"):
        (ASSETS / folder).mkdir(parents=True, exist_ok=True)
    for name, made in assets().items():
        (ASSETS / name).write_bytes(made)
        print(f"{name}: {len(made)} bytes")
    return 0
