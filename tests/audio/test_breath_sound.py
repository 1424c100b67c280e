"""The breath sound begins and ends with its phase, is the same bytes everywhere, and tells what is breathed."""

from __future__ import annotations

import array
import hashlib
import math
import random
from fractions import Fraction

import pytest

from voicecoach.audio.breath_sound import COURSES, make_colour, mix_breath
from voicecoach.audio.clip import SAMPLE_RATE
from voicecoach.audio.mixdown import WINDOW, find_ducking
from voicecoach.audio.pcm import audioop
from voicecoach.audio.settings import Sounding
from voicecoach.core.breath import Kind
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, PhaseSpan, Timeline
from voicecoach.errors import ChoiceError

DUCKED = 0.5
FACTOR = 10 ** (-20 / 20)
"""That of the usual level."""


def plan(lengths: str, cues: tuple[Cue, ...] = (), before: Fraction = Fraction(1)) -> Timeline:
    """Return a timeline of phases: "in 4 hold 2 out 6"."""
    words, at, phases = lengths.split(), before, []
    kinds = {"in": Kind.INHALE, "hold": Kind.HOLD, "out": Kind.EXHALE, "pause": Kind.PAUSE}
    for number, (kind, seconds) in enumerate(zip(words[::2], words[1::2], strict=True)):
        phases.append(PhaseSpan(at, at + Fraction(seconds), kinds[kind], None, number))
        at += Fraction(seconds)
    return Timeline(at + 1, tuple(phases), cues)


def sound(timeline: Timeline, factor: float = FACTOR, under: bytes = b"", window: int = WINDOW) -> array.array[int]:
    """Return a session with its breath sound; ``under`` is its other sound, or silence."""
    pcm = under or bytes(2 * round(timeline.duration * SAMPLE_RATE))
    windows = (pcm[at : at + 2 * window] for at in range(0, len(pcm), 2 * window))
    return array.array("h", b"".join(mix_breath(windows, timeline, factor, find_ducking(timeline, DUCKED))))


def level(samples: array.array[int]) -> float:
    return audioop.rms(samples.tobytes(), 2)


@pytest.mark.parametrize("kind", COURSES)
@pytest.mark.parametrize("seconds", ["0.5", "1.2345", "4"])
def test_a_phase_sounds_from_its_first_sample_to_its_last_and_no_longer(kind: Kind, seconds: str) -> None:
    timeline = plan(f"{kind.value.removesuffix('hale').replace('ex', 'out')} {seconds}", before=Fraction(1, 3))
    start, end = (round(at * SAMPLE_RATE) for at in (timeline.phases[0].start, timeline.phases[0].end))
    heard = sound(timeline)
    assert not any(heard[:start])
    assert not any(heard[end:])
    assert level(heard[start : start + 1152]) > 20  # within a frame
    assert level(heard[end - 1152 : end]) > 20
    steps = [abs(one - other) for one, other in zip(heard[start - 1 : end], heard[start : end + 1], strict=True)]
    assert max(steps[:50] + steps[-50:]) < max(steps) / 4  # no click


def test_windows_do_not_change_a_sample() -> None:
    timeline = plan("in 0.7 out 61.5 in 5.25")
    assert sound(timeline) == sound(timeline, window=480 * 7)


def test_the_bytes_are_the_same_on_every_machine() -> None:
    digests = hashlib.sha256()
    for colour in dict.fromkeys(each for course in COURSES.values() for each in (course.start, course.end)):
        digests.update(make_colour(colour))
    mixed = sound(plan("in 3.3 hold 1 out 5 pause 0.5"))
    digests.update(mixed.tobytes())
    assert digests.hexdigest()[:16] == "45a6aa42717b7c46"


def test_an_inhale_rises_and_an_exhale_falls() -> None:
    heard = sound(plan("in 8 out 8"))
    second = [level(heard[at * SAMPLE_RATE : (at + 2) * SAMPLE_RATE]) for at in range(1, 17, 2)]
    assert second[0] < second[1] < second[2] < second[3]
    assert second[4] > second[5] > second[6] > second[7]


def test_words_lower_it_by_six_decibels() -> None:
    words = Cue(Fraction(5), Fraction(7), CueKind.BREATH, "Hold")
    loud, soft = sound(plan("hold 12")), sound(plan("hold 12", (words,)))
    spoken = slice(5 * SAMPLE_RATE, 7 * SAMPLE_RATE)
    assert level(soft[spoken]) == pytest.approx(level(loud[spoken]) / 2, rel=0.02)
    after = slice(10 * SAMPLE_RATE, 12 * SAMPLE_RATE)
    assert soft[after] == loud[after]


def test_a_session_without_guided_breaths_stays_as_it_is() -> None:
    pcm = bytes(range(256)) * 750
    assert sound(Timeline(Fraction(2)), under=pcm).tobytes() == pcm


def test_a_level_that_drowns_words_is_refused() -> None:
    with pytest.raises(ChoiceError, match="write --breath-level 20 or more"):
        Sounding(breath=True, breath_under=12.0).check([None])


TONES = {"in": (660, 880), "hold": (495,), "out": (440, 330)}
RATE = 6000


def hears(samples: array.array[int], hertz: int) -> float:
    """Return how much of a tone is in some sound (Goertzel's algorithm)."""
    ahead, now, then = 2 * math.cos(2 * math.pi * hertz / RATE), 0.0, 0.0
    for value in samples:
        now, then = value + ahead * now - then, now
    return now * now + then * then - ahead * now * then


def test_half_a_second_from_anywhere_tells_what_is_breathed() -> None:
    dice = random.Random(3)  # noqa: S311 - places in a session
    timeline = plan("in 4 hold 4 out 6 pause 1 in 2.5 out 9 in 30 out 20")
    noise = dice.randbytes(2 * round(timeline.duration * SAMPLE_RATE))
    heard = sound(timeline, under=audioop.mul(noise, 2, 0.01))  # as loud as the breath sound
    small, _ = audioop.ratecv(heard.tobytes(), 2, 1, SAMPLE_RATE, RATE, None)
    samples, right = array.array("h", small), 0
    for number in range(60):
        phase = timeline.phases[number % len(timeline.phases)]
        start = dice.uniform(float(phase.start), float(phase.end) - 0.5)
        window = samples[round(start * RATE) : round((start + 0.5) * RATE)]
        found = max(TONES, key=lambda kind: max(hears(window, hertz) for hertz in TONES[kind]))
        right += found == {"inhale": "in", "exhale": "out"}.get(phase.kind.value, "hold")
    assert right >= 57
