"""Sessions of exactly a length: met to the frame within the author's limits, or told what is possible."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.amounts import FEWER, choose_amount
from tests.fakes import FRAME, FakeVoice, ceil_to_frame, measure, perform, snap
from voicecoach.app import speaker
from voicecoach.app.cli import run
from voicecoach.app.request import Request
from voicecoach.app.session import plan
from voicecoach.app.speaker import Speaker
from voicecoach.core.breath import Span
from voicecoach.core.notation import read_pace
from voicecoach.core.score import Side, SpanKind
from voicecoach.errors import ChoiceError
from voicecoach.routine.library import list_built_in
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.routine.model import Rest, RoutineModel, walk_steps
from voicecoach.script.builder import build
from voicecoach.script.builder import choose_pace as breathed
from voicecoach.script.choices import LEFT_RIGHT, Amount, Choices, spread
from voicecoach.script.fit import Fit, LengthError, Trial, fit_length, prepare_attempt
from voicecoach.voices.cached import CachedVoice

if TYPE_CHECKING:
    from voicecoach.core.breath import Pace
    from voicecoach.core.timeline import Timeline

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "other, right leg"}}
Step = Mapping[str, object]


def routine(*steps: Step, **keys: object) -> LoadedRoutine:
    return LoadedRoutine(
        "x", "x.yaml", RoutineModel.model_validate({"title": "X", "sides": SIDES, "steps": list(steps), **keys})
    )


def laid(script: LoadedRoutine, choices: Choices, amount: Amount) -> Timeline:
    return perform(build(script, replace(choices, amount=amount)), measure, breathed(script, choices))


def asked(script: LoadedRoutine, seconds: Fraction | int, choices: Choices | None = None) -> Fit:
    return fit_length(prepare_attempt(script, choices or Choices(), measure, FRAME), Fraction(seconds), FRAME)


def breaths_in_turns(timeline: Timeline) -> list[int]:
    """How many breaths there are in each turn; turns are told apart by their chapters."""
    starts = [snap(phase.start) for phase in timeline.phases if phase.kind == "inhale"]
    turns = [chapter for chapter in timeline.chapters if chapter.side or "round" in chapter.title]
    return [sum(chapter.start <= start < chapter.end for start in starts) for chapter in turns]


FOLD = {"breathe": 3, "min": 2, "max": 5, "in": "In", "out": "Fold over your {leg} | Out"}
REST = {"rest": "2 breaths", "min": "1 breath", "max": "4 breaths", "say": "Rest."}
STRETCH = routine({"each side": {"rounds": 3, "between": [REST, {"change": "5s"}], "steps": [FOLD]}})


def test_more_time_buys_breaths_before_rests() -> None:
    own = laid(STRETCH, Choices(), Amount()).duration
    fit = asked(STRETCH, own + 45)
    assert fit.amount.rounds == 0
    assert (fit.trial.freedoms.breaths.bent, fit.trial.freedoms.rests.bent) == (4, 0)
    assert abs(fit.amount.closing - 5) <= FRAME


def test_less_time_takes_rests_before_breaths() -> None:
    script = routine({"each side": {"rounds": 3, "min": 3, "between": [REST, {"change": "5s"}], "steps": [FOLD]}})
    own = laid(script, Choices(), Amount()).duration
    bent = [asked(script, own - less).trial.freedoms for less in (45, 58)]
    assert [(each.rests.bent, each.breaths.bent) for each in bent] == [(-5, 0), (-4, -2)]


def test_rests_are_bought_with_what_is_left_when_the_breaths_are_at_their_limit() -> None:
    script = routine({"each side": {"rounds": 1, "max": 1, "between": [REST, {"change": "5s"}], "steps": [FOLD]}})
    own = laid(script, Choices(), Amount()).duration
    fit = asked(script, own + 55)
    assert (fit.trial.freedoms.breaths.bent, fit.trial.freedoms.rests.bent) == (4, 1)


def test_what_is_as_long_as_its_author_wrote_it_stays_so() -> None:
    own = laid(STRETCH, Choices(), Amount()).duration
    assert asked(STRETCH, own).amount == Amount()


@pytest.mark.many
def test_more_time_means_more_rounds() -> None:
    rounds = [asked(STRETCH, seconds).trial.freedoms.played[0] for seconds in range(300, 1500, 300)]
    assert rounds == sorted(rounds)
    assert rounds[-1] > 4 * rounds[0]


def test_the_breaths_are_bent_where_there_are_no_rests() -> None:
    script = routine({"breathe": 10, "min": 4, "max": 400, "in": "In"})
    fit = asked(script, 1800)
    assert fit.trial.freedoms.breaths.bent > 100
    assert laid(script, Choices(), fit.amount).duration == 1800


def test_a_fit_says_whether_breaths_or_moves_are_more() -> None:
    moves = {"move": 10, "tempo": "up 2, down 3", "min": 4, "max": 400}
    assert ", moves: 45 more, " in str(asked(routine(moves), 300))
    both = routine(moves, {"breathe": 3, "min": 2})
    assert ", guided breaths and moves: as written, " in str(asked(both, laid(both, Choices(), Amount()).duration))


def test_rests_that_come_later_are_longer_but_none_by_more_than_a_breath() -> None:
    assert [spread(7, 3).at(place) for place in range(3)] == [2, 2, 3]
    assert [spread(-2, 3).at(place) for place in range(3)] == [-1, -1, 0]


@pytest.mark.parametrize(("breaths", "turns"), [(2, [3, 3, 4, 4, 4, 4]), (-1, [2, 2, 3, 3, 3, 3]), (99, [5] * 6)])
def test_both_sides_of_a_round_breathe_as_often(breaths: int, turns: list[int]) -> None:
    assert breaths_in_turns(laid(STRETCH, Choices(), Amount(breaths=spread(breaths, 3)))) == turns


def test_rests_in_seconds_are_bent_by_breaths_within_their_limits() -> None:
    rest = {"rest": "15s", "min": "8s", "max": "1:00"}
    script = routine({"repeat": {"rounds": 2, "max": 2, "between": [rest], "steps": [{"say": "Bend."}]}})
    own = laid(script, Choices(), Amount()).duration
    assert asked(script, own + 45).trial.freedoms.rests.bent == 4
    with pytest.raises(LengthError) as caught:
        asked(script, own + 60)
    assert caught.value.shorter
    assert own + 49 <= caught.value.shorter.goal < own + 50
    assert caught.value.longer is None


def test_what_is_said_past_the_authors_limit_is_for_those_who_chose_the_rounds() -> None:
    block = {"rounds": 2, "max": 3, "past": "That is plenty.", "steps": [{"say": "Bend."}, {"rest": "2", "max": "50"}]}
    script = routine({"repeat": block})
    fit = asked(script, 600)
    assert fit.trial.freedoms.played == [3]
    assert "That is plenty." not in [cue.text for cue in laid(script, Choices(), fit.amount).cues]


@pytest.mark.many
def test_sides_with_rounds_of_their_own_keep_their_difference() -> None:
    script = routine({"each side": {"rounds": {"left": 3, "right": 2}, "between": [REST], "steps": [FOLD]}})
    left, right = asked(script, 1200).trial.freedoms.played
    assert left - right == 1


def test_a_length_that_can_not_be_names_those_that_can() -> None:
    script = routine({"repeat": {"rounds": 3, "steps": [{"breathe": 4, "in": "In"}]}})
    with pytest.raises(LengthError, match=r"can't last 2:20.*\nnearest possible: \S+ and \S+$") as caught:
        asked(script, 140)
    assert caught.value.shorter
    assert caught.value.longer
    assert caught.value.shorter.goal < 140 < caught.value.longer.goal


def test_a_session_whose_words_never_fit_has_no_length_at_all() -> None:
    script = routine({"breathe": 2, "in": "Breathe in as slowly as ever you can"}, breath="1-1")
    with pytest.raises(LengthError) as caught:
        asked(script, 60)
    assert str(caught.value) == "this session can't last 1:00: its rounds, rests and breaths can't be adjusted to that"
    assert caught.value.amounts == ()


def test_rounds_whose_words_do_not_fit_are_passed_over() -> None:
    script = routine({"repeat": {"rounds": 1, "steps": [{"breathe": 3, "in": "{rounds}"}]}})

    def measure_long_three(said: object) -> Fraction:
        return Fraction(99 if said == "three" else 1)

    attempt = prepare_attempt(script, Choices(), measure_long_three, FRAME)
    two = attempt(Amount(1))
    assert two
    with pytest.raises(LengthError) as caught:
        fit_length(attempt, two.seconds + 30, FRAME)
    assert [amount.rounds for amount in caught.value.amounts] == [1, 3]


def test_a_sound_that_rings_past_the_end_does_not_make_it_longer() -> None:
    script = routine({"say": "Sit.", "settle": "1s"}, {"rest": "2", "max": "20"}, {"sound": "chime-end"})

    def ringing(said: object) -> Fraction:
        return Fraction(60) if not isinstance(said, str) else measure(said)

    fit = fit_length(prepare_attempt(script, Choices(), ringing, FRAME), Fraction(140), FRAME)
    assert fit.trial.seconds == ceil_to_frame(Fraction(140))


def test_a_rest_after_a_sound_that_still_rings_is_as_long_as_it_has_to_be() -> None:
    """The sound rings for two seconds past the end: they are part of the seven that are missing."""
    script = routine({"breathe": 2, "in": "In"}, {"sound": "chime-end"})

    rings = [Fraction(1)]

    def ringing(said: object) -> Fraction:
        return measure(said) if isinstance(said, str) else rings[0]

    choices = Choices(chime="")
    own = perform(build(script, choices), ringing, breathed(script, choices))
    (sound,) = (cue for cue in own.cues if cue.track == "chime")
    rings[0] = own.duration - sound.start + 2
    fit = fit_length(prepare_attempt(script, choices, ringing, FRAME), own.duration + 7, FRAME)
    assert fit.trial.seconds == ceil_to_frame(own.duration + 7)
    assert fit.amount.closing == pytest.approx(7, abs=0.05)


ORIGINALS = Path(__file__).parents[1] / "routine" / "originals"
STIFF = {
    "alternate-nostril-breathing",
    "breath-ladder",
    "contract-relax-stretch",
    "four-seven-eight",
    "interval-training",
    "muscle-relaxation",
    "sun-salutation",
}
"""Built-ins of timed holds, of a list, or with a limit for good reasons: not every length can be had of them."""
IMPOSSIBLE = {"breath-ladder": 850, "contract-relax-stretch": 431, "sun-salutation": 431}
"""Seconds that they can't have, where it is not 1,200."""


@pytest.mark.many
@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        *((name, 431) for name in sorted({*list_built_in()} - STIFF)[:: choose_amount(3, 1)]),
        *((name, 1800) for name in ("leg-stretch", "cyclic-sigh")),
    ],
)
def test_a_built_in_can_have_any_length(name: str, seconds: int) -> None:
    script = load_routine(name)
    fit = asked(script, seconds)
    assert laid(script, Choices(), fit.amount).duration == ceil_to_frame(Fraction(seconds))


@pytest.mark.many
@pytest.mark.parametrize("name", sorted(STIFF - {"alternate-nostril-breathing"})[:: choose_amount(2, 1)])
def test_a_built_in_that_can_not_have_a_length_says_which_it_can(name: str) -> None:
    script = load_routine(name)
    with pytest.raises(LengthError) as caught:
        asked(script, IMPOSSIBLE.get(name, 1200))
    assert caught.value.shorter
    assert asked(script, caught.value.shorter.goal).trial.seconds == ceil_to_frame(caught.value.shorter.goal)


@pytest.mark.parametrize("limits", [{}, {"max": 9}, {"min": 1, "max": 7}, {"rounds": 2}, {"rounds": 5}])
def test_a_length_never_cuts_a_list(limits: dict[str, int]) -> None:
    block = {"vary": {"n": ["2", "3"]}, "between": [{"rest": "1", "max": "9"}], "steps": [{"breathe": "{n}"}]}
    counts = [asked(routine({"repeat": {**block, **limits}}), length).trial.freedoms.played[0] for length in (100, 300)]
    assert counts[0] in {2, limits.get("rounds")}
    assert counts[1] > 3
    assert all(count % 2 == 0 or count == limits.get("rounds") for count in counts)


@pytest.mark.many
def test_an_hour_takes_few_attempts() -> None:
    script = load_routine(str(ORIGINALS / "sitting-leg-stretch.yaml"))
    attempt, tried = prepare_attempt(script, Choices(), measure, FRAME), []

    def counted(amount: Amount) -> Trial | None:
        tried.append(amount)
        return attempt(amount)

    assert fit_length(counted, Fraction(3_600), FRAME).trial.seconds == 3_600
    assert len(tried) <= 12


LIMITS = st.sampled_from([{}, {"min": 1}, {"max": 4}, {"min": 2, "max": 6}])
HELD = st.builds(
    lambda count, limits: {"breathe": count, "in": "In", "out": "Out {leg}", **limits}, st.integers(2, 4), LIMITS
)
RESTS = st.sampled_from([
    {"rest": "2 breaths", "say": "Rest."},
    {"rest": "2 breaths", "min": "1 breath", "max": "3 breaths"},
    {"rest": "3 breaths", "min": "10s"},
    {"rest": "12s", "min": "5s", "max": "40s"},
    {"rest": "2 breaths, at least 9s", "max": "6 breaths"},
])  # fmt: skip
PACES = st.sampled_from(
    [None, *map(read_pace, ("4-6", "2.5-3.3", "4-7-8", "3-4..4-6", "6-9..2-3", "3-4 +0.3s every 30s"))]
)
BLOCKS = st.builds(
    lambda steps, between, rounds, limits, order: {
        "each side": {"rounds": rounds, "between": between, "steps": steps, "order": order, **limits}
    },
    st.lists(st.one_of(HELD, RESTS, st.just({"say": "Your {leg}"})), min_size=1, max_size=3),
    st.lists(RESTS, max_size=1),
    st.integers(1, 3),
    st.sampled_from([{}, {"max": 4}, {"min": 2}]),
    st.sampled_from(["alternate", "blocked"]),
)
SESSIONS = st.builds(routine, BLOCKS)
LENGTHS = st.fractions(40, 450, max_denominator=1000)


@pytest.mark.many
@FEWER
@given(SESSIONS, PACES, LENGTHS, st.sampled_from([LEFT_RIGHT, (Side.LEFT,)]))
def test_a_length_is_met_to_the_frame_or_those_that_are_named_can_be(
    script: LoadedRoutine, taken: Pace | None, seconds: Fraction, sides: tuple[Side, ...]
) -> None:
    choices = Choices(taken, sides=sides)
    try:
        fit = asked(script, seconds, choices)
    except LengthError as error:
        named = [each for each in (error.shorter, error.longer) if each]
        assert named
        for each in named:
            assert asked(script, each.goal, choices).trial.seconds == ceil_to_frame(each.goal)
            assert laid(script, choices, each.amount).duration == ceil_to_frame(each.goal)
        return
    timeline = laid(script, choices, fit.amount)
    assert timeline.duration == ceil_to_frame(seconds)
    assert 0 <= fit.amount.closing < fit.trial.breath
    assert fit.amount.closing % FRAME == 0


@pytest.mark.many
@FEWER
@given(SESSIONS, PACES.filter(lambda taken: taken is None or (len(taken.points) == 1 and not taken.every)), LENGTHS)
def test_breaths_and_words_are_as_they_would_be_without_a_length(
    script: LoadedRoutine, taken: Pace | None, seconds: Fraction
) -> None:
    choices = Choices(taken)
    try:
        fit = asked(script, seconds, choices)
    except LengthError as error:
        fit = next(each for each in (error.shorter, error.longer) if each)
    own, timeline = (laid(script, choices, amount) for amount in (Amount(), fit.amount))

    def phases(each: Timeline) -> set[tuple[str, Fraction]]:
        return {(phase.kind, phase.end - phase.start) for phase in each.phases}

    assert phases(own) == phases(timeline)
    assert {(cue.text, cue.end - cue.start) for cue in own.cues} == {
        (cue.text, cue.end - cue.start) for cue in timeline.cues
    }


@FEWER
@given(st.integers(2, 4), LIMITS, st.integers(1, 3), LENGTHS)
def test_the_authors_limits_are_kept(count: int, limits: dict[str, int], rounds: int, seconds: Fraction) -> None:
    hold = {"breathe": count, "in": "In", **limits}
    script = routine({"each side": {"rounds": rounds, "min": 1, "max": 4, "between": [REST], "steps": [hold]}})
    try:
        amount = asked(script, seconds).amount
    except LengthError:
        return
    turns = breaths_in_turns(laid(script, Choices(), amount))
    assert 2 <= len(turns) <= 8
    assert all(limits.get("min", count) <= turn <= limits.get("max", count) or turn == count for turn in turns)
    assert turns[::2] == turns[1::2]


PLAIN = st.sampled_from([read_pace(pace) for pace in ("4-6", "2.5-3.3", "4-7-8")])
BENT = st.builds(
    lambda rounds, limits, rest, hold: routine(
        {"each side": {"rounds": rounds, **limits, "between": [rest, {"change": "5s"}], "steps": [hold]}}
    ),
    st.integers(1, 3),
    st.sampled_from([{}, {"max": 4}, {"min": 2}]),
    st.sampled_from([REST, {"rest": "2 breaths", "max": "6 breaths"}, {"rest": "12s", "min": "5s", "max": "40s"}]),
    st.sampled_from([FOLD, {"breathe": 4, "min": 3, "max": 8, "in": "In", "out": "Out"}]),
)
"""Sessions of which each place can be bent alike."""


@pytest.mark.many
@FEWER
@given(BENT, PLAIN, LENGTHS)
def test_time_buys_rounds_then_breaths_then_rests(script: LoadedRoutine, taken: Pace, seconds: Fraction) -> None:
    attempt = prepare_attempt(script, Choices(taken), measure, FRAME)
    try:
        fit = fit_length(attempt, seconds, FRAME)
    except LengthError as error:
        fit = next(each for each in (error.shorter, error.longer) if each)
    amount, goal, found = fit.amount, ceil_to_frame(fit.goal), fit.trial.freedoms
    least, most = found.breaths.least * found.breaths.count, found.breaths.most * found.breaths.count
    bought = amount.breaths.each * found.breaths.count - amount.breaths.spared
    own = attempt(Amount(amount.rounds))
    assert own
    written = attempt(Amount())
    if written and amount.rounds < written.freedoms.rounds.most and own.seconds <= goal:
        more = attempt(Amount(amount.rounds + 1))
        assert more
        assert more.seconds > goal, "there is no time for one more round"
    if found.rests.bent > 0 and bought < most:
        more = attempt(Amount(amount.rounds, breaths=spread(bought + 1, found.breaths.count)))
        assert more
        assert more.seconds > goal, "there is no time for one more breath"
    if bought < 0:
        assert own.seconds > goal
        assert least <= bought
        assert found.rests.bent <= found.rests.least * found.rests.count + 2, "the rests went before the breaths"


@FEWER
@given(BENT, PLAIN, LENGTHS)
def test_no_rest_is_longer_than_its_author_allows(script: LoadedRoutine, taken: Pace, seconds: Fraction) -> None:
    (longest,) = (step.most for step in walk_steps(script.model.steps) if isinstance(step, Rest))
    assert isinstance(longest, Span)
    most = longest.seconds(taken.points[0])
    try:
        amounts = [asked(script, seconds, Choices(taken)).amount]
    except LengthError as error:
        amounts = list(error.amounts)
    for amount in amounts:
        spans = [span for span in laid(script, Choices(taken), amount).spans if span.kind is SpanKind.REST]
        assert all(span.end - span.start <= most for span in spans)


def test_no_rest_grows_by_what_is_left_of_a_breath() -> None:
    """The closing rest is after the last words, and so the words of a rest before them stay true."""
    rest = {"rest": "2 breaths", "max": "4 breaths", "say": "{Count} breaths."}
    script = routine({"breathe": 3, "in": "In"}, rest, closing=["That is all."])
    own = laid(script, Choices(), Amount())
    timeline = laid(script, Choices(), asked(script, own.duration + 7).amount)
    ends = [next(cue.start for cue in each.cues if cue.text == "That is all.") for each in (own, timeline)]
    assert ends[0] == ends[1]


@pytest.mark.many
@FEWER
@given(SESSIONS, PACES, LENGTHS)
def test_the_tracks_of_both_sides_have_the_length(script: LoadedRoutine, taken: Pace | None, seconds: Fraction) -> None:
    try:
        fits = [asked(script, seconds, Choices(taken, sides=(side,))) for side in LEFT_RIGHT]
    except LengthError as error:
        seconds = next(each.goal for each in (error.shorter, error.longer) if each)
        fits = [asked(script, seconds, Choices(taken, sides=(side,))) for side in LEFT_RIGHT]
    left, right = (
        laid(script, Choices(taken, sides=(side,)), fit.amount) for side, fit in zip(LEFT_RIGHT, fits, strict=True)
    )
    assert left.duration == right.duration == ceil_to_frame(seconds)
    assert [(each.start, each.end) for each in left.phases] == [(each.start, each.end) for each in right.phases]


@pytest.mark.many
@FEWER
@given(st.integers(2, 3), LIMITS, RESTS, st.sampled_from(["4-6", "3-3"]), LENGTHS)
def test_what_can_be_is_found(count: int, limits: dict[str, int], rest: Step, taken: str, seconds: Fraction) -> None:
    """Every amount there is, tried one by one, agrees with the search."""
    hold = {"breathe": count, "in": "In", **limits}
    script = routine({"repeat": {"rounds": 2, "max": 3, "between": [rest], "steps": [hold]}})
    attempt = prepare_attempt(script, Choices(read_pace(taken)), measure, FRAME)
    goal = ceil_to_frame(seconds)
    possible = False
    for rounds in (each for each in range(-1, 2) if not possible):
        trial = attempt(Amount(rounds))
        assert trial
        room = trial.freedoms
        rests = range(room.rests.least * room.rests.count, room.rests.most * room.rests.count + 1)
        held = range(room.breaths.least * room.breaths.count, room.breaths.most * room.breaths.count + 1)
        for more, breaths in product(rests, held):
            amount = Amount(rounds, spread(more, room.rests.count or 1), spread(breaths, room.breaths.count or 1))
            tried = attempt(amount)
            assert tried
            possible |= 0 <= goal - tried.seconds < tried.breath
            if possible:
                break
    try:
        fit_length(attempt, seconds, FRAME)
    except LengthError:
        assert not possible
    else:
        assert possible


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    voice = CachedVoice(FakeVoice(), tmp_path / "cache")
    monkeypatch.setattr(speaker, "find_speaker", lambda *_: Speaker(voice, "fake"))
    monkeypatch.setattr("voicecoach.system.folders.find_cache", lambda: tmp_path / "cache")
    return tmp_path / "cache"


@pytest.fixture
def counted(tmp_path: Path) -> Path:
    """Give a file with rounds that can be bent."""
    (tmp_path / "counted.yaml").write_text(COUNTED, encoding="utf-8")
    return tmp_path / "counted.yaml"


def nobody(_stage: str, _done: int, _total: int) -> None:
    """Report to nobody."""


def test_a_session_is_planned_at_its_length_and_says_what_was_chosen(fake: Path, counted: Path) -> None:
    planned = plan(Request(str(counted), length=Fraction(180)), fake, nobody)
    shown = planned.as_json(planned.tracks[0])
    assert shown["duration"] == 180.0
    assert set(shown["fit"]) == {
        "rounds", "more_rounds", "more_breaths_in_rests", "more_guided_breaths", "closing_rest"
    }  # fmt: skip


@pytest.mark.many
def test_each_sides_track_has_the_length(fake: Path) -> None:
    planned = plan(Request("sitting-leg-stretch", split=True, length=Fraction(450)), fake, nobody)
    assert [track.timeline.duration for track in planned.tracks] == [450, 450]
    assert planned.tracks[0].fit
    assert planned.tracks[0].fit.amount == planned.tracks[1].fit.amount  # type: ignore[union-attr]


COUNTED = """
title: Counted
steps:
  - repeat:
      rounds: 2
      between: [{rest: 2 breaths, min: 1 breath, max: 9 breaths}]
      steps:
        - say: This is round {round} of {rounds}, and a long sentence
"""


@pytest.mark.many
def test_words_that_only_a_length_brings_are_spoken_and_measured(fake: Path, counted: Path) -> None:
    planned = plan(Request(str(counted), length=Fraction(300)), fake, nobody)
    assert planned.tracks[0].timeline.duration == 300
    said = Counter(cue.text.split(" of ")[0] for cue in planned.tracks[0].timeline.cues)
    assert said["This is round five"] == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("--length 10m --rounds 3", "--length chooses the rounds itself"),
        ("--length 0s", "a session lasts more than 0 s"),
        ("--length 13h", "12:00:00"),
        ("--length ten", "is not a length of time"),
        ("--length 20s", "this session can't last 0:20"),
    ],
)
def test_lengths_that_can_not_be_are_refused(
    arguments: str, said: str, fake: Path, counted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del fake
    assert run(["plan", str(counted), *arguments.split()]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("length", ["3:00", "3 Minuten"])
def test_a_plan_shows_what_was_chosen(
    length: str, fake: Path, counted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del fake
    assert run(["plan", str(counted), "--length", length]) == 0
    assert "fitted to 3:00; rounds: " in capsys.readouterr().out.splitlines()[-1]


def test_a_wrong_length_is_a_wrong_choice() -> None:
    assert issubclass(LengthError, ChoiceError)
