"""When what is heard: releases at onsets, words that fit rests, breaths on ramps. Each law holds whatever the voice."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.fakes import CHIME_SECONDS, spoken_seconds
from tests.test_steps import played, routine
from voicecoach.breath import breath
from voicecoach.choices import Choices, Guidance
from voicecoach.errors import FitError
from voicecoach.score import Sound
from voicecoach.script import build
from voicecoach.timeline import FRAME, Timeline, ceil_to_frame, perform, snap

if TYPE_CHECKING:
    from voicecoach.timeline import Measure

WORDS = st.text(alphabet="abc ", min_size=1, max_size=12).map(lambda text: f"a{text}".strip())
LENGTHS = st.integers(3, 60).map(lambda tenths: Fraction(tenths, 2))


def slower(factor: Fraction) -> Measure:
    """A voice that takes ``factor`` times as long as the fake one."""
    return lambda said: CHIME_SECONDS if isinstance(said, Sound) else spoken_seconds(said) * factor


def starts(timeline: Timeline, text: str) -> list[Fraction]:
    return [cue.start for cue in timeline.cues if cue.text == text]


rounds = st.tuples(LENGTHS, LENGTHS, st.integers(0, 3))


@given(rounds, WORDS, st.sampled_from(["rest", "hold"]), st.fractions(Fraction(1, 2), 2))
def test_a_round_lasts_its_hold_and_its_rest_whatever_the_voice(
    drawn: tuple[Fraction, Fraction, int], release: str, kind: str, factor: Fraction
) -> None:
    """The release sounds at the onset of the rest and costs no time; the countdown ends with the hold."""
    work, rest, countdown = drawn
    counted = {"countdown": countdown} if countdown else {}
    held: dict[str, Any] = {"hold": f"{float(work)}s", "say": "Go", "release": f"Stop {release}", **counted}
    between: dict[str, Any] = {kind: f"{float(rest)}s", **({"say": "Rest"} if kind == "hold" else {})}
    script = routine({"repeat": {"rounds": 3, "between": [between], "steps": [held]}})
    try:
        timeline = perform(build(script, Choices()), slower(factor), breath("4-6"))
    except FitError:
        return
    assume(not timeline.grown)
    first, *others = (cue for cue in timeline.cues if cue.text == "Go")
    begun = first.start
    clear = rest > spoken_seconds(f"Stop {release}") * factor + 1
    for number, cue in enumerate(others if clear else (), 1):
        assert abs(cue.start - begun - number * (work + rest)) <= FRAME
    for number, at in enumerate(starts(timeline, f"Stop {release}")):
        assert abs(at - begun - number * (work + rest) - work) <= FRAME
    for number, at in enumerate(starts(timeline, "one")):
        assert abs(at - begun - number * (work + rest) - work + 1) <= FRAME


steps = st.one_of(
    st.builds(lambda text: {"say": text}, WORDS),
    st.builds(
        lambda seconds, text: {"rest": f"{float(seconds)}s", **text}, LENGTHS, st.sampled_from([{}, {"say": "Rest"}])
    ),
    st.builds(
        lambda seconds, more: {"hold": f"{float(seconds)}s", **more},
        LENGTHS,
        st.sampled_from(
            [
                {},
                {"release": "Stop"},
                {"say": "Go", "release": "And stop now, please"},
                {"countdown": 3},
                {"halfway": True},
            ]
        ),
    ),
    st.builds(lambda words: {"breathe": 1, **words}, st.sampled_from([{}, {"in": "In"}, {"out": "Out"}, {"out": "~"}])),
    st.just({"sound": "bell-change"}),
)


@given(st.lists(steps, min_size=1, max_size=6), st.sampled_from(Guidance), st.sampled_from([None, "bell"]))
def test_no_words_are_laid_over_words_and_no_breath_bends(
    some: list[dict[str, Any]], guidance: Guidance, chime: str | None
) -> None:
    try:
        timeline = played(routine(*some), Choices(guidance=guidance, chime=chime))
    except FitError:
        return
    spoken = [cue for cue in timeline.cues if cue.track == "voice"]
    assert all(earlier.end <= later.start for earlier, later in pairwise(spoken))
    assert all(phase.end - phase.start in {4, 6} for phase in timeline.phases)
    onsets = {snap(phase.start): phase for phase in timeline.phases}
    for cue in (each for each in timeline.cues if each.text in {"In", "Out"}):
        assert cue.start in onsets, "a cue is heard at the onset of its phase"


@pytest.mark.parametrize(
    ("step", "onset"),
    [
        ({"rest": "10s"}, 20),
        ({"rest": "10s", "say": "Rest"}, 20),
        ({"hold": "10s", "say": "Rest"}, 20),
        ({"breathe": 1}, 20),
        ({"breathe": 1, "out": "Out"}, 20),
    ],
)
def test_a_release_is_heard_at_the_onset_of_what_follows_and_takes_no_time(step: dict[str, Any], onset: int) -> None:
    timeline = played(routine({"hold": "20s", "say": "Go", "release": "Stop"}, step, {"say": "Well done."}))
    (go,), (stop,) = starts(timeline, "Go"), starts(timeline, "Stop")
    assert abs(stop - go - onset) <= FRAME
    (well,) = starts(timeline, "Well done.")
    assert abs(well - go - 30) <= FRAME


def test_words_that_follow_a_release_wait_for_a_moment_and_for_less_where_there_is_little_room() -> None:
    for rest, gap in ((10, Fraction(3, 4)), (2, Fraction(1, 4))):
        held = {"hold": "5s", "release": "Stop"}
        timeline = played(routine(held, {"rest": f"{rest}s", "say": "Breathe easy"}, {"say": "On."}))
        stop, easy, on = (cue for cue in timeline.cues if cue.text in {"Stop", "Breathe easy", "On."})
        assert abs(easy.start - stop.start - ceil_to_frame(spoken_seconds("Stop")) - gap) <= FRAME
        assert abs(on.start - stop.start - rest) <= FRAME


def test_twenty_seconds_on_and_ten_off_are_thirty_seconds_a_round() -> None:
    work = {"hold": "20s", "say": "Work", "countdown": 3, "release": "Stop"}
    pause = {"hold": "10s", "say": "Rest.", "countdown": 3, "release": "Go"}
    timeline = played(routine({"repeat": {"rounds": 8, "between": [pause], "steps": [work]}}))
    for text, number in (("Stop", 8), ("Go", 7)):
        at = starts(timeline, text)
        assert len(at) == number
        assert all(abs(each - at[0] - 30 * count) <= FRAME for count, each in enumerate(at))


def test_a_breath_with_words_waits_for_the_release_so_that_its_cue_is_heard_at_its_onset() -> None:
    timeline = played(routine({"hold": "5s", "release": "Stop"}, {"breathe": 1, "in": "In"}))
    (stop,) = (cue for cue in timeline.cues if cue.text == "Stop")
    assert starts(timeline, "In") == [snap(timeline.phases[0].start)]
    assert abs(timeline.phases[0].start - stop.end - Fraction(3, 4)) <= 2 * FRAME


def test_a_release_that_runs_into_a_countdown_is_refused() -> None:
    held = {"hold": "5s", "release": "And now let go of it all"}
    with pytest.raises(FitError, match=r"'And now let go of it all' is 0\.83 s too long to end before 'two'"):
        played(routine(held, {"hold": "3s", "countdown": 2}))


def test_a_release_at_the_end_of_a_session_is_heard_whole_before_the_closing_words() -> None:
    timeline = played(routine({"hold": "5s", "release": "Stop, and take all the time you need"}))
    stop, closing = (cue for cue in timeline.cues[-3:-1])
    assert stop.end <= closing.start


def test_a_release_belongs_to_the_chapter_that_it_ends_and_between_rounds_to_the_one_that_it_begins() -> None:
    work = {"hold": "20s", "say": "Work", "release": "Stop"}
    for between, texts in (
        ({"rest": "10s"}, ["Work", "Stop"]),
        ({"hold": "10s", "say": "Rest", "release": "Go"}, ["Go", "Work", "Stop"]),
    ):
        timeline = played(routine({"repeat": {"rounds": 2, "between": [between], "steps": [work]}}))
        last = timeline.chapters[-2]
        assert [cue.text for cue in timeline.cues if last.start <= cue.start < last.end] == texts
