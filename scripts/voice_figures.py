"""Measure voices of this system, for calmness and clarity: scripts/voice-figures [VOICE ...].

Each says the same instructions, at the same setting. The figures are of its own sound, before anything is levelled:

* words a minute, and seconds: how fast it is heard;
* pitch: the median of the voiced parts (Hz), and the semitones between their 10th and 90th percentile;
* LRA: the loudness range (EBU Tech 3342), in LU: how far it goes up and down;
* tilt: how the octaves from 250 Hz to 4 kHz fall, in dB an octave (fitted): the steeper, the softer, the duller;
* 1-4 kHz: the part of the energy, in dB, in which consonants and the upper formants lie: the more, the clearer;
* over 4 kHz: the same of hiss and edge.
"""

from __future__ import annotations

import math
import re
import statistics
import struct
import sys
import warnings
from dataclasses import dataclass
from operator import mul

from voicecoach.audio import ffmpeg
from voicecoach.voices import polish
from voicecoach.voices.system import RATE, SystemVoice, catalogue, system_voice

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import audioop

SENTENCES = (
    "Sit on the floor, and stretch your left leg out in front of you, with the toes pointing up.",
    "Breathe in through your nose, and let your back grow long.",
    "As you breathe out, bend forward from the waist and reach for your toes.",
    "Stay here for three slow breaths, and keep your shoulders soft.",
    "With each breath out, let yourself sink a little further.",
    "Slowly come back up, and rest for one or two free breaths.",
)
VARIANTS = ("", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+m8")
NAMED = ("+Andrea", "+Annie", "+belinda", "+linda", "+steph", "+Gene", "+Michael", "+adam", "+quincy", "+travis")
PITCHED = ("@30", "@40", "@60", "+m1@45", "+f2@40", "+f4@40")
OCTAVES = (250, 500, 1000, 2000, 4000)
PAUSE = 0.4
_PITCHES = range(60, 400)
_FRAME, _STEP = 0.04, 0.02


@dataclass(frozen=True, slots=True)
class Figures:
    """What one voice came to."""

    name: str
    seconds: float
    wpm: float
    pitch: float
    semitones: float
    lra: float
    tilt: float
    middle: float
    high: float

    def __str__(self) -> str:
        """Write it as a row of a table."""
        numbers = f"{self.wpm:.0f} | {self.pitch:.0f} | {self.semitones:.1f} | {self.lra:.1f} | {self.tilt:+.1f}"
        return f"| {self.name} | {numbers} | {self.middle:.1f} | {self.high:.1f} |"


def figures(name: str, language: str = "en") -> Figures:
    """Measure a voice; ``name`` may end in a pitch: ``en-us+f3@40``."""
    called, _, pitch = name.partition("@")
    voice = system_voice(called or None, language, calibration=SENTENCES[0])
    voice = SystemVoice(voice.voice, SENTENCES[0], pitch=int(pitch) if pitch else None)
    raws = [polish.trim(raw) for raw in voice.raw(SENTENCES)]
    rate, words = raws[0].rate, sum(len(each.split()) for each in SENTENCES)
    seconds = sum(raw.seconds for raw in raws)
    pause = bytes(2 * round(PAUSE * rate))
    sound = pause.join(raw.pcm for raw in raws)
    heights = sorted(_pitches(sound, rate))
    tenth, median, ninth = (heights[len(heights) * part // 10] for part in (1, 5, 9))
    whole = _level(sound, rate, "anull")
    levels = [_level(sound, rate, _band(middle / math.sqrt(2), middle * math.sqrt(2))) for middle in OCTAVES]
    return Figures(
        name,
        seconds,
        words * 60 / seconds,
        median,
        12 * math.log2(ninth / tenth),
        _range(sound, rate),
        statistics.linear_regression([math.log2(each) for each in OCTAVES], levels).slope,
        _level(sound, rate, _band(1000, 4000)) - whole,
        _level(sound, rate, _band(4000, 10_000)) - whole,
    )


def _band(low: float, high: float) -> str:
    """Return a filter for a band, of the eighth order."""
    return ",".join([f"highpass=f={low:.1f},lowpass=f={high:.1f}"] * 4)


def _level(sound: bytes, rate: int, band: str) -> float:
    """Return the mean level in dB of what a filter leaves."""
    said = _heard(sound, rate, f"aformat=sample_fmts=dblp,{band},astats=measure_perchannel=none")
    return float(re.findall(r"RMS level dB: (\S+)", said)[-1])


def _range(sound: bytes, rate: int) -> float:
    return float(re.findall(r"LRA:\s+(\S+) LU", _heard(sound, rate, "ebur128=metadata=1"))[-1])


def _heard(sound: bytes, rate: int, graph: str) -> str:
    given = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    return ffmpeg.run([*given, "-af", graph, "-f", "null", "-"], what="measuring", data=sound, loglevel="info").stderr


def _pitches(sound: bytes, rate: int) -> list[float]:
    """Return the pitch of every voiced frame, by autocorrelation of the sound under 1 kHz or so."""
    low, _ = audioop.ratecv(_smooth(sound, rate), 2, 1, rate, 5512, None)
    samples = struct.unpack(f"<{len(low) // 2}h", low)
    size, step = round(_FRAME * 5512), round(_STEP * 5512)
    lags = range(5512 // _PITCHES.stop, 5512 // _PITCHES.start)
    loud = max(map(abs, samples)) / 20
    found: list[float] = []
    for start in range(0, len(samples) - size - lags.stop, step):
        frame = samples[start : start + size]
        power = sum(map(mul, frame, frame))
        if power < size * loud**2:
            continue
        alike = [sum(map(mul, frame, samples[start + lag : start + lag + size])) / power for lag in lags]
        most = max(alike)
        if most > 0.6:  # noqa: PLR2004 - voiced, and no noise; of an octave and the next below, the upper is meant
            tops = [each for each in range(1, len(lags) - 1) if alike[each] > 0.9 * most and _top(alike, each)]
            if not tops:
                continue
            best = tops[0]
            before, at, after = alike[best - 1 : best + 2]
            shift = (before - after) / (2 * (before - 2 * at + after)) if before + after < 2 * at else 0
            found.append(5512 / (lags[best] + shift))
    return found


def _top(values: list[float], at: int) -> bool:
    return values[at - 1] <= values[at] >= values[at + 1]


def _smooth(sound: bytes, rate: int) -> bytes:
    given = ["-f", "s16le", "-ar", str(rate), "-ac", "1", "-i", "pipe:0"]
    graph = "lowpass=f=900,lowpass=f=900"
    return ffmpeg.run([*given, "-af", graph, "-f", "s16le", "pipe:1"], what="measuring", data=sound).stdout


def main(names: list[str]) -> None:
    """Print a table, of the voices that are named or of American English in its variants."""
    print(f"all set to the calm tempo ({RATE} words a minute of English); {len(catalogue().voices)} voices here")
    print("| voice | words/min | pitch, Hz | semitones | LRA, LU | tilt, dB/oct | 1-4 kHz, dB | over 4 kHz, dB |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in names or [f"en-us{each}" for each in (*VARIANTS, *NAMED, *PITCHED)]:
        print(figures(name), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
