"""Clipping, clicks, cut ends, levels and rates of sounds that are made for it."""

from __future__ import annotations

import pytest

np = pytest.importorskip("numpy")

from scripts.listening import sound  # noqa: E402

RATE = sound.RATE


def hum(seconds: float, level: float = 0.3, pitch: float = 140.0) -> sound.Floats:
    """Return a sound like a voice: harmonics that rise and fall, and some silence at both ends."""
    at = np.arange(round(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * pitch * part * at + part) / part for part in range(1, 20))
    ramp = np.clip(np.minimum(at, seconds - at) / 0.04, 0, 1) ** 2
    wave = (level * wave / np.abs(wave).max() * ramp).astype(np.float32)
    return np.concatenate([np.zeros(RATE // 200, np.float32), wave, np.zeros(RATE // 50, np.float32)])


def test_a_plain_sound_has_nothing_wrong() -> None:
    assert not sound.check_ends(hum(0.5))


@pytest.mark.parametrize("at", [0.0, 0.010, 0.480, 0.524])
def test_a_jump_near_an_end_is_a_click(at: float) -> None:
    spoiled = hum(0.5)
    spoiled[round(at * RATE) :] += 0.05
    clicks = sound.find_clicks(spoiled)
    assert clicks
    assert any(abs(found - at) < 0.001 for found in clicks)


def test_a_lone_sample_is_a_click() -> None:
    spoiled = hum(0.5)
    spoiled[300] += 0.1
    assert [round(at * RATE) for at in sound.find_clicks(spoiled)] == [pytest.approx(300, abs=2)]


def test_consonants_are_not_clicks() -> None:
    noise = np.random.default_rng(1).standard_normal(RATE // 4).astype(np.float32)
    ramp = np.minimum(1, np.arange(len(noise)) / 200)
    assert not sound.find_clicks(0.1 * noise * ramp * ramp[::-1])


@pytest.mark.parametrize(("gain", "clipped"), [(1.0, False), (1.6, True)])
def test_samples_that_stand_at_the_limit_are_clipped(gain: float, *, clipped: bool) -> None:
    assert bool(sound.count_clipped(np.clip(gain * hum(0.5, 0.9), -1, 1))) is clipped


def test_a_limit_below_full_scale_is_seen_too() -> None:
    assert sound.count_clipped(np.clip(hum(0.5, 0.9), -0.7, 0.7)) > 100
    assert not sound.count_clipped(np.clip(hum(0.5, 0.2), -0.1, 0.1))


def test_a_sound_that_stops_in_the_middle_is_cut() -> None:
    whole = hum(0.6)
    assert sound.find_cuts(whole) == ()
    assert sound.find_cuts(whole[: RATE // 3]) == ("end",)
    assert sound.find_cuts(whole[RATE // 3 :]) == ("start",)
    assert sound.find_cuts(whole[RATE // 5 : RATE // 3]) == ("start", "end")


def test_the_level_of_a_full_sine_is_that_of_the_standard() -> None:
    sine = np.sin(2 * np.pi * 997 * np.arange(RATE) / RATE).astype(np.float32)
    assert sound.measure_level(sine) == pytest.approx(-3.01, abs=0.05)
    assert sound.measure_level(sine / 10) == pytest.approx(-23.01, abs=0.05)


def test_the_level_does_not_depend_on_length_or_on_pauses() -> None:
    short, long = hum(0.35), hum(3)
    silence = np.zeros(RATE, np.float32)
    assert sound.measure_level(short) == pytest.approx(sound.measure_level(long), abs=0.7)
    assert sound.measure_level(np.concatenate([long, silence, long])) == pytest.approx(
        sound.measure_level(long), abs=0.2
    )
    assert sound.measure_level(silence) == -70.0
    assert sound.measure_level(short[:10]) == -70.0


def test_uneven_neighbours_are_found_once() -> None:
    neighbours = sound.list_neighbours([["In", "Out", "In", "Out"], ["Out", "In", "Rest", "Rest"]])
    assert neighbours == [("In", "Out"), ("In", "Rest")]
    levels = {"In": -18.0, "Out": -17.0, "Rest": -19.5}
    assert sound.find_uneven(neighbours, levels, 1.0) == [("In", "Rest", -1.5)]


def test_resampling_keeps_the_low_and_drops_the_high() -> None:
    at = np.arange(RATE) / RATE
    low, high = (np.sin(2 * np.pi * pitch * at).astype(np.float32) for pitch in (1000, 9500))
    kept, dropped = (sound.resample(each)[1000:-1000] for each in (low, high))
    assert np.abs(kept).max() == pytest.approx(1, abs=0.01)
    assert np.abs(dropped).max() < 0.001
    assert len(sound.resample(low)) == 16_000
