"""Moves and moments: laws of what is heard when, and that a move in the tempo of a breath is that breath."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FRAME, measure, perform, snap
from tests.script.test_lists import load
from tests.script.test_steps import SIDES, played, routine
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, Side, SpanKind
from voicecoach.errors import FitError, RoutineError
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices, Guidance
from voicecoach.views.cuesheet import list_phases, name_phase
from voicecoach.views.exchange import to_json

if TYPE_CHECKING:
    from voicecoach.core.timeline import TimedSpan, Timeline

tenths = st.integers(20, 90).map(lambda each: Fraction(each, 10))
SQUATS = {"move": 12, "tempo": "down 3, up 2", "down": "Down", "up": "{count}", "last 2 up": "Last two"}
NAMES: dict[str, Any] = {"title": "x", "language": "en", "voice": "fake"}


def moves(timeline: Timeline) -> list[TimedSpan]:
    return [span for span in timeline.spans if span.kind is SpanKind.MOVE]


def heard(timeline: Timeline) -> list[tuple[Fraction, str]]:
    return [(cue.start, cue.text) for cue in timeline.cues]


@given(tenths, tenths, st.integers(1, 20))
def test_a_move_in_the_tempo_of_a_fixed_breath_is_heard_when_that_breath_is(
    down: Fraction, up: Fraction, count: int
) -> None:
    words = {"first": "Slow and low | Slow", "every 3": "{count}", "last 2": "Two | 2"}
    one = {f"{key} in": said for key, said in words.items()} | {"in": "In", "out": "Out {count down} | Out"}
    two = {key.replace(" in", " down") if " in" in key else {"in": "down", "out": "up"}[key]: one[key] for key in one}
    breath = routine(
        {"breathe": count, "breath": f"{float(down)}-{float(up)}", "fixed": True, "at": {"out": {"half": "~"}}, **one}
    )
    move = routine({"move": count, "tempo": f"down {float(down)}, up {float(up)}", "at": {"up": {"half": "~"}}, **two})
    breathed, moved = played(breath), played(move)
    assert heard(breathed) == heard(moved)
    assert [(each.start, each.end) for each in breathed.phases] == [(each.start, each.end) for each in moves(moved)]
    assert breathed.duration == moved.duration


@given(st.sampled_from(["2-2", "4-6", "3-4..5-7", "4-7-8"]), st.integers(1, 12))
def test_a_tempo_in_seconds_is_exact_at_every_breath(breath: str, count: int) -> None:
    timeline = played(routine({**SQUATS, "move": count}), Choices(breath=read_pace(breath)))
    spans = moves(timeline)
    assert [each.end - each.start for each in spans] == [3, 2] * count
    assert [one.end for one in spans[:-1]] == [each.start for each in spans[1:]]
    assert timeline.phases == ()


@given(st.sampled_from(["2-2", "4-6", "3-4..5-7", "4-7-8", "4-4-4-4"]), st.integers(1, 8))
def test_a_move_with_the_breath_takes_the_breaths_of_its_pace(breath: str, count: int) -> None:
    own = Choices(breath=read_pace(breath))
    moved = played(routine({"move": count, "tempo": "down in, up out"}), own)
    breathed = played(routine({"breathe": count}), own)
    assert moved.phases == breathed.phases
    names = {Kind.INHALE: "down", Kind.EXHALE: "up"}
    assert [(each.start, each.end, each.name) for each in moves(moved)] == [
        (each.start, each.end, names[each.kind]) for each in breathed.phases if each.kind in names
    ]


@pytest.mark.many
def test_ten_hours_of_moves_do_not_drift() -> None:
    script = routine({"move": 7200, "tempo": "down 3, up 2", "every 90 down": "Down"})
    timeline = perform(build(script, Choices()), measure, read_pace("4-6"))
    spans = moves(timeline)
    assert spans[-1].end - spans[0].start == 36_000
    starts = {snap(each.start) for each in spans}
    cues = [cue for cue in timeline.cues if cue.text == "Down"]
    assert len(cues) == 80
    assert all(cue.start in starts for cue in cues)


def test_both_sides_move_equally_long_and_their_words_do_not_overlap() -> None:
    turns = {"each side": {"rounds": 3, "steps": [{**SQUATS, "down": "Down on your {leg} | Down"}]}}
    timeline = played(routine(turns, sides=SIDES))
    spans = moves(timeline)
    lengths = {
        side: sum(each.end - each.start for each in spans if each.side is side) for side in (Side.LEFT, Side.RIGHT)
    }
    assert lengths[Side.LEFT] == lengths[Side.RIGHT] == 180
    voice = [cue for cue in timeline.cues if cue.track == "voice"]
    assert all(one.end <= other.start + FRAME for one, other in pairwise(voice))


def test_the_second_from_the_end_is_said_once_however_many_there_are() -> None:
    for count in (2, 12, 15):
        said = [cue.text for cue in played(routine({**SQUATS, "move": count})).cues if cue.kind is not CueKind.CHIME]
        assert said.count("Last two") == 1
        assert said.index("Last two") + 2 == said.index({2: "two", 12: "twelve", 15: "fifteen"}[count])


def test_nothing_calls_a_move_a_breath() -> None:
    timeline = played(routine(SQUATS))
    shown = to_json(timeline, **NAMES)
    assert shown["phases"] == []
    assert [each["name"] for each in shown["spans"][:2]] == ["down", "up"]
    assert {cue["kind"] for cue in shown["cues"]} == {"instruction", "move", "count", "closing", "chime"}
    assert {cue["kind"] for cue in to_json(timeline, **NAMES, version=1)["cues"]} >= {"breath"}
    assert {name_phase(each) for each in list_phases(timeline)} == {"down", "up"}


@pytest.mark.parametrize(
    ("guidance", "said"),
    [
        (Guidance.FULL, ["Up", "two", "Soft", "tone-hold"]),
        (Guidance.CUES, ["Up", "two", "tone-hold"]),
        (Guidance.TONES, ["tone-in", "tone-hold", "tone-hold"]),
    ],
)
def test_at_moments_counts_stay_in_cues_and_tones_are_tones(guidance: Guidance, said: list[str]) -> None:
    step = {"move": 1, "tempo": "up 4, down 2", "up": "Up", "at": {"up": {"1s": "two", "2s": "Soft", "3s": "~"}}}
    timeline = played(routine(step), Choices(guidance=guidance))
    start, end = moves(timeline)[0].start, moves(timeline)[-1].end
    assert [cue.text for cue in timeline.cues if start - FRAME < cue.start < end] == said


def test_only_what_is_heard_ends_the_room_of_the_words_before_it() -> None:
    at = {"up": {"3s": "four", "last 1s": "Low | ~", "every 1s": "{beat}", "2s": "Soft"}}
    step = {"move": 1, "tempo": "up 4, down 2", "at": at}
    assert [text for _, text in list_heard_at(step, Guidance.CUES)] == ["two", "three", "four"]
    with pytest.raises(FitError, match="'four' is said at the same moment as 'Low'"):
        list_heard_at(step, Guidance.FULL)


def test_the_last_count_of_those_that_repeat_has_the_rest_of_its_span() -> None:
    step = {"move": 1, "tempo": "up 3.9", "at": {"up": {"every 1s": "And {beat}, slowly | {beat}"}}}
    assert list_heard_at(step, Guidance.FULL) == [(1.0, "two"), (2.0, "And three, slowly")]


def list_heard_at(step: dict[str, Any], guidance: Guidance) -> list[tuple[float, str]]:
    timeline = played(routine(step), Choices(guidance=guidance))
    return list_within(timeline, moves(timeline)[0].start, 4)


@pytest.mark.parametrize(
    ("step", "seconds"),
    [
        ({"beat": "2s", "stretch": "to last say"}, 4),
        ({"beat": "2s", "stretch": "all"}, 6),
        ({"tempo": "up 3, down 1", "stretch": "to last down"}, 11),
        ({"tempo": "up 3, down {none}", "stretch": "to last down"}, 9),
        ({"tempo": "up 3, all 1", "stretch": "all"}, 12),
        ({"tempo": "up in, down out", "stretch": "to last down"}, 24),
    ],
)
def test_a_stretch_ends_as_the_last_phase_of_a_name_begins(step: dict[str, Any], seconds: int) -> None:
    timeline = played(routine({"move": 3, **step}, parameters={"none": "0"}))
    assert timeline.measure_stretch(Side.LEFT) == seconds


@given(st.integers(1, 12), st.integers(0, 9))
def test_moments_that_repeat_are_a_whole_interval_from_the_end(whole: int, more: int) -> None:
    seconds = whole + Fraction(more, 10)
    step = {"move": 1, "tempo": f"up {float(seconds)}", "at": {"up": {"every 1s": "{beat} | ~"}}}
    timeline = played(routine(step))
    start = moves(timeline)[0].start
    cues = [cue for cue in timeline.cues if cue.kind in {CueKind.COUNT, CueKind.TONE}]
    assert [cue.start for cue in cues] == [snap(start + each) for each in range(1, whole)]


def test_a_moment_that_the_breath_does_not_reach_is_left_out_with_a_note() -> None:
    script = routine({"breathe": 1, "at": {"in": {"3s": "Three", "half": "Half"}}})
    assert "Three" in [cue.text for cue in played(script).cues]
    short = played(script, Choices(breath=read_pace("3-6")))
    assert "Three" not in [cue.text for cue in short.cues]
    assert [problem.what for problem in short.unsaid] == ["'Three' is left out: the inhale of 3 s is over before 3 s"]
    toned = routine({"breathe": 1, "at": {"in": {"3s": "~"}}})
    (problem,) = played(toned, Choices(breath=read_pace("3-6"))).unsaid
    assert problem.what == "the tone is left out: the inhale of 3 s is over before 3 s"


def test_words_that_do_not_fit_between_two_moments_are_refused() -> None:
    step = {"move": 1, "tempo": "up 4", "at": {"up": {"1s": "Much too long for this", "1.5s": "Now"}}}
    with pytest.raises(FitError, match="Much too long"):
        played(routine(step))
    with pytest.raises(FitError, match="is said at 9 s, and the 'up' lasts 4 s"):
        played(routine({"move": 1, "tempo": "up 4", "at": {"up": {"9s": "Late"}}}))


def list_within(timeline: Timeline, start: Fraction, seconds: int) -> list[tuple[float, str]]:
    """Return what is heard in a span, and after how many tenths of a second in it."""
    return [
        (round(float(cue.start - start), 1), cue.text)
        for cue in timeline.cues
        if start - FRAME < cue.start < start + seconds
    ]


@pytest.mark.parametrize(
    ("when", "heard_there", "said"),
    [
        ("every 3s", "Soft", [(3.0, "Soft"), (6.0, "Soft")]),
        ("every {n}", "{beat}", [(4.0, "two")]),
        ("every {n} / 2", "{passed}", [(2.0, "two seconds"), (4.0, "four seconds"), (6.0, "six seconds")]),
        ("every 4s", {"sound": "tone-in"}, [(4.0, "tone-in")]),
        ("{n}", {"sound": "tone-in"}, [(4.0, "tone-in")]),
        ("{n} - 1s", "Soft", [(3.0, "Soft")]),
        ("last {n} - 1s", "Soft", [(6.0, "Soft")]),
    ],
)
def test_moments_of_a_hold_are_worked_out(when: str, heard_there: object, said: list[tuple[float, str]]) -> None:
    timeline = played(routine({"hold": "9s", "at": {when: heard_there}}, parameters={"n": "4s"}))
    (hold,) = (span for span in timeline.spans if span.kind is SpanKind.HOLD)
    assert list_within(timeline, hold.start, 9) == said
    counts = [(float(span.start - hold.start), span.name) for span in timeline.spans if span.kind is SpanKind.COUNT]
    assert counts == ([(4.0, "2")] if heard_there == "{beat}" else [])


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ("{hold: 9s, at: {'every {n} / 100': Soft}}", "'every {n} / 100' is too often; at least 0.1s is possible"),
        ("{hold: 9s, at: {'{n} / 2s * 1 breath': Soft}}", "'{n} / 2s * 1 breath' is 2 breaths; write a time, as 10s"),
        ("{move: 2, tempo: 'down {n} * 200, up 2'}", "lasts more than 600 s, which is the maximum; write"),
        ("{move: 2, tempo: 'down {n} / 100, up 2'}", "has a phase of less than 0.1 s; write phases"),
        ("{move: 2, beat: '{n} / 100', say: Step}", "'0.04s' has a phase of less than 0.1 s; write 0.5s, or 1 b"),
        ("{move: 2, beat: '{n} - 4s', say: Step}", "'0s' has no length; write 0.5s, or 1 breath"),
    ],
)
def test_moments_and_tempos_that_can_not_be_are_all_refused_at_their_place(step: str, message: str) -> None:
    script = load(f"- repeat: {{vary: {{n: [4s]}}, steps: [{step}, {{hold: '{{n}} * 100000'}}]}}")
    with pytest.raises(RoutineError) as caught:
        played(script)
    wrong, other = str(caught.value).splitlines()
    assert re.match(r"x\.yaml:4:\d+: ", wrong)
    assert message in wrong
    assert "lasts too long" in other, "all problems are reported together"


def test_a_moment_is_heard_only_in_the_breaths_or_moves_that_it_is_meant_for_and_counts_them() -> None:
    at = {"up": {"2s": "{count down}"}, "every 2 down": {"1s": "Soft"}}
    moved = played(routine({"move": 3, "tempo": "up 4, down 4", "at": at}))
    expected = [(2.0, "three"), (10.0, "two"), (13.0, "Soft"), (18.0, "one")]
    assert list_within(moved, moves(moved)[0].start, 24) == expected
    named = {key.replace("up", "in").replace("down", "out"): said for key, said in at.items()}
    breathed = played(routine({"breathe": 3, "at": named}), Choices(breath=read_pace("4-4")))
    assert list_within(breathed, breathed.phases[0].start, 24) == expected
