from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from voicecoach.core.breath import Breath, Kind, Pace, Phase
from voicecoach.script.pacing import Pacing

paces = st.integers(1, 9).map(lambda seconds: Pace((Breath((Phase(Kind.EXHALE, Fraction(seconds)),)),)))


@given(own=paces, listener=st.none() | paces, fixed=st.booleans())
def test_a_breath_is_the_authors_unless_a_listener_has_one_and_it_is_not_fixed(
    own: Pace, listener: Pace | None, *, fixed: bool
) -> None:
    pacing = Pacing(own, fixed)
    assert pacing.choose(listener) == (own if fixed or listener is None else listener)
    assert pacing.yields(listener) == (pacing.choose(listener) is listener)
    assert pacing.asks(listener) == (not fixed and listener is None)
