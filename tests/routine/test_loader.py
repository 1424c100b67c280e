from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voicecoach.core.breath import Span
from voicecoach.core.notation import read_breath, read_pace
from voicecoach.errors import ChoiceError, RoutineError, UnknownNameError
from voicecoach.routine.library import BUILT_IN, find_routine, list_built_in
from voicecoach.routine.loader import MOST_EXERCISES, load_routine
from voicecoach.routine.model import EachSide, Include, Repeat, Say
from voicecoach.routine.phase_steps import BreathePhases
from voicecoach.routine.values import Words

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "title: x\n"
SIDES = "title: x\nsides: {left: {leg: left leg}, right: {leg: right leg}}\n"
ONE_STEP = "title: x\nsteps:\n  - say: hi\n"


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")


def problems(folder: Path, text: str) -> list[str]:
    write(folder, a=text)
    with pytest.raises(RoutineError) as caught:
        load_routine("a.yaml")
    return [str(problem) for problem in caught.value.problems]


def test_a_routine_means_what_it_looks_like(tmp_path: Path) -> None:
    write(
        tmp_path,
        a=f"""{SIDES}breath: 4-7-8
notice: One sentence.
steps:
  - say: Sit   on
      the floor | Sit
    settle: 1:30
  - each side:
      rounds: 3
      between: [rest: 2 breaths, change: 10s]
      steps:
        - breathe: 3
          last out: Your {{leg}}
  - repeat: {{steps: [rest: 2]}}
""",
    )
    model = load_routine("a.yaml").model
    assert (model.breath, model.notice, model.language) == (read_pace("4-7-8"), ("One sentence.",), "en")
    say, each_side, repeat = model.steps
    assert isinstance(say, Say)
    assert say.say == Words(("Sit on the floor", "Sit"))
    assert say.settle == Span(rest=read_breath("45-45").seconds)
    assert isinstance(each_side, EachSide)
    (breathing,) = each_side.each_side.steps
    assert isinstance(breathing, BreathePhases)
    assert breathing.spoken["last out"] == Words(("Your {leg}",))
    assert isinstance(repeat, Repeat)
    assert repeat.repeat.rounds is None


@pytest.mark.parametrize("name", list_built_in())
def test_each_built_in_routine_has_no_problem(name: str) -> None:
    routine = load_routine(name)
    assert routine.name == name
    assert routine.model.notice
    assert routine.model.summary


def test_a_wrong_key_is_told_at_the_key_with_the_nearest_right_one(tmp_path: Path) -> None:
    assert problems(tmp_path, """title: x
breth: 4-6
steps:
  - say: hi
    settel: 4s
  - breathe: 2
    las out: up
  - brethe: 3
  - each side:
      round: 3
      steps:
        - say: {fist: a, again: b}
  - repeat: {setps: []}
  - rest: 2
    sya: hi
  - include: a
    optionl: true
sides: {left: {}, rihgt: {}}
""") == [
        "a.yaml:2:1: the key 'breth' is not known here; did you mean 'breath'?",
        "a.yaml:5:5: the key 'settel' is not known here; did you mean 'settle'?",
        "a.yaml:7:5: the key 'las out' is not known here; did you mean 'last out' or 'first out' or 'out'?",
        "a.yaml:8:5: no step is called 'brethe'; did you mean 'breathe'?",
        "a.yaml:10:7: the key 'round' is not known here; did you mean 'rounds'?",
        "a.yaml:12:17: the key 'fist' is not known here; did you mean 'first'?",
        "a.yaml:13:14: the key 'setps' is not known here; did you mean 'steps'?",
        "a.yaml:15:5: the key 'sya' is not known here; did you mean 'say'?",
        "a.yaml:17:5: the key 'optionl' is not known here; did you mean 'optional'?",
        "a.yaml:18:19: the key 'rihgt' is not known here; did you mean 'right'?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- a\n", "1:1: a routine is a list of keys with values; write 'title: ...' and 'steps:'"),
        ("steps: [say: hi]\n", "1:1: the key 'title' is missing here; add 'title: ...'"),
        ("title: ''\nsteps: [say: hi]\n", "1:8: this text is empty; write something, or leave the key out"),
        ("title: '{leg}'\nsteps: [say: hi]\n", "1:8: only steps can have names in braces; write the words"),
        (HEAD, "1:1: the key 'steps' is missing here; add 'steps: ...'"),
        (f"{HEAD}steps:\n", "2:1: 'steps' should be a list; write each item on a line of its own, after a dash"),
        (f"{HEAD}steps: []\n", "2:8: 'steps' has nothing in it; add something to it"),
        (f"{HEAD}steps: {{say: hi}}\n", "2:8: 'steps' should be a list"),
        (f"{HEAD}steps: [hi]\n", "2:9: 'hi' is not a step; write one of: say, breathe, move, hold, rest, each side, r"),
        (f"{HEAD}steps:\n  - say: hi\n  -\n", "4:4: there is nothing after this dash; write a step there"),
        (f"{HEAD}steps:\n  - say: {{leg}}\n", "3:10: this should be a text; a text that starts with { or has a : in"),
        (f"{HEAD}steps:\n  - say: 'a ||b'\n", "3:10: a wording is empty; take the | beside it out, or write"),
        (f"{HEAD}steps:\n  - say: 'So | ...'\n", "3:10: a wording has nothing that can be spoken; write words"),
        (f"{HEAD}notice: ['-']\nsteps: [say: hi]\n", "2:10: this has nothing that can be spoken; write words, or"),
        (f"{HEAD}steps:\n  - say: '{{leg'\n", "3:10: a brace is alone here; write both, as in {leg}"),
        (f"{HEAD}steps:\n  - say: a\x7fb\n", r"3:11: a text can't hold the character '\x7f'; take it out"),
        (f'{HEAD}steps:\n  - say: "a\\x07b"\n', "3:10: this text has control characters in it; take them out"),
        (f"{HEAD}steps:\n  - say: {'x' * 10_001}\n", "3:10: this text has 10,001 characters; at most 10,000 are"),
        (f"{HEAD}steps:\n  - breathe: 3.5\n", "3:14: '3.5' is not a length: write breaths as 2 breaths"),
        (f"{HEAD}steps:\n  - breathe: -3\n", "3:14: '-3' is not a length: write breaths as 2 breaths"),
        (f"{HEAD}steps:\n  - breathe: 0\n", "3:14: this is less than one breath; at least 1 is possible"),
        (f"{HEAD}steps:\n  - breathe: 1000000000\n", "3:14: this lasts too long; at most 10,000 breaths"),
        (f"{HEAD}steps:\n  - breathe:\n", "3:5: 'breathe' has no value; write 'breathe: 3'"),
        (f"{HEAD}steps:\n  - rest: 1,5s\n", "3:11: '1,5s' is not a length: decimals take a point, write 1.5s"),
        (f"{HEAD}steps:\n  - rest: -5s\n", "3:11: '-5s' is not a length: write breaths as 2 breaths"),
        (f"{HEAD}steps:\n  - rest: 999h\n", "3:11: this lasts too long; at most 10,000 breaths or 24h are possible"),
        (f"{HEAD}steps:\n  - say: hi\n    settle: nan\n", "4:13: 'nan' is not a length: write breaths as 2 breaths"),
        (f"{HEAD}steps:\n  - breathe: 2\n    stretch: half\n", "4:14: 'half' is not known here; write 'all' or 'to"),
        (f"{HEAD}breath: 4,5-6\nsteps: [say: hi]\n", "2:9: '4,5-6' is not a breath: decimals take a point, as"),
        (f"{HEAD}breath: [4, 6]\nsteps: [say: hi]\n", "2:9: 'breath' should be a single value; write 'breath: 4-6'"),
        (f"{HEAD}language: xx\nsteps: [say: hi]\n", "2:11: the program has no words in the language 'xx'; write de or"),
        (f"{HEAD}words: {{closng: bye}}\nsteps: [say: hi]\n", "2:9: the program has no words called 'closng'; similar"),
        (f"{HEAD}words: {{change: 'now {{leg}}'}}\nsteps: [say: hi]\n", "2:17: {leg} has no value here; take it out"),
        (f"{HEAD}between: [rest: 2]\nsteps: [say: hi]\n", "2:1: 'between' is not used in a routine without includes"),
        (f"{HEAD}steps:\n  - breath: 4\n", "3:5: no step is called 'breath'; did you mean 'breathe'?"),
        (f"{HEAD}steps:\n  - breath: 4\n    in: In\n", "3:5: no step is called 'breath'; did you mean 'breathe'?"),
        (f"{HEAD}steps:\n  - rest: 5 - 10s\n", "'5 - 10s' is not a length; write one length, not a range, as 10s"),
        (f"{HEAD}steps:\n  - pause: 5s\n", "3:12: '5s' would be said here, not waited; write 'rest: 5s'"),
        (f"{HEAD}steps:\n  - out: 1:30\n", "3:10: '1:30' would be said here, not waited; write 'rest: 1:30'"),
        (f"{HEAD}steps:\n  - breathe: 2\n    in: 4s\n", "4:9: '4s' would be said here, not waited; say how long un"),
        (f"{HEAD}steps:\n  - breathe: 2\n    second in: a\n", "4:5: the key 'second in' is not known here; write '2"),
        (f"{HEAD}steps:\n  - breathe: 2\n    every other out: a\n", "'every other out' is not known here; write 'even"),
        (f"{HEAD}steps:\n  - breathe: 2\n    every third in: a\n", "not known here; write 'every 3 in'"),
        (f"{HEAD}steps:\n  - breathe: 2\n    the 4th out 2: a\n", "not known here; write '4 out 2'"),
        (
            f"{HEAD}steps:\n  - repeat: 3\n    steps:\n      - say: hi\n    between: [rest: 5s]\n",
            "3:13: '3' is not allowed beside 'repeat'; write 'repeat:' alone, and indented under it 'rounds: 3'",
        ),
        (f"{HEAD}steps:\n  - repeat: 3 times\n", "indented under it 'rounds: 3' and 'steps:'"),
        (f"{HEAD}steps:\n  - repeat: often\n", "indented under it 'rounds: 3' and 'steps:'"),
        (f"{HEAD}steps:\n  - {{breathe: 5, inhale: In}}\n", "3:18: the key 'inhale' is not known here; write 'in'"),
        (f"{HEAD}steps:\n  - {{breathe: 5, last exhale: Out}}\n", "'last exhale' is not known here; write 'last out'"),
        (f"{HEAD}steps:\n  - exhale: Out\n", "no step is called 'exhale'; did you mean 'out'?"),
        (f"{HEAD}steps:\n  - wait: 5s\n", "3:5: no step is called 'wait'; did you mean 'rest'?"),
        (f"{HEAD}steps:\n  - silence: 5s\n", "no step is called 'silence'; did you mean 'rest'?"),
        (f"{HEAD}steps:\n  - speak: Hi.\n", "no step is called 'speak'; did you mean 'say'?"),
        (f"{HEAD}steps:\n  - pace: 5-5\n    steps: [say: hi]\n", "3:11: '5-5' is not allowed beside 'pace'; write"),
        (f"{HEAD}steps:\n  - repeat:\n    rounds: 3\n    steps: [say: hi]\n", "3:5: 'repeat' should have keys of its"),
        (f"{HEAD}steps:\n  - {{breathe: 2, min: 5}}\n", "3:23: 'breathe' is 2, which is less than its 'min', 5; wr"),
        (f"{HEAD}steps:\n  - {{breathe: 6, min: 6, max: 3}}\n", "3:23: 'min' is 6 and 'max' is 3; write a max"),
        (f"{HEAD}steps:\n  - {{rest: 3 breaths, min: 5, max: 1}}\n", "3:28: 'min' is 5 and 'max' is 1; write a max"),
        (f"{HEAD}steps:\n  - {{rest: 30s, min: 40s}}\n", "3:22: 'rest' is 30s, which is less than its 'min', 40s;"),
        (
            f"{HEAD}steps:\n  - repeat: {{rounds: 9, max: 3, min: 4, steps: [say: a]}}\n",
            "3:38: 'min' is 4 and 'max' is 3; write a max that is larger than the min",
        ),
        (
            f"{HEAD}steps:\n  - repeat: {{vary: {{a: [one, two]}}, min: 3, steps: [say: '{{a}}']}}\n",
            "3:42: 'rounds' is 2, which is less than its 'min', 3; write more, or a smaller min",
        ),
        (
            f"{SIDES}steps:\n  - each side: {{rounds: {{left: 1, right: 4}}, min: 2, steps: [say: '{{leg}}']}}\n",
            "4:51: 'left' is 1, which is less than its 'min', 2; write more, or a smaller min",
        ),
        (
            f"{HEAD}parameters: {{n: 2}}\nsteps:\n  - {{breathe: '{{n}} * 2', min: 5}}\n",
            "4:31: 'breathe' is 4, which is less than its 'min', 5; write more, or a smaller min",
        ),
        (
            f"{HEAD}steps:\n  - say: hi\n    breathe: 3\n",
            "4:5: there is no dash before 'breathe'; write '- breathe:', with the dash in column 3",
        ),
        (f"{HEAD}steps:\n  - {{hold: 5s, at: {{up: {{1s: x}}}}}}\n", "3:21: 'up' is not a moment; write 10s"),
        (f"{HEAD}steps:\n  - {{in: In, at: {{out: {{1s: x}}}}}}\n", "'out' is not a phase here; its phases are: in"),
        (f"{HEAD}steps:\n  - change: 5s\n", "3:5: a change of side is not allowed here; put it under 'between' of an"),
        (f"{HEAD}steps:\n  - include: thigh-burner\n    optional: perhaps\n", "4:15: 'optional' is neither true nor"),
        (f"{HEAD}sides: left\nsteps: [say: hi]\n", "2:8: 'sides' should have keys of its own; write them with their"),
        (f"{HEAD}steps:\n  - each side: {{steps: [say: hi]}}\n", "3:5: 'each side' needs the sides' words; add 'sid"),
        (f"{SIDES}steps:\n  - say: '{{leg}}'\n", "4:10: {leg} has no side here; move it into an 'each"),
        (f"{SIDES}steps:\n  - each side: {{steps: [say: '{{lge}}']}}\n", "{lge} is not among the sides' words; did"),
        (f"{SIDES}steps:\n  - each side: {{steps: [say: '{{}} a']}}\n", "{} is empty; write a"),
        (
            f"{SIDES}steps:\n  - each side: {{between: [rest: 2, breathe: 3], steps: [say: hi]}}\n",
            "'between'; write one of: rest, say, hold, sound, change, or put it at the end of 'steps', with 'only: not",
        ),
        (
            f"{SIDES}steps:\n  - each side:\n     steps:\n     - repeat: {{steps: [each side: {{steps: [say: a]}}]}}\n",
            "6:25: an 'each side' is inside another; put it beside the other, or write its steps without it",
        ),
        (
            "title: x\nsides: {left: {leg: a, Toe: b}, right: {leg: c}}\nsteps: [say: hi]\n",
            "'toe' is given for left only; add it to right too",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_place_with_what_would_mend_it(tmp_path: Path, text: str, expected: str) -> None:
    found = problems(tmp_path, text)
    assert len(found) == 1
    assert expected in found[0]
    assert found[0].startswith("a.yaml:")


def test_a_change_between_rounds_that_have_no_sides_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, f"{HEAD}steps:\n  - repeat: {{between: [change: 5s], steps: [say: a]}}\n")
    assert found[-1] == "a.yaml:3:24: a change of side is not allowed here; put it under 'between' of an 'each side'"


@pytest.mark.parametrize(
    "step",
    [
        "{breathe: 5, min: 5, max: 5}",
        "{rest: 30s, min: 2 breaths, max: 1m}",
        "{rest: '30s in whole breaths', min: 9}",
        "repeat: {rounds: 3, vary: {n: [1, 9]}, steps: [{breathe: '{n}', min: 1, max: 12}]}",
        "{out: Five seconds}",
    ],
)
def test_limits_that_can_be_kept_are_not_told(tmp_path: Path, step: str) -> None:
    write(tmp_path, a=f"{HEAD}parameters: {{n: 0}}\nsteps:\n  - {step}\n")
    assert load_routine("a.yaml").model.steps


def test_a_noun_is_the_same_in_capitals(tmp_path: Path) -> None:
    write(
        tmp_path,
        a="""title: x
sides: {left: {Leg: left leg}, right: {leg: right leg}}
steps:
  - each side: {steps: [say: '{LEG}, {leg}']}
""",
    )
    assert load_routine("a.yaml").model.steps


def test_all_problems_are_told_in_the_order_of_the_file(tmp_path: Path) -> None:
    write(tmp_path, a=f"{SIDES}steps:\n  - say: '{{leg}}'\n  - rest: 2\n    say: '{{a}} {{b}}'\n")
    with pytest.raises(RoutineError) as caught:
        load_routine("a.yaml")
    assert [(each.where.line, each.what[:3]) for each in caught.value.problems] == [(4, "{le"), (6, "{a}"), (6, "{b}")]
    assert str(caught.value).endswith("and 1 more")


def test_an_unknown_routine_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match=r"no routine is called 'leg-strech'; did you mean 'leg-stretch'"):
        find_routine("leg-strech")


def test_a_file_that_is_not_there_is_told_with_the_nearest_beside_it(tmp_path: Path) -> None:
    write(tmp_path, morning=ONE_STEP)
    with pytest.raises(UnknownNameError, match=r"no file is called 'mornin\.yaml'; did you mean 'morning\.yaml'"):
        find_routine("mornin.yaml")


@pytest.mark.parametrize("name", ["", "x" * 300, "x" * 300 + ".yaml", "nowhere/a.yaml", "a\0.yaml", "\n"])
def test_no_name_is_too_odd_to_be_told(name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        find_routine(name)
    assert len(str(caught.value).splitlines()) <= 3


def test_a_folder_is_no_routine(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    with pytest.raises(ChoiceError, match="'mine' is a folder"):
        find_routine("mine")


def test_a_table_is_no_routine(tmp_path: Path) -> None:
    for name in ("a.csv", "a.TSV"):
        (tmp_path / name).write_text("a\tb\n")
        with pytest.raises(ChoiceError, match=f"'{name}' is a table, not a routine\n'voicecoach new NAME' writes"):
            find_routine(name)


def test_a_file_may_have_any_ending_but_a_built_in_name_comes_first(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text(ONE_STEP)
    (tmp_path / "leg-stretch").write_text("not this one")
    assert load_routine("mine.txt").name == "mine"
    assert find_routine("leg-stretch") == BUILT_IN / "leg-stretch.yaml"


def including(*names: str) -> str:
    return HEAD + "steps:\n" + "".join(f"  - include: {name}\n" for name in names)


def test_a_routine_includes_built_in_ones_and_those_beside_it(tmp_path: Path) -> None:
    write(tmp_path, a=including("b.yaml", "thigh-burner", "b.yaml"), b=ONE_STEP)
    routine = load_routine("a.yaml")
    assert [part.name for part in routine.included.values()] == ["b", "thigh-burner"]
    assert routine.exercises == 3


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.yaml", "'a.yaml' includes itself; take one of the includes out"),
        ("./inner/../a.yaml", "'./inner/../a.yaml' includes itself; take one of the includes out"),
        ("../b.yaml", "'../b.yaml' is outside this routine's folder; copy the file into it"),
        ("/etc/passwd", "'/etc/passwd' is outside this routine's folder; copy the file into it"),
        ("link.yaml", "'link.yaml' is outside this routine's folder; copy the file into it"),
        ("circle.yaml", "no routine 'circle.yaml' is beside this one"),
        ("inner", "no routine 'inner' is beside this one"),
        ("note.txt", "no routine 'note.txt' is beside this one"),
        ("thigh-burnr", "no routine 'thigh-burnr' is beside this one; did you mean 'thigh-burner'?"),
    ],
)
def test_an_include_that_can_not_be_is_told_on_its_own_line(tmp_path: Path, name: str, expected: str) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "note.txt").write_text(ONE_STEP)
    (tmp_path / "link.yaml").symlink_to("/etc/passwd")
    (tmp_path / "circle.yaml").symlink_to("circle.yaml")
    (found,) = problems(tmp_path, including("thigh-burner", name))
    assert found.startswith(f"a.yaml:4:14: {expected}")


def test_routines_that_include_each_other_are_told(tmp_path: Path) -> None:
    write(tmp_path, b=including("c.yaml"), c=including("b.yaml"))
    assert problems(tmp_path, including("b.yaml")) == [
        "c.yaml:3:14: 'b.yaml' includes itself; take one of the includes out"
    ]


def test_problems_of_an_included_file_are_told_once_at_their_own_place(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    write(tmp_path / "inner", b="title: x\nsteps:\n  - breathe: 0\n")
    expected = ["inner/b.yaml:3:14: this is less than one breath; at least 1 is possible"]
    assert problems(tmp_path, including("inner/b.yaml", "inner/b.yaml", "./inner/b.yaml")) == expected


def test_one_session_has_one_language(tmp_path: Path) -> None:
    write(tmp_path, b=ONE_STEP.replace("title: x", "title: x\nlanguage: en-GB"))
    (found,) = problems(tmp_path, including("b.yaml"))
    what = "'b.yaml' is in the language en-GB, and this routine in en"
    assert found == f"a.yaml:3:14: {what}; use one language; it is available in: en-GB"


def test_tips_that_nobody_would_hear_are_told(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, f"tips: Slowly.\n{including('thigh-burner')}")
    assert found.startswith("a.yaml:1:1: 'tips' is not used in a routine made of includes; move it into the routine")


def test_blocks_around_and_inside_an_include_go_only_so_deep(tmp_path: Path) -> None:
    def nest(levels: int, inner: str) -> str:
        return f"{HEAD}steps: [{'{repeat: {steps: [' * levels}{inner}{']}}' * levels}]\n"

    write(tmp_path, b=nest(12, "{say: hi}"), a=nest(8, "{include: b.yaml}"))
    assert load_routine("a.yaml").exercises == 1
    (found,) = problems(tmp_path, nest(9, "{include: b.yaml}"))
    assert found.endswith("with 'b.yaml' this is more than 20 blocks deep; use fewer nested blocks")


def test_includes_can_not_grow_without_end(tmp_path: Path) -> None:
    write(tmp_path, b=including(*["c.yaml"] * 100), c=including(*["d.yaml"] * 100), d=ONE_STEP)
    (found,) = problems(tmp_path, including(*["b.yaml"] * 100))
    assert found == f"b.yaml:3:14: this makes 10,000 exercises; at most {MOST_EXERCISES} are possible"


def test_includes_go_only_so_deep(tmp_path: Path) -> None:
    write(tmp_path, **{f"n{level}": including(f"n{level + 1}.yaml") for level in range(10)})
    (found,) = problems(tmp_path, including("n0.yaml"))
    assert found == "n3.yaml:3:14: includes go more than 5 deep; include the routines themselves"


def test_an_include_knows_its_place(tmp_path: Path) -> None:
    write(tmp_path, a=including("thigh-burner"))
    (step,) = load_routine("a.yaml").model.steps
    assert isinstance(step, Include)
    assert str(step.include.where) == "a.yaml:3:14"
