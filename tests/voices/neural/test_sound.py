"""The sound of neural models: what is cut out of it and put into it."""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import pytest

from voicecoach.voices.neural import sound


def test_marks_inside_a_sentence_are_pauses_and_the_end_is_none() -> None:
    said = "lɔŋ, ðə; tOz…"
    ends = list(accumulate([24, *([2] * len(said)), 2]))
    found = list(sound.find_pauses(said, ends))
    assert found == [(ends[2], ends[5], 0.5), (ends[6], ends[9], 0.6)]
    assert not list(sound.find_pauses("a b.", [1, 2, 3, 4, 5, 6]))


def test_too_many_phonemes_are_divided_and_none_is_lost() -> None:
    for said in ("abc " * 300, "a, bc; " * 200, "x" * 1_000, ("y" * 399) + " z"):
        pieces = sound.split_phonemes(said.strip())
        assert all(len(each) <= sound.LONGEST for each in pieces)
        assert "".join(pieces).replace(" ", "") == said.replace(" ", "")


class TestSound:
    """Levels, edges and gaps."""

    @pytest.fixture(autouse=True)
    def _numpy(self) -> None:
        self.np = pytest.importorskip("numpy")

    def sound(self, *parts: tuple[float, int]) -> Any:  # noqa: ANN401 - an array
        """Return tones of a loudness and a number of hops."""
        np = self.np
        pieces = [level * np.sin(np.arange(hops * sound.HOP) / 5) for level, hops in parts]
        return np.concatenate(pieces).astype(np.float32)

    def test_speech_is_found_between_silence(self) -> None:
        levels = sound.measure_levels(self.np, self.sound((0.0001, 20), (0.5, 10), (0.0001, 30)))
        assert sound.find_speech(self.np, levels) == (19 * sound.HOP, (30 + sound.END) * sound.HOP)

    def test_the_breath_of_the_last_sound_is_not_cut_but_fades(self) -> None:
        breath = [(0.5 * 10 ** (level / 20), 1) for level in (-20, -30, -38, -45, -48, -49, -50)]
        drawn = sound.draw_out(self.np, self.sound((0.0, 20), (0.5, 40), *breath, (0.0, 20)), [], 1.0)
        last = self.np.square(drawn[-sound.RATE // 100 :]).mean() / 0.125
        assert 10 * self.np.log10(last) < -50

    def test_the_longest_gap_of_a_window_is_drawn_out_where_it_is_softest(self) -> None:
        made = self.sound((0.5, 10), (0.0, 2), (0.5, 4), (0.01, 2), (0.001, 3), (0.0001, 1), (0.001, 2), (0.5, 9))
        levels, hop = sound.measure_levels(self.np, made), sound.HOP
        cut = sound.find_cut(self.np, levels, 5 * hop, 30 * hop, 100 * hop)
        assert cut == sound.Cut(21 * hop + hop // 2, 94 * hop)
        assert sound.find_cut(self.np, levels, 0, 9 * hop, 100) is None

    def test_words_that_run_into_each_other_have_no_gap(self) -> None:
        made = self.sound((0.5, 20), (0.001, 4), (0.5, 20))
        hop = sound.HOP
        assert sound.has_gaps(self.np, made, [(15 * hop, 30 * hop, 0.5)])
        assert not sound.has_gaps(self.np, made, [(15 * hop, 30 * hop, 0.5), (30 * hop, 40 * hop, 0.5)])

    def test_a_gap_that_is_long_enough_stays(self) -> None:
        levels, hop = sound.measure_levels(self.np, self.sound((0.5, 10), (0.0001, 8), (0.5, 9))), sound.HOP
        cut = sound.find_cut(self.np, levels, 0, 27 * hop, 5 * hop)
        assert cut is not None
        assert cut.silence == 0

    @pytest.mark.parametrize("level", [0.002, 0.05, 0.8])
    @pytest.mark.parametrize("hops", [12, 60, 400])
    def test_each_text_has_one_loudness_however_short_it_is(self, level: float, hops: int) -> None:
        made = sound.set_level(self.np, self.sound((level, hops)))
        assert sound.measure_loudness(self.np, made) == pytest.approx(sound.LEVEL, abs=0.05)

    def test_a_pause_does_not_count_and_a_peak_sets_the_limit(self) -> None:
        plain = self.sound((0.1, 100))
        paused = self.sound((0.1, 100), (0.0, 300), (0.1, 100))
        levels = [sound.measure_loudness(self.np, each) for each in (plain, paused)]
        assert levels[0] == pytest.approx(levels[1], abs=0.3)
        peak = self.np.zeros(24_000, self.np.float32)
        peak[100] = 0.5
        assert self.np.abs(sound.set_level(self.np, peak)).max() == pytest.approx(sound.LOUDEST)

    def test_the_loudness_of_a_full_tone_is_that_of_the_standard(self) -> None:
        tone = self.np.sin(2 * self.np.pi * 997 * self.np.arange(48_000) / sound.RATE).astype(self.np.float32)
        assert sound.measure_loudness(self.np, tone) == pytest.approx(-3.01, abs=0.05)
