from __future__ import annotations

import pytest

from tests.amounts import choose_by_turns
from tests.fakes import FRAME
from tests.goldens import GOLDEN, SESSIONS, cue_sheet, performed
from voicecoach.core.notation import read_pace
from voicecoach.core.score import CueKind, Side
from voicecoach.routine.library import list_built_in, strip_language
from voicecoach.routine.loader import load_routine
from voicecoach.script.builder import list_exercises
from voicecoach.script.choices import Choices, Guidance

SITTING = [name for name in list_built_in() if name.startswith("sitting-leg-stretch")]
BODY = [
    "desk-break",
    "neck-shoulders",
    "calves-ankles",
    "hips",
    "low-back",
    "chair-leg-stretch",
    "morning-in-bed",
    "evening-wind-down",
]
"""Built-ins with turns for both sides, whose words of the other side all have a name with "other" or "front" in it."""
STEMS = {"de": ("link", "recht"), "en": ("left", "right"), "es": ("izquierd", "derech"), "fr": ("gauche", "droit")}
"""What the words for left and right begin with, whatever their case and gender."""


@pytest.mark.parametrize("name", SESSIONS)
def test_the_cue_sheet_of_a_session_is_as_it_was_looked_over(name: str) -> None:
    """When a change is meant, ``python -m tests.goldens`` writes the sheets anew; read their difference."""
    assert cue_sheet(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_built_in_has_a_cue_sheet() -> None:
    played = {each.name for name, choices in SESSIONS.values() for each in list_exercises(load_routine(name), choices)}
    assert played | {routine for routine, _ in SESSIONS.values()} == set(list_built_in())


@pytest.mark.parametrize("name", list_built_in())
def test_every_built_in_fits_every_breath(name: str) -> None:
    added = frozenset({"all"} if strip_language(name) == "leg-stretch" else ())
    place = list_built_in().index(name)
    for text in ("2-2", *choose_by_turns(("4-7-8", "2-2-2-2", "10-20", "3-4..4-6"), place)):
        timeline = performed(name, Choices(breath=read_pace(text), added=added))
        assert timeline.duration % FRAME == 0, text
        assert timeline.measure_stretch(Side.LEFT) == timeline.measure_stretch(Side.RIGHT), text


@pytest.mark.parametrize("name", [*SITTING, "standing-leg-stretch", "forward-lunge"])
def test_the_body_words_are_right_for_each_side(name: str) -> None:
    """The hand on the thigh is the other one, the hand that reaches is of the same side; nothing is mixed up."""
    model = load_routine(name).model
    assert model.sides is not None
    left, right = STEMS[model.language]
    for mine, other, words in ((left, right, model.sides.left), (right, left, model.sides.right)):
        same = {key for key, noun in words.items() if mine in noun}
        opposite = {key for key, noun in words.items() if other in noun}
        assert not same & opposite
        assert same | opposite == set(words)
        assert opposite == {key for key in words if key.startswith(("other", "front")) or key == "foot"}
        assert same >= {"leg"}


@pytest.mark.parametrize("name", BODY)
def test_each_word_of_a_side_is_of_the_side_that_its_name_says(name: str) -> None:
    sides = load_routine(name).model.sides
    assert sides is not None
    for mine, other, words in (("left", "right", sides.left), ("right", "left", sides.right)):
        for key, noun in words.items():
            right_one, wrong_one = (other, mine) if key.startswith(("other", "front")) else (mine, other)
            assert right_one in noun, key
            assert wrong_one not in noun, key


@pytest.mark.parametrize("name", SITTING)
def test_a_turn_stretches_for_34_seconds_at_4_6(name: str) -> None:
    turns = performed(name, Choices()).stretches
    assert [stretch.end - stretch.start for stretch in turns] == [34] * 4


@pytest.mark.parametrize(
    "name",
    [
        *(*SITTING, "standing-leg-stretch", "forward-lunge", "leg-stretch", "contract-relax-stretch", "sun-salutation"),
        *BODY,
    ],
)
def test_each_sides_track_stands_alone_and_has_the_same_length(name: str) -> None:
    left, right = (performed(name, Choices(sides=(side,))) for side in (Side.LEFT, Side.RIGHT))
    assert left.duration == right.duration
    assert [cue.start for cue in left.cues] == [cue.start for cue in right.cues]
    assert left.cues[1].kind.value == right.cues[1].kind.value == "notice"
    assert not [cue for cue in right.cues if cue.side is Side.LEFT]


SETUPS = {
    *SITTING, "standing-leg-stretch", "forward-lunge", "thigh-burner", "forward-backward-bend", "leg-stretch",
    "contract-relax-stretch", "muscle-relaxation", *BODY, "find-your-slow-breath", "alternate-nostril-breathing",
    "box-breathing", "four-seven-eight", "sun-salutation",
}  # fmt: skip


@pytest.mark.parametrize("name", list_built_in())
def test_brief_guidance_takes_less_time_wherever_something_is_set_up_again(name: str) -> None:
    full, brief = (performed(name, Choices(guidance=guidance)) for guidance in (Guidance.FULL, Guidance.BRIEF))
    tips = {cue.text for cue in full.cues if cue.kind is CueKind.TIP}
    assert (brief.duration < full.duration) == (strip_language(name) in SETUPS or bool(tips))
    assert brief.measure_stretch(Side.LEFT) == full.measure_stretch(Side.LEFT)
    assert len(brief.cues) == len(full.cues) - len(tips)


def test_cues_name_each_group_of_muscles_and_each_exercise() -> None:
    heard = {
        name: [cue.text for cue in performed(name, Choices(guidance=Guidance.CUES)).cues]
        for name in ("muscle-relaxation", "interval-training")
    }
    assert {"Now the jaw", "Now the feet"} <= set(heard["muscle-relaxation"])
    assert {"First, squats.", "Squats", "Next, alternating lunges.", "Squats again."} <= set(heard["interval-training"])


def test_notices_and_tips_are_said_once_in_a_session_of_many_exercises() -> None:
    texts = [cue.text for cue in performed("leg-stretch", Choices(added=frozenset({"all"}))).cues]
    once = [cue for cue in texts if "health" in cue or "Go only as far" in cue or "Practised often" in cue]
    assert len(once) == len(set(once))
