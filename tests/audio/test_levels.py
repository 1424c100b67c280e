"""Levels by 4 ms: small, near enough, and what is missing of them is found."""

from __future__ import annotations

import array
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio.levels import (
    LEVEL_SAMPLES,
    find_missing,
    is_packed,
    measure_levels,
    measure_speech,
    pack,
    to_dbfs,
)

HALVES = st.binary(min_size=1, max_size=300).map(lambda some: bytes(half % 193 for half in some))
LOUD = st.lists(st.integers(110, 192), min_size=20, max_size=300).map(bytes)


def sine(hertz: float, samples: int = 100 * LEVEL_SAMPLES) -> bytes:
    turn = 2 * math.pi * hertz / 48_000
    return array.array("h", (round(16_384 * math.sin(turn * at)) for at in range(samples))).tobytes()


@given(HALVES)
def test_levels_are_carried_as_one_sign_each_that_json_takes_as_it_is(measured: bytes) -> None:
    packed = pack(measured)
    assert len(packed) == len(measured)
    assert json.dumps(packed) == f'"{packed}"'
    assert is_packed(packed)
    assert not is_packed(packed + "é")


@given(st.integers(0, 32_768))
def test_each_rms_value_has_the_nearest_level(rms: int) -> None:
    """Square waves have the RMS value of their samples, but at full scale, where only one sign is there."""
    pcm = array.array("h", [min(rms, 32_767) if rms < 32_768 else -32_768]).tobytes()
    exact = max(-96.0, 20 * math.log10(max(rms, 0.5) / 32_768))
    assert abs(to_dbfs(measure_levels(pcm)[0]) - exact) <= 0.25


@given(HALVES, st.integers(0, 40))
def test_nothing_is_missing_of_what_is_as_loud_or_louder(measured: bytes, louder: int) -> None:
    """Rounded to 2 dB, a level is at most 1 dB too high."""
    assert list(find_missing(pack(measured), bytes(min(192, half + louder) for half in measured), 1.1)) == []


@given(LOUD, st.data())
def test_what_is_missing_is_found_where_it_is(measured: bytes, data: st.DataObject) -> None:
    """Any 20 ms of loud sound that are silent; around them, as much as the windows reach."""
    start = data.draw(st.integers(0, len(measured) - 5))
    end = data.draw(st.integers(start + 5, len(measured)))
    heard = measured[:start] + bytes(end - start) + measured[end:]
    found = list(find_missing(pack(measured), heard, 6.0))
    assert len(found) == 1
    assert start - 4 <= found[0][0] <= start
    assert end <= found[0][1] <= end + 4


@given(LOUD, st.integers(0, 200))
def test_a_sound_that_breaks_off_is_compared_as_far_as_it_goes(measured: bytes, length: int) -> None:
    assert list(find_missing(pack(measured), measured[:length], 1.1)) == []


def test_what_nobody_would_hear_is_never_missing() -> None:
    assert list(find_missing(pack(bytes([64] * 50)), bytes(50), 6.0)) == []


@pytest.mark.parametrize(("hertz", "lower"), [(250, 0), (1000, 0), (5300, 3), (9000, 10), (12_000, 60)])
def test_speech_is_measured_where_encoders_keep_it(hertz: float, lower: int) -> None:
    whole, speech = (to_dbfs(max(found(sine(hertz)))) for found in (measure_levels, measure_speech))
    assert whole == pytest.approx(-9, abs=0.6)
    assert whole - speech == pytest.approx(lower, abs=0.7) or whole - speech > lower == 60


@given(st.integers(0, 5 * LEVEL_SAMPLES), st.integers(0, 3))
def test_there_is_a_level_for_each_4_ms_however_it_is_measured(samples: int, more: int) -> None:
    pcm = bytes(2 * samples)
    assert len(measure_levels(pcm)) == -(-samples // LEVEL_SAMPLES)
    whole = pcm + bytes(2 * LEVEL_SAMPLES * more)
    assert measure_levels(whole) == measure_levels(
        pcm[: samples // LEVEL_SAMPLES * LEVEL_SAMPLES * 2]
    ) + measure_levels(whole[samples // LEVEL_SAMPLES * LEVEL_SAMPLES * 2 :])
    assert len(measure_speech(bytes(2 * LEVEL_SAMPLES * more))) == more
