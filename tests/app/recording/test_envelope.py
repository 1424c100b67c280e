"""The sounds of a take: where they begin and end, in a silent or a noisy room, and which of them are breaths."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.longtakes import hum, join, noise, silence
from voicecoach.app.recording.envelope import LOWEST, measure_chunks
from voicecoach.audio.pcm import audioop


@given(
    st.lists(st.tuples(st.sampled_from([0.3, 0.6, 1.7]), st.sampled_from([0.15, 0.4, 2.5])), min_size=1, max_size=8),
    st.sampled_from([None, -70.0, -58.0, -50.0]),
)
@example([(0.3, 0.15)] * 8, -50.0)
@example([(0.3, 2.5)], None)
def test_sounds_are_found_within_40_ms(parts: list[tuple[float, float]], room: float | None) -> None:
    take = join(
        [silence(0.5), *(part for seconds, pause in parts for part in ((hum(seconds),), silence(pause)))], room=room
    )
    pieces = take.measure().find_pieces()
    assert len(pieces) == len(take.spans)
    for piece, (start, end) in zip(pieces, take.spans, strict=True):
        assert piece.start / 100 == pytest.approx(start, abs=0.04)
        assert piece.end / 100 == pytest.approx(end, abs=0.04)
        assert not piece.is_noise


def test_a_silence_inside_a_word_does_not_part_it() -> None:
    take = join([silence(0.5), (hum(0.4), silence(0.07), hum(0.4)), silence(0.5), (hum(0.4),), silence(0.5)])
    assert len(take.measure().find_pieces()) == 2


def test_a_breath_is_noise_and_apart_from_the_words_after_it() -> None:
    breath = noise(0.4, -42.0)
    take = join([silence(0.5), breath, silence(0.05), (hum(0.8),), silence(0.5)])
    first, second = take.measure().find_pieces()
    assert (first.is_noise, second.is_noise) == (True, False)
    assert second.start / 100 == pytest.approx(take.spans[0][0], abs=0.04)


def test_a_click_is_no_sound() -> None:
    take = join([silence(0.5), noise(0.02, -12.0), silence(0.5), (hum(0.8),), silence(0.5)])
    assert len(take.measure().find_pieces()) == 1


@pytest.mark.parametrize("quieter", [0.5, 0.25, 0.1])
def test_softer_sentences_are_heard_as_well(quieter: float) -> None:
    soft = audioop.mul(hum(0.8), 2, quieter)
    sounds = [hum(0.8)] * 12 + [soft] * 12
    take = join([silence(1.0), *(part for sound in sounds for part in ((sound,), silence(1.0)))])
    pieces = [piece for piece in take.measure().find_pieces() if not piece.is_noise]
    assert len(pieces) == 24


@pytest.mark.parametrize("pcm", [b"", silence(3.0), noise(3.0, -70.0)])
def test_silence_has_no_sounds(pcm: bytes) -> None:
    assert measure_chunks([pcm]).find_pieces() == ()


def test_the_last_block_can_be_shorter() -> None:
    envelope = measure_chunks([hum(0.3)[:501]])
    assert len(envelope.levels) == 2
    assert envelope.loudest > LOWEST
