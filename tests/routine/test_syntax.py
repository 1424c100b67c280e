"""What is not YAML is explained by the slip behind it, with its place and its remedy."""

from __future__ import annotations

import pytest

from voicecoach.errors import RoutineError
from voicecoach.routine import keys as known
from voicecoach.routine import model, phase_steps
from voicecoach.routine.source import parse_tree


def test_the_keys_are_those_of_the_models() -> None:
    models = [each for each in vars(model).values() if isinstance(each, type) and issubclass(each, phase_steps.Model)]
    keys = {field.alias or name for each in models for name, field in each.model_fields.items()}
    assert set(known.KEYS) == {key for key in keys if not key.startswith("<")} - {"in", "hold", "out", "pause"} | {
        "hold"
    }


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("steps:\n  - say: Sit\n      settle: 5s\n", "3:7", "start it in column 5"),
        ("steps:\n  - say: Sit\n  settle: 5s\n", "3:3", "start it in column 5"),
        ("steps:\n  - say: Sit\n  rest: 5s\n", "3:3", "write '- rest:', with the dash in column 3"),
        ("steps:\n  - each side:\n    rounds: 2\n      steps: []\n", "3:5", "start it in column 7"),
        ("steps:\n  - each side:\n       rounds: 2\n      steps: []\n", "3:8", "start it in column 7"),
        (
            "steps:\n  - repeat: 3 times\n      steps: []\n",
            "2:13",
            "write 'repeat:' alone, and indented under it 'rounds: 3' and 'steps:'",
        ),
        ("steps:\n  - say: a\n - rest: 5s\n", "3:2", "start it in column 3"),
        ("steps:\n    rest: 5s\n  - say: a\n", "2:5", "write '- rest:', with the dash in column 3"),
        ("title:Sit\nsteps: []\n", "1:1", "write 'title: ', with a colon and a space"),
        (
            "steps:\n  - breathe: 2\n    first in Breathe\n    out: Out\n",
            "3:5",
            "write 'first in: ', with a colon and a space",
        ),
        (
            "a:\n  - say: Sit down and\n      hold on to it\n    settle = 5s\n    name: b\n",
            "4:5",
            "write 'settle: ', with a colon and a space",
        ),
        ("notes: >-\n  hold on\n  - to: it: all\nsteps:\n  - say: a: b\n", "5:10", "put the whole text into quotes"),
        ("a:\n  - say: 'Now\n  - say: 'Then'\n", "2:10", "write the same quotes at the end of the text"),
        (
            "a: {b: left leg other leg: x, d: y}\ne: {other leg: z}\n",
            "1:8",
            "write ', ' before 'other leg', or put the text into quotes",
        ),
        ("a: 'it''s' mine\n", "1:4", "put the whole text into double quotes"),
        ("a: *soft* now\n", "1:4", "take each * out; a voice does not say it"),
    ],
)
def test_what_is_not_yaml_is_told_by_the_slip_behind_it(text: str, place: str, remedy: str) -> None:
    with pytest.raises(RoutineError) as caught:
        parse_tree(text.encode(), "x")
    (problem,) = caught.value.problems
    assert str(problem.where) == f"x:{place}"
    assert problem.remedy == remedy
