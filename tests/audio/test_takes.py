"""Several takes of the same words: which one is heard when, and how long each is."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from voicecoach.audio.clip import SAMPLE_RATE, Clip
from voicecoach.audio.settings import MOST_TAKES
from voicecoach.audio.takes import LARGEST_MISS, match_length, number_takes
from voicecoach.core.score import CueKind
from voicecoach.core.timeline import Cue, Timeline

texts = st.lists(st.sampled_from(["In", "Out", "bell"]), max_size=12)


def lay(said: list[str]) -> Timeline:
    """Return a timeline with these words, and a bell after each."""
    cues = [
        Cue(Fraction(at), Fraction(at + 1), kind, text)
        for at, each in enumerate(said)
        for kind, text in ((CueKind.BREATH, each), (CueKind.CHIME, "bell"))
    ]
    return Timeline(Fraction(len(said) + 1), (), tuple(cues))


@given(texts, st.integers(1, MOST_TAKES))
def test_takes_follow_each_other_and_begin_again(said: list[str], takes: int) -> None:
    numbered = number_takes(lay(said), takes)
    voiced = sorted((cue for cue in numbered.cues if cue.track == "voice"), key=lambda cue: cue.said)
    for _, same in groupby(voiced, key=lambda cue: cue.said):
        numbers = [cue.take for cue in same]
        assert numbers == [each % takes for each in range(len(numbers))]
    assert not any(cue.take for cue in numbered.cues if cue.track != "voice")


@given(texts, st.integers(1, MOST_TAKES))
def test_takes_change_nothing_else(said: list[str], takes: int) -> None:
    plain = lay(said)
    assert number_takes(number_takes(plain, takes), 1) == plain


@given(st.integers(1, 3 * LARGEST_MISS), st.integers(1, 3 * LARGEST_MISS))
def test_a_take_is_as_long_as_the_first_or_is_not_used(own: int, wanted: int) -> None:
    take, first = Clip(b"\x10\x10" * own), Clip(b"\x20\x20" * wanted)
    found = match_length(take, first)
    assert found.samples == wanted
    assert (found is first) == (abs(own - wanted) > LARGEST_MISS)


def test_a_take_that_is_cut_ends_softly() -> None:
    found = match_length(Clip(b"\x00\x10" * (SAMPLE_RATE + 100)), Clip(bytes(2 * SAMPLE_RATE)))
    assert found.pcm[-2:] == b"\0\0"
    assert found.pcm[SAMPLE_RATE : SAMPLE_RATE + 2] == b"\x00\x10"
