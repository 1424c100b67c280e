"""How a session sounds: what the sound of a cue is known by."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from voicecoach import sounding
from voicecoach.assets import assets
from voicecoach.clip import Clip, gain
from voicecoach.score import CueKind
from voicecoach.timeline import Cue

NAMES = st.sampled_from([name.removesuffix(".wav") for name in assets()] + ["In", "Out"])


@st.composite
def cues(draw: st.DrawFn) -> Cue:
    start = Fraction(draw(st.integers(0, 9)))
    kind, read, said = draw(st.sampled_from(CueKind)), draw(NAMES), draw(st.just("") | NAMES)
    return Cue(start, start + 1, kind, read, spoken=said, fall=draw(st.integers(0, 2)))


def clip(cue: Cue) -> Clip:
    """Return another sound for whatever makes a sound another one."""
    number = hash((cue.track, cue.said, cue.fall)) % 10_000
    return Clip(number.to_bytes(2, "little") * 9)


@given(st.lists(cues(), max_size=12), st.floats(-6, 1.5))
def test_each_cue_keeps_its_own_sound_whatever_it_is_called(heard: list[Cue], decibels: float) -> None:
    """A spoken word may be called like a bell, be read in another way than it is said, or be said by a lower voice."""
    louder = sounding._gained(clip, decibels)  # noqa: SLF001 - the sounds that are laid
    for cue in heard:
        assert louder(cue) == gain(clip(cue), decibels)
