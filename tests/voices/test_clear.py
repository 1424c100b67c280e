"""Clear words: slower at the same pitch, 3 dB louder from 1 to 4 kHz, and on time."""

from __future__ import annotations

import array
import math
import random

import pytest

from voicecoach.audio.clip import SAMPLE_RATE, Clip, join, make_silence
from voicecoach.audio.pcm import audioop
from voicecoach.voices.clear import SLOWER, TEMPO, make_clear


def sine(hertz: float, seconds: float) -> Clip:
    turn = 2 * math.pi * hertz / SAMPLE_RATE
    values = (round(4000 * math.sin(turn * at)) for at in range(round(seconds * SAMPLE_RATE)))
    return Clip(array.array("h", values).tobytes())


def level(clip: Clip) -> float:
    middle = clip[clip.samples // 4 : clip.samples * 3 // 4]
    return 20 * math.log10(audioop.rms(middle.pcm, 2))


def onset(clip: Clip) -> int:
    return next(at for at, value in enumerate(array.array("h", clip.pcm)) if abs(value) > 500)


TONES = (150, 400, 1000, 1500, 2000, 3000, 4000, 8000)


def test_consonants_are_three_decibels_louder_and_pitch_stays() -> None:
    clips = {hertz: sine(hertz, 0.5) for hertz in TONES}
    made = make_clear(clips)
    gains = {hertz: level(made[hertz]) - level(clips[hertz]) for hertz in TONES}
    base = gains[150]
    assert base == pytest.approx(-1.7, abs=0.2)
    assert sum(gains[hertz] - base for hertz in (1500, 2000, 3000)) / 3 == pytest.approx(3.0, abs=0.3)
    assert all(gains[hertz] - base > 1.3 for hertz in (1000, 4000))
    assert all(abs(gains[hertz] - base) < 0.5 for hertz in (400, 8000))
    crossings = audioop.cross(made[400].pcm, 2) / float(made[400].seconds) / 2
    assert crossings == pytest.approx(400, rel=0.02)


@pytest.mark.parametrize("before", [0, 777, 20_000])
def test_a_clip_is_longer_by_its_factor_and_begins_where_the_plan_has_it(before: int) -> None:
    dice = random.Random(5)  # noqa: S311 - noise, not a secret
    word = Clip(audioop.mul(dice.randbytes(2 * 30_000), 2, 0.2))
    clip = join([make_silence(before), word, make_silence(500)])
    made = make_clear({"first": sine(300, 0.2), "word": clip})["word"]
    assert made.samples == clip.samples * 100 // TEMPO
    assert abs(onset(made) - onset(clip) * SLOWER) < SAMPLE_RATE // 200  # 5 ms: a fifth of a frame


def test_silence_stays_silence_and_nothing_is_nothing() -> None:
    assert make_clear({}) == {}
    (made,) = make_clear({"a": make_silence(10_000)}).values()
    assert not any(made.pcm)
