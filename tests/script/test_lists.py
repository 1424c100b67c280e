"""Lists: their items, whole passes, what is skipped, what their chapters are called."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.script.test_steps import heard, played, routine
from voicecoach.core.score import Side
from voicecoach.core.timeline import ceil_to_grid
from voicecoach.errors import RoutineError, UnknownNameError
from voicecoach.routine.checks import validate
from voicecoach.routine.loader import LoadedRoutine
from voicecoach.routine.model import Repeat
from voicecoach.routine.source import parse_tree
from voicecoach.script.choices import LEFT_RIGHT, Choices

if TYPE_CHECKING:
    from voicecoach.core.timeline import Timeline

PARTS = ("forehead", "jaw", "belly", "knee", "foot")
HEAD = "title: X\nsides: {left: {leg: left leg}, right: {leg: right leg}}\nsteps:\n"


def load(steps: str) -> LoadedRoutine:
    tree = parse_tree(f"{HEAD}{steps}\n".encode(), "x.yaml")
    return LoadedRoutine("x", "x.yaml", validate(tree))


def told(steps: str) -> str:
    with pytest.raises(RoutineError) as caught:
        load(steps)
    return str(caught.value)


def skipping(*names: str, sides: tuple[Side, ...] = LEFT_RIGHT, rounds: int | None = None) -> Choices:
    return Choices(skipped=frozenset(names), sides=sides, rounds=rounds)


def titles(timeline: Timeline) -> list[str]:
    return [chapter.title.removeprefix("X: ") for chapter in timeline.chapters[1:-1]]


def test_items_with_several_values_are_the_same_as_a_list_for_each_name() -> None:
    steps = "steps: [{hold: '{time}', say: 'Tense your {name}'}]"
    items = "[{name: jaw, time: 4s}, {name: belly, time: 7s}]"
    rows, columns = (
        load(f"- repeat: {{vary: {vary}, {steps}}}") for vary in (items, "{name: [jaw, belly], time: [4s, 7s]}")
    )
    assert [
        repeat.repeat.lists for (repeat,) in (rows.model.steps, columns.model.steps) if isinstance(repeat, Repeat)
    ] == [{"name": ("jaw", "belly"), "time": ("4s", "7s")}] * 2
    assert heard(played(rows)) == ["Tense your jaw", "Tense your belly"]
    assert titles(played(rows)) == ["X", "jaw", "belly"]


def test_an_item_that_is_a_text_has_only_a_name() -> None:
    assert heard(played(load("- repeat: {vary: [jaw, belly], steps: [say: '{Name}']}"))) == ["Jaw", "Belly"]


def test_the_name_of_an_item_is_its_title_whatever_stands_before_it() -> None:
    items = "[{part: your jaw, name: jaw}, {part: your belly, name: belly}]"
    assert titles(played(load(f"- repeat: {{vary: {items}, steps: [hold: 5s]}}"))) == ["X", "jaw", "belly"]


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        (
            "[{name: jaw, time: 4s}, {name: belly}]",
            "x.yaml:4:42: this item has no 'time', which other items have; write",
        ),
        ("[{name: jaw, time: 4s}, belly]", "x.yaml:4:42: this item has no 'time'"),
        ("[{name: '{x}'}]", "x.yaml:4:26: {x} has neither a side nor a value here"),
        ("[{name: }]", "x.yaml:4:20: 'name' has no value; write 'name: ...'"),
        ("[{name: a | b}]", "x.yaml:4:26: a value has one wording"),
        ("[{name: [a]}]", "x.yaml:4:26: "),
    ],
)
def test_a_mistake_in_an_item_is_told_at_its_place(vary: str, message: str) -> None:
    assert message in told(f"- repeat: {{vary: {vary}, steps: [hold: 5s]}}")


@pytest.mark.parametrize(
    ("vary", "message"),
    [
        ("{a: ['x {a}', y], b: [p, q]}", "x.yaml:4:23: {a} uses itself; write words in its place, or another name"),
        ("{a: ['x {b}', y], b: ['p {a}', q]}", "{a} uses itself by way of other values; write words in its place"),
    ],
)
def test_values_that_use_themselves_are_told(vary: str, message: str) -> None:
    with pytest.raises(RoutineError) as caught:
        played(load(f"- repeat: {{vary: {vary}, steps: [{{hold: 5s, say: '{{a}}'}}]}}"))
    assert message in str(caught.value)
    good = load("- repeat: {vary: {a: ['x {b}', y], b: [p, q]}, steps: [{hold: 5s, say: '{a}'}]}")
    assert heard(played(good)) == ["x p", "y"]


def test_a_side_in_a_value_needs_a_side_where_it_is_said() -> None:
    block = "vary: [nose, '{leg}'], between: [{rest: 5s, say: 'Next, {next name}'}], steps: [hold: 5s]"
    with pytest.raises(RoutineError, match=r"x.yaml:4:\d+: \{leg\} is in a value here, but has no side; say it in an"):
        played(load(f"- repeat: {{{block}}}"))
    fixed = load("- repeat: {vary: [nose, '{left leg}'], steps: [say: '{Name}']}")
    assert heard(played(fixed)) == ["Nose", "Left leg"]


@given(
    st.sampled_from(["repeat", "each side"]),
    st.integers(1, 5),
    st.none() | st.integers(1, 9),
    st.none() | st.integers(1, 12),
    st.integers(1, 9),
)
def test_a_listener_never_cuts_a_list(
    kind: str, parts: int, written: int | None, most: int | None, chosen: int
) -> None:
    """Every value is heard equally often, unless the author's limit is less than the list."""
    limits = {key: value for key, value in (("rounds", written), ("max", most)) if value}
    block = {"vary": {"part": PARTS[:parts]}, "steps": [{"hold": "5s", "say": "{part}"}], **limits}
    said = heard(played(routine({kind: block}), Choices(rounds=chosen)))
    one_side = said[:: 2 if kind == "each side" else 1]
    passes = -(-chosen // parts) if written else chosen
    if most:
        passes = min(passes, most // parts) if most >= parts else 0
    assert one_side == list(PARTS[:parts]) * passes or (most or parts) < parts


@given(
    st.sampled_from(["repeat", "each side"]),
    st.integers(1, 3),
    st.integers(2, 5).flatmap(lambda count: st.tuples(st.just(count), st.integers(0, count - 1))),
    st.booleans(),
)
def test_skipping_an_item_is_the_same_as_a_list_without_it(
    kind: str,
    rounds: int,
    listed: tuple[int, int],
    named: bool,  # noqa: FBT001
) -> None:
    count, left_out = listed
    parts = PARTS[:count]

    def write(*names: str) -> LoadedRoutine:
        block = {
            "vary": {"name": names, "how": [f"your {name}" for name in names]},
            "before": [{"say": "First, {next name}."}],
            "between": [{"rest": "6s", "say": "Next, {next how}."}],
            "steps": [{"hold": "5s", "say": "{How}, {round} of {rounds}"}, {"breathe": 2, "in": "In"}],
        }
        return routine({"say": "Sit."}, {kind: block, **({"name": "the {name}"} if named else {})}, {"say": "Sit."})

    name = f"the {parts[left_out]}" if named else parts[left_out]
    without = [part for number, part in enumerate(parts) if number != left_out]
    timeline = played(write(*parts), skipping(name, rounds=rounds))
    expected = played(write(*without), Choices(rounds=rounds))
    assert timeline.cues == expected.cues
    assert timeline.chapters == expected.chapters
    assert timeline.duration == expected.duration


ONE_SIDE = {
    "the item of an each side": "- each side: {vary: [hip, knee], steps: [say: '{Name}']}",
    "the item around an each side": "- repeat: {vary: [hip, knee], steps: [each side: {steps: [say: '{Name}']}]}",
    "the item of a repeat in turns": "- each side: {steps: [repeat: {vary: [hip, knee], steps: [say: '{Name}']}]}",
    "a step in turns": "- each side: {steps: [say: Hip, {say: Knee, name: knee}]}",
    "a block": "- each side: {steps: [say: Hip]}\n- {name: knee, each side: {steps: [say: Knee]}}",
}


@pytest.mark.parametrize("steps", ONE_SIDE.values(), ids=ONE_SIDE)
@pytest.mark.parametrize("name", ["left knee", "knee, left", "Left Knee"])
def test_an_item_is_skipped_on_one_side_only(steps: str, name: str) -> None:
    script = load(steps)
    cues = played(script, skipping(name)).cues
    said = [(cue.text, cue.side) for cue in cues if cue.text in {"Hip", "Knee"}]
    assert sorted(said) == [("Hip", Side.LEFT), ("Hip", Side.RIGHT), ("Knee", Side.RIGHT)]
    assert [cue.text for cue in played(script, skipping(name, sides=(Side.RIGHT,))).cues if cue.text == "Knee"]
    assert not [cue.text for cue in played(script, skipping(name, sides=(Side.LEFT,))).cues if cue.text == "Knee"]


@pytest.mark.parametrize("steps", ONE_SIDE.values(), ids=ONE_SIDE)
def test_a_name_that_does_not_exist_is_refused_with_those_that_do(steps: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        played(load(steps), skipping("ear lobe"))
    assert "no exercise in this routine is called 'ear lobe'; there are: x, " in str(caught.value)
    assert "knee" in str(caught.value)
    assert "{" not in str(caught.value)


def test_names_that_depend_on_a_side_or_another_list_are_listed_filled() -> None:
    inner = "{name: 'shake {arm}', repeat: {vary: {arm: [one arm]}, steps: [hold: 5s]}}"
    nested = load(f"- repeat: {{rounds: 2, steps: [{inner}]}}\n- each side: {{vary: ['{{leg}}'], steps: [hold: 5s]}}")
    with pytest.raises(UnknownNameError) as caught:
        played(nested, skipping("qqq"))
    assert "there are: x, one arm, shake one arm, left leg, right leg" in str(caught.value)


def test_a_name_inside_what_is_skipped_is_known() -> None:
    script = load("- {name: legs, repeat: {vary: [hip, knee], steps: [say: '{Name}']}}\n- say: Sit")
    assert heard(played(script, skipping("legs", "knee"))) == ["Sit"]


def test_rounds_differ_by_side_in_a_repeat_too() -> None:
    script = load(
        "- each side: {rounds: 2, steps: [say: '{Leg}', repeat: {rounds: {left: 2, right: 1}, steps: [say: Lift]}]}"
    )
    sides = [(cue.text, cue.side) for cue in played(script).cues if cue.text == "Lift"]
    assert sides == [("Lift", side) for side in (Side.LEFT, Side.LEFT, Side.RIGHT) * 2]
    lone = load("- {side: right, repeat: {rounds: {left: 2, right: 3}, steps: [say: Lift]}}")
    assert heard(played(lone)) == ["Lift"] * 3


def test_rounds_that_differ_by_side_need_a_side() -> None:
    message = told("- repeat: {rounds: {left: 2, right: 1}, steps: [hold: 5s]}")
    assert "x.yaml:4:20: 'rounds' is different for each side, but this block has no side; put it into an" in message


def blocks(steps: st.SearchStrategy[Any], *, sided: bool) -> st.SearchStrategy[Any]:
    """Return blocks of steps, with and without lists, names and chapters of their own."""
    head = st.fixed_dictionaries(
        {"steps": st.lists(steps, min_size=1, max_size=3)},
        optional={
            "rounds": st.integers(1, 3),
            "chapters": st.sampled_from(["one", "items"]),
            "vary": st.sampled_from([{"name": ["jaw"]}, {"part": ["a hip", "a hip", "a foot"]}]),
            "between": st.sampled_from([[{"rest": "3s"}], [{"rest": "3s", "say": "Next, {next round}."}]]),
        },
    )
    named = st.sampled_from([{}, {"name": "first"}, {"name": "{round}"}])
    kinds = st.sampled_from(["repeat", "each side"] if sided else ["repeat"])
    return st.builds(lambda kind, block, name: {kind: block, **name}, kinds, head, named).filter(_makes_sense)


def _makes_sense(step: dict[str, Any]) -> bool:
    block = step.get("repeat") or step["each side"]
    one = block.get("chapters") == "one"
    return not (one and ("{" in step.get("name", "") or "'chapters': 'items'" in str(block["steps"])))


PLAIN = st.sampled_from(
    [{"say": "Sit."}, {"hold": "5s"}, {"breathe": 1}, {"rest": "4s"}, {"hold": "5s", "release": "Up"}]
)
STEPS = st.lists(
    PLAIN
    | blocks(PLAIN, sided=True)
    | blocks(PLAIN | blocks(PLAIN, sided=False), sided=True)
    | blocks(blocks(PLAIN, sided=True), sided=False)
    | st.builds(lambda block: {"name": "slow", "pace": {"breath": "3-3", "steps": [block]}}, blocks(PLAIN, sided=True)),
    min_size=1,
    max_size=3,
)


@given(STEPS, st.sampled_from([(Side.LEFT,), (Side.RIGHT,), LEFT_RIGHT]), st.sampled_from(["", "jaw", "first"]))
def test_chapters_cover_the_session_and_neighbours_differ(
    steps: list[Any], sides: tuple[Side, ...], skipped: str
) -> None:
    script = routine(*steps)
    chosen = Choices(sides=sides if "each side" in str(steps) else LEFT_RIGHT)
    if skipped and (f"'{skipped}'") in str(steps):
        chosen = skipping(skipped, sides=chosen.sides)
    timeline = played(script, chosen)
    starts = [chapter.start for chapter in timeline.chapters]
    assert starts[0] == 0
    assert [chapter.end for chapter in timeline.chapters[:-1]] == starts[1:]
    assert ceil_to_grid(timeline.chapters[-1].end, timeline.grid) <= timeline.duration
    assert all(chapter.end > chapter.start for chapter in timeline.chapters)
    assert all((one.title, one.side) != (other.title, other.side) for one, other in pairwise(timeline.chapters))


def chapters(steps: str) -> list[str]:
    return titles(played(load(steps)))


def test_a_block_can_be_one_chapter() -> None:
    points = "vary: [thumb, finger], steps: [{rest: 3s, say: '{Name}'}]"
    assert chapters(f"- repeat: {{chapters: one, {points}}}") == ["X"]
    assert chapters(f"- {{name: hand, repeat: {{chapters: one, {points}}}}}") == ["X", "hand"]
    turns = "steps: [{hold: 5s}]"
    assert chapters(f"- {{name: legs, each side: {{rounds: 2, chapters: one, {turns}}}}}\n- hold: 5s") == [
        "X",
        "legs",
        "X",
    ]


def test_the_items_of_a_block_can_each_be_one_chapter() -> None:
    turns = "each side: {steps: [{hold: 5s}]}"
    assert chapters(f"- repeat: {{vary: [hip, knee], steps: [{turns}]}}") == [
        "X",
        "hip, left",
        "hip, right",
        "knee, left",
        "knee, right",
    ]
    assert chapters(f"- repeat: {{chapters: items, vary: [hip, knee], steps: [{turns}]}}") == ["X", "hip", "knee"]
    one = turns.replace("{steps", "{chapters: one, steps")
    assert chapters(f"- repeat: {{vary: [hip, knee], steps: [{one}]}}") == ["X", "hip", "knee"]


def test_inner_items_can_be_chapters_of_outer_rounds() -> None:
    inner = "repeat: {vary: [hip, knee], steps: [{hold: 5s}]}"
    outer = f"- repeat: {{rounds: 2, between: [rest: 9s], steps: [{inner}, hold: 3s]}}"
    assert chapters(outer) == ["X", "round 1", "round 2"]
    items = outer.replace("{vary", "{chapters: items, vary")
    assert chapters(items) == [
        "X",
        "round 1, hip",
        "round 1, knee",
        "round 1",
        "round 2, hip",
        "round 2, knee",
        "round 2",
    ]


def test_a_title_says_the_side_once() -> None:
    assert chapters("- each side: {vary: ['{leg}', hip], steps: [hold: 5s]}") == [
        "X",
        "left leg",
        "right leg",
        "hip, left",
        "hip, right",
    ]
    assert chapters("- {name: '{name}!', each side: {vary: [hip], steps: [hold: 5s]}}") == [
        "X",
        "hip!, left",
        "hip!, right",
    ]


def test_the_number_of_a_pass_stays_right_when_items_are_skipped() -> None:
    script = load("- repeat: {vary: [hip, knee, foot], steps: [hold: 5s]}")
    assert titles(played(script, skipping("hip", rounds=2))) == [
        "X",
        "knee, round 1",
        "foot, round 1",
        "knee, round 2",
        "foot, round 2",
    ]


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        (
            "- {name: '{name}', repeat: {chapters: one, vary: [hip], steps: [hold: 5s]}}",
            "x.yaml:4:10: the block is one chapter, but its name changes with {name}; write a name without it, or",
        ),
        (
            "- repeat: {chapters: one, steps: [repeat: {chapters: items, steps: [hold: 5s]}]}",
            "this block is inside one that is one chapter; take 'chapters' out here, or there",
        ),
        ("- repeat: {chapters: all, steps: [hold: 5s]}", "'all' is not known here; write 'one' or 'items'"),
    ],
)
def test_chapters_that_contradict_each_other_are_told(steps: str, message: str) -> None:
    assert message in told(steps)


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("20s, 30s", "1/2, 3/4", ["1/2", "3/4"]),
        ("20s, 30s", "10-5, 8-4", ["10-5", "8-4"]),
        ("20s, 30s", "10 - 5, 3", ["twenty seconds", "thirty seconds"]),
        ("20s, 30s", "jaw, 3", ["jaw", "three"]),
        ("jaw, belly", "hip, knee", ["jaw", "belly"]),
    ],
)
def test_rounds_are_called_after_the_first_list_of_words_or_else_the_first(
    first: str, second: str, expected: list[str]
) -> None:
    script = load(f"- repeat: {{vary: {{one: [{first}], two: [{second}]}}, steps: [hold: 5s]}}")
    assert titles(played(script)) == ["X", *expected]
