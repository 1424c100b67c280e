"""Edge cases of the script builder: choices that do not go together, names that are not there, bells in odd places."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.fakes import FRAME, measure, perform
from voicecoach.audio.settings import Sounding
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.core.score import Mark, Moment, Side, Sound, Under, phrase, seq
from voicecoach.errors import ChoiceError, RoutineError, SidelessError, TooManyError, UnknownNameError
from voicecoach.routine.loader import LoadedRoutine, load_routine
from voicecoach.routine.model import RoutineModel
from voicecoach.script import builder
from voicecoach.script.bells import add_bells
from voicecoach.script.builder import build, list_exercises, write_piece
from voicecoach.script.choices import Amount, Choices
from voicecoach.script.fit import prepare_attempt

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIDES = {"left": {"leg": "left leg"}, "right": {"leg": "right leg"}}


def routine(*steps: Mapping[str, object], **keys: object) -> LoadedRoutine:
    return LoadedRoutine("x", "x.yaml", RoutineModel.model_validate({"title": "X", "steps": list(steps), **keys}))


def test_a_bell_before_a_chapter_also_rings_in_what_is_over_a_sound() -> None:
    score = Under(seq(Mark(Moment.CHAPTER, "Sit"), phrase("Sit down")), Sound("tone-in"))
    rung = add_bells(score, "soft")
    assert isinstance(rung, Under)
    assert rung.under == score.under
    assert "soft-chapter" in [cue.text for cue in perform(rung, measure, read_breath("4-6")).cues]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (Choices(added=frozenset({"all"})), "x has no optional exercises to add\nleave --with out"),
        (Choices(rounds=2), "x has no rounds that could be changed\nleave --rounds out"),
    ],
)
def test_choices_that_change_nothing_are_refused(choices: Choices, message: str) -> None:
    with pytest.raises(ChoiceError, match=message):
        build(routine({"say": "Sit."}), choices)


def test_a_session_of_nothing_is_refused() -> None:
    with pytest.raises(ChoiceError, match="every exercise is skipped"):
        list_exercises(
            load_routine("leg-stretch"), Choices(skipped=frozenset({"sitting-leg-stretch", "standing-leg-stretch"}))
        )


@pytest.mark.parametrize(
    ("sounding", "channels", "told"),
    [
        (Sounding(room_tone=False), 1, {}),
        (Sounding(bed="rain", under=20.0, room_tone=False), 2, {"bed": -36.0}),
        (Sounding(pan=True, room_tone=False), 2, {}),
    ],
)
def test_a_file_says_how_its_sound_was_chosen(sounding: Sounding, channels: int, told: dict[str, float]) -> None:
    assert (sounding.channels, sounding.as_json()) == (channels, told)


def test_choices_of_sound_that_do_not_go_together_are_refused() -> None:
    Sounding().check([None])
    with pytest.raises(ChoiceError, match="only a leg's own track can be panned"):
        Sounding(pan=True).check([None])
    with pytest.raises(ChoiceError, match="write --bed-level"):
        Sounding(bed="rain", under=0.5).check([None])


def test_a_number_of_breaths_that_is_a_time_is_refused_where_it_stands() -> None:
    steps = {"breathe": "{n}", "in": "In | ~"}
    assert build(routine(steps, parameters={"n": "3"}), Choices())
    with pytest.raises(RoutineError, match="write how many breaths, or 30s in whole breaths"):
        build(routine(steps, parameters={"n": "30s"}), Choices())


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        (Choices(sides=(Side.LEFT,)), "so there is no track for one"),
        (Choices(first=Side.RIGHT), "so none of them can begin"),
    ],
)
def test_a_side_of_a_routine_without_sides_is_refused(choices: Choices, message: str) -> None:
    with pytest.raises(SidelessError, match=message):
        build(routine({"say": "Sit."}), choices)


def test_a_breath_that_changes_nothing_is_reported_with_what_does() -> None:
    chosen = Choices(breath=read_pace("5-7"))
    fixed = write_piece(routine({"say": "Sit."}, fixed=True), chosen)
    assert fixed.unheeded == ("x keeps its own breath, so --breath does not change it; it is fixed",)
    (box,) = write_piece(load_routine("box-breathing"), chosen).unheeded
    assert box.endswith("'voicecoach show box-breathing' shows what --set changes")
    assert write_piece(routine({"say": "Sit."}), chosen).unheeded == ()


GROWING = {"breathe": "3 breaths, at least 60s", "in": "In | ~"}


def test_breaths_that_are_counted_by_a_ramp_that_never_settles_are_counted_with_care(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ramp = routine(GROWING, breath="3-4..5-7")
    settled = build(ramp, Choices())
    monkeypatch.setattr(builder, "MOST_COUNTS", 1)
    careful = build(ramp, Choices())
    least = [perform(score, measure, read_pace("3-4..5-7")).duration for score in (settled, careful)]
    assert least[1] >= least[0] >= 60


def test_words_and_steps_can_be_limited() -> None:
    said = routine({"say": "Sit."}, {"say": "Lie down."})
    assert build(said, Choices(), 100, 10_000)
    for most, most_spent in ((1, 0), (0, 10)):
        with pytest.raises(TooManyError):
            build(said, Choices(), most, most_spent)


def test_values_of_values_that_never_end_are_refused() -> None:
    chain = {f"v{number}": f"{{v{number + 1}}}" for number in range(200)} | {"v200": "1"}
    with pytest.raises(RoutineError, match="more than 20 deep"):
        build(routine({"say": "{v0} times"}, parameters=chain), Choices())


def test_a_round_that_is_named_after_a_side_has_no_name_before_there_is_one() -> None:
    vary = {"which": ["{leg}", "other"]}
    inner = {"name": "{leg}, {which}", "repeat": {"vary": vary, "steps": [{"say": "{which}"}]}}
    script = routine({"each side": {"rounds": 1, "steps": [inner]}}, sides=SIDES)
    with pytest.raises(UnknownNameError, match="nothing"):
        build(script, Choices(skipped=frozenset({"nothing"})))
    turns = {"each side": {"rounds": 1, "steps": [{"say": "{which}"}]}}
    around = routine({"name": "Fold", "repeat": {"vary": vary, "steps": [turns]}}, sides=SIDES)
    titles = [chapter.title for chapter in perform(build(around, Choices()), measure, read_pace("4-6")).chapters]
    assert {"X: Fold, round 1, left", "X: Fold, other, right"} <= {*titles}


def test_an_amount_at_which_words_do_not_fit_cannot_be() -> None:
    short = {"breathe": 2, "in": "Far too many words for a breath of two seconds"}
    attempt = prepare_attempt(routine(short, breath="2-2"), Choices(), measure, FRAME)
    assert attempt(Amount()) is None
    assert prepare_attempt(routine({"breathe": 2, "in": "In"}), Choices(), measure, FRAME)(Amount()) is not None


def test_a_phase_has_words_only_in_the_breaths_that_they_are_meant_for() -> None:
    script = routine({"breathe": 3, "in": "In", "every 2 out": "Out"})
    said = [cue.text for cue in perform(build(script, Choices()), measure, read_pace("4-6")).cues if cue.text in OWN]
    assert said == ["In", "In", "Out", "In"]


OWN = {"In", "Out"}


def test_words_of_a_side_that_is_not_played_are_refused_outside_its_turns(tmp_path: Path) -> None:
    turns = {"each side": {"rounds": 1, "steps": [{"say": "Your {leg}."}]}}
    written = {"title": "X", "sides": SIDES, "steps": [{"say": "Stretch your left leg."}, turns]}
    (tmp_path / "x.yaml").write_text(json.dumps(written), encoding="utf-8")
    script = load_routine(str(tmp_path / "x.yaml"))
    assert build(script, Choices())
    with pytest.raises(RoutineError, match="left leg"):
        build(script, Choices(sides=(Side.RIGHT,)))
