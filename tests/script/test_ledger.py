"""The ledger of the body: what a session asks for that can't be, in every order, and what it does not find."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicecoach.errors import RoutineError
from voicecoach.routine.library import BUILT_IN
from voicecoach.routine.loader import load_routine, parse_routine
from voicecoach.script import ledger
from voicecoach.script.builder import build
from voicecoach.script.choices import Choices
from voicecoach.script.ledger import is_tagged, lint_ledger

SIDES = """title: X
sides:
  left: {leg: left leg, other leg: right leg}
  right: {leg: right leg, other leg: left leg}
steps:
"""
TURNS = """- say: Sit down.
  makes: {body: sitting, left leg: long, right leg: long}
- each side:
    rounds: 2
    before:
    - say: Bend your {next other leg}.
      needs: {"{next leg}": long}
      makes: {"{next other leg}": bent}
    between:
    - change: 5s
      say: Now your {leg}.
      makes: {"{leg}": long, "{other leg}": bent}
    steps:
    - hold: 5s
      say: Your {leg} is long.
      needs: {"{leg}": long, "{other leg}": bent, body: sitting | kneeling}
"""


def faults(steps: str, choices: Choices | None = None) -> list[str]:
    found = lint_ledger(parse_routine(f"{SIDES}{steps}", "x.yaml"), choices or Choices())
    return [f"{problem.where.line}: {problem.what}" for problem in found]


def test_a_session_in_which_each_sentence_fits_the_one_before_has_no_faults() -> None:
    assert faults(TURNS) == []


def test_without_the_words_of_the_change_the_other_leg_is_bent() -> None:
    mutated = TURNS.replace('      makes: {"{leg}": long, "{other leg}": bent}\n', "")
    assert faults(mutated) == [
        "18: 'Your right leg is long.' needs right leg: long, and since 'Bend your right leg.' (line 11) it is bent",
        "18: 'Your right leg is long.' needs left leg: bent, and since 'Sit down.' (line 6) it is long",
    ]


STAND = "- say: Stand up.\n  makes: {body: standing}\n- each side:"
BEND = '"{next leg}": long}\n      makes: {"{next other leg}'
WRONG = '"{next leg}": bent}\n      makes: {"{next other leg}'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('{"{next other leg}": bent}', '{"{next leg}": bent}', "19: 'Your left leg is long.' needs left leg: long"),
        ("body: sitting |", "body: lying |", "19: 'Your left leg is long.' needs body: lying or kneeling, and since"),
        (BEND, WRONG, "11: 'Bend your right leg.' needs left leg: bent, and since 'Sit down.' (line 6) it is long"),
        ("- each side:", STAND, "needs body: sitting or kneeling, and since 'Stand up.' (line 8) it is standing"),
        ('"{leg}": long, "{other leg}": bent}\n    s', '"{leg}": bent}\n    s', "19: 'Your right leg is long.' needs"),
    ],
)
def test_a_wrong_sentence_is_found_with_its_place(old: str, new: str, told: str) -> None:
    assert old in TURNS
    assert [fault for fault in faults(TURNS.replace(old, new)) if told in fault]


def list_options(steps: str) -> list[str]:
    return [fault.partition(", '")[0] for fault in faults(steps)]


def test_what_goes_wrong_only_if_something_is_left_out_names_the_option() -> None:
    named = "- name: warm-up\n  say: Sit up.\n  makes: {body: sitting}\n- say: Roll.\n  needs: {body: sitting}\n"
    assert faults(f"- say: Lie.\n  makes: {{body: lying}}\n{named}") == [
        "11: with --skip 'warm-up', 'Roll.' needs body: sitting, and since 'Lie.' (line 6) it is lying"
    ]


STANDING = "{say: Stand., makes: {body: standing}, only: %s}"
JUMP = "{say: Jump., needs: {body: standing}}"


@pytest.mark.parametrize(
    ("steps", "options"),
    [
        (f"- repeat: {{rounds: 2, steps: [{STANDING % 'not first'}]}}\n- {JUMP}", ["9: with --rounds 1"]),
        (f"- each side: {{steps: [{STANDING % 'left'}, {JUMP}]}}", ["8: with --first right"]),
        (f"- each side: {{steps: [{STANDING % 'left'}]}}\n- {JUMP}", ["9: with --side right"]),
        (
            "- each side: {steps: [{say: Kick., needs: {leg: up}, makes: {leg: down}, only: left}]}",
            ["8: with --rounds 2"],
        ),
    ],
)
def test_other_rounds_and_orders_are_tried(steps: str, options: list[str]) -> None:
    assert list_options(f"- say: Kneel.\n  makes: {{body: kneeling}}\n{steps}\n") == options


@pytest.mark.parametrize(
    ("only", "head", "option"), [("awake", "", "--sleep"), ("sleep", "sleep: true\n", "--no-sleep")]
)
def test_nights_and_days_are_tried(only: str, head: str, option: str) -> None:
    lie = f"- say: Lie.\n  makes: {{body: lying}}\n- {STANDING % only}\n"
    closing = "closing: [{say: Jump., needs: {body: standing}}]\n"
    assert list_options(f"{lie}- {JUMP}\n{head}{closing}") == [f"9: with {option}"]


def test_what_nothing_was_said_of_is_as_the_first_step_needs_it() -> None:
    first = "- say: Roll.\n  needs: {back: round | flat}\n"
    assert faults(f"{first}- say: Lift.\n  needs: {{back: flat}}\n") == []
    assert faults(f"{first}- rest: 5s\n  needs: {{back: long}}\n") == [
        "8: this step needs back: long, and since 'Roll.' (line 6) it is round or flat"
    ]
    narrowed = f"{first}- rest: 5s\n  needs: {{back: flat | long}}\n- say: Curl.\n  needs: {{back: round}}\n"
    assert faults(narrowed) == ["10: 'Curl.' needs back: round, and since 'Roll.' (line 6) it is flat"]


def test_in_another_position_of_the_body_nothing_is_known_of_its_parts() -> None:
    sit = "- say: Sit.\n  makes: {body: sitting, left leg: long}\n"
    kick = "- say: Kick.\n  needs: {left leg: down}\n"
    assert faults(f"{sit}- rest: 5s\n  makes: {{body: sitting}}\n{kick}") == [
        "10: 'Kick.' needs left leg: down, and since 'Sit.' (line 6) it is long"
    ]
    assert faults(f"{sit}- rest: 5s\n  makes: {{body: standing}}\n{kick}") == []


def test_a_step_without_words_is_named_by_its_line() -> None:
    assert faults("- rest: 5s\n  makes: {back: flat}\n- in: In\n  needs: {back: long}\n") == [
        "8: 'In' needs back: long, and since the step before it (line 6) it is flat"
    ]


def test_blocks_breaths_and_moves_have_tags() -> None:
    steps = """- repeat: {steps: [{say: Up.}]}
  makes: {back: long}
- move: 2
  tempo: up 1, down 1
  up: {first: Up, again: Higher}
  needs: {back: flat}
- pace: {breath: 4-4, steps: [{breathe: 1, in: {sound: tone-in}, out: Out, needs: {back: flat}}]}
"""
    assert [fault.partition(",")[0] for fault in faults(steps)] == ["8: 'Up' needs back: flat"]


def test_a_name_without_a_value_is_passed_over() -> None:
    coming = "- say: 'Next: {next pose}.'\n  makes: {'{next pose}': ready, back: long}\n"
    poses = "- name: poses\n  repeat: {vary: {pose: [tree]}, steps: [{hold: 5s, needs: {tree: ready}}]}\n"
    flat = "- say: Down.\n  needs: {back: flat}\n"
    assert faults(coming + poses) == []
    named = [fault.rpartition("since")[2] for fault in faults(f"- {{name: tree, rest: 5s}}\n{coming}{poses}{flat}")]
    assert named == [" 'Next: tree.' (line 7) it is long"]
    skipped = Choices(skipped=frozenset({"poses"}))
    assert faults(coming + poses + flat, skipped) == [
        "10: 'Down.' needs back: flat, and since the step before it (line 6) it is long"
    ]


def test_only_so_many_steps_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    twice = (
        "- say: Sit.\n  makes: {back: long}\n- name: roll\n  say: Roll.\n  needs: {back: flat}\n  makes: {back: up}\n"
    )
    assert len(faults(twice + "- say: Fold.\n  needs: {back: up}\n")) == 2
    monkeypatch.setattr(ledger, "MOST_WRITTEN", 3)
    assert len(faults(twice + "- say: Fold.\n  needs: {back: up}\n")) == 1


def test_the_sentences_at_the_end_are_followed() -> None:
    closing = "closing:\n- Wiggle your toes.\n- say: Stand up slowly.\n  needs: {body: sitting}\n"
    assert faults(f"- say: Lie down.\n  makes: {{body: lying}}\n{closing}") == [
        "10: 'Stand up slowly.' needs body: sitting, and since 'Lie down.' (line 6) it is lying"
    ]
    assert faults(f"- say: Sit down.\n  makes: {{body: sitting}}\n{closing}") == []


def test_a_session_that_can_not_be_written_is_passed_over() -> None:
    assert faults("- say: Up.\n  makes: {back: long}\n- each side: {rounds: 2, steps: [{hold: 5s}]}\n") == []


CHANGE = '{"{leg}": long, "{other leg}": bent}'
SWAPPED = '{"{leg}": bent, "{other leg}": long}'
SHIPPED = {
    "the change is left out": ("sitting-leg-stretch", f"          makes: {CHANGE}\n", ""),
    "the change bends the wrong leg": ("sitting-leg-stretch", f"makes: {CHANGE}", f"makes: {SWAPPED}"),
    "the bent leg stays long": ("sitting-leg-stretch.de", f"upright, {SWAPPED[1:]}", f"upright, {CHANGE[1:]}"),
    "the wrong knee is bent first": ("sitting-leg-stretch.fr", 'makes: {"{next other leg}"', 'makes: {"{next leg}"'),
    "nobody comes up": ("sitting-leg-stretch.es", "          makes: {back: upright}\n", ""),
    "the leg stays up": ("standing-leg-stretch", '          makes: {"{leg}": down}\n', ""),
    "only the hand goes up": ("standing-leg-stretch", 'makes: {"{leg}": on the', 'makes: {"{hand}": on the'),
}


@pytest.mark.many
@pytest.mark.parametrize("mutation", SHIPPED)
def test_a_mistake_in_a_built_in_routine_is_found(mutation: str) -> None:
    file, old, new = SHIPPED[mutation]
    text = (BUILT_IN / f"{file}.yaml").read_text(encoding="utf-8")
    assert list(lint_ledger(parse_routine(text, f"{file}.yaml"), Choices())) == []
    assert text.count(old) == 1
    assert list(lint_ledger(parse_routine(text.replace(old, new), f"{file}.yaml"), Choices()))


INCLUDING = """title: All
between:
- rest: 5s
  say: Get up.
  makes: {body: standing}
steps:
- include: one.yaml
- include: two.yaml
- include: more.yaml
  optional: true
  needs: {body: standing}
  makes: {body: lying}
"""


def included(folder: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    routine = load_routine(str(folder / "all.yaml"))
    assert is_tagged(routine) == ("needs" in "".join(files.values()))
    found = lint_ledger(routine, Choices())
    return [f"{Path(problem.where.file).stem} {problem.where.line}: {problem.what}" for problem in found]


def test_included_routines_follow_each_other(tmp_path: Path) -> None:
    one = "title: One\nsteps: [{say: Sit., makes: {body: sitting}}]\n"
    two = "title: Two\nsteps: [{say: Fold., needs: {body: sitting}}]\n"
    more = "title: More\nsteps: [{say: Rest., needs: {body: lying}}]\n"
    found = included(tmp_path, {"all": INCLUDING, "one": one, "two": two, "more": more})
    assert found == [
        "two 2: 'Fold.' needs body: sitting, and since 'Get up.' (all.yaml, line 3) it is standing",
        "more 2: with --with more, 'Rest.' needs body: lying, and since 'Get up.' (all.yaml, line 3) it is standing",
    ]


def test_an_include_alone_can_have_tags(tmp_path: Path) -> None:
    plain = "title: One\nsteps: [{say: Sit.}]\n"
    first, second = "{include: one.yaml, makes: {body: sitting}}", "{include: two.yaml, needs: {body: standing}}"
    whole = f"title: All\nsteps:\n- {first}\n- {second}\n"
    found = included(tmp_path, {"all": whole, "one": plain, "two": plain})
    assert found == ["all 4: this step needs body: standing, and since the step before it (line 3) it is sitting"]
    assert included(tmp_path, {"all": whole.partition(", makes")[0] + "}\n", "one": plain}) == []


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ("needs: chair", "'needs' should have keys of its own"),
        ("needs: {chair: }", "'chair' has no value"),
        ("needs: {leg: a | }", "this is empty; write a word"),
        ("needs: {' ': a}", "this is empty; write a word"),
        ("makes: {leg: a | b}", "a step makes one state of a part; several, with |, are for 'needs'"),
        ("makes: {'{leg': a}", "a brace is alone here; write both"),
        ("makes: {'{leg}': a}", "{leg} has no side here"),
        ("make: {leg: a}", "did you mean 'makes'?"),
        ("settle: 1s\nclosing: [{sai: Rest.}]", "did you mean 'say'?"),
        ("settle: 1s\nclosing: [{say: Rest., needs: {'{log}': a}}]", "{log} has neither a side nor a value here"),
        ("settle: 1s\nclosing: [{say: Rest., needs: chair}]", "'needs' should have keys of its own"),
    ],
)
def test_wrong_tags_are_refused(tags: str, told: str) -> None:
    with pytest.raises(RoutineError, match=r".*") as caught:
        parse_routine(f"{SIDES}- say: Sit.\n  {tags}\n", "x.yaml")
    assert told in str(caught.value)


def test_tags_change_nothing_that_is_heard() -> None:
    bare = "\n".join(line for line in TURNS.splitlines() if "needs:" not in line and "makes:" not in line)
    assert build(parse_routine(SIDES + bare, "x"), Choices()) == build(parse_routine(SIDES + TURNS, "x"), Choices())
