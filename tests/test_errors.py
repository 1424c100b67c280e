from __future__ import annotations

import copy
import inspect
import pickle

import pytest

from voicecoach import errors
from voicecoach.errors import (
    FitError,
    Problem,
    RoutineError,
    UnknownNameError,
    VoicecoachError,
    Where,
    find_close,
    quote,
)


def problem(line: int, remedy: str = "") -> Problem:
    return Problem(Where("a.yaml", line, 3), "this is odd", remedy)


def test_every_error_has_the_one_root_and_a_status_of_its_own() -> None:
    raised = [each for _, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)]
    found = [each for each in raised if issubclass(each, VoicecoachError)]
    assert found == raised
    statuses = {each.__name__: each.exit_status for each in found}
    assert {name for name, status in statuses.items() if status == 2} == {
        "ArgumentTypeError",
        "ChoiceError", "UnknownNameError", "RoutineError", "FitError", "SidelessError", "TargetError", "TooManyError",
    }  # fmt: skip
    assert set(statuses.values()) == {1, 2}


def test_a_problem_is_one_line() -> None:
    assert str(problem(4, "make it even")) == "a.yaml:4:3: this is odd; make it even"
    assert str(problem(4)) == "a.yaml:4:3: this is odd"


@pytest.mark.parametrize(("count", "lines"), [(1, 1), (2, 2), (3, 3), (500, 3)])
def test_two_problems_are_shown_and_the_rest_is_counted(count: int, lines: int) -> None:
    error = RoutineError([problem(line) for line in range(1, count + 1)])
    assert len(str(error).splitlines()) == lines
    assert len(error.problems) == count
    assert (f"and {count - 2} more" == str(error).splitlines()[-1]) == (count > 2)


def test_what_lists_all_problems_is_named_where_there_is_such_a_command() -> None:
    error = FitError([problem(line) for line in range(5)]).for_command_line("voicecoach check a.yaml --breaths 2-2")
    assert isinstance(error, FitError)
    assert str(error).splitlines()[-1] == "and 3 more: 'voicecoach check a.yaml --breaths 2-2' lists them all"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("leg-strech", ["leg-stretch"]), ("LEG-STRETCH", ["leg-stretch"]), ("thigh", ["thigh-burner"]), ("zzz", [])],
)
def test_the_nearest_name_is_suggested(name: str, nearest: list[str]) -> None:
    assert find_close(name, ["leg-stretch", "thigh-burner"]) == nearest


def test_a_name_that_is_near_to_none_is_told_with_all_when_they_are_few() -> None:
    few = UnknownNameError("voice", "zzz", ["a", "b"], "'voicecoach voices' lists them")
    assert str(few) == "no voice is called 'zzz'; there are: a, b\n'voicecoach voices' lists them"
    many = UnknownNameError("voice", "zzz", [str(number) for number in range(99)])
    assert str(many) == "no voice is called 'zzz'"


@pytest.mark.parametrize("text", ["a\nb\rc", "\x1b[31mred", "x" * 10_000, "\udcff"])
def test_what_is_shown_is_short_and_on_one_line(text: str) -> None:
    assert len(quote(text)) < 100
    assert quote(text).isprintable()


@pytest.mark.parametrize(
    "error",
    [
        UnknownNameError("routine", "leg-strech", ["leg-stretch"], "list them"),
        RoutineError([problem(1), problem(2), problem(3)], "voicecoach check a.yaml"),
        FitError([problem(1)]),
        errors.OutputError("x.mp3", "no room"),
        errors.TargetError("x", "a folder"),
        errors.RunError("ffmpeg failed", "odd input"),
        errors.ArgumentTypeError("voice: wrong"),
    ],
)
def test_an_error_comes_whole_out_of_another_process_or_a_copy(error: VoicecoachError) -> None:
    for found in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - its own
        assert (type(found), str(found), vars(found)) == (type(error), str(error), vars(error))
