"""The script builder, on small routines: what is said and done, in which order, for whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import measure, perform, snap
from tests.work import count_calls
from voicecoach.core.breath import Kind
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import CueKind, Side
from voicecoach.errors import ChoiceError, RoutineError, UnknownNameError
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.routine.model import RoutineModel
from voicecoach.routine.values import Name
from voicecoach.script.builder import build, list_exercises
from voicecoach.script.choices import LEFT_RIGHT, Choices, Guidance, Intro
from voicecoach.script.opening import collect_notice
from voicecoach.script.tally import MOST_STEPS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from voicecoach.core.timeline import Timeline

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg"}}
CALM = read_breath("4-6")
Step = Mapping[str, object]


def routine(*steps: Step, name: str = "x", **keys: object) -> LoadedRoutine:
    model = RoutineModel.model_validate({"title": name.upper(), "steps": list(steps), **keys})
    return LoadedRoutine(name, f"{name}.yaml", model)


def sided(*steps: Step, **block: object) -> LoadedRoutine:
    return routine({"each side": {"steps": list(steps), **block}}, sides=SIDES)


def collected(*parts: LoadedRoutine, optional: Sequence[str] = (), **keys: object) -> LoadedRoutine:
    """A routine that includes others."""
    steps = [{"include": part.name, "optional": part.name in optional} for part in parts]
    model = RoutineModel.model_validate({"title": "All", "steps": steps, **keys})
    return LoadedRoutine("all", "all.yaml", model, {Name(part.name): part for part in parts}, len(parts))


def played(script: LoadedRoutine, choices: Choices | None = None) -> Timeline:
    chosen = choices or Choices()
    return perform(build(script, chosen), measure, chosen.breath or script.model.breath)


def heard(script: LoadedRoutine, choices: Choices | None = None, *kinds: CueKind) -> list[str]:
    wanted = kinds or (CueKind.INSTRUCTION, CueKind.BREATH, CueKind.CHANGE)
    return [cue.text for cue in played(script, choices).cues if cue.kind in wanted]


def test_a_session_goes_from_the_notice_to_the_chime() -> None:
    cues = played(routine({"say": "Sit."}, notice="Ask first.", benefits="It helps.", tips=["Slowly."])).cues
    assert [(cue.kind.value, cue.text) for cue in cues] == [
        ("instruction", "X."),
        ("notice", "Ask first."),
        ("tip", "It helps."),
        ("tip", "Slowly."),
        ("instruction", "Sit."),
        ("closing", "That is all for now. Take the time you need before you go on."),
        ("chime", "chime-end"),
    ]


def test_the_first_word_waits_for_the_lead_in_and_the_end_leaves_time_to_get_up() -> None:
    timeline = played(routine({"say": "Sit."}), Choices(lead_in=Fraction(60)))
    assert timeline.cues[0].start == snap(Fraction(60))
    assert timeline.duration >= timeline.cues[-1].start + 10


def test_a_routine_has_its_own_last_words() -> None:
    assert heard(routine({"say": "Sit."}, closing=["Well.", "Up."]), None, CueKind.CLOSING) == ["Well.", "Up."]
    own = routine({"say": "Sit."}, words={"closing": "Done."})
    assert heard(own, None, CueKind.CLOSING) == ["Done."]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("alternate", ["left leg", "right leg", "left leg", "right leg"]),
        ("blocked", ["left leg", "left leg", "right leg", "right leg"]),
    ],
)
def test_turns_go_in_their_order(order: str, expected: list[str]) -> None:
    assert heard(sided({"say": "{leg}"}, rounds=2, order=order))[1:] == expected


def test_what_is_between_turns_is_not_played_after_the_last() -> None:
    between = [{"rest": "1 breath", "say": "Rest."}, {"change": "10s"}]
    script = sided({"say": "{leg}"}, rounds=2, between=between)
    turn = ["Rest.", "Change sides."]
    assert heard(script)[1:] == ["left leg", *turn, "right leg", *turn, "left leg", *turn, "right leg"]


def test_nothing_changes_between_two_turns_of_one_side() -> None:
    between = [{"rest": "1 breath", "say": "Rest."}, {"change": "10s", "say": "Other side."}]
    script = sided({"say": "{leg}"}, rounds=2, between=between, order="blocked")
    assert heard(script)[1:] == [
        "left leg",
        "Rest.",
        "left leg",
        "Rest.",
        "Other side.",
        "right leg",
        "Rest.",
        "right leg",
    ]


def test_a_track_of_one_side_has_its_turns_and_no_change() -> None:
    script = sided({"say": "{leg}"}, rounds=2, between=[{"rest": "1 breath", "say": "Rest."}, {"change": "10s"}])
    timeline = played(script, Choices(sides=(Side.RIGHT,)))
    assert [cue.text for cue in timeline.cues if cue.side] == ["right leg", "Rest.", "right leg"]
    assert all(cue.side is Side.RIGHT for cue in timeline.cues if cue.side)


def test_the_next_turn_may_be_announced_within_its_change() -> None:
    script = sided({"say": "{leg}"}, {"breathe": 1}, between=[{"change": "60s"}])
    left, right = ([phase for phase in played(script).phases if phase.side is side] for side in (Side.LEFT, Side.RIGHT))
    assert right[0].start - left[-1].end == 60


def test_words_for_the_first_round_and_for_those_after_it() -> None:
    script = sided({"say": {"first": "Stretch your {leg}.", "again": "Your {leg}."}}, rounds=3)
    assert heard(script)[1:] == [
        "Stretch your left leg.", "Stretch your right leg.",
        "Your left leg.", "Your right leg.", "Your left leg.", "Your right leg.",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), [("{Leg} out", "Left leg out"), ("{leg} out", "left leg out"), ("{LEG} out", "Left leg out")]
)
def test_a_noun_phrase_is_capitalised_as_its_name_is(text: str, expected: str) -> None:
    assert heard(sided({"say": text}))[1] == expected


def test_the_first_and_the_last_breath_have_their_own_words() -> None:
    script = routine({"breathe": 3, "in": "In", "out": "Out", "first in": "First", "last out": "Up"})
    assert heard(script, None, CueKind.BREATH) == ["First", "Out", "In", "Out", "In", "Up"]
    one = routine({"breathe": 1, "out": "Out", "first out": "First", "last out": "Up"})
    assert heard(one, None, CueKind.BREATH) == ["Up"]


def test_a_stretch_ends_where_the_return_begins() -> None:
    def stretched(how: str) -> Fraction:
        return played(sided({"breathe": 3, "stretch": how}, rounds=2)).measure_stretch(Side.LEFT)

    assert stretched("all") == 60
    assert stretched("to last out") == 48


def test_repeats_rest_between_their_rounds_and_not_after_the_last() -> None:
    inner = {"repeat": {"rounds": 2, "between": [{"rest": "1", "say": "Rest."}], "steps": [{"say": "Bend."}]}}
    script = routine({"repeat": {"rounds": 2, "between": [{"rest": "2", "say": "Stand."}], "steps": [inner]}})
    assert heard(script)[1:] == ["Bend.", "Rest.", "Bend.", "Stand.", "Bend.", "Rest.", "Bend."]


def test_rounds_are_those_of_the_sides_else_of_the_outermost_repeat() -> None:
    repeat = {"repeat": {"steps": [{"repeat": {"rounds": 2, "steps": [{"say": "Bend."}]}}]}}
    each_side = {"each side": {"rounds": 1, "steps": [{"say": "{leg}"}]}}
    assert heard(routine(repeat), Choices(rounds=3)).count("Bend.") == 6
    both = routine(repeat, each_side, sides=SIDES)
    assert heard(both, Choices(rounds=3)).count("Bend.") == 2
    assert heard(both, Choices(rounds=3)).count("left leg") == 3


def test_rounds_that_there_are_not_are_refused() -> None:
    with pytest.raises(ChoiceError, match="x has no rounds that could be changed"):
        build(routine({"say": "Sit."}), Choices(rounds=3))


def test_a_side_that_there_is_not_is_refused() -> None:
    with pytest.raises(ChoiceError, match="x has no sides"):
        build(routine({"say": "Sit."}), Choices(sides=(Side.LEFT,)))


@pytest.mark.many
def test_what_multiplies_without_end_is_refused_before_it_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_STEPS == 100_000
    monkeypatch.setattr("voicecoach.script.tally.MOST_STEPS", 2_000)
    step: Step = {"breathe": 10_000}
    for _ in range(6):
        step = {"repeat": {"rounds": 1000, "steps": [step]}}
    with pytest.raises(RoutineError, match=r"more than 2,000; use fewer rounds or breaths"):
        build(routine(step), Choices())


SIT, STAND, BURN = (routine({"say": f"{name}!"}, name=name, tips="Slowly.", notice="Ask.") for name in ("a", "b", "c"))
ALL = collected(SIT, STAND, BURN, optional=["c"], notice=["Ask.", "Stop."])


@pytest.mark.parametrize(
    ("added", "skipped", "expected"),
    [
        ((), (), ["a", "b"]),
        (("c",), (), ["a", "b", "c"]),
        (("all",), ("a",), ["b", "c"]),
        ((), ("a",), ["b"]),
        ((), ("c",), ["a", "b"]),
    ],
)
def test_exercises_are_added_and_skipped_by_name(added: list[str], skipped: list[str], expected: list[str]) -> None:
    chosen = Choices(added=frozenset(added), skipped=frozenset(skipped))
    assert [part.name for part in list_exercises(ALL, chosen)] == expected


@pytest.mark.parametrize(
    ("added", "skipped", "error", "said"),
    [
        ("d", "", UnknownNameError, "no optional exercise is called 'd'; there are: c"),
        ("a", "", UnknownNameError, "no optional exercise is called 'a'"),
        ("", "d", UnknownNameError, "no exercise in this routine is called 'd'; there are: a, b, c"),
        ("", "a b", ChoiceError, "every exercise is skipped"),
    ],
)
def test_exercises_that_there_are_not_are_refused(
    added: str, skipped: str, error: type[ChoiceError], said: str
) -> None:
    with pytest.raises(error, match=said):
        list_exercises(ALL, Choices(added=frozenset(added.split()), skipped=frozenset(skipped.split())))


def test_two_includes_of_one_routine_are_told_apart_by_their_names() -> None:
    steps = [{"include": "a"}, {"include": "a", "name": "once more"}, {"include": "b", "name": "up", "optional": True}]
    model = RoutineModel.model_validate({"title": "All", "steps": steps})
    evening = LoadedRoutine("all", "all.yaml", model, {Name("a"): SIT, Name("b"): STAND}, 3)

    def names(skipped: str = "", added: str = "") -> list[str]:
        chosen = Choices(skipped=frozenset({skipped} - {""}), added=frozenset({added} - {""}))
        return [part.name for part in list_exercises(evening, chosen)]

    assert names() == ["a", "a"]
    assert names(skipped="once more") == ["a"]
    assert names(added="up") == names(added="b") == ["a", "a", "b"]
    assert names(skipped="a", added="all") == ["b"]
    with pytest.raises(UnknownNameError, match="is called 'x'; there are: a, once more, b, up"):
        names(skipped="x")


def test_the_name_of_an_include_is_that_of_all_it_plays() -> None:
    model = RoutineModel.model_validate(
        {"title": "Day", "steps": [{"include": "all", "name": "evening"}, {"include": "a"}]}
    )
    day = LoadedRoutine("day", "day.yaml", model, {Name("all"): ALL, Name("a"): SIT}, 4)
    assert [part.name for part in list_exercises(day, Choices(skipped=frozenset({"evening"})))] == ["a"]


def test_tips_and_notices_are_said_once() -> None:
    assert heard(ALL, None, CueKind.TIP) == ["Slowly."]
    assert heard(ALL, None, CueKind.NOTICE) == ["Ask.", "Stop."] == list(collect_notice((ALL, SIT, STAND)))


def test_what_is_said_before_you_begin_is_as_much_as_is_asked_for() -> None:
    script = routine(
        {"say": "Sit."}, notice=["Ask.", "Stop."], needs=["a mat", "a strap"], tips="Slowly.", greeting="Hello, {name}."
    )

    def opening(intro: Intro, listener: str = "") -> list[str]:
        cues = played(script, Choices(intro=intro, listener=listener)).cues
        return [cue.text for cue in cues[: next(at for at, cue in enumerate(cues) if cue.text == "Sit.")]]

    assert opening(Intro.FULL) == ["X.", "You will need a mat and a strap.", "Ask.", "Stop.", "Slowly."]
    assert opening(Intro.FULL, "Ana")[:2] == ["Hello, Ana.", "X."]
    assert opening(Intro.SHORT) == ["X.", "Stop."]
    assert opening(Intro.NONE) == ["X."]
    own = script.model.model_copy(update={"safety": "Easy does it."})
    kept = played(replace(script, model=own), Choices(intro=Intro.SHORT))
    assert [cue.text for cue in kept.cues][:2] == ["X.", "Easy does it."]


def test_a_collection_is_named_before_its_exercises() -> None:
    script = collected(routine({"say": "a!"}, name="a", needs="a mat"), routine({"say": "b!"}, name="b", needs="a mat"))
    assert heard(script)[:3] == ["All.", "A.", "a!"]
    assert heard(script, None, CueKind.NOTICE) == ["You will need a mat."]
    assert heard(script, Choices(intro=Intro.NONE))[:3] == ["All.", "A.", "a!"]


def test_fading_guidance_says_less_from_round_to_round() -> None:
    steps = [{"say": "Sit tall. | Sit."}, {"breathe": 1, "in": "Breathe in | In"}]
    script = routine({"repeat": {"rounds": 4, "steps": steps}})
    told = heard(script, Choices(guidance=Guidance.FADING))
    assert told == ["X.", "Sit tall.", "Breathe in", "Sit.", "In", "In", "In"]


def test_between_exercises_there_is_a_rest_and_after_the_last_none() -> None:
    script = collected(SIT, STAND, between=[{"rest": "15s", "say": "Get ready."}])
    assert heard(script) == ["All.", "A.", "a!", "Get ready.", "B.", "b!"]


def test_an_exercise_keeps_its_breath_unless_the_listener_gives_one() -> None:
    script = collected(routine({"breathe": 1}, name="fast", breath="2-3"), routine({"breathe": 1}, name="slow"))

    def inhales(choices: Choices) -> list[Fraction]:
        return [each.end - each.start for each in played(script, choices).phases if each.kind is Kind.INHALE]

    assert inhales(Choices()) == [2, 4]
    assert inhales(Choices(breath=read_pace("5-5"))) == [5, 5]


def test_each_turn_is_a_chapter_named_after_exercise_side_and_round() -> None:
    titles = [chapter.title for chapter in played(sided({"say": "{leg}"}, {"rest": "1"}, rounds=2)).chapters]
    turns = [f"X: {side}, round {number}" for number in (1, 2) for side in ("left", "right")]
    assert titles == ["Before you begin", "X", *turns, "End"]


nouns = st.text(alphabet="ab ", min_size=1, max_size=60).filter(str.strip)
steps = st.lists(
    st.sampled_from([
        {"say": "Your {leg}", "settle": "3s"},
        {"say": {"first": "Stretch your {leg} out, and your {leg} again", "again": "{Leg}"}},
        {"breathe": 2, "in": "In", "out": "Fold over your {leg}, and breathe | Out", "stretch": "all"},
        {"rest": "1 breath", "say": "Rest your {leg} now"},
        {"rest": "5s"},
        {"repeat": {"rounds": 2, "between": [{"rest": "2s", "say": "{leg}"}], "steps": [{"say": "Now the {leg}"}]}},
    ]),
    min_size=1,
    max_size=4,
)  # fmt: skip
between = st.sampled_from([[], [{"rest": "1 breath"}], [{"rest": "1", "say": "Your {leg}"}, {"change": "4s"}]])
choices = st.builds(Choices, st.sampled_from([None, read_pace("4-6"), read_pace("3-7-3")]), st.integers(1, 3))


@given(nouns, nouns, steps, between, st.sampled_from(["alternate", "blocked"]), choices)
def test_both_sides_get_the_same_time_whatever_their_words(  # noqa: PLR0913, PLR0917 - what may differ
    left: str, right: str, inside: list[Step], rests: object, order: str, chosen: Choices
) -> None:
    block = {"each side": {"order": order, "between": rests, "steps": inside}}
    script = routine(block, sides={"left": {"leg": left}, "right": {"leg": right}})
    tracks = [
        perform(build(script, Choices(chosen.breath, chosen.rounds, (side,))), measure, chosen.breath or CALM)
        for side in LEFT_RIGHT
    ]
    assert tracks[0].duration == tracks[1].duration
    assert [(each.start, each.end) for each in tracks[0].phases] == [
        (each.start, each.end) for each in tracks[1].phases
    ]
    whole = played(script, chosen)
    assert whole.measure_stretch(Side.LEFT) == whole.measure_stretch(Side.RIGHT)
    assert all(earlier.end <= later.start for earlier, later in pairwise(whole.cues))


@given(steps, st.integers(1, 5))
def test_every_turn_breathes_the_breath_it_is_given(inside: list[Step], rounds: int) -> None:
    taken = read_pace("3.3-5.7")
    phases = played(sided(*inside), Choices(breath=taken, rounds=rounds)).phases
    lengths = {Kind.INHALE: Fraction("3.3"), Kind.EXHALE: Fraction("5.7")}
    assert all(phase.end - phase.start == lengths[phase.kind] for phase in phases)


@pytest.mark.many
def test_the_work_of_a_session_grows_as_its_cues_do() -> None:
    routine = load_routine("sitting-leg-stretch")

    def work(rounds: int) -> tuple[int, int]:
        chosen = Choices(rounds=rounds)
        calls, timeline = count_calls(lambda: perform(build(routine, chosen), measure, read_pace("4-6")))
        return calls, len(timeline.cues)

    work(1)  # what is found once is found now
    (calls, cues), (more, further) = work(10), work(40)
    assert more / calls < 1.05 * further / cues
