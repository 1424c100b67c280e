"""When what is heard: releases at onsets, words that fit rests, breaths on ramps. Each law holds whatever the voice."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.fakes import CHIME_SECONDS, FRAME, ceil_to_frame, perform, snap, spoken_seconds
from tests.goldens import performed
from tests.script.test_steps import heard, played, routine
from voicecoach.core.layout import measure_air
from voicecoach.core.notation import read_breath
from voicecoach.core.score import CueKind, Sound
from voicecoach.errors import FitError, UnknownNameError
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices, Guidance

if TYPE_CHECKING:
    from pathlib import Path

    from voicecoach.core.timeline import Measure, Timeline

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
        timeline = perform(build(script, Choices()), slower(factor), read_breath("4-6"))
    except FitError:
        return
    assume(not timeline.grown)
    first, *others = (cue for cue in timeline.cues if cue.text == "Go")
    begun = first.start
    clear = rest > spoken_seconds(f"Stop {release}") * factor + 1
    for number, cue in enumerate(others if clear else (), 1):
        assert abs(cue.start - begun - number * (work + rest)) <= FRAME
    released = starts(timeline, f"Stop {release}")
    for number, at in enumerate(released if clear else released[:1]):  # "Go" waits for what is longer than its rest
        assert abs(at - begun - number * (work + rest) - work) <= FRAME
    counts = starts(timeline, "one")
    for number, at in enumerate(counts if clear else counts[:1]):
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


def test_a_stretch_that_waits_for_a_release_begins_with_its_first_breath() -> None:
    stretch = {"breathe": 2, "in": "In", "stretch": "all"}
    timeline = played(routine({"hold": "5s", "release": "Stop"}, stretch))
    (found,) = timeline.stretches
    assert (found.start, found.end) == (timeline.phases[0].start, timeline.phases[-1].end)


def test_a_release_that_runs_into_a_countdown_is_refused() -> None:
    held = {"hold": "5s", "release": "And now let go of it all"}
    with pytest.raises(FitError, match=r"'And now let go of it all' is 0\.83 s too long to end before 'two'"):
        played(routine(held, {"hold": "3s", "countdown": 2}))


@pytest.mark.parametrize(("rest", "lasts"), [("1s", 2), ("1 breath", 4), ("3s", 3)])
def test_a_silent_rest_grows_until_the_release_in_it_is_over(rest: str, lasts: int) -> None:
    held = {"hold": "5s", "release": "x" * 26}  # takes 1.94 s
    timeline = played(routine(held, {"rest": rest}, {"hold": "9s"}, {"out": "Out"}, breath="2-2"))
    (stop,) = (cue for cue in timeline.cues if cue.text == "x" * 26)
    over = ceil_to_frame(spoken_seconds("x" * 26))
    expected = over if rest == "1s" else lasts
    assert abs(timeline.phases[0].start - stop.start - 9 - expected) <= FRAME


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


def test_what_is_not_played_does_not_end_the_words_that_open_a_turn() -> None:
    steps = ({"rest": "5s", "only": "not first"}, {"say": "Your {leg}."}, {"breathe": 1})
    each = {"between": [{"change": "20s"}], "steps": list(steps)}
    for left_out in ({"only": "not first"}, {"name": "pause"}):
        timeline = played(
            routine({"each side": {**each, "steps": [{"rest": "5s", **left_out}, *steps[1:]]}}),
            Choices(skipped=frozenset({"pause"}) if "name" in left_out else frozenset()),
        )
        change, words = (next(cue for cue in timeline.cues if text in cue.text) for text in ("Change", "right leg"))
        assert abs(words.start - change.end - Fraction(3, 4)) <= 2 * FRAME


@pytest.mark.parametrize(
    ("guidance", "texts"),
    [
        (Guidance.FULL, ["And out, one", "And out, one"]),
        (Guidance.BRIEF, ["One", "One"]),
        (Guidance.CUES, ["One", "One"]),
    ],
)
def test_counts_are_as_short_as_the_guidance_says(guidance: Guidance, texts: list[str]) -> None:
    breathe = {"breathe": 1, "out": "And out, {count} | {Count}"}
    timeline = played(routine({"repeat": {"rounds": 2, "steps": [breathe]}}), Choices(guidance=guidance))
    assert heard(timeline, CueKind.COUNT) == texts[1:]
    assert [cue.text for cue in timeline.cues if cue.kind is CueKind.COUNT] == texts


@given(
    st.lists(st.integers(1, 120), min_size=1, max_size=4, unique=True),
    st.sampled_from(["1 breath", *(f"{seconds}s" for seconds in range(1, 17))]),
    st.sampled_from(["rest", "change"]),
)
def test_a_rest_says_the_longest_wording_that_fits_and_grows_only_if_none_does(
    letters: list[int], length: str, kind: str
) -> None:
    wordings = [f"{'a' * count}x" for count in sorted(letters, reverse=True)]
    step = {kind: length, "say": " | ".join(wordings)}
    whole = length == "1 breath"
    seconds = Fraction(10 if whole else length.removesuffix("s"))
    steps: list[dict[str, Any]] = [{"breathe": 1}]
    each = {"each side": {"between": [step], "steps": steps}} if kind == "change" else step
    timeline = played(routine(each, {"say": "After."}))
    room = seconds - measure_air(seconds)
    fitting = [text for text in wordings if ceil_to_frame(spoken_seconds(text)) <= room]
    (cue,) = (cue for cue in timeline.cues if cue.text in wordings)
    assert cue.text == (fitting[0] if fitting else wordings[-1])
    if kind == "rest":
        (after,) = starts(timeline, "After.")
        lasts = max(seconds, ceil_to_frame(spoken_seconds(cue.text)))
        assert not timeline.grown or lasts > seconds
        assert abs(after - cue.start - (-(-lasts // 10) * 10 if whole else lasts)) <= FRAME


def test_a_rest_in_breaths_uses_the_breath_that_was_breathed_last() -> None:
    turns = {"each side": {"between": [{"rest": "1 breath"}], "steps": [{"breathe": 3}]}}
    timeline = played(routine(turns, {"rest": "1 breath"}, {"say": "After."}, breath="3-3..7-7"))
    left, right = timeline.phases[:6], timeline.phases[6:]
    assert right[0].start - left[-1].end == 14
    (after,) = starts(timeline, "After.")
    assert abs(after - right[-1].end - 14) <= FRAME
    blocked = {"each side": {**turns["each side"], "order": "blocked", "rounds": {"left": 2, "right": 1}}}
    timeline = played(routine(blocked, {"rest": "1 breath"}, {"say": "After."}, breath="3-3..8-8"))
    (after,) = starts(timeline, "After.")
    assert abs(after - timeline.phases[-1].end - 10) <= FRAME, "the right side breathed the first three of six"


least = st.tuples(st.integers(1, 4), st.integers(1, 60))


@given(
    st.lists(st.one_of(least, st.integers(1, 5)), min_size=1, max_size=5),
    st.sampled_from(["3-3..7-7", "7-7..3-3", "3-3..8-8..2-2", "2-2..9-9..4-4", "4-6", "2-2 +0.5s every 20s"]),
    st.sampled_from(["steps", "pace", "sides"]),
)
def test_breaths_last_at_least_as_long_as_is_written_on_every_ramp(
    lengths: list[int | tuple[int, int]], breath: str, where: str
) -> None:
    written = [f"{each[0]} breaths, at least {each[1]}s" if isinstance(each, tuple) else f"{each}" for each in lengths]
    steps: list[dict[str, Any]] = [{"breathe": each, "in": f"In {n}"} for n, each in enumerate(written)]
    if where == "pace":
        steps = [{"pace": {"breath": breath, "steps": steps}}]
    elif where == "sides":
        steps = [{"each side": {"steps": steps}}]
    timeline = played(routine(*steps, breath="4-6" if where == "pace" else breath))
    turns = 2 if where == "sides" else 1
    inhales = [cue for cue in timeline.cues if cue.text.startswith("In ")]
    ends = {snap(phase.start): phase.breath for phase in timeline.phases}
    for number, each in enumerate(lengths):
        taken = [ends[cue.start] for cue in inhales if cue.text == f"In {number}"]
        lasting = sum(phase.end - phase.start for phase in timeline.phases if phase.breath in taken)
        count, seconds = each if isinstance(each, tuple) else (each, 0)
        assert len(taken) >= count * turns
        assert lasting >= seconds * turns
        assert len(taken) <= max(count, -(-seconds // 4)) * turns


def test_breaths_are_the_fewest_that_last_long_enough_where_that_can_be_settled() -> None:
    steps = ({"breathe": "2 breaths, at least 25s", "in": "In"}, {"breathe": 3}, {"hold": "25s in whole breaths"})
    timeline = played(routine(*steps, breath="3-3..7-7"))
    assert len(starts(timeline, "In")) == 4
    assert timeline.phases[7].end - timeline.phases[0].start == Fraction(32)


@pytest.mark.parametrize("lead_in", [0, 1, 3, Fraction(1, 3)])
@pytest.mark.parametrize("notice", [(), ("Ask first.",)])
def test_the_first_word_comes_after_the_lead_in(lead_in: Fraction, notice: tuple[str, ...]) -> None:
    timeline = played(routine({"breathe": 1}, notice=notice), Choices(lead_in=Fraction(lead_in)))
    assert timeline.cues[0].start == snap(Fraction(lead_in))


def test_a_tone_in_place_of_words_is_the_last_of_their_wordings() -> None:
    steps = {"breathe": 1, "in": "In | ~", "in 2": "And more | ~", "out": "~"}
    cues = played(routine(steps, breath="in 2, in 0.5, out 6", fixed=True)).cues
    found = {cue.text: (cue.wording, cue.wordings) for cue in cues if cue.kind in {CueKind.BREATH, CueKind.TONE}}
    assert found == {"In": (0, 2), "tone-in": (1, 2), "tone-out": (0, 1)}


def test_neighbours_with_the_same_title_and_side_are_one_chapter() -> None:
    empty = {"each side": {"steps": [{"breathe": 1, "only": "not last"}]}}
    timeline = played(routine({"say": "Sit down."}, empty, {"breathe": 1}))
    assert [chapter.title for chapter in timeline.chapters] == ["Before you begin", "X", "End"]
    assert all(one.end == other.start for one, other in pairwise(timeline.chapters))


def titles(timeline: Timeline) -> list[str]:
    return [each.title.removeprefix("X: ") for each in timeline.chapters if each.title.startswith("X: ")]


LISTED = {"vary": {"part": ["arm", "neck"]}}


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ({"repeat": {**LISTED, "steps": [{"hold": "5s"}]}}, ["arm", "neck"]),
        (
            {"repeat": {**LISTED, "rounds": 3, "steps": [{"hold": "5s"}]}},
            ["arm, round 1", "neck, round 1", "arm, round 2"],
        ),
        ({"repeat": {"vary": {"n": ["10s", "20s"], **LISTED["vary"]}, "steps": [{"hold": "{n}"}]}}, ["arm", "neck"]),
        ({"repeat": {"vary": {"n": ["10s", "20s"]}, "steps": [{"hold": "{n}"}]}}, ["ten seconds", "twenty seconds"]),
        ({"name": "slow", "repeat": {**LISTED, "steps": [{"hold": "5s"}]}}, ["slow, arm", "slow, neck"]),
        ({"name": "{Part}!", "repeat": {**LISTED, "steps": [{"hold": "5s"}]}}, ["Arm!", "Neck!"]),
        (
            {"each side": {**LISTED, "steps": [{"hold": "5s"}]}},
            ["arm, left", "arm, right", "neck, left", "neck, right"],
        ),
        ({"each side": {"steps": [{"hold": "5s"}]}}, ["left", "right"]),
        ({"repeat": {"rounds": 2, "steps": [{"hold": "5s"}]}}, ["round 1", "round 2"]),
        (
            {"repeat": {**LISTED, "steps": [{"each side": {"steps": [{"hold": "5s"}]}}]}},
            ["arm, left", "arm, right", "neck, left", "neck, right"],
        ),
    ],
)
def test_a_block_that_goes_through_a_list_is_named_by_its_values(step: dict[str, Any], named: list[str]) -> None:
    assert titles(played(routine(step))) == named


def test_lists_inside_rounds_name_the_turns_and_make_no_chapters_of_their_own() -> None:
    turns = {"each side": {"steps": [{"hold": "5s"}]}}
    around = {"repeat": {"rounds": 2, "steps": [{"repeat": {**LISTED, "steps": [{"rest": "5s"}, turns]}}]}}
    assert titles(played(routine(around)))[:6] == [
        "round 1", "round 1, arm, left", "round 1, arm, right",
        "round 1", "round 1, neck, left", "round 1, neck, right",
    ]  # fmt: skip
    circuit = {"repeat": {"rounds": 2, "steps": [{"repeat": {**LISTED, "steps": [{"hold": "5s"}]}}]}}
    assert titles(played(routine(circuit))) == ["round 1", "round 2"]


@pytest.mark.parametrize(
    ("block", "text"),
    [
        ({"each side": {"between": [{"change": "10s", "say": "Now the {leg}."}]}}, "Now the right leg."),
        ({"each side": {"between": [{"rest": "5s"}, {"change": "10s"}, {"rest": "2s"}]}}, "Change sides."),
        ({"each side": {"between": [{"rest": "9s", "say": "Next, your {next leg}."}]}}, "Next, your right leg."),
        ({"repeat": {**LISTED, "between": [{"rest": "9s", "say": "Next, the {next part}."}]}}, "Next, the neck."),
    ],
)
def test_a_chapter_begins_with_the_words_that_announce_it(block: dict[str, Any], text: str) -> None:
    ((kind, inner),) = block.items()
    timeline = played(routine({kind: {**inner, "steps": [{"hold": "10s"}]}}))
    last = timeline.chapters[-2]
    assert next(cue.text for cue in timeline.cues if cue.start >= last.start) == text
    assert starts(timeline, text) == [last.start]


@given(st.integers(1, 5), st.integers(1, 4))
def test_rounds_that_are_chosen_go_through_a_whole_list(parts: int, chosen: int) -> None:
    body = [f"part {'i' * number}" for number in range(1, parts + 1)]
    hold = {"hold": "5s", "say": "{part}"}
    for kind, sides in (("repeat", 1), ("each side", 2)):
        listed = routine({kind: {"vary": {"part": body}, "steps": [hold]}})
        said = [cue.text for cue in played(listed, Choices(rounds=chosen)).cues if cue.text.startswith("part")]
        assert said == [text for text in body for _ in range(sides)] * chosen
    written = routine({"repeat": {"rounds": 7, "vary": {"part": body}, "steps": [hold]}})
    assert len(starts(played(written, Choices(rounds=chosen)), body[0])) == -(-chosen // parts)


@pytest.mark.parametrize("name", [None, "{part}", "the {part}"])
@pytest.mark.parametrize("kind", ["repeat", "each side"])
def test_a_round_is_skipped_by_the_name_that_is_filled_in(kind: str, name: str | None) -> None:
    block: dict[str, Any] = {
        "vary": {"part": ["forehead", "jaw", "belly"]},
        "between": [{"rest": "5s", "say": "Next, the {next part}, {next round} of {rounds}."}],
        "steps": [{"hold": "7s", "say": "Tense your {part}"}],
    }
    script = routine({kind: block, **({"name": name} if name else {})})
    skipped = {None: "Jaw", "{part}": "jaw", "the {part}": "the jaw"}[name]
    timeline = played(script, Choices(skipped=frozenset({skipped})))
    said = list(dict.fromkeys(heard(timeline)))
    assert [text for text in said if text.startswith("Tense")] == ["Tense your forehead", "Tense your belly"]
    assert "Next, the belly, two of two." in said
    with pytest.raises(UnknownNameError, match=r"there are: x, .*jaw"):
        played(script, Choices(skipped=frozenset({"ear lobes"})))


def test_a_change_that_grows_is_noted_with_how_long_it_lasts(tmp_path: Path) -> None:
    words = "Now turn around without hurry, lie on your other side, and stretch the {leg} out long."
    (tmp_path / "a.yaml").write_text(
        "title: Grows\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n  - each side:\n"
        f"      between: [{{change: 3s, say: '{words}'}}, {{rest: 1 breath}}]\n      steps: [{{hold: 5s}}]\n"
    )
    timeline = performed(str(tmp_path / "a.yaml"), Choices())
    (grown,) = timeline.grown
    assert str(grown).endswith(
        "a.yaml:5:17: the change of 3 s lasts 6.9 s, because its words need that; give it 7s, or shorten the words"
    )


def test_a_ramp_may_have_sums_at_its_ends() -> None:
    step = {"breathe": 2, "breath": "in {cycle} * 0.4, out {cycle} * 0.6..in 4, out 6", "fixed": True}
    phases = played(routine(step, parameters={"cycle": "6"})).phases
    assert [phase.end - phase.start for phase in phases] == [Fraction(12, 5), Fraction(18, 5), 4, 6]


def test_a_value_may_have_other_values_of_its_round_in_it() -> None:
    vary = {"exercise": ["squats", "lunges to the {way}"], "way": ["left", "left", "right", "right"]}
    block = {"rounds": 4, "vary": vary, "between": [{"rest": "9s", "say": "Next, {next exercise}."}]}
    steps = [{"hold": "20s", "say": "{Exercise}, {extra}"}]
    texts = heard(played(routine({"repeat": {**block, "steps": steps}}, parameters={"extra": "round {round}"})))
    assert texts == [
        "Squats, round one", "Next, lunges to the left.", "Lunges to the left, round two", "Next, squats.",
        "Squats, round three", "Next, lunges to the right.", "Lunges to the right, round four",
    ]  # fmt: skip
